//! The values among the settings that nobody may see: what the output of builds is masked with.

use super::load::Origin;
use super::table::SETTINGS;
use std::collections::BTreeMap;

const HEADERS: &str = "OTEL_EXPORTER_OTLP_HEADERS";

/// Secret settings as they are, and of URLs the passwords, as they stand there and decoded.
pub(super) fn hidden(values: &BTreeMap<&'static str, (String, Origin)>) -> Vec<String> {
    let mut hidden = Vec::new();
    for setting in SETTINGS {
        let Some((value, _)) = values.get(setting.name).filter(|(value, _)| !value.is_empty()) else { continue };
        if value.contains("://") {
            for password in value.split(',').filter_map(password_of) {
                hidden.extend([decoded(&password), password]);
            }
        } else if setting.secret {
            hidden.push(value.clone());
            // a list of headers holds a secret each
            if setting.name == HEADERS {
                hidden.extend(value.split(',').filter_map(|pair| pair.split_once('=')).map(|(_, value)| decoded(value.trim())));
            }
        }
    }
    hidden
}

/// The password in a URL: before the host, or among the parameters.
fn password_of(url: &str) -> Option<String> {
    let (before, parameters) = url.split_once('?').unwrap_or((url, ""));
    let authority = before.split_once("://")?.1.split('/').next()?;
    let before_host = authority.rsplit_once('@').and_then(|(user, _)| user.split_once(':')).map(|(_, password)| password);
    let parameter = || parameters.split('&').find_map(|pair| pair.strip_prefix("password="));
    before_host.or_else(parameter).map(str::to_owned)
}

pub(super) fn decoded(text: &str) -> String {
    // a plus sign is one, before a host
    let form = format!("v={}", text.replace('+', "%2B"));
    form_urlencoded::parse(form.as_bytes()).next().map_or_else(String::new, |(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use crate::config::load;
    use std::collections::BTreeMap;

    #[test]
    fn secrets_and_passwords_are_hidden_and_nothing_else() {
        let settings = [
            ("WORKER_SHARED_SECRET", "0123456789abcdef"),
            ("DATABASE_URL", "postgres://buildcast:p%40ss+word@db:5432/buildcast?sslmode=require"),
            ("REDIS_URL", "redis://:first@a:6379,redis://user:second@b"),
        ];
        let loaded = load(None, settings.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())), BTreeMap::new()).unwrap();
        assert_eq!(loaded.config.hidden, ["p@ss+word", "p%40ss+word", "first", "first", "second", "second", "0123456789abcdef"]);
        let by_parameter = [("DATABASE_URL".to_owned(), "postgres:///x?user=u&password=hunter22&host=/run".to_owned())];
        let loaded = load(None, by_parameter.into_iter(), BTreeMap::new()).unwrap();
        assert_eq!(loaded.config.hidden, ["hunter22", "hunter22"]);
    }
}
