//! Sitemaps by sitemaps.org: lists of addresses, indexes of further sitemaps, Google's news form, or plain text.

use crate::{extract::when, time::Moment};
use quick_xml::{Reader, events::Event};
use url::Url;

/// What the protocol allows in one file; the rest is not read.
const MOST_ENTRIES: usize = 50_000;

/// A sitemap as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sitemap {
    /// Further sitemaps.
    Index(Vec<Entry>),
    /// Pages.
    Pages(Vec<Entry>),
}

/// One address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(in crate::source) url: Url,
    /// `lastmod`, else the publication date of a news entry.
    pub(super) changed_at: Option<Moment>,
}

/// Reads a sitemap that stands at `base`; `None` for what is none. An entry without a usable address is left out, and
/// a file broken off in the middle counts up to there.
pub(crate) fn parse(text: &str, base: &Url) -> Option<Sitemap> {
    let text = text.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']);
    if !text.starts_with('<') {
        return plain(text, base);
    }
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    let mut is_index = None;
    let mut entries: Vec<Entry> = Vec::new();
    let mut field = Field::Other;
    let (mut address, mut date) = (String::new(), String::new());
    loop {
        match reader.read_event() {
            Ok(Event::Start(element)) => match element.local_name().as_ref() {
                "sitemapindex" => is_index = Some(true),
                "urlset" => is_index = Some(false),
                "url" | "sitemap" => {
                    address.clear();
                    date.clear();
                }
                // `image:loc` is no page; its prefix tells.
                "loc" if element.name().prefix().is_none() => field = Field::Address,
                // `lastmod` says more than a news entry's first publication, and comes where both are given.
                "lastmod" => {
                    date.clear();
                    field = Field::Date;
                }
                "publication_date" if date.is_empty() => field = Field::Date,
                _ => field = Field::Other,
            },
            Ok(Event::Text(text)) => field.take(&text, &mut address, &mut date),
            Ok(Event::CData(text)) => field.take(&text, &mut address, &mut date),
            // Only the five entities of XML and numbers stand for something; a DOCTYPE's own are left out.
            Ok(Event::GeneralRef(reference)) => {
                let known = match reference.as_ref() {
                    "amp" => Some('&'),
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => reference.resolve_char_ref().ok().flatten(),
                };
                let mut buffer = [0; 4];
                if let Some(character) = known {
                    field.take(character.encode_utf8(&mut buffer), &mut address, &mut date);
                }
            }
            Ok(Event::End(element)) => {
                field = Field::Other;
                if matches!(element.local_name().as_ref(), "url" | "sitemap") {
                    entries.extend(entry(&address, &date, base));
                }
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
        if entries.len() >= MOST_ENTRIES {
            break;
        }
    }
    Some(match is_index? {
        true => Sitemap::Index(entries),
        false => Sitemap::Pages(entries),
    })
}

/// One address a line.
fn plain(text: &str, base: &Url) -> Option<Sitemap> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let urls: Vec<Entry> = lines
        .clone()
        .filter(|line| line.starts_with("http"))
        .take(MOST_ENTRIES)
        .filter_map(|line| entry(line, "", base))
        .collect();
    // A page of prose with one address in it is no sitemap.
    (!urls.is_empty() && urls.len() * 2 >= lines.take(MOST_ENTRIES).count()).then_some(Sitemap::Pages(urls))
}

fn entry(address: &str, date: &str, base: &Url) -> Option<Entry> {
    let address = address.trim();
    let mut url = base.join(address).ok().filter(|_| !address.is_empty())?;
    url.set_fragment(None);
    matches!(url.scheme(), "http" | "https").then(|| Entry {
        url,
        changed_at: when::machine(date),
    })
}

/// Which part of an entry is being read.
#[derive(Clone, Copy)]
enum Field {
    Address,
    Date,
    Other,
}

impl Field {
    fn take(self, text: &str, address: &mut String, date: &mut String) {
        match self {
            Self::Address => address.push_str(text),
            Self::Date => date.push_str(text),
            Self::Other => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Sitemap> {
        parse(text, &Url::parse("https://city.test/sitemap.xml").unwrap())
    }

    fn addresses(sitemap: Option<Sitemap>) -> Vec<String> {
        let Some(Sitemap::Index(entries) | Sitemap::Pages(entries)) = sitemap else {
            return Vec::new();
        };
        entries.into_iter().map(|entry| entry.url.into()).collect()
    }

    #[test]
    fn pages_indexes_and_news_are_read() {
        let pages = read(
            "<?xml version='1.0' encoding='UTF-8'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'
             xmlns:news='http://www.google.com/schemas/sitemap-news/0.9' xmlns:image='i'>
             <url><loc> https://city.test/a.html?x=1&amp;y=2#top </loc><lastmod>2016-06-03T14:20:00+08:00</lastmod></url>
             <url><loc><![CDATA[/b.html]]></loc><image:image><image:loc>https://city.test/p.jpg</image:loc></image:image>
             <news:news><news:publication_date>2016-06-02</news:publication_date><news:title>乙</news:title></news:news></url>
             <url><loc>mailto:a@city.test</loc></url><url><loc></loc></url></urlset>",
        );
        let Some(Sitemap::Pages(entries)) = pages.clone() else {
            panic!("{pages:?}")
        };
        let dates: Vec<_> = entries
            .iter()
            .map(|entry| entry.changed_at.map(|at| at.format("%F").to_string()))
            .collect();
        assert_eq!(dates, [Some("2016-06-03".into()), Some("2016-06-02".into())]);
        assert_eq!(
            addresses(pages),
            ["https://city.test/a.html?x=1&y=2", "https://city.test/b.html"]
        );
        let index =
            read("<sitemapindex><sitemap><loc>https://city.test/1.xml.gz</loc></sitemap></sitemapindex>");
        assert!(matches!(index, Some(Sitemap::Index(_))));
        assert_eq!(addresses(index), ["https://city.test/1.xml.gz"]);
        assert_eq!(
            addresses(read("https://city.test/1\nhttps://city.test/2\n")),
            ["https://city.test/1", "https://city.test/2"]
        );
    }

    #[test]
    fn what_is_broken_counts_up_to_there_and_what_is_none_is_none() {
        assert_eq!(
            addresses(read("<urlset><url><loc>/1</loc></url><url><loc>/2</lo")),
            ["https://city.test/1"]
        );
        for text in ["", "<html><p>没有</p></html>", "没有站点地图", "{}", "<rss/>"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn entities_of_a_doctype_are_not_expanded() {
        let bomb = "<!DOCTYPE u [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]>
                    <urlset><url><loc>https://city.test/&b;1</loc></url></urlset>";
        assert_eq!(addresses(read(bomb)), ["https://city.test/1"]);
    }
}
