//! Which rule wins, and what a wrong file is told.

use super::*;

fn refused(toml: &str) -> String {
    Rules::load(toml, "deadlines.toml", Calendar::embedded().unwrap())
        .unwrap_err()
        .to_string()
}

#[test]
fn the_most_specific_rule_wins_whatever_the_order() {
    let rules = rules(
        r#"
        [[rule]]
        name = "channel"
        channel = "网站"
        working_days = 1
        [[rule]]
        name = "type"
        type = "投诉"
        working_days = 2
        [[rule]]
        name = "type and channel"
        type = ["complaint", "help"]
        channel = ["网站", "电话"]
        working_days = 3
        [[rule]]
        name = "topic"
        topic = "环境保护"
        working_days = 4
        [[rule]]
        name = "unit"
        unit = "市水务集团"
        working_days = 6
        [[rule]]
        name = "urgency"
        urgency = ["紧急", "特急"]
        hours = 24
        [[rule]]
        name = "other unit"
        unit = ["市住建局", "市城管局"]
        hours = 6
        [default]
        working_days = 5
        "#,
    );
    let clock = Clock {
        accepted_at: at("2024-03-04 10:00"),
        ..Clock::default()
    };
    let name = |clock: Clock<'_>| rules.due(&clock).unwrap().rule;
    let (complaint, web) = (Some(TicketType::Complaint), Some("网站"));
    assert_eq!(name(clock), "default");
    assert_eq!(
        name(Clock {
            channel: web,
            ..clock
        }),
        "channel"
    );
    assert_eq!(
        name(Clock {
            r#type: complaint,
            ..clock
        }),
        "type"
    );
    assert_eq!(
        name(Clock {
            r#type: Some(TicketType::Help),
            ..clock
        }),
        "default"
    );
    assert_eq!(
        name(Clock {
            r#type: complaint,
            topic: Some("环境保护"),
            ..clock
        }),
        "topic"
    );
    assert_eq!(
        name(Clock {
            topic: Some("环境保护"),
            unit: Some("市水务集团"),
            ..clock
        }),
        "unit"
    );
    assert_eq!(
        name(Clock {
            unit: Some("市城管局"),
            channel: web,
            ..clock
        }),
        "other unit"
    );
    assert_eq!(
        name(Clock {
            urgency: Some("特急"),
            unit: Some("市水务集团"),
            ..clock
        }),
        "urgency",
        "what is urgent is so whoever handles it"
    );
    assert_eq!(
        name(Clock {
            urgency: Some("一般"),
            ..clock
        }),
        "default"
    );
    let both = Clock {
        r#type: complaint,
        channel: web,
        unit: Some("市水务集团"),
        ..clock
    };
    assert_eq!(name(both), "type and channel", "more keys beat fewer");
}

#[test]
fn a_tie_names_both_rules() {
    let two = |first: &str, second: &str| {
        format!("[[rule]]\nname = 'a'\nhours = 1\n{first}\n[[rule]]\nname = 'b'\nhours = 2\n{second}\n")
    };
    assert_eq!(
        refused(&two(
            "type = ['投诉', '求助']\nchannel = '网站'",
            "type = 'help'\nchannel = ['电话', '网站']"
        )),
        "deadlines.toml, line 6: rules `a` and `b` are equally specific and can match the same ticket"
    );
    for (first, second) in [
        ("type = '投诉'", "type = '求助'"),
        ("type = '投诉'", "channel = '网站'"),
        (
            "type = '投诉'\nchannel = '网站'",
            "type = '投诉'\nchannel = '电话'",
        ),
    ] {
        rules(&two(first, second));
    }
}

