//! A planted set: invented stories, each with copies of every kind, among stories that share their boilerplate.

use crate::{copies::Rule, ledger::fixture::Desk};
use chrono::TimeDelta;
use ingest::{
    record::{Body, Medium, Post, Record, RecordId},
    time::{Moment, parse},
};
use std::collections::HashMap;

/// Title and text of one story a line.
const STORIES: &str = include_str!("stories.txt");

/// A little generator, the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % end
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

/// A planted post: what it tells, and its text.
struct Planted {
    story: usize,
    kind: &'static str,
    title: String,
    body: String,
}

/// Changes one character in twenty, or words of two to four of them.
fn edited(text: &str, share: f64, random: &mut Random) -> String {
    const WRITTEN: &[char] = &[
        '的', '了', '在', '也', '都', '很', '又', '还', '就', '把', '被', '并', '其', '及', '大', '小', '好',
        '新', '约', '近',
    ];
    let mut characters: Vec<char> = text.chars().collect();
    let mut edits = (characters.len() as f64 * share).round() as usize;
    while edits > 0 {
        let length = (1 + random.below(4)).min(edits);
        let at = random.below(characters.len() - length);
        match random.below(3) {
            0 => drop(characters.drain(at..at + length)),
            1 => {
                for _ in 0..length {
                    characters.insert(at, WRITTEN[random.below(WRITTEN.len())]);
                }
            }
            _ => {
                for place in &mut characters[at..at + length] {
                    *place = WRITTEN[random.below(WRITTEN.len())];
                }
            }
        }
        edits -= length;
    }
    characters.into_iter().collect()
}

/// What a medium puts before and behind.
fn framed(text: &str, random: &mut Random) -> String {
    let before = random.pick(&[
        "澜汀晚报讯（记者 汀上）",
        "【云浦发布】",
        "本台消息：",
        "据云浦新闻网报道，",
        "来源：汀江都市报\n",
        "",
    ]);
    let behind = random.pick(&[
        "\n责任编辑：砚边",
        "（完）",
        "\n更多本地消息，请扫码关注澜汀生活圈公众号",
        "\n本文转自汀江论坛，如有侵权请联系删除",
        "以上是今天的内容，明天见",
        "",
    ]);
    format!("{before}{text}{behind}")
}

/// Every story with its copies. `boilerplate` stands around the story in the posts of every third one, `forms` are
/// notices that differ in what was filled in only.
fn planted(stories: &[(String, String)], random: &mut Random) -> Vec<Planted> {
    const BEFORE: &str = "各位居民朋友大家好，这里是云浦区融媒体中心与各街道联合主办的身边事栏目，每天早晚两次为您送来家门口的消息。";
    const BEHIND: &str = "以上内容由网格员采集、街道审核后发布，图片均为现场拍摄。如果您身边也有值得分享的人和事，欢迎通过随手拍小程序投稿，一经采用将有小礼品相赠。";
    let mut posts = Vec::new();
    for (story, (title, text)) in stories.iter().enumerate() {
        let text = match story % 3 {
            0 => format!("{BEFORE}{text}{BEHIND}"),
            _ => text.clone(),
        };
        let mut plant = |kind, title: &str, body: String| {
            posts.push(Planted {
                story,
                kind,
                title: title.to_owned(),
                body,
            });
        };
        plant("original", title, text.clone());
        plant("exact", title, text.clone());
        plant("exact", title, text.replace('，', ", ").replace('。', ".\n"));
        plant("title", &format!("快看：{title}"), text.clone());
        for _ in 0..3 {
            plant("edited", title, edited(&text, 0.05, random));
        }
        for _ in 0..2 {
            plant("framed", title, framed(&text, random));
        }
        let both = framed(&edited(&text, 0.03, random), random);
        plant("framed and edited", "转载", both);
    }
    posts
}

/// Notices of one form.
fn forms(random: &mut Random) -> Vec<(String, String)> {
    const PLACES: [&str; 24] = [
        "听潮路",
        "砚山街",
        "码头巷",
        "星灯路",
        "船厂路",
        "银杏路",
        "东篱巷",
        "秋禾路",
        "河东路",
        "滨河街",
        "柳浦村",
        "石埠镇",
        "麦溪街",
        "栖鹭园",
        "望汀桥",
        "锅炉巷",
        "杏花村",
        "红旗路",
        "纺织路",
        "粮库街",
        "水厂路",
        "槐树巷",
        "戏台街",
        "蓝莓园",
    ];
    let notice = |n: usize| {
        let place = PLACES[n];
        let other = PLACES[(n * 7 + 5) % PLACES.len()];
        let (month, day) = (1 + random.below(12), 1 + random.below(28));
        let (from, to) = (1 + random.below(9), 12 + random.below(11));
        let households = 100 + random.below(5000);
        (
            "停水通知".to_owned(),
            format!(
                "尊敬的用户：因{place}供水管道改造施工的需要，定于{month}月{day}日{from}时至{to}时对{place}至{other}沿线暂停供水，\
                 预计影响{households}户居民。请提前做好储水准备，并关好用水阀门，以免恢复供水时造成不必要的损失。\
                 因施工给您带来的不便，敬请谅解，详情可拨打供水服务热线咨询。"
            ),
        )
    };
    (0..PLACES.len()).map(notice).collect()
}

