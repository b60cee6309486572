//! `buildcast sign`, `buildcast token` and `buildcast page-token`: what a backend does, by hand.

use super::{Failure, settings};
use crate::domain::ids::{is_id, is_user_id};
use crate::domain::page_session::{PAGE_TOKEN_SECONDS_MAX, PageClaims, Purpose};
use crate::domain::signature::{SignedRequest, header, sign_v1, sign_v2};
use crate::domain::token::StreamClaims;
use crate::node::development_secret_of;
use crate::service::Clock;
use crate::service::clock::SystemClock;
use clap::ArgMatches;

/// As a request line has them: a method's case counts.
const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/// The secret that signs: the one set, else the one that a development server made up.
fn secret(matches: &ArgMatches) -> Result<Vec<u8>, Failure> {
    let config = settings(matches)?.config;
    if let Some(secret) = config.secrets.into_iter().next() {
        return Ok(secret);
    }
    let made_up = development_secret_of(&config.data_dir);
    made_up
        .map(String::into_bytes)
        .map_err(|_| Failure::Configuration("WORKER_SHARED_SECRET: is not set, and no development server has made one up in BUILDCAST_DATA_DIR".into()))
}

pub(super) fn sign(matches: &ArgMatches) -> Result<(), Failure> {
    let text = |name: &str| matches.get_one::<String>(name).map(String::as_str).unwrap_or_default();
    let (method, path) = (text("METHOD"), text("PATH"));
    if !METHODS.contains(&method) {
        return Err(Failure::Usage(format!("METHOD is one of {}", METHODS.join(", "))));
    }
    // what a request line can't say would never match
    if !path.starts_with('/') || !path.bytes().all(|b| b.is_ascii_graphic() && b != b'#') {
        return Err(Failure::Usage("PATH begins with a slash and is written as on the request line, escapes and all".into()));
    }
    let secret = secret(matches)?;
    let body = match text("body").strip_prefix('@') {
        Some(file) => std::fs::read(file).map_err(|error| Failure::Other(format!("{file}: {error}")))?,
        None => text("body").as_bytes().to_vec(),
    };
    let request = SignedRequest { method, path_and_query: path, body: &body };
    if matches.get_flag("v1") {
        println!("{}: {}", header::V1, sign_v1(&secret, request));
        return Ok(());
    }
    let (timestamp, nonce) = (SystemClock.now_ms().to_string(), SystemClock.new_id());
    println!("{}: {timestamp}\n{}: {nonce}\n{}: {}", header::TIMESTAMP, header::NONCE, header::V2, sign_v2(&secret, request, &timestamp, &nonce));
    Ok(())
}

/// Signs offline, with the secret alone: whose the builds and projects are is not looked at, as it is where a server mints.
pub(super) fn token(matches: &ArgMatches) -> Result<(), Failure> {
    let secret = secret(matches)?;
    let many = |name: &str| matches.get_many::<String>(name).into_iter().flatten().cloned().collect::<Vec<_>>();
    let user = matches.get_one::<String>("user").map(String::as_str).unwrap_or_default();
    let (builds, projects) = (many("build"), many("project"));
    if !is_user_id(user) {
        return Err(Failure::Usage("--user: 1 to 128 visible characters".into()));
    }
    if builds.is_empty() && projects.is_empty() {
        return Err(Failure::Usage("a token opens at least one stream: --build or --project".into()));
    }
    if !builds.iter().chain(&projects).all(|id| is_id(id)) {
        return Err(Failure::Usage("--build, --project: not an id".into()));
    }
    let ttl = matches.get_one::<i64>("ttl").copied().unwrap_or(900);
    println!("{}", StreamClaims::new(user, builds, projects, SystemClock.now_ms(), ttl).sign(&secret));
    Ok(())
}

/// Signs offline, too: whether the server has a page with a login is not looked at.
pub(super) fn page_token(matches: &ArgMatches) -> Result<(), Failure> {
    let secret = secret(matches)?;
    let user = matches.get_one::<String>("user").map(String::as_str).unwrap_or_default();
    if !is_user_id(user) {
        return Err(Failure::Usage("--user: 1 to 128 visible characters".into()));
    }
    let ttl = matches.get_one::<i64>("ttl").copied().unwrap_or(PAGE_TOKEN_SECONDS_MAX);
    println!("{}", PageClaims::new(Purpose::Login, user, SystemClock.new_id(), SystemClock.now_ms(), ttl).sign(Purpose::Login, &secret));
    Ok(())
}
