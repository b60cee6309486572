//! Sources that nobody needs. A source's key is the hash of its bytes, so a start may store the very object that a sweep has
//! found to be nobody's. It goes in two looks:
//!
//! 1. What is old and named by no row is condemned: a row of its own says so, committed.
//! 2. Under the lock of that row, what still is old and unnamed is removed, and the row stays until the next sweep.
//!
//! A start stores first and commits then. If it stored before the second look, its object is young there. If it stored
//! after, its transaction meets the row, waits for the lock, and stores once more (`take_back`).

use super::orphans::ours;
use super::{BATCH, Run, Swept, SweptKind};
use crate::service::ServiceError;
use crate::store::{condemned, sweeps};
use futures_util::StreamExt;
use std::collections::HashSet;

pub(super) async fn run(run: &mut Run<'_>) -> Result<(), ServiceError> {
    let mut sources = run.sweeper.artifacts.list("sources").chunks(BATCH);
    while let Some(page) = sources.next().await {
        let before_ms = run.orphans_before_ms();
        let mut old = ours(page, is_source)?;
        old.retain(|object| object.modified_ms < before_ms);
        let keys: Vec<&str> = old.iter().map(|object| object.key.as_str()).collect();
        let named: HashSet<String> = sweeps::named_sources(&run.sweeper.db, &keys).await?.into_iter().collect();
        old.retain(|object| !named.contains(&object.key));
        if run.dry {
            for object in old {
                run.told(Swept { kind: SweptKind::OrphanObject, key: object.key, version_id: None, bytes: Some(object.bytes) });
            }
        } else if !old.is_empty() {
            let mut tx = run.sweeper.db.begin().await?;
            condemned::condemn(&mut tx, &old.iter().map(|object| object.key.as_str()).collect::<Vec<_>>(), run.now_ms).await?;
            tx.commit().await?;
        }
    }
    if run.dry { Ok(()) } else { second_looks(run).await }
}

/// `sources/{sha256}.zip`
fn is_source(key: &str) -> bool {
    let hash = key.strip_prefix("sources/").and_then(|name| name.strip_suffix(".zip"));
    hash.is_some_and(|hash| hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// What sweeps before this one condemned is looked at, too.
async fn second_looks(run: &mut Run<'_>) -> Result<(), ServiceError> {
    let mut after = String::new();
    loop {
        let page = condemned::page(&run.sweeper.db, &after, BATCH as i64).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after.clone_from(last);
        for key in page {
            second_look(run, &key).await?;
        }
    }
}

async fn second_look(run: &mut Run<'_>, key: &str) -> Result<(), ServiceError> {
    let mut tx = run.sweeper.db.begin().await?;
    if condemned::lock(&mut tx, &[key]).await?.is_empty() {
        // a start has taken it back
        return Ok(tx.rollback().await?);
    }
    let object = run.sweeper.artifacts.find(key).await?.filter(|object| object.modified_ms < run.orphans_before_ms());
    match object {
        Some(object) if sweeps::named_sources_within(&mut tx, &[key]).await?.is_empty() => {
            run.remove(SweptKind::OrphanObject, key, object.bytes).await;
            // the row outlives the object: a start that waits for it has to see it
            Ok(tx.rollback().await?)
        }
        // gone since the sweep before, young again, or needed
        _ => {
            condemned::forget(&mut tx, &[key]).await?;
            Ok(tx.commit().await?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_source;

    #[test]
    fn a_source_is_named_by_its_hash() {
        assert!(is_source(&format!("sources/{}.zip", "0a".repeat(32))));
        for odd in ["sources/x.zip".to_owned(), format!("sources/{}", "0a".repeat(32)), format!("sources/a/{}.zip", "0a".repeat(32))] {
            assert!(!is_source(&odd), "{odd}");
        }
    }
}
