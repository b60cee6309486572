//! Exports and downloads: who gets an address, what it is good for, and the file behind it.

mod exports;
mod unavailable;

use super::support::clock::TestClock;
use super::support::process::ServerProcess;
use super::support::project::site;
use super::support::server::SECRET;
use super::support::{Kind, TestServer, on_both};
use reqwest::header::HeaderMap;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Arc;

/// A server with a version.
struct Scene {
    server: TestServer,
    clock: TestClock,
    project: String,
    version: String,
}

impl Scene {
    async fn start(kind: Kind, extra: &[(&str, &str)]) -> Self {
        let clock = TestClock::default();
        let server = TestServer::start_at(kind, extra, Arc::new(clock.clone())).await;
        let mut start = site("u");
        start["name"] = json!("Caf\u{e9} \"1\"");
        let build = server.client.start(&start).await;
        let events = server.client.events(&build).await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self { project: text(&build["projectId"]), version: text(&events.last().unwrap()["params"]["versionId"]), server, clock }
    }

    fn paths(&self) -> [String; 2] {
        [format!("/v1/projects/{}/export", self.project), format!("/v1/versions/{}/download", self.version)]
    }

    async fn export(&self, query: &str) -> Value {
        let (status, view) = self.server.client.get(&format!("{}?userId=u{query}", self.paths()[0])).await;
        assert_eq!(status, StatusCode::OK, "{view}");
        view
    }

    async fn ask(&self, url: &str, headers: &[(&str, &str)]) -> Response {
        headers.iter().fold(self.server.client.http.get(url), |request, (name, value)| request.header(*name, *value)).send().await.unwrap()
    }

    /// What both operations say to the version as it is now.
    async fn refusal(&self) -> Vec<(u16, Value)> {
        let mut said = vec![];
        for path in self.paths() {
            let (status, error) = self.server.client.get(&format!("{path}?userId=u")).await;
            said.push((status.as_u16(), error["params"].clone()));
        }
        said
    }

    fn artifact(&self) -> std::path::PathBuf {
        self.server.folder.path().join(format!("artifacts/artifacts/{}/{}.zip", self.project, self.version))
    }
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
}

fn url(view: &Value) -> &str {
    view["downloadUrl"].as_str().unwrap()
}

/// The files of a zip or a tar.gz by name.
fn files(name: &str, bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    if name.ends_with(".zip") {
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        for index in 0..zip.len() {
            let (mut entry, mut content) = (zip.by_index(index).unwrap(), vec![]);
            entry.read_to_end(&mut content).unwrap();
            found.insert(entry.name().unwrap().into_owned(), content);
        }
    } else {
        let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(bytes));
        for entry in tar.entries().unwrap() {
            let (mut entry, mut content) = (entry.unwrap(), vec![]);
            entry.read_to_end(&mut content).unwrap();
            found.insert(entry.path().unwrap().to_str().unwrap().to_owned(), content);
        }
    }
    found
}

