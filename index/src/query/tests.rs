use super::*;
use proptest::prelude::*;
use std::ops::Bound::{Excluded, Included, Unbounded};

fn parse(text: &str) -> Result<Node, QueryError> {
    let named = |(name, title): (&str, &str)| Named {
        name: name.to_owned(),
        title: title.to_owned(),
    };
    super::parse(
        text,
        &[("life_safety", "生命安全"), ("minor", "未成年人")].map(named),
    )
}

fn words(text: &str) -> Node {
    Node::Words(Scope::Anywhere, text.to_owned())
}

fn phrase(text: &str) -> Node {
    Node::Phrase(Scope::Anywhere, text.to_owned())
}

fn not(node: Node) -> Node {
    Node::Not(Box::new(node))
}

fn value(facet: Facet, values: &[&str]) -> Node {
    Node::Value(facet, values.iter().map(|&value| value.to_owned()).collect())
}

#[test]
fn words_and_operators() {
    assert_eq!(parse(" \u{3000} "), Ok(Node::All));
    assert_eq!(
        parse("路灯 不亮"),
        Ok(Node::And(vec![words("路灯"), words("不亮")]))
    );
    assert_eq!(parse("路灯 且 不亮"), parse("路灯 AND 不亮"));
    assert_eq!(parse("路灯 AND 不亮"), parse("路灯 不亮"));
    assert_eq!(
        parse("停水 或 停电"),
        Ok(Node::Or(vec![words("停水"), words("停电")]))
    );
    assert_eq!(
        parse("（停水 OR 停电）小区 -物业"),
        Ok(Node::And(vec![
            Node::Or(vec![words("停水"), words("停电")]),
            words("小区"),
            not(words("物业")),
        ]))
    );
    assert_eq!(parse("非 物业"), Ok(not(words("物业"))));
    assert_eq!(
        parse("NOT (a b)"),
        Ok(not(Node::And(vec![words("a"), words("b")])))
    );
    assert_eq!(parse("--a"), Ok(not(not(words("a")))));
    assert_eq!(
        parse("COVID-19 10:30 https://a.cn/b?c"),
        Ok(Node::And(vec![
            words("COVID-19"),
            words("10:30"),
            words("https://a.cn/b?c"),
        ]))
    );
    assert_eq!(
        parse("或许 非常"),
        Ok(Node::And(vec![words("或许"), words("非常")]))
    );
}

