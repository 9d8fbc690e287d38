//! Sentences.

use super::{rates, short, sums};
use crate::bulletin::audit;

#[test]
fn the_published_sample() {
    let text = "1—5月，共受理群众诉求1760件，其中求助类1285件、投诉类197件、咨询类236件、建议类26件、表扬类16件。\
                限时办结率98.75%，总办结率98.82%。";
    let found = audit(text);
    assert_eq!(
        short(&found),
        ["yes 1760/1760", "yes 1738/1760", "no ?/1760"],
        "{found:#?}"
    );
    assert!(found[1].text.contains("限时办结率"), "{:?}", found[1]);
    let near: Vec<_> = found[2]
        .candidates
        .iter()
        .filter(|candidate| !candidate.fits)
        .map(|candidate| {
            (
                candidate.numerator,
                candidate.denominator,
                candidate.percent.as_str(),
            )
        })
        .collect();
    assert_eq!(near, [(1739, 1760, "98.81 %"), (1740, 1760, "98.86 %")]);
    assert!(
        found[2].candidates.iter().any(|candidate| candidate.fits),
        "{:#?}",
        found[2]
    );
    let json = serde_json::to_value(&found[1]).unwrap();
    let keys: Vec<_> = json.as_object().unwrap().keys().cloned().collect();
    let mut keys_sorted = keys;
    keys_sorted.sort();
    assert_eq!(
        keys_sorted,
        [
            "candidates",
            "denominator",
            "explanation",
            "kind",
            "numerator",
            "possible",
            "text"
        ]
    );
}

#[test]
fn the_sample_as_a_formula() {
    let text = "1,760 tickets of January–May = 求助 1,285 + 投诉 197 + 咨询 236 + 建议 26 + 表扬 16; \
                on-time 98.75 % (= 1,738 ÷ 1,760 exactly); total 98.82 %.";
    let found = audit(text);
    assert_eq!(
        short(&found),
        ["yes 1760/1760", "yes 1738/1760", "no ?/1760"],
        "{found:#?}"
    );
}

#[test]
fn parts_in_many_shapes() {
    for text in [
        "全市共受理１７６０件，其中：求助１２８５件，投诉１９７件，咨询２３６件，建议２６件，表扬１６件。",
        "共受理诉求1,760件。其中，求助类1,285件，投诉类197件，咨询类236件，建议类26件，表扬类16件。",
        "共受理一千七百六十件，其中求助一千二百八十五件、投诉一百九十七件、咨询二百三十六件、建议二十六件、表扬十六件。",
        "受理1760件，求助、投诉、咨询、建议、表扬分别为1285件、197件、236件、26件、16件。",
        "共受理1760件：求助1285、投诉197、咨询236、建议26、表扬16件。",
        "求助1285件，投诉197件，咨询236件，建议26件，表扬16件，共计1760件。",
        "受理群众诉求1760件，求助1285件，投诉197件，咨询236件，建议26件，表扬16件，限时办结率98.75%。",
        "共受理1760件，其中求助类1285件（占73.01%）、投诉类197件（占11.19%）、咨询类236件（占13.41%）、建议类26件（占1.48%）、表扬类16件（占0.91%）。",
    ] {
        assert_eq!(short(&sums(text)), ["yes 1760/1760"], "{text} {:#?}", sums(text));
    }
    let found = sums("共受理1760件，其中求助类1285件、投诉类179件、咨询类236件、建议类26件、表扬类16件。");
    assert_eq!(short(&found), ["no 1742/1760"]);
    assert!(found[0].explanation.contains("少 18"), "{}", found[0].explanation);
    assert!(
        found[0]
            .candidates
            .iter()
            .any(|candidate| candidate.numerator == 197 && candidate.note.contains("投诉")),
        "{:#?}",
        found[0].candidates
    );
}

#[test]
fn several_totals_and_breakdowns() {
    let text =
        "5月共受理420件。按渠道分，电话300件，网站80件，微信40件；按类型分，求助210件，投诉110件，咨询90件。";
    assert_eq!(
        short(&sums(text)),
        ["yes 420/420", "no 410/420"],
        "{:#?}",
        sums(text)
    );
    let text = "4月受理400件，办结率97.25%。5月受理380件，办结率97.25%。";
    assert_eq!(
        short(&rates(text)),
        ["yes 389/400", "no ?/380"],
        "{:#?}",
        rates(text)
    );
    let text = "共受理500件，其中求助类300件（其中供水120件、供电180件）、投诉类200件。";
    assert_eq!(short(&sums(text)).len(), 2, "{:#?}", sums(text));
    assert!(sums(text).iter().all(|finding| finding.possible));
    let text = "受理9.67万件，其中电话6.12万件、网络3.55万件。";
    assert_eq!(short(&sums(text)), ["yes 96700/96700"]);
}

#[test]
fn a_choice_of_parts_is_no_contradiction() {
    for text in [
        "共受理1760件，其中投诉类197件。",
        "共受理1760件，主要集中在供水210件、供电185件、物业160件等方面。",
        "共受理1760件，办结1739件，按时办结1738件。",
    ] {
        assert!(
            sums(text).iter().all(|finding| finding.possible),
            "{text} {:#?}",
            sums(text)
        );
    }
    assert_eq!(short(&sums("共受理197件，其中投诉类1760件。")), ["no 1760/197"]);
    assert_eq!(
        short(&sums(
            "共受理1760件，其中按时办结1738件、超期办结1件、未办结21件。"
        )),
        ["yes 1760/1760"]
    );
}