async fn downloaded(kind: Kind) {
    let scene = Scene::start(kind, &[]).await;
    let mut contents = vec![];
    for (query, name, content_type) in [("", "Caf\u{e9} -1-1.0.0.zip", "application/zip"), ("&format=tar.gz", "Caf\u{e9} -1-1.0.0.tar.gz", "application/gzip")]
    {
        let view = scene.export(query).await;
        assert_eq!(view["fileName"], name);
        let response = scene.ask(url(&view), &[]).await;
        let headers = response.headers().clone();
        let expected = [
            ("content-type", content_type),
            ("content-length", &view["size"].to_string()),
            ("etag", &format!("\"{}\"", view["sha256"].as_str().unwrap())),
            ("accept-ranges", "bytes"),
            ("cache-control", "private, no-store"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
        ];
        expected.iter().for_each(|(name, value)| assert_eq!(header(&headers, name), *value, "{name}"));
        let encoded = name.replace('\u{e9}', "%C3%A9").replace(' ', "%20");
        assert_eq!(header(&headers, "content-disposition"), format!("attachment; filename=\"{}\"; filename*=UTF-8''{encoded}", name.replace('\u{e9}', "_")));
        let bytes = response.bytes().await.unwrap();
        assert_eq!(sha256(&bytes), view["sha256"]);
        contents.push(files(name, &bytes));
        let head = scene.server.client.http.head(url(&view)).header("range", "bytes=0-3").send().await.unwrap();
        assert_eq!((head.status(), header(head.headers(), "content-length")), (StatusCode::OK, view["size"].to_string().as_str()));
        assert_eq!(header(head.headers(), "content-disposition"), header(&headers, "content-disposition"));
    }
    assert_eq!(contents[0], contents[1]);
    assert!(contents[0].contains_key("source/index.html") && contents[0].contains_key("output/index.html"));
    // the version by itself is the same file; another user's, or one that is not there, is not found
    let (_, version) = scene.server.client.get(&format!("{}?userId=u&format=zip", scene.paths()[1])).await;
    assert_eq!(version["sha256"], scene.export("").await["sha256"]);
    for path in scene.paths() {
        for (query, status) in [("?userId=v", 404), ("", 400), ("?userId=u&format=rar", 400), ("?userId=u&x=1", 400), ("?userId=u&userId=v", 400)] {
            assert_eq!(scene.server.client.get(&format!("{path}{query}")).await.0, status, "{path}{query}");
        }
    }
    for path in ["/v1/projects/nope/export", "/v1/versions/nope/download", "/v1/versions/..%2f/download"] {
        assert_eq!(scene.server.client.get(&format!("{path}?userId=u")).await.0, 404, "{path}");
    }
}
on_both!(a_project_and_a_version_are_downloaded_as_zip_and_as_tar_gz, downloaded);

#[tokio::test]
async fn an_address_is_good_until_its_second_and_for_nothing_else() {
    let scene = Scene::start(Kind::Sqlite, &[("BUILDCAST_DOWNLOAD_URL_SECONDS", "60")]).await;
    let view = scene.export("").await;
    let expires_ms = chrono::DateTime::parse_from_rfc3339(view["expiresAt"].as_str().unwrap()).unwrap().timestamp_millis();
    assert_eq!(expires_ms % 1000, 0);
    let address = url(&view).to_owned();
    scene.clock.stop_at(expires_ms);
    assert_eq!(scene.ask(&address, &[]).await.status(), StatusCode::OK);
    scene.clock.stop_at(expires_ms + 1);
    let late = scene.ask(&address, &[]).await;
    assert_eq!(late.status(), StatusCode::FORBIDDEN);
    let error: Value = late.json().await.unwrap();
    assert_eq!((&error["code"], &error["params"]), (&json!("FORBIDDEN"), &json!({})));
    assert_eq!(scene.server.client.http.head(&address).send().await.unwrap().status(), StatusCode::FORBIDDEN);
    scene.clock.stop_at(expires_ms);
    // every character of the address, changed
    let begin = scene.server.client.api.len() + 1;
    for at in begin..address.len() {
        let other = if address[at..].starts_with('A') { 'B' } else { 'A' };
        let changed = format!("{}{other}{}", &address[..at], &address[at + 1..]);
        let status = scene.ask(&changed, &[]).await.status().as_u16();
        let fixed = at < begin + "v1/downloads/".len();
        assert!(status == 403 || fixed && [404, 405, 401].contains(&status), "{status} at {at}: {changed}");
    }
    for changed in [format!("{address}A"), format!("{address}%00"), format!("{address}="), address[..address.len() - 1].to_owned()] {
        assert_eq!(scene.ask(&changed, &[]).await.status(), StatusCode::FORBIDDEN, "{changed}");
    }
    // the words of one address under the signature of another
    let other = scene.export("&format=tar.gz").await;
    let (said, signature) = (url(&other).rsplit_once('.').unwrap().0, address.rsplit_once('.').unwrap().1);
    assert_eq!(scene.ask(&format!("{said}.{signature}"), &[]).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(scene.ask(url(&other), &[]).await.status(), StatusCode::OK);
    // an address outlives no file
    std::fs::remove_file(scene.artifact()).unwrap();
    assert_eq!(scene.ask(&address, &[]).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn parts_of_a_file_make_the_whole() {
    let scene = Scene::start(Kind::Sqlite, &[]).await;
    let view = scene.export("").await;
    let (address, total) = (url(&view), view["size"].as_u64().unwrap());
    let etag = format!("\"{}\"", view["sha256"].as_str().unwrap());
    let cut = total / 3;
    let first = scene.ask(address, &[("range", &format!("bytes=0-{}", cut - 1))]).await;
    assert_eq!((first.status(), header(first.headers(), "content-range")), (StatusCode::PARTIAL_CONTENT, format!("bytes 0-{}/{total}", cut - 1).as_str()));
    assert_eq!((header(first.headers(), "content-length"), header(first.headers(), "etag")), (cut.to_string().as_str(), etag.as_str()));
    let mut whole = first.bytes().await.unwrap().to_vec();
    let rest = scene.ask(address, &[("range", &format!("bytes={cut}-")), ("if-range", &etag)]).await;
    assert_eq!(rest.status(), StatusCode::PARTIAL_CONTENT);
    whole.extend(rest.bytes().await.unwrap());
    assert_eq!(sha256(&whole), view["sha256"]);
    let last = scene.ask(address, &[("range", "bytes=-7")]).await;
    assert_eq!(last.bytes().await.unwrap(), whole[whole.len() - 7..]);
    for outside in [format!("bytes={total}-"), "bytes=-0".into()] {
        let response = scene.ask(address, &[("range", &outside)]).await;
        assert_eq!((response.status(), header(response.headers(), "content-range")), (StatusCode::RANGE_NOT_SATISFIABLE, format!("bytes */{total}").as_str()));
        let refused: Value = response.json().await.unwrap();
        assert_eq!((&refused["code"], &refused["params"]["field"]), (&json!("INVALID_INPUT"), &json!("Range")), "{refused}");
    }
    // the whole for who asks for several parts, or for a part of another file
    for headers in
        [[("range", "bytes=0-1,3-4"), ("accept", "*/*")], [("range", "bytes=0-1"), ("if-range", "\"other\"")], [("range", "bytes=5-2"), ("accept", "*/*")]]
    {
        let response = scene.ask(address, &headers).await;
        assert_eq!((response.status(), response.bytes().await.unwrap().len() as u64), (StatusCode::OK, total), "{headers:?}");
    }
    assert_eq!(scene.ask(address, &[("if-none-match", &etag)]).await.status(), StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn a_large_file_is_streamed_and_its_address_is_not_logged() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let extra = [("WORKER_SHARED_SECRET", SECRET), ("BUILDCAST_LOG", "debug")];
    let server = ServerProcess::start_logged(folder.path(), &extra, std::fs::File::create(&log).unwrap());
    let build = server.client.start(&site("u")).await;
    server.client.events(&build).await;
    let project = build["projectId"].as_str().unwrap();
    // larger than what may be in memory
    let artifact = std::fs::read_dir(folder.path().join(format!("artifacts/artifacts/{project}"))).unwrap().next().unwrap().unwrap().path();
    let large = 400_u64 << 20;
    std::fs::File::create(artifact).unwrap().set_len(large).unwrap();
    let (_, view) = server.client.get(&format!("/v1/projects/{project}/export?userId=u")).await;
    let resident = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", server.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
    };
    let before = resident();
    let mut response = server.client.http.get(url(&view)).send().await.unwrap();
    let mut got = 0;
    while let Some(part) = response.chunk().await.unwrap() {
        got += part.len() as u64;
    }
    assert_eq!(got, large);
    assert!(resident() < before + (32 << 20), "{before} bytes at most before, {} after", resident());
    // neither where it leads somewhere, nor where it does not any more
    let ticket = url(&view).rsplit_once('/').unwrap().1;
    assert_eq!(server.client.http.get(format!("{}A", url(&view))).send().await.unwrap().status(), StatusCode::FORBIDDEN);
    let logged = std::fs::read_to_string(log).unwrap();
    assert!(logged.contains("a request was refused") && logged.contains("/v1/downloads/{ticket}"), "{logged}");
    assert!(!logged.contains(&ticket[..40]) && !logged.contains(&ticket[ticket.len() - 20..]), "{logged}");
}
