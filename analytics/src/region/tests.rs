use super::*;

const YUNPU: &str = include_str!("../../../config/regions/yunpu.toml");

fn home() -> Gazetteer {
    Gazetteer::load(&[("yunpu.toml".to_owned(), YUNPU.to_owned())]).unwrap()
}

fn china() -> Gazetteer {
    Gazetteer::load(&[]).unwrap()
}

fn region(gazetteer: &Gazetteer, title: &str, body: &str) -> Option<String> {
    gazetteer.locate(title, body).region
}

#[test]
fn a_place_leads_to_its_street() {
    let gazetteer = home();
    for (text, street) in [
        ("柳浦新村三号楼停水两天了。", "柳浦街道"),
        ("东篱菜市场门口占道经营。", "东篱街道"),
        ("麦溪镇稻香社区路灯不亮。", "麦溪镇"),
        ("船厂路井盖破损。", "石埠街道"),
        ("云浦区政府网站打不开。", "云浦区"),
    ] {
        assert_eq!(region(&gazetteer, "", text).as_deref(), Some(street), "{text}");
    }
    assert_eq!(region(&gazetteer, "", "请问医保怎么办理？"), None);
    let located = gazetteer.locate("", "石埠路与船厂路交叉口，靠近石埠中学，红绿灯坏了。");
    assert_eq!(located.words, ["石埠路", "船厂路", "石埠中学"]);
    assert_eq!(located.places[1].path, ["澜汀市", "云浦区", "石埠街道", "船厂路"]);
}

#[test]
fn a_road_in_two_streets_is_told_apart_by_what_stands_beside_it() {
    let gazetteer = home();
    assert_eq!(
        region(&gazetteer, "", "仓前路近画桥社区的路面塌陷。").as_deref(),
        Some("柳浦街道")
    );
    assert_eq!(
        region(&gazetteer, "", "望汀街道仓前路路面塌陷。").as_deref(),
        Some("望汀街道")
    );
    assert_eq!(
        region(&gazetteer, "", "仓前路路面塌陷。").as_deref(),
        Some("云浦区"),
        "without context, what both have in common"
    );
}

#[test]
fn the_title_and_the_street_weigh_more_and_of_equals_the_first() {
    let gazetteer = home();
    assert_eq!(
        region(&gazetteer, "麦溪路积水", "我在墨池路上班，每天经过。").as_deref(),
        Some("麦溪镇")
    );
    assert_eq!(
        region(&gazetteer, "", "石埠路到芦荻路的公交车太少。").as_deref(),
        Some("石埠街道")
    );
}

#[test]
fn a_configured_district_is_not_left_for_a_city_in_passing() {
    let gazetteer = home();
    assert_eq!(region(&gazetteer, "", "我在武汉打工，咨询医保异地报销。"), None);
    assert_eq!(
        region(&gazetteer, "", "从武汉回到芦花湾，发现楼下垃圾成堆。").as_deref(),
        Some("栖鹭街道")
    );
}

#[test]
fn counties_of_one_name_need_their_parent() {
    let gazetteer = china();
    assert_eq!(
        gazetteer.locate("", "北京朝阳区望京街道停水").places[1].path,
        ["北京市", "朝阳区"]
    );
    assert_eq!(
        gazetteer.locate("", "长春市朝阳区停水").places[1].path,
        ["吉林省", "长春市", "朝阳区"]
    );
    assert_eq!(
        region(&gazetteer, "", "朝阳区停水了"),
        None,
        "two districts are called so"
    );
    assert_eq!(
        region(&gazetteer, "", "广东省佛山市南海区积水").as_deref(),
        Some("南海区")
    );
    assert_eq!(
        region(&gazetteer, "", "吉林下雪了").as_deref(),
        Some("吉林省"),
        "city or province"
    );
}

