//! Money: endpoints, a ledger that adds up whatever happens at once, and builds that pay.

mod builds;
mod endpoints;
mod estimates;
mod kills;
mod logged;
mod model;

use crate::kills::dice::Dice;
use crate::support::server::scalar;
use crate::support::{Client, TestServer};
use buildcast::domain::signature::{SignedRequest, header, sign_v1};
use buildcast::service::Clock;
use buildcast::service::clock::SystemClock;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

/// A signed request that no clock is asked about: the server's may be any.
fn timeless(client: &Client, method: Method, path: &str, body: &str) -> RequestBuilder {
    let request = SignedRequest { method: method.as_str(), path_and_query: path, body: body.as_bytes() };
    let signature = sign_v1(client.secret.as_bytes(), request);
    let builder = client.bare(method, path).header(header::V1, signature);
    if body.is_empty() { builder } else { builder.header("content-type", "application/json").body(body.to_owned()) }
}

async fn get(client: &Client, path: &str) -> Value {
    let (status, answer) = crate::support::client::answer(timeless(client, Method::GET, path, "").send().await.unwrap()).await;
    assert_eq!(status, StatusCode::OK, "{path}: {answer}");
    answer
}

async fn post(client: &Client, path: &str, body: &Value) -> (u16, Value) {
    let answer = timeless(client, Method::POST, path, &body.to_string()).send().await.unwrap();
    let (status, answer) = crate::support::client::answer(answer).await;
    (status.as_u16(), answer)
}

/// A request under a key.
async fn keyed(client: &Client, path: &str, body: &Value, key: &str) -> (u16, Value) {
    let answer = timeless(client, Method::POST, path, &body.to_string()).header("idempotency-key", key).send().await.unwrap();
    let (status, answer) = crate::support::client::answer(answer).await;
    (status.as_u16(), answer)
}

/// A number that the environment sets.
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().unwrap_or_else(|_| panic!("{name} is not a number")))
}

/// Dice of a test, which can be thrown again.
fn dice(part: u64) -> Dice {
    let seed = number("KILLS_SEED").unwrap_or_else(|| SystemClock.now_ms().unsigned_abs());
    println!("KILLS_SEED={seed}");
    Dice::of(seed, part)
}

async fn balance(client: &Client, user: &str) -> Value {
    get(client, &format!("/v1/billing/balance/{user}")).await
}

async fn total(client: &Client, user: &str) -> i64 {
    balance(client, user).await["balance"]["total"].as_i64().unwrap()
}

/// All lines of a user's ledger, the oldest first, read a few at a time.
async fn ledger(client: &Client, user: &str, limit: usize) -> Vec<Value> {
    let (mut lines, mut cursor) = (vec![], String::new());
    loop {
        let page = get(client, &format!("/v1/credits/{user}/ledger?limit={limit}&cursor={cursor}")).await;
        lines.extend(page["entries"].as_array().unwrap().clone());
        match page["nextCursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    lines.reverse();
    lines
}

fn sum(lines: &[Value], kinds: &[&str]) -> i64 {
    let of = lines.iter().filter(|line| kinds.is_empty() || kinds.contains(&line["kind"].as_str().unwrap()));
    of.map(|line| line["amount"].as_i64().unwrap()).sum()
}

/// What holds of an account whatever happened: its lines add up to its balance, no bucket was ever below nought, and what
/// came in is there, set aside, used, or lapsed. Answers with the lines.
async fn sound(server: &TestServer, user: &str) -> Vec<Value> {
    sound_at(&server.client, &server.database_url, user).await
}

async fn sound_at(client: &Client, url: &str, user: &str) -> Vec<Value> {
    let (before, lines) = (balance(client, user).await, ledger(client, user, 200).await);
    assert_eq!(sum(&lines, &[]), before["balance"]["total"].as_i64().unwrap());
    let mut sums = json!({"dailyGift": 0, "welcomeBonus": 0, "paid": 0});
    for line in &lines {
        let bucket = line["bucket"].as_str().unwrap();
        sums[bucket] = (sums[bucket].as_i64().unwrap() + line["amount"].as_i64().unwrap()).into();
        assert!(sums[bucket].as_i64().unwrap() >= 0, "{bucket} is below nought: {line}");
        assert!(!line["requestId"].as_str().unwrap().is_empty(), "nobody asked for {line}");
        assert!(!line["actor"].as_str().unwrap().is_empty(), "nobody wrote {line}");
    }
    for bucket in ["dailyGift", "welcomeBonus", "paid"] {
        assert_eq!(before["balance"][bucket], sums[bucket], "{bucket}");
    }
    assert_eq!(-sum(&lines, &["charge"]), before["usage"]["lifetimeUsed"].as_i64().unwrap());
    let charged: i64 = scalar(url, &format!("SELECT CAST(COALESCE(SUM(charged), 0) AS BIGINT) FROM reservations WHERE user_id = '{user}'")).await;
    assert_eq!(-sum(&lines, &["charge"]), charged, "what the figures of use count is what the lines have charged");
    let held: i64 = scalar(
        url,
        &format!("SELECT CAST(COALESCE(SUM(daily_gift + welcome_bonus + paid), 0) AS BIGINT) FROM reservations WHERE user_id = '{user}' AND state = 'held'"),
    )
    .await;
    assert_eq!(-sum(&lines, &["hold", "release", "expire"]), held, "what is set aside is what was not given back");
    // the database's own sums, which the balance comes from
    let odd: i64 = scalar(
        url,
        &format!(
            "SELECT COUNT(*) FROM (SELECT seq, amount, daily_gift_sum + welcome_bonus_sum + paid_sum AS total, SUM(amount) OVER (ORDER BY seq) AS added,
                 LAG(seq, 1, 0) OVER (ORDER BY seq) AS last, gift_day, LAG(gift_day, 1, 0) OVER (ORDER BY seq) AS last_day
              FROM ledger_entries WHERE user_id = '{user}') AS l WHERE total <> added OR seq <> last + 1 OR gift_day < last_day"
        ),
    )
    .await;
    assert_eq!(odd, 0, "a line whose sums are not those of the lines up to it");
    lines
}
