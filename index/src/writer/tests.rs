use super::*;
use crate::{Kind, sample::post, search::Request};
use ingest::log::Topic;

fn segmenter() -> Segmenter {
    Segmenter::new("").unwrap()
}

fn checkpoint(next: i64) -> Checkpoint {
    let mut checkpoint = Checkpoint::default();
    checkpoint.set(Topic::Posts, 0, next);
    checkpoint
}

fn ids(index: &Index, query: &str) -> Vec<String> {
    let request = Request {
        query: query.to_owned(),
        limit: 100,
        ..Request::default()
    };
    index
        .search(&request)
        .unwrap()
        .hits
        .into_iter()
        .map(|hit| hit.id)
        .collect()
}

#[test]
fn a_document_replaces_the_one_of_its_key() {
    let dir = tempfile::tempdir().unwrap();
    let segmenter = segmenter();
    let index = Index::open(dir.path(), segmenter.clone()).unwrap();
    let post = |id: &str, body: &str| post(&segmenter, id, "", body);
    // Twice within one call, twice within one commit, and again in the next.
    index
        .write(vec![post("a", "一稿"), post("b", "别的"), post("a", "二稿")])
        .unwrap();
    index.write(vec![post("a", "三稿")]).unwrap();
    index.commit(&checkpoint(1)).unwrap();
    assert_eq!(index.count().unwrap(), 2);
    assert_eq!(index.get(Kind::Post, "a").unwrap().unwrap().body, "三稿");
    index.write(vec![post("a", "四稿")]).unwrap();
    index.commit(&checkpoint(2)).unwrap();
    assert_eq!(index.count().unwrap(), 2);
    assert_eq!(ids(&index, "\"三稿\""), Vec::<String>::new());
    assert_eq!(ids(&index, "\"四稿\""), ["a"]);
    // The same id as a ticket is another document.
    index
        .write(vec![Document {
            kind: Kind::Ticket,
            ..post("a", "工单")
        }])
        .unwrap();
    index.commit(&checkpoint(3)).unwrap();
    assert_eq!(index.count().unwrap(), 3);
    assert_eq!(index.get(Kind::Ticket, "a").unwrap().unwrap().body, "工单");
    assert_eq!(index.get(Kind::Ticket, "b").unwrap(), None);
}

/// What was committed by an earlier process is replaced as well, and what many threads write at once is there once.
#[test]
fn replacing_outlives_the_process_and_holds_across_threads() {
    let dir = tempfile::tempdir().unwrap();
    let segmenter = segmenter();
    let index = Index::open(dir.path(), segmenter.clone()).unwrap();
    index.write(vec![post(&segmenter, "a", "", "一稿")]).unwrap();
    index.commit(&checkpoint(1)).unwrap();
    drop(index);
    let index = Index::open_with_threads(dir.path(), segmenter.clone(), 4).unwrap();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for at in 0..50 {
                    let documents = ["a", "b", "c"].map(|id| post(&segmenter, id, "", &format!("第{at}稿")));
                    index.write(documents.into()).unwrap();
                }
            });
        }
    });
    index.commit(&checkpoint(2)).unwrap();
    assert_eq!(index.count().unwrap(), 3);
    assert_eq!(ids(&index, "\"第49稿\""), ["a", "b", "c"]);
}

/// Who waits for a checkpoint searches the moment it is reached, so a commit must not announce what it does not show.
#[test]
fn a_checkpoint_announces_only_what_a_search_finds() {
    const COMMITS: usize = 100;
    let dir = tempfile::tempdir().unwrap();
    let segmenter = segmenter();
    let index = Index::open_with_threads(dir.path(), segmenter.clone(), 1).unwrap();
    thread::scope(|scope| {
        let writing = scope.spawn(|| {
            for at in 1..=COMMITS {
                let document = post(&segmenter, &at.to_string(), "", "一稿");
                index.write(vec![document]).unwrap();
                index.commit(&checkpoint(i64::try_from(at).unwrap())).unwrap();
            }
        });
        for at in 1..=COMMITS {
            let wanted = checkpoint(i64::try_from(at).unwrap());
            while !index.checkpoint().reached(&wanted) && !writing.is_finished() {
                std::hint::spin_loop();
            }
            assert!(
                index.count().unwrap() >= at,
                "commit {at} was announced before it was shown"
            );
        }
    });
}