#[test]
fn phrases() {
    assert_eq!(parse("\"路灯 坏了\""), Ok(phrase("路灯 坏了")));
    assert_eq!(parse("“路灯\"坏了”"), Ok(phrase("路灯\"坏了")));
    assert_eq!(parse(r#""说\"好\\的\"""#), Ok(phrase(r#"说"好\的""#)));
    assert_eq!(parse(r#""a\b""#), Ok(phrase(r"a\b")));
    assert_eq!(
        parse("\"。\"5\"！\""),
        Ok(Node::And(vec![phrase("。"), words("5"), phrase("！")]))
    );
    assert_eq!(
        parse("title:“停水”"),
        Ok(Node::Phrase(Scope::Title, "停水".to_owned()))
    );
}

#[test]
fn fields() {
    assert_eq!(parse("type:投诉"), Ok(value(Facet::Type, &["complaint"])));
    assert_eq!(parse("类型：Complaint"), Ok(value(Facet::Type, &["complaint"])));
    assert_eq!(parse("type:待判定"), Ok(value(Facet::Type, &["unknown"])));
    assert_eq!(parse("kind:工单"), Ok(value(Facet::Kind, &["ticket"])));
    assert_eq!(parse("status:办结"), Ok(value(Facet::Status, &["resolved"])));
    assert_eq!(
        parse("channel:微信"),
        Ok(value(Facet::Channel, &["wechat", "微信"]))
    );
    assert_eq!(
        parse("unit:\"A区 城管局\""),
        Ok(value(Facet::Unit, &["A区 城管局"]))
    );
    assert_eq!(
        parse("sentiment:负面"),
        Ok(value(Facet::Sentiment, &["negative"]))
    );
    assert_eq!(
        parse("sentiment:<-0.25"),
        Ok(Node::Sentiment(Unbounded, Excluded(-0.25)))
    );
    assert_eq!(
        parse("sentiment:-0.5..0.25"),
        Ok(Node::Sentiment(Included(-0.5), Included(0.25)))
    );
    assert_eq!(
        parse("author:某某 id:X1"),
        Ok(Node::And(vec![
            Node::Author("某某".to_owned()),
            Node::Id("X1".to_owned()),
        ]))
    );
}

#[test]
fn a_flag_goes_by_its_name_or_title() {
    let flag = Ok(value(Facet::Flag, &["life_safety"]));
    for text in [
        "flag:life_safety",
        "flag:生命安全",
        "敏感：生命安全",
        "Flag:\"LIFE_SAFETY\"",
    ] {
        assert_eq!(parse(text), flag, "{text}");
    }
    let error = parse("路灯 flag:生命").unwrap_err();
    assert_eq!(error.position, 9);
    assert_eq!(
        error.reason,
        "没有敏感内容“生命”；可用 生命安全（life_safety）、未成年人（minor）"
    );
    let error = super::parse("flag:生命安全", &[]).unwrap_err();
    assert!(error.reason.contains("没有配置"), "{error}");
}

#[test]
fn dates_are_days_of_shanghai() {
    let day = 86_400_000;
    // 2016-05-01T00:00+08:00
    let may = 1_462_032_000_000;
    let whole = Ok(Node::Date(Included(may), Excluded(may + day)));
    for text in ["date:2016-05-01", "date:2016/5/1", "日期:2016年5月1日"] {
        assert_eq!(parse(text), whole, "{text}");
    }
    let month = Ok(Node::Date(Included(may), Excluded(may + 31 * day)));
    for text in ["date:2016-05", "date:2016-05-01..2016-05-31", "date:2016年5月"] {
        assert_eq!(parse(text), month, "{text}");
    }
    assert_eq!(
        parse("date:>=2016-05-01"),
        Ok(Node::Date(Included(may), Unbounded))
    );
    assert_eq!(
        parse("date:>2016-05-01"),
        Ok(Node::Date(Included(may + day), Unbounded))
    );
    assert_eq!(
        parse("date:<2016-05-01"),
        Ok(Node::Date(Unbounded, Excluded(may)))
    );
    assert_eq!(
        parse("date:<=2016-05-01"),
        Ok(Node::Date(Unbounded, Excluded(may + day)))
    );
    assert_eq!(
        parse("date:2016-05-01.."),
        Ok(Node::Date(Included(may), Unbounded))
    );
}

#[test]
fn errors_name_the_place() {
    for (text, position) in [
        ("路灯 \"坏了", 4),
        ("\"\"", 1),
        ("(路灯", 1),
        ("路灯)", 3),
        ("路灯 OR", 6),
        ("OR 路灯", 1),
        ("路灯 AND OR 井盖", 8),
        ("()", 2),
        ("-()", 3),
        ("a type:吐槽", 8),
        ("a kind:x", 8),
        ("a tilte:x", 3),
        ("title:", 7),
        ("date:昨天", 6),
        ("date:2016-13-01", 6),
        ("date:2016-02-30", 6),
        ("date:2016-05-01..b", 6),
        ("sentiment:坏", 11),
        ("sentiment:<NaN", 11),
    ] {
        let error = parse(text).unwrap_err();
        assert_eq!(error.position, position, "{text}: {error}");
        assert!(
            error
                .to_string()
                .starts_with(&format!("查询第 {position} 个字符处："))
        );
    }
}

#[test]
fn depth_and_length_are_bounded() {
    for text in [
        "(".repeat(1_999),
        "-".repeat(1_998) + "a",
        "NOT ".repeat(400) + "a",
    ] {
        assert!(
            parse(&text).unwrap_err().reason.contains("嵌套过深"),
            "{}",
            &text[..8]
        );
    }
    for text in ["(".repeat(10_000), "a ".repeat(100_000)] {
        assert!(parse(&text).unwrap_err().reason.contains("过长"));
    }
    assert!(parse(&("(".repeat(32) + "a" + &")".repeat(32))).is_ok());
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_with_a_place(text in "\\PC{0,80}") {
        if let Err(error) = parse(&text) {
            prop_assert!((1..=text.chars().count() + 1).contains(&error.position));
        }
    }

    /// Mostly made of what the grammar knows, so that deep paths are walked.
    #[test]
    fn any_run_of_grammar_is_read_or_refused(
        parts in proptest::collection::vec(
            proptest::sample::select(vec![
                "(", ")", "（", "）", "\"", "“", "”", "\\", "-", "－", " ", "OR", "AND", "NOT", "或", "且", "非", "a", "路灯",
                "title:", "date:", "sentiment:", "type:", "2016-05-01", "..", ">=", "<", "：", ":", "/", "0.5", "投诉",
            ]),
            0..40,
        )
    ) {
        let text = parts.concat();
        if let Err(error) = parse(&text) {
            prop_assert!((1..=text.chars().count() + 1).contains(&error.position));
        }
    }
}
