//! HTTP: one file a resource, and around them signatures, the error envelope and the listeners.
//!
//! May name: domain, service. Deliberately absent: SQL, the hub's insides, the engine.

mod analytics;
mod auth;
mod billing;
mod bodies;
mod body;
mod builds;
mod client_address;
pub mod connection;
mod context;
mod cors;
mod credits;
pub mod document;
mod downloads;
mod envelope;
mod error;
mod estimates;
mod failure;
mod fields;
mod idempotency;
mod limits;
pub mod listener;
mod locales;
mod logs;
mod methods;
mod named;
mod object;
mod operations;
mod packing;
mod page;
mod page_tokens;
mod preview;
mod problem_details;
mod projects;
mod queries;
mod range;
mod recordings;
mod replays;
mod rollbacks;
mod security_headers;
pub mod server;
mod signature;
mod spending;
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
pub use page::{PageAccess, PageSettings};
pub use preview::{PreviewPolicy, preview_app};
pub use stream_limits::StreamLimits;
pub use stream_settings::{StreamSettings, StreamStop};

use crate::service::Services;
use document::Version;
use ipnet::IpNet;
use poem::{Endpoint, EndpointExt, IntoEndpoint, Response, Route, get};
use poem_openapi::OpenApiService;
use std::sync::Arc;

/// What the API is told at start.
#[derive(Debug, Clone)]
pub struct ApiSettings {
    /// How streams behave.
    pub streams: StreamSettings,
    /// Origins whose pages may ask, as browsers write them.
    pub origins: Vec<String>,
    /// The page.
    pub page: PageSettings,
    /// The proxies whose word counts about where a request comes from.
    pub trusted_proxies: Vec<IpNet>,
}

type Api = (
    builds::BuildsApi,
    projects::HistoryApi,
    projects::ProjectsApi,
    versions::VersionsApi,
    rollbacks::RollbacksApi,
    streams::StreamsApi,
    logs::LogsApi,
    recordings::RecordingsApi,
    replays::ReplaysApi,
    (stream_tokens::StreamTokensApi, page_tokens::PageTokensApi),
    downloads::DownloadsApi,
    analytics::AnalyticsApi,
    credits::CreditsApi,
    billing::BillingApi,
    estimates::EstimatesApi,
    locales::LocalesApi,
);

/// The paths beside the document.
const PLAIN: &[&str] = &["/healthz", "/readyz", "/metrics", "/openapi.json", "/openapi-3.2.json", "/docs", "/assets/{*path}", "/v1/ws"];

fn service() -> OpenApiService<Api, ()> {
    let operations = (
        builds::BuildsApi,
        projects::HistoryApi,
        projects::ProjectsApi,
        versions::VersionsApi,
        rollbacks::RollbacksApi,
        streams::StreamsApi,
        logs::LogsApi,
        recordings::RecordingsApi,
        replays::ReplaysApi,
        (stream_tokens::StreamTokensApi, page_tokens::PageTokensApi),
        downloads::DownloadsApi,
        analytics::AnalyticsApi,
        credits::CreditsApi,
        billing::BillingApi,
        estimates::EstimatesApi,
        locales::LocalesApi,
    );
    OpenApiService::new(operations, "buildcast", env!("CARGO_PKG_VERSION"))
}

/// The API's application: every route, in the envelope.
pub fn app(services: &Services, settings: &ApiSettings, readiness: Readiness) -> impl Endpoint<Output = Response> + 'static {
    let document = document::openapi();
    let methods = methods::Methods::of(&document, PLAIN, page::PATHS);
    let failures = failure::Failures::new(services.clone(), methods.clone());
    let operations = service()
        .into_endpoint()
        .data(services.clone())
        .data(readiness.clone())
        .data((services.clone(), settings.streams.clone()))
        .data(settings.page.clone())
        .map_to_response();
    let operations = idempotency::Idempotent::around(operations, services.clone(), failures.clone());
    let operations = queries::Queries::around(operations, methods.clone());
    let bodies = bodies::Bodies::default();
    let v1 = Arc::new(signature::Verified::around(limits::UsersPay::around(operations, services.clone()), services.clone(), bodies.clone()));
    let routes = Route::new()
        .at("/healthz", get(operations::healthz))
        .at("/readyz", get(operations::readyz).data(services.clone()).data(readiness.clone()))
        .at("/metrics", get(operations::metrics).data(services.clone()))
        .at("/openapi.json", get(operations::openapi_json).data(operations::Document::new(&document, Version::V31)))
        .at("/openapi-3.2.json", get(operations::openapi_json).data(operations::Document::new(&document, Version::V32)))
        .at("/docs", get(page::docs))
        .at("/assets/*path", get(page::asset));
    let routes = page::routes(routes, &settings.page, services, &bodies, &v1);
    let socket = queries::Queries::around(get(ws::upgrade), methods.clone()).data((services.clone(), settings.streams.clone())).map_to_response();
    let routes = routes
        .at("/v1/ws", signature::Verified::around(socket, services.clone(), bodies))
        .nest_no_strip("/v1", v1.clone())
        .nest_no_strip("/api", v1.clone())
        // the former worker's paths
        .nest_no_strip("/projects", v1);
    let limited = limits::AddressPays::around(routes.into_endpoint(), services.clone(), settings.trusted_proxies.clone());
    let origins = cors::Origins::new(&settings.origins, services.public_url());
    let asked = cors::Cors::around(limited, origins, methods, failures.clone());
    let guarded = security_headers::SecurityHeaders::around(asked, services.public_url());
    envelope::Envelope::around(guarded, services.clone(), failures)
}
