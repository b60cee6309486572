//! What `GET /v1/builds/{id}` says of a build that is over, as far as its events tell.

use crate::domain::event::StoredEvent;
use crate::domain::time::iso;
use serde_json::{Value, json};

/// The build as a real server would show it; what no event tells is null.
pub(super) fn view(build_id: &str, project_id: &str, events: &[StoredEvent]) -> Value {
    let bodies: Vec<Value> = events.iter().filter_map(|event| serde_json::from_str(&event.body).ok()).collect();
    let (first, last) = (events.first(), events.last());
    let end = bodies.last().unwrap_or(&Value::Null);
    let status = match last.map(|event| event.code.as_str()) {
        Some("BUILD_COMPLETED" | "ROLLBACK_COMPLETED") => "deployed",
        Some("BUILD_CANCELLED") => "cancelled",
        Some("BUILD_FAILED" | "BUILD_TIMEOUT" | "ROLLBACK_FAILED") => "failed",
        _ => "building",
    };
    let started = events.iter().find(|event| matches!(event.code.as_str(), "BUILD_STARTED" | "ROLLBACK_STARTED"));
    let error = if status == "failed" { json!({"code": end["code"], "message": end["code"], "params": end["params"]}) } else { Value::Null };
    json!({
        "buildId": build_id,
        "projectId": project_id,
        "status": status,
        "previousStatus": if status == "building" { "queued" } else { "building" },
        "queuePosition": null,
        "estimatedCompletionTime": null,
        "progress": end["overall_progress"],
        "phase": end["phase"],
        "previewUrl": if status == "deployed" { end["preview_url"].clone() } else { Value::Null },
        "versionId": end["params"].get("versionId").or_else(|| end["params"].get("rollbackVersionId")),
        "error": error,
        "metadata": null,
        "createdAt": first.map(|event| iso(event.timestamp)),
        "startedAt": started.map(|event| iso(event.timestamp)),
        "finishedAt": last.filter(|event| event.finished).map(|event| iso(event.timestamp)),
        "createdByService": "buildcast",
        "idSource": "server",
        "eventsUrl": format!("/v1/builds/{build_id}/events"),
    })
}