#[test]
fn a_wrong_key_is_told_its_line_and_the_nearest() {
    let rule = |line: &str| format!("# 规则\n[[rule]]\nname = 'a'\n{line}\n");
    for (toml, message) in [
        (
            "[default]\nworkin_days = 5\n".to_owned(),
            "line 2: unknown key `workin_days`, the nearest right one is `working_days`",
        ),
        (
            "\n[defualt]\nhours = 5\n".to_owned(),
            "line 2: unknown key `defualt`, the nearest right one is `default`",
        ),
        (
            rule("chanel = '网站'"),
            "line 4: unknown key `chanel`, the nearest right one is `channel`",
        ),
        (
            rule("hours = 1\nfrom = 'acepted'"),
            "line 5: unknown value `acepted`, the nearest right one is `accepted`",
        ),
        (
            rule("type = 'complain'\nhours = 1"),
            "line 4: unknown value `complain`, the nearest right one is `complaint`",
        ),
        (
            rule("topic = '环境保扩'\nhours = 1"),
            "line 4: unknown value `环境保扩`, the nearest right one is `环境保护`",
        ),
        (rule("unit = ''\nhours = 1"), "line 4: unknown value ``"),
        (
            rule("unit = []\nhours = 1"),
            "line 4: an empty list matches nothing: leave the key out",
        ),
        (
            rule("unit = 'x'\nworking_days = 0"),
            "line 5: 0 is not within 1 to 10000",
        ),
        (
            rule("unit = 'x'\nworking_days = 10001"),
            "line 5: 10001 is not within 1 to 10000",
        ),
        (
            rule("unit = 'x'"),
            "line 2: rule `a` needs either `working_days` or `hours`",
        ),
        (
            rule("unit = 'x'\nhours = 1\nworking_days = 1"),
            "line 2: rule `a` needs either `working_days` or `hours`",
        ),
        (
            rule("unit = 'x'\nhours = 1\ncount = 'at_once'"),
            "line 6: `hours` run from the moment itself: `count` is for `working_days`",
        ),
        (
            rule("unit = 'x'\nhours = 1\nwarn_hours = 1\nwarn_working_days = 1"),
            "line 6: rule `a` has both `warn_working_days` and `warn_hours`",
        ),
        (
            rule("hours = 1"),
            "line 2: rule `a` asks for no `urgency`, `unit`, `topic`, `type` or `channel`: what holds for all is `[default]`",
        ),
        (
            "[default]\nhours = 1\nunit = 'x'".to_owned(),
            "line 1: `[default]` takes no `name`, `urgency`, `unit`, `topic`, `type` or `channel`",
        ),
        (
            "[[rule]]\nunit = 'x'\nhours = 1".to_owned(),
            "line 1: the rule has no `name`",
        ),
        (
            "[[rule]]\nname = 'feed'\nunit = 'x'\nhours = 1".to_owned(),
            "line 2: a rule cannot be named `feed`",
        ),
        (
            format!(
                "{}{}",
                rule("unit = 'x'\nhours = 1"),
                rule("unit = 'y'\nhours = 1")
            ),
            "line 7: a second rule is named `a`",
        ),
        (
            rule("unit = 'x'\nhours = 1\noffice_hours = true"),
            "line 6: `office_hours` needs the table `[office_hours]` with its `sessions`",
        ),
        (
            format!(
                "[office_hours]\nsessions = ['09:00-17:00']\n{}",
                rule("unit = 'x'\nworking_days = 1\noffice_hours = true")
            ),
            "line 7: a working day ends at 23:59:59: `office_hours` is for `hours`",
        ),
        (
            "[office_hours]\nsessions = ['09:00-12:00', '11:00-17:00']\n".to_owned(),
            "line 2: session `11:00-17:00` begins before the one above it has ended",
        ),
        (
            "[office_hours]\nsessions = ['9 bis 5']\n".to_owned(),
            "line 2: `9 bis 5` is no session: write \"09:00-12:00\"",
        ),
        (
            "[office_hours]\nsessions = ['17:00-09:00']\n".to_owned(),
            "line 2: session `17:00-09:00` does not end after it begins",
        ),
        (
            "[office_hours]\nsessions = []\n".to_owned(),
            "line 2: office hours need at least one session",
        ),
        (
            "\n[extension]\n".to_owned(),
            "line 2: `[extension]` needs `times`, `working_days` or both",
        ),
        (
            "[extension]\ntime = 1\n".to_owned(),
            "line 2: unknown key `time`, the nearest right one is `times`",
        ),
        (
            "[extension]\ntimes = 0\n".to_owned(),
            "line 2: 0 is not within 1 to 10000",
        ),
        (
            "[signing]\nworking_days = 1\nhours = 2\n".to_owned(),
            "line 1: `[signing]` needs either `working_days` or `hours`",
        ),
    ] {
        assert_eq!(refused(&toml), format!("deadlines.toml, {message}"), "{toml}");
    }
    assert!(refused("[default]\nhours = 'many'").starts_with("deadlines.toml, line 2: invalid type"));
    assert!(refused("[default\n").starts_with("deadlines.toml, line 1: "));
}

#[test]
fn every_example_of_the_shipped_file_is_valid() {
    let shipped = include_str!("../../../../config/deadlines.toml");
    let mut examples = false;
    let uncommented: String = shipped
        .lines()
        .map(|line| {
            examples |= line.starts_with("# Examples");
            line.strip_prefix("# ")
                .filter(|_| examples && !line.starts_with("# Examples"))
                .unwrap_or(line)
        })
        .flat_map(|line| [line, "\n"])
        .collect();
    let rules = rules(&uncommented);
    assert_eq!(rules.inner.rules.len(), 6, "five examples and the default");
    let clock = Clock {
        accepted_at: at("2024-03-04 10:00"),
        channel: Some("网站"),
        ..Clock::default()
    };
    assert_eq!(rules.due(&clock).unwrap().rule, "网站来信一日内答复");
    assert_eq!(Rules::embedded().unwrap().inner.rules.len(), 1);
}
