#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]
use index::{search::Request, writer::Index, *};
use std::time::Instant;
use tantivy::{schema::*, tokenizer::*};

struct Random(u64);
impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % end
    }
}

#[derive(Clone)]
struct JiebaTok(std::sync::Arc<jieba_rs::Jieba>, bool);
struct Toks { toks: std::vec::IntoIter<Token>, cur: Token }
impl TokenStream for Toks {
    fn advance(&mut self) -> bool { match self.toks.next() { Some(t) => { self.cur = t; true } None => false } }
    fn token(&self) -> &Token { &self.cur }
    fn token_mut(&mut self) -> &mut Token { &mut self.cur }
}
impl Tokenizer for JiebaTok {
    type TokenStream<'a> = Toks;
    fn token_stream<'a>(&'a mut self, text: &'a str) -> Toks {
        let v: Vec<Token> = self.0.cut_for_search(text, self.1).into_iter().enumerate().map(|(i, t)| Token { text: t.word.to_lowercase(), offset_from: t.byte_start, offset_to: t.byte_end, position: i, position_length: 1 }).collect();
        Toks { toks: v.into_iter(), cur: Token::default() }
    }
}
#[derive(Clone)]
struct Chars;
struct CharS<'a> { it: std::iter::Enumerate<std::str::CharIndices<'a>>, cur: Token }
impl TokenStream for CharS<'_> {
    fn advance(&mut self) -> bool {
        match self.it.next() {
            Some((p, (o, c))) => { self.cur.position = p; self.cur.offset_from = o; self.cur.offset_to = o + c.len_utf8(); self.cur.text.clear(); self.cur.text.push(c.to_ascii_lowercase()); true }
            None => false,
        }
    }
    fn token(&self) -> &Token { &self.cur }
    fn token_mut(&mut self) -> &mut Token { &mut self.cur }
}
impl Tokenizer for Chars {
    type TokenStream<'a> = CharS<'a>;
    fn token_stream<'a>(&'a mut self, text: &'a str) -> CharS<'a> { CharS { it: text.char_indices().enumerate(), cur: Token::default() } }
}

fn bare(texts: &[(String, String)], threads: usize, hmm: bool) -> f64 {
    let dir = tempfile::tempdir().unwrap();
    let mut b = Schema::builder();
    let opt = |t: &str| TextOptions::default().set_indexing_options(TextFieldIndexing::default().set_tokenizer(t).set_index_option(IndexRecordOption::WithFreqsAndPositions));
    let w = b.add_text_field("w", opt("w"));
    let c = b.add_text_field("c", opt("c"));
    let index = tantivy::Index::create_in_dir(dir.path(), b.build()).unwrap();
    index.tokenizers().register("w", JiebaTok(std::sync::Arc::new(jieba_rs::Jieba::new()), hmm));
    index.tokenizers().register("c", Chars);
    let mut writer: tantivy::IndexWriter = index.writer_with_num_threads(threads, (64 << 20) * threads).unwrap();
    let t = Instant::now(); let c0 = cpu();
    for (title, body) in texts {
        let mut d = TantivyDocument::default();
        d.add_text(w, title); d.add_text(w, body);
        d.add_text(c, title); d.add_text(c, body);
        writer.add_document(d).unwrap();
    }
    writer.commit().unwrap();
    let s = t.elapsed().as_secs_f64();
    let _ = s; let c = cpu() - c0; writer.wait_merging_threads().unwrap();
    texts.len() as f64 / c
}

fn doc(segmenter: &Segmenter, n: usize, (title, body): &(String, String)) -> Document {
    Document {
        kind: Kind::Post, id: format!("{:032x}", (n as u128 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835)), native_id: format!("n{n}"),
        title: title.clone(), body: body.clone(), title_words: segmenter.segment(title), body_words: segmenter.segment(body),
        source: "sample".into(), channel: Some("weibo".into()), author: Some(format!("u{}", n % 1000)), url: Some(format!("http://example.invalid/{n}")),
        published_at: ingest::time::from_millis(1_462_032_000_000 + n as i64 * 15_000), unit: None, r#type: None, topic: Some("城乡建设".into()),
        sentiment: Some(0.1), sentiment_label: Some("neutral".into()), region: Some("A区".into()), status: None,
    }
}

