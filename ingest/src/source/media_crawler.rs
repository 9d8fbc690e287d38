//! MediaCrawler's content exports of Weibo, Xiaohongshu, Douyin, Bilibili, Kuaishou, Zhihu and Tieba: objects without
//! `kind`, told apart by the keys only one platform has. Its other keys (gender, avatar, home page of the author) are
//! not taken: nothing here is about persons. An export of comments is refused: its objects carry the post's id and would
//! replace the post.

use super::object::{Object, Wrong, missing};
use crate::{
    clean::PostDraft,
    record::{Engagement, Medium},
    time::{Moment, from_millis, shanghai},
};
use serde_json::{Map, Value};

/// One platform's export: which keys make an object its own, and where it keeps what.
struct Platform {
    /// Keys that must all be there.
    marks: &'static [&'static str],
    /// Put before the id, so that two platforms in one folder cannot share one; Weibo's ids were kept bare from the
    /// beginning.
    prefix: &'static str,
    medium: Medium,
    id: &'static str,
    url: &'static str,
    title: &'static str,
    /// The first that holds text.
    body: &'static [&'static str],
    author: &'static str,
    time: &'static [&'static str],
    likes: &'static str,
    comments: &'static str,
    shares: &'static str,
    views: &'static [&'static str],
}

/// In the order they are tried: the more telling keys first.
const PLATFORMS: [Platform; 7] = [
    Platform {
        marks: &["aweme_id"],
        prefix: "douyin:",
        medium: Medium::Video,
        id: "aweme_id",
        url: "aweme_url",
        // `title` is the first words of `desc`.
        title: "",
        body: &["desc", "title"],
        author: "nickname",
        time: &["create_time"],
        likes: "liked_count",
        comments: "comment_count",
        shares: "share_count",
        views: &[],
    },
    Platform {
        marks: &["content_id", "content_url"],
        prefix: "zhihu:",
        medium: Medium::Forum,
        id: "content_id",
        url: "content_url",
        title: "title",
        body: &["content_text", "desc"],
        author: "user_nickname",
        time: &["created_time"],
        likes: "voteup_count",
        comments: "comment_count",
        shares: "",
        views: &[],
    },
    Platform {
        marks: &["video_id", "viewd_count"],
        prefix: "kuaishou:",
        medium: Medium::Video,
        id: "video_id",
        url: "video_url",
        title: "",
        body: &["desc", "title"],
        author: "nickname",
        time: &["create_time"],
        likes: "liked_count",
        comments: "",
        shares: "",
        views: &["viewd_count"],
    },
    Platform {
        marks: &["video_id"],
        prefix: "bilibili:",
        medium: Medium::Video,
        id: "video_id",
        url: "video_url",
        title: "title",
        body: &["desc"],
        author: "nickname",
        time: &["create_time"],
        likes: "liked_count",
        comments: "video_comment",
        shares: "video_share_count",
        views: &["video_play_count"],
    },
    Platform {
        marks: &["note_id", "content"],
        prefix: "",
        medium: Medium::Weibo,
        id: "note_id",
        url: "note_url",
        title: "",
        body: &["content"],
        author: "nickname",
        time: &["create_time", "create_date_time"],
        likes: "liked_count",
        comments: "comments_count",
        shares: "shared_count",
        views: &[],
    },
    Platform {
        marks: &["note_id", "tieba_name"],
        prefix: "tieba:",
        medium: Medium::Forum,
        id: "note_id",
        url: "note_url",
        title: "title",
        body: &["desc"],
        author: "user_nickname",
        time: &["publish_time"],
        likes: "",
        comments: "total_replay_num",
        shares: "",
        views: &[],
    },
    Platform {
        marks: &["note_id", "desc"],
        prefix: "xiaohongshu:",
        medium: Medium::Other,
        id: "note_id",
        url: "note_url",
        title: "title",
        body: &["desc"],
        author: "nickname",
        time: &["time"],
        likes: "liked_count",
        comments: "comment_count",
        shares: "share_count",
        views: &[],
    },
];

