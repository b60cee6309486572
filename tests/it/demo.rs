//! The page's own door, in development only.

use super::support::client::answer;
use super::support::project::site;
use super::support::{Kind, TestServer};
use reqwest::Method;

#[tokio::test]
async fn the_page_starts_builds_without_knowing_the_secret() {
    let server = TestServer::start(Kind::Sqlite).await;
    let post = |body: String| server.client.bare(Method::POST, "/demo/v1/builds").header("content-type", "application/json").body(body);
    let own = post(site("demo").to_string()).header("origin", &server.client.api).header("sec-fetch-site", "same-origin");
    let (status, build) = answer(own.send().await.unwrap()).await;
    assert_eq!(status, 202, "{build}");
    assert_eq!(server.client.events(&build).await.last().unwrap()["code"], "BUILD_COMPLETED");
    assert_eq!(answer(server.client.bare(Method::GET, "/demo/session").send().await.unwrap()).await.1["environment"], "development");
}

#[tokio::test]
async fn no_other_site_gets_a_signature() {
    let server = TestServer::start(Kind::Sqlite).await;
    let cases = [("origin", "http://evil.example"), ("sec-fetch-site", "cross-site"), ("host", "evil.example:8080"), ("x-forwarded-for", "192.0.2.2")];
    for (name, value) in cases {
        let request = server.client.bare(Method::POST, "/demo/v1/builds").header("content-type", "application/json").body(site("demo").to_string());
        assert_eq!(request.header(name, value).send().await.unwrap().status(), 403, "{name}: {value}");
    }
    assert_eq!(server.count("builds").await, 0);
    // who the page is, it tells nobody else either
    let asked = server.client.bare(Method::GET, "/demo/session").header("host", "192.0.2.2:8080").send().await.unwrap();
    assert_eq!(asked.status(), 403);
}

#[tokio::test]
async fn production_has_no_such_door() {
    let server = TestServer::start_with(Kind::Sqlite, &[("BUILDCAST_ENV", "production"), ("BUILDCAST_SANDBOX", "none")]).await;
    for path in ["/demo/session", "/demo/v1/builds"] {
        assert_eq!(server.client.bare(Method::GET, path).send().await.unwrap().status(), 404, "{path}");
    }
}
