//! The one middleware around all routes: ids and headers of every answer, and the body of every failure.

use super::context::Context;
use super::failure::{Asked, Failures};
use crate::service::Services;
use poem::http::{HeaderName, HeaderValue, header};
use poem::{Endpoint, IntoResponse, Request, Response};

/// The endpoint inside its envelope.
pub(super) struct Envelope<E> {
    inner: E,
    services: Services,
    failures: Failures,
}

impl<E: Endpoint> Envelope<E> {
    pub const fn around(inner: E, services: Services, failures: Failures) -> Self {
        Self { inner, services, failures }
    }
}

impl<E: Endpoint> Endpoint for Envelope<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let context = Context::of(&request, &self.services);
        let asked = Asked { context: context.clone(), method: request.method().clone(), path: request.uri().path().to_owned() };
        request.set_data(context.clone());
        let mut response = match self.inner.call(request).await {
            Ok(output) => output.into_response(),
            Err(error) => self.failures.render(&error, &asked),
        };
        stamp(&mut response, &context);
        Ok(response)
    }
}

fn stamp(response: &mut Response, context: &Context) {
    let elapsed = context.came.elapsed().as_millis().to_string();
    let stamps = [
        (HeaderName::from_static("x-request-id"), context.request_id.as_str()),
        (HeaderName::from_static("x-correlation-id"), context.correlation_id.as_str()),
        (HeaderName::from_static("x-worker-version"), env!("CARGO_PKG_VERSION")),
        (HeaderName::from_static("x-processing-time-ms"), elapsed.as_str()),
        (header::CONTENT_LANGUAGE, context.locale),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    for (name, value) in stamps {
        // an answer that is given again has the language that it had
        if name == header::CONTENT_LANGUAGE && response.headers().contains_key(&name) {
            continue;
        }
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
}
