//! The places of the sample city: 澜汀市云浦区, which is on no map.

use super::random::Random;

/// Streets and towns (街道、镇). Every list below that is as long or longer is dealt out over them in turn.
pub(super) const STREETS: [&str; 8] = [
    "望汀街道",
    "柳浦街道",
    "东篱街道",
    "青砚街道",
    "栖鹭街道",
    "石埠街道",
    "云栈镇",
    "麦溪镇",
];

#[rustfmt::skip]
const ROADS: [&str; 32] = [
    "望汀大道", "柳浦路", "东篱路", "青砚街", "栖鹭大道", "石埠路", "云栈路", "麦溪路",
    "听潮路", "画桥街", "采菊路", "墨池路", "白沙洲路", "码头巷", "驿亭路", "稻香街",
    "星灯路", "棉纺路", "晴川南街", "书院北路", "芦荻路", "铁匠巷", "松针路", "水磨路",
    "揽月路", "丝坊路", "篱门路", "兰亭东街", "渔火路", "船厂路", "云脚路", "仓前路",
];
#[rustfmt::skip]
const ESTATES: [&str; 24] = [
    "汀岸花园", "柳浦新村", "东篱雅苑", "砚池小区", "鹭洲名邸", "石埠家园", "云栈安居苑", "麦溪里",
    "潮声公寓", "棉纺厂宿舍", "菊香苑", "书香华庭", "芦花湾", "船厂小区", "松针雅居", "稻香新居",
    "星灯国际", "画桥人家", "晴川里", "墨池新苑", "渔火家园", "石桥苑", "驿亭小区", "水磨花园",
];
#[rustfmt::skip]
const COMMUNITIES: [&str; 16] = [
    "听潮社区", "画桥社区", "采菊社区", "墨池社区", "白沙洲社区", "码头社区", "驿亭社区", "稻香社区",
    "星灯社区", "棉纺社区", "晴川社区", "书院社区", "芦荻社区", "船厂社区", "松针社区", "水磨社区",
];
#[rustfmt::skip]
const VILLAGES: [&str; 16] = [
    "上汀村", "柳塘村", "篱下村", "砚坑村", "鹭湾村", "石埠头村", "云栈村", "麦溪村",
    "下汀村", "丝坊村", "菊坡村", "墨庄村", "渔火村", "铁匠湾村", "松岭村", "水磨村",
];
#[rustfmt::skip]
const SCHOOLS: [&str; 16] = [
    "望汀小学", "柳浦小学", "东篱小学", "青砚实验学校", "栖鹭小学", "石埠中学", "云栈中心小学", "麦溪中心小学",
    "听潮中学", "画桥小学", "采菊小学", "墨池中学", "白沙洲小学", "船厂子弟小学", "松针中学", "稻香小学",
];
const PARKS: [&str; 8] = [
    "望汀公园",
    "柳浦湿地公园",
    "东篱园",
    "砚山公园",
    "栖鹭湿地",
    "石埠滨江公园",
    "云栈古道景区",
    "麦溪生态园",
];
const MARKETS: [&str; 8] = [
    "望汀农贸市场",
    "柳浦综合市场",
    "东篱菜市场",
    "青砚小商品市场",
    "栖鹭水产市场",
    "石埠批发市场",
    "云栈集市",
    "麦溪市场",
];
const BRIDGES: [&str; 8] = [
    "望汀桥",
    "柳浦桥",
    "东篱桥",
    "砚溪桥",
    "栖鹭大桥",
    "石埠桥",
    "云栈桥",
    "麦溪桥",
];
const RIVERS: [&str; 4] = ["澜汀河", "柳浦河", "砚溪", "麦溪河"];
const BUSES: [&str; 12] = [
    "2", "6", "9", "11", "15", "18", "21", "26", "33", "36", "K2", "K5",
];

/// Where one text plays: places that lie together.
#[derive(Debug, Clone)]
pub(super) struct Scene {
    street: usize,
    places: [(&'static str, &'static str); 12],
}

impl Scene {
    /// Some places of a street; of any street where none is given.
    pub(super) fn new(street: Option<usize>, random: &mut Random) -> Self {
        let street = street.unwrap_or_else(|| random.below(STREETS.len())) % STREETS.len();
        let road = of_street(&ROADS, street, random);
        let others: Vec<&str> = ROADS.into_iter().filter(|other| *other != road).collect();
        let road2 = others[(street * 4 + random.below(5)) % others.len()];
        Self {
            street,
            places: [
                ("street", STREETS[street]),
                ("road", road),
                ("road2", road2),
                ("estate", of_street(&ESTATES, street, random)),
                ("community", of_street(&COMMUNITIES, street, random)),
                ("village", of_street(&VILLAGES, street, random)),
                ("school", of_street(&SCHOOLS, street, random)),
                ("park", of_street(&PARKS, street, random)),
                ("market", of_street(&MARKETS, street, random)),
                ("bridge", of_street(&BRIDGES, street, random)),
                ("river", RIVERS[street % RIVERS.len()]),
                ("bus", random.pick(&BUSES)),
            ],
        }
    }

    /// The same, but a placeholder stands for one certain place.
    pub(super) fn pinned(mut self, pins: &[(&str, &'static str)]) -> Self {
        for (name, place) in &mut self.places {
            if let Some((_, pin)) = pins.iter().find(|(pinned, _)| pinned == name) {
                *place = pin;
            }
        }
        self
    }

    /// Name of the street or town.
    pub(super) fn street(&self) -> &'static str {
        STREETS[self.street]
    }

    /// The text with every placeholder filled; an unknown one stays, and the tests refuse it.
    pub(super) fn fill(&self, text: &str, random: &mut Random) -> String {
        let mut filled = String::with_capacity(text.len() + 16);
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let Some((name, after)) = after.split_once('}') else {
                filled.push('{');
                rest = after;
                continue;
            };
            match name {
                "n" => filled.push_str(&random.between(2, 9).to_string()),
                "hour" => filled.push_str(&random.between(6, 22).to_string()),
                _ => match self.places.iter().find(|(known, _)| *known == name) {
                    Some((_, place)) => filled.push_str(place),
                    None => filled.extend(["{", name, "}"]),
                },
            }
            rest = after;
        }
        filled.push_str(rest);
        filled
    }
}

/// One of the entries dealt to a street.
fn of_street(list: &[&'static str], street: usize, random: &mut Random) -> &'static str {
    let share = (list.len() / STREETS.len()).max(1);
    list[(street + STREETS.len() * random.below(share)) % list.len()]
}
