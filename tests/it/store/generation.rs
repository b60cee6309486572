//! What code generation leaves in a build's row: fenced, never less, and the project's only with the end.

use super::{Store, events, progress};
use crate::support::{Kind, on_both};
use buildcast::domain::build::BuildTransition;
use buildcast::store::events::{Append, Appended, Change, Generation};
use buildcast::store::versions::NewVersion;
use buildcast::store::{builds, condemned, projects};

fn told(token: Option<i64>, ai_seconds: Option<f64>, source_key: Option<&str>) -> Append {
    let generation = Generation { ai_seconds, source_key: source_key.map(str::to_owned) };
    Append { fencing_token: token, generation, ..events("p", "a", vec![progress(1, 2)]) }
}

async fn generated(kind: Kind) {
    let store = Store::open(kind).await;
    store.build("p", "a").await;
    let claim = Change { transition: BuildTransition::Claim, version: None, error: None };
    store.append(&[Append { claimed_as: Some(2), change: Some(claim), ..told(None, None, None) }]).await;
    let row = async || builds::development(&store.db, "a").await.unwrap().unwrap();
    let source = async || builds::find(&store.db, "a").await.unwrap().unwrap().source_key;
    assert_eq!((row().await.ai_seconds, row().await.prompt, row().await.done), (0.0, None, 0));
    // a worker that lost its lease changes nothing
    assert_eq!(store.append(&[told(Some(1), Some(99.0), Some("evil"))]).await, [Appended::Fenced]);
    assert_eq!((row().await.ai_seconds, source().await), (0.0, "s".to_owned()));
    // a sweep was about to remove the same bytes
    let mut tx = store.db.begin().await.unwrap();
    condemned::condemn(&mut tx, &["made", "evil"], 1).await.unwrap();
    tx.commit().await.unwrap();
    store.append(&[told(Some(1), None, Some("evil"))]).await;
    store.append(&[told(Some(2), Some(1.5), None), told(Some(2), Some(2.5), Some("made")), told(Some(2), None, None), told(Some(2), Some(2.0), None)]).await;
    assert_eq!((row().await.ai_seconds, source().await), (2.5, "made".to_owned()));
    assert_eq!(condemned::page(&store.db, "", 9).await.unwrap(), ["evil"], "the build has taken its source back");
    assert_eq!(projects::find(&store.db, "p").await.unwrap().unwrap().source_key, "s", "not before the build is deployed");
    let version = NewVersion {
        id: "v".into(),
        project_id: "p".into(),
        build_id: "a".into(),
        framework: "static".into(),
        artifact_key: "k".into(),
        artifact_bytes: 1,
        artifact_sha256: "h".into(),
        source_files: 1,
        output_files: 1,
        recommendations: "[]".into(),
    };
    let deploy = Change { transition: BuildTransition::Deploy, version: Some(version), error: None };
    store.append(&[Append { change: Some(deploy), ..told(Some(2), None, None) }]).await;
    let project = projects::find(&store.db, "p").await.unwrap().unwrap();
    assert_eq!((project.source_key.as_str(), project.preview_version_id.as_deref()), ("made", Some("v")));
}
on_both!(generated_sources_and_seconds_are_fenced_and_move_with_the_end, generated);
