use super::*;
use crate::label::{Models, Words};
use ingest::record::TicketType;

fn judged(no: usize, body: String, kind: Option<TicketType>, topic: Option<&str>) -> Judged {
    Judged {
        no: format!("T{no:04}"),
        title: String::new(),
        body,
        r#type: kind,
        topic: topic.map(str::to_owned),
    }
}

const PLACES: [&str; 8] = [
    "青禾路",
    "东湖村",
    "学府街",
    "和平里",
    "望江楼",
    "柳林镇",
    "银杏苑",
    "石桥巷",
];

const LEADS: [&str; 8] = [
    "前几天傍晚散步的时候看见，老人小孩从那里经过都要绕开走。",
    "我母亲腿脚不便，每回买菜回来都在那一段磕磕绊绊。",
    "上个星期刮过大风以后就成了这个样子，一直没有变化。",
    "孩子放学的必经之处，家长们在群里议论了许多次。",
    "夜里下班骑车路过，几乎看不清前面有什么东西。",
    "店铺门口的客人常常抱怨，生意也跟着冷清不少。",
    "去年冬天修过一回，开春之后又恢复了原来的模样。",
    "听邻居讲隔壁几条巷子也遇到过相同的情形。",
];

/// A city whose people close a request with a phrase of their own. Letters of different leads are no near-duplicates, so
/// that they can be on different sides of a split.
fn letters(count: usize, kind: TicketType) -> Vec<Judged> {
    (0..count)
        .map(|n| {
            let (place, lead) = (PLACES[n % PLACES.len()], LEADS[n % LEADS.len()]);
            let thing = ["路灯", "井盖", "护栏", "长椅", "指示牌"][n / PLACES.len() % 5];
            let body = format!("{place}第{n}号的{thing}坏了。{lead}麻烦派人来看看修一修，特此呈请阁下察核。");
            judged(n, body, Some(kind), Some("城乡建设"))
        })
        .collect()
}

/// Letters that share nothing but their last sentence: eight groups of copies.
fn pleas(count: usize, kind: TicketType) -> Vec<Judged> {
    (0..count)
        .map(|n| {
            let body = format!("{}特此呈请阁下察核。", LEADS[n % LEADS.len()]);
            judged(n, body, Some(kind), None)
        })
        .collect()
}

fn plain(count: usize) -> Vec<Judged> {
    (0..count)
        .map(|n| {
            let place = PLACES[n % PLACES.len()];
            let body = format!("{place}附近工地夜间施工噪音扰民，投诉多次无人处理，要求严肃查处第{n}标段。");
            judged(1000 + n, body, None, None)
        })
        .collect()
}

fn material<'a>(
    judged: &'a [Judged],
    let_stand: &'a [Judged],
    base: &'a Models,
    segmenter: &'a Segmenter,
) -> Material<'a> {
    Material {
        judged,
        let_stand,
        base,
        segmenter,
    }
}

#[test]
fn what_people_say_is_learnt_and_the_rest_left_alone() {
    let (base, segmenter) = (Models::shipped().unwrap(), Segmenter::new("").unwrap());
    let (said, stood) = (letters(40, TicketType::Suggestion), plain(40));
    let material = material(&said, &stood, &base, &segmenter);
    let correction = Correction::learn(&material).unwrap();
    let bytes = correction.to_bytes().unwrap();
    assert_eq!(
        Correction::learn(&material).unwrap().to_bytes().unwrap(),
        bytes,
        "byte for byte"
    );
    assert_eq!(Correction::load(&bytes).unwrap(), correction);
    assert!(correction.learnt_from(&said) && !correction.learnt_from(&said[1..]));

    let models = Models::shipped().unwrap().corrected(correction).unwrap();
    assert_ne!(models.hash(), base.hash());
    let label = |models: &Models, body: &str| {
        let words = Words::of(&segmenter, "", body);
        let text = words.text("", body);
        models.explain(&[text], usize::MAX).unwrap().remove(0)
    };
    let unseen = "梧桐大道的垃圾桶坏了，麻烦派人来看看修一修，特此呈请阁下察核。";
    assert_ne!(label(&base, unseen).0.r#type, TicketType::Suggestion);
    let (corrected, evidence) = label(&models, unseen);
    assert_eq!(corrected.r#type, TicketType::Suggestion);
    // What they taught speaks for the label, however much the shipped words speak against it.
    let taught = |text: &str| "特此呈请阁下察核".contains(text);
    assert!(
        evidence
            .iter()
            .any(|piece| taught(&piece.text) && piece.weight > 0.0),
        "{evidence:?}"
    );
    // A text it learnt nothing about keeps its label.
    let other = "医院挂号收费不透明，护士态度恶劣，要求院方道歉并严肃处理。";
    assert_eq!(label(&models, other).0.r#type, label(&base, other).0.r#type);
}

#[test]
fn a_better_correction_is_told_from_a_worse_one() {
    let (base, segmenter) = (Models::shipped().unwrap(), Segmenter::new("").unwrap());
    let (said, stood) = (pleas(32, TicketType::Suggestion), plain(24));
    let good = measure(&material(&said, &stood, &base, &segmenter), None).unwrap();
    assert!(good.worse.is_empty(), "{good}");
    assert!(good.correction.r#type.accuracy > good.base.r#type.accuracy);
    // An installed correction that says the contrary of the labels is worse than what is learnt from them.
    let contrary = pleas(32, TicketType::Praise);
    let wrong = Correction::learn(&material(&contrary, &stood, &base, &segmenter)).unwrap();
    let report = measure(&material(&said, &stood, &base, &segmenter), Some(&wrong)).unwrap();
    let (old, new) = report.in_use.as_ref().unwrap();
    assert!(old.r#type.accuracy < new.r#type.accuracy);
}

#[test]
fn what_stands_may_be_what_the_correction_in_use_made_it() {
    let (base, segmenter) = (Models::shipped().unwrap(), Segmenter::new("").unwrap());
    let said = pleas(32, TicketType::Suggestion);
    let corrected = letters(24, TicketType::Suggestion);
    let learnt = Correction::learn(&material(&said, &corrected, &base, &segmenter)).unwrap();
    let report = measure(&material(&said, &corrected, &base, &segmenter), Some(&learnt)).unwrap();
    assert_eq!((report.moved, report.worse.as_slice()), (0, &[][..]), "{report}");
    // Nothing that holds the model is no reason to trust the correction.
    let report = measure(&material(&said, &[], &base, &segmenter), None).unwrap();
    assert!(
        report
            .worse
            .iter()
            .any(|why| why.contains("only 0 dispatched tickets")),
        "{report}"
    );
}

#[test]
fn too_few_labels_and_damaged_files_are_refused() {
    let (base, segmenter) = (Models::shipped().unwrap(), Segmenter::new("").unwrap());
    let said = letters(LEAST - 1, TicketType::Help);
    assert!(matches!(
        Correction::learn(&material(&said, &[], &base, &segmenter)),
        Err(LabelError::TooFewGiven { given, needed: LEAST }) if given == LEAST - 1
    ));
    let said = letters(LEAST, TicketType::Help);
    let correction = Correction::learn(&material(&said, &[], &base, &segmenter)).unwrap();
    let mut bytes = correction.to_bytes().unwrap();
    bytes[100] ^= 1;
    assert!(Correction::load(&bytes).is_err());
    assert!(Correction::load(b"").is_err());
    let mut other = correction;
    other.head.base = "000000000000".to_owned();
    assert!(matches!(
        Models::shipped().unwrap().corrected(other),
        Err(LabelError::OtherBase { .. })
    ));
}
