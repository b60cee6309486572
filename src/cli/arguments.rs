//! What may stand on the command line: the commands, and a flag for every setting.

use crate::config::{SETTINGS, Setting};
use crate::domain::fault::NAMES;
use clap::{Arg, ArgAction, ArgMatches, Command};
use std::collections::BTreeMap;

/// A setting's flag: its name in lower case with dashes, without `BUILDCAST_`.
pub(super) fn flag_of(setting: &Setting) -> String {
    setting.name.trim_start_matches("BUILDCAST_").to_lowercase().replace('_', "-")
}

fn with_settings(command: Command) -> Command {
    let file = Arg::new("config").long("config").value_name("FILE").help("A TOML file with settings by name");
    // a secret on a command line can be read by every user of the machine
    let open = SETTINGS.iter().filter(|setting| !setting.secret);
    let flags = open.map(|setting| Arg::new(setting.name).long(flag_of(setting)).value_name("VALUE").help(setting.about).hide_possible_values(true));
    command.arg(file).args(flags)
}

/// The settings given as flags.
pub(super) fn flags(matches: &ArgMatches) -> BTreeMap<&'static str, String> {
    let given = |setting: &Setting| matches.try_get_one::<String>(setting.name).ok().flatten().cloned();
    SETTINGS.iter().filter_map(|setting| Some((setting.name, given(setting)?))).collect()
}

/// A command that follows a stream.
fn follows(command: Command) -> Command {
    let token = Arg::new("token").long("token").value_name("TOKEN").help("The stream token; in BUILDCAST_TOKEN nobody else of the machine sees it");
    command.arg(Arg::new("URL").required(true).help("The stream, such as http://127.0.0.1:8080/v1/builds/ID/events")).arg(token)
}

