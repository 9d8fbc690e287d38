//! The mirror of thanks before a failure: anger about somebody's deed first, and last how well it was dealt with.
//!
//! What must hold: the praise names the handling, by who did it or by what came of it; nothing that is asked for, still fails
//! or angers stands behind it; and it is no condition, question or mockery. Thanks alone are politeness. The words are few and
//! the rule is meant to miss rather than to mistake.

use super::IN_VAIN;
use crate::finder::Finder;
use aho_corasick::MatchKind;
use std::sync::LazyLock;

/// Characters that may stand behind the praise. Whoever goes on for longer has turned to something else.
const TAIL: usize = 40;

const CLAUSE: [char; 14] = [
    '，', '。', '！', '？', '；', '：', '、', '\n', ' ', ',', '!', '?', ';', '\u{3000}',
];
const SENTENCE: [char; 8] = ['。', '！', '？', '；', '\n', '!', '?', ';'];

/// What a word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    /// The handling was good.
    Praise,
    /// The same, and a result by itself.
    Solved,
    /// Thanks: praise of whoever is named in the clause, and only for what was done.
    Thanks,
    /// Who handled it.
    Actor,
    /// What came of it.
    Result,
    /// A wish, question or condition: nothing in its sentence has happened.
    Request,
    /// Nothing in its clause has happened.
    Denial,
    /// Holds a denial's characters and is none.
    Soon,
    /// Nobody does anything.
    Failure,
    /// Something else follows, or somebody is angry.
    Turn,
    /// Nothing is meant as it is written.
    Mockery,
}

/// The words of each kind, apart by spaces; [`IN_VAIN`] says failure, too.
const LISTS: [(Says, &str); 11] = [
    (
        Says::Praise,
        "效率杠杠 送锦旗 送上锦旗 送去锦旗 锦旗一面 点赞 点个赞 点一个赞 点个大大的赞 点了个赞 [赞] 大快人心 喝彩 拍手叫好 拍手称快 好样的 竖大拇指 给力 解气 \
         干得漂亮 干得好 做得好 办得好 处理得好 处理得很好 处置得当 处理得当 处理及时 处理得及时 处理得很及时 处理很及时 处置及时 \
         及时赶到 迅速赶到 火速赶到 很快赶到 第一时间赶到 雷厉风行 为民除害 为民办实事 效率真高 效率很高 效率太高 效率高 出警快 \
         出警真快 出警迅速 反应迅速 反应真快 反应很快 行动迅速 值得表扬 提出表扬 特此表扬 真暖心 \
         太暖心 很暖心",
    ),
    (
        Says::Solved,
        "终于解决 终于得到解决 终于处理 终于修好 终于通了 终于拆 终于清理 终于退 终于恢复 圆满解决 妥善解决 顺利解决",
    ),
    (Says::Thanks, "感谢 谢谢 多谢 感激"),
    (
        Says::Actor,
        "民警 警察 交警 特警 辅警 公安 派出所 消防 城管 执法 市场监管 市监 环卫 街道 社区 居委会 村委会 网格员 志愿者 工作人员 工作组 \
         物业 热线 12345 医生 护士 医护 水务 供电 供水 燃气公司 抢修 维修师傅 法院 法官 检察 监察 劳动局 人社 住建 交通局 环保局 \
         见义勇为",
    ),
    (
        Says::Result,
        "叫停 调解好 还我清白 带走 抓走 抓获 抓住 抓到 拘留 刑拘 落网 制服 控制住 制止 劝离 拖走 贴了罚单 开了罚单 处罚了 罚了 查处了 查封 取缔 关停 整改 \
         修好 修复 修完 换上 换了新 清理干净 清理完 清运 清走 拆除 拆掉 拆了 退还 退回 退了 追回 要回 讨回 到账 补发 赔了 赔了钱 \
         道歉 解决了 得到解决 处理好 处理完 处理了 办好 办妥 通了 找到了 找回 救出 救下 救了 疏散 扑灭 赶到 赶来 到场 上门",
    ),
    (
        Says::Request,
        "请 希望 要求 恳请 盼 望 建议 尽快 尽早 早日 赶紧 能否 能不能 可否 是否 什么时候 何时 难道 如果 要是 只要 应该 必须 谁来 谁管 \
         怎么办 才能 才会 期待 等着 求助 救救 帮帮 督促 务必 给个说法 给个答复 一定 严惩 决不能 相信 我就给 就给你 才给 再给 会给 必须给个说法 \
         应该给个说法 必须给我 应该给我 应妥善 应当妥善 应圆满",
    ),
    (
        Says::Denial,
        "没 未 不给 不肯 不愿 不能 不予 不让 不来 不值得 不配 不给力 不处理 不解决 不作为 拒 别 无法 无人 不满意 不了 什么赞 效率不高 \
         承诺 答应 说要 说会 保证",
    ),
    (
        Says::Soon,
        "没过 没多久 没几 没想到 没一会 没用多久 没花 没到 没等 没隔 二话没说 没有你们 没有他们 未成年 未来 特别 别人 区别 申请 邀请 \
         看望 愿望 必须点赞 必须为 必须给 应该点赞 应该为 应该给",
    ),
    (
        Says::Failure,
        "依旧 依然 踢皮球 反弹 死灰复燃 治标不治本 卷土重来 又来了 又坏 又堵 又漏 又放了 故态复萌 照旧 形同虚设 没有后续",
    ),
    (
        Says::Turn,
        "，可 ,可 但 可是 然而 不过 可惜 反观 再看看 哪像 不像 可我们 而我们 至今 如今 气死 太过分 可恶 可恨 嚣张 无语 恶心 愤怒 心寒 凭什么 \
         为什么 黑心 欺负 骗子 太差 垃圾",
    ),
    (
        Says::Mockery,
        "呵呵 呸 个鬼 讽刺 好一个 可真会 也配 好意思 作秀 形式主义 摆拍 只会 面子工程 真行啊 您可真 你可真 [微笑] [吃瓜] [呵呵] [费解] 倒是快 \
         倒快",
    ),
];

