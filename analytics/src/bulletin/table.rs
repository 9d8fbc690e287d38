//! Tables of a bulletin: whether rows and columns add up, and whether each rate follows from its row's counts.

use super::{
    Candidate, Finding,
    grid::{Cell, Grid},
    judge::{divided, over_whole},
    number::Decimal,
    rate::{IN_TIME, RATES},
    reading::DONE,
    share::Percent,
    sum::verdict,
    text::grouped,
};

const TOTAL: &[&str] = &[
    "合计", "总计", "共计", "总数", "总量", "累计", "全市", "全县", "全区", "总体", "总和", "合 计", "总 计",
];
const SUBTOTAL: &str = "小计";
const EARLIER: &[&str] = &["去年", "上年", "上月", "上期", "上季", "同期"];
const GROWTH: &[&str] = &["同比", "环比", "增长", "增幅", "增减", "降幅"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RowIs {
    Part,
    Subtotal,
    Total,
    /// 其中…: part of the row above, not of the total.
    Within,
}

struct Table<'a> {
    grid: &'a Grid,
    /// Columns of counts, of rates, and the one with names.
    counts: Vec<usize>,
    rates: Vec<usize>,
    name: Option<usize>,
    rows: Vec<RowIs>,
}

/// Everything that can be said of one table.
pub(super) fn audit(grid: &Grid) -> Vec<Finding> {
    let table = Table::new(grid);
    let mut findings = table.columns();
    findings.extend(table.across());
    for &column in &table.rates {
        findings.extend(table.rate(column));
    }
    findings
}

impl<'a> Table<'a> {
    fn new(grid: &'a Grid) -> Self {
        let column = |column: usize| grid.rows.iter().map(move |row| &row[column]);
        let is_rate = |head: &str| {
            ["率", "占比", "比例", "比重", "%", "％", "‰"]
                .iter()
                .any(|word| head.contains(word))
                || GROWTH.iter().any(|word| head.contains(word))
        };
        let (mut counts, mut rates, mut name) = (Vec::new(), Vec::new(), None);
        for (place, head) in grid.head.iter().enumerate() {
            let figures = column(place)
                .filter(|cell| !matches!(cell, Cell::Words(_) | Cell::Empty))
                .count();
            let words = column(place)
                .filter(|cell| matches!(cell, Cell::Words(_)))
                .count();
            if words > figures {
                name.get_or_insert(place);
            } else if figures > 0
                && (is_rate(head) || column(place).any(|cell| matches!(cell, Cell::Percent(..))))
            {
                rates.push(place);
            } else if figures > 0 && !["序号", "排名", "名次", "编号", "序"].contains(&head.trim()) {
                counts.push(place);
            }
        }
        let rows = grid.rows.iter().map(|row| {
            let label = row
                .iter()
                .map(Cell::words)
                .find(|words| !words.is_empty())
                .unwrap_or_default();
            let bare: String = label.chars().filter(|c| !c.is_whitespace()).collect();
            if bare.contains(SUBTOTAL) {
                RowIs::Subtotal
            } else if TOTAL.iter().any(|word| bare.contains(word)) {
                RowIs::Total
            } else if bare.starts_with("其中") {
                RowIs::Within
            } else {
                RowIs::Part
            }
        });
        let rows = rows.collect();
        Self {
            grid,
            counts,
            rates,
            name,
            rows,
        }
    }

    fn label(&self, row: usize) -> &str {
        let name = self.name.map_or("", |name| self.grid.rows[row][name].words());
        if name.is_empty() {
            self.grid.rows[row]
                .iter()
                .map(Cell::words)
                .find(|words| !words.is_empty())
                .unwrap_or("")
        } else {
            name
        }
    }

    fn head(&self, column: usize) -> &str {
        &self.grid.head[column]
    }

    fn number(&self, row: usize, column: usize) -> Option<u128> {
        self.grid.rows[row][column].number()
    }

