//! What operations answer when they do not do what was asked.

use super::{committed, operations};
use buildcast::domain::problem::PROBLEMS;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The codes of an operation, each with its status.
fn codes<'d>(document: &'d Value, operation: &'d Value) -> BTreeMap<&'d str, u16> {
    let mut codes = BTreeMap::new();
    for (status, answer) in operation["responses"].as_object().unwrap().iter().filter(|(status, _)| status.as_str() >= "400") {
        let content = answer["content"].as_object().unwrap();
        assert_eq!(content["application/problem+json"]["schema"]["$ref"], "#/components/schemas/ProblemDetails");
        let schema = &content["application/json"]["schema"];
        let members: Vec<_> = schema["oneOf"].as_array().map_or(vec![schema], |members| members.iter().collect());
        for member in members {
            let name = member["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
            let code = document["components"]["schemas"][name]["properties"]["code"]["enum"][0].as_str().unwrap();
            assert!(answer["description"].as_str().unwrap().contains(&format!("`{code}`: ")), "{code} has no words");
            if status != "416" {
                codes.insert(code, status.parse().unwrap());
            }
        }
    }
    codes
}

#[test]
fn every_error_of_an_operation_has_the_status_of_its_code() {
    let document = committed();
    let mut seen = BTreeSet::new();
    for (name, _, _, operation) in operations(&document) {
        for (code, status) in codes(&document, operation) {
            let info = PROBLEMS.iter().find(|info| info.code == code).unwrap_or_else(|| panic!("{name}: no code {code}"));
            assert_eq!(info.status, status, "{name}: {code}");
            seen.insert(code);
        }
    }
    // of builds and rollbacks, of other methods, and of what no operation says yet
    let elsewhere = ["AI_LIMIT_REACHED", "BUILD_FAILED", "BUILD_TIMEOUT", "ROLLBACK_FAILED", "NETWORK_TIMEOUT", "PROVIDER_UNAVAILABLE"];
    let never = ["METHOD_NOT_ALLOWED", "INSUFFICIENT_BALANCE", "NOT_ACCEPTABLE"];
    let left: BTreeSet<_> = PROBLEMS.iter().map(|info| info.code).filter(|code| !seen.contains(code)).collect();
    assert_eq!(left, elsewhere.into_iter().chain(never).collect());
}

#[test]
fn an_operation_lists_its_own_errors_and_no_others() {
    let document = committed();
    let of = |name: &str| codes(&document, operations(&document).into_iter().find(|(of, ..)| *of == name).unwrap().3).into_keys().collect::<Vec<_>>();
    let any = ["AUTH_FAILED", "INTERNAL_ERROR", "INVALID_INPUT", "RATE_LIMITED", "SERVICE_UNAVAILABLE"];
    let with = |more: &[&'static str]| any.into_iter().chain(more.iter().copied()).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>();
    let written = ["IDEMPOTENCY_IN_PROGRESS", "IDEMPOTENCY_KEY_REUSED", "PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE", "VALIDATION_FAILED"];
    assert_eq!(of("listBuilds"), with(&[]));
    assert_eq!(of("getBuild"), with(&["NOT_FOUND"]));
    assert_eq!(of("getBalances"), with(&written));
    assert_eq!(of("listenToBuild"), with(&["AUTH_EXPIRED", "FORBIDDEN", "NOT_FOUND", "QUOTA_EXCEEDED"]));
    assert_eq!(of("listenToLogsAlias"), of("listenToLogs"));
    let start = ["BUILD_ALREADY_RUNNING", "INSUFFICIENT_CREDITS", "NOT_FOUND", "ROLLBACK_IN_PROGRESS"];
    assert_eq!(of("startBuild"), with(&[&written[..], &start].concat()));
    assert_eq!(of("mintStreamToken"), with(&[&written[2..], &["NOT_FOUND"]].concat()));
}

#[test]
fn each_error_has_its_own_params() {
    let schemas = &committed()["components"]["schemas"];
    assert_eq!(schemas["ErrorBody"]["oneOf"].as_array().unwrap().len(), PROBLEMS.len());
    assert!(schemas["ErrorBody"]["oneOf"].as_array().unwrap().contains(&serde_json::json!({"$ref": "#/components/schemas/NotFoundError"})));
    assert_eq!(schemas["RateLimitedError"]["properties"]["params"]["$ref"], "#/components/schemas/RateLimitedParams");
    assert_eq!(schemas["RateLimitedParams"]["required"], serde_json::json!(["retryAfter", "limit", "window"]));
    assert!(schemas["AuthFailedError"]["properties"]["serverTime"].is_object());
    assert!(schemas["NotFoundError"]["properties"]["serverTime"].is_null());
}
