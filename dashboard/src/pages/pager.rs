//! Pagination of lists.

use super::link::link;

/// Which page of how many, and the addresses of the others.
#[derive(Debug)]
pub(crate) struct Pager {
    pub(crate) page: u64,
    pub(crate) last: u64,
    path: &'static str,
    query: Vec<(&'static str, String)>,
}

/// One place in the row of pages; page 0 is a gap.
#[derive(Debug)]
pub(crate) struct Step {
    pub(super) page: u64,
    pub(super) link: String,
    pub(super) here: bool,
}

impl Pager {
    /// `query` is everything of the address but `page`; `asked` is that as given: anything but a page that exists is
    /// taken as the nearest one that does.
    pub(crate) fn new(
        path: &'static str,
        query: Vec<(&'static str, String)>,
        asked: Option<&str>,
        total: u64,
        per_page: u64,
    ) -> Self {
        let last = total.div_ceil(per_page).max(1);
        Self {
            page: asked_page(asked).min(last),
            last,
            path,
            query,
        }
    }

    fn link(&self, page: u64) -> String {
        let page = page.to_string();
        let query = self.query.iter().map(|(name, value)| (*name, value.as_str()));
        link(self.path, query.chain([("page", page.as_str())]))
    }

    pub(super) fn previous(&self) -> Option<String> {
        (self.page > 1).then(|| self.link(self.page - 1))
    }

    pub(super) fn next(&self) -> Option<String> {
        (self.page < self.last).then(|| self.link(self.page + 1))
    }

    /// First, last and the neighbours of this page; a gap where some are left out.
    pub(super) fn steps(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut before = 0;
        let near = self.page.saturating_sub(2).max(1)..=(self.page + 2).min(self.last);
        let mut shown: Vec<u64> = [1].into_iter().chain(near).chain([self.last]).collect();
        shown.sort_unstable();
        shown.dedup();
        for page in shown {
            if page > before + 1 {
                steps.push(Step {
                    page: 0,
                    link: String::new(),
                    here: false,
                });
            }
            steps.push(Step {
                page,
                link: self.link(page),
                here: page == self.page,
            });
            before = page;
        }
        steps
    }
}

/// The page asked for; the first where none or nonsense is.
pub(crate) fn asked_page(asked: Option<&str>) -> u64 {
    asked
        .and_then(|page| page.trim().parse().ok())
        .unwrap_or(1)
        .max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(asked: &str, total: u64) -> Vec<u64> {
        let pager = Pager::new("/tickets", vec![("type", "help".into())], Some(asked), total, 10);
        pager.steps().iter().map(|step| step.page).collect()
    }

    #[test]
    fn the_row_of_pages_has_ends_neighbours_and_gaps() {
        assert_eq!(pages("1", 5), [1]);
        assert_eq!(pages("1", 0), [1]);
        assert_eq!(pages("5", 95), [1, 0, 3, 4, 5, 6, 7, 0, 10]);
        assert_eq!(pages("99", 95), [1, 0, 8, 9, 10]);
        assert_eq!(pages("-3", 35), [1, 2, 3, 4]);
        let pager = Pager::new("/tickets", vec![("type", "help".into())], Some("2"), 35, 10);
        assert_eq!(pager.next().as_deref(), Some("/tickets?type=help&page=3"));
    }
}
