use super::*;
use proptest::prelude::*;

fn check(text: &str, expected: &str) {
    assert_eq!(mask(text), expected, "{text}");
    assert_eq!(mask(expected), expected, "masking twice: {text}");
}

#[test]
fn mobiles_in_all_spellings() {
    for spelling in [
        "13812345678",
        "138 1234 5678",
        "138-1234-5678",
        "138—1234—5678",
        "１３８１２３４５６７８",
        "１３８－１２３４－５６７８",
        "1 3 8 1 2 3 4 5 6 7 8",
        "138 123 45678",
        "(138)12345678",
        "138.1234.5678",
        "1381234 5678",
        "13 81 23 45 67 8",
        "1\u{200b}38\u{200b}12345678",
        "𝟏𝟑𝟖𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖",
        "138 - 1234 - 5678",
        "1️⃣3️⃣8️⃣12345678",
    ] {
        let masked = mask(spelling);
        assert!(masked.starts_with("138****5678"), "{spelling}: {masked}");
    }
    check("请联系+86 138-1234-5678谢谢", "请联系+86 138****5678谢谢");
    check("请联系（+86）13812345678谢谢", "请联系（+86）138****5678谢谢");
    check("0086-13812345678", "0086-138****5678");
    check("8613812345678", "86138****5678");
    check("013812345678", "0138****5678");
    check("tel13812345678wx同号", "tel138****5678wx同号");
    check("13812345678/13912345678", "138****5678/139****5678");
    check("13812345678 13912345678", "138****5678 139****5678");
    check("**13812345678**", "**138****5678**");
    check("1.13812345678 2.13912345678", "1.138****5678 2.139****5678");
    check("13812345678 3.5公里", "138****5678 3.5公里");
    check("①13812345678", "①138****5678");
}

#[test]
fn landlines_but_not_service_numbers() {
    for text in [
        "0531-82345678",
        "（0531）82345678",
        "0531 82345678",
        "053182345678",
        "０５３１－８２３４５６７８",
        "0531-8234 5678",
    ] {
        check(&format!("打{text}没人接"), "打0531****78没人接");
    }
    check("010-62345678转801", "010****78转801");
    check("0531-8234567 8楼", "0531****67 8楼");
    check("+86-10-62345678", "+86-10****78");
    check("座机：82345678，", "座机：****78，");
    for text in [
        "拨打12345",
        "400-820-8820",
        "4008208820",
        "800-810-8888",
        "+86 400 820 8820",
        "0531-12345",
        "110、119、120",
        "电话：20160103",
    ] {
        check(text, text);
    }
}

#[test]
fn cards_with_their_check_digits() {
    check("身份证11010519491231002X。", "身份证110105************。");
    check("身份证11010519491231002ｘ。", "身份证110105************。");
    check("110105 19491231 002X", "110105************");
    check("110105-19491231-002x", "110105************");
    check("1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2 X", "110105************");
    check("老证110105491231002", "老证110105*********");
    check("110105194912310021", "110105194912310021");
    check("110105194913310020", "110105194913310020");
    check("卡号6222021234567890128", "卡号6222****0128");
    check("卡号6222 0212 3456 7890 128", "卡号6222****0128");
    check(
        "卡号６２２２－０２１２－３４５６－７８９０－１２８",
        "卡号6222****0128",
    );
    check("卡号4111111111111111", "卡号4111****1111");
    check("卡号4111111111111112", "卡号4111111111111112");
}

#[test]
fn mail_addresses() {
    check("写信到zhang.san@example.com，", "写信到z****@example.com，");
    check(
        "ｚｈａｎｇ＠ｅｘａｍｐｌｅ．ｃｏｍ",
        "ｚ****＠ｅｘａｍｐｌｅ．ｃｏｍ",
    );
    check("13812345678@163.com", "1****@163.com");
    check("zhang @ example.com", "z****@ example.com");
    for text in ["//@张三:转发微博", "看 @user.name 说的", "a@b", "@"] {
        check(text, text);
    }
}

