//! Query text to [`Node`]: recursive descent over characters, bounded in length and depth.

use super::{Named, Node, QueryError, Scope, field};

/// Characters of the longest query: far beyond what people type, short enough that a page-long paste cannot make
/// thousands of clauses.
const LONGEST: usize = 2_000;

/// Parentheses and negations inside one another. Deeper than any question, shallow enough for any thread's stack.
const DEEPEST: usize = 32;

/// Reads a query; `flags` are the kinds of sensitive content it may name. White space alone asks for everything.
pub(crate) fn parse(text: &str, flags: &[Named]) -> Result<Node, QueryError> {
    let characters: Vec<char> = text.chars().take(LONGEST + 1).collect();
    if characters.len() > LONGEST {
        return Err(error(LONGEST, format!("查询过长，最多 {LONGEST} 个字符")));
    }
    let mut parser = Parser {
        characters: &characters,
        flags,
        at: 0,
        depth: 0,
    };
    parser.skip_space();
    if parser.peek().is_none() {
        return Ok(Node::All);
    }
    let node = parser.or()?;
    match parser.peek() {
        None => Ok(node),
        // `or` stops only at the end or before a closing parenthesis.
        Some(_) => Err(error(parser.at, "多余的右括号".to_owned())),
    }
}

/// An error at a 0-based place.
pub(super) fn error(at: usize, reason: String) -> QueryError {
    QueryError {
        position: at + 1,
        reason,
    }
}

struct Parser<'a> {
    characters: &'a [char],
    flags: &'a [Named],
    at: usize,
    depth: usize,
}

