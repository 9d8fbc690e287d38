//! A page as lines of text in nested blocks: all that the other rooms of extraction need to know of HTML.
//!
//! A line is a run of inline text, ended by a block's edge or `<br>`. The walk uses no recursion, so that deeply
//! nested page costs memory, not the stack.

use super::variant::simplified;
use scraper::{ElementRef, Node, node::Element};
use std::borrow::Cow;

/// A page's lines and blocks, both in document order.
#[derive(Debug, Default)]
pub(super) struct Outline {
    pub(super) lines: Vec<Line>,
    pub(super) blocks: Vec<Block>,
    pub(super) marks: Vec<Mark>,
}

/// A run of inline text, its white space collapsed.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) text: String,
    /// Characters of it, counted once.
    pub(super) length: usize,
    /// How many of its characters are inside links.
    pub(super) linked: usize,
    /// The block that directly holds it.
    pub(super) block: usize,
    /// The text with its labels simplified, where a short line is in traditional characters.
    pub(super) simplified: Option<String>,
}

impl Line {
    /// The text to look for labels in; places in it are places in [`Line::text`].
    pub(super) fn label(&self) -> &str {
        self.simplified.as_deref().unwrap_or(&self.text)
    }

    /// Whether it is a link, but for at most two characters of ten.
    pub(super) fn is_linked(&self) -> bool {
        self.linked * 10 > self.length * 8
    }
}

/// A block-level element.
#[derive(Debug)]
pub(super) struct Block {
    /// The block around it; the outermost is its own parent.
    pub(super) parent: usize,
    pub(super) tag: String,
    /// Words of its class and id, lower case.
    pub(super) words: Vec<String>,
    /// `class` as written, for finding alike siblings.
    pub(super) class: String,
}

/// A short piece of text that the page's own markup says is a date, a source …
#[derive(Debug)]
pub(super) struct Mark {
    pub(super) kind: MarkKind,
    pub(super) text: String,
    /// Index of the line it is on.
    pub(super) line: usize,
}

/// What a class or id says about a piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MarkKind {
    Title,
    Time,
    Source,
    Author,
}

impl MarkKind {
    /// The first kind that any of these words names, in the order of [`MarkKind::RANKED`].
    fn of(words: &[String]) -> Option<Self> {
        // `id="js_name"`: how WeChat marks the account.
        if words.ends_with(&["js".to_owned(), "name".to_owned()]) {
            return Some(Self::Source);
        }
        // Everything of a WeChat page is "rich media".
        let words: Vec<&String> = match words.iter().any(|word| word == "rich") {
            true => words.iter().filter(|word| *word != "media").collect(),
            false => words.iter().collect(),
        };
        let kinds: Vec<Self> = words.iter().filter_map(|word| Self::named(word)).collect();
        Self::RANKED.into_iter().find(|kind| kinds.contains(kind))
    }

    /// `pubtime-source` is a line that holds both; the rarer word tells more.
    const RANKED: [Self; 4] = [Self::Source, Self::Time, Self::Author, Self::Title];

    fn named(word: &str) -> Option<Self> {
        match word {
            "source" | "laiyuan" | "ly" | "origin" | "media" | "from" | "medianame" | "copyfrom" => {
                Some(Self::Source)
            }
            "time" | "date" | "pubtime" | "publish" | "pubdate" | "publishtime" | "shijian" | "datetime"
            | "riqi" | "year" | "day" => Some(Self::Time),
            "author" | "writer" | "zuozhe" | "reporter" | "byline" | "nickname" | "username" | "account" => {
                Some(Self::Author)
            }
            "title" | "tit" | "headline" | "biaoti" | "bt" | "maintitle" | "arttitle" | "titles" => {
                Some(Self::Title)
            }
            _ => None,
        }
    }
}

/// Longer text is no title, date, source or author.
const LONGEST_MARK: usize = 120;
/// Longer lines are prose; no label is looked for in them.
const LONGEST_LABELLED: usize = 200;
/// Nothing a reader sees, or nothing that belongs to an article.
const UNSEEN: &str = "script style noscript template head iframe object embed svg canvas video audio select option \
    textarea button input map dialog menu math figcaption";
