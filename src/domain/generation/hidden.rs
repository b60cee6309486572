//! Which of a project's files nobody outside may see: by their names, and by what looks like a secret in their text.

/// Ends of names that keys and key stores have.
const ENDS: &[&str] = &[".pem", ".key", ".p12", ".pfx", ".jks", ".keystore", ".kdbx", ".ppk", ".asc", ".gpg"];
/// Beginnings of names.
const BEGINNINGS: &[&str] = &[".env", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "credentials", "secrets.", "service-account", "service_account"];
/// Whole names, and folders.
const NAMES: &[&str] = &[".npmrc", ".yarnrc", ".yarnrc.yml", ".netrc", ".pypirc", ".htpasswd", ".git-credentials", ".ssh", ".aws", ".gnupg", ".docker"];
/// Beginnings of tokens, each followed by at least so many characters of a token.
const TOKENS: &[(&str, usize)] = &[
    ("sk-ant-", 16),
    ("sk-proj-", 16),
    ("sk_live_", 16),
    ("rk_live_", 16),
    ("ghp_", 20),
    ("gho_", 20),
    ("github_pat_", 20),
    ("glpat-", 16),
    ("npm_", 30),
    ("xoxb-", 16),
    ("xoxp-", 16),
    ("AKIA", 16),
    ("AIza", 30),
];

/// Whether a file is never shown: its name, or that of a folder above it, says secret.
pub fn is_hidden(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    let name = path.rsplit('/').next().unwrap_or_default();
    ENDS.iter().any(|end| name.ends_with(end)) || BEGINNINGS.iter().any(|begin| name.starts_with(begin)) || path.split('/').any(|part| NAMES.contains(&part))
}

/// Whether a text holds what looks like a key or a token.
pub fn holds_secret(text: &str) -> bool {
    text.lines().any(|line| line.contains("-----BEGIN") && line.contains("PRIVATE KEY")) || TOKENS.iter().any(|(begin, least)| holds_token(text, begin, *least))
}

fn holds_token(text: &str, begin: &str, least: usize) -> bool {
    let of_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    text.match_indices(begin).any(|(at, _)| {
        // inside a longer word it is a part of something else
        let alone = !text[..at].ends_with(of_token);
        alone && text[at + begin.len()..].chars().take_while(|c| of_token(*c)).count() >= least
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_hidden_wherever_they_lie() {
        for path in [".env", ".env.local", "app/.ENV.production", "certs/server.pem", "id_rsa", "a/.npmrc", ".aws/config", "secrets.json", "x/credentials.json"]
        {
            assert!(is_hidden(path), "{path}");
        }
        for path in ["index.html", "src/env.ts", "environment.md", "keys.ts", "src/secretsanta.ts", "package.json"] {
            assert!(!is_hidden(path), "{path}");
        }
    }

    #[test]
    fn keys_and_tokens_are_found_in_a_text() {
        let token = format!("const key = \"{}{}\"", "sk-ant-", "a1".repeat(20));
        for text in [token.as_str(), "x\n-----BEGIN OPENSSH PRIVATE KEY-----\n", "id=AKIAABCDEFGHIJKLMNOP"] {
            assert!(holds_secret(text), "{text}");
        }
        for text in ["", "task-ant-colony", "sk-ant-...", "npm_config_cache", "MAKIAABCDEFGHIJKLMNOPQ", "a PRIVATE KEY", "AIza"] {
            assert!(!holds_secret(text), "{text}");
        }
    }
}
