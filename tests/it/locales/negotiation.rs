//! Which locale a request gets, on every transport; what can't be read is passed over and never echoed.

use super::super::support::project::site;
use super::super::support::socket::Socket;
use super::*;
use serde_json::json;

/// Headers, query, and the locale that they lead to.
type Case = (&'static [(&'static str, &'static str)], &'static str, &'static str);

const CASES: &[Case] = &[
    (&[], "", "en"),
    (&[("x-sheen-locale", "ar"), ("cookie", "locale=de"), ("accept-language", "es")], "locale=fr", "ar"),
    (&[("cookie", "locale=de"), ("accept-language", "es")], "locale=fr", "fr"),
    (&[("cookie", "a=b; locale=de; c=d"), ("accept-language", "es")], "", "de"),
    (&[("accept-language", "es")], "", "es"),
    (&[("x-sheen-locale", "ar-EG")], "", "ar"),
    (&[], "locale=fr-CA", "fr"),
    (&[("cookie", "locale=\"es-MX\"")], "", "es"),
    (&[("x-sheen-locale", "tlh"), ("cookie", "locale=de")], "locale=%3Cscript%3E", "de"),
    (&[("x-sheen-locale", "../../etc/passwd"), ("accept-language", "fr")], "", "fr"),
    (&[("x-sheen-locale", "ar_EG"), ("accept-language", "fr")], "", "fr"),
    (&[("accept-language", "fr;q=0.2, ar-EG;q=0.9, *;q=0.1")], "", "ar"),
    (&[("accept-language", "en;q=0, fr;q=0, *;q=0.5, de;q=0.4")], "", "ar"),
    (&[("accept-language", "xx"), ("accept-language", "es;q=0.5")], "", "es"),
];

fn with(mut request: RequestBuilder, headers: &[(&'static str, &'static str)]) -> RequestBuilder {
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request
}

#[tokio::test]
async fn header_comes_before_query_before_cookie_before_accept_language_on_every_transport() {
    let server = TestServer::start(Kind::Sqlite).await;
    let build = server.client.start(&site("u")).await;
    server.client.events(&build).await;
    for (headers, query, locale) in CASES {
        let path = if query.is_empty() { "/nope".to_owned() } else { format!("/nope?{query}") };
        let response = with(server.client.bare(Method::GET, &path), headers).send().await.unwrap();
        assert_eq!(response.headers()["content-language"], *locale, "{headers:?} {query}");
        let body = response.text().await.unwrap();
        let error: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(error["message"], text(locale, "error-NOT_FOUND", &error["params"]), "{headers:?} {query}");
        assert!(!body.contains("tlh") && !body.contains("script") && !body.contains("passwd"), "{body}");

        let listened = frames(with(stream(&server, &build, &format!("&{query}")), headers)).await;
        assert_eq!(locale_of(&listened), *locale, "{headers:?} {query}");

        let opened = headers.iter().map(|(name, value)| (*name, (*value).to_owned()));
        let (_, first) = Socket::connect(&server.client, &format!("?{query}"), opened.collect::<Vec<_>>()).await;
        assert_eq!(first, json!({"type": "connection", "status": "connected", "locale": locale}), "{headers:?} {query}");
    }
}

#[tokio::test]
async fn the_locale_changes_neither_codes_nor_params() {
    let server = TestServer::start(Kind::Sqlite).await;
    let build = server.client.start(&site("u")).await;
    server.client.events(&build).await;
    let english = frames(stream(&server, &build, "&locale=en")).await;
    for locale in ["ar", "fr", "es", "de"] {
        let other = frames(stream(&server, &build, &format!("&locale={locale}"))).await;
        assert_eq!(other[1..], english[1..], "all but the connection frame, byte for byte");
    }
    let error = async |locale: &str| {
        let response = server.client.bare(Method::GET, "/v1/builds").header("x-sheen-locale", locale).send().await.unwrap();
        response.json::<Value>().await.unwrap()
    };
    let (english, arabic) = (error("en").await, error("ar").await);
    assert_eq!((&english["code"], &english["params"]), (&arabic["code"], &arabic["params"]));
    assert_ne!(english["message"], arabic["message"]);
}

#[tokio::test]
async fn an_oversized_locale_is_passed_over() {
    let server = TestServer::start(Kind::Sqlite).await;
    let long = format!("ar{}", "-aaaaaaaa".repeat(100));
    let request = server.client.bare(Method::GET, "/nope").header("x-sheen-locale", &long).header("cookie", format!("locale={long}"));
    let response = request.header("accept-language", format!("{}, de;q=0.9", "fr,".repeat(1000))).send().await.unwrap();
    assert_eq!(response.headers()["content-language"], "en");
    let build = server.client.start(&site("u")).await;
    let mut socket = Socket::open(&server.client, build["streamToken"].as_str()).await;
    socket.say(json!({"type": "set_locale", "locale": "de-AT"})).await;
    assert_eq!(socket.frame().await, json!({"type": "locale", "locale": "de"}));
    for odd in [long.as_str(), "", "tlh", "<b>", "fr,ar", "*"] {
        socket.say(json!({"type": "set_locale", "locale": odd})).await;
        assert_eq!(socket.frame().await, json!({"type": "locale", "locale": "de"}), "{odd}");
    }
}
