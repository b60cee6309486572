//! The pages made from the tables of codes: each code with its params, and every frame.

use buildcast::cli::reference;
use buildcast::domain::event::CODES;
use buildcast::domain::example::params_of;
use buildcast::domain::problem::PROBLEMS;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

/// The section of a page below its headline.
fn section<'a>(page: &'a str, headline: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("\n{headline}\n")).unwrap_or_else(|| panic!("no {headline}"));
    rest.split("\n## ").next().unwrap().split("\n### ").next().unwrap()
}

/// The example in a section.
fn example(section: &str) -> Value {
    let (_, rest) = section.split_once("```json\n").unwrap();
    serde_json::from_str(rest.split("```").next().unwrap()).unwrap()
}

#[test]
fn every_event_code_has_its_params_its_message_and_an_example() {
    let page = reference::events().unwrap();
    for info in CODES {
        assert!(page.contains(&format!("\n| [{}](#{}) |", info.code, info.code.to_lowercase())), "{} is not listed", info.code);
        let section = section(&page, &format!("### {}", info.code));
        let example = example(section);
        assert_eq!((&example["code"], &example["finished"]), (&info.code.into(), &info.place.finished.into()), "{}", info.code);
        for param in params_of(info.code, info.params) {
            let row = format!("| `{}` | ", param.name);
            assert!(section.lines().any(|line| line.starts_with(&row) && line.contains(&param.description)), "{}: {row}", info.code);
            assert!(!param.required || !example["params"][&param.name].is_null(), "{}: {row}", info.code);
        }
        // a param that is not given stands in a message as its name
        assert!(section.contains('\u{201c}') && !section.contains("{$"), "{}: no message", info.code);
    }
}

#[test]
fn every_error_code_has_its_status_its_params_and_a_body() {
    let page = reference::errors().unwrap();
    assert!(section(&page, "## INTERNAL_ERROR").contains("Any operation"));
    assert!(section(&page, "## VERSION_NOT_ELIGIBLE").contains("`publishVersion`"));
    for info in PROBLEMS {
        let section = section(&page, &format!("## {}", info.code));
        assert!(section.contains(&format!("Status {}. ", info.status)) && section.contains(info.retry), "{}", info.code);
        let body = example(section);
        assert_eq!((&body["code"], &body["error"]), (&info.code.into(), &info.code.into()));
        assert!(body["message"].as_str().unwrap().ends_with('.'), "{}: {body}", info.code);
        for param in params_of(info.code, info.params) {
            assert!(section.contains(&format!("| `{}` | ", param.name)), "{}: {}", info.code, param.name);
        }
    }
}

#[test]
fn every_frame_is_in_the_page_of_events() {
    let page = reference::events().unwrap();
    let of = |headline: &str, types: &[&str]| {
        let section = section(&page, headline);
        for word in types {
            assert!(section.contains(&format!("| `{word}` | ")), "{headline}: {word}");
        }
    };
    of("## Control frames", &["connection", "live", "reset", "error"]);
    of("## WebSocket frames", &["subscribe", "unsubscribe", "set_locale", "ping", "subscribed", "event", "end", "unsubscribed", "locale", "pong", "error"]);
}

/// The words between these marks in the sources of a folder.
fn words_in(folder: &Path, marks: &[(&str, &str)], found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_dir() {
            words_in(&entry.path(), marks, found);
            continue;
        }
        let text = std::fs::read_to_string(entry.path()).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        for (before, after) in marks {
            let ends = code.split(before).skip(1).filter_map(|rest| rest.split_once(after));
            found.extend(ends.map(|(word, _)| word.to_owned()).filter(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '_')));
        }
    }
}

#[test]
fn every_reason_of_a_failure_is_in_a_page() {
    let mut words = BTreeSet::new();
    let marks = [
        ("because(\"", "\""),
        ("fault(\"", "\""),
        ("because(phase, \"", "\""),
        ("because(RollbackPhase::Validating, \"", "\""),
        ("reason: \"", "\""),
        ("reason: Some(\"", "\""),
    ];
    words_in(Path::new("src/engine"), &marks, &mut words);
    words_in(Path::new("src/service"), &[("BuildFailed { reason: Some(\"", "\"")], &mut words);
    words_in(Path::new("src/engine/generator"), &[("=> (\"", "\"")], &mut words);
    assert!(["no_output", "storage_unavailable", "artifact_corrupt", "attempts_exhausted", "generation_empty"].iter().all(|word| words.contains(*word)));
    let pages = ["errors", "code-generation"].map(|page| std::fs::read_to_string(format!("docs/{page}.md")).unwrap()).concat();
    for word in words {
        assert!(pages.contains(&format!("`{word}`")), "{word}");
    }
}
