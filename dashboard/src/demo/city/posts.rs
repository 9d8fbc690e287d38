//! The sample's posts of one week: sentences of the material put together, each with places of its own.
//!
//! Must never let a post leave by two ways: [`Way`] says the one.

use super::{
    calendar::{date, midnight},
    material::{FRAMES, POST_TEXTS, PostText, Tone},
    places::Scene,
    random::Random,
    stories::{EVERYDAY, HOURS, STORIES, Story},
};
use chrono::TimeDelta;
use ingest::{
    record::Medium,
    time::{self, Moment},
};
use std::collections::HashMap;

/// The one way a post leaves the city.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Way {
    /// An item of the RSS feed, with its page.
    Feed,
    /// An article of the portal.
    Portal,
    /// Sent by the push client.
    Push,
    /// A line of the Weibo crawler's export.
    WeiboExport,
    /// A line of the medium's file.
    Lines,
}

/// How many leave by which way: 40,000 in all.
pub(super) const WAYS: [(Way, Medium, usize); 9] = [
    (Way::Feed, Medium::News, 60),
    (Way::Portal, Medium::Portal, 300),
    (Way::Push, Medium::News, 300),
    (Way::WeiboExport, Medium::Weibo, 12_000),
    (Way::Lines, Medium::Weibo, 10_000),
    (Way::Lines, Medium::Forum, 6_400),
    (Way::Lines, Medium::Wechat, 4_100),
    (Way::Lines, Medium::Video, 5_000),
    (Way::Lines, Medium::News, 1_840),
];

/// One post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SamplePost {
    pub(super) way: Way,
    pub(super) medium: Medium,
    /// Unique among all posts of the city.
    pub(super) native_id: String,
    pub(super) source_name: &'static str,
    pub(super) author: String,
    /// Empty where the medium has none.
    pub(super) title: String,
    /// Paragraphs parted by `\n`.
    pub(super) body: String,
    pub(super) url: String,
    pub(super) region: &'static str,
    pub(super) published_at: Moment,
    pub(super) likes: u64,
    pub(super) comments: u64,
    pub(super) shares: u64,
    pub(super) views: u64,
}

/// All posts, way by way.
pub(super) fn posts(seed: u64) -> Vec<SamplePost> {
    let mut random = Random::new(seed, 2);
    let shelves = Shelves::new();
    let mut posts = Vec::with_capacity(WAYS.iter().map(|(_, _, count)| count).sum());
    for (way, medium, count) in WAYS {
        for _ in 0..count {
            let number = posts.len();
            posts.push(post(way, medium, number, &shelves, &mut random));
        }
    }
    posts
}

