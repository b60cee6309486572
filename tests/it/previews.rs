//! Previews: files straight from the artifact, on a listener of their own.

use super::support::project::site;
use super::support::{Kind, TestServer};
use reqwest::{Response, StatusCode};
use serde_json::json;

fn header(response: &Response, name: &str) -> String {
    response.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}

#[tokio::test]
async fn a_preview_serves_its_files_as_a_web_server_would() {
    let server = TestServer::start(Kind::Sqlite).await;
    let mut start = site("u");
    start["templateFiles"]["sub/index.html"] = json!("<p>sub");
    start["templateFiles"]["app.js"] = json!("//");
    let build = server.client.start(&start).await;
    let end = server.client.events(&build).await.pop().unwrap();
    let (http, base) = (&server.client.http, end["preview_url"].as_str().unwrap().to_owned());
    let page = http.get(&base).send().await.unwrap();
    assert_eq!((page.status(), header(&page, "content-type").as_str()), (StatusCode::OK, "text/html; charset=utf-8"));
    let etag = header(&page, "etag");
    assert!(page.text().await.unwrap().contains("<h1>hello"));
    assert_eq!(http.get(&base).header("if-none-match", &etag).send().await.unwrap().status(), StatusCode::NOT_MODIFIED);
    // the variant compressed beforehand, for whoever takes it
    let css = http.get(format!("{base}style.css")).header("accept-encoding", "br, gzip").send().await.unwrap();
    assert_eq!((header(&css, "content-encoding").as_str(), header(&css, "vary").as_str()), ("gzip", "accept-encoding"));
    assert_eq!(css.bytes().await.unwrap()[..2], [0x1f, 0x8b]);
    let plain = http.get(format!("{base}style.css")).header("accept-encoding", "gzip;q=0").send().await.unwrap();
    assert_eq!(header(&plain, "content-encoding"), "");
    let part = http.get(format!("{base}style.css")).header("range", "bytes=0-3").send().await.unwrap();
    assert_eq!((part.status(), header(&part, "content-range").as_str()), (StatusCode::PARTIAL_CONTENT, "bytes 0-3/2100"));
    assert_eq!(part.text().await.unwrap(), "body");
    assert_eq!(http.get(format!("{base}style.css")).header("range", "bytes=9999-").send().await.unwrap().status(), StatusCode::RANGE_NOT_SATISFIABLE);
    // a part of another version is worth nothing
    let other = http.get(format!("{base}style.css")).header("range", "bytes=0-3").header("if-range", "\"other\"").send().await.unwrap();
    assert_eq!(other.status(), StatusCode::OK);
    // folders
    let folder = http.get(format!("{base}sub")).send().await.unwrap();
    assert_eq!(folder.status(), StatusCode::TEMPORARY_REDIRECT);
    assert!(header(&folder, "location").ends_with("/sub/"));
    assert_eq!(http.get(format!("{base}sub/")).send().await.unwrap().text().await.unwrap(), "<p>sub");
    // the version's own address, and a page that thinks it is at the root
    let fixed = format!("{}/v/{}/index.html", server.client.preview, end["params"]["versionId"].as_str().unwrap());
    assert_eq!(http.get(fixed).send().await.unwrap().status(), StatusCode::OK);
    let rooted = http.get(format!("{}/app.js", server.client.preview)).header("referer", &base).send().await.unwrap();
    assert_eq!((rooted.status(), header(&rooted, "location")), (StatusCode::TEMPORARY_REDIRECT, format!("/p/{}/app.js", build["projectId"].as_str().unwrap())));
}

