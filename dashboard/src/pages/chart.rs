//! A chart as data: the page carries it as JSON and as a table, `web/src/charts.ts` draws it.

use serde::Serialize;

/// How the numbers are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Shape {
    /// Columns over time, one part of a column a series.
    Stacked,
    /// Horizontal bars, the longest first.
    Ranking,
    /// A ring of shares of one series.
    Share,
}

/// One row of numbers under the categories.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Series {
    /// Shown in the legend.
    pub(crate) name: String,
    /// A colour of `tokens.css`, without `--tone-`.
    pub(crate) tone: &'static str,
    /// One number a category.
    pub(crate) values: Vec<u64>,
}

/// What a chart shows. Without any number above zero it is empty and says so.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Chart {
    #[serde(skip)]
    pub(crate) id: &'static str,
    #[serde(skip)]
    pub(crate) title: &'static str,
    /// What a category is, the head of the table's first column.
    #[serde(skip)]
    pub(crate) axis: &'static str,
    pub(crate) shape: Shape,
    /// 件 or 条.
    pub(crate) unit: &'static str,
    pub(crate) categories: Vec<String>,
    pub(crate) series: Vec<Series>,
    /// Where a click on each category leads; empty: nowhere.
    pub(crate) links: Vec<String>,
    /// Places of the categories in which something is missing; drawn shaded, so that a gap does not look like calm.
    pub(crate) shaded: Vec<usize>,
    /// What is missing there, in words.
    #[serde(skip)]
    pub(crate) gaps: Vec<String>,
}

impl Chart {
    pub(crate) fn is_empty(&self) -> bool {
        self.series
            .iter()
            .all(|series| series.values.iter().all(|value| *value == 0))
    }

    /// Many bars need a taller plot to keep their names readable, few a lower one to stay a ranking.
    pub(crate) fn height(&self) -> &'static str {
        match (self.shape, self.categories.len()) {
            (Shape::Ranking, ..5) => "low",
            (Shape::Ranking, 11..) => "tall",
            _ => "",
        }
    }

    /// Leaves out series without any number above zero: they would only fill the legend. The first one stays.
    pub(crate) fn without_empty_series(mut self) -> Self {
        let mut first = true;
        self.series
            .retain(|series| std::mem::take(&mut first) || series.values.iter().any(|value| *value > 0));
        self
    }

    /// What the picture shows, in words, for those who do not see it.
    pub(crate) fn words(&self) -> String {
        let total: u64 = self.series.iter().flat_map(|series| &series.values).sum();
        let largest = (0..self.categories.len())
            .map(|place| (self.at(place), place))
            .max_by_key(|(value, place)| (*value, std::cmp::Reverse(*place)));
        let mut words = format!(
            "{}，合计 {} {}",
            self.title,
            super::format::count(total),
            self.unit
        );
        if let Some((value, place)) = largest.filter(|(value, _)| *value > 0) {
            let value = super::format::count(value);
            words.push_str(&format!(
                "，最多的是{}（{value} {}）",
                self.categories[place], self.unit
            ));
        }
        words.push_str("。明细见下方数据表。");
        words
    }

    /// Rows of the table: category, link or nothing, one number a series.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (&str, &str, Vec<String>)> {
        self.categories.iter().enumerate().map(|(place, category)| {
            let numbers = self
                .series
                .iter()
                .map(|series| series.values.get(place).copied().unwrap_or(0));
            let link = self.links.get(place).map_or("", String::as_str);
            (
                category.as_str(),
                link,
                numbers.map(super::format::count).collect(),
            )
        })
    }

    /// The chart as JSON that may stand inside a `<script>` block.
    pub(crate) fn json(&self) -> String {
        script_json(self)
    }

    fn at(&self, place: usize) -> u64 {
        self.series
            .iter()
            .filter_map(|series| series.values.get(place))
            .sum()
    }
}

/// JSON in which nothing can end the script block or begin a comment: `<`, `>` and `&` are written as escapes, so a
/// template may mark it `safe`.
fn script_json(value: &impl Serialize) -> String {
    let json = serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned());
    json.replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(values: Vec<u64>) -> Chart {
        Chart {
            id: "units",
            title: "承办单位",
            axis: "单位",
            shape: Shape::Ranking,
            unit: "件",
            categories: vec![
                "</script><script>alert(1)</script>".into(),
                "住建局 & 城管局".into(),
            ],
            series: vec![Series {
                name: "受理".into(),
                tone: "plain",
                values,
            }],
            links: Vec::new(),
            shaded: Vec::new(),
            gaps: Vec::new(),
        }
    }

    #[test]
    fn json_cannot_leave_its_script_block() {
        let json = chart(vec![1, 2]).json();
        assert!(!json.contains(['<', '>', '&']), "{json}");
        let back: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(back["categories"][0], "</script><script>alert(1)</script>");
    }

    #[test]
    fn words_name_the_total_and_the_largest() {
        let words = chart(vec![1200, 34]).words();
        assert!(words.contains("合计 1,234 件"), "{words}");
        assert!(words.contains("（1,200 件）"), "{words}");
        assert!(chart(vec![0, 0]).is_empty());
    }
}
