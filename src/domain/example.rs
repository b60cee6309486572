//! An example of each param of events and errors, and its unit: what the references show.
//!
//! A name that a new code brings needs a row here; a test says so.

use super::event::{CodeInfo, EventDraft, Numbers, StoredEvent};
use super::problem::ProblemInfo;
use serde_json::{Map, Value};
use utoipa::openapi::{RefOr, Schema};

/// A param of a code, as its schema describes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    /// Its name on the wire.
    pub name: String,
    /// Its type in JSON, `boolean` or such, `list`, or the words it is one of.
    pub kind: String,
    /// Its unit; empty where it has none.
    pub unit: &'static str,
    /// Whether every one has it.
    pub required: bool,
    /// What it is.
    pub description: String,
    /// An example; none where it would mislead.
    pub example: Option<Value>,
}

/// Name, unit, example as JSON; empty for none.
const PARAMS: &[(&str, &str, &str)] = &[
    ("actual", "bytes", ""),
    ("ageSeconds", "s", "86400"),
    ("allow", "", r#"["GET", "HEAD"]"#),
    ("alternativeProvider", "", ""),
    ("artifactSize", "bytes", "20480"),
    ("attemptNumber", "from 1", "1"),
    ("available", "credits", "350"),
    ("buildId", "", r#""01980c5e-7b60-7cc3-9f0e-000000000001""#),
    ("bytesAfter", "bytes", "51200"),
    ("bytesBefore", "bytes", "184320"),
    ("confidence", "0 to 1", "0.95"),
    ("count", "count", "12"),
    ("currentBalance", "credits", "50"),
    ("duration", "s", "4.2"),
    ("endpoint", "", r#""api.anthropic.com""#),
    ("errors", "", r#"[{"field": "templateFiles", "message": "at least one file"}]"#),
    ("estimatedCompletion", "epoch ms", "1767225660000"),
    ("estimatedStart", "epoch ms", "1767225610000"),
    ("exitCode", "exit code", "1"),
    ("expiredAt", "epoch ms", "1767225600000"),
    ("field", "", ""),
    ("framework", "", r#""vite""#),
    ("from", "", r#""deployed""#),
    ("isRetry", "", "false"),
    ("jobId", "", r#""01980c5e-7b60-7cc3-9f0e-000000000004""#),
    ("limit", "count", "60"),
    ("package", "", r#""vite""#),
    ("packageManager", "", r#""npm""#),
    ("packagesInstalled", "count", "17"),
    ("phase", "", r#""build""#),
    ("previewUrlUpdated", "", "true"),
    ("provider", "", r#""anthropic""#),
    ("queuePosition", "place, from 1", "2"),
    ("quotaType", "", r#""streams_per_token""#),
    ("reason", "", r#""command_failed""#),
    ("recommendation", "", r#""purchase""#),
    ("recoverable", "", "false"),
    ("region", "", ""),
    ("required", "credits", "500"),
    ("requiredBalance", "credits", "100"),
    ("resetTime", "epoch ms", "1767225900000"),
    ("resource", "", r#""build""#),
    ("retryAfter", "s", "2"),
    ("rollbackVersionId", "", r#""01980c5e-7b60-7cc3-9f0e-000000000005""#),
    ("step", "count", "3"),
    ("stopDuration", "s", "0.3"),
    ("targetVersionId", "", r#""01980c5e-7b60-7cc3-9f0e-000000000003""#),
    ("to", "", r#""cancelled""#),
    ("total", "count", "12"),
    ("totalBytes", "bytes", "48213"),
    ("url", "", r#""http://127.0.0.1:8081/p/01980c5e-7b60-7cc3-9f0e-000000000002/""#),
    ("used", "count", "60"),
    ("validNext", "", "[]"),
    ("version", "", r#""^5.4.0""#),
    ("versionId", "", r#""01980c5e-7b60-7cc3-9f0e-000000000003""#),
    ("window", "s", "60"),
    ("workingDirSynced", "", "true"),
];

/// Code, name, unit, example: where a code's param differs from others of the name.
const OWN: &[(&str, &str, &str, &str)] = &[
    ("AI_LIMIT_REACHED", "retryAfter", "s", "300"),
    ("AUTH_FAILED", "reason", "", r#""expired""#),
    ("BUILD_CODE_GENERATING", "step", "bytes", "20480"),
    ("BUILD_CODE_GENERATING", "total", "bytes", ""),
    ("BUILD_DEPENDENCIES_INSTALLING", "version", "", r#""5.4.11""#),
    ("BUILD_DEPLOY_UPLOADING", "step", "bytes", "10240"),
    ("BUILD_DEPLOY_UPLOADING", "total", "bytes", "20480"),
    ("BUILD_TIMEOUT", "duration", "s", "900.2"),
    ("INVALID_INPUT", "field", "", r#""templateFile""#),
    ("INVALID_INPUT", "reason", "", r#""unknown_field""#),
    ("NETWORK_TIMEOUT", "duration", "s", "60"),
    ("PAYLOAD_TOO_LARGE", "limit", "bytes", "1048576"),
    ("QUOTA_EXCEEDED", "limit", "count", "20"),
    ("QUOTA_EXCEEDED", "used", "count", "20"),
    ("ROLLBACK_FAILED", "phase", "", r#""downloading""#),
    ("ROLLBACK_FAILED", "reason", "", r#""artifact_corrupt""#),
    ("VERSION_NOT_ELIGIBLE", "reason", "", r#""artifact_expired""#),
];

/// The unit and the example of a code's param; none when nobody wrote them down.
fn written(code: &str, name: &str) -> Option<(&'static str, &'static str)> {
    let own = OWN.iter().find(|row| (row.0, row.1) == (code, name)).map(|row| (row.2, row.3));
    own.or_else(|| PARAMS.iter().find(|row| row.0 == name).map(|row| (row.1, row.2)))
}

/// The params of a code, those that it always has first.
pub fn params_of(code: &str, schema: fn() -> RefOr<Schema>) -> Vec<Param> {
    let schema = serde_json::to_value(schema()).unwrap_or_default();
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let described = |(name, of): (&String, &Value)| {
        let (unit, example) = written(code, name).unwrap_or_default();
        Param {
            name: name.clone(),
            kind: kind(of),
            unit,
            required: required.contains(&name.as_str()),
            description: of["description"].as_str().unwrap_or_default().into(),
            example: serde_json::from_str(example).ok(),
        }
    };
    let mut params: Vec<Param> = schema["properties"].as_object().into_iter().flatten().map(described).collect();
    params.sort_by_key(|param| required.iter().position(|name| *name == param.name).unwrap_or(required.len()));
    params
}

/// A schema's type, in a word.
fn kind(schema: &Value) -> String {
    match (schema["type"].as_str(), schema["$ref"].as_str().and_then(|name| name.rsplit('/').next())) {
        (Some("array"), _) => "list".into(),
        (Some(word), _) => word.into(),
        (_, name) => name.unwrap_or("any").into(),
    }
}

fn example_params(params: Vec<Param>) -> Value {
    params.into_iter().filter_map(|param| Some((param.name, param.example?))).collect::<Map<_, _>>().into()
}

/// An event of the code, as the log would give it out, optional params included.
pub fn event_of(info: &CodeInfo) -> serde_json::Result<StoredEvent> {
    let payload = (info.read)(example_params(params_of(info.code, info.params)))?;
    let before = if info.place.phase.is_none() { 0.52 } else { 0.0 };
    let draft = EventDraft::new("01980c5e-7b60-7cc3-9f0e-000000000009".into(), 1_767_225_600_000, payload);
    let (build_id, project_id) = ("01980c5e-7b60-7cc3-9f0e-000000000001", "01980c5e-7b60-7cc3-9f0e-000000000002");
    Ok(draft.place(Numbers { build_id, seq: 7, project_id, project_seq: 31, progress: before }))
}

/// Params of an error of the code.
pub fn problem_params_of(info: &ProblemInfo) -> Value {
    example_params(params_of(info.code, info.params))
}

#[cfg(test)]
mod tests {
    use super::super::event::CODES;
    use super::super::problem::PROBLEMS;
    use super::*;
    use std::collections::BTreeSet;

    fn all() -> Vec<(&'static str, Param)> {
        let events = CODES.iter().map(|info| (info.code, info.params));
        let problems = PROBLEMS.iter().map(|info| (info.code, info.params));
        events.chain(problems).flat_map(|(code, schema)| params_of(code, schema).into_iter().map(move |param| (code, param))).collect()
    }

    #[test]
    fn every_param_is_described_and_every_number_has_a_unit() {
        for (code, param) in all() {
            assert!(written(code, &param.name).is_some(), "{code}: example.rs has no row for {}", param.name);
            assert!(!param.description.is_empty(), "{code}: {} is not described", param.name);
            assert_eq!(!param.unit.is_empty(), matches!(param.kind.as_str(), "integer" | "number"), "{code}: {}", param.name);
        }
    }

    #[test]
    fn every_row_is_of_a_param_and_written_once() {
        let there: BTreeSet<(&str, String)> = all().into_iter().map(|(code, param)| (code, param.name)).collect();
        for row in PARAMS {
            assert!(there.iter().any(|(_, name)| name == row.0), "no code has {}", row.0);
        }
        assert!(PARAMS.is_sorted_by(|a, b| a.0 < b.0) && OWN.is_sorted_by(|a, b| (a.0, a.1) < (b.0, b.1)), "rows are sorted, each there once");
        for row in OWN {
            assert!(there.contains(&(row.0, row.1.to_owned())), "{} has no {}", row.0, row.1);
        }
    }

    #[test]
    fn examples_are_of_their_types_and_none_is_missing_where_one_has_to_be() {
        for (code, param) in all() {
            assert!(param.example.is_some() || !param.required, "{code}: {}", param.name);
            let Some(example) = param.example else { continue };
            let fits = match param.kind.as_str() {
                "integer" => example.is_i64(),
                "number" => example.is_number(),
                "boolean" => example.is_boolean(),
                "list" => example.is_array(),
                _ => example.is_string(),
            };
            assert!(fits, "{code}: {} {example}", param.name);
        }
    }

    #[test]
    fn an_example_of_every_event_reads_as_the_code() {
        for info in CODES {
            let event = event_of(info).unwrap_or_else(|error| panic!("{}: {error}", info.code));
            assert_eq!((event.code.as_str(), event.finished), (info.code, info.place.finished));
        }
    }
}
