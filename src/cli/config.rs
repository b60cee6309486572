//! `buildcast config`: every setting with its value's source, secrets masked.

use super::{Failure, settings};
use crate::config::{Origin, SETTINGS};
use clap::ArgMatches;

pub(super) fn run(matches: &ArgMatches) -> Result<(), Failure> {
    if matches.get_flag("markdown") {
        print!("{}", reference());
        return Ok(());
    }
    let loaded = settings(matches)?;
    for setting in SETTINGS {
        let (value, origin) = &loaded.values[setting.name];
        let shown = if setting.secret && !value.is_empty() { "(set)" } else { value };
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
