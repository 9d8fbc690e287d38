//! The running stories of the week from 25 to 31 May 2016: when each begins, how it rises and falls, where it plays.

/// A story told by many posts.
#[derive(Debug)]
pub(super) struct Story {
    /// Its name in the material.
    pub(super) name: &'static str,
    /// Weibo's #topic#.
    pub(super) tag: &'static str,
    /// The street it plays in; `None` for all over the city.
    pub(super) street: Option<usize>,
    /// Places that are always the same.
    pub(super) pins: &'static [(&'static str, &'static str)],
    /// Posts on each day of the week.
    pub(super) days: [u32; 7],
    /// Day and hour before which nobody can know of it.
    pub(super) begins: (usize, usize),
}

/// The stories. Their posts are about six of ten.
pub(super) const STORIES: [Story; 6] = [
    Story {
        name: "main",
        tag: "听潮路爆管",
        street: Some(0),
        pins: &[("road", "听潮路"), ("road2", "望汀大道")],
        days: [420, 2600, 1250, 460, 230, 140, 100],
        begins: (0, 22),
    },
    Story {
        name: "rain",
        tag: "云浦暴雨",
        street: None,
        pins: &[],
        days: [0, 0, 0, 660, 2300, 1400, 640],
        begins: (3, 17),
    },
    Story {
        name: "school",
        tag: "云浦入学政策",
        street: None,
        pins: &[],
        days: [150, 250, 700, 900, 600, 450, 550],
        begins: (0, 0),
    },
    Story {
        name: "bus",
        tag: "云浦28路开通",
        street: None,
        pins: &[
            ("bus", "28"),
            ("park", "栖鹭湿地"),
            ("road", "星灯路"),
            ("market", "柳浦综合市场"),
        ],
        days: [0, 0, 1050, 560, 330, 400, 260],
        begins: (2, 6),
    },
    Story {
        name: "fire",
        tag: "石埠批发市场火情",
        street: Some(5),
        pins: &[
            ("market", "石埠批发市场"),
            ("road", "码头巷"),
            ("road2", "船厂路"),
        ],
        days: [0, 0, 0, 0, 1900, 1500, 800],
        begins: (4, 14),
    },
    Story {
        name: "boat",
        tag: "澜汀河龙舟赛",
        street: None,
        pins: &[("river", "澜汀河"), ("bridge", "望汀桥")],
        days: [150, 180, 220, 350, 500, 500, 700],
        begins: (0, 0),
    },
];

/// Everyday posts on each day: the 25th was a Wednesday.
pub(super) const EVERYDAY: [u32; 7] = [2500, 2450, 2400, 2150, 2050, 2400, 2500];

/// Posts by hour of day.
pub(super) const HOURS: [u32; 24] = [
    14, 8, 5, 3, 3, 6, 16, 34, 48, 54, 56, 54, 58, 52, 46, 46, 48, 50, 54, 60, 68, 70, 56, 32,
];