pub(super) fn command() -> Command {
    let text = |name: &'static str, value: &'static str, help: &'static str| Arg::new(name).long(name).value_name(value).help(help);
    Command::new("buildcast")
        .about("A streaming-first event hub with an embedded job engine for web project builds")
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(with_settings(Command::new("serve").about("Run the server: API, engine, previews")))
        .subcommand(with_settings(Command::new("migrate").about("Apply the migrations that are missing")))
        .subcommand(
            with_settings(Command::new("config").about("Show every setting, its value and where it comes from; secrets are masked"))
                .arg(Arg::new("markdown").long("markdown").action(ArgAction::SetTrue).help("Print the reference of all settings instead")),
        )
        .subcommand(
            with_settings(Command::new("sweep").about("Remove what has had its time from the artifact store, once; a server may run meanwhile"))
                .arg(Arg::new("dry-run").long("dry-run").action(ArgAction::SetTrue).help("Only tell what would be removed, and change nothing")),
        )
        .subcommand(
            with_settings(Command::new("credit").about("Credit a user's account; the same reference never counts twice"))
                .arg(Arg::new("USER").required(true).help("Whose account"))
                .arg(Arg::new("CREDITS").required(true).value_parser(clap::value_parser!(i64).range(1..)).help("How many"))
                .arg(text("reference", "REFERENCE", "The payment, 1 to 200 characters").required(true))
                .arg(text("reason", "TEXT", "Why, for the record"))
                .arg(text("by", "NAME", "Who does it, for the record; the login name unless said")),
        )
        .subcommand(
            follows(Command::new("record").about("Follow a build's stream to its end and write it as a recording"))
                .arg(Arg::new("FILE").required(true).help("The file; - for standard output"))
                .arg(Arg::new("force").long("force").action(ArgAction::SetTrue).help("Write over a file that is there")),
        )
        .subcommand(
            follows(Command::new("tail").about("Show a stream in the terminal; exit code 0 for a good end, 3 failed, 4 timed out, 5 cancelled"))
                .arg(text("locale", "LOCALE", "The language of the messages"))
                .arg(Arg::new("json").long("json").action(ArgAction::SetTrue).help("The events' JSON instead, one a line")),
        )
        .subcommand(
            Command::new("replay")
                .about("Serve recordings to front ends, with faults on purpose: no database, no token")
                .arg(Arg::new("FILE").required(true).action(ArgAction::Append).help("Recordings"))
                .arg(text("host", "ADDRESS", "The address to listen on; 127.0.0.1 unless said"))
                .arg(text("port", "PORT", "The port; 0, unless said, takes a free one").value_parser(clap::value_parser!(u16)))
                .arg(text("speed", "X", "Times as fast as it was, 0 for all at once; 1 unless said").value_parser(clap::value_parser!(f64)))
                .arg(text("faults", "FILE", "A TOML file with faults by name; flags stand over it"))
                .args(NAMES.iter().map(|(name, value, about)| {
                    let flag = Arg::new(*name).long(*name).value_name(*value).help(*about);
                    // by itself it says yes, and takes nothing of what follows
                    if *value == "BOOL" { flag.num_args(0..=1).require_equals(true).default_missing_value("true") } else { flag }
                })),
        )
        .subcommand(
            Command::new("diff")
                .about("Show how two recordings differ, apart from ids and times; exit code 3 when they do")
                .arg(Arg::new("A").required(true).help("A recording"))
                .arg(Arg::new("B").required(true).help("Another"))
                .arg(text("timing", "MS", "Show what took this much longer or shorter, too").value_parser(clap::value_parser!(i64).range(0..)))
                .arg(text("ignore", "NAME", "An event code or a param to leave out").action(ArgAction::Append))
                .arg(Arg::new("json").long("json").action(ArgAction::SetTrue).help("A line of JSON for each difference")),
        )
        .subcommand(Command::new("supervise").hide(true))
        .subcommand(
            Command::new("openapi")
                .about("Print the OpenAPI document")
                .disable_version_flag(true)
                .arg(text("version", "VERSION", "3.1, for generators, or 3.2, for validators").default_value("3.1").value_parser(["3.1", "3.2"])),
        )
        .subcommand(
            Command::new("messages").about("Print every message in every locale with every plural class, as this server writes it, one JSON object a line"),
        )
        .subcommand(
            Command::new("reference")
                .about("Print a page of the reference as Markdown")
                .subcommand_required(true)
                .subcommand(Command::new("events").about("Every event code and frame"))
                .subcommand(Command::new("errors").about("Every error code")),
        )
        .subcommand(
            with_settings(Command::new("sign").about("Print the headers that sign a request, one `name: value` a line"))
                .arg(Arg::new("v1").long("v1").action(ArgAction::SetTrue).help("Version 1"))
                .arg(Arg::new("v2").long("v2").action(ArgAction::SetTrue).conflicts_with("v1").help("Version 2 (the default)"))
                .arg(text("body", "TEXT|@FILE", "The body, or a file that holds it"))
                .arg(Arg::new("METHOD").required(true).help("GET, HEAD, POST, PUT, PATCH or DELETE"))
                .arg(Arg::new("PATH").required(true).help("The path with its query, as on the request line")),
        )
        .subcommand(
            with_settings(Command::new("token").about("Print a stream token, signed with the secret: no server is asked whose its streams are"))
                .arg(text("user", "USER", "Who will listen").required(true))
                .arg(text("build", "BUILD", "A build to listen to").action(ArgAction::Append))
                .arg(text("project", "PROJECT", "A project to listen to").action(ArgAction::Append))
                .arg(text("ttl", "SECONDS", "How long it is good for, 1 to 3600").default_value("900").value_parser(clap::value_parser!(i64).range(1..=3600))),
        )
        .subcommand(
            with_settings(Command::new("page-token").about("Print a page token: PAGE/#/login/TOKEN logs its user in, once"))
                .arg(text("user", "USER", "Who will use the page").required(true))
                .arg(
                    text("ttl", "SECONDS", "Within how long it has to be used, 1 to 300")
                        .default_value("300")
                        .value_parser(clap::value_parser!(i64).range(1..=300)),
                ),
        )
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_consistent() {
        super::command().debug_assert();
    }
}
