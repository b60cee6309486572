//! What is logged: a level, or directives.

use super::load::{ConfigError, Values, fault};

const NAME: &str = "BUILDCAST_LOG";
const LEVELS: [&str; 5] = ["error", "warn", "info", "debug", "trace"];

/// The setting as it is written. A word that is no level would be taken for a module's name, and nothing logged.
pub(super) fn log(values: &Values<'_>) -> Result<String, ConfigError> {
    let text = values.text(NAME);
    match text.split(',').map(str::trim).find(|directive| !is_directive(directive)) {
        Some(odd) => Err(fault(NAME, format_args!("{odd:?} is neither of {} nor MODULE=LEVEL", LEVELS.join(", ")))),
        None => Ok(text.to_owned()),
    }
}

fn is_directive(directive: &str) -> bool {
    match directive.split_once('=') {
        None => LEVELS.contains(&directive),
        Some((module, level)) => is_module(module) && (LEVELS.contains(&level) || level == "off"),
    }
}

fn is_module(name: &str) -> bool {
    name.split("::").all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_and_directives_are_told_from_words() {
        for fine in ["info", "warn", "buildcast=trace", "info,sqlx=warn", "buildcast::engine=debug", "hyper=off"] {
            assert!(fine.split(',').all(is_directive), "{fine}");
        }
        for odd in ["inof", "", "buildcast", "INFO", "off", "info=", "=info", "buildcast=inof", "a:b=info", "[span]=info", "2"] {
            assert!(!is_directive(odd), "{odd}");
        }
    }
}
