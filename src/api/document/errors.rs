//! Which errors an operation can answer with: what follows from its shape, and what it names here as its own.

use super::validators::EVENT_STREAM;
use crate::api::error::content;
use crate::api::idempotency::{NEVER_KEPT, takes_key};
use crate::api::limits::is_free_path;
use crate::domain::problem::{PROBLEMS, ProblemInfo};
use serde_json::{Map, Value, json};

/// What any request can be told.
const ANY: &[&str] = &["INVALID_INPUT", "AUTH_FAILED", "INTERNAL_ERROR", "SERVICE_UNAVAILABLE"];
/// What a request that costs something can be told.
const PAID: &[&str] = &["RATE_LIMITED"];
/// What a request with a body can be told.
const WITH_BODY: &[&str] = &["PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE", "VALIDATION_FAILED"];
/// What a request with an `Idempotency-Key` can be told.
const WITH_KEY: &[&str] = &["IDEMPOTENCY_KEY_REUSED", "IDEMPOTENCY_IN_PROGRESS"];
/// What a request with a stream token can be told.
const WITH_TOKEN: &[&str] = &["AUTH_EXPIRED", "FORBIDDEN"];
/// What a request for a stream can be told: there is room for so many.
const STREAMED: &[&str] = &["QUOTA_EXCEEDED"];
/// What a request that names a thing in its path can be told.
const WITH_ID: &[&str] = &["NOT_FOUND"];

/// What an operation can answer besides. One at a former path, `…Alias`, answers as that of now.
const OWN: &[(&str, &[&str])] = &[
    ("startBuild", STARTS),
    ("startBatch", STARTS),
    ("createPreviewForNewProject", STARTS),
    ("updateProject", STARTS),
    ("cancelBuild", &["INVALID_STATE_TRANSITION"]),
    ("recordBuild", &["INVALID_STATE_TRANSITION", "PAYLOAD_TOO_LARGE"]),
    ("replayBuild", &["INVALID_STATE_TRANSITION", "QUOTA_EXCEEDED"]),
    ("rollBack", &["NOT_FOUND", "VERSION_NOT_ELIGIBLE", "BUILD_ALREADY_RUNNING", "ROLLBACK_IN_PROGRESS"]),
    ("publishVersion", &["VERSION_NOT_ELIGIBLE"]),
    ("exportProject", DOWNLOADS),
    ("downloadVersion", DOWNLOADS),
    ("downloadFile", &["FORBIDDEN"]),
    ("headFile", &["FORBIDDEN"]),
    ("analyseBuilds", &["NOT_FOUND"]),
    ("analyseUsage", &["NOT_FOUND"]),
    ("estimate", &["NOT_FOUND"]),
    ("mintStreamToken", &["NOT_FOUND"]),
    ("mintPageToken", &["NOT_FOUND"]),
    ("reserveCredits", &["INSUFFICIENT_CREDITS"]),
    ("commitCredits", RESERVATIONS),
    ("releaseCredits", RESERVATIONS),
];
const STARTS: &[&str] = &["NOT_FOUND", "INSUFFICIENT_CREDITS", "BUILD_ALREADY_RUNNING", "ROLLBACK_IN_PROGRESS"];
const DOWNLOADS: &[&str] = &["VERSION_NOT_ELIGIBLE", "PAYLOAD_TOO_LARGE"];
const RESERVATIONS: &[&str] = &["NOT_FOUND", "INVALID_STATE_TRANSITION"];

/// Writes every operation's errors into the document.
pub(super) fn describe(document: &mut Value) {
    for (path, item) in document["paths"].as_object_mut().into_iter().flatten() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            let codes = codes(path, method, operation);
            let responses = operation["responses"].as_object_mut().expect("an operation has responses");
            // the one status that is no code's own: clients of ranges go by it
            if let Some(outside) = responses.get_mut("416") {
                outside["content"] = content(&json!({"$ref": "#/components/schemas/InvalidInputError"}));
            }
            let mut statuses: Vec<u16> = codes.iter().map(|info| info.status).collect();
            statuses.dedup();
            for status in statuses {
                let of_status: Vec<_> = codes.iter().copied().filter(|info| info.status == status).collect();
                responses.insert(status.to_string(), response(&of_status));
            }
        }
    }
}

/// The codes, by status.
fn codes(path: &str, method: &str, operation: &Value) -> Vec<&'static ProblemInfo> {
    let named = operation["operationId"].as_str().unwrap_or_default().trim_end_matches("Alias");
    let own = OWN.iter().find(|(name, _)| *name == named).map_or(&[][..], |(_, codes)| codes);
    let keyed = method.to_uppercase().parse().is_ok_and(|method| takes_key(&method)) && !NEVER_KEPT.contains(&path);
    let takes_token = operation["security"].as_array().is_some_and(|ways| ways.iter().any(|way| way.get("streamToken").is_some()));
    let lists = [
        (ANY, true),
        (WITH_BODY, operation.get("requestBody").is_some()),
        (WITH_KEY, keyed),
        (PAID, !is_free_path(path)),
        (WITH_TOKEN, takes_token),
        (STREAMED, operation["responses"]["200"]["content"].get(EVENT_STREAM).is_some()),
        (WITH_ID, path.contains('{')),
        (own, true),
    ];
    let told = |info: &&ProblemInfo| lists.iter().any(|(codes, applies)| *applies && codes.contains(&info.code));
    let mut codes: Vec<_> = PROBLEMS.iter().filter(told).collect();
    codes.sort_by_key(|info| info.status);
    codes
}

/// The answer with a status that these codes have.
fn response(codes: &[&ProblemInfo]) -> Value {
    let words: Vec<_> = codes.iter().map(|info| format!("`{}`: {}", info.code, info.description.trim())).collect();
    let to = |info: &ProblemInfo| format!("#/components/schemas/{}", info.schema_name());
    let schema = match codes {
        [only] => json!({"$ref": to(only)}),
        several => {
            let members: Vec<_> = several.iter().map(|info| json!({"$ref": to(info)})).collect();
            let mapping: Map<_, _> = several.iter().map(|info| (info.code.to_owned(), to(info).into())).collect();
            json!({"oneOf": members, "discriminator": {"propertyName": "code", "mapping": mapping}})
        }
    };
    let mut response = json!({"description": words.join("\n\n"), "content": content(&schema)});
    // each of them says so in its params, too
    if codes.iter().any(|info| ["RATE_LIMITED", "SERVICE_UNAVAILABLE", "IDEMPOTENCY_IN_PROGRESS"].contains(&info.code)) {
        let seconds = json!({"type": "integer", "format": "int64", "minimum": 0});
        response["headers"] = json!({"retry-after": {"description": "Seconds until it is worth asking again.", "schema": seconds}});
    }
    response
}
