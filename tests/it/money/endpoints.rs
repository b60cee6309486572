//! The endpoints, one at a time: shapes, repeats, refusals.

use super::{balance, get, ledger, post, sound, sum, total};
use crate::support::clock::TestClock;
use crate::support::{Kind, TestServer, on_both};
use serde_json::{Value, json};
use std::sync::Arc;

const DAY_MS: i64 = 86_400_000;
/// Noon of a day.
const NOON_MS: i64 = 20_000 * DAY_MS + DAY_MS / 2;

async fn server(kind: Kind) -> (TestServer, TestClock) {
    let clock = TestClock::default();
    clock.stop_at(NOON_MS);
    let server = TestServer::start_at(kind, &[("BUILDCAST_NODE_ROLE", "api,preview")], Arc::new(clock.clone())).await;
    (server, clock)
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

async fn reserve(server: &TestServer, user: &str, build: &str, credits: i64) -> Value {
    let body = json!({"buildId": build, "estimatedCredits": credits, "userId": user});
    let (status, answer) = post(&server.client, "/v1/credits/reserve", &body).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

async fn seeds(kind: Kind) {
    let (server, _clock) = server(kind).await;
    let new = balance(&server.client, "user_456").await;
    assert_eq!(
        new,
        json!({
            "balance": {"welcomeBonus": 3000, "dailyGift": 900, "paid": 0, "total": 3900}, "usage": {"todayUsed": 0, "lifetimeUsed": 0},
            "dailyResetAt": "2024-10-05T00:00:00.000Z"
        })
    );
    let example = json!({"buildId": "build_123", "estimatedCredits": 150, "userId": "user_456", "idempotencyKey": "reserve_build_123_session_abc"});
    let (status, reserved) = post(&server.client, "/v1/credits/reserve", &example).await;
    assert_eq!((status, keys(&reserved), &reserved["reserved"]), (200, vec!["expires", "reservationId", "reserved"], &json!(150)));
    assert_eq!(reserved["expires"], "2024-10-04T12:30:00.000Z");
    assert_eq!(total(&server.client, "user_456").await, 3750);
    let commit =
        json!({"reservationId": reserved["reservationId"], "actualCredits": 120, "buildId": "build_123", "reason": "deployed", "actor": "worker 3, Zürich"});
    let answers = [post(&server.client, "/v1/credits/commit", &commit).await, post(&server.client, "/v1/credits/commit", &commit).await];
    for (status, answer) in answers {
        assert_eq!((status, answer), (200, json!({"charged": 120, "refunded": 30, "newBalance": 3780})));
    }
    assert_eq!(balance(&server.client, "user_456").await["usage"], json!({"todayUsed": 120, "lifetimeUsed": 120}));
    let second = reserve(&server, "user_456", "build_124", 150).await;
    let release = json!({"reservationId": second["reservationId"], "reason": "build_failed"});
    for _ in 0..2 {
        let (status, answer) = post(&server.client, "/v1/credits/release", &release).await;
        assert_eq!((status, answer), (200, json!({"released": 150, "newBalance": 3780})));
    }
    let lines = sound(&server, "user_456").await;
    let words: Vec<_> = lines.iter().map(|line| (line["kind"].as_str().unwrap(), line["amount"].as_i64().unwrap())).collect();
    assert_eq!(words, [("welcome", 3000), ("gift", 900), ("hold", -150), ("release", 150), ("charge", -120), ("hold", -150), ("release", 150)]);
    assert_eq!(
        (&lines[6]["reason"], &lines[6]["buildId"], &lines[6]["reservationId"]),
        (&json!("build_failed"), &json!("build_124"), &second["reservationId"])
    );
    assert_eq!((&lines[2]["actor"], &lines[4]["actor"], &lines[4]["reason"]), (&json!("api"), &json!("api:worker 3, Zürich"), &json!("deployed")));
    assert_eq!(ledger(&server.client, "user_456", 2).await, lines, "the same in pages");
    let usage = get(&server.client, "/v1/analytics/usage?userId=user_456").await;
    let charged = json!({"operation": "external", "credits": 120, "charges": 1, "users": 1});
    assert_eq!((&usage["byOperation"][2], &usage["total"]["credits"]), (&charged, &json!(120)));
    let (status, many) = post(&server.client, "/v1/billing/batch-balance", &json!({"userIds": ["user_456", "user_789", "user_456"]})).await;
    assert_eq!((status, keys(&many["balances"]), &many["balances"]["user_789"]), (200, vec!["user_456", "user_789"], &new));
}
on_both!(the_seeds_examples_are_answered_in_their_shapes, seeds);

async fn keyed(kind: Kind) {
    let (server, _clock) = server(kind).await;
    let example = |key: &str| json!({"buildId": "build_123", "estimatedCredits": 150, "userId": "u", "idempotencyKey": key});
    let first = post(&server.client, "/v1/credits/reserve", &example("a")).await;
    assert_eq!(first.0, 200);
    assert_eq!(post(&server.client, "/v1/credits/reserve", &example("a")).await, first);
    assert_eq!(super::keyed(&server.client, "/v1/credits/reserve", &example("a"), "a").await, first, "the header says the same");
    let mut other = example("a");
    other["estimatedCredits"] = json!(151);
    assert_eq!(post(&server.client, "/v1/credits/reserve", &other).await.1["code"], "IDEMPOTENCY_KEY_REUSED");
    for (body, header) in [(example("a"), Some("b")), (example(""), None), (example("a b"), None)] {
        let (status, error) = match header {
            Some(key) => super::keyed(&server.client, "/v1/credits/reserve", &body, key).await,
            None => post(&server.client, "/v1/credits/reserve", &body).await,
        };
        assert_eq!((status, &error["params"]["errors"][0]["field"]), (422, &json!("idempotencyKey")), "{error}");
    }
    // elsewhere a body has no such field
    let commit = json!({"reservationId": first.1["reservationId"], "actualCredits": 1, "buildId": "build_123", "idempotencyKey": "a"});
    assert_eq!(post(&server.client, "/v1/credits/commit", &commit).await.0, 400);
    assert_eq!((server.count("reservations").await, total(&server.client, "u").await), (1, 3750));
    sound(&server, "u").await;
}
on_both!(a_key_in_the_body_is_the_header, keyed);

async fn credited(kind: Kind) {
    let (server, _clock) = server(kind).await;
    let credit =
        |user: &str, credits: i64, reference: &str| json!({"userId": user, "credits": credits, "reference": reference, "reason": "bought", "actor": "shop"});
    for _ in 0..2 {
        let (status, answer) = post(&server.client, "/v1/billing/credit", &credit("u", 1000, "pi_1")).await;
        assert_eq!((status, answer), (200, json!({"credited": 1000, "newBalance": 4900})));
    }
    for other in [credit("v", 1000, "pi_1"), credit("u", 999, "pi_1")] {
        let (status, answer) = post(&server.client, "/v1/billing/credit", &other).await;
        assert_eq!((status, &answer["params"]["errors"][0]["field"]), (422, &json!("reference")), "{answer}");
    }
    // what is set aside may come back: it counts towards what an account can hold
    reserve(&server, "u", "b", 4900).await;
    for too_many in [1_000_000_000_000, 1_000_000_000_000 - 4899] {
        let (status, answer) = post(&server.client, "/v1/billing/credit", &credit("u", too_many, "pi_2")).await;
        assert_eq!((status, &answer["params"]["errors"][0]["field"]), (422, &json!("credits")));
    }
    assert_eq!(post(&server.client, "/v1/billing/credit", &credit("w", 1_000_000_000_000 - 3900, "pi_3")).await.0, 200, "a full account");
    let lines = sound(&server, "u").await;
    let line = lines.iter().find(|line| line["kind"] == "credit").unwrap();
    assert_eq!((&line["bucket"], &line["reference"], &line["reason"]), (&json!("paid"), &json!("pi_1"), &json!("bought")));
    assert_eq!(line["actor"], "api:shop");
    assert_eq!((sum(&lines, &["credit"]), total(&server.client, "v").await), (1000, 3900));
}
on_both!(a_reference_credits_once_for_ever, credited);

async fn short(kind: Kind) {
    let (server, _clock) = server(kind).await;
    let (status, error) = post(&server.client, "/v1/credits/reserve", &json!({"buildId": "b", "estimatedCredits": 4000, "userId": "u"})).await;
    assert_eq!((status, &error["code"], &error["params"]), (402, &json!("INSUFFICIENT_CREDITS"), &json!({"required": 4000, "available": 3900})));
    let recommendation = json!({"package": "starter", "cost": 9.99, "credits": 300});
    assert_eq!(error["data"], json!({"required": 4000, "available": 3900, "recommendation": recommendation}));
    let (_, error) = post(&server.client, "/v1/credits/reserve", &json!({"buildId": "b", "estimatedCredits": 90_000, "userId": "u"})).await;
    assert_eq!(error["data"]["recommendation"]["package"], "studio", "the largest where none is enough");
    assert_eq!((total(&server.client, "u").await, server.count("reservations").await), (3900, 0));
}
on_both!(too_little_is_said_with_what_is_needed_there_and_for_sale, short);

async fn ends_once(kind: Kind) {
    let (server, clock) = server(kind).await;
    let committed = reserve(&server, "u", "b", 100).await["reservationId"].clone();
    let released = reserve(&server, "u", "b", 100).await["reservationId"].clone();
    let expired = reserve(&server, "u", "b", 100).await["reservationId"].clone();
    let commit = |id: &Value, credits: i64, build: &str| json!({"reservationId": id, "actualCredits": credits, "buildId": build});
    let said = |(status, answer): (u16, Value)| (status, answer["params"].clone());
    // another build's, another user's, nobody's
    let (status, error) = post(&server.client, "/v1/credits/commit", &commit(&committed, 1, "other")).await;
    assert_eq!((status, &error["params"]["errors"][0]["field"]), (422, &json!("buildId")));
    let mut strange = commit(&committed, 1, "b");
    strange["userId"] = json!("v");
    let not_found = (404, json!({"resource": "reservation"}));
    assert_eq!(said(post(&server.client, "/v1/credits/commit", &strange).await), not_found);
    assert_eq!(said(post(&server.client, "/v1/credits/release", &json!({"reservationId": committed, "userId": "v"})).await), not_found);
    for odd in ["nope", "", "a\u{0}", "x/y"] {
        assert_eq!(said(post(&server.client, "/v1/credits/commit", &commit(&json!(odd), 1, "b")).await), not_found);
    }
    assert_eq!(post(&server.client, "/v1/credits/commit", &commit(&committed, 250, "b")).await.1["charged"], 100, "no more than was set aside");
    assert_eq!(post(&server.client, "/v1/credits/release", &json!({"reservationId": released})).await.0, 200);
    let transition = |from: &str, to: &str| (409, json!({"from": from, "to": to, "validNext": []}));
    let release = async |id: &Value| said(post(&server.client, "/v1/credits/release", &json!({"reservationId": id})).await);
    assert_eq!(said(post(&server.client, "/v1/credits/commit", &commit(&committed, 251, "b")).await), transition("committed", "committed"));
    assert_eq!(release(&committed).await, transition("committed", "released"));
    assert_eq!(said(post(&server.client, "/v1/credits/commit", &commit(&released, 1, "b")).await), transition("released", "committed"));
    clock.stop_at(NOON_MS + 1_800_000);
    assert_eq!(said(post(&server.client, "/v1/credits/commit", &commit(&expired, 1, "b")).await), transition("expired", "committed"));
    assert_eq!(release(&expired).await, transition("expired", "released"));
    assert_eq!(total(&server.client, "u").await, 3800, "whoever looks sees it given back");
    let lines = sound(&server, "u").await;
    assert_eq!((sum(&lines, &["expire"]), server.count("reservations WHERE state = 'expired'").await), (100, 1));
}
on_both!(a_reservation_ends_once, ends_once);

async fn overage(kind: Kind) {
    let (server, _clock) = server(kind).await;
    let id = reserve(&server, "u", "b", 3000).await["reservationId"].clone();
    let commit = json!({"reservationId": id, "actualCredits": 10_000, "buildId": "b", "allowOverage": true});
    assert_eq!(post(&server.client, "/v1/credits/commit", &commit).await, (200, json!({"charged": 3900, "refunded": 0, "newBalance": 0})));
    sound(&server, "u").await;
}
on_both!(more_than_was_set_aside_is_charged_where_it_is_allowed_and_there, overage);

async fn days(kind: Kind) {
    let (server, clock) = server(kind).await;
    let id = reserve(&server, "u", "b", 1000).await["reservationId"].clone();
    clock.stop_at(NOON_MS + 1_799_999);
    assert_eq!(post(&server.client, "/v1/credits/commit", &json!({"reservationId": id, "actualCredits": 50, "buildId": "b"})).await.1["refunded"], 950);
    // what is left of a gift lapses, and a clock that is behind gives no second one
    clock.stop_at(NOON_MS + DAY_MS);
    let next = balance(&server.client, "u").await;
    assert_eq!((&next["balance"]["dailyGift"], &next["balance"]["total"], &next["usage"]["todayUsed"]), (&json!(900), &json!(3900), &json!(0)));
    assert_eq!((&next["usage"]["lifetimeUsed"], &next["dailyResetAt"]), (&json!(50), &json!("2024-10-06T00:00:00.000Z")));
    clock.stop_at(NOON_MS);
    assert_eq!(balance(&server.client, "u").await, next);
    reserve(&server, "u", "b", 900).await;
    clock.stop_at(NOON_MS + DAY_MS);
    assert_eq!(balance(&server.client, "u").await["balance"]["dailyGift"], 0);
    clock.stop_at(NOON_MS + 2 * DAY_MS);
    // yesterday's hold has expired: of yesterday's gift nothing comes back
    assert_eq!(balance(&server.client, "u").await["balance"], json!({"welcomeBonus": 3000, "dailyGift": 900, "paid": 0, "total": 3900}));
    let lines = sound(&server, "u").await;
    assert_eq!((sum(&lines, &["gift"]), sum(&lines, &["lapse"])), (2700, -1750));
}
on_both!(a_gift_is_of_its_day, days);

#[tokio::test]
async fn what_cannot_be_is_refused_by_name() {
    let (server, _clock) = server(Kind::Sqlite).await;
    let long = "x".repeat(129);
    let reserve = |user: &str, build: &str, credits: Value| json!({"userId": user, "buildId": build, "estimatedCredits": credits});
    let cases = [
        ("reserve", reserve("a b", "b", json!(1)), 422, "userId"),
        ("reserve", reserve("u", "", json!(1)), 422, "buildId"),
        ("reserve", reserve("u", &long, json!(1)), 422, "buildId"),
        ("reserve", reserve("u", "a\nb", json!(1)), 422, "buildId"),
        ("reserve", reserve("u", "b", json!(0)), 422, "estimatedCredits"),
        ("reserve", reserve("u", "b", json!(-5)), 422, "estimatedCredits"),
        ("reserve", reserve("u", "b", json!(1_000_000_000_001_i64)), 422, "estimatedCredits"),
        ("reserve", reserve("u", "b", json!(1.5)), 400, "estimatedCredits"),
        ("commit", json!({"reservationId": "r", "actualCredits": -1, "buildId": "b"}), 422, "actualCredits"),
        ("commit", json!({"reservationId": "r", "buildId": "b"}), 400, "actualCredits"),
        ("release", json!({"reservationId": "r", "reason": "\u{0}"}), 422, "reason"),
        ("release", json!({"reservationId": "r", "actor": "a\nb"}), 422, "actor"),
        ("commit", json!({"reservationId": "r", "actualCredits": 1, "buildId": "b", "actor": ""}), 422, "actor"),
    ];
    for (operation, body, expected, field) in cases {
        let (status, error) = post(&server.client, &format!("/v1/credits/{operation}"), &body).await;
        let named = if status == 400 { &error["params"]["field"] } else { &error["params"]["errors"][0]["field"] };
        assert_eq!((status, named), (expected, &json!(field)), "{body}: {error}");
    }
    let credit = json!({"userId": "u", "credits": 0, "reference": "", "reason": "x".repeat(1001)});
    let (status, error) = post(&server.client, "/v1/billing/credit", &credit).await;
    assert_eq!((status, error["params"]["errors"].as_array().unwrap().len()), (422, 3));
    for odd in [json!([]), json!(vec!["u"; 101]), json!(["u", ""])] {
        assert_eq!(post(&server.client, "/v1/billing/batch-balance", &json!({"userIds": odd})).await.0, 422);
    }
    for odd in ["limit=0", "limit=201", "cursor=0", "cursor=x", "order=up"] {
        let answer = super::timeless(&server.client, reqwest::Method::GET, &format!("/v1/credits/u/ledger?{odd}"), "").send().await.unwrap();
        assert_eq!(answer.status(), 400, "{odd}");
    }
    assert_eq!(
        (server.count("accounts").await, server.client.bare(reqwest::Method::GET, "/v1/billing/balance/u").send().await.unwrap().status().as_u16()),
        (0, 401)
    );
    assert_eq!(get(&server.client, "/v1/billing/balance/auth0%7Cu@example.com").await["balance"]["total"], 3900);
}

#[tokio::test]
async fn a_sweep_ends_what_nobody_looks_at() {
    let clock = TestClock::default();
    clock.stop_at(NOON_MS);
    let server = TestServer::start_at(Kind::Sqlite, &[("BUILDCAST_NODE_ROLE", "api,preview"), ("BUILDCAST_SWEEP_SECONDS", "1")], Arc::new(clock.clone())).await;
    for user in ["u", "v"] {
        reserve(&server, user, "b", 100).await;
    }
    clock.stop_at(NOON_MS + 1_800_000);
    // its first use opens an account, and ends nobody else's reservation
    while server.count("reservations WHERE state = 'held'").await > 0 {
        total(&server.client, "w").await;
    }
    assert_eq!(
        (server.count("reservations WHERE state = 'expired'").await, server.count("ledger_entries WHERE kind = 'expire' AND actor = 'expiry'").await),
        (2, 2)
    );
    sound(&server, "u").await;
}

async fn many_expired(kind: Kind) {
    let (server, clock) = server(kind).await;
    for n in 0..130 {
        reserve(&server, "u", &format!("b{n}"), 30).await;
    }
    assert_eq!(total(&server.client, "u").await, 0);
    clock.stop_at(NOON_MS + 1_800_000);
    // however many there are: all of them are free again for the first who asks
    reserve(&server, "u", "next", 3900).await;
    assert_eq!(server.count("reservations WHERE state = 'expired'").await, 130);
    sound(&server, "u").await;
}
on_both!(what_many_reservations_held_is_free_when_they_expire, many_expired);