#[test]
fn what_only_looks_like_a_place_is_none() {
    let gazetteer = china();
    for text in [
        "北京银行的客服态度差。",
        "武汉路的路灯不亮。",
        "朝阳路口堵车。",
        "中山公园里有人钓鱼。",
        "兰州拉面馆油烟扰民。",
        "沈阳某某科技有限公司拖欠工资。",
        "老城市中区域的停车位太少。",
        "请各位来宾注意安全。",
        "我爱吃重庆火锅。",
    ] {
        assert_eq!(region(&gazetteer, "", text), None, "{text}");
    }
    assert_eq!(
        region(&gazetteer, "", "长沙市雨花区海底捞火锅店使用过期食材").as_deref(),
        Some("雨花区")
    );
    assert_eq!(
        region(&gazetteer, "", "武汉市武昌区的武汉路堵车").as_deref(),
        Some("武昌区")
    );
}

#[test]
fn businesses_are_named_for_the_credit_file() {
    for (text, names) in [
        (
            "投诉澜汀市恒悦物业服务有限公司乱收停车费。",
            vec!["澜汀市恒悦物业服务有限公司"],
        ),
        ("我在一家叫做星耀健身房办卡，现在关门了。", vec!["星耀健身房"]),
        ("物业公司不作为，要求更换。", vec![]),
        ("本公司职工反映，公司拖欠工资。", vec![]),
        (
            "反映宏远建设集团有限公司和天成劳务有限公司拖欠工资。",
            vec!["宏远建设集团有限公司", "天成劳务有限公司"],
        ),
        ("北京银行澜汀支行排队时间太长。", vec!["北京银行", "澜汀支行"]),
        (
            "投诉澜汀恒悦（集团）有限公司乱收费，恒悦（集团）推诿。",
            vec!["澜汀恒悦（集团）有限公司", "恒悦（集团）"],
        ),
        (
            "恒悦物业（澜汀）有限公司乱收费。",
            vec!["恒悦物业（澜汀）有限公司"],
        ),
        (
            "反映海天（澜汀）科技有限公司欠薪。",
            vec!["海天（澜汀）科技有限公司"],
        ),
        ("长沙市雨花区海底捞火锅店使用过期食材。", vec!["海底捞火锅店"]),
        ("武汉市洪山区珞喻路星星网吧让未成年人上网。", vec!["星星网吧"]),
        (
            "和平饭店和向阳物业服务有限公司推诿。",
            vec!["和平饭店", "向阳物业服务有限公司"],
        ),
        (
            "我爱我家房地产经纪有限公司和本田4S店。",
            vec!["我爱我家房地产经纪有限公司", "本田4S店"],
        ),
        (
            "请问农业银行几点上班，某餐饮公司和污水处理厂呢？",
            vec!["农业银行"],
        ),
        ("建议多建几个大型商场。", vec![]),
        (
            "（星耀健身房）关门了，恒悦·物业不管。",
            vec!["星耀健身房", "恒悦·物业"],
        ),
    ] {
        assert!(Businesses::of(text).names().eq(names), "{text}");
    }
}

#[test]
fn a_region_file_is_refused_with_its_line() {
    let load = |text: &str| {
        Gazetteer::load(&[("r.toml".to_owned(), text.to_owned())])
            .err()
            .unwrap()
    };
    let error = load("district = \"云浦区\"\n\n[[street]]\nname = \"柳浦街道\"\nrods = []\n");
    assert_eq!((error.origin.as_str(), error.line), ("r.toml", 5));
    assert!(
        load("district = \"云浦区\"\nalso = [\"云\"]\n")
            .reason
            .contains("two characters")
    );
    assert!(load("city = \"澜汀市\"\n").to_string().contains("district"));
}

#[test]
fn any_text_is_taken() {
    let gazetteer = home();
    let long = "石埠路".repeat(40_000);
    assert_eq!(region(&gazetteer, "", &long).as_deref(), Some("石埠街道"));
    assert_eq!(gazetteer.locate("", ""), Located::default());
    assert_eq!(gazetteer.locate("\u{feff}路", "🙂公司（）厂").region, None);
}