/// Elements that end a line.
const BLOCKS: &str = "html body div p section article main header footer nav aside h1 h2 h3 h4 h5 h6 ul ol li dl dt dd \
    table tbody thead tfoot tr td th form fieldset blockquote pre figure center address hr caption \
    details";

fn lists(names: &str, tag: &str) -> bool {
    names.split(' ').any(|name| name == tag)
}

impl Outline {
    /// Reads a page, or the part of it under one element.
    pub(super) fn of(root: ElementRef<'_>) -> Self {
        let mut walk = Walk::default();
        walk.outline.blocks.push(Block {
            parent: 0,
            tag: String::new(),
            words: Vec::new(),
            class: String::new(),
        });
        let mut node = *root;
        loop {
            if walk.enter(node.value())
                && let Some(child) = node.first_child()
            {
                node = child;
                continue;
            }
            loop {
                walk.leave(node.value());
                if node.id() == root.id() {
                    walk.end_line();
                    return walk.outline;
                }
                if let Some(next) = node.next_sibling() {
                    node = next;
                    break;
                }
                match node.parent() {
                    Some(parent) => node = parent,
                    None => return walk.outline,
                }
            }
        }
    }

    /// Reads a piece of HTML.
    pub(super) fn of_fragment(html: &str) -> Self {
        Self::of(super::tangle::fragment(html).root_element())
    }

    /// The blocks around a line, innermost first.
    pub(super) fn around(&self, line: &Line) -> impl Iterator<Item = usize> + '_ {
        self.upward(line.block)
    }

    /// A block and the blocks around it, innermost first.
    pub(super) fn upward(&self, block: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(Some(block), |&at| {
            (at != 0).then(|| self.blocks.get(at).map_or(0, |b| b.parent))
        })
    }
}

/// Words of a class or id: `main-titleBox` gives `main`, `title`, `box`.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut last = ' ';
    for c in text.chars().take(300) {
        if !c.is_alphanumeric() {
            last = ' ';
            continue;
        }
        let starts = last == ' '
            || (c.is_uppercase() && last.is_lowercase())
            || (c.is_ascii_digit() != last.is_ascii_digit());
        match words.last_mut() {
            Some(word) if !starts => word.extend(c.to_lowercase()),
            _ => words.push(c.to_lowercase().collect()),
        }
        last = c;
    }
    words
}

/// An open element and what is to be done when it ends.
struct Open {
    /// Its text so far began here: line index and byte in the line.
    began: (usize, usize),
    mark: Option<MarkKind>,
    is_block: bool,
    is_link: bool,
}

#[derive(Default)]
struct Walk {
    outline: Outline,
    open: Vec<Open>,
    text: String,
    linked: usize,
    links: usize,
    block: usize,
}

impl Walk {
    /// Opens a node; `false` when what is inside is not to be seen.
    fn enter(&mut self, node: &Node) -> bool {
        match node {
            Node::Text(text) => self.push(text),
            Node::Element(element) => return self.open(element),
            _ => {}
        }
        true
    }

    fn open(&mut self, element: &Element) -> bool {
        let tag = element.name();
        let seen = !lists(UNSEEN, tag) && !is_hidden(element);
        let is_block = seen && lists(BLOCKS, tag);
        let class = element.attr("class").unwrap_or_default();
        let words = words(&format!("{class} {}", element.attr("id").unwrap_or_default()));
        let mark = MarkKind::of(&words).filter(|_| seen);
        if is_block {
            self.end_line();
            let parent = std::mem::replace(&mut self.block, self.outline.blocks.len());
            self.outline.blocks.push(Block {
                parent,
                tag: tag.to_owned(),
                words,
                class: class.to_owned(),
            });
        } else if tag == "br" {
            self.end_line();
        } else if mark.is_some() {
            // `<span class=date>…</span><span class=time>…</span>` are two things side by side, not one word.
            self.gap();
        }
        let is_link = tag == "a";
        self.links += usize::from(is_link);
        self.open.push(Open {
            began: (self.outline.lines.len(), self.text.len()),
            mark,
            is_block,
            is_link,
        });
        seen
    }