    /// Whether total rows hold the sum of their parts, column by column.
    fn columns(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for &column in &self.counts {
            let mut since = Vec::new();
            for row in 0..self.rows.len() {
                match self.rows[row] {
                    RowIs::Part => since.push(row),
                    RowIs::Within => {}
                    RowIs::Subtotal => {
                        findings.extend(self.column_sum(column, row, &std::mem::take(&mut since)))
                    }
                    RowIs::Total => {
                        let all: Vec<usize> = (0..self.rows.len())
                            .filter(|&row| self.rows[row] == RowIs::Part)
                            .collect();
                        findings.extend(self.column_sum(column, row, &all));
                    }
                }
            }
        }
        findings
    }

    fn column_sum(&self, column: usize, total: usize, parts: &[usize]) -> Option<Finding> {
        let parts: Vec<(&str, u128)> = parts
            .iter()
            .filter_map(|&row| Some((self.label(row), self.number(row, column)?)))
            .collect();
        let stated = self.number(total, column).filter(|_| parts.len() > 1)?;
        let text = format!("{} {}", self.label(total), self.head(column))
            .trim()
            .to_owned();
        let sum: u128 = parts.iter().map(|(_, value)| value).sum();
        Some(verdict(
            format!("{text} {stated}"),
            stated,
            &parts,
            sum,
            sum == stated,
            true,
            false,
        ))
    }

    /// Whether a 合计 column holds the sum of its row.
    fn across(&self) -> Vec<Finding> {
        let is_total = |&&column: &&usize| {
            let head = self.head(column).replace(' ', "");
            ["合计", "总计", "小计", "总数", "总量"]
                .iter()
                .any(|word| head.starts_with(word) || head.ends_with(word))
        };
        let Some(&total) = self.counts.iter().find(is_total) else {
            return Vec::new();
        };
        let parts: Vec<usize> = self
            .counts
            .iter()
            .copied()
            .filter(|&column| {
                column != total
                    && !DONE
                        .iter()
                        .chain(EARLIER)
                        .any(|word| self.head(column).contains(word))
            })
            .collect();
        if parts.len() < 2 {
            return Vec::new();
        }
        let mut findings = Vec::new();
        let mut right = 0;
        for row in 0..self.rows.len() {
            let named: Option<Vec<(&str, u128)>> = parts
                .iter()
                .map(|&column| Some((self.head(column), self.number(row, column)?)))
                .collect();
            let (Some(stated), Some(named)) = (self.number(row, total), named) else {
                continue;
            };
            let sum: u128 = named.iter().map(|(_, value)| value).sum();
            right += usize::from(sum == stated);
            let text = format!("{} {} {stated}", self.label(row), self.head(total))
                .trim()
                .to_owned();
            findings.push(verdict(text, stated, &named, sum, sum == stated, true, false));
        }
        // Where no row adds up, the columns are no parts of that total.
        if right == 0 && findings.len() > 1 {
            Vec::new()
        } else {
            findings
        }
    }

    /// Each rate of a column.
    fn rate(&self, column: usize) -> Vec<Finding> {
        let head = self.head(column);
        let cells: Vec<(usize, Percent, bool)> = self.percents(column);
        if cells.is_empty() {
            return Vec::new();
        }
        if GROWTH.iter().any(|word| head.contains(word)) && !head.contains('率') {
            return self.growth(column, &cells);
        }
        let fits = |&(n, d): &(usize, usize)| {
            cells
                .iter()
                .filter(|(row, percent, _)| {
                    let pair = self.number(*row, n).zip(self.number(*row, d));
                    pair.is_some_and(|(n, d)| percent.fits(n, d).any())
                })
                .count()
        };
        let is_share = ["占", "比例", "比重"].iter().any(|word| head.contains(word));
        let by_head = self.by_head(head).filter(|_| !is_share);
        let all = self
            .counts
            .iter()
            .flat_map(|&n| self.counts.iter().map(move |&d| (n, d)));
        let best = all
            .filter(|(n, d)| n != d)
            .max_by_key(|pair| (fits(pair), std::cmp::Reverse(pair.1)))
            .filter(|pair| {
                fits(pair) * 10 >= cells.len() * 6 && fits(pair) > 1 - usize::from(cells.len() == 1)
            });
        let pair = match (by_head, best) {
            (Some(pair), Some(best)) if fits(&pair) * 2 < cells.len() && fits(&best) == cells.len() => {
                Some(best)
            }
            (Some(pair), _) => Some(pair),
            (None, best) => best.filter(|_| !is_share),
        };
        if let Some((n, d)) = pair {
            return cells
                .iter()
                .filter_map(|&(row, percent, _)| self.quotient(row, column, percent, n, d))
                .collect();
        }
        if is_share && let Some(shares) = self.shares(column, &cells) {
            return shares;
        }
        let Some(whole) = self.whole() else {
            return Vec::new();
        };
        cells
            .iter()
            .filter_map(|&(row, percent, _)| {
                let d = self.number(row, whole)?;
                let mut finding = self.blank(row, column, percent);
                over_whole(&mut finding, percent, &format!("“{head}”"), d, (d, d));
                Some(finding)
            })
            .collect()
    }

