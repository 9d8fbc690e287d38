//! Invented articles in the markup that kinds of sites use: portals, news agencies, government content systems, forums,
//! self-media, blogs. Each must give title, time, source and every paragraph, and none of what stands around them.

use super::*;

const TITLE: &str = "滨江老旧小区加装电梯提速 今年新增一百二十台";
const PARAGRAPHS: [&str; 5] = [
    "记者从市住建部门了解到，今年以来全市老旧小区加装电梯工作明显提速，截至目前已有一百二十台投入使用。",
    "在东风街道的一个小区，七十三岁的居民说：“以前上下楼要歇三回，现在坐电梯一分钟就到家。”",
    "According to the project office, each lift is monitored 24 hours a day by an IoT platform.",
    "街道办事处负责人表示，加装电梯的难点在于意见统一，工作人员先后入户走访四十余次，最终形成了补偿方案。",
    "下一步，相关部门将完善后期维护机制，推动更多符合条件的楼栋纳入改造计划。",
];
/// What must never be in a text.
const AROUND: [&str; 22] = [
    "首页",
    "责任编辑",
    "责编",
    "编辑：",
    "相关阅读",
    "相关新闻",
    "延伸阅读",
    "版权",
    "未经授权",
    "扫一扫",
    "二维码",
    "分享",
    "上一篇",
    "下一篇",
    "网友",
    "点赞",
    "另一条",
    "阅读 1",
    "登录",
    "關注",
    "免责声明",
    "举报",
];

fn paragraphs() -> String {
    PARAGRAPHS
        .iter()
        .map(|text| format!("<p>　　{text}</p>\n"))
        .collect()
}

fn others(count: usize) -> String {
    (0..count)
        .map(|i| format!("<li><a href='/n/{i}.html'>另一条新闻的标题第{i}号，说的是别的事情</a><span>06-0{i}</span></li>"))
        .collect()
}

/// Title, minute, and source of an article, which must be whole and alone.
#[track_caller]
fn check(html: &str, time: &str, source: Option<&str>) {
    let article = extract(html, None);
    assert_eq!(article.title.as_deref(), Some(TITLE));
    let found = article.published_at.map(|at| at.format("%F %R").to_string());
    assert_eq!(found.as_deref(), Some(time));
    assert_eq!(article.source_name.as_deref(), source);
    let lines: Vec<&str> = article.text.lines().collect();
    for paragraph in PARAGRAPHS {
        assert!(
            lines.contains(&paragraph),
            "missing {paragraph} in\n{}",
            article.text
        );
    }
    for word in AROUND {
        assert!(!article.text.contains(word), "{word} in\n{}", article.text);
    }
    assert_eq!(lines.first(), PARAGRAPHS.first(), "{}", article.text);
    assert_eq!(lines.last(), PARAGRAPHS.last(), "{}", article.text);
}

#[test]
fn portal_with_account_column_and_statement() {
    check(
        &format!(
            "<html><head><title>{TITLE}_滨江日报</title><meta name='mediaid' content='滨江日报'></head><body>
             <header><a>新闻</a><a>体育</a><a>汽车</a></header><div class='wrapper-box'><div class='left sidebar'>
             <div class='user-info'><h4><a>滨江日报</a></h4><dl><dt>1234</dt><dd>文章</dd></dl><span class='l-txt'>关注</span></div></div>
             <div class='left main'><div class='text'><div class='text-title'><h1>{TITLE}<span class='article-tag'></span></h1>
             <div class='article-info'><span class='time' id='news-time' data-val='1464934800000'>2016-06-03 14:20</span>
             <span data-role='original-link'>来源:<a>滨江日报</a></span></div></div>
             <article class='article' id='mp-editor'><p data-role='original-title' style='display:none'>原标题：{TITLE}</p>{}
             <p data-role='editor-name'>责任编辑：<span></span></p><a class='backsword'><i></i>返回门户，查看更多</a></article>
             <div class='statement'>声明：该文观点仅代表作者本人，本号系信息发布平台，仅提供信息存储空间服务。</div>
             <div class='bottom-relate-wrap'><span>阅读 (<em>1234</em>)</span><span>不感兴趣</span><span>举报</span></div></div>
             <div class='groom-read'><h3>推荐阅读</h3><ul>{}</ul></div></div></div></body></html>",
            paragraphs(),
            others(6)
        ),
        "2016-06-03 14:20",
        Some("滨江日报"),
    );
}