#[tokio::test]
async fn nothing_but_the_output_can_be_read() {
    let server = TestServer::start(Kind::Sqlite).await;
    let mut start = site("u");
    start["templateFiles"][".env"] = json!("SECRET=1");
    start["templateFiles"]["package.json"] = json!("{}");
    let build = server.client.start(&start).await;
    let base = server.client.events(&build).await.pop().unwrap()["preview_url"].as_str().unwrap().to_owned();
    for path in [".env", "package.json", "nope.html", "..%2fsource%2f.env", "%2e%2e/source/.env", "source/.env"] {
        let response = server.client.http.get(format!("{base}{path}")).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(response.json::<serde_json::Value>().await.unwrap()["code"], "NOT_FOUND");
    }
    for path in ["/p/nope/", "/v/nope/", "/", "/app.js"] {
        assert_eq!(server.client.http.get(format!("{}{path}", server.client.preview)).send().await.unwrap().status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_client_that_does_not_read_is_dropped_and_one_that_reads_slowly_is_not() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let server = TestServer::start_with(Kind::Sqlite, &[("BUILDCAST_STREAM_STALL_SECONDS", "0.5")]).await;
    let mut start = site("u");
    // larger than what the kernel takes on both sides
    let large = 24 << 20;
    start["templateFiles"]["large.bin"] = json!("x".repeat(large));
    let build = server.client.start(&start).await;
    server.client.events(&build).await;
    let open = async || {
        let address = server.client.preview.trim_start_matches("http://").to_owned();
        let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
        let request = format!("GET /p/{}/large.bin HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", build["projectId"].as_str().unwrap());
        socket.write_all(request.as_bytes()).await.unwrap();
        socket
    };
    let (mut deaf, mut slow) = (open().await, open().await);
    let mut got = 0;
    let mut buffer = vec![0; 1 << 20];
    while let Ok(read @ 1..) = slow.read(&mut buffer).await {
        got += read;
        // a little at a time, for longer than a deaf one would be kept
        tokio::time::sleep(std::time::Duration::from_millis(40)).await;
    }
    assert!(got > large, "a slow reader got {got} bytes");
    let mut rest = vec![];
    // reset or ended early: either way not the whole
    let _ = deaf.read_to_end(&mut rest).await;
    assert!(rest.len() < large, "a deaf client was served {} bytes", rest.len());
}

#[tokio::test]
async fn a_projects_own_gz_file_is_not_taken_for_a_variant() {
    let server = TestServer::start(Kind::Sqlite).await;
    let mut start = site("u");
    start["templateFiles"]["style.css.gz"] = json!("this is no gzip of the style, though it is long enough");
    let build = server.client.start(&start).await;
    let base = server.client.events(&build).await.pop().unwrap()["preview_url"].as_str().unwrap().to_owned();
    let css = server.client.http.get(format!("{base}style.css")).header("accept-encoding", "gzip").send().await.unwrap();
    assert_eq!(header(&css, "content-encoding"), "");
    assert!(css.text().await.unwrap().starts_with("body"));
}

#[tokio::test]
async fn an_etag_holds_versions_apart_even_where_a_checksum_would_not() {
    let server = TestServer::start(Kind::Sqlite).await;
    let mut start = site("u");
    let first = server.client.start(&start).await;
    let base = server.client.events(&first).await.pop().unwrap()["preview_url"].as_str().unwrap().to_owned();
    let etag = async || header(&server.client.http.get(format!("{base}style.css")).send().await.unwrap(), "etag");
    let before = etag().await;
    // the same style, and so the same checksum and size, in another version
    start["projectId"] = first["projectId"].clone();
    start["templateFiles"]["index.html"] = json!("<p>another");
    let second = server.client.start(&start).await;
    server.client.events(&second).await;
    let after = etag().await;
    assert!(!before.is_empty() && before != after);
    assert_eq!(before.split('-').nth(1), after.split('-').nth(1), "the checksum is the same");
}

#[tokio::test]
async fn a_preview_of_what_is_no_archive_any_more_is_not_there() {
    let server = TestServer::start(Kind::Sqlite).await;
    let build = server.client.start(&site("u")).await;
    let end = server.client.events(&build).await.pop().unwrap();
    let (project, version) = (build["projectId"].as_str().unwrap(), end["params"]["versionId"].as_str().unwrap());
    std::fs::write(server.folder.path().join(format!("artifacts/artifacts/{project}/{version}.zip")), "junk").unwrap();
    for path in [format!("/p/{project}/"), format!("/v/{version}/")] {
        let response = server.client.http.get(format!("{}{path}", server.client.preview)).send().await.unwrap();
        // it is no fault that could pass
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(response.json::<serde_json::Value>().await.unwrap()["params"]["resource"], "artifact");
    }
}

#[tokio::test]
async fn a_preview_whose_artifact_is_missing_is_not_there_and_counted() {
    let server = TestServer::start(Kind::Sqlite).await;
    let (project, version) = server.client.deploy(&site("u")).await;
    std::fs::remove_file(server.folder.path().join(format!("artifacts/artifacts/{project}/{version}.zip"))).unwrap();
    let look = async || server.client.http.get(format!("{}/p/{project}/", server.client.preview)).send().await.unwrap().status();
    let metrics = async || server.client.http.get(format!("{}/metrics", server.client.api)).send().await.unwrap().text().await.unwrap();
    assert!(metrics().await.contains("artifact_availability_checks{result=\"missing\"} 0\n"));
    assert_eq!(look().await, StatusCode::NOT_FOUND);
    server.execute("UPDATE versions SET artifact_gone = 'missing'").await;
    assert_eq!(look().await, StatusCode::NOT_FOUND);
    assert!(metrics().await.contains("artifact_availability_checks{result=\"missing\"} 2\n"));
    server.execute("UPDATE versions SET artifact_gone = 'expired'").await;
    assert_eq!(look().await, StatusCode::NOT_FOUND);
    assert!(metrics().await.contains("artifact_availability_checks{result=\"expired\"} 1\n"));
}
