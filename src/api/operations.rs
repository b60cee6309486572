//! Routes for whoever runs the server: health, readiness, the document. Open to anyone.

use super::document::{Version, written};
use crate::service::Services;
use poem::http::{StatusCode, header};
use poem::web::Data;
use poem::{Response, handler};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Whether the server takes new work: not any more once it drains.
#[derive(Debug, Clone)]
pub struct Readiness(pub CancellationToken);

/// A document, rendered once.
#[derive(Debug, Clone)]
pub(super) struct Document(Arc<String>);

impl Document {
    pub fn new(document: &Value, version: Version) -> Self {
        Self(Arc::new(written(document, version)))
    }
}

fn answer(status: StatusCode, body: &Value) -> Response {
    Response::builder().status(status).content_type("application/json").header(header::CACHE_CONTROL, "no-store").body(body.to_string())
}

/// The process runs.
#[handler]
pub(super) fn healthz() -> Response {
    answer(StatusCode::OK, &json!({"status": "ok", "version": env!("CARGO_PKG_VERSION")}))
}

/// The server takes requests: database and artifact store answer, and it does not drain.
#[handler]
pub(super) async fn readyz(Data(services): Data<&Services>, Data(readiness): Data<&Readiness>) -> Response {
    if readiness.0.is_cancelled() {
        return answer(StatusCode::SERVICE_UNAVAILABLE, &json!({"status": "draining"}));
    }
    match services.ready().await {
        Ok(()) => answer(StatusCode::OK, &json!({"status": "ready"})),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            answer(StatusCode::SERVICE_UNAVAILABLE, &json!({"status": "unavailable"}))
        }
    }
}

/// What this node counts, for Prometheus.
#[handler]
pub(super) fn metrics(Data(services): Data<&Services>) -> Response {
    Response::builder().content_type("text/plain; version=0.0.4").header(header::CACHE_CONTROL, "no-store").body(services.metrics().text())
}

/// An OpenAPI document.
#[handler]
pub(super) fn openapi_json(Data(document): Data<&Document>) -> Response {
    Response::builder().content_type("application/json").header(header::CACHE_CONTROL, "no-cache").body((*document.0).clone())
}
