//! The OpenAPI document: poem-openapi's operations, lifted from 3.0 to 3.1, with utoipa's schemas.

use super::body::schemas;
use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

/// The document.
pub(super) fn openapi() -> Value {
    let mut document: Value = serde_json::from_str(&super::service().spec()).expect("poem-openapi writes JSON");
    document["openapi"] = "3.1.0".into();
    document["info"]["license"] = json!({"name": "Apache-2.0", "identifier": "Apache-2.0"});
    document["info"]["description"] = "A streaming-first event hub with an embedded job engine for web project builds.".into();
    document["servers"] = json!([{"url": "/", "description": "This server."}]);
    let real = schemas();
    let components = document["components"]["schemas"].as_object_mut().expect("components have schemas");
    for (name, schema) in real {
        components.insert(name, serde_json::to_value(schema).expect("a schema is JSON"));
    }
    repeat_parameters(&mut document);
    super::idempotency::describe(&mut document);
    lift(&mut document);
    super::fields::bound(&mut document);
    // through utoipa's model: what it can't read is no 3.1 document
    let model: OpenApi = serde_json::from_value(document.clone()).unwrap_or_else(|error| panic!("not an OpenAPI 3.1 document: {error}"));
    sorted(serde_json::to_value(model).expect("a document is JSON"))
}

/// The document as `openapi/openapi.json` holds it.
pub fn committed() -> String {
    render(&openapi())
}

/// The document as it is committed and served.
pub fn render(document: &Value) -> String {
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

/// Makes 3.0's `nullable` and one-word `example` what 3.1 has.
fn lift(value: &mut Value) {
    match value {
        Value::Object(object) => {
            if object.remove("nullable") == Some(Value::Bool(true))
                && let Some(Value::String(kind)) = object.get("type").cloned()
            {
                object.insert("type".into(), json!([kind, "null"]));
            }
            object.values_mut().for_each(lift);
        }
        Value::Array(items) => items.iter_mut().for_each(lift),
        _ => {}
    }
}

/// Keys in one order, so that the committed file changes only when the document does.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let mut entries: Vec<_> = object.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(entries.into_iter().collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}
