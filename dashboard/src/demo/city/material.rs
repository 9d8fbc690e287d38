//! The hand-written texts of `dashboard/demo`, embedded. All of them are invented.
//!
//! Must never skip a line in silence: the tests hold every line to its form.

use ingest::record::TicketType;
use std::sync::LazyLock;

const TICKETS: &str = include_str!("../../../demo/tickets.txt");
const REPLIES: &str = include_str!("../../../demo/replies.txt");
const POSTS: &str = include_str!("../../../demo/posts.txt");

/// A ticket's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TicketText {
    pub(super) r#type: TicketType,
    pub(super) topic: &'static str,
    pub(super) unit: &'static str,
    pub(super) title: &'static str,
    pub(super) body: &'static str,
}

/// How a post says what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Tone {
    Negative,
    Neutral,
    Positive,
}

/// A post's text, or a paragraph of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PostText {
    pub(super) paragraph: bool,
    /// Name of a running story; `None` for everyday matters.
    pub(super) story: Option<&'static str>,
    pub(super) topic: &'static str,
    pub(super) tone: Tone,
    pub(super) title: &'static str,
    pub(super) text: &'static str,
}

/// What may stand before or after a short post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) opening: bool,
    pub(super) tone: Tone,
    pub(super) text: &'static str,
}

/// The lines that are no comments.
fn lines(material: &'static str) -> impl Iterator<Item = &'static str> {
    material
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn fields<const N: usize>(line: &'static str) -> Option<[&'static str; N]> {
    line.split('|').collect::<Vec<_>>().try_into().ok()
}

fn tone(mark: &str) -> Option<Tone> {
    Some(match mark {
        "n" => Tone::Negative,
        "u" => Tone::Neutral,
        "p" => Tone::Positive,
        _ => return None,
    })
}

/// The texts of tickets.
pub(super) static TICKET_TEXTS: LazyLock<Vec<TicketText>> = LazyLock::new(|| {
    let text = |line| {
        let [kind, topic, unit, title, body] = fields(line)?;
        Some(TicketText {
            r#type: TicketType::parse(kind)?,
            topic,
            unit,
            title,
            body,
        })
    };
    lines(TICKETS).filter_map(text).collect()
});

/// What units answer, by type.
pub(super) static REPLY_TEXTS: LazyLock<Vec<(TicketType, &'static str)>> = LazyLock::new(|| {
    let reply = |line| {
        let [kind, text] = fields(line)?;
        Some((TicketType::parse(kind)?, text))
    };
    lines(REPLIES).filter_map(reply).collect()
});

/// The texts of posts and the paragraphs of articles.
pub(super) static POST_TEXTS: LazyLock<Vec<PostText>> = LazyLock::new(|| {
    let text = |line| {
        let [form, story, topic, mark, title, text] = fields(line)?;
        let paragraph = match form {
            "short" => false,
            "para" => true,
            _ => return None,
        };
        let story = Some(story).filter(|story| *story != "-");
        Some(PostText {
            paragraph,
            story,
            topic,
            tone: tone(mark)?,
            title,
            text,
        })
    };
    lines(POSTS).filter_map(text).collect()
});

/// Openings and endings of short posts.
pub(super) static FRAMES: LazyLock<Vec<Frame>> = LazyLock::new(|| {
    let frame = |line| {
        let [form, _, _, mark, _, text] = fields(line)?;
        let opening = match form {
            "open" => true,
            "close" => false,
            _ => return None,
        };
        Some(Frame {
            opening,
            tone: tone(mark)?,
            text,
        })
    };
    lines(POSTS).filter_map(frame).collect()
});

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_line_of_the_material_is_read() {
        assert_eq!(TICKET_TEXTS.len(), lines(TICKETS).count());
        assert_eq!(REPLY_TEXTS.len(), lines(REPLIES).count());
        assert_eq!(POST_TEXTS.len() + FRAMES.len(), lines(POSTS).count());
    }

    #[test]
    fn texts_are_many_and_distinct() {
        let tickets: HashSet<_> = TICKET_TEXTS.iter().map(|text| text.body).collect();
        assert!(
            tickets.len() >= 320 && tickets.len() == TICKET_TEXTS.len(),
            "{}",
            tickets.len()
        );
        let posts: HashSet<_> = POST_TEXTS.iter().map(|text| text.text).collect();
        assert!(
            posts.len() >= 320 && posts.len() == POST_TEXTS.len(),
            "{}",
            posts.len()
        );
        let replies: HashSet<_> = REPLY_TEXTS.iter().map(|(_, text)| text).collect();
        assert!(
            replies.len() >= 40 && replies.len() == REPLY_TEXTS.len(),
            "{}",
            replies.len()
        );
    }

    #[test]
    fn topics_are_those_of_the_guideline() {
        #[rustfmt::skip]
        let topics: HashSet<&str> = HashSet::from([
            "城乡建设", "环境保护", "交通运输", "教育文体", "劳动和社会保障", "商贸旅游", "卫生计生", "农村农业", "政法",
            "民政", "党务政务", "经济管理", "纪检监察", "国土资源", "科技与信息产业",
        ]);
        assert_eq!(
            TICKET_TEXTS.iter().map(|text| text.topic).collect::<HashSet<_>>(),
            topics
        );
        assert_eq!(
            POST_TEXTS.iter().map(|text| text.topic).collect::<HashSet<_>>(),
            topics
        );
    }
}
