//! Invented documents for the tests of this crate.

use crate::{Document, Kind, Segmenter};
use ingest::time::from_millis;

/// xorshift64*: the same texts on every machine.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % end
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

const SENTENCES: [&str; 30] = [
    "清湖埠街道的路灯坏了三天没有人修",
    "夜间施工到凌晨两点，整栋楼都睡不着",
    "请问公租房的申请材料需要准备哪些",
    "感谢城管队员帮忙找回走失的老人！",
    "建议在柳塘小学门口增设人行横道",
    "物业公司半年没有清理地下车库的积水",
    "公交线路调整以后，老人看病要换乘两次",
    "自来水发黄，已经持续一个星期了",
    "井盖缺失，昨天有人骑车摔倒",
    "菜市场周边占道经营，救护车都进不来",
    "电梯困人四十分钟，物业电话打不通",
    "学区划分的通知什么时候公布？",
    "拖欠工资八个月，工地负责人失联",
    "广场舞音响太大，孩子没法写作业",
    "河道里漂着很多死鱼，气味刺鼻",
    "小区充电桩一直没有通电",
    "停车费从五元涨到十元，没有公示",
    "今天办事很顺利，窗口人员态度很好",
    "听说东边要修地铁了，期待",
    "哈哈哈哈哈这个热搜笑死我了",
    "又停水又停电，日子没法过了……",
    "垃圾堆在楼道口没人清运",
    "医保报销的流程太复杂，来回跑了五趟",
    "高空抛物砸坏了我的车顶",
    "暖气不热，室内只有十四度",
    "预付卡充值后店铺跑路",
    "共享单车把盲道占满了",
    "居住证办理要多久",
    "快递柜超时收费合理吗",
    "村里的路一下雨就全是泥",
];

const EXTRAS: [&str; 30] = [
    "12345热线",
    "１２３４５",
    "ＡＢＣ小区",
    "abc小区",
    "Wi-Fi",
    "WIFI",
    "ｗｉｆｉ",
    "😀",
    "👨‍👩‍👧",
    "👍🏻",
    "3.5万元",
    "３．５％",
    "！！！",
    "？！",
    "——",
    "……",
    "\"加急\"",
    "“加急”",
    "C:\\路径",
    "50㎡",
    "①②③",
    "\n",
    "  ",
    "　",
    "#话题#",
    "@某某",
    "[笑哭]",
    "http://a.example/b?c=1&d=2",
    "𠮷野",
    "Straße",
];

const JOINS: [&str; 10] = ["，", "。", "；", ",", "", "", " ", "！", "、", "\n"];

/// A title or body of some sentences, randomly joined and interrupted.
pub(crate) fn text(random: &mut Random, sentences: usize) -> String {
    let mut text = String::new();
    for _ in 0..=random.below(sentences) {
        let sentence: Vec<char> = random.pick(&SENTENCES).chars().collect();
        let extra = if random.below(2) == 0 {
            *random.pick(&EXTRAS)
        } else {
            ""
        };
        let cut = random.below(sentence.len() + 1);
        text.extend(&sentence[..cut]);
        text.push_str(extra);
        text.extend(&sentence[cut..]);
        text.push_str(JOINS[random.below(JOINS.len())]);
    }
    text
}

/// A post with nothing but these.
pub(crate) fn post(segmenter: &Segmenter, id: &str, title: &str, body: &str) -> Document {
    Document {
        kind: Kind::Post,
        id: id.to_owned(),
        native_id: format!("native-{id}"),
        title: title.to_owned(),
        body: body.to_owned(),
        title_words: segmenter.segment(title),
        body_words: segmenter.segment(body),
        source: "sample".to_owned(),
        channel: Some("weibo".to_owned()),
        author: None,
        url: None,
        // 2016-05-01T00:00+08:00
        published_at: from_millis(1_462_032_000_000),
        unit: None,
        r#type: None,
        topic: None,
        sentiment: None,
        sentiment_label: None,
        flags: Vec::new(),
        region: None,
        status: None,
    }
}
