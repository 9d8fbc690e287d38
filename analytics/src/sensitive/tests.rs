use super::*;
use std::collections::BTreeMap;

/// Written apart from the lists; a word is not added to a list because a text here holds it.
const TEXTS: &str = include_str!("texts.txt");

fn raised(title: &str, body: &str) -> Vec<String> {
    let flags = Flags::embedded().unwrap().raised(title, body);
    flags.into_iter().map(|flag| flag.name).collect()
}

#[test]
fn invented_letters_raise_their_flags_and_plain_ones_none() {
    let flags = Flags::embedded().unwrap();
    let (mut texts, mut found, mut plain, mut quiet) = (0, 0, 0, 0);
    let mut missed: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in TEXTS.lines().filter(|line| !line.starts_with('#')) {
        let (expected, text) = line.split_once('|').unwrap();
        let raised: Vec<String> = flags.raised("", text).into_iter().map(|flag| flag.name).collect();
        if expected == "-" {
            plain += 1;
            quiet += usize::from(raised.is_empty());
            if !raised.is_empty() {
                missed.entry("raised for nothing").or_default().push(text);
            }
        } else {
            texts += 1;
            let all = expected
                .split(',')
                .all(|name| raised.iter().any(|flag| flag == name));
            found += usize::from(all);
            if !all {
                missed.entry(expected).or_default().push(text);
            }
        }
    }
    println!("recall {found}/{texts}, plain letters left alone {quiet}/{plain}: {missed:#?}");
    assert!(texts + plain >= 150, "{texts} and {plain}");
    assert!(found * 100 >= texts * 93, "{found} of {texts}: {missed:#?}");
    assert!(quiet * 100 >= plain * 90, "{quiet} of {plain}: {missed:#?}");
}

#[test]
fn what_did_not_happen_or_means_something_else_is_no_reason() {
    assert!(raised("", "万幸没有人员被困，也未发生火灾。").is_empty());
    assert!(raised("", "房子没有着火，只是线路老化。").is_empty());
    assert_eq!(raised("", "没有人管，昨天着火了。"), ["life_safety"]);
    for text in [
        "没有任何人员死亡。",
        "没有造成人员死亡，也没有出现人员中毒的情况。",
        "未接到人员死亡的报告，未引起火灾。",
        "只是冒烟的假警报不是火灾？",
        "仓库没有出现爆炸和起火。",
        "一起火车票退票纠纷，引起火热讨论。",
    ] {
        let flags = Flags::embedded().unwrap().raised("", text);
        let words: Vec<&String> = flags.iter().flat_map(|flag| &flag.words).collect();
        assert!(words.iter().all(|word| *word == "冒烟"), "{text}: {words:?}");
    }
    // A negation of something else hides nothing, and a question denies nothing.
    for text in [
        "无故殴打外卖员。",
        "楼道无灯摔伤了。",
        "没护栏溺水了。",
        "没人救溺水的人。",
        "没钱抢救了。",
        "物业没修漏电的电线。",
        "房子会不会坍塌？",
        "吃了这个有没有中毒？",
    ] {
        assert!(raised("", text).contains(&"life_safety".to_owned()), "{text}");
    }
    assert!(raised("", "全场跳楼价。").is_empty());
    assert_eq!(raised("", "全场跳楼价，店主却说要跳楼。"), ["self_harm"]);
    // A child and a blow in different sentences say nothing together.
    assert!(raised("", "孩子明年入学。请打电话给我。").is_empty());
    assert_eq!(raised("老师打孩子", ""), ["minor"]);
}

#[test]
fn the_words_that_decided_are_told() {
    let flags = Flags::embedded()
        .unwrap()
        .raised("", "楼下起火，有人被困，起火点在一楼。");
    assert_eq!(flags[0].title, "生命安全");
    assert_eq!(flags[0].words, ["起火", "被困"]);
}

#[test]
fn lists_are_refused_with_their_line() {
    let error = Flags::load("\n[[flag]]\nname = \"a\"\ntitel = \"b\"\n", "x.toml")
        .err()
        .unwrap();
    assert_eq!((error.origin.as_str(), error.line), ("x.toml", 4));
    for (text, why) in [
        (
            "[[flag]]\nname = \"a\"\ntitle = \"甲\"\n[[flag]]\nname = \"a\"\ntitle = \"乙\"\n",
            "two flags",
        ),
        ("[[flag]]\nname = \"甲\"\ntitle = \"甲\"\n", "no name"),
        (
            "[[flag]]\nname = \"a\"\ntitle = \"甲\"\nwords = [\"\"]\n",
            "empty word",
        ),
        ("negations = [\"\"]\n", "`negations` has an empty word"),
    ] {
        let error = Flags::load(text, "x.toml").err().unwrap();
        assert!(error.reason.contains(why), "{error}");
    }
}

#[test]
fn any_text_is_taken() {
    let flags = Flags::embedded().unwrap();
    assert!(flags.raised("", "").is_empty());
    assert_eq!(flags.raised("", &"起火".repeat(60_000))[0].words, ["起火"]);
    assert!(flags.raised("🙂", "\u{feff}。。！").is_empty());
}