/// A word that stands between others.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    And,
    Or,
    Not,
}

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    /// Where the bare word that begins here ends.
    fn word_end(&self) -> usize {
        let rest = &self.characters[self.at..];
        self.at + rest.iter().position(|&c| ends_word(c)).unwrap_or(rest.len())
    }

    /// The operator that stands here, with its end.
    fn operator(&self) -> Option<(Operator, usize)> {
        let end = self.word_end();
        let operator = match &self.characters[self.at..end] {
            ['O', 'R'] | ['或'] => Operator::Or,
            ['A', 'N', 'D'] | ['且'] => Operator::And,
            ['N', 'O', 'T'] | ['非'] => Operator::Not,
            _ => return None,
        };
        Some((operator, end))
    }

    fn take(&mut self, wanted: Operator) -> bool {
        self.skip_space();
        match self.operator() {
            Some((found, end)) if found == wanted => {
                self.at = end;
                true
            }
            _ => false,
        }
    }

    fn or(&mut self) -> Result<Node, QueryError> {
        let mut nodes = vec![self.and()?];
        while self.take(Operator::Or) {
            nodes.push(self.and()?);
        }
        Ok(single(nodes, Node::Or))
    }

    fn and(&mut self) -> Result<Node, QueryError> {
        let mut nodes = vec![self.not()?];
        loop {
            let asked = self.take(Operator::And);
            self.skip_space();
            let at_end =
                self.peek().is_none_or(is_close) || matches!(self.operator(), Some((Operator::Or, _)));
            if at_end && !asked {
                return Ok(single(nodes, Node::And));
            }
            nodes.push(self.not()?);
        }
    }

    fn not(&mut self) -> Result<Node, QueryError> {
        self.skip_space();
        let start = self.at;
        let negated = self.take(Operator::Not) || self.take_minus();
        if !negated {
            return self.primary();
        }
        self.descend(start)?;
        let node = self.not()?;
        self.depth -= 1;
        Ok(Node::Not(Box::new(node)))
    }

    /// A minus sign directly before what it excludes; one that stands alone is a character like others.
    fn take_minus(&mut self) -> bool {
        let next = self.characters.get(self.at + 1);
        let minus = matches!(self.peek(), Some('-' | '－'))
            && next.is_some_and(|&c| !c.is_whitespace() && !is_close(c));
        self.at += usize::from(minus);
        minus
    }

    fn descend(&mut self, at: usize) -> Result<(), QueryError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(error(at, format!("括号或否定嵌套过深，最多 {DEEPEST} 层")));
        }
        Ok(())
    }

    fn primary(&mut self) -> Result<Node, QueryError> {
        self.skip_space();
        let start = self.at;
        match self.peek() {
            None => Err(error(start, "此处缺少查询词".to_owned())),
            Some('(' | '（') => {
                self.at += 1;
                self.descend(start)?;
                let node = self.or()?;
                self.skip_space();
                if !self.peek().is_some_and(is_close) {
                    return Err(error(start, "左括号没有对应的右括号".to_owned()));
                }
                self.at += 1;
                self.depth -= 1;
                Ok(node)
            }
            Some(c) if is_close(c) => Err(error(start, "此处缺少查询词".to_owned())),
            Some('"' | '“' | '”') => Ok(Node::Phrase(Scope::Anywhere, self.phrase()?)),
            Some(_) if self.operator().is_some() => Err(error(
                start,
                "运算符前后缺少查询词；要查这个字本身，请加引号".to_owned(),
            )),
            Some(_) => self.word(),
        }
    }

    /// A quoted run of characters. `"` is closed by `"`, “ by ”; a backslash takes the next quotation mark or backslash
    /// as it is.
    fn phrase(&mut self) -> Result<String, QueryError> {
        let start = self.at;
        let open = self.characters[start];
        let close = if open == '"' { '"' } else { '”' };
        self.at += 1;
        let mut text = String::new();
        while let Some(c) = self.peek() {
            self.at += 1;
            match (c, self.peek()) {
                ('\\', Some(escaped @ ('"' | '“' | '”' | '\\'))) => {
                    text.push(escaped);
                    self.at += 1;
                }
                (c, _) if c == close => {
                    if text.is_empty() {
                        return Err(error(start, "引号里没有内容".to_owned()));
                    }
                    return Ok(text);
                }
                (c, _) => text.push(c),
            }
        }
        Err(error(start, "引号没有成对".to_owned()))
    }

    /// A bare word, or a field with its value.
    fn word(&mut self) -> Result<Node, QueryError> {
        let start = self.at;
        let end = self.word_end();
        let colon = self.characters[start..end]
            .iter()
            .position(|c| matches!(c, ':' | '：'));
        if let Some(colon) = colon {
            let name: String = self.characters[start..start + colon].iter().collect();
            if let Some(rule) = field::find(&name) {
                self.at = start + colon + 1;
                return self.value(rule);
            }
            // An address or a clock time is a word; a name in Latin letters is a field misspelt.
            let address = self.characters[start + colon + 1..end].starts_with(&['/']);
            if !name.is_empty() && name.chars().all(|c| c.is_ascii_alphabetic() || c == '_') && !address {
                let reason = format!("没有字段 {name}；可用 {}；要查文字本身，请加引号", field::names());
                return Err(error(start, reason));
            }
        }
        self.at = end;
        Ok(Node::Words(
            Scope::Anywhere,
            self.characters[start..end].iter().collect(),
        ))
    }

    fn value(&mut self, rule: &field::Rule) -> Result<Node, QueryError> {
        let start = self.at;
        let (text, quoted) = match self.peek() {
            Some('"' | '“' | '”') => (self.phrase()?, true),
            _ => {
                let end = self.word_end();
                self.at = end;
                (self.characters[start..end].iter().collect(), false)
            }
        };
        if text.is_empty() {
            return Err(error(start, format!("字段 {} 后面缺少值", rule.name)));
        }
        rule.node(text, quoted, self.flags)
            .map_err(|reason| error(start, reason))
    }
}

/// One node stands for itself.
fn single(mut nodes: Vec<Node>, several: fn(Vec<Node>) -> Node) -> Node {
    match nodes.pop() {
        Some(node) if nodes.is_empty() => node,
        Some(node) => {
            nodes.push(node);
            several(nodes)
        }
        None => Node::All,
    }
}

fn is_close(c: char) -> bool {
    matches!(c, ')' | '）')
}

fn ends_word(c: char) -> bool {
    c.is_whitespace() || is_close(c) || matches!(c, '(' | '（' | '"' | '“' | '”')
}
