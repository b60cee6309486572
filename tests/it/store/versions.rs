//! Versions: pages, words, pointers to them, and who published what.

use crate::support::vault::Vault;
use crate::support::{Kind, on_both};
use buildcast::domain::page::PageCursor;
use buildcast::store::publications::{self, NewPublication, PUBLISH, UNPUBLISH};
use buildcast::store::versions::{self, VersionWords};

async fn newest_first(kind: Kind) {
    let vault = Vault::open(kind).await;
    vault.project("p", "s").await;
    vault.project("q", "s").await;
    for (project, id, at_ms) in [("p", "a", 1), ("p", "c", 2), ("p", "b", 2), ("q", "x", 2), ("p", "d", 3)] {
        vault.version(project, id, at_ms).await;
    }
    let page = async |after: Option<(i64, &str)>, limit| {
        let after = after.map(|(created_at_ms, id)| PageCursor { created_at_ms, id: id.into() });
        let rows = versions::page(&vault.db, "p", after.as_ref(), limit).await.unwrap();
        rows.into_iter().map(|row| row.id).collect::<String>()
    };
    assert_eq!(page(None, 9).await, "dcba");
    assert_eq!(page(None, 2).await, "dc");
    assert_eq!(page(Some((2, "c")), 9).await, "ba");
    assert_eq!(page(Some((1, "a")), 9).await, "");
    let row = versions::find(&vault.db, "x").await.unwrap().unwrap();
    assert_eq!((row.project_id.as_str(), row.user_id.as_str(), row.artifact_bytes, row.is_published, row.is_preview), ("q", "u", 7, false, false));
}
on_both!(versions_come_newest_first_and_only_the_projects_own, newest_first);

async fn worded(kind: Kind) {
    let vault = Vault::open(kind).await;
    vault.project("p", "s").await;
    vault.version("p", "v", 1).await;
    vault.version("p", "w", 1).await;
    let text = |text: &str| Some(Some(text.to_owned()));
    let set = async |name, description| {
        let mut tx = vault.db.begin().await.unwrap();
        versions::set_words(&mut tx, "v", &VersionWords { name, description }).await.unwrap();
        let row = versions::find_within(&mut tx, "v").await.unwrap().unwrap();
        tx.commit().await.unwrap();
        (row.name.unwrap_or("null".into()), row.description.unwrap_or("null".into()))
    };
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(set(text("n"), None).await, pair("n", "null"));
    assert_eq!(set(None, text("d")).await, pair("n", "d"));
    assert_eq!(set(Some(None), text("")).await, pair("null", ""));
    assert_eq!(set(text("m"), Some(None)).await, pair("m", "null"));
    assert_eq!(versions::find(&vault.db, "w").await.unwrap().unwrap().name, None, "of this version only");
}
on_both!(a_name_and_a_description_change_apart_from_each_other, worded);

async fn pointed_at(kind: Kind) {
    let vault = Vault::open(kind).await;
    vault.project("p", "s").await;
    vault.version("p", "v", 1).await;
    vault.version("p", "w", 2).await;
    assert!(versions::previewed(&vault.db, "p").await.unwrap().is_none() && versions::published(&vault.db, "p").await.unwrap().is_none());
    vault.execute("UPDATE projects SET preview_version_id = 'v', published_version_id = 'w'").await;
    vault.execute("UPDATE versions SET artifact_gone = 'missing', deploy_status = 'failed' WHERE id = 'w'").await;
    let (preview, live) = (versions::previewed(&vault.db, "p").await.unwrap().unwrap(), versions::published(&vault.db, "p").await.unwrap().unwrap());
    assert_eq!((preview.id.as_str(), preview.artifact_gone, preview.deploy_status.as_str()), ("v", None, "deployed"));
    assert_eq!((live.id.as_str(), live.artifact_gone.as_deref(), live.deploy_status.as_str()), ("w", Some("missing"), "failed"));
    let own = versions::artifact(&vault.db, "v").await.unwrap().unwrap();
    assert_eq!((own.artifact_key.as_str(), own.artifact_sha256.as_str()), ("artifacts/p/v.zip", "h"));
    let row = versions::find(&vault.db, "w").await.unwrap().unwrap();
    assert_eq!((row.is_published, row.is_preview), (true, false));
}
on_both!(a_preview_and_a_publication_point_at_versions, pointed_at);

async fn published(kind: Kind) {
    let vault = Vault::open(kind).await;
    vault.project("p", "s").await;
    vault.version("p", "v", 1).await;
    vault.version("p", "w", 2).await;
    let mut seen = vec![];
    for (id, version_id, action, now_ms) in [("1", "v", PUBLISH, 10), ("2", "w", PUBLISH, 20), ("3", "w", UNPUBLISH, 20)] {
        let mut tx = vault.db.begin().await.unwrap();
        let change = NewPublication { id, project_id: "p", version_id, action, user_id: "u", comment: None };
        publications::change(&mut tx, change, now_ms).await.unwrap();
        let now = publications::published(&mut tx, "p").await.unwrap();
        let (last, before) = publications::last_two(&mut tx, "p").await.unwrap();
        tx.commit().await.unwrap();
        let short =
            |row: Option<publications::PublicationRow>| row.map(|row| format!("{} {} {}", row.action, row.version_id, row.created_at_ms)).unwrap_or_default();
        seen.push(format!("{now:?}, {}, {}", short(last), short(before)));
    }
    let expected = ["Some(\"v\"), publish v 10, ", "Some(\"w\"), publish w 20, publish v 10", "None, unpublish w 20, publish w 20"];
    assert_eq!(seen, expected);
}
on_both!(each_publication_leaves_a_row, published);
