//! The same input over Kafka gives the same ledger rows and live documents as over the embedded log.

use anyhow::Result;
use minsheng_tests::{binary, hotline, kafka::Broker, sinks};

#[test]
#[ignore = "needs Apache Kafka: run ./tests/run"]
fn both_logs_give_the_same_ledger_and_documents() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let export = folder.path().join("export.xlsx");
    let mut rows = hotline::rows(400);
    rows[7][1] = "不详".to_owned();
    hotline::write_xlsx(&export, &rows)?;
    let export = export.to_str().unwrap_or_default();

    let config = folder.path().join("kafka.toml");
    let broker = Broker::shared();
    std::fs::write(
        &config,
        format!(
            "[log]\nkind = \"kafka\"\nbrokers = [\"{}\"]\ntopic_prefix = \"{}\"\npartitions = 3\n",
            broker.address(),
            broker.prefix()
        ),
    )?;
    let (embedded, over_kafka) = (folder.path().join("embedded"), folder.path().join("kafka"));
    // Callers are hashed with a key of the data folder: both get the same one.
    std::fs::create_dir_all(&over_kafka)?;
    let first = binary::json(&embedded, &["import", "--json", export])?;
    std::fs::copy(embedded.join("caller.key"), over_kafka.join("caller.key"))?;
    let config = config.to_str().unwrap_or_default();
    let second = binary::json(&over_kafka, &["--config", config, "import", "--json", export])?;
    assert_eq!(first, second);
    assert_eq!(sinks::held(&embedded)?, sinks::held(&over_kafka)?);

    // And the second time nothing is new, as over the embedded log.
    let again = binary::json(&over_kafka, &["--config", config, "import", "--json", export])?;
    assert_eq!(again[0]["new"], 0);
    Ok(())
}