fn platform(object: &Map<String, Value>) -> Option<&'static Platform> {
    PLATFORMS
        .iter()
        .find(|platform| platform.marks.iter().all(|mark| object.contains_key(*mark)))
}

/// Whether an object is one of an export.
pub(super) fn is_content(object: &Map<String, Value>) -> bool {
    platform(object).is_some()
}

/// When the crawler saw the post: its counts are of that moment.
pub(super) fn crawled_at(object: &Map<String, Value>) -> Option<Moment> {
    (!object.contains_key("kind") && is_content(object))
        .then(|| object.get("last_modify_ts").and_then(unix))
        .flatten()
}

/// The post.
pub(super) fn post(object: &Object<'_>) -> Result<PostDraft, Wrong> {
    let Some(platform) = platform(object.0) else {
        return Err(missing("kind"));
    };
    if object.0.contains_key("comment_id") {
        let reason = "评论导出不是帖文，请导入内容导出（contents）".to_owned();
        return Err(("comment_id".to_owned(), "comment_export", reason));
    }
    let text = |key: &str| match key {
        "" => Ok(None),
        key => object.text(key),
    };
    let count = |key: &str| match key {
        "" => Ok(None),
        key => object.count(key),
    };
    let first = |keys: &[&str]| -> Result<Option<String>, Wrong> {
        for key in keys {
            if let Some(found) = text(key)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    };
    let views = match platform.views.first() {
        Some(key) => count(key)?,
        None => None,
    };
    let tieba = text("tieba_name")?.filter(|_| platform.medium == Medium::Forum);
    Ok(PostDraft {
        source: None,
        native_id: format!("{}{}", platform.prefix, object.required(platform.id)?),
        channel: platform.medium,
        url: text(platform.url)?,
        title: text(platform.title)?.unwrap_or_default(),
        body: first(platform.body)?.unwrap_or_default(),
        author: text(platform.author)?,
        source_name: tieba,
        published_at: Some(time(object, platform.time)?),
        region: object.text("ip_location")?.map(|place| {
            place
                .trim_start_matches("发布于")
                .trim_start_matches("IP属地")
                .trim_matches(['：', ':', ' '])
                .to_owned()
        }),
        engagement: Engagement {
            likes: count(platform.likes)?,
            comments: count(platform.comments)?,
            shares: count(platform.shares)?,
            views,
        },
    })
}

/// The first of the keys that holds a time, in Unix seconds or milliseconds or as text.
fn time(object: &Object<'_>, keys: &[&str]) -> Result<Moment, Wrong> {
    for key in keys {
        match object.0.get(*key).and_then(unix) {
            Some(moment) => return Ok(moment),
            None => {
                if let Some(moment) = object.moment(key)? {
                    return Ok(moment);
                }
            }
        }
    }
    Err(missing(keys.first().copied().unwrap_or_default()))
}

/// Unix seconds or milliseconds, as a number or its digits, from 2001 on.
pub(super) fn unix(value: &Value) -> Option<Moment> {
    let number = value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())?;
    let moment = match number {
        1_000_000_000..=9_999_999_999 => from_millis(number * 1000),
        1_000_000_000_000..=9_999_999_999_999 => from_millis(number),
        _ => return None,
    };
    Some(moment.with_timezone(&shanghai()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: Value) -> Result<PostDraft, Wrong> {
        let Value::Object(object) = value else {
            panic!("no object")
        };
        post(&Object(&object))
    }

    fn fields(post: &PostDraft) -> (&str, Medium, &str, &str, String) {
        let time = post.published_at.unwrap().format("%Y-%m-%d %H:%M").to_string();
        (&post.native_id, post.channel, &post.title, &post.body, time)
    }

    #[test]
    fn each_platform_is_read_by_its_own_keys() {
        let xiaohongshu = read(json!({
            "note_id": "65a1", "type": "normal", "title": "河边步道", "desc": "傍晚的步道没有路灯", "time": 1_710_000_000_000_i64,
            "last_update_time": 1_710_000_100_000_i64, "nickname": "散步的人", "liked_count": "1.2万", "collected_count": "3",
            "comment_count": "45", "share_count": "6", "ip_location": "江苏", "tag_list": "", "last_modify_ts": 1_710_100_000_000_i64,
            "note_url": "https://www.xiaohongshu.com/explore/65a1"
        }))
        .unwrap();
        assert_eq!(
            fields(&xiaohongshu),
            (
                "xiaohongshu:65a1",
                Medium::Other,
                "河边步道",
                "傍晚的步道没有路灯",
                "2024-03-10 00:00".into()
            )
        );
        assert_eq!(xiaohongshu.engagement.likes, Some(12_000));
        let douyin = read(json!({
            "aweme_id": "73", "aweme_type": "0", "title": "路面塌陷", "desc": "路面塌陷，行人绕行", "create_time": 1_710_000_000,
            "liked_count": "7", "comment_count": "8", "share_count": "9", "aweme_url": "https://www.douyin.com/video/73"
        }))
        .unwrap();
        assert_eq!(
            fields(&douyin),
            (
                "douyin:73",
                Medium::Video,
                "",
                "路面塌陷，行人绕行",
                "2024-03-10 00:00".into()
            )
        );
        let bilibili = read(json!({
            "video_id": "113", "video_type": "video", "title": "地铁试乘", "desc": "", "create_time": 1_710_000_000,
            "liked_count": "10", "video_play_count": "2万", "video_danmaku": "5", "video_comment": "6",
            "video_url": "https://www.bilibili.com/video/av113"
        }))
        .unwrap();
        assert_eq!(
            (
                bilibili.native_id.as_str(),
                bilibili.title.as_str(),
                bilibili.engagement.views,
                bilibili.engagement.comments
            ),
            ("bilibili:113", "地铁试乘", Some(20_000), Some(6))
        );
        let zhihu = read(json!({
            "content_id": "55", "content_type": "answer", "content_text": "停车收费应当公示。", "question_id": "9",
            "content_url": "https://www.zhihu.com/question/9/answer/55", "title": "如何看待停车收费", "desc": "",
            "created_time": 1_710_000_000, "updated_time": 1_710_000_000, "voteup_count": 11, "comment_count": 2, "user_nickname": "某人"
        }))
        .unwrap();
        assert_eq!(
            fields(&zhihu),
            (
                "zhihu:55",
                Medium::Forum,
                "如何看待停车收费",
                "停车收费应当公示。",
                "2024-03-10 00:00".into()
            )
        );
        let tieba = read(json!({
            "note_id": "8800", "title": "供暖", "desc": "楼里暖气不热", "note_url": "https://tieba.baidu.com/p/8800",
            "publish_time": "2024-03-10 00:00", "user_nickname": "吧友", "tieba_name": "滨河吧", "total_replay_num": 31,
            "ip_location": "IP属地：山东"
        }))
        .unwrap();
        assert_eq!(
            fields(&tieba),
            (
                "tieba:8800",
                Medium::Forum,
                "供暖",
                "楼里暖气不热",
                "2024-03-10 00:00".into()
            )
        );
        assert_eq!(
            (
                tieba.source_name.as_deref(),
                tieba.region.as_deref(),
                tieba.engagement.comments
            ),
            (Some("滨河吧"), Some("山东"), Some(31))
        );
        let weibo = read(
            json!({"note_id": "4900", "content": "停水了", "create_time": 1_710_000_000, "note_url": "u"}),
        )
        .unwrap();
        assert_eq!((weibo.native_id.as_str(), weibo.channel), ("4900", Medium::Weibo));
    }

    #[test]
    fn comments_and_missing_times_are_refused_by_name() {
        let comment = read(
            json!({"comment_id": "1", "note_id": "4900", "content": "同感", "create_time": 1_710_000_000}),
        );
        assert_eq!(comment.unwrap_err().1, "comment_export");
        let undated = read(json!({"aweme_id": "73", "desc": "路面塌陷"}));
        assert_eq!(undated.unwrap_err(), missing("create_time"));
    }
}
