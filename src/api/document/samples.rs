//! Values for examples, by the names of fields: wherever a name stands in the document it is of one kind. Those of params are
//! the domain's.

use crate::domain::event::CODES;
use crate::domain::example::params_of;
use crate::domain::problem::PROBLEMS;
use serde_json::{Value, json};

const BUILD: &str = "019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1";
const PROJECT: &str = "019aa1b2-7c3d-7e4f-8a5b-000000000001";
const VERSION: &str = "019aa1b2-7c3d-7e4f-8a5b-000000000002";
const JOB: &str = "019aa1b2-7c3d-7e4f-8a5b-000000000003";
const RESERVATION: &str = "019aa1b2-7c3d-7e4f-8a5b-000000000004";
/// A cursor.
pub(super) const CURSOR: &str = "7-6c7d8e9fa0b1";
const THEN: &str = "2026-01-15T10:30:00.000Z";
const LATER: &str = "2026-01-15T10:31:30.000Z";
const THEN_MS: i64 = 1_768_473_000_000;
const PREVIEW: &str = "https://previews.example.com/p/019aa1b2-7c3d-7e4f-8a5b-000000000001/";
const STREAM: &str = "build:019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1";
const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1c2VyXzQ1NiJ9.c2lnbmF0dXJl";

/// The value of a field of this name in this schema, where it fits what the field may be.
pub(super) fn sample(within: &str, field: &str, schema: &Value) -> Option<Value> {
    if field.is_empty() {
        return None;
    }
    if let Some(example) = of_code(within, field) {
        return example;
    }
    of_schema(within, field).or_else(|| values(field).into_iter().find(|value| fits(value, schema)))
}

/// The example of a code's param, which the references show, too; within, none where one would mislead.
fn of_code(within: &str, field: &str) -> Option<Option<Value>> {
    let name = within.strip_suffix("Params")?;
    let event = CODES.iter().find(|info| info.name == name).map(|info| (info.code, info.params));
    let (code, params) = event.or_else(|| PROBLEMS.iter().find(|info| info.name == name).map(|info| (info.code, info.params)))?;
    params_of(code, params).into_iter().find(|param| param.name == field).map(|param| param.example)
}

fn fits(value: &Value, schema: &Value) -> bool {
    let of_type = |kind: &Value| match kind.as_str() {
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        _ => value.is_null(),
    };
    let kinds = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().any(of_type),
        kind => of_type(kind),
    };
    kinds && schema.get("enum").is_none() && schema.get("examples").is_none()
}

/// Values that are of one schema alone.
fn of_schema(within: &str, field: &str) -> Option<Value> {
    Some(match (within, field) {
        ("BuildCompletedEvent" | "BuildDeployActivatingEvent", "preview_url") => json!(PREVIEW),
        ("BuildCompletedEvent" | "BuildDependenciesCompleteEvent", "duration_seconds") => json!(42.5),
        ("ReplayView", "eventsUrl") => json!("https://api.example.com/v1/replays/019aa1b2-7c3d-7e4f-8a5b-000000000006/events"),
        ("StepView", "seq") => json!(3),
        ("StepView", "finished") => json!(false),
        ("ReplayBuild", "step") => json!(false),
        ("BuildErrorView", "code") => json!("BUILD_FAILED"),
        ("BuildErrorView", "message") => json!("The build failed."),
        ("ClientFrame", "stream") => json!(STREAM),
        ("RecommendationView", "code") => json!("missing_title"),
        ("RecommendationView", "path") => json!("index.html"),
        ("RollbackProgressView", "error") => json!(null),
        ("VersionView", "framework") => json!("vite"),
        ("PageTokenView", "pageToken") => json!(TOKEN),
        ("PageTokenView", "pageUrl") => json!(format!("https://api.example.com/#/login/{TOKEN}")),
        ("MintStreamToken", "projects") => json!([PROJECT]),
        ("MintStreamToken", "builds") => json!([BUILD]),
        ("LogLine", "text") => json!("added 12 packages in 2s"),
        ("LogLine", "seq") => json!(7),
        ("EntryView", "reason") => json!("commit"),
        ("EntryView", "reference") => json!("pi_3PqXyZ"),
        ("CreditAccount", "reason") => json!("Bought"),
        ("BalanceView", "total") => json!(350),
        ("Package", "package") => json!("pro"),
        ("BuildView", "phase") => json!("setup"),
        ("BuildView", "previewUrl") => json!(null),
        ("BuildView", "versionId") => json!(null),
        ("BuildView", "startedAt") => json!(null),
        ("BuildView", "finishedAt") => json!(null),
        ("BuildView", "error") => json!(null),
        ("BuildView", "previousStatus") => json!(null),
        ("BuildView", "metadata") => json!({"ticket": 17}),
        _ => return None,
    })
}

