//! The check of signatures. Lines are method, path, v1, v2, timestamp, nonce, what is accepted, and the clock's distance;
//! the rest is the body. An empty line is a header that is not there; `right` stands for the right signature, `stolen` for
//! one of another request.

#![no_main]

use buildcast::domain::ids::is_id;
use buildcast::domain::signature::{AcceptedVersions, CLOCK_WINDOW_MS, SignatureFault, SignatureHeaders, SignedRequest, sign_v1, sign_v2, verify};
use libfuzzer_sys::fuzz_target;

const SECRETS: [&[u8]; 2] = [b"the secret of today", b"the secret of yesterday"];
const NOW_MS: i64 = 1_735_689_600_000;

fuzz_target!(|input: &[u8]| {
    let mut parts = input.splitn(9, |byte| *byte == b'\n');
    let mut line = || parts.next().and_then(|line| std::str::from_utf8(line).ok()).unwrap_or_default();
    let (method, path) = (line(), line());
    let shown = [line(), line(), line(), line()];
    let (accepts, off) = (line(), line());
    let body = parts.next().unwrap_or_default();
    let accepted = AcceptedVersions { v1: accepts.contains('1'), v2: accepts.contains('2') };
    let now_ms = NOW_MS.saturating_add(off.parse().unwrap_or(0));
    let request = SignedRequest { method, path_and_query: path, body };
    let secret = SECRETS[body.len() % 2];
    let [timestamp, nonce] = [shown[2], shown[3]];
    let timestamp = if timestamp == "now" { NOW_MS.to_string() } else { timestamp.to_owned() };

    let (right_v1, right_v2) = (sign_v1(secret, request), sign_v2(secret, request, &timestamp, nonce));
    let other = SignedRequest { method: "STOLEN", path_and_query: "/of/another", body };
    let (stolen_v1, stolen_v2) = (sign_v1(secret, other), sign_v2(secret, other, &timestamp, nonce));
    let signature = |word, right, stolen| match word {
        "right" => right,
        "stolen" => stolen,
        other => other,
    };
    let v1 = signature(shown[0], right_v1.as_str(), stolen_v1.as_str());
    let v2 = signature(shown[1], right_v2.as_str(), stolen_v2.as_str());
    let there = |text| Some(text).filter(|text: &&str| !text.is_empty());
    let headers = SignatureHeaders { v1: there(v1), v2: there(v2), timestamp: there(&timestamp), nonce: there(nonce) };

    let verdict = verify(&SECRETS, accepted, request, headers, now_ms);
    let is_right = |shown: &str, sign: &dyn Fn(&[u8]) -> String| SECRETS.iter().any(|secret| sign(secret).eq_ignore_ascii_case(shown));
    let v1_counts = accepted.v1 && !v1.is_empty();
    let v2_counts = accepted.v2 && headers.v2.or(headers.timestamp).or(headers.nonce).is_some();
    match &verdict {
        Ok(verified) => {
            assert!(v1_counts || v2_counts);
            assert_eq!((verified.v1, verified.nonce.as_deref()), (v1_counts, v2_counts.then_some(nonce)));
            assert!(!v1_counts || is_right(v1, &|secret| sign_v1(secret, request)));
            if v2_counts {
                assert!(is_right(v2, &|secret| sign_v2(secret, request, &timestamp, nonce)));
                assert!((16..=64).contains(&nonce.len()) && is_id(nonce));
                assert!(now_ms.abs_diff(timestamp.parse::<i64>().unwrap()) <= CLOCK_WINDOW_MS.unsigned_abs());
            }
        }
        Err(SignatureFault::Missing) => assert!(!v1_counts || v2_counts && (v2.is_empty() || timestamp.is_empty() || nonce.is_empty())),
        // told by the form alone: before a body is read, and a signature judged
        Err(SignatureFault::Expired) => assert!(now_ms.abs_diff(timestamp.parse::<i64>().unwrap()) > CLOCK_WINDOW_MS.unsigned_abs()),
        Err(SignatureFault::Invalid) => {}
    }

    // what was accepted is accepted for nothing else
    if let Ok(verified) = verdict {
        let longer = [body, b"x"].concat();
        let elsewhere = format!("{path}x");
        for changed in [SignedRequest { body: &longer, ..request }, SignedRequest { path_and_query: &elsewhere, ..request }] {
            assert_eq!(verify(&SECRETS, accepted, changed, headers, now_ms), Err(SignatureFault::Invalid));
        }
        if verified.nonce.is_some() {
            let (later, method) = (format!("{nonce}x"), format!("{method}x"));
            assert!(verify(&SECRETS, accepted, request, SignatureHeaders { nonce: Some(&later), ..headers }, now_ms).is_err());
            assert!(verify(&SECRETS, accepted, SignedRequest { method: &method, ..request }, headers, now_ms).is_err());
        }
        assert!(verify(&[b"another secret"], accepted, request, headers, now_ms).is_err());
    }
});
