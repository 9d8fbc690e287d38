use super::praise::praised;
use crate::label::{
    Models, Words, evaluate,
    text::{sentiment_name, sentiment_of},
};
use index::Segmenter;
use ingest::record::TicketType;
use std::collections::{BTreeMap, HashSet};

/// Invented. Anger about somebody, and last how well it was dealt with.
const PRAISED: [&str; 37] = [
    "那个司机太嚣张，当街打人！民警五分钟赶到，当场带走，大快人心，为民警点赞",
    "楼上天天半夜砸墙，气得我浑身发抖。昨晚派出所的人上门制止，今天终于安静了，为他们点赞！",
    "小偷太猖狂，大白天撬锁偷电瓶，恨死了。辖区民警两小时就把人抓获，干得漂亮！",
    "无良老板跑路，欠我们三个月血汗钱，差点绝望。劳动局的工作人员把工资一分不少讨回来了，给力！",
    "黑心餐馆用发臭的肉，恶心至极。市场监管连夜查封，大快人心！",
    "这群飙车党吵得全小区睡不着，可恶！交警设卡拦下，车子全部拖走，拍手称快。",
    "隔壁工地凌晨还在打桩，投诉后城管二十分钟到场，当场责令停工，处理得很及时，点赞。",
    "污水倒灌进家，臭气熏天，老人都病倒了。抢修队冒雨干到天亮终于修好，为他们喝彩！",
    "骗子把我妈的养老钱骗光，我们全家都崩溃了。民警跨省追回全部钱款，感谢民警！",
    "违建挡光十年，邻居还蛮不讲理骂人。上周终于拆了，街道这次雷厉风行，必须点赞。",
    "烂尾路坑坑洼洼摔了好几个人，骂了无数次。今天问题终于得到解决，谢谢社区工作人员。",
    "醉汉在医院殴打护士，太气人了！特警火速赶到把他制服，为民警喝彩。",
    "垃圾堆得比人高，苍蝇乱飞，臭死了。环卫师傅一早全部清走，好样的！",
    "那家培训机构关门跑路不退费，气得家长们直哭。市监局介入后学费都退了，效率真高。",
    "熊孩子家长撒泼打滚骂司机，无赖！好在民警及时赶到，把闹事的带走了，大快人心。",
    "电梯困了我们一家四口，吓得孩子大哭。消防第一时间赶到，十分钟救出，为消防员点赞！",
    "偷排黑烟的厂子害得一村人咳嗽。执法队突击检查，直接查封，解气！",
    "停水三天没人解释，憋了一肚子火。昨晚供水公司抢修完，来水了，工作人员还逐户道歉，点个赞。",
    "占道的僵尸车堵了消防通道两年，我都骂累了，没想到这次打了热线，第二天就拖走了，点赞12345。",
    "人贩子丧尽天良，该千刀万剐！孩子已经找回，为民警点赞！",
    "猥琐男在地铁上骚扰女生，真恶心。旁边的乘客见义勇为把他制服，点赞！",
    "店大欺客，砸了我的车还打人，越想越气。法院判决下来，对方道歉又赔了钱，大快人心。",
    "这家黑中介太坑人，押金死活不退，还威胁我。住建局出面协调，押金当天退回，办事真给力！",
    "酒驾的把我爸撞了还想跑，畜生！交警半小时就抓住了，点赞！",
    "楼下烧烤摊油烟熏得窗都不敢开，恨得牙痒。城管连续蹲守一周终于取缔，大快人心！",
    "有人虐狗，看得我直发抖。社区和民警马上上门制止，为他们点个赞。",
    "网吧让未成年上网，害人不浅。举报当晚就被查封了，执法部门雷厉风行！",
    "欠薪的包工头耍赖，骂骂咧咧。法院强制执行，工资终于到账，感谢法官！",
    "偷外卖的贼真不要脸。派出所查监控一个小时就抓到了，效率真高，点赞！",
    "水管爆了，屋里全泡了，急得哭。抢修师傅冒着大雨修到半夜，好样的！",
    "司机拒载还骂老人，气炸了。打了12345，第二天公司就上门道歉，处理得很好。",
    "小区恶犬咬伤孩子，狗主人还嘴硬。民警依法处罚了他，解气！",
    "昨天遇到黑车司机乱收费太气人了，打了12345，交通执法大队当晚就查处了，钱也退回来了，真的感谢！",
    "隔壁工地半夜施工吵得要命，打12345后执法队员二十分钟就到现场叫停，谢谢你们。",
    "碰瓷的真可恶，还好交警李警官调监控还我清白，十分感谢！",
    "邻居恶意堵门，派出所和社区一起调解好了，心里一块石头落了地，感谢他们。",
    "老板欠薪半年，劳动监察大队帮我们全部讨回，送锦旗一面！",
];