    fn leave(&mut self, node: &Node) {
        if !matches!(node, Node::Element(_)) {
            return;
        }
        let Some(open) = self.open.pop() else { return };
        self.links -= usize::from(open.is_link);
        if let Some(kind) = open.mark {
            self.mark(kind, open.began);
            self.gap();
        }
        if open.is_block {
            self.end_line();
            self.block = self
                .outline
                .blocks
                .get(self.block)
                .map_or(0, |block| block.parent);
        }
    }

    /// Remembers what stood inside a marked element, if it was short.
    fn mark(&mut self, kind: MarkKind, (line, at): (usize, usize)) {
        let lines = self.outline.lines.get(line..).unwrap_or_default();
        if lines.len() > 4 {
            return;
        }
        let parts = lines.iter().map(|line| line.text.as_str());
        let parts: Vec<&str> = match lines.is_empty() {
            true => vec![self.text.get(at..).unwrap_or_default()],
            false => parts.chain([self.text.as_str()]).collect(),
        };
        let text = parts.join(" ").trim().to_owned();
        if !text.is_empty() && text.chars().count() <= LONGEST_MARK {
            self.outline.marks.push(Mark { kind, text, line });
        }
    }

    fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with(' ') {
            self.text.push(' ');
        }
    }

    fn push(&mut self, text: &str) {
        for c in text.chars() {
            // Zero-width marks break words in two for search; private-use characters are icons.
            if matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}' | '\u{e000}'..='\u{f8ff}') {
                continue;
            }
            if c.is_whitespace() || c.is_control() {
                self.gap();
            } else {
                self.text.push(c);
                self.linked += usize::from(self.links > 0);
            }
        }
    }

    fn end_line(&mut self) {
        let text = std::mem::take(&mut self.text);
        let linked = std::mem::take(&mut self.linked);
        let text = text.trim();
        if !text.is_empty() {
            let length = text.chars().count();
            let simplified = (length <= LONGEST_LABELLED).then(|| simplified(text));
            self.outline.lines.push(Line {
                text: text.to_owned(),
                length,
                linked,
                block: self.block,
                simplified: simplified.filter(|other| *other != text).map(Cow::into_owned),
            });
        }
    }
}

fn is_hidden(element: &Element) -> bool {
    let style = element.attr("style").unwrap_or_default().to_ascii_lowercase();
    // `visibility: hidden` is how WeChat serves every article, so it does not count.
    let none = style.split(';').any(|rule| {
        rule.split_once(':')
            .is_some_and(|(name, value)| name.trim() == "display" && value.trim().starts_with("none"))
    });
    none || element.attr("hidden").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use scraper::Html;

    fn lines(html: &str) -> Vec<String> {
        Outline::of(Html::parse_document(html).root_element())
            .lines
            .into_iter()
            .map(|line| line.text)
            .collect()
    }

    #[test]
    fn blocks_and_breaks_end_lines_and_inline_elements_do_not() {
        let html = "<title>x</title><div>　　第一<b>段</b>文字<br>第二\n  行<p>第三行</p>尾<script>var a</script></div>";
        assert_eq!(lines(html), ["第一段文字", "第二 行", "第三行", "尾"]);
        assert_eq!(
            lines("<p style='display: none'>不可见</p><p style='visibility:hidden'>可见</p>"),
            ["可见"]
        );
        assert_eq!(
            lines("<span class=date>06-03</span><span class=time>14:20</span>"),
            ["06-03 14:20"]
        );
    }

    #[test]
    fn nesting_without_end_is_no_danger() {
        let html = format!("{}深处{}", "<div>".repeat(2_000), "<b>".repeat(2_000));
        assert_eq!(lines(&html), ["深处"]);
    }

    #[test]
    fn class_names_fall_into_words() {
        assert_eq!(
            words("main-titleBox article_h1"),
            ["main", "title", "box", "article", "h", "1"]
        );
    }
}
