//! A node without listeners, that the load client can drive: `POST /pub/TOPIC` commits an event of the topic's build and
//! tells the other nodes, as an engine's node does.
//!
//! `publisher DATABASE_URL REDIS_URL SECRET TOPICS FILE` starts and claims a build for each topic, writes their streams'
//! paths and first WebSocket frames to the file, and says which port it listens on.

use buildcast::artifacts::ArtifactStore;
use buildcast::domain::eligibility::Retention;
use buildcast::domain::event::BuildDependenciesInstalling;
use buildcast::domain::files::FILE_LIMITS;
use buildcast::domain::signature::AcceptedVersions;
use buildcast::hub::RedisBus;
use buildcast::service::idempotency::Once;
use buildcast::service::starts::{Source, Start};
use buildcast::service::turns::NodeLife;
use buildcast::service::work::Claim;
use buildcast::service::{Clock, Services, Settings};
use buildcast::store::Database;
use poem::http::StatusCode;
use poem::listener::{Acceptor, Listener, TcpListener};
use poem::web::{Data, Path};
use poem::{EndpointExt, Route, Server, handler, post};
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write;
use std::sync::Arc;

tokio::task_local! {
    /// When the event was to happen: a late load client counts as latency.
    static SCHEDULED_MS: i64;
}

#[derive(Debug)]
struct ScheduledClock;

impl Clock for ScheduledClock {
    fn now_ms(&self) -> i64 {
        SCHEDULED_MS.try_with(|now| *now).unwrap_or_else(|_| buildcast::service::clock::SystemClock.now_ms())
    }

    fn new_id(&self) -> String {
        buildcast::service::clock::SystemClock.new_id()
    }
}

type Builds = Arc<(Services, Vec<Claim>)>;

#[handler]
async fn publish(Path(topic): Path<usize>, Data(builds): Data<&Builds>, body: String) -> StatusCode {
    let scheduled = serde_json::from_str::<serde_json::Value>(&body).ok().and_then(|event| event["ts"].as_i64());
    let (Some(claim), Some(scheduled)) = (builds.1.get(topic), scheduled) else { return StatusCode::BAD_REQUEST };
    let event = BuildDependenciesInstalling { package_manager: "npm".into(), step: 1, total: 2, package: Some("react".into()), version: Some("19.3.1".into()) };
    match SCHEDULED_MS.scope(scheduled / 1000, builds.0.record(claim, event)).await {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [database, redis, secret, topics, file] = &arguments[..] else { return Err("publisher DATABASE_URL REDIS_URL SECRET TOPICS FILE".into()) };
    let topics: usize = topics.parse()?;
    let folder = tempfile::tempdir()?;
    let settings = Settings {
        public_url: String::new(),
        preview_url: String::new(),
        secrets: vec![secret.as_bytes().to_vec()],
        signatures: AcceptedVersions { v1: true, v2: true },
        files: FILE_LIMITS,
        lease_ms: 3_600_000,
        attempts: 1,
        builds_per_user: 0,
        retention: Retention { days: 30 },
        progress_files: 10,
        progress_ttl_ms: 300_000,
        download_url_ms: 86_400_000,
        log_bytes_max: 16 << 20,
        log_line_bytes_max: 8192,
        idempotency_ms: 86_400_000,
        statistics_ms: 0,
        mask: Arc::default(),
        money: buildcast::service::money::MoneySettings::default(),
    };
    let (bus, feed) = RedisBus::new(redis, &settings.secrets)?;
    let services = Services::new(settings, Database::open(database).await?, ArtifactStore::local(folder.path())?, Arc::new(bus), Arc::new(ScheduledClock));
    tokio::spawn(feed.run(services.hub().clone()));
    let claims = claims(&services, topics).await?;
    std::fs::write(file, targets(&services, &claims).await?)?;
    let listener = TcpListener::bind("127.0.0.1:0").into_acceptor().await?;
    let port = listener.local_addr()[0].as_socket_addr().map_or(0, std::net::SocketAddr::port);
    println!("listening {port}");
    let app = Route::new().at("/pub/:topic", post(publish)).data(Builds::new((services, claims)));
    Ok(Server::new_with_acceptor(listener).run(app).await?)
}

async fn claims(services: &Services, topics: usize) -> Result<Vec<Claim>, Box<dyn Error>> {
    for _ in 0..topics {
        let files = BTreeMap::from([("index.html".to_owned(), b"x".to_vec())]);
        let start = Start { user_id: "bench".into(), source: Some(Source::Files(files)), ..Start::default() };
        services.start_build(start, None, &Once::default()).await?;
    }
    let life = NodeLife { node_id: "publisher".into(), incarnation: "1".into() };
    let mut claims = Vec::new();
    while claims.len() < topics {
        claims.extend(services.turn(&life, Some(topics)).await?);
    }
    Ok(claims)
}

async fn targets(services: &Services, claims: &[Claim]) -> Result<String, Box<dyn Error>> {
    let mut lines = String::new();
    for Claim { build_id, .. } in claims {
        let token = services.mint_token("bench", vec![build_id.clone()], vec![], 3600).await?.token;
        let hello = serde_json::json!({"type": "subscribe", "stream": format!("build:{build_id}"), "token": token});
        writeln!(lines, "/v1/builds/{build_id}/events?token={token}\t{hello}")?;
    }
    Ok(lines)
}