    /// The cells of a rate column as percentages; a column of fractions of one is read as such.
    fn percents(&self, column: usize) -> Vec<(usize, Percent, bool)> {
        let cells = || self.grid.rows.iter().map(|row| &row[column]);
        let one = |decimal: &Decimal| decimal.digits <= 10u128.pow(decimal.places);
        let fractions = !self.head(column).contains(['%', '％'])
            && cells().any(|cell| matches!(cell, Cell::Decimal(decimal) if decimal.places >= 2))
            && cells().all(|cell| match cell {
                Cell::Decimal(decimal) => one(decimal),
                Cell::Number(number) => *number <= 1,
                Cell::Percent(..) => false,
                Cell::Words(_) | Cell::Empty => true,
            });
        let percent = |decimal: Decimal| {
            let decimal = if !fractions {
                decimal
            } else if decimal.places >= 2 {
                Decimal {
                    places: decimal.places - 2,
                    ..decimal
                }
            } else {
                Decimal {
                    digits: decimal.digits * 10u128.pow(2 - decimal.places),
                    places: 0,
                }
            };
            let base = if self.head(column).contains('‰') {
                1000
            } else {
                100
            };
            Percent { decimal, base }
        };
        let read = |cell: &Cell| match cell {
            Cell::Percent(stated, falling) => Some((*stated, *falling)),
            Cell::Decimal(decimal) => Some((percent(*decimal), false)),
            Cell::Number(number) => Some((
                percent(Decimal {
                    digits: *number,
                    places: 0,
                }),
                false,
            )),
            Cell::Words(_) | Cell::Empty => None,
        };
        let all = cells().enumerate();
        all.filter_map(|(row, cell)| {
            read(cell)
                .filter(|(percent, _)| percent.decimal.places <= 6 && percent.decimal.digits < 1_000_000_000)
                .map(|(percent, falling)| (row, percent, falling))
        })
        .collect()
    }

    /// Numerator and denominator by what the columns are called.
    fn by_head(&self, head: &str) -> Option<(usize, usize)> {
        let (_, counted, over) = RATES.iter().find(|(key, ..)| head.contains(key))?;
        let in_time = |text: &str| IN_TIME.iter().any(|word| text.contains(word));
        let named = |words: &[&str], not: Option<usize>, timed: Option<bool>| {
            words.iter().find_map(|word| {
                self.counts.iter().copied().find(|&column| {
                    let name = self.head(column);
                    let negated = ["不", "未", "基本", "超期", "逾期", "应", "待"]
                        .iter()
                        .any(|no| name.contains(&format!("{no}{word}")) && !word.contains(no));
                    Some(column) != not
                        && name.contains(word)
                        && !negated
                        && timed.is_none_or(|timed| in_time(name) == timed)
                })
            })
        };
        let n = named(counted, None, Some(in_time(head)))?;
        let d = named(over, Some(n), None).or_else(|| self.whole().filter(|&d| d != n))?;
        Some((n, d))
    }

    /// The column of what came in.
    fn whole(&self) -> Option<usize> {
        let is_whole = |&&column: &&usize| {
            [
                "受理", "总", "合计", "派单", "派发", "转办", "交办", "承办", "工单", "件数", "数量", "来电",
            ]
            .iter()
            .any(|word| self.head(column).contains(word))
                && !DONE
                    .iter()
                    .chain(EARLIER)
                    .any(|word| self.head(column).contains(word))
        };
        self.counts.iter().find(is_whole).copied().or_else(|| {
            self.counts.first().copied().filter(|&column| {
                self.counts.len() == 1 && !EARLIER.iter().any(|word| self.head(column).contains(word))
            })
        })
    }

