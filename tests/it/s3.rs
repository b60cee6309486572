//! Artifacts in a bucket of S3: a private server stands for it.

use super::support::project::site;
use super::support::s3::{BUCKET, KEY_ID, S3, SECRET_KEY, aws_accepts};
use super::support::{Kind, TestServer, on_both};
use buildcast::artifacts::s3::S3Settings;
use buildcast::artifacts::{ArtifactError, ArtifactStore, StoredObject};
use futures_util::TryStreamExt;
use reqwest::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

fn store(s3: &S3, folder: &std::path::Path, cache_bytes_max: u64) -> ArtifactStore {
    let settings = S3Settings {
        bucket: BUCKET.into(),
        within: "some/folder".into(),
        region: "us-east-1".into(),
        endpoint: Some(s3.url()),
        access_key_id: KEY_ID.into(),
        secret_access_key: SECRET_KEY.into(),
        session_token: None,
    };
    ArtifactStore::s3(settings, folder, cache_bytes_max).unwrap()
}

/// A server that keeps its artifacts there.
async fn server(kind: Kind, s3: &S3, extra: &[(&str, &str)]) -> TestServer {
    let settings = s3.settings();
    let all: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(extra.iter().copied()).collect();
    TestServer::start_with(kind, &all).await
}

async fn export(server: &TestServer, build: &Value, format: &str) -> Value {
    let path = format!("/v1/projects/{}/export?userId=u&format={format}", build["projectId"].as_str().unwrap());
    let (status, view) = server.client.get(&path).await;
    assert_eq!(status, StatusCode::OK, "{view}");
    view
}

async fn built(kind: Kind) {
    let s3 = S3::start().await;
    let server = server(kind, &s3, &[]).await;
    let mut start = site("u");
    start["name"] = json!("\u{e9}t\u{e9}");
    // more than a part of an upload, and not to be compressed
    let mut random = vec![0; 6 << 20];
    getrandom::fill(&mut random).unwrap();
    start["templateFiles"]["noise.bin"] = json!({"content": base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &random), "encoding": "base64"});
    let build = server.client.start(&start).await;
    let end = server.client.events(&build).await.pop().unwrap();
    assert_eq!(end["code"], "BUILD_COMPLETED", "{end}");
    let preview = end["preview_url"].as_str().unwrap();
    let http = &server.client.http;
    assert_eq!(http.get(format!("{preview}noise.bin")).send().await.unwrap().bytes().await.unwrap(), random);
    assert_eq!(server.files_in("artifacts"), Vec::<String>::new(), "the folder of a store that is not used");
    for (format, name) in [("zip", "\u{e9}t\u{e9}-1.0.0.zip"), ("tar.gz", "\u{e9}t\u{e9}-1.0.0.tar.gz")] {
        let view = export(&server, &build, format).await;
        assert_eq!(view["fileName"], name);
        let (url, total) = (view["downloadUrl"].as_str().unwrap(), view["size"].as_u64().unwrap());
        assert!(url.starts_with(&format!("{}/{BUCKET}/some/folder/", s3.url())) && total > random.len() as u64, "{view}");
        // the server of these tests does not read it, S3 does
        let query: BTreeMap<String, String> = form_urlencoded::parse(url.split_once('?').unwrap().1.as_bytes()).into_owned().collect();
        let named = &query["response-content-disposition"];
        assert!(named.ends_with(&format!("filename*=UTF-8''{}", name.replace('\u{e9}', "%C3%A9"))), "{named}");
        // broken off, and resumed
        let cut = total / 2;
        let first = http.get(url).header("range", format!("bytes=0-{}", cut - 1)).send().await.unwrap();
        assert_eq!(first.status(), StatusCode::PARTIAL_CONTENT);
        let mut whole = first.bytes().await.unwrap().to_vec();
        let rest = http.get(url).header("range", format!("bytes={cut}-")).send().await.unwrap();
        assert_eq!(rest.status(), StatusCode::PARTIAL_CONTENT);
        whole.extend(rest.bytes().await.unwrap());
        assert_eq!((whole.len() as u64, json!(hex::encode(Sha256::digest(&whole)))), (total, view["sha256"].clone()));
    }
    // a second build has to unpack the project's last source
    start = json!({"userId": "u", "projectId": build["projectId"], "templateFiles": {"index.html": "<p>two"}});
    let second = server.client.start(&start).await;
    assert_eq!(server.client.events(&second).await.pop().unwrap()["code"], "BUILD_COMPLETED");
    assert_eq!(http.get(preview).send().await.unwrap().text().await.unwrap(), "<p>two");
}
on_both!(a_project_is_built_previewed_and_downloaded, built);

