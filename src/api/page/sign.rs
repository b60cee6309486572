//! `/demo/v1`: what the page asks is signed here, and handled as `/v1`.

use super::super::bodies::Bodies;
use super::super::error::ApiError;
use super::super::signature::SignedPath;
use super::permits::{Named, name_user};
use super::{PageAccess, own_page, session};
use crate::domain::signature::{SignedRequest, header as sheen};
use crate::service::Services;
use poem::http::{HeaderValue, Uri, header};
use poem::{Endpoint, Request, Response};
use std::sync::Arc;

/// Where the page stands in front of the API.
const PREFIX: &str = "/demo";

/// Signs and passes on.
pub(super) struct Sign<E> {
    services: Services,
    bodies: Bodies,
    v1: Arc<E>,
    access: PageAccess,
}

impl<E> Sign<E> {
    pub const fn new(services: Services, bodies: Bodies, v1: Arc<E>, access: PageAccess) -> Self {
        Self { services, bodies, v1, access }
    }

    /// The user for whom alone it signs; none without a login.
    fn user(&self, request: &Request) -> Result<Option<String>, ApiError> {
        own_page::check(request, self.access, self.services.public_url()).map_err(ApiError::Problem)?;
        if self.access == PageAccess::Demo {
            return Ok(None);
        }
        session::of(request, &self.services).map(|session| Some(session.user_id)).map_err(ApiError::Problem)
    }
}

impl<E: Endpoint<Output = Response>> Endpoint for Sign<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let user = self.user(&request)?;
        let asked = request.original_uri().path_and_query().map_or("/", |path| path.as_str());
        let asked = asked.strip_prefix(PREFIX).unwrap_or(asked).to_owned();
        *request.uri_mut() = asked.parse::<Uri>().map_err(poem::error::BadRequest)?;
        let body = self.bodies.take(&mut request).await?.bytes;
        let Named { path_and_query, body } = match user {
            None => Named { path_and_query: asked, body },
            Some(user) => name_user(&user, request.method(), &asked, body).map_err(ApiError::Problem)?,
        };
        *request.uri_mut() = path_and_query.parse::<Uri>().map_err(poem::error::BadRequest)?;
        let signed = SignedRequest { method: request.method().as_str(), path_and_query: &path_and_query, body: &body };
        let (timestamp, nonce, signature) = self.services.sign_v2(signed);
        for (name, value) in [(sheen::TIMESTAMP, timestamp), (sheen::NONCE, nonce), (sheen::V2, signature)] {
            request.headers_mut().insert(name, HeaderValue::from_str(&value).map_err(poem::error::InternalServerError)?);
        }
        request.headers_mut().remove(sheen::V1);
        // the user may have been written in
        request.headers_mut().remove(header::CONTENT_LENGTH);
        request.set_body(body);
        request.set_data(SignedPath(path_and_query));
        let login = self.access != PageAccess::Demo;
        let mut response = self.v1.call(request).await?;
        if login {
            // what one user was told is not to be shown to the next by a browser that goes back
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
        Ok(response)
    }
}
