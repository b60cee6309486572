//! The two OpenAPI documents: poem-openapi's operations, lifted from 3.0 to 3.1, with utoipa's schemas; and the same in 3.2.

mod errors;
mod examples;
mod lift;
mod samples;
mod tags;
mod validators;

pub(super) use tags::Tag;

use super::body::schemas;
use serde_json::{Value, json};
use utoipa::openapi::OpenApi;

/// What holds of every operation.
const ABOUT: &str = "A streaming-first event hub with an embedded job engine for web project builds.

Requests are signed; streams take a token as well. Messages of errors are in the language of the header `x-sheen-locale`, else of
the query `locale`, the cookie `locale`, or `Accept-Language`: codes and params are the same in all of them. Every answer has
`x-request-id` and `x-correlation-id` (those of the request, or made), `x-worker-version`, `x-processing-time-ms`, `content-language`,
and what is left of the rate limits: `x-ratelimit-limit`, `x-ratelimit-remaining`, `x-ratelimit-reset` (seconds). Times in bodies are
ISO 8601 in UTC, in events and params epoch milliseconds; durations are seconds.";

/// The versions of OpenAPI that there is a document in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// 3.1, for generators: the event is a union on `code`.
    V31,
    /// 3.2, for validators: a stream says what each of its events is.
    V32,
}

impl Version {
    /// The version as people write it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::V31 => "3.1",
            Self::V32 => "3.2",
        }
    }
}

/// The document of a version, as it is committed and served.
pub fn committed(version: Version) -> String {
    written(&openapi(), version)
}

/// The document of a version, from the one in 3.1.
pub(super) fn written(document: &Value, version: Version) -> String {
    match version {
        Version::V31 => render(document),
        Version::V32 => render(&validators::of(document)),
    }
}

/// The document in 3.1.
pub(super) fn openapi() -> Value {
    let mut document: Value = serde_json::from_str(&super::service().spec()).expect("poem-openapi writes JSON");
    document["openapi"] = "3.1.0".into();
    document["info"]["license"] = json!({"name": "Apache-2.0", "identifier": "Apache-2.0"});
    document["info"]["description"] = ABOUT.into();
    document["servers"] = json!([{"url": "/", "description": "This server."}]);
    let real = schemas();
    let components = document["components"]["schemas"].as_object_mut().expect("components have schemas");
    for (name, schema) in real {
        components.insert(name, serde_json::to_value(schema).expect("a schema is JSON"));
    }
    repeat_parameters(&mut document);
    require_project(&mut document);
    errors::describe(&mut document);
    lift::lift(&mut document);
    super::idempotency::describe(&mut document);
    super::fields::bound(&mut document);
    examples::add(&mut document);
    // through utoipa's model: what it can't read is no 3.1 document
    lift::sorted(serde_json::to_value(model(&document)).expect("a document is JSON"))
}

fn model(document: &Value) -> OpenApi {
    serde_json::from_value(document.clone()).unwrap_or_else(|error| panic!("not an OpenAPI 3.1 document: {error}"))
}

fn render(document: &Value) -> String {
    let mut text = serde_json::to_string_pretty(document).expect("a document is JSON");
    text.push('\n');
    text
}

/// The former worker's paths of streams, whose handlers read their queries as those at the paths of now do.
const SAME_PARAMETERS: &[(&str, &str)] = &[
    ("/api/builds/{id}/events", "/v1/builds/{id}/events"),
    ("/api/builds/{id}/logs", "/v1/builds/{id}/logs"),
    ("/v1/replays/{id}/events", "/v1/builds/{id}/events"),
];

/// Gives the former paths the parameters that stand at those of now.
fn repeat_parameters(document: &mut Value) {
    for (former, now) in SAME_PARAMETERS {
        document["paths"][former]["get"]["parameters"] = document["paths"][now]["get"]["parameters"].clone();
    }
}

/// An update is a start that has a project.
fn require_project(document: &mut Value) {
    let body = &mut document["paths"]["/v1/update-project"]["post"]["requestBody"]["content"]["application/json"];
    let start = body["schema"].take();
    let project = json!({"type": "string", "description": "The project to build anew."});
    body["schema"] = json!({"allOf": [start, {"type": "object", "properties": {"projectId": project}, "required": ["projectId"]}]});
}

/// The document's operations.
fn operations(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    let paths = document["paths"].as_object_mut().into_iter().flat_map(serde_json::Map::values_mut);
    paths.flat_map(|item| item.as_object_mut().into_iter().flat_map(serde_json::Map::values_mut))
}