#[tokio::test]
async fn an_address_of_the_store_is_good_until_its_second_and_for_nothing_else() {
    let s3 = S3::start().await;
    let server = server(Kind::Sqlite, &s3, &[("BUILDCAST_DOWNLOAD_URL_SECONDS", "60")]).await;
    let build = server.client.start(&site("u")).await;
    server.client.events(&build).await;
    let view = export(&server, &build, "zip").await;
    let (url, expires) = (view["downloadUrl"].as_str().unwrap(), view["expiresAt"].as_str().unwrap());
    let expires = chrono::DateTime::parse_from_rfc3339(expires).unwrap().timestamp();
    assert!(aws_accepts(url, expires) && !aws_accepts(url, expires + 1));
    let begin = s3.url().len() + 1;
    for at in begin..url.len() {
        for other in ['A', 'a', '0', '-', '&', '%'].into_iter().filter(|other| !url[at..].starts_with(*other)) {
            let changed = format!("{}{other}{}", &url[..at], &url[at + 1..]);
            assert!(!aws_accepts(&changed, expires), "{changed}");
        }
    }
    assert!(!url.contains(SECRET_KEY));
}

#[tokio::test]
async fn what_a_folder_does_a_bucket_does() {
    let (s3, folder) = (S3::start().await, tempfile::tempdir().unwrap());
    let store = store(&s3, folder.path(), 1 << 20);
    store.ping().await.unwrap();
    assert_eq!(store.list("artifacts").try_collect::<Vec<_>>().await.unwrap(), []);
    store.put("artifacts/p/v.zip", b"four".to_vec()).await.unwrap();
    store.put("sources/s.zip", b"".to_vec()).await.unwrap();
    let found: Vec<StoredObject> = store.list("artifacts").try_collect().await.unwrap();
    assert_eq!((found.len(), found[0].key.as_str(), found[0].bytes), (1, "artifacts/p/v.zip", 4));
    assert!(found[0].modified_ms > 1_700_000_000_000);
    assert_eq!((store.exists("sources/s.zip").await.unwrap(), store.size("artifacts/p/v.zip").await.unwrap()), (true, 4));
    // more than a page of a list
    for n in 0..1100 {
        store.put(&format!("many/{n}"), vec![]).await.unwrap();
    }
    assert_eq!(store.list("many").try_collect::<Vec<_>>().await.unwrap().len(), 1100);
    // a file of three parts, and one that is given up
    let (file, mut content) = (folder.path().join("file"), vec![7; 11 << 20]);
    content[0] = 1;
    std::fs::write(&file, &content).unwrap();
    let mut upload = store.upload("artifacts/p/large.zip", &file).await.unwrap();
    let mut steps = vec![];
    while let Some(step) = upload.next_part().await.unwrap() {
        steps.push(step);
    }
    assert!(!store.exists("artifacts/p/large.zip").await.unwrap(), "not before it is whole");
    upload.finish().await.unwrap();
    assert_eq!(steps, [5 << 20, 10 << 20, 11 << 20]);
    // larger than the cache: there for its reader, and no longer
    let copy = store.fetch("artifacts/p/large.zip").await.unwrap();
    assert_eq!(std::fs::read(&copy).unwrap(), content);
    let path = copy.to_path_buf();
    drop(copy);
    assert!(!path.exists());
    let kept = store.fetch("artifacts/p/v.zip").await.unwrap().to_path_buf();
    assert_eq!(std::fs::read(&kept).unwrap(), b"four");
    store.delete("artifacts/p/v.zip").await.unwrap();
    store.delete("artifacts/p/v.zip").await.unwrap();
    assert!(!kept.exists() && !store.exists("artifacts/p/v.zip").await.unwrap());
    assert!(matches!(store.fetch("artifacts/p/v.zip").await, Err(ArtifactError::Missing(_))));
}

#[tokio::test]
async fn an_upload_that_is_given_up_leaves_no_parts() {
    let (s3, folder) = (S3::start().await, tempfile::tempdir().unwrap());
    let store = store(&s3, folder.path(), 0);
    let file = folder.path().join("file");
    std::fs::write(&file, vec![7; 11 << 20]).unwrap();
    let mut upload = store.upload("artifacts/p/v.zip", &file).await.unwrap();
    upload.next_part().await.unwrap();
    let uploads = async || reqwest::get(format!("{}/{BUCKET}?uploads", s3.url())).await.unwrap().text().await.unwrap().matches("<UploadId>").count();
    assert_eq!(uploads().await, 1);
    drop(upload);
    while uploads().await > 0 {}
}

#[tokio::test]
async fn a_store_that_is_away_is_a_fault_that_passes() {
    let mut s3 = S3::start().await;
    let server = server(Kind::Sqlite, &s3, &[]).await;
    let build = server.client.start(&site("u")).await;
    server.client.events(&build).await;
    let waiting = server.client.start(&super::support::project::scripted("u", "sleep 2 && mkdir dist && echo x > dist/index.html")).await;
    let mut events = super::support::client::Events::of(server.client.open(&waiting, None).await);
    while events.next_event().await.expect("a compile step").json()["code"] != "BUILD_COMPILING" {}
    s3.stop();
    let (status, error) = server.client.get(&format!("/v1/projects/{}/export?userId=u", build["projectId"].as_str().unwrap())).await;
    assert_eq!((status.as_u16(), &error["code"]), (503, &json!("SERVICE_UNAVAILABLE")));
    assert_eq!(server.client.post("/v1/builds", &site("v")).await.0, 503);
    let end = server.client.events(&waiting).await.pop().unwrap();
    assert_eq!((&end["code"], &end["params"]["reason"], &end["params"]["recoverable"]), (&json!("BUILD_FAILED"), &json!("storage_unavailable"), &json!(true)));
}
