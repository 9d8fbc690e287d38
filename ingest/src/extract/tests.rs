//! Invented pages in the shapes real ones have.

use super::*;

const FIRST: &str =
    "六月三日上午，城东片区老旧小区改造工程正式开工，涉及居民三百二十户，预计年底前全部完成。";
const MIDDLE: &str = "街道负责人介绍，施工期间将分段封闭道路，并为老年人设置临时通道，请居民提前安排出行。";
const LAST: &str = "下一步，相关部门还将对排水管网进行清淤，解决雨天积水问题。";
const TITLE: &str = "城东片区老旧小区改造工程开工";

fn now() -> Moment {
    crate::time::parse("2016-06-05T10:00:00+08:00").unwrap()
}

fn read(html: &str) -> Article {
    extract_with(
        html,
        Some("http://www.city.test/art/2016/6/3/art_1_2.html"),
        now(),
        &Selectors::default(),
    )
}

/// The article is whole, and nothing else is in it.
#[track_caller]
fn assert_whole(article: &Article) {
    assert_eq!(article.title.as_deref(), Some(TITLE));
    assert_eq!(article.text, [FIRST, MIDDLE, LAST].join("\n"));
}

fn time(article: &Article) -> Option<String> {
    article.published_at.map(|at| at.format("%F %R").to_string())
}

#[test]
fn a_government_page_with_declarations_and_furniture() {
    let article = read(&format!(
        "<html><head><title>{TITLE} - 部门动态 - 某市人民政府门户网站</title>
         <meta name='ArticleTitle' content='{TITLE}'><meta name='PubDate' content='2016-06-03 14:20:05'>
         <meta name='ContentSource' content='市住房和城乡建设局'></head><body>
         <div class='nav'><a href=/>首页</a><a href=/a>政务公开</a><a href=/b>办事服务</a></div>
         <div class='crumbs'>您当前的位置：<a>首页</a> &gt; <a>部门动态</a></div>
         <div class='main'><h1>{TITLE}</h1>
         <div class='info'><span>发布时间：2016-06-03 14:20</span><span>来源：市住房和城乡建设局</span><span>浏览次数：<i>35</i></span>
         字体：【大 中 小】</div>
         <div class='zoom'><p>　　{FIRST}</p><p>&nbsp;</p><p>　　{MIDDLE}</p><p>　　{LAST}</p></div>
         <p>上一篇：<a href=1>关于做好防汛工作的通知，请各单位认真落实</a></p><div class='share'>分享到：微信</div></div>
         <div class='footer'><p>主办：某市人民政府办公室，技术支持：某某公司，ICP备00000000号，公网安备</p></div></body></html>"
    ));
    assert_whole(&article);
    assert_eq!(time(&article).as_deref(), Some("2016-06-03 14:20"));
    assert_eq!(article.source_name.as_deref(), Some("市住房和城乡建设局"));
}

#[test]
fn an_old_portal_of_tables_and_line_breaks() {
    let article = read(&format!(
        "<title>{TITLE}</title><table><tr><td><a href=1>首页</a></td><td><a href=2>新闻</a></td></tr></table>
         <table><tr><td width=200><a href=3>市领导调研防汛工作，强调安全第一</a><br><a href=4>今年高考，考点增加两个</a></td>
         <td><table><tr><td align=center><b>{TITLE}</b></td></tr>
         <tr><td>2016年6月3日 14时20分　来源：滨江日报　作者：林某某</td></tr>
         <tr><td><font>{FIRST}<br><br>　　{MIDDLE}<br>{LAST}</font></td></tr></table></td></tr></table>
         <center>版权所有 滨江新闻网 未经授权禁止转载</center>"
    ));
    assert_whole(&article);
    assert_eq!(time(&article).as_deref(), Some("2016-06-03 14:20"));
    assert_eq!(article.source_name.as_deref(), Some("滨江日报"));
    assert_eq!(article.author.as_deref(), Some("林某某"));
}

#[test]
fn comments_and_related_stories_are_left_out() {
    let comments: String = (0..12)
        .map(|i| format!("<li><p>网友{i}：说得很对，希望工程早点完成，别再拖了，我们等了好多年。</p></li>"))
        .collect();
    let article = read(&format!(
        "<title>{TITLE}_滨江新闻网</title><article><h1>{TITLE}</h1><div class=meta>滨江晚报 2016-06-03 14:20</div>
         <p>{FIRST}</p><p>{MIDDLE}</p><p>{LAST}</p><p>（责任编辑：王某）</p></article>
         <div class='article-comments'><ul>{comments}</ul></div>
         <div><h3>相关阅读</h3><p><a href=1>另一条新闻的标题，很长很长，还有逗号。</a></p></div>"
    ));
    assert_whole(&article);
    assert_eq!(article.author.as_deref(), Some("王某"));
}

#[test]
fn sections_and_wrapped_paragraphs_stay_together() {
    let article = read(&format!(
        "<title>{TITLE}｜滨江发布</title><div id=js_content style='visibility: hidden'><h2>{TITLE}</h2>
         <section><section><span>{FIRST}</span></section></section><section><p><span>{MIDDLE}</span></p></section>
         <section><section><p>{LAST}</p></section></section></div>"
    ));
    assert_whole(&article);
}