#[test]
fn ordinary_numbers_stay() {
    for text in [
        "工单20160103123456",
        "GX2016010300123",
        "A13812345678B2",
        "SF13812345678",
        "2016-01-03 13:80:00",
        "共15000000000元",
        "￥13812345678",
        "13812345678.50",
        "0.13812345678",
        "117.15384615384",
        "13 800 138 000",
        "鲁A12345",
        "2016年1月3日—2016年6月30日",
        "150,200,300",
        "192.168.138.100",
        "138001380001234567890123",
        "1451793600000",
        "第13812345678901号",
        "13-1380-12345",
        "138****5678 1234",
    ] {
        check(text, text);
    }
}

#[test]
fn odd_bytes_never_break_it() {
    for text in [
        "",
        "@",
        "1",
        "1@",
        "@1.",
        "1381234567",
        "(",
        "+",
        "(+86)",
        "x1",
        "1x",
        "１",
        "1\u{200b}",
        "*1****2*",
        "a@b.",
        "。@。",
    ] {
        let _ = mask(text);
    }
}

/// Digits in the spellings of the requirement.
fn spelled(digits: &str, groups: &[usize], style: usize) -> String {
    let separator = ["", " ", "-", "－", "　", "—"][style % 6];
    let mut rest = digits;
    let mut parts = Vec::new();
    for &size in groups {
        let (head, tail) = rest.split_at(size.min(rest.len()));
        parts.push(head);
        rest = tail;
    }
    parts.push(rest);
    parts.retain(|part| !part.is_empty());
    let text = parts.join(separator);
    if style % 4 != 3 {
        return text;
    }
    let wide = |c: char| {
        char::from_u32(u32::from(c) + 0xfee0)
            .filter(|_| c.is_ascii_digit())
            .unwrap_or(c)
    };
    text.chars().map(wide).collect()
}

fn luhn_digit(body: &str) -> char {
    (b'0'..=b'9')
        .map(char::from)
        .find(|digit| super::super::number::luhn(&format!("{body}{digit}")))
        .unwrap()
}

fn identity(region: &str, day: u32, serial: u32) -> String {
    let date = chrono::NaiveDate::from_ymd_opt(1940, 1, 1).unwrap() + chrono::TimeDelta::days(day.into());
    let body = format!("{region}{}{serial:03}", date.format("%Y%m%d"));
    let check = "0123456789X"
        .chars()
        .find(|&c| super::super::number::is_identity_card(&format!("{body}{c}")));
    format!("{body}{}", check.unwrap())
}

/// A secret number and how it is written.
fn secret() -> impl Strategy<Value = (String, String)> {
    let prefix = prop_oneof![
        Just(""),
        Just("+86 "),
        Just("0086-"),
        Just("+86"),
        Just("86-"),
        Just("（+86）")
    ];
    prop_oneof![
        (3u64..=9, 0u64..1_000_000_000, prefix, 0usize..24, 0usize..4).prop_map(
            |(second, rest, prefix, style, shape)| {
                let digits = format!("1{second}{rest:09}");
                let groups: &[usize] = [&[3, 4][..], &[3, 3], &[7], &[1; 11]][shape];
                let text = format!("{prefix}{}", spelled(&digits, groups, style));
                (digits, text)
            }
        ),
        (
            prop_oneof![Just("010"), Just("021"), Just("0531"), Just("0755")],
            2u64..=8,
            0u64..10_000_000,
            0usize..24
        )
            .prop_map(|(area, first, rest, style)| {
                let digits = format!("{area}{first}{rest:07}");
                let text = spelled(&digits, &[area.len()], style);
                (digits, text)
            }),
        (
            prop_oneof![Just("110105"), Just("370102"), Just("440300")],
            0u32..25_000,
            0u32..1000,
            0usize..24
        )
            .prop_map(|(region, day, serial, style)| {
                let digits = identity(region, day, serial);
                let text = spelled(&digits, &[6, 8], style);
                (digits, text)
            }),
        (
            prop_oneof![Just("622202"), Just("411111"), Just("520082")],
            0u64..1_000_000_000,
            0usize..24
        )
            .prop_map(|(issuer, rest, style)| {
                let body = format!("{issuer}{rest:09}");
                let digits = format!("{body}{}", luhn_digit(&body));
                let text = spelled(&digits, &[4, 4, 4], style);
                (digits, text)
            }),
        "[a-z]{3,8}[0-9]{0,3}"
            .prop_map(|local| (format!("{local}@example.com"), format!("{local}@example.com"))),
    ]
}

