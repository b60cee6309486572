//! A steady flow of builds, started and watched by clients that know nothing of the kills but what these do to them.

use super::dice::Dice;
use super::recipes::Recipe;
use super::watching::{Watching, is_strangers};
use crate::support::Client;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Between two tries to reach a server that is away.
const RETRY: Duration = Duration::from_millis(20);
/// Starts of a client in a row that go to its last project.
const PROJECT_AGAIN: usize = 60;

/// A start that was answered with 202.
#[derive(Debug)]
pub struct Promise {
    pub build_id: String,
    pub project_id: String,
    pub recipe: Recipe,
    /// What its output shows.
    pub mark: String,
    pub watched: Option<Watching>,
}

/// What the clients did.
#[derive(Debug, Default)]
pub struct Outcome {
    pub promises: Vec<Promise>,
    /// Streams of projects, by their ids.
    pub projects: Vec<(String, Watching)>,
    /// Starts whose answer was lost: they may be builds, or not.
    pub lost: usize,
    pub cancels: usize,
    pub faults: Vec<String>,
}

/// One client.
struct Flow {
    user: String,
    clients: watch::Receiver<Client>,
    stop: CancellationToken,
    dice: Dice,
    watches: bool,
    /// The last project; none when a start's answer was lost, which may have left a build in it.
    project: Option<String>,
    outcome: Outcome,
}

/// Runs the clients until they are told to stop; each ends what it has begun.
pub async fn run(clients: watch::Receiver<Client>, count: usize, seed: u64, stop: CancellationToken) -> Outcome {
    let mut flows = JoinSet::new();
    for at in 0..count {
        let (clients, stop, dice) = (clients.clone(), stop.clone(), Dice::of(seed, at as u64 + 1));
        let flow = Flow { user: format!("user{at}"), clients, stop, dice, watches: at > 0, project: None, outcome: Outcome::default() };
        // the last one stays with one project, and watches that, too
        if at == count - 1 {
            flows.spawn(flow.one_project())
        } else {
            flows.spawn(flow.run())
        };
    }
    let mut all = Outcome::default();
    for one in flows.join_all().await {
        all.promises.extend(one.promises);
        all.projects.extend(one.projects);
        all.faults.extend(one.faults);
        (all.lost, all.cancels) = (all.lost + one.lost, all.cancels + one.cancels);
    }
    all
}

impl Flow {
    async fn run(mut self) -> Outcome {
        while !self.stop.is_cancelled() {
            self.project = self.project.take().filter(|_| self.dice.percent(PROJECT_AGAIN));
            if let Some((promise, token)) = self.start().await {
                self.follow(promise, token).await;
            }
        }
        self.outcome
    }

    async fn one_project(mut self) -> Outcome {
        let tokens = watch::Sender::new(String::new());
        let mut watcher = None;
        let mut project: Option<String> = None;
        while !self.stop.is_cancelled() {
            self.project.clone_from(&project);
            let Some((promise, token)) = self.start().await else { continue };
            tokens.send_replace(token.clone());
            if project.is_none() {
                let mut watching = Watching::new(format!("/v1/projects/{}/events", promise.project_id), tokens.subscribe());
                let (clients, stop) = (self.clients.clone(), self.stop.clone());
                watcher = Some(tokio::spawn(async move { (watching.run(&clients, &stop).await, watching) }));
                project = Some(promise.project_id.clone());
            }
            self.follow(promise, token).await;
        }
        if let (Some(watcher), Some(project)) = (watcher, project) {
            let (watched, watching) = watcher.await.unwrap();
            self.outcome.faults.extend(watched.err());
            self.outcome.projects.push((project, watching));
        }
        self.outcome
    }

