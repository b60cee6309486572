//! The page: its files, who may use it, and the signatures that it gets for what it asks.
//!
//! A browser knows no secret. What the page sends under `/demo/v1` is signed here and handled as `/v1`: in development for
//! whoever is on this machine, with a login for its user alone, and then only what a user may ask.

mod files;
mod own_page;
mod permits;
mod session;
mod sign;

pub(super) use files::{asset, docs};

use super::bodies::Bodies;
use crate::service::Services;
use poem::{Endpoint, EndpointExt, Response, Route, get};
use std::sync::Arc;

/// The page's paths, with their methods.
pub(super) const PATHS: &[(&str, &[&str])] =
    &[("/", &["GET", "HEAD"]), ("/demo/session", &["GET", "HEAD", "POST", "DELETE"]), ("/demo/v1/{*path}", &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])];

/// What the page is told at start.
#[derive(Debug, Clone)]
pub struct PageSettings {
    /// Who may use it.
    pub access: PageAccess,
    /// `development` or `production`, which it shows.
    pub environment: &'static str,
    /// Whether a start may have a prompt.
    pub generator: bool,
}

/// Who may use the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageAccess {
    /// Nobody: there is none.
    Absent,
    /// Whoever is on this machine, as the user `demo`.
    Demo,
    /// Users whom a backend has given a page token.
    Login {
        /// How long somebody is logged in.
        session_seconds: i64,
    },
}

/// Adds the page's routes, where there is one.
pub(super) fn routes<E>(routes: Route, settings: &PageSettings, services: &Services, bodies: &Bodies, v1: &Arc<E>) -> Route
where
    E: Endpoint<Output = Response> + 'static,
{
    if settings.access == PageAccess::Absent {
        return routes;
    }
    let held = session::Door { services: services.clone(), settings: settings.clone(), bodies: bodies.clone() };
    let door = get(session::look).post(session::log_in).delete(session::log_out).data(held);
    let sign = sign::Sign::new(services.clone(), bodies.clone(), v1.clone(), settings.access);
    routes.at("/", get(files::index)).at("/demo/session", door).nest_no_strip("/demo/v1", sign)
}
