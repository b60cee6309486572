//! What must not be shown in a build's output: the server's own secrets, and whatever looks like a credential.
//!
//! Says where it stands in a text; `line` puts `***` there. A key in PEM goes over many lines, so each output has a
//! `KeyBlock` that remembers whether it is inside one.

use regex::{Regex, RegexSet};
use std::ops::Range;
use std::sync::LazyLock;

/// What stands for a secret.
pub const HIDDEN: &str = "***";
/// A shorter value is not looked for: it would be found in every other word.
const SECRET_MIN_BYTES: usize = 6;
/// Lines of a key at most: one that never ends must not hide all that follows.
const KEY_LINES_MAX: u32 = 500;
/// Bytes of a marker of PEM at most.
pub(super) const MARKER_MAX_BYTES: usize = 96;

/// Credentials by their form; the first group is what is hidden, where there is one.
const CREDENTIALS: &[&str] = &[
    r#"(?i-u:\bauthorization[\\"']*\s*[:=]\s*[\\"']*(?:bearer|basic|token|apikey|negotiate)\s+)([^\x00-\x20"',;]+)"#,
    r#"(?i-u:\bbearer\s+)([A-Za-z0-9._~+/-]{20,}=*)"#,
    // npm's own settings
    r#"(?i-u:\b_(?:authtoken|auth|password)[\\"']*\s*[=:]\s*[\\"']*)([^\x00-\x20"',;]+)"#,
    // variables, by their names
    r#"(?:TOKEN|SECRET(?:_KEY(?:_BASE)?)?|PASSWORD|PASSWD|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY)=["']?([^\x00-\x20"']{8,})"#,
    r#"(?i-u:secret_?access_?key[\\"']*\s*[=:]\s*[\\"']*)([A-Za-z0-9/+]{40})"#,
    // the password in a URL, which may hold an @ itself; a lone token before the host
    r#"//[^\x00-\x20/"@:?#]*:([^\x00-\x20/"]+)@"#,
    r"://([A-Za-z0-9_-]{20,})@",
    r"(?:AKIA|ASIA|ABIA|ACCA|AIDA|AROA)[A-Z0-9]{16}",
    r"gh[pousr]_[A-Za-z0-9]{20,}",
    r"github_pat_[A-Za-z0-9_]{20,}",
    r"glpat-[A-Za-z0-9_-]{20,}",
    r"npm_[A-Za-z0-9]{36,}",
    r"xox[abeoprs]-[A-Za-z0-9-]{10,}",
    r"AIza[A-Za-z0-9_-]{35}",
    r"(?-u:\b)[rs]k_(?:live|test)_[A-Za-z0-9]{16,}",
    r"(?-u:\b)sk-[A-Za-z0-9_-]{20,}",
    // JWTs: a header, and at least the beginning of what follows
    r"eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]+){1,4}",
];

fn compiled(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern of ours")
}

static CREDENTIAL_SET: LazyLock<RegexSet> = LazyLock::new(|| RegexSet::new(CREDENTIALS).expect("patterns of ours"));
static CREDENTIAL: LazyLock<Vec<Regex>> = LazyLock::new(|| CREDENTIALS.iter().map(|pattern| compiled(pattern)).collect());
static KEY_MARKER: LazyLock<Regex> = LazyLock::new(|| compiled("-----(BEGIN|END) [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"));

/// The values that this server must not show.
#[derive(Clone, Default)]
pub struct Mask {
    secrets: Vec<String>,
}

impl std::fmt::Debug for Mask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mask")
    }
}

/// Whether an output is inside a private key.
#[derive(Debug, Clone, Copy, Default)]
pub struct KeyBlock {
    /// Lines that are still hidden; 0 outside.
    lines_left: u32,
}

impl Mask {
    /// Hides these values besides all that looks like a credential; those of more than one line each line by itself.
    pub fn new(secrets: impl IntoIterator<Item = String>) -> Self {
        let lines = secrets.into_iter().flat_map(|secret| secret.lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>());
        let mut secrets: Vec<String> = lines.filter(|line| line.len() >= SECRET_MIN_BYTES).collect();
        secrets.sort();
        secrets.dedup();
        Self { secrets }
    }

    /// Bytes of the longest value.
    pub fn longest(&self) -> usize {
        self.secrets.iter().map(String::len).max().unwrap_or(0)
    }

    /// Where in a line something has to be hidden: ordered, apart from each other, on character boundaries.
    pub fn ranges(&self, text: &str, block: &mut KeyBlock) -> Vec<Range<usize>> {
        let mut found = block.ranges(text);
        for secret in &self.secrets {
            found.extend(text.match_indices(secret.as_str()).map(|(at, _)| at..at + secret.len()));
        }
        for matching in CREDENTIAL_SET.matches(text) {
            for captures in CREDENTIAL[matching].captures_iter(text) {
                found.extend(captures.get(1).or_else(|| captures.get(0)).map(|hidden| hidden.range()));
            }
        }
        merged(found)
    }
}

impl KeyBlock {
    /// A marker was passed over that nobody looked at.
    pub(super) const fn follow(&mut self, begins: bool) {
        self.lines_left = if begins { KEY_LINES_MAX } else { 0 };
    }

