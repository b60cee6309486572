//! Asking a provider for code: one streaming request over the Messages API or Chat Completions, and how it may fail.
//!
//! May name: reqwest. Deliberately absent: what a reply means (`domain::generation`) and what becomes of it (`steps`).

mod anthropic;
mod course;
mod failure;
mod openai;
mod refusal;
mod request;
mod stream;
mod waits;

pub use course::Limits;
pub(super) use failure::Failure;
pub(super) use request::Request;
pub(super) use stream::Generation;

use crate::domain::generation::Provider;
use crate::service::Services;
use crate::service::metering::{InUse, Meter};
use bytes::Bytes;
use course::Course;
use refusal::{Refused, chain, refusal};
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Response, Url};
use std::time::Duration;
use tokio::time::{sleep, timeout_at};

/// How long a connection may take to come about.
const CONNECT_MAX: Duration = Duration::from_secs(10);
/// The wait before the second try, of two.
const RETRY: Duration = Duration::from_millis(500);

/// What a generator is told at start.
#[derive(Clone)]
pub struct GeneratorSettings {
    /// The protocol.
    pub provider: Provider,
    /// Its base address, with or without `/v1`.
    pub url: String,
    /// The key; none for a server that asks for none.
    pub key: Option<String>,
    /// The model's name.
    pub model: String,
    /// Tokens of a reply at most, as the provider counts them.
    pub output_tokens_max: u32,
    /// Times and sizes.
    pub limits: Limits,
}

/// A provider, ready to be asked. Cloning shares its connections.
#[derive(Clone)]
pub struct Generator {
    settings: GeneratorSettings,
    endpoint: Url,
    headers: HeaderMap,
    client: reqwest::Client,
}

// without the key
impl std::fmt::Debug for Generator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Generator").field("provider", &self.settings.provider).field("host", &self.host()).finish_non_exhaustive()
    }
}

impl Generator {
    /// Makes ready to ask; fails on an address or a key that can't be.
    pub fn new(settings: GeneratorSettings) -> Result<Self, String> {
        let base = settings.url.trim_end_matches('/');
        let base = base.strip_suffix("/v1").unwrap_or(base);
        let secret = |text: String| HeaderValue::from_str(&text).map_err(|_| "CODE_GENERATOR_KEY: can't be sent in a header".to_owned());
        let (path, headers) = match settings.provider {
            Provider::Anthropic => (anthropic::PATH, settings.key.clone().map(secret).transpose().map(|key| anthropic::headers(key.map(sensitive)))?),
            Provider::OpenAi => {
                let bearer = settings.key.as_ref().map(|key| secret(format!("Bearer {key}"))).transpose()?;
                (openai::PATH, openai::headers(bearer.map(sensitive)))
            }
        };
        let endpoint = Url::parse(&format!("{base}{path}")).map_err(|error| format!("CODE_GENERATOR_URL: {error}"))?;
        // one provider of cryptography for the process; a second start finds it there
        let _ = rustls::crypto::ring::default_provider().install_default();
        // a redirect could carry key and sources to another host
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_MAX)
            .user_agent(concat!("buildcast/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| format!("CODE_GENERATOR: {}", chain(&error)))?;
        Ok(Self { settings, endpoint, headers, client })
    }

    /// The provider's protocol.
    pub(super) const fn provider(&self) -> Provider {
        self.settings.provider
    }

    /// The provider's host.
    pub(super) fn host(&self) -> &str {
        self.endpoint.host_str().unwrap_or_default()
    }

    /// Asks, and answers once the reply begins. A connection that fails and a server's own error are tried once more.
    pub(super) async fn begin(&self, request: &Request, meter: &Meter, services: &Services) -> Result<Generation, Failure> {
        let course = Course::begin(self.settings.limits, services.now_ms());
        let body = match self.settings.provider {
            Provider::Anthropic => anthropic::body(&self.settings, request),
            Provider::OpenAi => openai::body(&self.settings, request),
        };
        let body = Bytes::from(body.to_string());
        let mut asked = self.ask(body.clone(), meter, &course).await;
        if let Err(Refused { may_pass: true, .. }) = asked {
            sleep(RETRY).await;
            asked = self.ask(body, meter, &course).await;
        }
        let (response, in_use) = asked.map_err(|refused| refused.failure)?;
        Ok(Generation::new(self.settings.provider, course, response, in_use))
    }

    /// One try. What is refused, and a connection that never was, are not metered.
    async fn ask(&self, body: Bytes, meter: &Meter, course: &Course) -> Result<(Response, InUse), Refused> {
        let in_use = meter.start();
        match timeout_at(course.silent_until(), self.send(body)).await {
            Err(_) => Err(Refused { failure: course.timed_out(), may_pass: false }),
            Ok(Ok(response)) if response.status().is_success() => Ok((response, in_use)),
            Ok(Ok(response)) => {
                in_use.discard();
                Err(Refused { may_pass: response.status().is_server_error(), failure: refusal(response, course.now_ms()).await })
            }
            Ok(Err(error)) => {
                in_use.discard();
                let timed_out = error.is_timeout();
                tracing::warn!(error = %chain(&error.without_url()), "no connection to the provider");
                Err(Refused { failure: if timed_out { course.timed_out() } else { Failure::Unavailable }, may_pass: !timed_out })
            }
        }
    }

    async fn send(&self, body: Bytes) -> reqwest::Result<Response> {
        let request = self.client.post(self.endpoint.clone()).headers(self.headers.clone());
        request.header("content-type", "application/json").header("accept", "text/event-stream").body(body).send().await
    }
}

fn sensitive(mut value: HeaderValue) -> HeaderValue {
    value.set_sensitive(true);
    value
}