#[test]
fn an_endless_id_is_replaced_too() {
    let dir = tempfile::tempdir().unwrap();
    let segmenter = segmenter();
    let index = Index::open(dir.path(), segmenter.clone()).unwrap();
    let id = "号".repeat(40_000);
    for body in ["一稿", "二稿"] {
        index.write(vec![post(&segmenter, &id, "", body)]).unwrap();
        index.commit(&checkpoint(1)).unwrap();
    }
    assert_eq!(index.count().unwrap(), 1);
    assert_eq!(index.get(Kind::Post, &id).unwrap().unwrap().body, "二稿");
}

#[test]
fn documents_and_checkpoint_are_one_act() {
    let dir = tempfile::tempdir().unwrap();
    let segmenter = segmenter();
    let index = Index::open(dir.path(), segmenter.clone()).unwrap();
    assert_eq!(index.checkpoint(), Checkpoint::default());
    index.write(vec![post(&segmenter, "kept", "", "提交过")]).unwrap();
    assert_eq!(index.count().unwrap(), 0);
    index.commit(&checkpoint(7)).unwrap();
    assert_eq!((index.count().unwrap(), index.checkpoint()), (1, checkpoint(7)));

    index
        .write(vec![
            post(&segmenter, "lost", "", "没有提交"),
            post(&segmenter, "kept", "", "没有提交"),
        ])
        .unwrap();
    let before = index.live_documents().unwrap();
    drop(index);
    let index = Index::open(dir.path(), segmenter).unwrap();
    assert_eq!(index.checkpoint(), checkpoint(7));
    assert_eq!(index.live_documents().unwrap(), before);
    // A commit without documents moves the checkpoint alone.
    index.commit(&checkpoint(9)).unwrap();
    drop(index);
    let index = Index::open(dir.path(), self::segmenter()).unwrap();
    assert_eq!(
        (index.checkpoint(), index.live_documents().unwrap()),
        (checkpoint(9), before)
    );
}

#[test]
fn live_documents_do_not_depend_on_order_or_threads() {
    let segmenter = segmenter();
    let documents = |reverse: bool| {
        let ids = (0..200).map(|at| format!("{at:03}"));
        let mut documents: Vec<_> = ids
            .map(|id| post(&segmenter, &id, "标题", &format!("正文{id}")))
            .collect();
        if reverse {
            documents.reverse();
        }
        documents
    };
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let one = Index::open_with_threads(one.path(), segmenter.clone(), 1).unwrap();
    let two = Index::open_with_threads(two.path(), segmenter.clone(), 4).unwrap();
    one.write(documents(false)).unwrap();
    one.commit(&checkpoint(1)).unwrap();
    for part in documents(true).chunks(30) {
        two.write(part.to_vec()).unwrap();
        two.commit(&checkpoint(1)).unwrap();
    }
    two.write(documents(false)).unwrap();
    two.commit(&checkpoint(2)).unwrap();
    let live = one.live_documents().unwrap();
    assert_eq!(live.len(), 200);
    assert_eq!(live[7]["body"], "正文007");
    assert_eq!(live, two.live_documents().unwrap());
}

#[test]
fn a_second_opening_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let index = Index::open(dir.path(), segmenter()).unwrap();
    assert!(matches!(
        Index::open(dir.path(), segmenter()),
        Err(IndexError::Locked)
    ));
    drop(index);
    assert!(Index::open(dir.path(), segmenter()).is_ok());
}

#[test]
fn another_schema_version_is_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    let segmenter = segmenter();
    let index = Index::open(dir.path(), segmenter.clone()).unwrap();
    index.write(vec![post(&segmenter, "a", "", "旧")]).unwrap();
    index.commit(&checkpoint(5)).unwrap();
    drop(index);
    fs::write(dir.path().join("vital"), "not ours").unwrap();
    fs::rename(dir.path().join(current()), dir.path().join("v0")).unwrap();
    let index = Index::open(dir.path(), segmenter.clone()).unwrap();
    assert_eq!(
        (index.count().unwrap(), index.checkpoint()),
        (0, Checkpoint::default())
    );
    assert!(!dir.path().join("v0").exists() && dir.path().join("vital").exists());
    drop(index);

    // The same version with other fields, as while developing.
    let current = dir.path().join(current());
    fs::remove_dir_all(&current).unwrap();
    fs::create_dir_all(&current).unwrap();
    let mut other = tantivy::schema::Schema::builder();
    other.add_text_field("other", tantivy::schema::TEXT);
    tantivy::Index::create_in_dir(&current, other.build()).unwrap();
    let index = Index::open(dir.path(), segmenter).unwrap();
    assert_eq!(index.count().unwrap(), 0);
}