/// Invented. Politeness, conditions, mockery, praise first and failure after it, or praise of something else.
const NOT_PRAISED: [&str; 42] = [
    "感谢领导百忙之中阅读此信，但至今没人管，垃圾还是堆在门口。",
    "黑心商家卖过期食品，请查处，谢谢。",
    "楼上天天漏水，物业不管，请尽快处理，辛苦了，谢谢！",
    "上次民警处理得很好，为民警点赞，可是没几天那帮人又来了，照样打人。",
    "如果这次能把违建拆掉，我就给城管点赞。",
    "拖了三个月没人管，真该给你们点赞，呵呵。",
    "这种人渣什么时候才能抓获？抓住了一定大快人心。",
    "工地吵了半年，投诉十几次，城管来了就走，走了又吵，这也值得点赞？",
    "希望民警早日抓获骗子，为受害者讨回公道，让人拍手称快。",
    "为民警点赞！不过我家楼下的赌场还是天天营业，举报无果。",
    "物业一点都不给力，电梯坏了半个月，烦死了。",
    "别人小区的物业真给力，再看看我们这儿，垃圾成山。",
    "反映的问题迟迟没有解决，不满意，不会点赞。",
    "看着她点赞我就烦，还以为自己了不起，早晚会有报应。",
    "说是妥善解决，其实就是推诿，老百姓心寒。",
    "房子被占了一年无处说理，派出所上门看过就走了，恳请领导为我做主，此致敬礼",
    "相信领导一定会帮我圆满解决这个问题，我被骗的钱什么时候退。",
    "对这伙恶霸必须依法严惩，为民除害，让受害的村民拿回补偿款。",
    "官方号自己给自己点赞，下面全是骂声。",
    "城管把老人的菜摊掀了，围观的还叫好，太没人性了。",
    "感谢市长热线，感谢政府，可我家的水还是黄的，没有解决。",
    "要求严肃处理打人者，给个说法，谢谢民警。",
    "开发商承诺圆满解决，两年过去房子还是烂尾。",
    "他们把我的摊位拆了，连个通知都没有，气死人，谢谢！",
    "民警没有到场，说要等通知，这样的效率也好意思叫人点赞。",
    "处理得好不好大家心里清楚，反正我家的墙还在渗水，没人理。",
    "哭了[悲伤]//@某日报:为救援的消防员点赞，愿平安",
    "医生救了一夜也没救回来，哭得喘不过气。",
    "为交警点赞。我自己的事就倒霉了，早上被一辆外卖车撞翻在地，腿肿得老高，对方扬长而去，连句对不起都不说，现在一个人躺在床上哭。",
    "建议给一线环卫工涨工资，他们值得点赞，可工资低得可怜，活得太难了。",
    "民警说处理了，可第二天那群人照样堵门，点赞个鬼。",
    "效率真高啊，一个章盖了四个月。",
    "给力的物业，电梯困人半小时没人接电话。",
    "执法人员来拍了张照就走了，大家都在朋友圈点赞，臭味一点没少。",
    "城管把车拖走了，我连个电话都没接到，谢谢你们啊。",
    "感谢交警，罚了我两百，标线都磨没了谁看得见。",
    "修好了又坏，坏了又修，师傅态度倒是好样的，可钱花了三千多。",
    "派出所抓住了人又放了，受害者白挨打，叫好的人都闭嘴了。",
    "上次城管来清理干净了，现在又堆满了垃圾，请再派人来，谢谢！",
    "交警罚了款，可是车还停在消防通道上，麻烦处理一下，谢谢。",
    "物业修好了三号楼的灯，我们五号楼什么时候修？谢谢。",
    "法院判了，钱要回一半，剩下的还没给，多谢领导关心。",
];

/// The sentiment by the weights alone, and the one given.
fn labels(models: &Models, segmenter: &Segmenter, title: &str, body: &str) -> (&'static str, &'static str) {
    let words = Words::of(segmenter, title, body);
    let text = words.text(title, body);
    let weights = sentiment_name(sentiment_of(
        models.scorer.score(&text, &mut models.scorer.scratch()).sentiment,
    ));
    (weights, models.label(&[text]).unwrap().remove(0).sentiment_label)
}

#[test]
fn praise_of_the_handling_that_stands_last_is_heard() {
    let missed: Vec<_> = PRAISED.iter().filter(|text| !praised(text)).collect();
    assert!(missed.is_empty(), "{missed:#?}");
    let mistaken: Vec<_> = NOT_PRAISED.iter().filter(|text| praised(text)).collect();
    assert!(mistaken.is_empty(), "{mistaken:#?}");
}

