//! HTTP: one file a resource, and around them signatures, the error envelope and the listeners.
//!
//! May name: domain, service. Deliberately absent: SQL, the hub's insides, the engine.

mod auth;
mod billing;
mod body;
mod builds;
pub mod connection;
mod context;
mod credits;
mod demo;
pub mod document;
mod downloads;
mod envelope;
mod error;
mod estimates;
mod failure;
mod idempotency;
pub mod listener;
mod logs;
mod methods;
mod named;
mod operations;
mod page;
mod preview;
mod projects;
mod range;
mod rollbacks;
pub mod server;
mod signature;
mod sse;
mod start;
mod stream_limits;
mod stream_settings;
mod stream_tokens;
mod streams;
mod template;
mod versions;
mod ws;

pub use operations::Readiness;
pub use preview::preview_app;
pub use stream_limits::StreamLimits;
pub use stream_settings::{StreamSettings, StreamStop};

use crate::service::Services;
use poem::{Endpoint, EndpointExt, IntoEndpoint, Response, Route, get};
use poem_openapi::OpenApiService;
use std::sync::Arc;

/// What the API is told at start.
#[derive(Debug, Clone)]
pub struct ApiSettings {
    /// How streams behave.
    pub streams: StreamSettings,
    /// Whether the page and its signing route are served: development only.
    pub demo: bool,
}

type Api = (
    builds::BuildsApi,
    projects::ProjectsApi,
    versions::VersionsApi,
    rollbacks::RollbacksApi,
    streams::StreamsApi,
    logs::LogsApi,
    stream_tokens::StreamTokensApi,
    downloads::DownloadsApi,
    credits::CreditsApi,
    billing::BillingApi,
    estimates::EstimatesApi,
);

fn service() -> OpenApiService<Api, ()> {
    let operations = (
        builds::BuildsApi,
        projects::ProjectsApi,
        versions::VersionsApi,
        rollbacks::RollbacksApi,
        streams::StreamsApi,
        logs::LogsApi,
        stream_tokens::StreamTokensApi,
        downloads::DownloadsApi,
        credits::CreditsApi,
        billing::BillingApi,
        estimates::EstimatesApi,
    );
    OpenApiService::new(operations, "buildcast", env!("CARGO_PKG_VERSION"))
}

/// The API's application: every route, in the envelope.
pub fn app(services: &Services, settings: &ApiSettings, readiness: Readiness) -> impl Endpoint<Output = Response> + 'static {
    let document = document::openapi();
    let failures = failure::Failures::new(services.clone(), methods::Methods::of(&document));
    let operations =
        service().into_endpoint().data(services.clone()).data(readiness.clone()).data((services.clone(), settings.streams.clone())).map_to_response();
    let operations = idempotency::Idempotent::around(operations, services.clone(), failures.clone());
    let v1 = Arc::new(signature::Verified::around(operations, services.clone()));
    let mut routes = Route::new()
        .at("/healthz", get(operations::healthz))
        .at("/readyz", get(operations::readyz).data(services.clone()).data(readiness.clone()))
        .at("/metrics", get(operations::metrics).data(services.clone()))
        .at("/openapi.json", get(operations::openapi_json).data(operations::Document::new(&document)))
        .at("/docs", get(page::docs))
        .at("/assets/*path", get(page::asset));
    if settings.demo {
        routes =
            routes.at("/", get(page::index)).at("/demo/session", get(demo::session)).nest_no_strip("/demo/v1", demo::Sign::new(services.clone(), v1.clone()));
    }
    let socket = get(ws::upgrade).data((services.clone(), settings.streams.clone())).map_to_response();
    let routes = routes
        .at("/v1/ws", signature::Verified::around(socket, services.clone()))
        .nest_no_strip("/v1", v1.clone())
        .nest_no_strip("/api", v1.clone())
        // the former worker's paths
        .nest_no_strip("/projects", v1);
    envelope::Envelope::around(routes.into_endpoint(), services.clone(), failures)
}
