//! The committed documents and references are what the code says, and say all that a reader needs.

mod errors;
mod streams;
mod words;

use crate::support::{Kind, TestServer};
use buildcast::api::document::{Version, committed as committed_in};
use reqwest::Method;
use serde_json::Value;
use std::collections::BTreeSet;

fn committed() -> Value {
    read("openapi/openapi.json")
}

fn read(path: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Each operation with its name, method and path.
fn operations(document: &Value) -> Vec<(&str, &str, &str, &Value)> {
    let items = document["paths"].as_object().unwrap().iter();
    let operations =
        items.flat_map(|(path, item)| item.as_object().unwrap().iter().map(move |(method, operation)| (path.as_str(), method.as_str(), operation)));
    operations.map(|(path, method, operation)| (operation["operationId"].as_str().unwrap_or_default(), method, path, operation)).collect()
}

#[test]
fn generated_files_are_as_the_code_makes_them() {
    let hint = "run `make generate` and look at the difference";
    // half a megabyte of either side would say less than the file's name
    let same = |file: &str, made: String| assert!(std::fs::read_to_string(file).unwrap() == made, "{file}: {hint}");
    same("openapi/openapi.json", committed_in(Version::V31));
    same("openapi/openapi-3.2.json", committed_in(Version::V32));
    same("docs/configuration.md", buildcast::cli::config::reference());
    same("docs/events.md", buildcast::cli::reference::events().unwrap());
    same("docs/error-codes.md", buildcast::cli::reference::errors().unwrap());
}

#[test]
fn every_reference_leads_somewhere_and_nothing_is_a_placeholder() {
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(object) => {
                found.extend(object.get("$ref").and_then(Value::as_str).map(str::to_owned));
                object.values().for_each(|value| references(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let document = committed();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    for reference in found {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference} leads nowhere");
    }
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        assert!(schema.as_object().unwrap().len() > 1, "{name} is a placeholder");
    }
}

#[test]
fn the_event_is_a_union_with_a_member_for_every_code() {
    let document = committed();
    let union = &document["components"]["schemas"]["BuildEvent"];
    assert_eq!(union["oneOf"].as_array().unwrap().len(), 35);
    assert_eq!(union["discriminator"]["propertyName"], "code");
    let queued = &document["components"]["schemas"]["BuildQueuedEvent"];
    assert_eq!(queued["properties"]["code"]["enum"], serde_json::json!(["BUILD_QUEUED"]));
    assert!(queued["required"].as_array().unwrap().contains(&"params".into()));
}

#[test]
fn requests_are_bounded_and_events_are_not() {
    let schemas = &committed()["components"]["schemas"];
    assert_eq!(schemas["CancelBuild"]["properties"]["userId"]["maxLength"], 128);
    assert_eq!(schemas["MintStreamToken"]["properties"]["builds"]["items"]["maxLength"], 64);
    assert_eq!(schemas["StartBuild"]["properties"]["framework"]["enum"].as_array().unwrap().last(), Some(&Value::Null));
    // a page must be able to read what a later server says
    assert!(schemas["BuildCompilingParams"]["properties"]["framework"]["type"].is_string());
    assert!(schemas["BuildCompilingParams"]["properties"]["framework"]["enum"].is_null());
}

#[tokio::test]
async fn nothing_in_the_document_is_open_to_a_stranger() {
    let server = TestServer::start(Kind::Sqlite).await;
    for (path, item) in committed()["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let method: Method = method.to_uppercase().parse().unwrap();
            let there = path.replace("{id}", "x").replace("{ticket}", "x").replace("{locale}", "x");
            let request = server.client.bare(method.clone(), &there).header("content-type", "application/json").body("{}");
            let response = request.send().await.unwrap();
            // where no credential is asked for the address is one
            let open = operation["security"] == serde_json::json!([]);
            let expected = match path.as_str() {
                "/v1/downloads/{ticket}" => 403,
                // what everybody may know
                "/v1/locales" => 200,
                "/v1/locales/{locale}/messages.ftl" => 404,
                _ => 401,
            };
            assert_eq!((response.status().as_u16(), open), (expected, expected != 401), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn the_server_serves_the_committed_documents() {
    let server = TestServer::start(Kind::Sqlite).await;
    for name in ["openapi.json", "openapi-3.2.json"] {
        let served = server.client.bare(Method::GET, &format!("/{name}")).send().await.unwrap().text().await.unwrap();
        assert!(served == std::fs::read_to_string(format!("openapi/{name}")).unwrap(), "{name}");
    }
}