#[test]
fn rates_with_their_counts() {
    for (text, expected) in [
        ("受理601件，按时办结597件，按时办结率99.33%。", "yes 597/601"),
        ("受理601件，按时办结597件，按时办结率99.83%。", "no 597/601"),
        (
            "受理1760件，办结1739件，按时办结1738件，按时办结率99.94%。",
            "yes 1738/1739",
        ),
        ("按期办结率99.33%（597/601）。", "yes 597/601"),
        ("办结率98.82%（1739÷1760）。", "no 1739/1760"),
        (
            "受理1760件，办结1739件，回访1500件，满意1425件，满意率95%。",
            "yes 1425/1500",
        ),
        ("受理1760件，回访群众1500人次，满意率95.03%。", "no ?/1500"),
        (
            "直接答复7.25万件，受理9.67万件，直接答复率74.97%。",
            "yes 72500/96700",
        ),
        ("来电96700个，接通率百分之九十八点七五。", "yes 95491/96700"),
        ("共派发工单400件，签收率９９．７５％。", "yes 399/400"),
        ("共受理1000件，差错率3‰。", "yes 3/1000"),
        ("受理16件，办结率98.75 %。", "no ?/16"),
        ("受理0件，办结率100%。", "no ?/0"),
        ("限时办结率98.75%。", "yes ?/?"),
        ("受理3件，解决率66.66%。", "yes 2/3"),
    ] {
        assert_eq!(short(&rates(text)), [expected], "{text} {:#?}", rates(text));
    }
    assert!(rates("受理3件，解决率66.66%。")[0].explanation.contains("截尾"));
}

#[test]
fn shares_of_the_whole() {
    let text = "共受理1760件，其中求助类1285件，占73.01%；投诉类197件，占11.19%；咨询类236件，占14.31%。";
    assert_eq!(
        short(&rates(text)),
        ["yes 1285/1760", "yes 197/1760", "no 236/1760"],
        "{:#?}",
        rates(text)
    );
    let text = "受理1760件，限时办结率、总办结率分别为98.75%、98.82%。";
    let found = rates(text);
    assert_eq!(short(&found), ["yes 1738/1760", "no ?/1760"], "{found:#?}");
    assert!(
        found[0].explanation.contains("限时办结率"),
        "{}",
        found[0].explanation
    );
    assert!(
        found[1].explanation.contains("总办结率"),
        "{}",
        found[1].explanation
    );
}

#[test]
fn shares_name_their_base() {
    for (text, expected) in [
        (
            "住建局320件、城管局280件、公安局210件，共810件，占总量的46.02%（总量1760件）。",
            "yes 810/1760",
        ),
        ("投诉197件，占11.19%，总量1760件。", "yes 197/1760"),
        (
            "形成工单2890件，直接解答2120件，转派770件，直接答复率73.36%。",
            "yes 2120/2890",
        ),
        (
            "受理1,760件（其中：电话1,500件、微信160件、网站100件），占全市总量的12.5%。",
            "yes ?/?",
        ),
        (
            "共受理求助类1285件、投诉类197件，两类合计1482件，占受理总量1760件的84.20%。",
            "yes 1482/1760",
        ),
    ] {
        assert_eq!(short(&rates(text)), [expected], "{text} {:#?}", rates(text));
    }
}

#[test]
fn growth_is_no_share() {
    for (text, expected) in [
        (
            "受理1760件，去年同期1564件，同比增长12.53%。",
            Some("yes 196/1564"),
        ),
        (
            "受理1760件，去年同期1564件，同比增长12.63%。",
            Some("no 196/1564"),
        ),
        ("由1564件增至1760件，增长12.5%。", Some("yes 196/1564")),
        ("受理380件，环比增加30件，增长8.57%。", Some("yes 30/350")),
        (
            "受理1564件，比上月减少196件，环比下降11.14%。",
            Some("yes 196/1760"),
        ),
        ("受理1760件，同比增长12.53%。", Some("yes 196/1564")),
        (
            "受理1760件，去年同期1564件，同比下降12.53%。",
            Some("no 196/1564"),
        ),
        ("满意率98.2%，同比提高1.2个百分点。", None),
    ] {
        let found = rates(text);
        let shown = short(&found);
        match expected {
            Some(expected) => assert_eq!(shown, [expected], "{text} {found:#?}"),
            None => assert!(shown.iter().all(|shown| shown == "yes ?/?"), "{text} {found:#?}"),
        }
    }
}

#[test]
fn what_is_no_figure_is_left_alone() {
    for text in [
        "",
        "12345热线2016年第5期，国办发〔2020〕53号，5个工作日内办结，24小时值守，电话0539-8312345。",
        "件件有落实，事事有答复，一件一件办。",
        "力争办结率达到98%以上，满意率不低于95%。",
        "%%% ÷ / 其中其中 ((( 100%",
        "办结率在95%-98%之间。",
    ] {
        assert!(
            audit(text).iter().all(|finding| finding.possible),
            "{text} {:#?}",
            audit(text)
        );
    }
}
