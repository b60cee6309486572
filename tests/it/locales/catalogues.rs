//! `/v1/locales`: the list, and the files that server and browser share.

use super::*;
use buildcast::domain::catalogue::Catalogues;
use reqwest::header::HeaderMap;
use serde_json::json;
use std::io::Read;

const MESSAGES: &str = "/v1/locales/ar/messages.ftl";

async fn get(server: &TestServer, path: &str) -> (u16, HeaderMap, String) {
    let response = server.client.bare(Method::GET, path).send().await.unwrap();
    (response.status().as_u16(), response.headers().clone(), response.text().await.unwrap())
}

#[tokio::test]
async fn the_list_names_each_language_in_itself_and_its_direction() {
    let server = TestServer::start(Kind::Sqlite).await;
    let (status, _, body) = get(&server, "/v1/locales").await;
    let listed: Value = serde_json::from_str(&body).unwrap();
    let names = [("en", "English"), ("ar", "العربية"), ("fr", "Français"), ("es", "Español"), ("de", "Deutsch")];
    let locales: Vec<Value> =
        names.iter().map(|(locale, name)| json!({"locale": locale, "name": name, "direction": if *locale == "ar" { "rtl" } else { "ltr" }})).collect();
    assert_eq!((status, listed), (200, json!({"default": "en", "locales": locales})));
}

#[tokio::test]
async fn a_catalogue_is_its_file_with_a_strong_tag() {
    let server = TestServer::start(Kind::Sqlite).await;
    let (status, headers, body) = get(&server, MESSAGES).await;
    assert_eq!((status, body), (200, std::fs::read_to_string("locales/ar.ftl").unwrap()));
    assert_eq!((&headers["content-type"], &headers["content-language"]), (&"text/plain; charset=utf-8".parse().unwrap(), &"ar".parse().unwrap()));
    assert_eq!(headers["cache-control"], "public, max-age=300");
    let tag = headers["etag"].to_str().unwrap().to_owned();
    assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() > 20, "{tag}");
    assert_ne!(get(&server, "/v1/locales/de/messages.ftl").await.1["etag"], tag.as_str());

    for (shown, expected) in [(tag.clone(), 304), (format!("\"x\", {tag}"), 304), (format!("W/{tag}"), 304), ("*".into(), 304), ("\"x\"".into(), 200)] {
        let response = server.client.bare(Method::GET, MESSAGES).header("if-none-match", &shown).send().await.unwrap();
        assert_eq!((response.status().as_u16(), response.headers()["etag"].to_str().unwrap()), (expected, tag.as_str()), "{shown}");
        assert_eq!(response.text().await.unwrap().is_empty(), expected == 304, "{shown}");
    }
    let head = server.client.bare(Method::HEAD, MESSAGES).send().await.unwrap();
    assert_eq!((head.status().as_u16(), &head.headers()["etag"]), (200, &tag.parse().unwrap()));
    assert_eq!(head.headers()["content-type"], "text/plain; charset=utf-8");
    assert_eq!(head.text().await.unwrap(), "");
}

