//! A rollback that was tried too often, by workers that died in the worst moment.

use super::refusals::{artifacts, stopped};
use super::{begin, request, tree, two_versions, work};
use crate::support::{Kind, TestServer, on_both};
use buildcast::app;
use buildcast::service::clock::SystemClock;
use serde_json::json;
use std::sync::Arc;

/// The new files were in place each time, and no worker lived to say so: the fourth puts the old ones back.
async fn exhausted(kind: Kind) {
    let server = TestServer::start(kind).await;
    let (old, new) = (tree::of("old", 5), tree::of("new", 7));
    let (project_id, first, second) = two_versions(&server, &old, &new).await;
    server.client.events(&begin(&server, &project_id, &second).await).await;
    assert_eq!(work(server.folder.path(), &project_id), new);
    let idle = TestServer::node(&server.database_url, &[("BUILDCAST_NODE_ROLE", "api"), ("BUILDCAST_ARTIFACTS", &artifacts(&server))]).await;
    let server = stopped(server).await;
    let (_, job) = idle.client.post("/v1/versions/rollback", &request(&project_id, &first)).await;
    let job_id = job["jobId"].as_str().unwrap();
    server.execute(&format!("UPDATE jobs SET attempts = 3 WHERE build_id = '{job_id}'")).await;
    // what three workers left
    let folder = server.folder.path().join("projects").join(&project_id);
    std::fs::remove_dir_all(folder.join("work")).unwrap();
    for (path, text) in &old {
        let path = folder.join("work").join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    std::fs::write(folder.join("version"), job["rollbackVersionId"].as_str().unwrap()).unwrap();
    let config = crate::support::server::config(server.folder.path(), &server.database_url, &[]);
    let running = app::start(&config, Arc::new(SystemClock)).await.unwrap();
    let watched = json!({"buildId": job_id, "streamToken": job["streamToken"]});
    let end = idle.client.events(&watched).await.pop().unwrap();
    assert_eq!(
        (&end["code"], &end["params"]["reason"], &end["params"]["recoverable"]),
        (&json!("ROLLBACK_FAILED"), &json!("attempts_exhausted"), &json!(true))
    );
    assert_eq!(work(server.folder.path(), &project_id), new);
    assert_eq!(std::fs::read_dir(server.folder.path().join("scratch")).unwrap().count(), 0);
    running.stop().await;
}
on_both!(a_rollback_that_was_tried_too_often_leaves_the_old_files, exhausted);

/// A time-out in the middle leaves nothing unpacked, and says what was asked for; a history that can't be written is begun anew.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_unpacked_in_vain_is_removed_and_a_damaged_history_is_put_aside() {
    let mut server = TestServer::start(Kind::Sqlite).await;
    let (old, new) = (tree::of("old", 4000), tree::of("new", 3));
    let (project_id, first, second) = two_versions(&server, &old, &new).await;
    server.client.events(&begin(&server, &project_id, &second).await).await;
    let folder = server.folder.path().join("projects").join(&project_id);
    let names = || {
        let mut names: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    server.running.take().unwrap().stop().await;
    let restarted = async |extra: &[(&str, &str)]| {
        let config = crate::support::server::config(server.folder.path(), &server.database_url, extra);
        let running = app::start(&config, Arc::new(SystemClock)).await.unwrap();
        (crate::support::Client::new(running.api.unwrap(), running.preview.unwrap()), running)
    };
    let (client, running) = restarted(&[("MAX_ROLLBACK_DURATION_SECONDS", "0.01")]).await;
    let (_, mut job) = client.post("/v1/versions/rollback", &request(&project_id, &first)).await;
    job["buildId"] = job["jobId"].clone();
    let end = client.events(&job).await.pop().unwrap();
    assert_eq!((&end["params"]["reason"], &end["params"]["targetVersionId"]), (&json!("timed_out"), &json!(first)), "{end}");
    assert_eq!(names(), ["history.git", "version", "work"]);
    assert_eq!(work(server.folder.path(), &project_id), new);
    running.stop().await;
    std::fs::remove_dir_all(folder.join("history.git/objects")).unwrap();
    let (client, running) = restarted(&[]).await;
    let (_, mut job) = client.post("/v1/versions/rollback", &request(&project_id, &first)).await;
    job["buildId"] = job["jobId"].clone();
    assert_eq!(client.events(&job).await.pop().unwrap()["code"], "ROLLBACK_COMPLETED");
    assert_eq!(names(), ["history-damaged.git", "history.git", "version", "work"]);
    assert_eq!(work(server.folder.path(), &project_id), old);
    running.stop().await;
}
