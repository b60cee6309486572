//! The catalogues: complete, alike, and right whatever they are told.

use super::super::event::CODES;
use super::super::problem::PROBLEM_CODES;
use super::cases::cases;
use super::number::{plural_rules, word};
use super::variables::{Use, Variables, messages};
use super::*;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

fn catalogue(shipped: &Shipped) -> BTreeMap<String, Variables> {
    let resource = FluentResource::try_new(shipped.text.to_owned()).unwrap();
    let listed = messages(&resource);
    let count = listed.len();
    let catalogue: BTreeMap<_, _> = listed.into_iter().collect();
    assert_eq!(catalogue.len(), count, "an id of locales/{}.ftl is there twice", shipped.locale);
    catalogue
}

#[test]
fn every_code_has_a_message_in_every_locale() {
    for shipped in SHIPPED {
        let catalogue = catalogue(shipped);
        let ids = CODES.iter().map(|c| c.code.to_owned()).chain(PROBLEM_CODES.iter().map(|(code, _)| format!("error-{code}")));
        for id in ids {
            assert!(catalogue.contains_key(&id), "locales/{}.ftl lacks {id}", shipped.locale);
        }
    }
}

#[test]
fn every_locale_has_the_same_messages_with_the_same_variables() {
    let names = |catalogue: BTreeMap<String, Variables>| -> BTreeMap<String, BTreeSet<String>> {
        catalogue.into_iter().map(|(id, variables)| (id, variables.into_keys().collect())).collect()
    };
    let english = names(catalogue(&SHIPPED[0]));
    assert!(english.len() > 150);
    for shipped in &SHIPPED[1..] {
        let other = names(catalogue(shipped));
        for (id, variables) in &english {
            assert_eq!(other.get(id), Some(variables), "{id} of locales/{}.ftl", shipped.locale);
        }
        let more: Vec<_> = other.keys().filter(|id| !english.contains_key(*id)).collect();
        assert!(more.is_empty(), "locales/{}.ftl has {more:?}, which locales/en.ftl lacks", shipped.locale);
    }
}

#[test]
fn what_one_language_counts_arabic_counts_too_and_every_choice_by_number_has_all_forms() {
    let counted = |shipped: &Shipped| -> BTreeSet<(String, String)> {
        let of =
            |(id, variables): (String, Variables)| variables.into_iter().filter(|(_, used)| *used == Use::Counted).map(move |(name, _)| (id.clone(), name));
        catalogue(shipped).into_iter().flat_map(of).collect()
    };
    let arabic = counted(&SHIPPED[1]);
    for shipped in SHIPPED {
        let lacking: Vec<_> = counted(shipped).difference(&arabic).cloned().collect();
        assert!(lacking.is_empty(), "counted in locales/{}.ftl and not in Arabic: {lacking:?}", shipped.locale);
        let expected: BTreeSet<&str> = plural_rules(shipped.locale).unwrap().categories().map(word).collect();
        // each choice, and the lines of its forms
        for choice in shipped.text.split("PLURAL($").skip(1) {
            let forms = choice.lines().skip(1).map_while(|line| line.trim_start().trim_start_matches('*').strip_prefix('[')?.split(']').next());
            let forms: Vec<&str> = forms.collect();
            assert_eq!(forms.len(), expected.len(), "locales/{}.ftl: {choice}", shipped.locale);
            assert_eq!(forms.into_iter().collect::<BTreeSet<_>>(), expected, "locales/{}.ftl: {choice}", shipped.locale);
        }
    }
    assert_eq!(plural_rules("ar").unwrap().categories().count(), 6);
}

#[test]
fn required_params_are_enough_for_every_event_message() {
    for locale in LOCALES {
        for info in CODES {
            let schema = serde_json::to_value((info.params)()).unwrap();
            let mut params = json!({"timestamp": 1, "projectId": "p"});
            for name in schema["required"].as_array().into_iter().flatten() {
                let name = name.as_str().unwrap();
                let number = ["integer", "number"].iter().any(|kind| schema["properties"][name]["type"] == *kind);
                params[name] = if number { 3.into() } else { "x".into() };
            }
            let text = message(locale, info.code, &params);
            assert!(!text.contains(MISSING) && text != info.code, "{locale} {}: {text}", info.code);
        }
    }
}

#[test]
fn arabic_has_six_forms() {
    let text = |count: u32| message("ar", "BUILD_VALIDATING", &json!({"count": count}));
    let expected = [
        (0, "لا توجد ملفات للتحقق منها."),
        (1, "جارٍ التحقق من ملف واحد."),
        (2, "جارٍ التحقق من ملفين."),
        (3, "جارٍ التحقق من 3 ملفات."),
        (11, "جارٍ التحقق من 11 ملفًا."),
        (100, "جارٍ التحقق من 100 ملف."),
        (101, "جارٍ التحقق من 101 ملف."),
        (102, "جارٍ التحقق من 102 ملف."),
        (103, "جارٍ التحقق من 103 ملفات."),
    ];
    for (count, expected) in expected {
        assert_eq!(text(count), expected, "{count}");
    }
}