#[test]
fn what_is_praised_last_is_not_negative_and_politeness_stays_as_it_is() {
    let (models, segmenter) = (Models::shipped().unwrap(), Segmenter::new("").unwrap());
    let label = |body: &str| labels(&models, &segmenter, "", body);
    let mut turned = 0;
    for text in PRAISED {
        let (weights, label) = label(text);
        assert_ne!(label, "negative", "{text}");
        if weights == "negative" {
            let words = Words::of(&segmenter, "", text);
            let label = models.label(&[words.text("", text)]).unwrap().remove(0);
            assert!(
                label.r#type == TicketType::Praise || label.abstained,
                "{text} {label:?}"
            );
        }
        turned += usize::from(weights == "negative");
    }
    for text in NOT_PRAISED {
        let (weights, label) = label(text);
        assert!(label == weights || label == "negative", "{text}");
    }
    println!("{turned} of {} were negative by the weights", PRAISED.len());
    assert!(
        turned >= PRAISED.len() / 3,
        "the rule has something to do: {turned}"
    );
    assert_eq!(label(PRAISED[0]).1, "positive");
}

#[test]
fn thanks_before_a_failure_and_mockery_are_no_praise_to_rely_on() {
    let (models, segmenter) = (Models::shipped().unwrap(), Segmenter::new("").unwrap());
    let label = |body: &str| {
        let words = Words::of(&segmenter, "", body);
        models.label(&[words.text("", body)]).unwrap().remove(0)
    };
    for body in [
        "感谢社区工作人员热情接待，但是问题拖了半年至今没人管。",
        "感谢领导上次批示，只是街道办来拍了张照就走了，垃圾原封不动。",
        "表扬信？我倒想表扬，打了八次电话，没有一次给我答复。",
        "表扬一下某某物业，收钱第一名，干活倒数第一。",
        "感谢物业把我们的电梯停了一个月，感谢你们的不作为，物业费倒是催得勤。",
    ] {
        let label = label(body);
        assert!(
            label.r#type != TicketType::Praise || label.abstained,
            "{body} {label:?}"
        );
    }
    let thanks = label("民警冒雨帮我找回了走失的父亲，态度热情，特此表扬，感谢青禾路派出所！");
    assert_eq!(
        (thanks.r#type, thanks.abstained),
        (TicketType::Praise, false),
        "{thanks:?}"
    );
}

#[test]
fn any_text_is_read() {
    for text in ["", "点赞", "//@", "。。？！", "🙂点赞🙂？", "//@为民警点赞，抓获"] {
        assert!(!praised(text), "{text}");
    }
    assert!(praised("太嚣张！民警带走了他，大快人心"));
    assert!(!praised("太嚣张！民警带走了他，大快人心？"));
}

/// Posts whose label is negative must stay so.
#[test]
#[ignore = "needs the shared data: set MINSHENG_SHARED_DATA to its folder"]
fn shared_data_keeps_its_negative_posts() {
    let data = std::path::PathBuf::from(std::env::var_os("MINSHENG_SHARED_DATA").unwrap());
    let (models, segmenter) = (Models::shipped().unwrap(), Segmenter::new("").unwrap());
    let held_out: HashSet<&str> = evaluate::SPLIT
        .lines()
        .filter_map(|line| line.strip_suffix("\ttest"))
        .collect();
    // By label: texts, those the rule hears, those of them it turns; and the last among the held-out ones.
    let mut counts: BTreeMap<String, [usize; 4]> = BTreeMap::new();
    for file in ["posts/weibo_sentiment.jsonl", "tickets/messages.jsonl"] {
        for line in std::fs::read_to_string(data.join(file)).unwrap().lines() {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            let of = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
            let (id, title, body) = (of("id"), of("title"), of("text") + &of("body"));
            let label = line["sentiment"].as_str().unwrap_or("ticket").to_owned();
            let [texts, heard, turned, held] = counts.entry(label.clone()).or_default();
            *texts += 1;
            if praised(&body) {
                *heard += 1;
                if let ("negative", "positive" | "neutral") = labels(&models, &segmenter, &title, &body) {
                    *turned += 1;
                    *held += usize::from(held_out.contains(id.as_str()));
                    println!("{label} {id} {body}");
                }
            }
        }
    }
    println!("{counts:#?}");
    let [_, _, turned, held] = counts["negative"];
    assert!(turned <= 1 && held == 0, "{counts:#?}");
}