#[test]
fn portal_that_keeps_the_article_in_a_script_and_shows_a_calendar_leaf() {
    check(
        &format!(
            "<title>{TITLE}_某某新闻</title><meta name='apub:time' content='6/3/2016, 2:20:00 PM'>
             <script>window.DATA = {{\"article_id\":\"1\",\"title\":\"{TITLE}\",\"media\":\"滨江晚报\",\"pubtime\":\"2016-06-03 14:20:00\"}}</script>
             <div class='qq_conent'><div class='LEFT'><h1>{TITLE}</h1><div class='content clearfix'>
             <div id='LeftTool' class='left-stick-wp'><div class='year'><span>2016</span></div><div class='md'>06/<span>03</span></div>
             <div class='time'>14:20</div><a>评论</a><a>分享</a><a>扫一扫，用手机看新闻！</a></div>
             <div class='content-article'>{}<div id='Status'></div></div></div></div>
             <div class='RIGHT'><h3>热点精选</h3><ul>{}</ul></div></div>",
            PARAGRAPHS.map(|text| format!("<p class='one-p'>{text}</p>")).concat(),
            others(5)
        ),
        "2016-06-03 14:20",
        Some("滨江晚报"),
    );
}

#[test]
fn page_made_by_a_script_alone() {
    let text = PARAGRAPHS
        .map(|text| format!("\\u003cp\\u003e{text}\\u003c/p\\u003e"))
        .concat();
    check(
        &format!(
            "<title>{TITLE}_滨江网</title><div id='root'></div><script>var allData = {{\"docData\":{{\"title\":\"{TITLE}\",
             \"newsTime\":\"2016-06-03 14:20:00\",\"source\":\"滨江新闻网\",\"contentData\":{{\"contentList\":[{{\"data\":\"{text}\",
             \"type\":\"text\"}}]}}}}}};</script>"
        ),
        "2016-06-03 14:20",
        Some("滨江新闻网"),
    );
    check(
        &format!(
            "<title>{TITLE}</title><textarea class='article-content'>{}</textarea><div class='nav'><a>国际</a><a>财经</a></div>
             <div class='metadata-info'><p class='time'>2016-06-03 14:20</p><span class='source'><span>来源：滨江时报</span></span></div>",
            paragraphs().replace('<', "&lt;")
        ),
        "2016-06-03 14:20",
        Some("滨江时报"),
    );
}

#[test]
fn hashed_class_names() {
    check(
        &format!(
            "<title>{TITLE}_某凰网</title><div class='artical-25U7B8'><h1 class='topic-3bY8Hw'>{TITLE}</h1>
             <div class='info-hUQRzg'><p class='time-hm3v7d'><span>2016年06月03日 14:20:31</span><br>
             <span class='source-2pXi2v'>来源：<span><a>滨江都市报</a></span></span></p><div class='comment-1c'>
             <a>0人参与</a><a>0评论</a></div></div><div class='main_content-LcrEru'><div class='text-3zQ3cZ'>{}</div></div>
             <div class='end-1Dgy3'><span class='edit-4f'>[责任编辑：林某 PN012]</span><p>责任编辑：林某</p></div>
             <div class='tip-aQ'><p>“特别声明：以上作品内容仅为本平台用户上传并发布，本平台仅提供信息存储空间服务。”</p></div>
             <div class='recommend-3x'><h2>为您推荐</h2>{}</div></div>",
            paragraphs(),
            others(4)
        ),
        "2016-06-03 14:20",
        Some("滨江都市报"),
    );
}

#[test]
fn party_newspaper_and_news_agency() {
    check(
        &format!(
            "<title>{TITLE}--地方--滨江网</title><meta name='source' content='来源：滨江网－滨江日报'><div class='path'>
             <a>滨江网</a>&gt;&gt;<a>地方</a></div><div class='w1000_320 text_title'><h3 class='pre'></h3><h1>{TITLE}</h1><h4 class='sub'></h4>
             <div class='box01'><div class='fl'>2016年06月03日14:20&nbsp;&nbsp;来源：<a>滨江网－滨江日报</a></div>
             <div class='fr'><a>分享到：</a></div></div></div><div class='box_con' id='rwb_zw'>{}<div class='zdfy'></div>
             <div class='edit clearfix'>(责编：李某、王某某)</div></div><div class='box_pic'></div>
             <div class='clear'>分享让更多人看到</div><ul class='list_16'>{}</ul>",
            paragraphs(),
            others(4)
        ),
        "2016-06-03 14:20",
        Some("滨江网－滨江日报"),
    );
    check(
        &format!(
            "<title>{TITLE}-滨华网</title><div class='header'><div class='header-time left'><span class='year'><em> 2016</em></span>
             <span class='day'><em>06</em>/<em>03</em></span> <span class='time'>14:20:05</span></div>
             <div class='header-cont left'><h1><span class='title'>{TITLE}</span></h1><div class='source'> 来源：滨华网 </div></div></div>
             <div id='detail'>{}<div id='articleEdit'><span class='tiyi1'>【纠错】</span><span class='editor'>【责任编辑:周某】</span></div></div>
             <div class='columBox'><div class='columBoxTitle'>深度观察</div><ul>{}</ul></div>",
            paragraphs(),
            others(3)
        ),
        "2016-06-03 14:20",
        Some("滨华网"),
    );
}

#[test]
fn wechat_account() {
    let sections: String = PARAGRAPHS
        .iter()
        .map(|text| format!("<section><section><p><span>{text}</span></p></section></section>"))
        .collect();
    check(
        &format!(
            "<title>{TITLE}</title><meta property='og:title' content='{TITLE}'><div id='img-content' class='rich_media_area_primary_inner'>
             <h1 class='rich_media_title' id='activity-name'>{TITLE}</h1><div id='meta_content' class='rich_media_meta_list'>
             <span id='copyright_logo' class='rich_media_meta'>原创</span><span class='rich_media_meta rich_media_meta_text'>林某某</span>
             <span class='rich_media_meta rich_media_meta_nickname' id='profileBt'><a id='js_name'>滨江发布</a></span>
             <em id='publish_time' class='rich_media_meta rich_media_meta_text'>2016-06-03 14:20</em></div>
             <div class='rich_media_content' id='js_content' style='visibility: hidden;'>{sections}
             <section><p>欢迎关注滨江发布微信公众号</p><p>长按识别二维码关注我们</p></section></div></div>
             <div class='rich_media_tool'>阅读 10万+ 在看 点赞 写留言</div><div class='qr_code_pc'><p>微信扫一扫<br>关注该公众号</p></div>"
        ),
        "2016-06-03 14:20",
        Some("滨江发布"),
    );
}

#[test]
fn self_media_accounts_are_the_medium() {
    check(
        &format!(
            "<title>{TITLE}</title><div class='article-box'><h1 class='article-title'>{TITLE}</h1><div class='article-sub'>
             <span class='original'>原创</span> <span>BinjiangDaily</span> <span>2016-06-03 14:20:34</span></div>
             <div class='article-content'>{}</div></div><div class='user-card'><a>BinjiangDaily</a><span>关注</span><ul>{}</ul></div>",
            paragraphs(),
            others(4)
        ),
        "2016-06-03 14:20",
        Some("BinjiangDaily"),
    );
    check(
        &format!(
            "<title>{TITLE}</title><div class='article-title'><h2>{TITLE}</h2></div><div class='article-desc'>
             <div class='author-txt'><p class='author-name'>滨江之家</p><div class='article-source article-source-bjh'>
             <span class='date'>发布时间：06-03</span><span class='time'>14:20</span><span class='account-authentication'>滨江某某科技有限公司</span>
             </div></div></div><div class='article-content'>{}</div><div id='footer'>©2016 某度 使用前必读</div>",
            PARAGRAPHS.map(|text| format!("<p><span class='bjh-p'>{text}</span></p>")).concat()
        ),
        "2016-06-03 14:20",
        Some("滨江之家"),
    );
}

#[test]
fn government_content_systems() {
    check(
        &format!(
            "<title>{TITLE}_部门动态_某市人民政府</title><meta name='ArticleTitle' content='{TITLE}'><meta name='PubDate' content='2016-06-03 14:20'>
             <meta name='ContentSource' content='某市住建局'><div class='dqwz'>当前位置：<a>首页</a>&gt;<a>部门动态</a></div>
             <div class='xl_title'>{TITLE}</div><div class='xl_info'>发布时间：2016-06-03 14:20　来源：某市住建局　字体：[ 大 中 小 ]　浏览次数：<script>x</script>次</div>
             <div id='zoom'><div class='TRS_Editor'><style>.x{{}}</style>{}</div></div><div class='fj'></div>
             <div class='ewm'><img><p>扫一扫在手机打开当前页</p></div><div class='pre_next'><p>上一篇：<a>另一条动态，说的是别的</a></p>
             <p>下一篇：没有了</p></div><div class='dy'>【打印本页】 【关闭窗口】</div>
             <div class='foot'><p>主办：某市人民政府办公室　网站标识码：0000000000　公网安备</p></div>",
            paragraphs()
        ),
        "2016-06-03 14:20",
        Some("某市住建局"),
    );
    // Without a source the publishing body is one; the index table of a public document stands above.
    check(
        &format!(
            "<title>{TITLE}</title><table class='index'><tr><td>索引号：</td><td>000/2016-00001</td><td>发布机构：</td><td>某区城管局</td></tr>
             <tr><td>成文日期：</td><td>2016-05-01</td><td>发布日期：2016-06-03 14:20</td></tr></table>
             <h1>{TITLE}</h1><div class='info'>发布机构：某区城管局　发布日期：2016-06-03 14:20　有效性：有效</div><div id='content'>{}</div>",
            paragraphs()
        ),
        "2016-06-03 14:20",
        Some("某区城管局"),
    );
}

#[test]
fn forum_thread_with_answers() {
    let post = |id: usize, who: &str, text: &str| {
        format!(
            "<div id='post_{id}'><table class='plhin' id='pid{id}'><tr><td class='pls'><div class='authi'><a>{who}</a></div><p>帖子 12 积分 30</p></td>
             <td class='plc'><div class='pi'><div class='authi'><em>发表于 2016-06-0{id} 14:20</em><a>只看该作者</a></div></div>
             <div class='pct'><div class='pcb'><table><tr><td class='t_f' id='postmessage_{id}'>{text}</td></tr></table></div></div></td></tr></table></div>"
        )
    };
    let answers: String = (4..9)
        .map(|id| {
            post(
                id,
                "路人",
                "网友说得很对，加装电梯确实方便，希望我们小区也快点开始，别再拖了，大家都等了好多年，早点办成才好。",
            )
        })
        .collect();
    check(
        &format!(
            "<title>{TITLE} - 城市生活 - 滨江论坛</title><div id='pt' class='bm'><a>论坛</a>›<a>城市生活</a></div>
             <div id='postlist'><h1 class='ts'><span id='thread_subject'>{TITLE}</span></h1>{}{answers}</div>",
            post(3, "滨江小李", &PARAGRAPHS.join("<br>\n<br>\n"))
        ),
        "2016-06-03 14:20",
        None,
    );
}

#[test]
fn traditional_characters() {
    let html = format!(
        "<title>{TITLE} | 港江新聞</title><h1>{TITLE}</h1><div class='info'><span>發佈時間：2016-06-03 14:20</span> <span>來源：港江日報</span></div>
         <div class='story'>{}<p>責任編輯：林某</p></div><div><h3>相關新聞</h3><ul>{}</ul></div><p>關注我們的微信公眾號</p>",
        paragraphs(),
        others(3)
    );
    check(&html, "2016-06-03 14:20", Some("港江日報"));
    assert_eq!(extract(&html, None).author.as_deref(), Some("林某"));
}

#[test]
fn magazine_blog_and_column() {
    check(
        &format!(
            "<title>{TITLE}-某嗅网</title><div class='article__wrap'><h1 class='article__title'>{TITLE}</h1><div class='article__author-info-box'>
             <span class='author-info__username'>林某某</span><span class='article__time'>2016-06-03 14:20</span>
             <span>收藏12</span><span>评论3</span></div><div class='article__content'>{}<p>本内容未经允许不得转载。授权事宜请联系客服</p>
             <p>END</p></div></div><div class='recommend'><h3>猜你喜欢</h3>{}</div><div class='comment-wrap'><p>网友：写得真好，支持一下，希望越办越好。</p></div>",
            paragraphs(),
            others(3)
        ),
        "2016-06-03 14:20",
        None,
    );
    check(
        &format!(
            "<title>{TITLE} - 滨江小站的博客</title><div class='Post-Header'><h1 class='Post-Title'>{TITLE}</h1><div class='AuthorInfo'>
             <a>滨江小站</a></div></div><div class='Post-RichTextContainer'><div class='RichText'>{}</div>
             <div class='ContentItem-time'>发布于 2016-06-03 14:20</div></div><div class='Post-topicsAndReviewer'><a>城市更新</a><a>电梯</a></div>
             <div class='RichContent-actions'><button>赞同 123</button><span>12 条评论</span></div>",
            paragraphs()
        ),
        "2016-06-03 14:20",
        Some("滨江小站"),
    );
}

#[test]
fn old_portal_without_paragraphs_and_with_pagers() {
    check(
        &format!(
            "<title>{TITLE}</title><body><table><tr><td><a>首页</a> | <a>新闻</a> | <a>论坛</a></td></tr></table>
             <table><tr><td align=center><font size=5>{TITLE}</font></td></tr><tr><td>http://www.city.test 2016年6月3日 14:20 稿源：滨江商报</td></tr>
             <tr><td class=content>　　{}<br><center>[1] [2] [3] 下一页</center></td></tr>
             <tr><td>【字号：大 中 小】【打印】【关闭】</td></tr></table><table><tr><td>相关新闻</td></tr><tr><td>{}</td></tr></table>",
            PARAGRAPHS.join("<br>\n　　"),
            others(4)
        ),
        "2016-06-03 14:20",
        Some("滨江商报"),
    );
}

#[test]
fn a_headline_for_search_engines_differs_from_the_one_shown() {
    let html = format!(
        "<title>滨江：老旧小区加装电梯提速，今年新增120台_滨江网</title><h1>{TITLE}</h1><p>2016-06-03 14:20 来源：滨江网</p><div>{}</div>",
        paragraphs()
    );
    assert_eq!(extract(&html, None).title.as_deref(), Some(TITLE));
}

#[test]
fn tables_captions_and_lists_inside_the_text() {
    let text = paragraphs();
    let (first, rest) = text.split_at(text.find("<p>　　街道").unwrap());
    check(
        &format!(
            "<title>{TITLE}</title><h1>{TITLE}</h1><div>2016-06-03 14:20　来源：滨江网</div><div class='art'>{first}
             <figure><img><figcaption>资料图</figcaption></figure><table><tr><td>街道</td><td>台数</td></tr><tr><td>东风</td><td>40</td></tr></table>
             <ul><li>一是统一规划，分批实施；</li><li>二是资金补助，先建后补。</li></ul>{rest}</div>"
        ),
        "2016-06-03 14:20",
        Some("滨江网"),
    );
}

#[test]
fn a_saved_page_without_the_year_takes_it_from_its_other_dates() {
    let page = |rest: &str| {
        format!(
            "<title>{TITLE}</title><h1>{TITLE}</h1><span>06-03 14:20</span><div>{}</div>{rest}",
            paragraphs()
        )
    };
    let year = |html: &str| {
        extract(html, None)
            .published_at
            .map(|at| at.format("%F").to_string())
    };
    assert_eq!(
        year(&page("<p>© 1998-2016 滨江网</p>")).as_deref(),
        Some("2016-06-03")
    );
    assert_eq!(
        year(&page("<ul><li><a>另一条</a> 2016-05-30</li></ul>")).as_deref(),
        Some("2016-06-03")
    );
}

#[test]
fn commercial_portals_of_the_desktop_age() {
    check(
        &format!(
            "<title>{TITLE}_某易新闻</title><div class='post_content_main'><h1>{TITLE}</h1><div class='post_time_source'>2016-06-03 14:20:31　来源:
             <a id='ne_article_source'>滨江日报</a><a href=/r>举报</a></div><div class='post_cnum_tie'><a>0</a></div>
             <div class='post_body'><div class='post_text' id='endText'><p class='otitle'>（原标题：{TITLE}）</p>{}
             <div class='ep-source cDGray'><span class='left'>本文来源：滨江日报</span> 作者：吴某 <span class='ep-editor'>责任编辑：林某_NN1234</span></div></div>
             <div class='post_btmshare'><span>分享到：</span><ul><li>易信</li><li>微信</li></ul></div></div></div>
             <div class='tie-area'><h2>网友评论</h2><p>文明上网理性发言，请遵守跟帖服务协议。</p></div><div class='hot'><h3>热门排行</h3><ul>{}</ul></div>",
            paragraphs(),
            others(6)
        ),
        "2016-06-03 14:20",
        Some("滨江日报"),
    );
    check(
        &format!(
            "<title>{TITLE}_新闻_某讯网</title><div class='qq_article'><div class='hd'><h1>{TITLE}</h1><div class='a_Info'>
             <span class='a_catalog'><a>社会新闻</a></span><span class='a_source'><a>滨江晚报</a></span><span class='a_author'>林某</span>
             <span class='a_time'>2016-06-03 14:20</span></div><div class='qq_toolWrap'><a>我要分享</a><a>0</a></div></div>
             <div class='bd'><div id='Cnt-Main-Article-QQ'>{}</div><div class='qq_articleFt'><div class='qq_editor'>责任编辑：jackyfu</div></div></div></div>
             <div class='relate'><h3>相关搜索</h3><a>滨江</a><a>电梯</a></div>",
            PARAGRAPHS.map(|text| format!("<p style='TEXT-INDENT:2em'>{text}</p>")).concat()
        ),
        "2016-06-03 14:20",
        Some("滨江晚报"),
    );
    check(
        &format!(
            "<title>{TITLE}|电梯|小区_新闻中心_某浪网</title><div class='main-content w1240'><h1 class='main-title'>{TITLE}</h1>
             <div class='top-bar'><div class='top-bar-inner'><div class='date-source'><span class='date'>2016年06月03日 14:20</span>
             <a class='source'>滨江时报</a></div><div class='page-tools'><span>缩小字体</span><span>放大字体</span><span>收藏</span><span>微博</span></div></div></div>
             <div class='article' id='artibody'><p>　　原标题：{TITLE}</p>{}<p class='show_author'>责任编辑：张某 </p>
             <div class='wap_special'></div></div><div class='article-bottom'><div class='keywords'>关键词 : <a>电梯</a><a>小区</a></div>
             <a>我要反馈</a></div><div class='sina-comment'><h3>发表评论</h3></div>
             <div class='feed-card'><h3>新闻精选</h3><ul>{}</ul></div></div>",
            paragraphs(),
            others(6)
        ),
        "2016-06-03 14:20",
        Some("滨江时报"),
    );
}

#[test]
fn news_sites_with_reporters_and_hotlines() {
    check(
        &format!(
            "<title>{TITLE}_直击现场_某湃新闻-The Paper</title><div class='newscontent'><h1 class='news_title'>{TITLE}</h1><div class='news_about'>
             <p>某湃新闻记者 林某</p><p>2016-06-03 14:20&nbsp;<span>来源：某湃新闻</span></p></div><div class='news_txt' data-size='standard'>{}</div>
             <div class='news_path'>责任编辑：王某</div><div class='news_path'>校对：李某</div><div class='go_report'>某湃新闻报料：400-0000-000 &nbsp; 某湃新闻，未经授权不得转载</div>
             <div class='news_keyword'>关键词 &gt;&gt; <span class='news_tit2'>电梯,小区</span></div><div class='ctread_bd'><h3>相关推荐</h3>{}</div>
             <div class='comment_que'><h2>评论(12)</h2><div class='ansright_cont'>住在六楼的老人终于能下楼了，网友点赞。</div></div></div>",
            PARAGRAPHS.join("<br><br>"),
            others(5)
        ),
        "2016-06-03 14:20",
        Some("某湃新闻"),
    );
    check(
        &format!(
            "<title>{TITLE}-某新网</title><div id='cont_1_1_2'><h1 style='display:block'>{TITLE}</h1><div class='left-time'>
             <div class='left-t'>2016年06月03日 14:20　来源：<a>某国新闻网</a>　<a class='canyu'>参与互动</a></div><div class='div_share'>分享到：</div></div>
             <div class='left_zw' style='position:relative'>{}<div id='function_code_page'></div></div>
             <div class='left_name'><div class='left_name'>【编辑:林某】</div></div><div class='channel'>{}</div></div>
             <div class='footer'>本网站所刊载信息，不代表某新社和某新网观点。 刊用本网站稿件，务经书面授权。未经授权禁止转载。</div>",
            paragraphs(),
            others(8)
        ),
        "2016-06-03 14:20",
        Some("某国新闻网"),
    );
    check(
        &format!(
            "<title>{TITLE}</title><ul class='main'><li class='left left-main'><h3>{TITLE}</h3><div class='time fix'><span>2016-06-03 14:20:31</span>
             <span>来源：滨江者网</span><span class='fr'>字号：A- A A+</span></div><div class='content all-txt'>{}</div>
             <div class='share-box'>分享到 微博 微信</div><div class='module-zebian'>责任编辑：林某</div><div class='gc-comment'>网友评论</div></li>
             <li class='right'><h4>热门</h4><ul>{}</ul></li></ul>",
            paragraphs(),
            others(5)
        ),
        "2016-06-03 14:20",
        Some("滨江者网"),
    );
}

#[test]
fn finance_sites_with_disclaimers() {
    check(
        &format!(
            "<title>{TITLE} _ 某方财富网</title><div class='newsContent'><h1>{TITLE}</h1><div class='Info'><div class='time-source'>
             <div class='time'>2016年06月03日 14:20</div><div class='source data-source' data-source='滨江商报'>来源：<span>滨江商报</span></div>
             <div class='author'>作者：林某</div></div><div class='commentNum'>0人评论</div></div><div id='ContentBody' class='Body'>
             <div class='b-review'></div>{}<p class='em_media'>（文章来源：滨江商报）</p><p class='res-edit'>(责任编辑：DF123) </p></div>
             <div class='mianze'>郑重声明：某方财富网发布此信息的目的在于传播更多信息，与本站立场无关，不构成投资建议，据此操作风险自担。</div>
             <div class='newsrelated'><h3>热门资讯</h3><ul>{}</ul></div></div>",
            paragraphs(),
            others(5)
        ),
        "2016-06-03 14:20",
        Some("滨江商报"),
    );
    check(
        &format!(
            "<title>{TITLE}-某讯网</title><div class='articleName'><h1>{TITLE}</h1></div><div class='clearfix'><div class='tip fl'>
             <span class='pr20'>2016-06-03 14:20:31</span><a>滨江日报</a>&nbsp;</div><div class='fr'>评论 0</div></div>
             <div class='art_context'><div class='art_contextBox'>{}<div style='text-align:right'>(责任编辑：林某 HN110)</div></div></div>
             <div class='showAll'>看全文</div><div class='hx_comment'>写评论<span>已有<a>0</a>条评论</span><a>跟帖用户自律公约</a></div>
             <div class='sm'>【免责声明】本文仅代表作者本人观点，与某讯网无关。某讯网站对文中陈述、观点判断保持中立。</div>",
            paragraphs()
        ),
        "2016-06-03 14:20",
        Some("滨江日报"),
    );
}

#[test]
fn readers_who_write_more_than_the_article() {
    let comments: String = (0..40)
        .map(|i| {
            format!(
                "<div class='item'><div class='user'>路人{i}</div><div class='txt'>网友{i}说得对，电梯装好了，老人出门方便，希望后期维护也能跟上，别装完就没人管了。</div></div>"
            )
        })
        .collect();
    check(
        &format!(
            "<title>{TITLE} - 滨江头条</title><div class='main'><div class='article'><h1>{TITLE}</h1><p class='info'>2016-06-03 14:20 来源：滨江头条</p>
             <div class='content'>{}</div></div><div class='comment-list' id='comments'>{comments}</div></div>",
            paragraphs()
        ),
        "2016-06-03 14:20",
        Some("滨江头条"),
    );
}

#[test]
fn a_title_only_in_the_text_of_a_site_named_page() {
    check(
        &format!(
            "<title>滨江区人民政府门户网站</title><div class='logo'><a>滨江区人民政府</a></div><div class='content-box'>
             <div class='article-title'>{TITLE}</div><div class='article-info'>日期：2016-06-03 14:20　　信息来源：区建设局　　点击数：12</div>
             <div class='article-content'>{}</div></div>",
            paragraphs()
        ),
        "2016-06-03 14:20",
        Some("区建设局"),
    );
}

#[test]
fn microblog_columns_and_apps() {
    check(
        &format!(
            "<title>{TITLE} - 某哩专栏</title><div class='article-detail'><div class='title-container'><h1 class='title'>{TITLE}</h1>
             <div class='info'><span class='category-link'>日常</span><span class='create-time' data-ts='1464934800'>2016-06-03 14:20</span>
             <div class='article-data'><span>1.2万阅读</span><span>345喜欢</span><span>67评论</span></div></div></div>
             <div class='up-info-holder'><a class='up-name'>滨江观察</a><span>粉丝：1.2万</span></div><div id='read-article-holder' class='article-holder'>{}</div>
             <p class='authority'>本文为我原创</p><ul class='tag-container'><li>电梯</li><li>小区</li></ul>
             <div class='article-action'><span>345</span><span>点赞</span><span>投币</span></div></div>",
            paragraphs()
        )
        .replace("<p class='authority'>本文为我原创</p>", ""),
        "2016-06-03 14:20",
        None,
    );
    check(
        &format!(
            "<title>{TITLE}_ZAK新闻</title><div class='article_header'><h1>{TITLE}</h1><div class='article_more'><a class='article_auther line'>滨江都市报</a>
             <span class='time'>2016-06-03 14:20</span></div></div><div class='article_content' id='content'>{}</div>
             <div class='article_bottom'><span>以上内容由“滨江都市报”上传发布</span><a>查看原文</a></div><div class='relative'><h2>相关标签</h2><a>电梯</a></div>
             <div class='more_list'><h2>热门推荐</h2>{}</div>",
            paragraphs(),
            others(4)
        ),
        "2016-06-03 14:20",
        Some("滨江都市报"),
    );
    check(
        &format!(
            "<title>{TITLE}</title><div class='left-wrapper'><h2>{TITLE}</h2><div class='meta'><a class='doc-source'>滨江资讯</a>
             <span>2016.06.03 14:20</span></div><div class='content-bd'>{}</div><div class='content-tag'><a>电梯</a></div></div>
             <div class='comments'><h3>评论</h3><p>网友：支持，赶紧装起来，让老人少爬楼。</p></div>",
            paragraphs()
        ),
        "2016-06-03 14:20",
        Some("滨江资讯"),
    );
}

#[test]
fn newspapers_on_the_net() {
    check(
        &format!(
            "<title>滨江日报数字报-{TITLE}</title><table><tr><td>第03版：民生</td><td><a>上一版</a><a>下一版</a></td></tr></table>
             <table><tr><td class='font02'>{TITLE}</td></tr><tr><td>滨江日报　2016年06月03日 14:20</td></tr></table>
             <div id='ozoom'><founder-content>{}</founder-content></div><table><tr><td><a>上一篇</a><a>下一篇</a></td></tr></table>",
            paragraphs()
        ),
        "2016-06-03 14:20",
        Some("滨江日报"),
    );
    check(
        &format!(
            "<title>{TITLE}_某央网</title><div class='title_area'><h1>{TITLE}</h1><div class='info1'>来源：滨江客户端 | 2016年06月03日 14:20:31</div>
             <div class='info2'>来源：滨江客户端 | 2016年06月03日 14:20:31</div></div><div class='content_area' id='content_area'>{}</div>
             <div class='zebian'><ul><li><span>编辑：张某</span><span>责任编辑：李某</span></li></ul></div>
             <div class='function'><span>点击收起全文</span></div><div class='share_box'>扫一扫 分享到微信</div>
             <div class='bottom'>返回顶部</div>",
            paragraphs()
        ),
        "2016-06-03 14:20",
        Some("滨江客户端"),
    );
}
