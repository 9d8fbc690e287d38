//! `minsheng demo`: a small sample city on loopback, collected by the real sources over real HTTP and files.
//!
//! All texts are invented. The pages open on January to May 2016, and the clock starts on 30 June 2016.

mod city;

use crate::{
    config::Config,
    data::DataDir,
    run::{self, Engine},
};
use anyhow::Context;
use city::City;
use clap::Args;
use ingest::time;
use std::{
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use tokio::net::TcpListener;

/// The seed of the published sample: the same city everywhere.
const SEED: u64 = 12_345;

/// Options of `minsheng demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Keep the demo's data here instead of in a temporary folder
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Port of the dashboard on 127.0.0.1; another free one is taken when it is in use
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Stop when all of the sample is in, printing the time it took
    #[arg(long)]
    once: bool,
}

/// Starts everything and runs until it is told to stop.
///
/// # Errors
/// When the folder or the ports cannot be used, or a role fails.
pub async fn run(mut config: Config, args: DemoArgs) -> anyhow::Result<()> {
    let started = Instant::now();
    let temporary; // Held to the end: it goes away with everything in it.
    let folder = match args.folder {
        Some(folder) => folder,
        None => {
            temporary = tempfile::tempdir().context("no temporary folder")?;
            temporary.path().to_owned()
        }
    };
    let data = DataDir::open(&folder)?;
    let sample = folder.join("sample");
    let city = tokio::task::spawn_blocking(move || -> anyhow::Result<City> {
        let city = City::build(SEED);
        city.write_files(&sample)?;
        Ok(city)
    })
    .await??;

    City::configure(&folder.join("sample"), &mut config.files)?;
    let portal = portal(&folder.join("portal.port")).await?;
    let token = crate::data::random_token();
    config
        .sources
        .extend(city.sources(&folder.join("sample"), portal.local_addr()?)?);
    config
        .push_tokens
        .insert(City::PUSH_SOURCE.to_owned(), token.clone());
    // The portal is this process: nobody to be polite to.
    config.fetch.per_host_delay_ms = 0;
    config.dashboard.period_from = chrono::NaiveDate::from_ymd_opt(2016, 1, 1);
    config.dashboard.period_to = chrono::NaiveDate::from_ymd_opt(2016, 5, 31);
    config.dashboard.clock_start = time::parse("2016-06-30 09:00:00");
    let serve_city = city.router();
    let city_server = tokio::spawn(async move { axum::serve(portal, serve_city).await });

    let engine = Engine::open(config, data).await?;
    let app = engine.app().clone();
    let listener = listen(args.port).await?;
    let address = listener.local_addr()?;
    announce(address);

    let expected = city.expected();
    let push = push(address, city.push_batches(), token);
    let once = args.once;
    let filled = async move {
        push.await?;
        loop {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let held = app.ledger().held()?;
            if held.tickets >= expected.tickets && held.posts >= expected.posts {
                app.caught_up().await?;
                eprintln!(
                    "all of the sample is in after {:.1} s: {} tickets, {} posts",
                    started.elapsed().as_secs_f64(),
                    held.tickets,
                    held.posts
                );
                return anyhow::Ok(());
            }
        }
    };
    let end = async move {
        if let Err(error) = filled.await {
            eprintln!("error: the sample city could not be collected: {error:#}");
        }
        if !once {
            run::terminated().await;
        }
    };
    let stopped = run::terminated();
    let done = run::serve_until(engine, listener, async {
        tokio::select! { () = end => {}, () = stopped => {} }
    })
    .await;
    city_server.abort();
    done
}

/// Where the sample portal listens: the port it had before in this folder, so that its letters keep their addresses and are
/// not collected anew, or any free one.
async fn portal(remembered: &Path) -> anyhow::Result<TcpListener> {
    let before = std::fs::read_to_string(remembered).ok();
    let before = before.and_then(|port| port.trim().parse().ok()).unwrap_or(0);
    let portal = listen(before).await?;
    let name = || format!("{} cannot be written", remembered.display());
    std::fs::write(remembered, portal.local_addr()?.port().to_string()).with_context(name)?;
    Ok(portal)
}

/// The wanted port, or any free one where it is taken.
async fn listen(port: u16) -> anyhow::Result<TcpListener> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?)
        }
        Err(error) => Err(error).with_context(|| format!("cannot listen on port {port}")),
    }
}

#[expect(clippy::print_stdout, reason = "the address is the answer of this command")]
fn announce(address: SocketAddr) {
    println!("民声 is at http://{address}/ — the sample city is being collected; Ctrl-C ends it");
}

/// Sends the push client's batches to the dashboard.
async fn push(address: SocketAddr, batches: Vec<String>, token: String) -> anyhow::Result<()> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    for batch in batches {
        let answer = client
            .post(format!("http://{address}/api/v1/feeds/{}", City::PUSH_SOURCE))
            .bearer_auth(&token)
            .body(batch)
            .send()
            .await?;
        anyhow::ensure!(
            answer.status().is_success(),
            "the push client was answered {}",
            answer.status()
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_sample_portal_keeps_its_port_while_it_is_free() {
        let folder = tempfile::tempdir().unwrap();
        let remembered = folder.path().join("portal.port");
        let port = |listener: &TcpListener| listener.local_addr().unwrap().port();
        let first = portal(&remembered).await.unwrap();
        let kept = port(&first);
        let beside = portal(&remembered).await.unwrap();
        assert_ne!(port(&beside), kept, "taken");
        drop(first);
        std::fs::write(&remembered, kept.to_string()).unwrap();
        assert_eq!(port(&portal(&remembered).await.unwrap()), kept);
    }
}
