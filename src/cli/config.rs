//! `buildcast config`: every setting with its value's source, secrets masked.

use super::{Failure, settings};
use crate::config::{Origin, SETTINGS};
use clap::ArgMatches;

pub(super) fn run(matches: &ArgMatches) -> Result<(), Failure> {
    if matches.get_flag("markdown") {
        return super::show(&reference());
    }
    let loaded = settings(matches)?;
    for setting in SETTINGS {
        let (value, origin) = &loaded.values[setting.name];
        let shown = if setting.secret && !value.is_empty() { "(set)".to_owned() } else { without_password(value) };
        let from = match origin {
            Origin::Default => "default",
            Origin::File => "file",
            Origin::Environment => "environment",
            Origin::Flag => "flag",
        };
        println!("{}={shown}  # {from}", setting.name);
    }
    Ok(())
}

/// An address without what it holds of passwords.
fn without_password(value: &str) -> String {
    let Some((scheme, rest)) = value.split_once("://") else { return value.to_owned() };
    let (address, query) = rest.split_once('?').map_or((rest, None), |(address, query)| (address, Some(query)));
    let address = match address.rsplit_once('@') {
        Some((user, host)) => format!("{}@{host}", user.split_once(':').map_or(user.to_owned(), |(name, _)| format!("{name}:(set)"))),
        None => address.to_owned(),
    };
    let masked = |pair: &str| if pair.to_ascii_lowercase().starts_with("password=") { "password=(set)".to_owned() } else { pair.to_owned() };
    let query = query.map(|query| format!("?{}", query.split('&').map(masked).collect::<Vec<_>>().join("&")));
    format!("{scheme}://{address}{}", query.unwrap_or_default())
}

/// docs/configuration.md, from the table.
pub fn reference() -> String {
    let mut text = String::from(
        "# Settings\n\nMade from the code; `make generate` writes it. From the environment, a TOML file (`--config FILE`, keys are the same\nnames), and flags, the later over the earlier. `buildcast config` shows what is in force and where it comes from.\n\n| name | flag | default | what it is |\n| --- | --- | --- | --- |\n",
    );
    for setting in SETTINGS {
        let flag = if setting.secret { "none".into() } else { format!("`--{}`", super::arguments::flag_of(setting)) };
        let default = if setting.default.is_empty() { "none".into() } else { format!("`{}`", setting.default) };
        text.push_str(&format!("| `{}` | {flag} | {default} | {} |\n", setting.name, setting.about.replace('|', "\\|")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn passwords_in_addresses_are_masked() {
        assert_eq!(without_password("postgres://u:pw@h/d?a=b&password=x"), "postgres://u:(set)@h/d?a=b&password=(set)");
        for plain in ["sqlite:///data/x.db", "postgres://u@h/d", "127.0.0.1:8080", ""] {
            assert_eq!(without_password(plain), plain);
        }
    }
}
