//! Random operations, 64 at once, sent twice, while the clock passes the ends of reservations and of days: what the answers
//! say is what the ledger says. `KILLS_SEED` throws the dice of an earlier run again.

use super::{post, sound, sum};
use crate::kills::dice::Dice;
use crate::support::clock::TestClock;
use crate::support::{Client, Kind, TestServer, on_both};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

const DAY_MS: i64 = 86_400_000;
const MINUTE_MS: i64 = 60_000;
const BEGIN_MS: i64 = 20_000 * DAY_MS + DAY_MS / 2;
const USERS: [&str; 3] = ["hot", "warm", "cold"];
const ROUNDS: usize = 12;
/// Reservations that have to be paid out of, at least.
const COMMITS: usize = 20;
const AT_ONCE: usize = 64;

/// A reservation as the answers tell of it.
#[derive(Debug, Default)]
struct Known {
    user: String,
    reserved: i64,
    /// What commits that were done said, each.
    charged: Vec<Value>,
    /// What releases that were done said, each.
    released: Vec<Value>,
}

/// What the answers have said so far.
#[derive(Default)]
struct Model {
    reservations: BTreeMap<String, Known>,
    /// The answers of credits by reference.
    credits: BTreeMap<String, (String, Vec<Value>)>,
    operations: usize,
}

fn one(model: &Model, dice: &mut Dice, round: usize) -> (&'static str, Value) {
    let user = USERS[[0, 0, 0, 0, 0, 0, 1, 1, 1, 2][dice.below(10)]];
    // mostly one that nobody was told has ended
    let any = dice.percent(20);
    let open = |known: &Known| any || (known.charged.is_empty() && known.released.is_empty());
    let known: Vec<&String> = model.reservations.iter().filter(|(_, known)| open(known)).map(|(id, _)| id).collect();
    match dice.below(10) {
        0..=3 => ("/v1/credits/reserve", json!({"userId": user, "buildId": "b", "estimatedCredits": 1 + dice.below(900)})),
        4 => {
            // a few references, so that they meet
            let reference = format!("r{round}-{}", dice.below(4));
            let user = USERS[reference.len() % 2];
            ("/v1/billing/credit", json!({"userId": user, "credits": 2000, "reference": reference}))
        }
        5..=7 if !known.is_empty() => {
            let actual = 100 * dice.below(12);
            let commit = json!({"reservationId": known[known.len() - 1 - dice.below(known.len().min(40))], "buildId": "b", "actualCredits": actual,
                "allowOverage": dice.percent(30)});
            ("/v1/credits/commit", commit)
        }
        8 if !known.is_empty() => {
            let id = known[known.len() - 1 - dice.below(known.len().min(40))];
            ("/v1/credits/release", json!({"reservationId": id, "reason": "changed_mind"}))
        }
        _ => ("/v1/billing/batch-balance", json!({"userIds": USERS})),
    }
}

impl Model {
    /// Reservations that were paid out of.
    fn commits(&self) -> usize {
        self.reservations.values().filter(|known| !known.charged.is_empty()).count()
    }

    fn learn(&mut self, path: &str, body: &Value, answer: Value) {
        self.operations += 1;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        match path {
            "/v1/credits/reserve" => {
                let known = Known { user: text(&body["userId"]), reserved: answer["reserved"].as_i64().unwrap(), ..Known::default() };
                self.reservations.entry(text(&answer["reservationId"])).or_insert(known);
            }
            "/v1/credits/commit" => self.reservations.get_mut(body["reservationId"].as_str().unwrap()).unwrap().charged.push(answer),
            "/v1/credits/release" => self.reservations.get_mut(body["reservationId"].as_str().unwrap()).unwrap().released.push(answer),
            "/v1/billing/credit" => self.credits.entry(text(&body["reference"])).or_insert_with(|| (text(&body["userId"]), vec![])).1.push(answer),
            _ => {
                for account in answer["balances"].as_object().unwrap().values() {
                    for bucket in ["welcomeBonus", "dailyGift", "paid", "total"] {
                        assert!(account["balance"][bucket].as_i64().unwrap() >= 0, "{account}");
                    }
                }
            }
        }
    }

    async fn agrees(&self, server: &TestServer) {
        for user in USERS {
            let lines = sound(server, user).await;
            let of = || self.reservations.iter().filter(|(_, known)| known.user == user);
            assert_eq!(-sum(&lines, &["hold"]), of().map(|(_, known)| known.reserved).sum::<i64>(), "each reservation holds once");
            let charged = of().filter_map(|(_, known)| known.charged.first()).map(|answer| answer["charged"].as_i64().unwrap());
            assert_eq!(-sum(&lines, &["charge"]), charged.sum::<i64>(), "each is paid once");
            let credits = self.credits.values().filter(|(whose, _)| whose == user).map(|(_, answers)| answers[0]["credited"].as_i64().unwrap());
            assert_eq!(sum(&lines, &["credit"]), credits.sum::<i64>(), "each reference credits once");
            let back: i64 = of().filter(|(_, known)| !known.charged.is_empty() || !known.released.is_empty()).map(|(_, known)| known.reserved).sum();
            assert_eq!(sum(&lines, &["release"]), back, "each that was ended is given back once, before it is paid");
        }
        for (id, known) in &self.reservations {
            let state: String = server.scalar(&format!("SELECT state FROM reservations WHERE id = '{id}'")).await;
            let told = (known.charged.is_empty(), known.released.is_empty());
            let expected = match state.as_str() {
                "committed" => (false, true),
                "released" => (true, false),
                _ => (true, true),
            };
            assert_eq!(told, expected, "{id} is {state}, and its callers heard {known:?}");
            assert!(known.charged.iter().chain(&known.released).all(|answer| known.charged.iter().chain(&known.released).all(|other| other == answer)));
        }
        assert!(self.credits.values().all(|(_, answers)| answers.iter().all(|answer| *answer == answers[0])));
        assert_eq!(server.count("reservations").await, self.reservations.len() as i64);
    }
}

