//! Fuzzing of what reads the outside world: extraction, feeds, sitemaps and character sets get broken input until the
//! time is over. An ordinary run takes a second each; `MINSHENG_FUZZ_SECONDS=600` makes it a campaign, and
//! `MINSHENG_SHARED_DATA` adds real pages and feeds to the seeds. cargo-fuzz would need a nightly compiler.
//!
//! A failure names the file with the input that caused it.

use crate::{extract, fetch::charset, source::feed};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    time::{Duration, Instant},
};
use url::Url;

/// Inputs are cut to this: what is longer only takes longer.
const LONGEST: usize = 64 * 1024;
/// An input that takes longer than this (in an unoptimised build, on a busy machine) is an attack.
const SLOWEST: Duration = Duration::from_secs(20);

/// Pieces that mean something to a reader.
const TOKENS: [&str; 40] = [
    "<div>",
    "</div>",
    "<p>",
    "<br>",
    "<table><tr><td>",
    "<script>",
    "</script>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?xml version='1.0' encoding='gb2312'?>",
    "<!DOCTYPE a [<!ENTITY b 'c'>]>",
    "&b;",
    "&#x10ffff;",
    "&lt;p&gt;",
    "<rss version='2.0'><channel>",
    "<item>",
    "</item>",
    "<title>",
    "</title>",
    "<link>",
    "<pubDate>",
    "<feed xmlns='http://www.w3.org/2005/Atom'>",
    "<entry>",
    "{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[",
    "\"content\":\"",
    "\\u003cp\\u003e",
    "<meta charset=big5>",
    "<base href='::'>",
    "来源：",
    "發佈時間：",
    "2016年6月31日 25:61",
    "3小时前",
    "99999999999999999999",
    "\u{feff}",
    "\u{202e}",
    "<h1>",
    "责任编辑：",
    "<urlset><url><loc>",
];

/// A generator of its own, so that a seed says it all: xorshift64*.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % (bound.max(1) as u64)).unwrap_or(0)
    }
}

fn seeds(folder: &str) -> Vec<Vec<u8>> {
    let page = "<html><head><title>路灯维修_某网</title><meta name=pubdate content='2016-06-03'></head><body><div class=nav>首页</div>
        <h1>路灯维修</h1><p>2016-06-03 14:20 来源：某报</p><div class=text><p>正文第一段，有逗号。</p><p>第二段。</p></div></body></html>";
    let rss = "<?xml version='1.0'?><rss version='2.0'><channel><title>某网</title><item><title>甲</title><link>/a</link>
        <guid>1</guid><pubDate>Fri, 03 Jun 2016 14:20:00 +0800</pubDate><description><![CDATA[<p>乙</p>]]></description></item></channel></rss>";
    let atom = "<feed xmlns='http://www.w3.org/2005/Atom'><title>某网</title><entry><id>1</id><title type='html'>&lt;b&gt;甲</title>
        <link href='/a'/><updated>2016-06-03T14:20:00Z</updated><content type='xhtml'><div>乙</div></content></entry></feed>";
    let json = "{\"version\":\"https://jsonfeed.org/version/1\",\"title\":\"某网\",\"items\":[{\"id\":\"1\",\"content_html\":\"<p>甲</p>\"}]}";
    let map = "<urlset><url><loc>http://a.test/1</loc><lastmod>2016-06-03</lastmod></url></urlset>";
    let mut seeds: Vec<Vec<u8>> = [page, rss, atom, json, map]
        .map(|text| text.as_bytes().to_vec())
        .into();
    seeds.push(encoding_rs::GB18030.encode(page).0.into_owned());
    seeds.push(encoding_rs::BIG5.encode(page).0.into_owned());
    if let Some(shared) = std::env::var_os("MINSHENG_SHARED_DATA") {
        for entry in std::fs::read_dir(Path::new(&shared).join(folder)).unwrap() {
            let mut bytes = std::fs::read(entry.unwrap().path()).unwrap();
            // The article stands in the middle of a page.
            let start = (bytes.len() / 2).saturating_sub(LONGEST / 2);
            bytes = bytes.split_off(start);
            bytes.truncate(LONGEST);
            seeds.push(bytes);
        }
    }
    seeds
}

