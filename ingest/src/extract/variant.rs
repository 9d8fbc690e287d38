//! Labels in traditional characters: 來源, 發布時間, 責任編輯 read like 来源, 发布时间, 责任编辑.
//!
//! Only the characters that labels are made of are exchanged, each for one of the same length in bytes, so that places
//! found in the one text hold in the other. What is shown is always the text as written.

use std::{borrow::Cow, collections::HashMap, sync::LazyLock};

/// Traditional and simplified form, in pairs.
const PAIRS: &str = "來来發发佈布時时間间責责編编輯辑關关聞闻讀读閱阅記记權权聲声點点擊击瀏浏覽览評评論论轉转載载廣广\
訂订讚赞題题級级續续專专欄栏欄栏體体號号稱称網网頁页報报導导聯联繫系圖图視视頻频鏈链結结標标籤签鍵键詞词\
當当處处與与員员過过經经許许複复製制違违舉举報报資资訊讯熱热門门薦荐掃扫碼码維维條条單单機机構构負负開开審审";

static SIMPLE: LazyLock<HashMap<char, char>> = LazyLock::new(|| pairs().collect());

/// The text with labels in simplified characters.
pub(super) fn simplified(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| SIMPLE.contains_key(&c)) {
        return Cow::Borrowed(text);
    }
    let exchanged = |c: char| SIMPLE.get(&c).copied().unwrap_or(c);
    Cow::Owned(text.chars().map(exchanged).collect())
}

fn pairs() -> impl Iterator<Item = (char, char)> {
    let mut chars = PAIRS.chars();
    std::iter::from_fn(move || Some((chars.next()?, chars.next()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_change_and_places_do_not() {
        let text = "發佈時間：2016-06-03 來源：某報 責任編輯：王某";
        assert_eq!(simplified(text), "发布时间：2016-06-03 来源：某报 责任编辑：王某");
        assert_eq!(simplified(text).len(), text.len());
        assert!(matches!(simplified("来源：某报"), Cow::Borrowed(_)));
        assert!(pairs().all(|(a, b)| a.len_utf8() == b.len_utf8() && a != b));
    }
}
