//! A private S3 server, moto, as a child process on a free port; and what AWS itself would say to a signed address, which
//! moto does not check.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub const BUCKET: &str = "artifacts-of-tests";
pub const KEY_ID: &str = "AKIAOFTHETESTS";
pub const SECRET_KEY: &str = "a/secret+key+that+only+tests+know";

pub struct S3 {
    guard: Child,
    port: u16,
}

/// Ends the server when the pipe to it closes: also when the test's process is killed.
const GUARD: &str = r#""$@" & server=$!; read -r _; kill -KILL $server; wait $server"#;

impl S3 {
    /// A server with an empty bucket.
    pub async fn start() -> Self {
        let made = Command::new("tests/tools/s3").stderr(Stdio::inherit()).output().unwrap();
        assert!(made.status.success(), "no S3 server: `make tools`");
        let program = String::from_utf8(made.stdout).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Self { guard: spawn(program.trim(), port), port };
        let _ = rustls::crypto::ring::default_provider().install_default();
        let made = reqwest::Client::new().put(format!("{}/{BUCKET}", server.url())).send().await.unwrap();
        assert!(made.status().is_success(), "{}", made.text().await.unwrap());
        server
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The settings of a server that keeps its artifacts there.
    pub fn settings(&self) -> Vec<(String, String)> {
        let place = format!("s3://{BUCKET}/some/folder");
        let all =
            [("BUILDCAST_ARTIFACTS", place.as_str()), ("AWS_ENDPOINT_URL", &self.url()), ("AWS_ACCESS_KEY_ID", KEY_ID), ("AWS_SECRET_ACCESS_KEY", SECRET_KEY)];
        all.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
    }

    /// Ends the server, as a fault would.
    pub fn stop(&mut self) {
        drop(self.guard.stdin.take());
        let _ = self.guard.wait();
    }
}

fn spawn(program: &str, port: u16) -> Child {
    let guard = Command::new("sh")
        .args(["-c", GUARD, "sh", program, "-H", "127.0.0.1", "-p", &port.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(begun.elapsed() < Duration::from_secs(60), "the S3 server does not listen");
        std::thread::sleep(Duration::from_millis(20));
    }
    guard
}

impl Drop for S3 {
    fn drop(&mut self) {
        self.stop();
    }
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// Whether AWS would answer a GET of this signed address at that time, epoch seconds: Signature Version 4 in the query, as
/// its documentation sets it out.
pub fn aws_accepts(url: &str, at: i64) -> bool {
    let judged = || {
        let (place, query) = url.strip_prefix("http://")?.split_once('?')?;
        let (host, path) = place.split_once('/')?;
        let mut pairs: Vec<(&str, &str)> = query.split('&').map(|pair| pair.split_once('=')).collect::<Option<_>>()?;
        let value = |name: &str| pairs.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
        let (signature, date, scope) = (value("X-Amz-Signature")?, value("X-Amz-Date")?, value("X-Amz-Credential")?.replace("%2F", "/"));
        let (key_id, scope) = scope.split_once('/')?;
        let (expires, algorithm) = (value("X-Amz-Expires")?.parse::<i64>().ok()?, value("X-Amz-Algorithm")?);
        if key_id != KEY_ID || algorithm != "AWS4-HMAC-SHA256" || value("X-Amz-SignedHeaders")? != "host" {
            return None;
        }
        pairs.retain(|(name, _)| *name != "X-Amz-Signature");
        pairs.sort_unstable();
        let canonical = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
        let request = format!("GET\n/{path}\n{canonical}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD");
        let to_sign = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", hex::encode(Sha256::digest(request)));
        let mut key = format!("AWS4{SECRET_KEY}").into_bytes();
        for part in scope.split('/') {
            key = mac(&key, part);
        }
        let signed_at = chrono::NaiveDateTime::parse_from_str(&date, "%Y%m%dT%H%M%SZ").ok()?.and_utc().timestamp();
        (hex::encode(mac(&key, &to_sign)) == signature && scope.starts_with(date.get(..8)?)).then_some(at <= signed_at + expires)
    };
    judged().unwrap_or(false)
}