fn ours(texts: &[(String, String)], threads: usize, batch: usize) -> f64 {
    let dir = tempfile::tempdir().unwrap();
    let segmenter = Segmenter::new("").unwrap();
    let index = Index::open_with_threads(dir.path(), segmenter.clone(), threads).unwrap();
    let t = Instant::now(); let c0 = cpu();
    let at = std::sync::atomic::AtomicUsize::new(0);
    for (b, part) in texts.chunks(batch).enumerate() {
        let at = std::sync::atomic::AtomicUsize::new(0);
        let _ = &at;
        std::thread::scope(|s| {
            for _ in 0..threads {
                s.spawn(|| loop {
                    let k = at.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    let Some(p) = part.chunks(256).nth(k) else { break };
                    let docs = p.iter().enumerate().map(|(i, x)| doc(&segmenter, b * batch + k * 256 + i, x)).collect();
                    index.write(docs).unwrap();
                });
            }
        });
        index.commit(&Default::default()).unwrap();
    }
    let _ = at;
    let s = t.elapsed().as_secs_f64(); let _ = s; let c = cpu() - c0;
    if batch >= texts.len() {
        for q in ["路灯", "\"不亮\"", "\"请有关部门尽快处理\"", "", "路灯 date:2016-05-02"] {
            let t = Instant::now();
            let h = index.search(&Request { query: q.into(), limit: 20, facets: true, ..Default::default() }).unwrap();
            println!("  search {q:?}: {} hits, {:.1} ms", h.total, t.elapsed().as_secs_f64() * 1e3);
        }
        let t = Instant::now();
        let h = index.search(&Request { query: "路".into(), limit: 100_000, ..Default::default() }).unwrap();
        println!("  all hits of 路: {} in {:.1} ms", h.hits.len(), t.elapsed().as_secs_f64() * 1e3);
    }
    let size: u64 = std::fs::read_dir(dir.path().join("v1")).unwrap().map(|e| e.unwrap().metadata().unwrap().len()).sum();
    println!("  on disk {} MB", size >> 20);
    println!("  {} stores", std::fs::read_dir(dir.path().join("v1")).unwrap().filter(|e| e.as_ref().unwrap().path().extension().is_some_and(|x| x == "store")).count());
    if batch >= texts.len() && threads == 1 {
        // What deletions cost: the same documents again in 8 commits, then a commit that deletes many of them.
        let again: Vec<_> = texts.iter().take(4000).enumerate().map(|(i, x)| doc(&segmenter, i, x)).collect();
        let fresh: Vec<_> = texts.iter().take(4000).enumerate().map(|(i, x)| doc(&segmenter, 1_000_000 + i, x)).collect();
        for d in [fresh, again] { let t = Instant::now(); let c0 = cpu(); index.write(d).unwrap(); index.commit(&Default::default()).unwrap(); println!("  4000 docs: {:.0} ms, {:.0} ms of cpu", t.elapsed().as_secs_f64() * 1e3, (cpu() - c0) * 1e3); }
    }
    texts.len() as f64 / c
}

fn cpu() -> f64 { let s = std::fs::read_to_string("/proc/self/stat").unwrap(); let f: Vec<&str> = s.rsplit(')').next().unwrap().split_whitespace().collect(); (f[11].parse::<f64>().unwrap() + f[12].parse::<f64>().unwrap()) / 100.0 }

fn main() {
    let n: usize = std::env::args().nth(1).map_or(40_000, |n| n.parse().unwrap());
    let sentences = include_str!("../src/sample.rs").lines().filter_map(|l| l.trim().strip_prefix('"')?.strip_suffix("\",")).filter(|s| s.chars().count() > 8).collect::<Vec<_>>();
    // Varied characters, so that the term dictionaries are not toys.
    let common: Vec<char> = ('\u{4E00}'..'\u{5A00}').collect();
    let mut r = Random(7);
    let texts: Vec<(String, String)> = (0..n).map(|_| {
        let mut make = |k: usize| { let mut s = String::new(); for _ in 0..k { s.push_str(sentences[r.below(sentences.len())]); for _ in 0..r.below(4) { s.push(common[r.below(common.len())]); } s.push_str(["，", "。", "！", "请有关部门尽快处理。"][r.below(4)]); } s };
        (make(1), make(8))
    }).collect();
    let bytes: usize = texts.iter().map(|(a, b)| a.len() + b.len()).sum();
    println!("{n} texts, {} MB, mean {} chars", bytes >> 20, bytes / 3 / n);
    let segmenter = Segmenter::new("").unwrap();
    let t = Instant::now();
    let mut words = 0;
    for (a, b) in &texts { words += segmenter.segment(a).words.len() + segmenter.segment(b).words.len(); }
    println!("segment alone: {:.0} docs/s, {words} words", n as f64 / t.elapsed().as_secs_f64());
    let j = jieba_rs::Jieba::new();
    for hmm in [true, false] {
        let t = Instant::now();
        let mut words = 0;
        for (a, b) in &texts { words += j.cut_for_search(a, hmm).len() + j.cut_for_search(b, hmm).len(); }
        println!("jieba alone hmm={hmm}: {:.0} docs/s, {words}", n as f64 / t.elapsed().as_secs_f64());
    }
    for threads in [1, 2] {
        let b = bare(&texts, threads, true);
        println!("bare {threads} threads: {b:.0} docs/s");
        let b2 = bare(&texts, threads, false);
        println!("bare no hmm {threads} threads: {b2:.0} docs/s");
        for batch in [n, 5_000] {
            let o = ours(&texts, threads, batch);
            println!("ours {threads} threads, commit every {batch}: {o:.0} docs/s = {:.2} of bare, {:.2} of bare without hmm", o / b, o / b2);
        }
    }
}