#[test]
fn numbers_have_latin_digits_and_each_locale_s_separators() {
    let text = |locale: &str, seconds: f64| message(locale, "page-seconds", &json!({"seconds": seconds})).replace(['\u{a0}', ' '], "_");
    assert_eq!(text("en", 12345.678), "12,345.7_s");
    assert_eq!(text("de", 12345.678), "12.345,7_s");
    assert_eq!(text("fr", 12345.678), "12\u{202f}345,7_s");
    assert_eq!(text("es", 12345.678), "12.345,7_s");
    // Spanish groups from five digits on
    assert_eq!(text("es", 1234.5), "1234,5_s");
    assert_eq!(text("ar", 12345.678), "12,345.7_ث");
    // halves away from zero, as the shortest text of the number has them
    assert_eq!((text("en", 0.05), text("en", 0.25), text("en", -2.25)), ("0.1_s".into(), "0.3_s".into(), "-2.3_s".into()));
}

#[test]
fn every_case_reads_as_a_message() {
    let (mut count, mut texts) = (0, BTreeSet::new());
    for case in cases() {
        count += 1;
        let what = format!("{} {} {}: {}", case.locale, case.id, case.params, case.text);
        let shown = case.text.replace("{ $x }", "");
        assert!(!shown.is_empty() && !shown.contains(['{', '}', '$']) && shown != case.id, "{what}");
        for raw in ["NaN", "inf", "null", "NUMBER", "PLURAL", "undefined", "???"] {
            assert!(!shown.contains(raw), "{what}");
        }
        let lacking = shown.contains(MISSING) && !message(case.locale, &case.id, &json!({"count": 1, "seconds": 1})).contains(MISSING);
        assert!(!case.whole || !lacking || case.params.as_object().unwrap().is_empty(), "{what}");
        texts.insert((case.locale, case.text));
    }
    assert!(count > 5_000 && texts.len() > 2_000, "{count} cases, {} texts", texts.len());
}

#[test]
fn what_is_missing_or_of_a_wrong_type_leaves_a_mark_and_no_error() {
    for (params, text) in [
        (json!({}), "… packages ready in … s."),
        (json!({"packagesInstalled": "many", "duration": true}), "… packages ready in … s."),
        (json!({"packagesInstalled": 1, "duration": null}), "1 package ready in … s."),
        (json!({"packagesInstalled": [1], "duration": {}}), "… packages ready in … s."),
        (json!([]), "… packages ready in … s."),
        (json!(null), "… packages ready in … s."),
    ] {
        assert_eq!(message("en", "BUILD_DEPENDENCIES_COMPLETE", &params), text, "{params}");
    }
    assert_eq!(message("en", "BUILD_STARTED", &json!({})), "Build started.");
    assert_eq!(message("en", "BUILD_COMPILING", &json!({"framework": 1_234_567})), "Compiling (1,234,567).");
    assert_eq!(message("de", "no-such-message", &json!({})), "no-such-message");
}

#[test]
fn a_locale_falls_back_message_by_message() {
    // the Arabic file without one of its messages
    let arabic: String = SHIPPED[1].text.lines().filter(|line| !line.starts_with("BUILD_DEPLOYING")).map(|line| format!("{line}\n")).collect();
    let catalogues = Catalogues::new(&[("en", SHIPPED[0].text), ("ar", &arabic)]).unwrap();
    let text = |id: &str| catalogues.message("ar", id, &json!({"count": 3})).unwrap();
    assert_eq!(text("BUILD_DEPLOYING"), "Deploying a new version.");
    assert_eq!(text("BUILD_VALIDATING"), "جارٍ التحقق من 3 ملفات.");
    // a locale that there is no file of
    assert_eq!(catalogues.message("fr", "BUILD_DEPLOYING", &json!({})).unwrap(), "Deploying a new version.");
    assert_eq!(catalogues.message("ar", "nothing", &json!({})), None);
    assert!(Catalogues::new(&[("en", "a = { $b")]).is_err());
    assert!(Catalogues::new(&[("not a locale", "")]).is_err());
    assert!(Catalogues::new(&[("en", "a = b\na = c\n")]).is_err());
}

#[test]
fn messages_ask_for_no_option_that_the_two_sides_read_differently() {
    for shipped in SHIPPED {
        for option in shipped.text.split("NUMBER(").skip(1).filter_map(|rest| rest.split_once(')')?.0.split_once(',')) {
            let (name, value) = option.1.split_once(':').unwrap();
            assert_eq!(name.trim(), "maximumFractionDigits", "locales/{}.ftl", shipped.locale);
            assert!(value.trim().parse::<u8>().is_ok_and(|digits| digits <= 3), "locales/{}.ftl: {value}", shipped.locale);
        }
        assert!(!shipped.text.contains("DATETIME"));
    }
}