fn record(number: usize, post: &Planted, at: Moment) -> Record {
    let native_id = format!("planted-{number}");
    let body = Post {
        post_id: RecordId::of(&[b"post", b"planted", native_id.as_bytes()]),
        native_id,
        source: "planted".into(),
        channel: Medium::ALL[number % Medium::ALL.len()],
        url: None,
        title: post.title.clone(),
        body: post.body.clone(),
        author: None,
        source_name: None,
        published_at: Some(at),
        region: None,
        engagement: Default::default(),
    };
    Record::new(Body::Post(body), at + TimeDelta::minutes(5))
}

/// Precision and recall over pairs of posts: those found to be of one story against those planted so.
fn measure(posts: &[Planted], random: &mut Random) -> (f64, f64) {
    let mut places: Vec<usize> = (0..posts.len()).collect();
    for end in (1..places.len()).rev() {
        places.swap(end, random.below(end + 1));
    }
    let begin = parse("2016-05-25 08:00").unwrap();
    let records: Vec<Record> = places
        .iter()
        .enumerate()
        .map(|(at, place)| record(*place, &posts[*place], begin + TimeDelta::minutes(3 * at as i64)))
        .collect();
    let mut desk = Desk::new();
    for batch in records.chunks(97) {
        desk.apply(batch);
        desk.ledger.judge_copies(&Rule::default()).unwrap();
    }
    let ids: Vec<&str> = records
        .iter()
        .map(|record| match &record.body {
            Body::Post(post) => post.post_id.as_str(),
            _ => unreachable!(),
        })
        .collect();
    let found = desk.ledger.stories(ids).unwrap();
    let (mut right, mut wrong, mut missed) = (0, 0, 0);
    let mut trouble: HashMap<(&str, &str, bool), usize> = HashMap::new();
    for (a, place) in places.iter().enumerate() {
        for (b, other) in places.iter().enumerate().take(a) {
            let (one, two) = (&posts[*place], &posts[*other]);
            let together = found[a].is_some() && found[a] == found[b];
            match (together, one.story == two.story) {
                (true, true) => right += 1,
                (true, false) => wrong += 1,
                (false, true) => missed += 1,
                (false, false) => continue,
            }
            if together != (one.story == two.story) {
                *trouble.entry((one.kind, two.kind, together)).or_default() += 1;
            }
        }
    }
    let figures = (
        f64::from(right) / f64::from(right + wrong),
        f64::from(right) / f64::from(right + missed),
    );
    eprintln!("precision {:.4}, recall {:.4}, {trouble:?}", figures.0, figures.1);
    figures
}

fn stories() -> Vec<(String, String)> {
    STORIES
        .lines()
        .filter_map(|line| line.split_once('|'))
        .map(|(title, text)| (title.to_owned(), text.to_owned()))
        .collect()
}

#[test]
fn planted_copies_of_short_posts_are_found_and_nothing_else() {
    let stories = stories();
    assert_eq!(stories.len(), 64);
    for seed in [1, 2, 3] {
        let mut random = Random(seed);
        let posts = planted(&stories, &mut random);
        let (precision, recall) = measure(&posts, &mut random);
        assert!(precision >= 0.98 && recall >= 0.98, "{precision} {recall}");
    }
}

#[test]
fn planted_copies_of_articles_are_found_and_nothing_else() {
    let single = stories();
    let stories: Vec<(String, String)> = single
        .chunks(3)
        .map(|part| {
            let texts: Vec<&str> = part.iter().map(|(_, text)| text.as_str()).collect();
            (part[0].0.clone(), texts.join("\n"))
        })
        .collect();
    for seed in [4, 5, 6] {
        let mut random = Random(seed);
        let posts = planted(&stories, &mut random);
        let (precision, recall) = measure(&posts, &mut random);
        assert!(precision >= 0.98 && recall >= 0.98, "{precision} {recall}");
    }
}

/// The hardest of boilerplate: nine tenths of the text, with nothing but places, times and numbers filled in.
#[test]
fn notices_of_one_form_are_stories_of_their_own() {
    let mut pooled = (0.0, 0.0);
    for seed in [7, 8, 9, 10, 11] {
        let mut random = Random(seed);
        let forms = forms(&mut random);
        let mut posts = Vec::new();
        for (story, (title, text)) in forms.iter().enumerate() {
            for kind in ["original", "exact", "framed"] {
                let body = match kind {
                    "framed" => framed(text, &mut random),
                    _ => text.clone(),
                };
                posts.push(Planted {
                    story,
                    kind,
                    title: title.clone(),
                    body,
                });
            }
        }
        let (precision, recall) = measure(&posts, &mut random);
        pooled = (pooled.0 + precision / 5.0, pooled.1 + recall / 5.0);
    }
    assert!(pooled.0 >= 0.95 && pooled.1 >= 0.95, "{pooled:?}");
}
