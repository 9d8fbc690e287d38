//! `minsheng relabel`: the labels of the model in use for the past.

use super::{Common, output::Output, output::progress};
use crate::{
    data::DataError,
    run::{
        Engine,
        forward::{self, Relabelled},
    },
};

pub(super) async fn run(common: &Common) -> anyhow::Result<()> {
    let data = common.existing_data();
    anyhow::ensure!(
        data.ledger().exists(),
        "there is no ledger in {}: name the data folder with --data",
        data.root().display()
    );
    let done = match Engine::open(common.config()?, common.data()?).await {
        Ok(engine) => {
            let bar = progress(0, "relabel");
            let done = engine.app().relabel(&|texts| bar.set_position(texts)).await;
            bar.finish_and_clear();
            let model = engine.app().models().hash().to_owned();
            engine.stop().await?;
            Relabelled {
                model,
                relabelled: done?,
            }
        }
        Err(error) => match error.downcast::<DataError>() {
            Ok(DataError::Held {
                owner: Some(owner), ..
            }) if owner.address.is_some() => forward::relabel(&owner).await?,
            Ok(other) => return Err(other.into()),
            Err(other) => return Err(other),
        },
    };
    let mut out = Output::new();
    if common.json() {
        out.json(&done)?;
    } else {
        out.line(format_args!(
            "{} texts labelled again by model {}",
            done.relabelled, done.model
        ))?;
    }
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{config::Config, data::DataDir};
    use analytics::{
        label::{
            Models,
            correct::{Correction, Material},
        },
        ledger::Judged,
    };
    use index::Segmenter;
    use ingest::{
        clean::{Draft, EventDraft, TicketDraft},
        record::{Classified, Event, Place, TicketType},
        time,
    };
    use std::path::Path;

    const TEXT: &str = "的路灯太少，街坊走夜路都很不便，特此呈请阁下察核。";

    async fn open(folder: &Path) -> Engine {
        let engine = Engine::open(Config::default(), DataDir::open(folder).unwrap())
            .await
            .unwrap();
        engine.app().caught_up().await.unwrap();
        engine
    }

    /// A correction of a city where such letters count as suggestions.
    fn correction() -> Correction {
        let (base, segmenter) = (Models::shipped().unwrap(), Segmenter::new("").unwrap());
        let judged: Vec<Judged> = ["青禾路", "东湖村", "学府街", "和平里", "望江楼"]
            .iter()
            .cycle()
            .take(40)
            .enumerate()
            .map(|(n, place)| Judged {
                no: n.to_string(),
                title: String::new(),
                body: format!("{place}{n}号{TEXT}"),
                r#type: Some(TicketType::Suggestion),
                topic: None,
            })
            .collect();
        let material = Material {
            judged: &judged,
            let_stand: &[],
            base: &base,
            segmenter: &segmenter,
        };
        Correction::learn(&material).unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_past_is_labelled_again_once_never_over_a_person_and_back_again() {
        let folder = tempfile::tempdir().unwrap();
        let engine = open(folder.path()).await;
        let app = engine.app();
        let at = time::parse("2016-03-01 09:00").unwrap();
        let place = Place::default();
        for no in ["1", "2", "3"] {
            let ticket = TicketDraft {
                no: no.to_owned(),
                body: format!("梧桐大道{no}号{TEXT}"),
                accepted_at: Some(at),
                ..TicketDraft::default()
            };
            let records = app
                .cleaner
                .clean("hotline", Draft::Ticket(Box::new(ticket)), &place, at);
            app.append(&records).await.unwrap();
        }
        let said = EventDraft {
            no: "3".to_owned(),
            actor: "user:local".to_owned(),
            occurred_at: app.now(),
            key: None,
            attachments: Vec::new(),
            event: Event::Classified(Classified {
                r#type: Some(TicketType::Help),
                ..Classified::default()
            }),
        };
        app.act(said).await.unwrap();
        app.caught_up().await.unwrap();
        let first = app.models().hash().to_owned();
        assert_eq!(app.ledger().judged().unwrap().len(), 1);
        assert_eq!(
            app.relabel(&|_| {}).await.unwrap(),
            0,
            "nothing is another model's"
        );
        let labels_of = |app: &crate::state::App, no: &str| {
            let timeline = app.ledger().timeline(no).unwrap();
            let mut actors: Vec<String> = timeline
                .into_iter()
                .map(|entry| entry.event.actor)
                .filter(|actor| actor.starts_with("model:"))
                .collect();
            actors.dedup();
            actors
        };
        let before = app.ledger().ticket("1").unwrap().unwrap().model.unwrap();
        assert_ne!(before.r#type, Some(TicketType::Suggestion));
        engine.stop().await.unwrap();

        correction()
            .save(&DataDir::at(folder.path()).correction())
            .unwrap();
        let engine = open(folder.path()).await;
        let app = engine.app();
        let second = app.models().hash().to_owned();
        assert_ne!(first, second);
        assert_eq!(
            labels_of(app, "1"),
            [format!("model:{first}")],
            "the past stays as it was by itself"
        );
        // Asked for twice at once, it is done once.
        let (one, other) = tokio::join!(app.relabel(&|_| {}), app.relabel(&|_| {}));
        assert_eq!(one.unwrap() + other.unwrap(), 2);
        assert_eq!(
            labels_of(app, "2"),
            [format!("model:{first}"), format!("model:{second}")]
        );
        assert_eq!(labels_of(app, "3"), [format!("model:{first}")]);
        let now = app.ledger().ticket("1").unwrap().unwrap();
        assert_eq!(now.model.unwrap().r#type, Some(TicketType::Suggestion));
        let third = app.ledger().ticket("3").unwrap().unwrap();
        assert_eq!(third.r#type, Some(TicketType::Help));
        engine.stop().await.unwrap();

        // A model that disappoints is taken back the same way, also by a clock behind that of the labels.
        std::fs::remove_file(DataDir::at(folder.path()).correction()).unwrap();
        let mut behind = Config::default();
        behind.dashboard.clock_start = time::parse("2016-03-02 09:00");
        let engine = Engine::open(behind, DataDir::open(folder.path()).unwrap())
            .await
            .unwrap();
        engine.app().caught_up().await.unwrap();
        assert_eq!(engine.app().relabel(&|_| {}).await.unwrap(), 2);
        assert_eq!(engine.app().relabel(&|_| {}).await.unwrap(), 0);
        let ticket = engine.app().ledger().ticket("1").unwrap().unwrap();
        assert_eq!(ticket.model.as_ref().unwrap().r#type, before.r#type);
        engine.stop().await.unwrap();

        let engine = Engine::open_fresh(Config::default(), DataDir::at(folder.path()))
            .await
            .unwrap();
        engine.app().caught_up().await.unwrap();
        assert_eq!(engine.app().ledger().ticket("1").unwrap().unwrap(), ticket);
        engine.stop().await.unwrap();
    }
}
