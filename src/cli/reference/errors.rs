//! docs/error-codes.md: every error code with its status, when it happens, params, English message and an example.

use super::params::table;
use super::{Unmade, object};
use crate::api::document::{Version, committed};
use crate::domain::catalogue::message;
use crate::domain::example::{params_of, problem_params_of};
use crate::domain::problem::{ErrorBody, PROBLEMS, ProblemInfo};
use crate::domain::time::iso;
use serde_json::{Value, json};
use std::fmt::Write;

const HEAD: &str = "# Error codes

Made from the code; `make generate` writes it. Every code that an error can have, in an answer, in a frame of a stream, or in
`error` of a build. The body around it, problem details (RFC 9457), ids and headers are in [errors.md](errors.md).

Act on `code`, show `message`, quote `referenceId`. `params` are raw values, the same in every locale: times are epoch
milliseconds, durations seconds. A param that is not always there is left out. Statuses that you do not know are to be taken
by their first digit, unknown codes by their status: a later server may have more.

| code | status | does asking again help? |
| --- | --- | --- |
";

/// The page.
pub(super) fn page() -> Result<String, Unmade> {
    let document: Value = serde_json::from_str(&committed(Version::V31))?;
    let mut text = String::from(HEAD);
    for info in PROBLEMS {
        let _ = writeln!(text, "| [{}](#{}) | {} | {} |", info.code, info.code.to_lowercase(), info.status, info.retry);
    }
    for info in PROBLEMS {
        text.push_str(&section(info, &document)?);
    }
    Ok(text)
}

/// All about a code.
fn section(info: &ProblemInfo, document: &Value) -> Result<String, Unmade> {
    let (code, status, params) = (info.code, info.status, problem_params_of(info));
    let table = table(&params_of(code, info.params), "No params.");
    let body = body(info, params)?;
    Ok(format!(
        "\n## {code}\n\nStatus {status}. {} Does asking again help? {}\n\n{}{table}\n```json\n{}\n```\n",
        info.description.trim(),
        info.retry,
        operations(info, document),
        object::spread(&body)?
    ))
}

/// The operations that the document names the code at, those at former paths aside; nothing where there are none.
fn operations(info: &ProblemInfo, document: &Value) -> String {
    let reference = format!("\"#/components/schemas/{}\"", info.schema_name());
    let all = document["paths"].as_object().into_iter().flatten().flat_map(|(_, item)| item.as_object().into_iter().flatten().map(|(_, operation)| operation));
    let all: Vec<(&str, bool)> = all
        .filter_map(|operation| Some((operation["operationId"].as_str()?, operation["responses"].to_string().contains(&reference))))
        .filter(|(name, _)| !name.ends_with("Alias"))
        .collect();
    let named: Vec<String> = all.iter().filter(|(_, named)| *named).map(|(name, _)| format!("`{name}`")).collect();
    match named.len() {
        0 => String::new(),
        count if count == all.len() => "Any operation can answer with it.\n\n".into(),
        _ => format!("Operations that can answer with it: {}.\n\n", named.join(", ")),
    }
}

/// A body as the server would answer in English.
fn body(info: &ProblemInfo, params: Value) -> Result<String, Unmade> {
    let now = iso(1_767_225_600_000);
    serde_json::to_string(&ErrorBody {
        error: info.code.into(),
        code: info.code.into(),
        message: message("en", &format!("error-{}", info.code), &params),
        data: data(info.code, &params),
        params,
        server_time: (info.code == "AUTH_FAILED").then(|| now.clone()),
        request_id: "01980c5e-7b60-7cc3-9f0e-00000000000a".into(),
        correlation_id: "01980c5e-7b60-7cc3-9f0e-00000000000b".into(),
        reference_id: "01980c5e-7b60-7cc3-9f0e-00000000000c".into(),
        timestamp: now,
    })
}

/// What some codes tell beside their params.
fn data(code: &str, params: &Value) -> Option<Value> {
    match code {
        "RATE_LIMITED" => Some(json!({"used": 60})),
        "INSUFFICIENT_CREDITS" => {
            let (required, available) = (&params["required"], &params["available"]);
            Some(json!({"required": required, "available": available, "recommendation": {"package": "pro", "cost": 29.99, "credits": 1000}}))
        }
        _ => None,
    }
}