    fn ranges(&mut self, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let mut from = (self.lines_left > 0).then_some(0);
        if from.is_none() && !text.contains("-----") {
            return found;
        }
        for (begins, marker) in markers(text) {
            self.follow(begins);
            match (begins, from) {
                (true, None) => from = Some(marker.start),
                (false, Some(start)) => {
                    found.push(start..marker.end);
                    from = None;
                }
                _ => {}
            }
        }
        if let Some(start) = from {
            found.push(start..text.len());
            self.lines_left -= 1;
        }
        found
    }
}

/// The last marker in a text: whether a key begins there.
pub(super) fn last_marker(text: &str) -> Option<bool> {
    markers(text).last().map(|(begins, _)| begins)
}

fn markers(text: &str) -> impl Iterator<Item = (bool, Range<usize>)> {
    KEY_MARKER.captures_iter(text).map(|captures| {
        let all = captures.get_match();
        (&captures[1] == "BEGIN", all.range())
    })
}

fn merged(mut found: Vec<Range<usize>>) -> Vec<Range<usize>> {
    found.retain(|range| !range.is_empty());
    found.sort_by_key(|range| range.start);
    let mut apart: Vec<Range<usize>> = Vec::with_capacity(found.len());
    for range in found {
        match apart.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => apart.push(range),
        }
    }
    apart
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(text: &str) -> Vec<&str> {
        Mask::new(["correct horse".to_owned(), "pw".to_owned()]).ranges(text, &mut KeyBlock::default()).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn credentials_are_found_by_their_form() {
        let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1In0.c2lnbmF0dXJl";
        let cases = [
            ("Authorization: Bearer abc", "abc"),
            ("{\"authorization\": \"Basic dXNlcjpwYXNz\"}", "dXNlcjpwYXNz"),
            ("curl -H 'proxy-authorization: token 0123'", "0123"),
            ("got bearer 0123456789abcdefghij==", "0123456789abcdefghij=="),
            ("//registry.example/:_authToken=00000000-1111", "00000000-1111"),
            ("  \"_password\": \"aHVudGVyMg\",", "aHVudGVyMg"),
            ("NPM_TOKEN=12345678", "12345678"),
            ("export MY_API_KEY='12345678'", "12345678"),
            ("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
            ("postgres://user:p@ss@db:5432/x", "p@ss"),
            ("redis://:hunter2@cache", "hunter2"),
            ("git clone https://0123456789abcdef0123@github.com/a/b", "0123456789abcdef0123"),
            ("key AKIAIOSFODNN7EXAMPLE.", "AKIAIOSFODNN7EXAMPLE"),
            ("x_ghp_0123456789abcdefghijABCDEFGHIJ012345", "ghp_0123456789abcdefghijABCDEFGHIJ012345"),
            ("github_pat_11ABCDEFG0123456789_abc", "github_pat_11ABCDEFG0123456789_abc"),
            ("npm_0123456789abcdefghij0123456789abcdef", "npm_0123456789abcdefghij0123456789abcdef"),
            ("OPENAI sk-proj-0123456789abcdef_XY", "sk-proj-0123456789abcdef_XY"),
            (&format!("token {jwt},"), jwt),
            ("is it correct horse?", "correct horse"),
            ("-----BEGIN EC PRIVATE KEY-----\\nMHc\\n-----END EC PRIVATE KEY-----", "-----BEGIN EC PRIVATE KEY-----\\nMHc\\n-----END EC PRIVATE KEY-----"),
        ];
        for (text, secret) in cases {
            assert_eq!(hidden(text), [secret], "{text}");
        }
    }

    #[test]
    fn plain_output_is_left_alone() {
        let cases = [
            "the token is missing: pass a bearer token, please",
            "Authorization: required",
            "user_password: must be at least 8 characters",
            "  Local:   http://localhost:5173/@vite/client",
            "https://unpkg.com/react@18.2.0/umd and git@github.com:a/b.git",
            "npm_config_registry npm_lifecycle_event npm warn deprecated x@1.0.0",
            "src/task-list-component-with-a-long-name.tsx 12.3 kB",
            "sha512-eyJhIjoiYiJ9 is not a token",
            "-----BEGIN CERTIFICATE-----",
            "css: .sk-circle { color: red }",
            "built in 3.21s, 2 secrets, 1 password, API_KEY is not set, TOKEN=short",
            "pw",
        ];
        for text in cases {
            assert_eq!(hidden(text), Vec::<&str>::new(), "{text}");
        }
    }

    #[test]
    fn a_key_is_hidden_over_its_lines_and_not_for_ever() {
        let (mask, mut block) = (Mask::default(), KeyBlock::default());
        let mut lines = |text: &str| mask.ranges(text, &mut block);
        assert_eq!(lines("a -----BEGIN RSA PRIVATE KEY-----"), vec![2..33]);
        assert_eq!(lines("MIIEpAIBAAKCAQEA"), vec![0..16]);
        assert!(lines("").is_empty());
        assert_eq!(lines("x -----END RSA PRIVATE KEY----- b"), vec![0..31]);
        assert!(lines("MIIEpAIBAAKCAQEA").is_empty());
        lines("-----BEGIN PRIVATE KEY-----");
        for _ in 1..KEY_LINES_MAX {
            assert_eq!(lines("abc"), vec![0..3]);
        }
        assert!(lines("abc").is_empty());
    }
}