/// The material by what it is about.
struct Shelves(HashMap<(bool, &'static str), Vec<&'static PostText>>);

impl Shelves {
    fn new() -> Self {
        let mut shelves: HashMap<_, Vec<_>> = HashMap::new();
        for text in POST_TEXTS.iter() {
            shelves
                .entry((text.paragraph, text.story.unwrap_or(text.topic)))
                .or_default()
                .push(text);
        }
        Self(shelves)
    }

    fn of(&self, paragraph: bool, about: &'static str) -> &[&'static PostText] {
        self.0.get(&(paragraph, about)).map_or(&[], Vec::as_slice)
    }
}

/// What a post is about, and on which day.
fn matter(random: &mut Random) -> (Option<&'static Story>, usize) {
    let totals = STORIES.each_ref().map(|story| story.days.iter().sum());
    let everyday: u32 = EVERYDAY.iter().sum();
    let weights: Vec<u32> = totals.into_iter().chain([everyday]).collect();
    let story = STORIES.get(random.weighted(&weights));
    (
        story,
        random.weighted(story.map_or(&EVERYDAY, |story| &story.days)),
    )
}

fn published(story: Option<&Story>, day: usize, random: &mut Random) -> Moment {
    let mut hours = HOURS;
    if let Some(begins) = story.map(|story| story.begins).filter(|begins| begins.0 == day) {
        hours[..begins.1].fill(0);
    }
    let seconds = random.weighted(&hours) as i64 * 3600 + random.between(0, 3599);
    time::at_shanghai(midnight(date(2016, 5, 25)) + TimeDelta::days(day as i64) + TimeDelta::seconds(seconds))
}

fn post(way: Way, medium: Medium, number: usize, shelves: &Shelves, random: &mut Random) -> SamplePost {
    let (story, day) = matter(random);
    let scene = Scene::new(story.and_then(|story| story.street), random)
        .pinned(story.map_or(&[], |story| story.pins));
    let article = matches!(medium, Medium::News | Medium::Wechat | Medium::Portal);
    let about = story.map_or_else(
        || POST_TEXTS[random.below(POST_TEXTS.len())].topic,
        |story| story.name,
    );
    let shelf = shelves.of(article, about);
    let (title, body) = match medium {
        _ if article => self::article(shelf, medium, &scene, random),
        Medium::Weibo => (String::new(), short(shelf, story, 50, &scene, random).1),
        Medium::Forum => short(shelf, None, 90, &scene, random),
        _ => short(shelf, story, 40, &scene, random),
    };
    let likes = random.heavy_tailed();
    let (native_id, url) = address(way, medium, number);
    SamplePost {
        way,
        medium,
        native_id,
        source_name: site(medium, random),
        author: author(article, random),
        title,
        body,
        url,
        region: scene.street(),
        published_at: published(story, day, random),
        likes,
        comments: random.heavy_tailed() / 2,
        shares: random.heavy_tailed() / 3,
        views: likes * 23 + random.heavy_tailed() * 7 + 11,
    }
}

/// Two to four paragraphs of one matter under the first one's title.
fn article(shelf: &[&PostText], medium: Medium, scene: &Scene, random: &mut Random) -> (String, String) {
    // The government's portal publishes no complaints.
    let fits = |text: &&&PostText| medium != Medium::Portal || text.tone != Tone::Negative;
    let mut chosen: Vec<&PostText> = shelf.iter().filter(fits).copied().collect();
    random.shuffle(&mut chosen);
    chosen.truncate(if medium == Medium::Wechat {
        3 + random.below(2)
    } else {
        2 + random.below(2)
    });
    let title = chosen
        .first()
        .map(|first| scene.fill(first.title, random))
        .unwrap_or_default();
    let paragraphs: Vec<String> = chosen.iter().map(|text| scene.fill(text.text, random)).collect();
    (title, paragraphs.join("\n"))
}

/// One or two sentences in one tone, with an opening, an ending and a tag as people add them. `more` is how often,
/// in a hundred, there is a second one.
fn short(
    shelf: &[&PostText],
    tagged: Option<&Story>,
    more: u64,
    scene: &Scene,
    random: &mut Random,
) -> (String, String) {
    if shelf.is_empty() {
        return (String::new(), String::new());
    }
    let first = shelf[random.below(shelf.len())];
    let mut body = String::new();
    if let Some(story) = tagged.filter(|_| random.chance(60)) {
        body.extend(["#", story.tag, "#"]);
    }
    if random.chance(88) {
        body.push_str(&frame(true, first.tone, scene, random));
    }
    body.push_str(&scene.fill(first.text, random));
    if random.chance(more) {
        let second: Vec<_> = shelf
            .iter()
            .filter(|text| text.tone == first.tone && **text != first)
            .collect();
        if !second.is_empty() {
            body.push_str(&scene.fill(second[random.below(second.len())].text, random));
        }
    }
    if random.chance(88) {
        body.push_str(&frame(false, first.tone, scene, random));
    }
    (scene.fill(first.title, random), body)
}

/// An opening or an ending in this tone, or a neutral one.
fn frame(opening: bool, tone: Tone, scene: &Scene, random: &mut Random) -> String {
    let tone = if random.chance(40) { Tone::Neutral } else { tone };
    let fitting: Vec<&str> = FRAMES
        .iter()
        .filter(|frame| frame.opening == opening && frame.tone == tone)
        .map(|frame| frame.text)
        .collect();
    scene.fill(random.pick(&fitting), random)
}

/// Native id and address. `example` is reserved (RFC 2606): no host there can ever be anyone's.
fn address(way: Way, medium: Medium, number: usize) -> (String, String) {
    match (way, medium) {
        (Way::Feed, _) => (
            format!("yunpu-news-{number:05}"),
            format!("/news/{number:05}.html"),
        ),
        (Way::Portal, _) => (
            format!("yunpu-portal-{number:05}"),
            format!("/portal/art/{number:05}.html"),
        ),
        (_, Medium::Weibo) => {
            let id = 3_979_000_000_000_000 + number * 7;
            (id.to_string(), format!("https://weibo.example/status/{id}"))
        }
        (_, medium) => {
            let name = medium.name();
            (
                format!("{name}-{number:05}"),
                format!("https://{name}.example/p/{number:05}"),
            )
        }
    }
}

/// Invented media.
fn site(medium: Medium, random: &mut Random) -> &'static str {
    random.pick(match medium {
        Medium::News => &["澜汀晚报", "云浦新闻网", "澜汀广播电台", "汀江都市报"],
        Medium::Wechat => &["云浦发布", "澜汀生活圈", "望汀身边事", "麦溪观察"],
        Medium::Forum => &["汀江论坛", "云浦吧", "澜汀业主之家"],
        Medium::Portal => &[
            "云浦区政府办公室",
            "云浦区融媒体中心",
            "云浦区住建局",
            "云浦区教育局",
        ],
        Medium::Video => &["汀江短视频", "澜汀随手拍"],
        Medium::Weibo | Medium::Other => &["澜汀微博"],
    })
}

/// Invented handles; articles are signed by desks, not persons.
fn author(article: bool, random: &mut Random) -> String {
    if article {
        return random
            .pick(&["民生组", "融媒体记者", "城事编辑部", "通讯员", "值班编辑"])
            .to_owned();
    }
    let first = random.pick(&[
        "汀上", "柳浦", "东篱", "砚边", "鹭洲", "石埠", "云栈", "麦溪", "澜汀", "云浦",
    ]);
    let second = random.pick(&[
        "闲人",
        "老街坊",
        "早点铺",
        "夜跑者",
        "小确幸",
        "围观群众",
        "打工人",
        "一家三口",
        "钓鱼佬",
        "摄影师",
        "吃货",
        "新市民",
        "二姐",
        "大爷",
        "书虫",
        "骑行客",
    ]);
    format!("{first}{second}{}", random.between(1, 999))
}
