//! What a request's address may say: parameters that its operation has, each once, and no more than fits.
//!
//! A parameter that is misspelt would be ignored without a word: a list without its filter, a look without its owner.

use super::error::ApiError;
use super::methods::Methods;
use crate::domain::problem::Problem;
use poem::{Endpoint, IntoResponse, Request, Response};
use std::collections::BTreeSet;

/// Bytes of a path, and of one part of it, at most. A download's address is one long part.
const PATH_MAX_BYTES: usize = 4096;
/// Bytes of a query at most: a stream token of 100 streams fits.
const QUERY_MAX_BYTES: usize = 20 << 10;
/// Parameters of a query at most.
const PARAMETERS_MAX: usize = 32;
/// What every operation's query may say: EventSource can send no header.
const EVERYWHERE: &str = "locale";
/// The WebSocket, which is not in the document, and what its query may say.
const SOCKET: (&str, &str) = ("/v1/ws", "token");

/// An endpoint behind the check.
pub(super) struct Queries<E> {
    inner: E,
    methods: Methods,
}

impl<E: Endpoint> Queries<E> {
    pub const fn around(inner: E, methods: Methods) -> Self {
        Self { inner, methods }
    }

    fn check(&self, request: &Request) -> Result<(), Problem> {
        let (path, query) = (request.uri().path(), request.uri().query().unwrap_or_default());
        if path.len() > PATH_MAX_BYTES {
            return Err(Problem::invalid("path", "too_long"));
        }
        if query.len() > QUERY_MAX_BYTES {
            return Err(Problem::invalid("query", "too_long"));
        }
        if query.is_empty() {
            return Ok(());
        }
        let known = self.methods.parameters(path, request.method());
        // a path or a method that is not there says so itself
        if known.is_none() && path != SOCKET.0 {
            return Ok(());
        }
        let is_known = |name: &str| name == EVERYWHERE || (path, name) == SOCKET || known.unwrap_or_default().iter().any(|known| known == name);
        let mut seen = BTreeSet::new();
        for (name, _) in form_urlencoded::parse(query.as_bytes()) {
            if !is_known(&name) {
                return Err(Problem::invalid(&name, "unknown_field"));
            }
            if seen.len() == PARAMETERS_MAX || !seen.insert(name.clone()) {
                return Err(Problem::invalid(&name, "duplicate"));
            }
        }
        Ok(())
    }
}

impl<E: Endpoint> Endpoint for Queries<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        self.check(&request).map_err(ApiError::Problem)?;
        Ok(self.inner.call(request).await?.into_response())
    }
}
