//! The approvals hall's export: 200 items of which the published sentence holds — 70 % at once, 85 % within three days, no
//! red card.

use chrono::{Days, NaiveDate};
use std::fmt::Write;

/// Items: of every twenty, fourteen are finished at once, three more within three days, three later but on promise.
const ITEMS: u32 = 200;

/// What is applied for, where, and the promised limit in working days.
const MATTERS: [(&str, &str, &str); 5] = [
    ("食品经营许可", "区市场监督管理局", "10"),
    ("个体工商户设立登记", "区市场监督管理局", "即办"),
    ("占用挖掘城市道路许可", "区住房和城乡建设局", "15"),
    ("道路运输经营许可", "区交通运输局", "12"),
    ("社会团体成立登记", "区民政局", "20"),
];

/// The export as CSV, a title above the headers.
pub(super) fn csv() -> String {
    let mut csv = "云浦区政务服务办件明细,,,,,,,\n办件编号,事项名称,办理部门,受理时间,承诺时限（工作日）,办结时间,办理结果,亮牌情况\n".to_owned();
    // Mondays: three days later is Thursday, and no working day after it is a weekend.
    let mondays = [
        (1, 11),
        (1, 18),
        (3, 7),
        (3, 14),
        (3, 21),
        (4, 11),
        (4, 18),
        (5, 9),
        (5, 16),
        (5, 23),
    ];
    for number in 0..ITEMS {
        let (month, day) = mondays[number as usize / 20 % mondays.len()];
        let Some(accepted) = NaiveDate::from_ymd_opt(2016, month, day) else {
            continue;
        };
        let at_once = number % 20 < 14;
        let matter = match at_once {
            true => MATTERS[number as usize % MATTERS.len()],
            // What promises the same day is finished the same day.
            false => MATTERS[[0, 2, 3, 4][number as usize % 4]],
        };
        let days = match number % 20 {
            0..14 => 0,
            14..17 => 1 + u64::from(number % 3),
            _ => 7,
        };
        let finished = accepted + Days::new(days);
        let (hour, minute) = (9 + number % 6, number * 7 % 60);
        // Writing to a String cannot fail.
        let _ = writeln!(
            csv,
            "YP2016{number:05},{},{},{accepted} {hour:02}:{minute:02}:00,{},{finished} {:02}:{minute:02}:00,准予许可,无",
            matter.0,
            matter.1,
            matter.2,
            hour + 2,
        );
    }
    csv
}