/// A keyed request twice: it may be done once.
async fn twice(client: Client, path: &'static str, body: Value, key: String) -> [(u16, Value); 2] {
    let send = || super::keyed(&client, path, &body, &key);
    let (first, second) = tokio::join!(send(), send());
    [first, second]
}

/// Whatever the dice did: a reservation that nobody ends, made of a day's gift, and what becomes of it a day later.
async fn overdue(server: &TestServer, clock: &TestClock, model: &mut Model, now_ms: i64) {
    clock.stop_at(now_ms + DAY_MS);
    // a day's gift is there, however little the rounds left
    let body = json!({"userId": "cold", "buildId": "b", "estimatedCredits": 1});
    let (status, answer) = post(&server.client, "/v1/credits/reserve", &body).await;
    assert_eq!(status, 200, "{answer}");
    let id = answer["reservationId"].as_str().unwrap().to_owned();
    model.learn("/v1/credits/reserve", &body, answer);
    let lapses = format!("ledger_entries WHERE kind = 'lapse' AND user_id = 'cold' AND created_at_ms >= {}", now_ms + 2 * DAY_MS);
    assert_eq!(server.count(&lapses).await, 0);
    clock.stop_at(now_ms + 2 * DAY_MS);
    model.agrees(server).await;
    assert_eq!(server.scalar::<String>(&format!("SELECT state FROM reservations WHERE id = '{id}'")).await, "expired");
    assert!(server.count(&lapses).await > 0, "what an earlier day's gift had given lapses");
}

async fn modelled(kind: Kind) {
    let clock = TestClock::default();
    clock.stop_at(BEGIN_MS);
    let server = TestServer::start_at(kind, &[("BUILDCAST_NODE_ROLE", "api,preview"), ("BUILDCAST_SWEEP_SECONDS", "1")], Arc::new(clock.clone())).await;
    let (mut dice, mut model, mut now_ms) = (super::dice(11), Model::default(), BEGIN_MS);
    // as many more rounds as the dice need for something to be paid
    for round in 0..4 * ROUNDS {
        if round >= ROUNDS && model.commits() > COMMITS {
            break;
        }
        let asked: Vec<_> = (0..AT_ONCE).map(|_| one(&model, &mut dice, round)).collect();
        let tasks: Vec<_> =
            asked.iter().enumerate().map(|(n, (path, body))| tokio::spawn(twice(server.client.clone(), path, body.clone(), format!("{round}-{n}")))).collect();
        // meanwhile the time of what earlier rounds set aside is over, or the day is; now and then another node's clock is behind
        now_ms += MINUTE_MS * [1, 29, 31, 24 * 60][dice.below(4)];
        clock.stop_at(now_ms);
        if dice.percent(20) {
            clock.stop_at(now_ms - 10 * MINUTE_MS);
        }
        for ((path, body), task) in asked.iter().zip(tasks) {
            for (status, answer) in task.await.unwrap() {
                match status {
                    200 => model.learn(path, body, answer),
                    402 | 409 => {}
                    other => panic!("{other}: {path} {body}: {answer}"),
                }
            }
        }
        model.agrees(&server).await;
    }
    let commits = model.commits();
    assert!(model.operations > AT_ONCE * ROUNDS / 2 && commits > COMMITS, "{} operations, {commits} commits: too little happened", model.operations);
    overdue(&server, &clock, &mut model, now_ms).await;
}
on_both!(whatever_happens_at_once_the_ledger_adds_up, modelled);

async fn opened(kind: Kind) {
    let server = TestServer::start_with(kind, &[("BUILDCAST_NODE_ROLE", "api,preview")]).await;
    let tasks: Vec<_> = (0..AT_ONCE)
        .map(|n| {
            let client = server.client.clone();
            let body = json!({"userId": "new", "buildId": format!("b{n}"), "estimatedCredits": 100});
            tokio::spawn(async move { post(&client, "/v1/credits/reserve", &body).await.0 })
        })
        .collect();
    let mut statuses = BTreeMap::<u16, usize>::new();
    for task in tasks {
        *statuses.entry(task.await.unwrap()).or_default() += 1;
    }
    assert_eq!(statuses, BTreeMap::from([(200, 39), (402, 25)]), "3900 credits are there once");
    let lines = sound(&server, "new").await;
    assert_eq!(lines.iter().filter(|line| line["kind"] == "welcome").count(), 1);
}
on_both!(an_account_that_many_open_at_once_is_opened_once, opened);