#[test]
fn linked_data_tells_what_the_page_does_not_show() {
    let article = read(&format!(
        "<title>{TITLE}</title><script type='application/ld+json'>{{\"@graph\":[{{\"@type\":\"NewsArticle\",
         \"headline\":\"{TITLE}\",\"datePublished\":\"2016-06-03T06:20:00Z\",\"author\":[{{\"name\":\"赵某\"}}],
         \"articleBody\":\"{FIRST}\\n{MIDDLE}\\n{LAST}{}\"}}]}}</script><div id=app>加载中</div>",
        LAST.repeat(2)
    ));
    assert_eq!(time(&article).as_deref(), Some("2016-06-03 14:20"));
    assert_eq!(article.author.as_deref(), Some("赵某"));
    assert!(article.text.starts_with(FIRST), "{}", article.text);
}

#[test]
fn times_are_found_where_the_page_has_them() {
    let page = |info: &str, end: &str| {
        read(&format!(
            "<title>{TITLE}</title><h1>{TITLE}</h1><div>{info}</div><div><p>{FIRST}</p><p>{MIDDLE}</p><p>{LAST}</p>{end}</div>"
        ))
    };
    for (info, expected) in [
        ("昨天 08:11 滨江发布", "2016-06-04 08:11"),
        ("3小时前", "2016-06-05 07:00"),
        ("06-03 14:20", "2016-06-03 14:20"),
        ("2016年06月03日14:20　来源：滨江网", "2016-06-03 14:20"),
        ("有效期至：2017-01-01 发布日期：2016-06-03", "2016-06-03 00:00"),
        ("没有时间", "2016-06-03 00:00"),
    ] {
        let found = page(info, "");
        let expected_day = &expected[..10];
        assert_eq!(
            time(&found).map(|at| at[..10].to_owned()).as_deref(),
            Some(expected_day),
            "{info}"
        );
        if !info.contains("有效期") {
            assert_eq!(time(&found).as_deref(), Some(expected), "{info}");
        }
    }
    let html =
        format!("<title>{TITLE}</title><h1>{TITLE}</h1><p>{FIRST}</p><p>{MIDDLE}</p><p>2016年6月2日</p>");
    let signed = extract_with(&html, None, now(), &Selectors::default());
    assert_eq!(time(&signed).as_deref(), Some("2016-06-02 00:00"));
}

#[test]
fn selectors_override_what_was_found() {
    let selectors = Selectors {
        title: Some(".t".into()),
        time: Some(".d".into()),
        body: Some(".b".into()),
        source: Some(".s".into()),
        author: None,
    };
    let html =
        "<title>甲</title><p class=t>乙标题</p><i class=d>于 2016-01-02 发</i><i class=s>来源：丙报</i>
                <div class=b><p>短文。</p></div><p>很长的别的文字，很长的别的文字，很长的别的文字。</p>";
    let article = extract_with(html, None, now(), &selectors);
    assert_eq!(
        (article.title.as_deref(), article.text.as_str()),
        (Some("乙标题"), "短文。")
    );
    assert_eq!(article.source_name.as_deref(), Some("丙报"));
    assert_eq!(time(&article).as_deref(), Some("2016-01-02 00:00"));
    assert_eq!(
        Selectors {
            body: Some("p[".into()),
            ..Selectors::default()
        }
        .invalid(),
        Some("p[")
    );
}

#[test]
fn canonical_addresses_are_completed_and_home_pages_disbelieved() {
    let page = |href: &str| read(&format!("<link rel=canonical href='{href}'>")).canonical_url;
    assert_eq!(
        page("/a/1.html#top").as_deref(),
        Some("http://www.city.test/a/1.html")
    );
    assert_eq!(page("http://www.city.test/"), None);
    assert_eq!(page("javascript:void(0)"), None);
}

#[test]
fn nothing_panics() {
    for html in [
        "",
        "<",
        "\0\u{feff}",
        "<title>",
        "<title>_</title>",
        "<p>来源：<p>2016-99-99",
        "<meta name=date content=''>",
    ] {
        let article = extract(html, Some("::"));
        assert!(article.text.len() < 100);
    }
    let json = serde_json::to_value(extract("", None)).unwrap();
    let keys: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys.len(), 6);
    for key in [
        "title",
        "author",
        "published_at",
        "source_name",
        "text",
        "canonical_url",
    ] {
        assert!(keys.contains(&key), "{key}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    #[test]
    fn no_soup_of_tags_panics(parts in proptest::collection::vec(
        proptest::sample::select(vec![
            "<div class='title date source'>", "</div>", "<p>", "<br>", "<script>a:'", "'</script>", "<a href=x>",
            "来源：", "2016年6月3日 14:20", "责任编辑：", "，。", "<title>", "</title>", "<h1>", "\u{1F600}", "&lt;", "\\u12",
            "<meta name=pubdate content='", "'>", "<li style='display:none'>", "相关阅读", "3小时前",
        ]), 0..60))
    {
        extract(&parts.concat(), Some("http://a.test/2016/06/03/x.html"));
    }
}

/// Every real page gives title, time and text; what they are was checked by reading.
#[test]
#[ignore = "needs ../shared/data"]
fn shared_data_every_real_page_has_title_time_and_text() {
    let folder = std::env::var("MINSHENG_SHARED_DATA").expect("MINSHENG_SHARED_DATA names the folder");
    for file in std::fs::read_dir(std::path::Path::new(&folder).join("pages")).unwrap() {
        let path = file.unwrap().path();
        let (text, _) = crate::fetch::charset::decode(&std::fs::read(&path).unwrap(), None);
        let article = extract(&text, None);
        assert!(
            article.title.is_some() && article.published_at.is_some(),
            "{}",
            path.display()
        );
        // The shortest is one picture's caption.
        assert!(article.text.chars().count() >= 80, "{}", path.display());
    }
}