    fn blank(&self, row: usize, column: usize, percent: Percent) -> Finding {
        let text = format!("{} {} {}", self.label(row), self.head(column), percent.written());
        Finding::rate(text.trim().to_owned())
    }

    fn quotient(&self, row: usize, column: usize, percent: Percent, n: usize, d: usize) -> Option<Finding> {
        let (numerator, denominator) = self.number(row, n).zip(self.number(row, d))?;
        let mut finding = self.blank(row, column, percent);
        let names = format!("“{}” ÷ “{}”", self.head(n), self.head(d));
        if denominator == 0 {
            finding.set(numerator, denominator);
            finding.possible = false;
            finding.explanation = format!("{names} 的分母为零，比率应为 N/A，不应写作 {}", percent.written());
            return Some(finding);
        }
        let stated = format!("{names} = {} ÷ {}", grouped(numerator), grouped(denominator));
        divided(&mut finding, percent, &stated, numerator, denominator);
        if !finding.possible {
            for &other in self.counts.iter().filter(|&&other| other != n && other != d) {
                if let Some(value) = self
                    .number(row, other)
                    .filter(|&value| value >= numerator && percent.fits(numerator, value).any())
                {
                    finding.candidates.push(Candidate::rate(
                        percent,
                        numerator,
                        value,
                        format!("以“{}”为分母", self.head(other)),
                    ));
                }
            }
        }
        Some(finding)
    }

    /// Shares of a column's total.
    fn shares(&self, column: usize, cells: &[(usize, Percent, bool)]) -> Option<Vec<Finding>> {
        let total = |count: usize| -> Option<u128> {
            let stated = (0..self.rows.len()).find(|&row| self.rows[row] == RowIs::Total);
            let parts = (0..self.rows.len()).filter(|&row| self.rows[row] == RowIs::Part);
            match stated.and_then(|row| self.number(row, count)) {
                Some(total) => Some(total),
                None => Some(parts.filter_map(|row| self.number(row, count)).sum()),
            }
        };
        let right = |&count: &usize| {
            cells
                .iter()
                .filter(|(row, percent, _)| {
                    let pair = self.number(*row, count).zip(total(count));
                    pair.is_some_and(|(n, d)| percent.fits(n, d).any())
                })
                .count()
        };
        let count = *self.counts.iter().rev().max_by_key(|count| right(count))?;
        let d = total(count)?;
        let found = cells.iter().filter_map(|&(row, percent, _)| {
            let n = self.number(row, count)?;
            let mut finding = self.blank(row, column, percent);
            let stated = format!("占“{}”总数：{} ÷ {}", self.head(count), grouped(n), grouped(d));
            divided(&mut finding, percent, &stated, n, d);
            Some(finding)
        });
        Some(found.collect())
    }

    /// Growth against a column of an earlier period.
    fn growth(&self, column: usize, cells: &[(usize, Percent, bool)]) -> Vec<Finding> {
        let is_earlier = |column: usize| EARLIER.iter().any(|word| self.head(column).contains(word));
        let Some(earlier) = self.counts.iter().copied().find(|&column| is_earlier(column)) else {
            return Vec::new();
        };
        let Some(now) = self.counts.iter().copied().find(|&column| !is_earlier(column)) else {
            return Vec::new();
        };
        let found = cells.iter().filter_map(|&(row, percent, falling)| {
            let (now, earlier) = self.number(row, now).zip(self.number(row, earlier))?;
            let mut finding = self.blank(row, column, percent);
            let change = now.abs_diff(earlier);
            let fit = percent.fits(change, earlier);
            let falls = falling || self.head(column).contains("降幅");
            let direction = change == 0 || (now < earlier) == falls;
            finding.set(change, earlier);
            finding.possible = fit.any() && direction;
            finding.explanation = format!(
                "由 {} 到 {}，{} {} ÷ {} = {}，与所写 {}{} {}",
                grouped(earlier),
                grouped(now),
                if now < earlier { "下降" } else { "增长" },
                grouped(change),
                grouped(earlier),
                percent.of(change, earlier),
                if falls { "下降 " } else { "" },
                percent.written(),
                if finding.possible { "相符" } else { "不符" },
            );
            Some(finding)
        });
        found.collect()
    }
}
