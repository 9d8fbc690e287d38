//! `minsheng extract FILE|URL`.

use super::{Common, output::Output};
use anyhow::Context;
use clap::Args;
use ingest::{
    extract::{Article, extract, extract_with},
    fetch::{Access, Expect, Fetched, Fetcher, Page, Request, charset},
};
use reqwest::Url;

#[derive(Debug, Args)]
pub(super) struct ExtractArgs {
    /// A saved page, or an address to fetch (robots.txt is honoured)
    #[arg(value_name = "FILE|URL", required = true)]
    pages: Vec<String>,
    /// Address the saved page had, for relative links and the canonical URL
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

pub(super) async fn run(common: &Common, args: ExtractArgs) -> anyhow::Result<()> {
    let config = common.config()?;
    let mut out = Output::new();
    for page in &args.pages {
        let article = if page.starts_with("http://") || page.starts_with("https://") {
            let page = fetch(&Fetcher::new(config.fetch.clone())?, &page.parse()?).await?;
            extract_with(
                &page.text(),
                Some(page.url.as_str()),
                page.fetched_at,
                &Default::default(),
            )
        } else {
            let bytes = std::fs::read(page).with_context(|| format!("{page} cannot be read"))?;
            extract(&charset::decode(&bytes, None).0, args.url.as_deref())
        };
        if common.json() {
            out.json(&article)?;
        } else {
            print(&mut out, &article)?;
        }
    }
    out.flush()
}

async fn fetch(fetcher: &Fetcher, url: &Url) -> anyhow::Result<Page> {
    let access = Access::public();
    let request = Request {
        url,
        expect: Expect::Page,
        access: &access,
        validators: None,
    };
    match fetcher.fetch(&request).await? {
        Fetched::Page(page) => Ok(*page),
        Fetched::NotModified => anyhow::bail!("the server answered 304 to an unconditional request"),
    }
}

fn print(out: &mut Output, article: &Article) -> anyhow::Result<()> {
    let time = article.published_at.map(|at| at.to_rfc3339());
    let facts = [
        ("title", article.title.as_deref()),
        ("published", time.as_deref()),
        ("source", article.source_name.as_deref()),
        ("author", article.author.as_deref()),
        ("url", article.canonical_url.as_deref()),
    ];
    for (name, value) in facts {
        out.line(format_args!("{name:>10}: {}", value.unwrap_or("-")))?;
    }
    out.line(format_args!("\n{}\n", article.text))
}
