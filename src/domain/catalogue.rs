//! The messages: Fluent files from `locales/`, one set for the server and the browser.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentError, FluentResource, FluentValue};
use icu_plurals::{PluralCategory, PluralRules};
use std::sync::LazyLock;
use unic_langid::LanguageIdentifier;

/// The locales shipped, with their files; the first is the default and the fallback, key by key.
const FILES: &[(&str, &str)] = &[
    ("en", include_str!("../../locales/en.ftl")),
    ("ar", include_str!("../../locales/ar.ftl")),
    ("fr", include_str!("../../locales/fr.ftl")),
    ("es", include_str!("../../locales/es.ftl")),
    ("de", include_str!("../../locales/de.ftl")),
];

/// The tags of the locales shipped.
pub const LOCALES: &[&str] = &["en", "ar", "fr", "es", "de"];

struct Catalogue {
    locale: &'static str,
    bundle: FluentBundle<FluentResource>,
}

static CATALOGUES: LazyLock<Vec<Catalogue>> = LazyLock::new(|| FILES.iter().map(|(locale, text)| load(locale, text)).collect());

fn load(locale: &'static str, text: &str) -> Catalogue {
    let language: LanguageIdentifier = locale.parse().expect("our locale tags are valid");
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // no bidi isolation marks: the texts also leave as JSON
    bundle.set_use_isolating(false);
    let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(_, errors)| panic!("locales/{locale}.ftl: {errors:?}"));
    bundle.add_resource(resource).unwrap_or_else(|errors| panic!("locales/{locale}.ftl: {errors:?}"));
    let tag: icu_locale_core::Locale = locale.parse().expect("our locale tags are valid");
    let rules = PluralRules::try_new_cardinal(tag.into()).expect("plural rules are compiled in");
    bundle
        .add_function("PLURAL", move |positional, _| match positional.first() {
            Some(FluentValue::Number(number)) => category(&rules, number.value).into(),
            _ => FluentValue::Error,
        })
        .expect("PLURAL is added once");
    bundle.add_function("NUMBER", |positional, named| rounded(positional.first(), named)).expect("NUMBER is added once");
    Catalogue { locale, bundle }
}

/// NUMBER as the browser's does it, as far as our messages use it: `maximumFractionDigits` rounds.
fn rounded(value: Option<&FluentValue<'_>>, options: &FluentArgs<'_>) -> FluentValue<'static> {
    let Some(FluentValue::Number(number)) = value else { return FluentValue::Error };
    let digits = match options.get("maximumFractionDigits") {
        Some(FluentValue::Number(digits)) => digits.value.clamp(0.0, 9.0) as i32,
        _ => 3,
    };
    let scale = 10_f64.powi(digits);
    ((number.value * scale).round() / scale).into()
}

fn category(rules: &PluralRules, number: f64) -> &'static str {
    // whole numbers are what our params count; a fraction takes the category of "other"
    let category = if number.fract() == 0.0 && number.abs() < 1e15 { rules.category_for(number.abs() as u64) } else { PluralCategory::Other };
    match category {
        PluralCategory::Zero => "zero",
        PluralCategory::One => "one",
        PluralCategory::Two => "two",
        PluralCategory::Few => "few",
        PluralCategory::Many => "many",
        PluralCategory::Other => "other",
    }
}

/// The message with this id in this locale, else in English, else the id itself.
pub fn message(locale: &str, id: &str, params: &serde_json::Value) -> String {
    render(locale, id, params).map_or_else(|| id.to_owned(), |(text, _)| text)
}

fn render(locale: &str, id: &str, params: &serde_json::Value) -> Option<(String, Vec<FluentError>)> {
    let wanted = CATALOGUES.iter().find(|c| c.locale == locale);
    let (catalogue, pattern) = wanted.into_iter().chain(CATALOGUES.first()).find_map(|c| Some((c, c.bundle.get_message(id)?.value()?)))?;
    let mut errors = Vec::new();
    let text = catalogue.bundle.format_pattern(pattern, Some(&arguments(params)), &mut errors).into_owned();
    Some((text, errors))
}

fn arguments(params: &serde_json::Value) -> FluentArgs<'_> {
    let mut arguments = FluentArgs::new();
    for (name, value) in params.as_object().into_iter().flatten() {
        match value {
            serde_json::Value::String(text) => arguments.set(name.as_str(), text.as_str()),
            serde_json::Value::Number(number) => arguments.set(name.as_str(), number.as_f64().unwrap_or_default()),
            serde_json::Value::Bool(yes) => arguments.set(name.as_str(), if *yes { "true" } else { "false" }),
            _ => {}
        }
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::super::event::CODES;
    use super::super::problem::PROBLEM_CODES;
    use super::*;

    #[test]
    fn every_code_has_a_message_in_every_locale() {
        for catalogue in CATALOGUES.iter() {
            let ids = CODES.iter().map(|c| c.code.to_owned()).chain(PROBLEM_CODES.iter().map(|(code, _)| format!("error-{code}")));
            for id in ids {
                assert!(catalogue.bundle.get_message(&id).is_some_and(|m| m.value().is_some()), "locales/{}.ftl lacks {id}", catalogue.locale);
            }
        }
    }

    #[test]
    fn required_params_are_enough_for_every_event_message() {
        for locale in LOCALES {
            for info in CODES {
                let schema = serde_json::to_value((info.params)()).unwrap();
                let mut params = serde_json::json!({"timestamp": 1, "projectId": "p"});
                for name in schema["required"].as_array().into_iter().flatten() {
                    params[name.as_str().unwrap()] = 3.into();
                }
                let (text, errors) = render(locale, info.code, &params).unwrap();
                assert!(errors.is_empty() && !text.is_empty(), "{locale} {}: {errors:?}", info.code);
            }
        }
    }

    #[test]
    fn the_list_of_locales_is_that_of_the_files() {
        assert_eq!(FILES.iter().map(|(locale, _)| *locale).collect::<Vec<_>>(), LOCALES);
    }
}