/// What is left of a text when only what makes numbers and addresses is kept, as [`crate::clean`] must not let it pass.
fn stripped(text: &str) -> String {
    text.chars()
        .filter_map(super::super::fold::fold)
        .filter(|c| c.is_ascii_alphanumeric() || "@.*".contains(*c))
        .collect::<String>()
        .to_uppercase()
}

fn sentence() -> impl Strategy<Value = (String, String)> {
    let before = prop_oneof![
        Just("市民来电反映小区停水，联系电话："),
        Just("我的号码是"),
        Just("请回电 "),
        Just("3号楼2单元，"),
        Just("2016年1月3日，"),
        Just("（"),
        Just("电话"),
        Just("编号GX2016010300123，"),
        Just(""),
    ];
    let after = prop_oneof![
        Just("，请尽快处理。"),
        Just(" 谢谢"),
        Just("。共12户"),
        Just("）"),
        Just("转告李女士"),
        Just("；2016-01-03 10:20"),
        Just(""),
    ];
    (before, after).prop_map(|(before, after)| (before.to_owned(), after.to_owned()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_secret_remains((secret, written) in secret(), (before, after) in sentence()) {
        let text = format!("{before}{written}{after}");
        let masked = mask(&text);
        prop_assert!(!stripped(&masked).contains(&secret.to_uppercase()), "{} -> {}", text, masked);
        prop_assert!(masked.contains("****"), "{} -> {}", text, masked);
        prop_assert!(masked.starts_with(&*before), "{} -> {}", text, masked);
        prop_assert!(masked.ends_with(&after), "{} -> {}", text, masked);
        prop_assert_eq!(mask(&masked), masked.as_ref());
    }

    #[test]
    fn ordinary_numbers_are_untouched(number in ordinary(), (before, after) in sentence()) {
        prop_assume!(before != "电话" && before != "我的号码是");
        let text = format!("{before}{number}{after}");
        prop_assert_eq!(mask(&text), text.as_str());
    }

    #[test]
    fn masking_twice_is_masking_once(text in "[0-9１8a@x.*+() \\-，号电话]{0,60}") {
        let once = mask(&text).into_owned();
        let twice = mask(&once).into_owned();
        prop_assert_eq!(&twice, &once, "of {}", text);
    }
}

fn ordinary() -> impl Strategy<Value = String> {
    let date = (2010u32..=2026, 1u32..=12, 1u32..=28);
    prop_oneof![
        (date.clone(), 0u32..1_000_000).prop_map(|((y, m, d), n)| format!("{y}{m:02}{d:02}{n:06}")),
        (date.clone(), 0u32..100_000).prop_map(|((y, m, d), n)| format!("GX{y}{m:02}{d:02}{n:05}")),
        (date.clone(), 0u32..24, 0u32..60)
            .prop_map(|((y, m, d), h, n)| format!("{y}-{m:02}-{d:02} {h:02}:{n:02}")),
        date.prop_map(|(y, m, d)| format!("{y}年{m}月{d}日")),
        (0u64..100_000_000_000).prop_map(|n| format!("{n}元")),
        (0u64..10_000_000, 0u32..100).prop_map(|(n, cents)| format!("{n}.{cents:02}元")),
        (0u32..100_000).prop_map(|n| format!("鲁A{n:05}")),
        (0u32..10_000, 0u32..10_000).prop_map(|(a, b)| format!("400-{:03}-{b:04}", a % 1000)),
        // Not VX, WX or QQ: those announce a contact.
        "[A-P]{2}1[3-9][0-9]{9}",
        "1[3-9][0-9]{18,25}",
        Just("12345".to_owned()),
        Just("9558".to_owned()),
    ]
}
