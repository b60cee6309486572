//! The tar.gz of a version: made once, kept while it is asked for.

use super::{Scene, sha256};
use crate::support::{Kind, on_both};
use buildcast::service::Clock;
use serde_json::json;

async fn made_once(kind: Kind) {
    let scene = Scene::start(kind, &[]).await;
    let exports = scene.server.folder.path().join("artifacts/exports");
    let object = exports.join(format!("{}.tar.gz", scene.version));
    let asked = futures_util::future::join_all((0..8).map(|_| scene.export("&format=tar.gz"))).await;
    assert!(asked.iter().all(|view| view["sha256"] == asked[0]["sha256"] && view["size"] == asked[0]["size"]));
    let written = || std::os::unix::fs::MetadataExt::ino(&object.metadata().unwrap());
    let first = written();
    let again = scene.export("&format=tar.gz").await;
    assert_eq!((written(), &again["sha256"]), (first, &asked[0]["sha256"]), "made once");
    // lost, and so made again: the same bytes
    std::fs::remove_file(&object).unwrap();
    assert_eq!(scene.export("&format=tar.gz").await["sha256"], asked[0]["sha256"]);
    assert_eq!(sha256(&std::fs::read(&object).unwrap()), asked[0]["sha256"]);
    assert_eq!(scene.server.count("exports").await, 1);
    // an artifact that is not what it was makes nothing, and says nothing of why
    std::fs::remove_file(&object).unwrap();
    std::fs::write(scene.artifact(), "another").unwrap();
    let (status, error) = scene.server.client.get(&format!("{}?userId=u&format=tar.gz", scene.paths()[0])).await;
    assert_eq!((status.as_u16(), &error["code"], &error["params"]), (500, &json!("INTERNAL_ERROR"), &json!({})));
    assert!(!object.exists());
}
on_both!(a_tar_gz_is_made_once_and_again_when_it_is_lost, made_once);

async fn swept(kind: Kind) {
    let scene = Scene::start(kind, &[("BUILDCAST_DOWNLOAD_URL_SECONDS", "60"), ("BUILDCAST_SWEEP_SECONDS", "1")]).await;
    let view = scene.export("&format=tar.gz").await;
    let folder = scene.server.folder.path().join("artifacts/exports");
    std::fs::write(folder.join("left-by-a-kill.tar.gz"), "x").unwrap();
    let now = scene.clock.now_ms();
    let count = || std::fs::read_dir(&folder).unwrap().count();
    // asked for again later, it stays for as long as that address lives
    scene.server.execute(&format!("UPDATE exports SET asked_at_ms = {}", now + 7_200_000)).await;
    scene.clock.stop_at(now + 7_200_000);
    while count() > 1 {
        scene.ask(&format!("{}/healthz", scene.server.client.api), &[]).await;
    }
    assert_eq!(scene.server.count("exports").await, 1);
    scene.clock.stop_at(now + 7_200_000 + 3_660_000 + 1000);
    while count() > 0 {
        scene.ask(&format!("{}/healthz", scene.server.client.api), &[]).await;
    }
    assert_eq!(scene.server.count("exports").await, 0);
    scene.clock.stop_at(0);
    assert_eq!(scene.export("&format=tar.gz").await["sha256"], view["sha256"]);
}
on_both!(exports_that_nobody_asks_for_are_removed, swept);