#[tokio::test]
async fn a_catalogue_goes_out_packed_where_it_is_taken_with_a_tag_of_its_own() {
    let server = TestServer::start(Kind::Sqlite).await;
    let ask = |accepted: &'static str| server.client.bare(Method::GET, MESSAGES).header("accept-encoding", accepted);
    let plain = ask("identity").send().await.unwrap();
    let packed = ask("gzip, br").send().await.unwrap();
    assert_eq!((&packed.headers()["content-encoding"], &packed.headers()["vary"]), (&"gzip".parse().unwrap(), &"accept-encoding".parse().unwrap()));
    assert!(!plain.headers().contains_key("content-encoding") && plain.headers()["vary"] == "accept-encoding");
    let tag = packed.headers()["etag"].clone();
    assert_ne!(tag, plain.headers()["etag"]);
    let bytes = packed.bytes().await.unwrap();
    assert!(bytes.len() * 3 < 45_000, "{}", bytes.len());
    let mut text = String::new();
    flate2::read::GzDecoder::new(bytes.as_ref()).read_to_string(&mut text).unwrap();
    assert_eq!(text, plain.text().await.unwrap());
    assert_eq!(ask("gzip").header("if-none-match", &tag).send().await.unwrap().status(), 304);
    // a cache that has the packed one has not what is asked for here
    assert_eq!(ask("identity").header("if-none-match", &tag).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_locale_that_is_not_there_is_told_so_and_not_echoed() {
    let server = TestServer::start(Kind::Sqlite).await;
    for odd in ["tlh", "AR", "ar-EG", "..", "%2e%2e%2fen", "en.ftl", "%00"] {
        let (status, headers, body) = get(&server, &format!("/v1/locales/{odd}/messages.ftl?locale=de")).await;
        assert_eq!((status, &headers["content-language"]), (404, &"de".parse().unwrap()), "{odd}: {body}");
        let error: Value = serde_json::from_str(&body).unwrap();
        assert_eq!((&error["code"], error["requestId"].is_string()), (&json!("NOT_FOUND"), true), "{odd}");
        assert!(odd.len() < 3 || !body.contains(odd), "{body}");
    }
    let posted = server.client.bare(Method::POST, MESSAGES).send().await.unwrap();
    assert_eq!((posted.status().as_u16(), &posted.headers()["allow"]), (405, &"GET, HEAD".parse().unwrap()));
}

#[tokio::test]
async fn anybody_may_ask_as_often_as_they_like_from_a_listed_page_too() {
    let server = TestServer::start_with(Kind::Sqlite, &[("BUILDCAST_RATE_PER_MINUTE", "2"), ("BUILDCAST_CORS_ORIGINS", "https://app.example.com")]).await;
    for _ in 0..20 {
        for path in ["/v1/locales", MESSAGES] {
            let response = server.client.bare(Method::GET, path).header("origin", "https://app.example.com").send().await.unwrap();
            assert_eq!((response.status().as_u16(), &response.headers()["x-ratelimit-remaining"]), (200, &"2".parse().unwrap()), "{path}");
            assert_eq!(response.headers()["access-control-allow-origin"], "https://app.example.com");
        }
    }
}

/// The words after these in a text of code.
fn words_after<'a>(code: &'a str, markers: &'a [&str]) -> impl Iterator<Item = &'a str> {
    let after = |marker: &&str| code.split(*marker).skip(1).filter_map(|rest| rest.split('"').next()).collect::<Vec<_>>();
    markers.iter().flat_map(after).filter(|word| word.len() > 3 && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
}

#[test]
fn every_reason_that_the_engine_gives_has_a_text() {
    let mut folders = vec![std::path::PathBuf::from("src/engine"), "src/service".into()];
    let mut words = std::collections::BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
                continue;
            }
            let code = std::fs::read_to_string(entry.path()).unwrap();
            let markers = ["StepError::because(\"", "StepError::fault(\"", "Self::fault(\"", "reason: \"", "reason: Some(\""];
            words.extend(words_after(&code, &markers).map(str::to_owned));
            if entry.path().ends_with("generator/failure.rs") {
                words.extend(words_after(&code, &["=> (\""]).map(str::to_owned));
            }
            if entry.path().ends_with("engine/limits.rs") {
                words.extend(words_after(&code, &["=> \""]).map(str::to_owned));
            }
        }
    }
    // each of them stands in the list for people, too
    let listed = std::fs::read_to_string("docs/errors.md").unwrap();
    let rows = listed.split("| reason | of | recoverable |").nth(1).unwrap().lines().skip(2).take_while(|line| line.starts_with('|'));
    words.extend(rows.flat_map(|row| row.split('|').nth(1).unwrap().split('`').skip(1).step_by(2)).map(str::to_owned));
    assert!(words.len() > 20, "{words:?}");
    let lacking: Vec<_> = words.iter().filter(|word| text("en", &format!("page-reason-{word}"), &json!({})).starts_with("page-")).collect();
    assert!(lacking.is_empty(), "no text in locales/*.ftl: {lacking:?}");
}

/// A reader that was served files of which one lacks a message, as a page of an older or a newer version is.
#[tokio::test]
async fn what_a_served_catalogue_lacks_is_read_in_the_default_one_message_by_message() {
    let server = TestServer::start(Kind::Sqlite).await;
    let (english, arabic) = (get(&server, "/v1/locales/en/messages.ftl").await.2, get(&server, MESSAGES).await.2);
    let without: String = arabic.lines().filter(|line| !line.starts_with("BUILD_COMPILING")).map(|line| format!("{line}\n")).collect();
    let reader = Catalogues::new(&[("en", &english), ("ar", &without)]).unwrap();
    let build = server.client.start(&super::super::support::project::scripted("u", "mkdir dist && echo hi > dist/index.html")).await;
    let mut fell_back = 0;
    for event in server.client.events(&build).await {
        let code = event["code"].as_str().unwrap();
        let locale = if code == "BUILD_COMPILING" { "en" } else { "ar" };
        fell_back += usize::from(locale == "en");
        assert_eq!(reader.message("ar", code, &event["params"]), Some(text(locale, code, &event["params"])), "{code}");
    }
    assert_eq!(fell_back, 1);
}