/// Whether the handling of what angers is praised last in `text`.
pub(super) fn praised(text: &str) -> bool {
    // What others wrote stands behind a repost's mark.
    let own = text.split("//@").next().unwrap_or_default();
    // Nearly no text holds a word of praise, and this is all that is done for the others.
    if GATE.find(own, 0).is_none() {
        return false;
    }
    let mut reading = Reading::default();
    let mut sentence = Sentence::default();
    let mut read = 0;
    for found in WORDS.1.find_iter(own) {
        // The word too: one of a turn begins with its comma.
        reading.pass(&own[read..found.end()]);
        read = found.end();
        let says = WORDS.0[found.pattern().as_usize()];
        if says == Says::Mockery {
            return false;
        }
        reading.hear(says, sentence.asks(own, read));
    }
    reading.pass(&own[read..]);
    reading.praised && reading.behind <= TAIL
}

/// The sentence that was asked about last: a long one holds many words, and its end is looked for once.
#[derive(Default)]
struct Sentence {
    /// Where it ends; 0 before the first.
    end: usize,
    asks: bool,
}

impl Sentence {
    /// Whether the sentence that goes on at `place`, never before the place of the last call, ends as a question.
    fn asks(&mut self, text: &str, place: usize) -> bool {
        if self.end < place {
            let end = text[place..].find(SENTENCE).map(|at| place + at);
            self.end = end.unwrap_or(text.len());
            self.asks = text[self.end..].starts_with(['？', '?']);
        }
        self.asks
    }
}

/// What was understood so far.
#[derive(Default)]
struct Reading {
    praised: bool,
    /// Characters behind the praise.
    behind: usize,
    /// Something came of it, and no failure since.
    handled: bool,
    /// The same, and nothing asked for or denied since.
    settled: bool,
    failed: bool,
    /// Who handled it is named: in this sentence or the one before, and in this clause.
    actor: [bool; 2],
    named: bool,
    thanked: bool,
    /// Nothing in this sentence has happened, or nothing in this clause.
    wished: bool,
    denied: bool,
    /// Something in this clause has.
    done: bool,
}

impl Reading {
    /// Goes on over text without a word that says anything.
    fn pass(&mut self, text: &str) {
        self.behind += text.chars().count();
        if text.contains(CLAUSE) {
            (self.named, self.thanked, self.denied, self.done) = (false, false, false, false);
        }
        for _ in text.matches(SENTENCE) {
            self.actor = [false, self.actor[0]];
            self.wished = false;
        }
    }

    fn hear(&mut self, says: Says, asked: bool) {
        match says {
            Says::Praise | Says::Solved | Says::Result if self.wished || self.denied || asked => {}
            Says::Solved => {
                (self.handled, self.settled, self.done) = (true, true, true);
                self.praise(true);
            }
            Says::Praise => self.praise(self.handled || self.actor != [false; 2] && !self.failed),
            Says::Thanks => {
                self.thanked = true;
                // The last word on what somebody did, who was named before.
                self.praise(self.settled && !self.failed && self.actor != [false; 2] && !asked);
            }
            Says::Actor => (self.actor[0], self.named) = (true, true),
            Says::Result => (self.handled, self.settled, self.done) = (true, true, true),
            Says::Request => (self.praised, self.settled, self.wished) = (false, false, true),
            Says::Denial => (self.praised, self.settled, self.denied) = (false, false, true),
            Says::Failure => {
                (self.praised, self.settled, self.handled, self.failed) = (false, false, false, true);
            }
            Says::Turn => (self.praised, self.settled) = (false, false),
            Says::Soon | Says::Mockery => {}
        }
        if self.thanked && self.named && !self.wished && !self.denied {
            self.praise(self.done || self.handled && !self.failed);
        }
    }

    fn praise(&mut self, of_handling: bool) {
        if of_handling {
            (self.praised, self.behind) = (true, 0);
        }
    }
}

static GATE: LazyLock<Finder> = LazyLock::new(|| {
    let well = [Says::Praise, Says::Solved, Says::Thanks];
    let lists = LISTS.iter().filter(|(says, _)| well.contains(says));
    finder(lists.flat_map(|(_, words)| words.split_whitespace()))
});

/// What each word says, and the words; of several that begin together the longest is heard.
static WORDS: LazyLock<(Vec<Says>, Finder)> = LazyLock::new(|| {
    let all = || {
        let pairs = |(says, words): &'static (Says, &str)| words.split_whitespace().map(|word| (*says, word));
        let failures = IN_VAIN.map(|word| (Says::Failure, word));
        LISTS.iter().flat_map(pairs).chain(failures)
    };
    (
        all().map(|(says, _)| says).collect(),
        finder(all().map(|(_, word)| word)),
    )
});

#[expect(
    clippy::expect_used,
    reason = "constant lists of short words always make an automaton"
)]
fn finder<'a>(words: impl Iterator<Item = &'a str>) -> Finder {
    Finder::new(MatchKind::LeftmostLongest, words).expect("a constant list")
}