    /// Asks for a build until there is an answer; none when it was lost or can't be had now.
    async fn start(&mut self) -> Option<(Promise, String)> {
        let mark = format!("{}-{}", self.user, self.outcome.promises.len() + self.outcome.lost);
        let recipe = Recipe::thrown(&mut self.dice);
        let mut body = recipe.start(&self.user, &mark, &mut self.dice);
        if let Some(project) = &self.project {
            body["projectId"] = json!(project);
        }
        let client = self.clients.borrow().clone();
        let sent = client.signed(Method::POST, "/v1/builds", body.to_string()).send().await;
        let (status, told) = match sent {
            Ok(response) if response.status() == StatusCode::ACCEPTED => match response.json::<Value>().await {
                Ok(told) => (StatusCode::ACCEPTED, told),
                Err(_) => return self.lost().await,
            },
            Ok(response) => (response.status(), response.text().await.map_or(Value::Null, Value::String)),
            Err(error) if error.is_connect() => return self.later().await,
            Err(_) => return self.lost().await,
        };
        match status {
            StatusCode::ACCEPTED => {
                let field = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
                self.project = Some(field("projectId"));
                let promise = Promise { build_id: field("buildId"), project_id: field("projectId"), recipe, mark, watched: None };
                Some((promise, field("streamToken")))
            }
            StatusCode::SERVICE_UNAVAILABLE => self.later().await,
            _ if is_strangers(status, &serde_json::from_str(told.as_str().unwrap_or_default()).unwrap_or_default()) => self.later().await,
            // a lost start of this project may have been one all the same
            StatusCode::TOO_MANY_REQUESTS if self.outcome.lost > 0 => self.later().await,
            _ => {
                self.outcome.faults.push(format!("a start was answered with {status}: {told}"));
                self.later().await
            }
        }
    }

    async fn lost<T>(&mut self) -> Option<T> {
        self.outcome.lost += 1;
        self.later().await
    }

    async fn later<T>(&mut self) -> Option<T> {
        tokio::time::sleep(RETRY).await;
        None
    }

    async fn follow(&mut self, mut promise: Promise, token: String) {
        if promise.recipe == Recipe::Cancelled {
            tokio::time::sleep(self.dice.millis(0, 800)).await;
            self.cancel(&promise.build_id).await;
        }
        if self.watches {
            let token = watch::Sender::new(token);
            let mut watching = Watching::new(format!("/v1/builds/{}/events", promise.build_id), token.subscribe());
            // a build that has begun is watched to its end, also when it is time to stop
            let watched = watching.run(&self.clients, &CancellationToken::new()).await;
            self.outcome.faults.extend(watched.err());
            promise.watched = Some(watching);
        } else {
            self.poll(&promise.build_id).await;
        }
        self.outcome.promises.push(promise);
    }

    async fn cancel(&mut self, build_id: &str) {
        let (path, body) = (format!("/v1/builds/{build_id}/cancel"), json!({"userId": self.user}).to_string());
        loop {
            let client = self.clients.borrow().clone();
            match client.signed(Method::POST, &path, body.clone()).send().await {
                Err(_) => self.later::<()>().await,
                Ok(response) => match answer_of(response).await {
                    None | Some((StatusCode::SERVICE_UNAVAILABLE, _)) => self.later::<()>().await,
                    // done, or over already
                    Some((StatusCode::OK | StatusCode::ACCEPTED | StatusCode::CONFLICT, _)) => break,
                    Some((status, told)) if is_strangers(status, &told) => self.later::<()>().await,
                    Some((status, told)) => break self.outcome.faults.push(format!("a cancel was answered with {status}: {told}")),
                },
            };
        }
        self.outcome.cancels += 1;
    }

    /// Asks for the build again and again, as clients without streams do.
    async fn poll(&mut self, build_id: &str) {
        let path = format!("/v1/builds/{build_id}");
        for _ in 0..1000 {
            tokio::time::sleep(self.dice.millis(50, 150)).await;
            let client = self.clients.borrow().clone();
            let Ok(response) = client.signed(Method::GET, &path, "").send().await else { continue };
            match answer_of(response).await {
                None | Some((StatusCode::SERVICE_UNAVAILABLE, _)) => {}
                Some((status, told)) if is_strangers(status, &told) => {}
                Some((StatusCode::OK, told)) if ["queued", "building"].contains(&told["status"].as_str().unwrap_or_default()) => {}
                Some((StatusCode::OK, _)) => return,
                Some((status, told)) => return self.outcome.faults.push(format!("{path} answers {status}: {told}")),
            }
        }
        self.outcome.faults.push(format!("{path} does not end"));
    }
}

/// An answer, unless it was cut.
async fn answer_of(response: reqwest::Response) -> Option<(StatusCode, Value)> {
    let whole = response.content_length();
    let (status, body) = (response.status(), response.bytes().await.ok()?);
    let cut = whole.is_some_and(|length| length != body.len() as u64);
    (!cut).then(|| (status, serde_json::from_slice(&body).unwrap_or(Value::Null)))
}