/// The values that a name may have, each of another type.
fn values(field: &str) -> Vec<Value> {
    match field {
        "activeBuildId" => vec![json!(null)],
        "allowOverage" => vec![json!(false)],
        "alternativeProvider" => vec![json!("openai")],
        "amount" => vec![json!(-120)],
        "artifactSize" => vec![json!(48_213)],
        "basedOnSamples" => vec![json!(42)],
        "buildId" => vec![json!(BUILD)],
        "build_id" => vec![json!(BUILD)],
        "building" => vec![json!(2)],
        "builds" => vec![json!(120)],
        "canPreview" | "canPublish" | "canRollback" | "hasArtifact" | "isPreview" | "success" | "sufficient" => {
            vec![json!(true)]
        }
        "cancelled" => vec![json!(3)],
        "charges" => vec![json!(120)],
        "charged" => vec![json!(120)],
        "comment" => vec![json!("Reviewed")],
        "completedAt" | "finishedAt" => vec![json!(LATER)],
        "confidence" => vec![json!(0.95)],
        "content" => vec![json!("<h1>Hello</h1>")],
        "correlationId" | "requestId" | "referenceId" => vec![json!("019aa1b2-7c3d-7e4f-8a5b-00000000000a")],
        "costToComplete" | "cost" => vec![json!(29.99)],
        "count" => vec![json!(12)],
        "createdAt" | "publishedAt" | "startedAt" | "updatedAt" => vec![json!(THEN)],
        "createdByService" => vec![json!("buildcast")],
        "credited" | "credits" => vec![json!(1000)],
        "available" => vec![json!(350)],
        "cursor" | "nextCursor" => vec![json!(CURSOR)],
        "dailyGift" => vec![json!(15)],
        "dailyResetAt" => vec![json!("2026-01-16T00:00:00.000Z")],
        "day" => vec![json!("2026-01-15")],
        "daysRemaining" => vec![json!(27)],
        "deployStatus" => vec![json!("deployed")],
        "deployed" => vec![json!(110)],
        "description" => vec![json!("The site of the bakery at the corner")],
        "detail" => vec![json!("The build failed.")],
        "downloadUrl" => vec![json!("https://api.example.com/v1/downloads/eyJ2IjoxfQ.c2lnbmF0dXJl")],
        "estimatedCompletionTime" => vec![json!(LATER)],
        "estimatedCredits" | "estimatedSeconds" => vec![json!(150)],
        "estimatedMinutes" => vec![json!(2.5)],
        "estimatedTimeRemaining" => vec![json!("1m 30s")],
        "etaSeconds" => vec![json!(90)],
        "eventsUrl" => vec![json!("https://api.example.com/v1/builds/019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1/events")],
        "expires" | "expiresAt" => vec![json!("2026-01-15T11:30:00.000Z")],
        "failed" => vec![json!(7)],
        "field" => vec![json!("builds[1]")],
        "fileName" => vec![json!("Bakery-1.2.0.zip")],
        "filesProcessed" => vec![json!(120)],
        "framework" => vec![json!("vite")],
        "from" => vec![json!("2026-01-01")],
        "id" => vec![json!(VERSION)],
        "idSource" => vec![json!("server")],
        "jobId" => vec![json!(JOB)],
        "lastBuildId" => vec![json!(BUILD)],
        "lifetimeUsed" => vec![json!(1200)],
        "locale" => vec![json!("en")],
        "mean" | "p50" => vec![json!(38.2)],
        "message" => vec![json!("What to tell a person.")],
        "missing" => vec![json!([PROJECT])],
        "name" => vec![json!("Bakery")],
        "newBalance" => vec![json!(230)],
        "p90" | "p95" | "p99" => vec![json!(61.4)],
        "package" => vec![json!("react")],
        "paid" => vec![json!(285)],
        "path" => vec![json!("index.html")],
        "previewUrl" => vec![json!(PREVIEW)],
        "previewVersionId" | "publishedVersionId" | "targetVersionId" | "versionId" => vec![json!(VERSION)],
        "previousVersionId" => vec![json!(null)],
        "priority" => vec![json!(0)],
        "progress" => vec![json!(0.0)],
        "projectId" | "project_id" => vec![json!(PROJECT)],
        "project_seq" => vec![json!(1)],
        "publishedUrl" => vec![json!("https://previews.example.com/live/019aa1b2-7c3d-7e4f-8a5b-000000000001/")],
        "purchaseUrl" => vec![json!("https://example.com/credits")],
        "queuePosition" => vec![json!(1)],
        "queued" => vec![json!(2)],
        "reason" => vec![json!("command_failed")],
        "reference" => vec![json!("pi_3PqXyZ")],
        "refunded" | "released" => vec![json!(30)],
        "required" => vec![json!(500)],
        "replayId" => vec![json!("019aa1b2-7c3d-7e4f-8a5b-000000000006")],
        "reservationId" => vec![json!(RESERVATION)],
        "reserved" => vec![json!(150)],
        "revision" => vec![json!(3)],
        "rollbackOf" => vec![json!(null)],
        "rollbackVersionId" => vec![json!("019aa1b2-7c3d-7e4f-8a5b-000000000005")],
        "seq" => vec![json!(1)],
        "serverTime" => vec![json!(THEN)],
        "sha256" => vec![json!("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")],
        "size" => vec![json!(48_213)],
        "skipWorkingDirectory" => vec![json!(false)],
        "started" => vec![json!(20)],
        "status" => vec![json!("deployed"), json!(200)],
        "step" => vec![json!(3)],
        "stream" => vec![json!(STREAM)],
        "streamToken" => vec![json!(TOKEN)],
        "suggestedPackage" => vec![json!("pro")],
        "text" => vec![json!("Done")],
        "timestamp" => vec![json!(THEN_MS), json!(THEN)],
        "to" => vec![json!("2026-01-30")],
        "todayUsed" => vec![json!(30)],
        "total" | "totalFiles" => vec![json!(120)],
        "ttlSeconds" => vec![json!(900)],
        "used" => vec![json!(60)],
        "userId" => vec![json!("user_456")],
        "users" => vec![json!(8)],
        "welcomeBonus" => vec![json!(50)],
        _ => vec![],
    }
}
