//! Tables.

use super::{rates, short, sums};

#[test]
fn a_unit_table_is_audited_row_by_row() {
    let tab = "承办单位\t受理数\t办结数\t办结率\n市政局\t120\t118\t98.33%\n供电局\t80\t79\t98.57%\n合计\t200\t197\t98.50%\n";
    for table in [
        tab.to_owned(),
        tab.replace('\t', ","),
        format!("各单位情况如下：\n{}", tab.replace('\t', " ")),
        tab.replace('\t', "    "),
        "| 承办单位 | 受理数 | 办结数 | 办结率 |\n|---|---:|---:|---:|\n| 市政局 | 120 | 118 | 98.33% |\n| 供电局 | 80 | 79 | 98.57% |\n| **合计** | 200 | 197 | 98.50% |\n".to_owned(),
    ] {
        assert_eq!(short(&rates(&table)), ["yes 118/120", "no 79/80", "yes 197/200"], "{table}");
        assert_eq!(short(&sums(&table)), ["yes 200/200", "yes 197/197"], "{table}");
        assert!(rates(&table)[1].text.contains("供电局"));
    }
    let wrong = tab.replace("合计\t200", "合计\t210");
    assert_eq!(short(&sums(&wrong)), ["no 200/210", "yes 197/197"]);
}

#[test]
fn rates_without_sign_and_without_numerators() {
    let table = "单位,受理数,限时办结率(%)\n甲局,1760,98.75\n乙局,1760,98.82\n丙局,0,100\n丁局,12,N/A\n";
    assert_eq!(
        short(&rates(table)),
        ["yes 1738/1760", "no ?/1760", "no ?/0"],
        "{:#?}",
        rates(table)
    );
    let fractions = "单位\t受理\t办结\t办结率\n甲局\t1760\t1738\t0.9875\n乙局\t40\t40\t1\n";
    assert_eq!(short(&rates(fractions)), ["yes 1738/1760", "yes 40/40"]);
}

#[test]
fn types_in_a_column_or_a_row() {
    let column = "类型\t件数\t占比\n求助\t1285\t73.01%\n投诉\t197\t11.19%\n咨询\t236\t13.41%\n建议\t26\t1.48%\n表扬\t16\t0.91%\n合计\t1,760\t100%\n";
    assert_eq!(short(&sums(column)), ["yes 1760/1760"]);
    let shares = rates(column);
    assert_eq!(shares.len(), 6);
    assert!(
        shares
            .iter()
            .all(|share| share.possible && share.denominator == Some(1760)),
        "{shares:#?}"
    );
    let row = "渠道\t求助\t投诉\t咨询\t合计\n电话\t100\t20\t30\t150\n网站\t10\t5\t6\t22\n";
    assert_eq!(short(&sums(row)), ["yes 150/150", "no 21/22"]);
}

#[test]
fn subtotals_and_growth() {
    let table = "单位\t本月\t上月\t环比\n甲局\t110\t100\t10.00%\n乙局\t90\t100\t-10.00%\n小计\t200\t200\t0.00%\n丙街道\t50\t40\t20.00%\n总计\t250\t240\t4.17%\n";
    assert!(sums(table).iter().all(|sum| sum.possible), "{:#?}", sums(table));
    assert_eq!(
        short(&rates(table)),
        ["yes 10/100", "yes 10/100", "yes 0/200", "no 10/40", "yes 10/240"],
        "{:#?}",
        rates(table)
    );
}

#[test]
fn prose_around_a_table_is_read_too() {
    let text = "5月共受理200件，办结率98.50%。\n单位\t受理数\t办结数\n市政局\t120\t118\n供电局\t80\t79\n合计\t200\t197\n以上。";
    assert_eq!(short(&rates(text)), ["yes 197/200"]);
    assert_eq!(short(&sums(text)), ["yes 200/200", "yes 197/197"]);
}