fn mutated(seeds: &[Vec<u8>], chance: &mut Chance) -> Vec<u8> {
    let mut input = seeds[chance.below(seeds.len())].clone();
    for _ in 0..=chance.below(8) {
        let at = chance.below(input.len() + 1);
        let end = (at + chance.below(64)).min(input.len());
        match chance.below(7) {
            0 if at < input.len() => input[at] ^= 1 << chance.below(8),
            1 => drop(input.drain(at..end)),
            2 => {
                let piece = input[at..end].to_vec();
                let times = chance.below(200);
                input.splice(at..at, piece.repeat(times));
            }
            3 => {
                let token = TOKENS[chance.below(TOKENS.len())];
                let times = 1 + chance.below(3) * chance.below(300);
                input.splice(at..at, token.repeat(times).into_bytes());
            }
            4 => {
                let other = &seeds[chance.below(seeds.len())];
                let from = chance.below(other.len() + 1);
                let to = (from + chance.below(4096)).min(other.len());
                input.splice(at..end, other[from..to].iter().copied());
            }
            5 => input.truncate(at),
            _ => input.insert(at, u8::try_from(chance.below(256)).unwrap_or(0)),
        }
        input.truncate(LONGEST);
    }
    input
}

/// Feeds broken input to `read` until the time is over.
fn campaign(name: &str, folder: &str, read: impl Fn(&[u8])) {
    let seconds = std::env::var("MINSHENG_FUZZ_SECONDS")
        .ok()
        .and_then(|text| text.parse().ok());
    let long = Duration::from_secs(seconds.unwrap_or(1));
    let seed = match seconds {
        // An ordinary run does the same each time; a campaign something new.
        None => 0x6d69_6e73_6865_6e67,
        Some(_) => crate::time::now().timestamp_millis().unsigned_abs() | 1,
    };
    let mut chance = Chance(seed);
    let seeds = seeds(folder);
    let (began, mut runs) = (Instant::now(), 0_u64);
    while began.elapsed() < long {
        let input = mutated(&seeds, &mut chance);
        let start = Instant::now();
        let result = catch_unwind(AssertUnwindSafe(|| read(&input)));
        if result.is_err() || start.elapsed() > SLOWEST {
            let path = std::env::temp_dir().join(format!("minsheng-fuzz-{name}-{seed}-{runs}"));
            std::fs::write(&path, &input).unwrap();
            panic!("{name} fails on {} after {:?}", path.display(), start.elapsed());
        }
        runs += 1;
    }
    eprintln!(
        "{name}: {runs} inputs in {:?} from {} seeds",
        began.elapsed(),
        seeds.len()
    );
}

#[test]
fn fuzz_extract() {
    campaign("extract", "pages", |input| {
        let text = String::from_utf8_lossy(input);
        let article = extract::extract(&text, Some("http://a.test/2016/06/03/x.html"));
        let here = Url::parse("http://a.test/2016/06/03/x.html").unwrap();
        drop(extract::following(&text, &here, &here, 2));
        drop(crate::fetch::refresh::target(input, &here));
        // Nothing is made up: a text is no longer than its page.
        assert!(article.text.len() <= text.len().max(64) * 4);
    });
}

#[test]
fn fuzz_feed() {
    let base = Url::parse("http://a.test/rss.xml").unwrap();
    campaign("feed", "feeds", |input| {
        for item in feed::parse(input, None, &base).unwrap_or_default() {
            assert!(!item.id.is_empty());
        }
        drop(crate::source::site::sitemap::parse(
            &String::from_utf8_lossy(input),
            &base,
        ));
    });
}

#[test]
fn fuzz_charset() {
    campaign("charset", "pages", |input| {
        for content_type in [
            None,
            Some("text/html; charset=gb2312"),
            Some("text/html;charset=\"big5"),
            Some("charset"),
        ] {
            let (text, name) = charset::decode(input, content_type);
            assert!(!name.is_empty() && text.len() <= input.len() * 3 + 8);
        }
    });
}
