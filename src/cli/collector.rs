//! The client of a collector of spans, over the HTTP client that is there already. A collector that is away costs a warning now
//! and then.

use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::runtime::Handle;

/// How long sending a batch may take.
const SEND_MAX: Duration = Duration::from_secs(5);
/// Between two warnings.
const WARN_EVERY: Duration = Duration::from_secs(60);
/// Bytes of an answer at most: it says little.
const ANSWER_MAX: u64 = 64 << 10;

/// Posts batches of spans. The thread that calls it has no runtime of its own.
#[derive(Debug)]
pub(super) struct Collector {
    http: reqwest::Client,
    runtime: Handle,
    warned: Mutex<Option<Instant>>,
}

impl Collector {
    pub fn new(runtime: Handle) -> Result<Self, String> {
        // one provider of cryptography for the process; a second start finds it there
        let _ = rustls::crypto::ring::default_provider().install_default();
        // a redirect could carry headers with secrets to another host
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(SEND_MAX).build();
        let http = http.map_err(|error| format!("OTEL_EXPORTER_OTLP_ENDPOINT: {error}"))?;
        Ok(Self { http, runtime, warned: Mutex::default() })
    }

    async fn post(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (http, request) = (self.http.clone(), reqwest::Request::try_from(request)?);
        let sent = self.runtime.spawn(async move {
            let answer = http.execute(request).await.map_err(reqwest::Error::without_url)?;
            let status = answer.status();
            let small = answer.content_length().is_some_and(|bytes| bytes <= ANSWER_MAX);
            let body = if small { answer.bytes().await.map_err(reqwest::Error::without_url)? } else { Bytes::new() };
            Ok::<_, reqwest::Error>((status, body))
        });
        let (status, body) = sent.await??;
        if !status.is_success() {
            self.warn(&status);
        }
        Ok(Response::builder().status(status).body(body)?)
    }

    fn warn(&self, why: &dyn std::fmt::Display) {
        let mut warned = self.warned.lock().unwrap_or_else(PoisonError::into_inner);
        if warned.is_none_or(|warned| warned.elapsed() >= WARN_EVERY) {
            *warned = Some(Instant::now());
            tracing::warn!(error = %why, "spans are lost: the collector does not take them");
        }
    }
}

impl HttpClient for Collector {
    fn send_bytes<'c, 'f>(&'c self, request: Request<Bytes>) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'f>>
    where
        'c: 'f,
        Self: 'f,
    {
        Box::pin(async move { self.post(request).await.inspect_err(|error| self.warn(error)) })
    }
}
