//! The negotiation of a locale: four lines are header, query, cookie and Accept-Language; an empty one is not there.

#![no_main]

use buildcast::domain::locale::{DEFAULT, LocaleHints, negotiate};
use libfuzzer_sys::fuzz_target;

const SHIPPED: &[&str] = &["en", "ar", "fr", "es", "de"];
/// Without the default: what comes out of a hint alone tells whether the hint led anywhere.
const OTHERS: &[&str] = &["ar", "fr", "es", "de"];

fuzz_target!(|text: &str| {
    let mut lines = text.splitn(4, '\n').map(|line| Some(line).filter(|line| !line.is_empty()));
    let mut line = || lines.next().flatten();
    let all = LocaleHints { header: line(), query: line(), cookie: line(), accept_language: line() };
    let got = negotiate(all, SHIPPED);
    assert!(SHIPPED.contains(&got), "{got}");

    // the first hint that leads anywhere decides
    let none = LocaleHints::default();
    let alone = [
        LocaleHints { header: all.header, ..none },
        LocaleHints { query: all.query, ..none },
        LocaleHints { cookie: all.cookie, ..none },
        LocaleHints { accept_language: all.accept_language, ..none },
    ];
    let first = alone.into_iter().map(|hint| negotiate(hint, OTHERS)).find(|locale| *locale != DEFAULT);
    assert_eq!(negotiate(all, OTHERS), first.unwrap_or(DEFAULT));

    // a locale that is asked for is in the hint that asked for it, or is what a star stands for
    if let Some(list) = all.accept_language {
        let got = negotiate(alone[3], OTHERS);
        assert!(got == DEFAULT || list.contains('*') || list.to_ascii_lowercase().contains(got), "{got} of {list}");
    }
    // what is malformed or oversized leads nowhere
    for tag in [all.header, all.query, all.cookie].into_iter().flatten() {
        if tag.trim().len() > 64 || tag.trim().contains(|c: char| !c.is_ascii_alphanumeric() && c != '-') {
            assert_eq!(negotiate(LocaleHints { header: Some(tag), ..none }, OTHERS), DEFAULT);
        }
    }
});
