//! Invented texts, and segmentation.

use crate::Done;
use anyhow::Result;
use index::Segmenter;
use jieba_rs::{Jieba, TokenizeMode};
use std::{hint::black_box, time::Instant};

/// Texts of a run: about 1.1 KB each, the length of a hotline ticket.
const COUNT: usize = 20_000;

const SENTENCES: [&str; 24] = [
    "市民反映柳荫路东段自上周起路灯成片不亮，夜间行人通行存在安全隐患。",
    "滨河小区二期多栋居民楼水压偏低，早晚高峰期间六楼以上住户基本无水可用。",
    "来电人咨询灵活就业人员参加职工养老保险需要准备哪些材料、在哪里办理。",
    "工地夜间十一点以后仍在浇筑混凝土，噪声和强光严重影响附近学校学生休息。",
    "建议在实验小学门口增设人行横道信号灯，并安排协管员疏导上下学车流。",
    "12路公交车末班时间过早，晚自习学生回家不便，希望延长到22:30。",
    "物业公司未经业主大会同意擅自上调停车费，每月由150元涨到260元。",
    "感谢社区网格员冒雨帮助独居老人转移家具，工作认真负责，特提出表扬。",
    "农贸市场周边占道经营严重，垃圾清运不及时，气温升高后异味明显。",
    "孩子即将入学，想了解今年学区划分有没有变化，以及报名的具体时间。",
    "暴雨过后地下通道积水约半米，多辆电动车熄火，抽排工作进展缓慢。",
    "承办单位回复称已列入年度改造计划，但至今没有看到任何施工迹象。",
    "新开通的微循环公交方便了园区职工通勤，大家普遍觉得等车时间缩短了。",
    "某培训机构收取课程费用后突然停业，家长多次要求退费均被拖延。",
    "村里到镇上的水泥路破损多年，雨天坑洼积水，老人和孩子出行困难。",
    "网友发帖称河道水质近期明显好转，岸边步道绿化整齐，晚上散步的人很多。",
    "电梯频繁发生故障，本月已经困人三次，维保单位每次只做简单处理。",
    "希望有关部门公开供暖管网改造的时间安排，方便居民提前做好准备。",
    "龙舟文化活动吸引了不少外地游客，周边停车场和餐馆都排起了长队。",
    "公司拖欠农民工工资三个月，涉及二十余人，负责人电话一直无法接通。",
    "医院门诊叫号系统升级后排队秩序改善，但自助机数量仍然偏少。",
    "网络信号在地下车库完全中断，遇到紧急情况无法拨打电话求助。",
    "小区充电桩数量不足，部分居民从楼上私拉电线充电，火灾隐患突出。",
    "政务服务中心窗口工作人员态度耐心，一次性告知了全部所需资料。",
];

/// The n-th text: ten or so sentences and numbers of its own.
pub(crate) fn text(n: usize) -> String {
    let mut text = format!("第{n}号来件，登记于2016年{}月{}日。", n % 12 + 1, n % 28 + 1);
    let mut state = n as u64 ^ 0x9E37_79B9_7F4A_7C15;
    for _ in 0..10 {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        text.push_str(SENTENCES[(state >> 33) as usize % SENTENCES.len()]);
    }
    text
}

/// jieba-rs by itself, one thread.
pub(crate) fn bare() -> Result<Done> {
    let texts: Vec<String> = (0..COUNT).map(text).collect();
    let jieba = Jieba::new();
    let begun = Instant::now();
    for text in &texts {
        black_box(jieba.tokenize(text, TokenizeMode::Search, true));
    }
    Ok(Done {
        items: COUNT,
        took: begun.elapsed(),
    })
}

/// The segmenter of the pipeline, one thread.
pub(crate) fn segmenter() -> Result<Done> {
    let texts: Vec<String> = (0..COUNT).map(text).collect();
    let segmenter = Segmenter::new("")?;
    black_box(segmenter.segment(&texts[0]));
    let begun = Instant::now();
    for text in &texts {
        black_box(segmenter.segment(text));
    }
    Ok(Done {
        items: COUNT,
        took: begun.elapsed(),
    })
}
