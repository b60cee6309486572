//! The messages: Fluent files from `locales/`, one set for the server and the browser. What a locale lacks comes from
//! English, message by message.

pub mod cases;
mod number;
mod shipped;
mod variables;

pub use shipped::{Direction, LOCALES, SHIPPED, Shipped};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentError, FluentResource};
use serde_json::Value;
use std::sync::LazyLock;
use unic_langid::LanguageIdentifier;

/// What stands where a param is missing, or is no number where one is counted.
const MISSING: &str = "…";

/// A file of messages that can't be used: its locale, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("locales/{0}.ftl: {1}")]
pub struct NotACatalogue(String, String);

struct Catalogue {
    locale: String,
    bundle: FluentBundle<FluentResource>,
}

/// Catalogues by locale. The first is the fallback of all others, message by message.
pub struct Catalogues(Vec<Catalogue>);

static CATALOGUES: LazyLock<Catalogues> = LazyLock::new(|| {
    let files: Vec<_> = SHIPPED.iter().map(|shipped| (shipped.locale, shipped.text)).collect();
    Catalogues::new(&files).unwrap_or_else(|error| panic!("{error}"))
});

/// The message with this id in this locale, else in English, else the id itself.
pub fn message(locale: &str, id: &str, params: &Value) -> String {
    find(locale, id, params).unwrap_or_else(|| id.to_owned())
}

/// The message with this id in this locale, else in English, if there is one.
pub fn find(locale: &str, id: &str, params: &Value) -> Option<String> {
    CATALOGUES.message(locale, id, params)
}

impl std::fmt::Debug for Catalogues {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|catalogue| &catalogue.locale)).finish()
    }
}

impl Catalogues {
    /// Reads files of messages, each with its locale.
    pub fn new(files: &[(&str, &str)]) -> Result<Self, NotACatalogue> {
        files.iter().map(|(locale, text)| Catalogue::new(locale, text)).collect::<Result<_, _>>().map(Self)
    }

    /// The message in this locale, else in the first, if there is one. A param that is missing, or that is of a type that
    /// can't be shown there, is shown as `…`.
    pub fn message(&self, locale: &str, id: &str, params: &Value) -> Option<String> {
        let wanted = self.0.iter().find(|catalogue| catalogue.locale == locale);
        wanted.into_iter().chain(self.0.first()).find_map(|catalogue| catalogue.message(id, params))
    }
}

impl Catalogue {
    fn new(locale: &str, text: &str) -> Result<Self, NotACatalogue> {
        let fault = |why: String| NotACatalogue(locale.to_owned(), why);
        let language: LanguageIdentifier = locale.parse().map_err(|_| fault("not a locale".into()))?;
        let resource = FluentResource::try_new(text.to_owned()).map_err(|(_, errors)| fault(format!("{errors:?}")))?;
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        // no bidi isolation marks: the texts also leave as JSON
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(number::written));
        bundle.add_resource(resource).map_err(|errors| fault(format!("{errors:?}")))?;
        let rules = number::plural_rules(locale).map_err(|error| fault(error.to_string()))?;
        bundle.add_function("PLURAL", move |positional, _| number::category(&rules, positional.first()).into()).map_err(|error| fault(error.to_string()))?;
        bundle.add_function("NUMBER", number::number).map_err(|error| fault(error.to_string()))?;
        Ok(Self { locale: locale.to_owned(), bundle })
    }

    fn message(&self, id: &str, params: &Value) -> Option<String> {
        let pattern = self.bundle.get_message(id)?.value()?;
        let (mut arguments, mut errors) = (arguments(params), vec![]);
        let text = self.bundle.format_pattern(pattern, Some(&arguments), &mut errors).into_owned();
        if errors.is_empty() {
            return Some(text);
        }
        errors.iter().filter_map(missing).for_each(|name| arguments.set(name, MISSING));
        Some(self.bundle.format_pattern(pattern, Some(&arguments), &mut vec![]).into_owned())
    }
}

/// The param that an error is about: the crate keeps its kinds of references to itself, and gives their words.
fn missing(error: &FluentError) -> Option<String> {
    let FluentError::ResolverError(error) = error else { return None };
    error.to_string().strip_prefix("Unknown variable: $").map(str::to_owned)
}

/// Flags as words; what is neither text, number nor flag is no argument.
fn arguments(params: &Value) -> FluentArgs<'_> {
    let mut arguments = FluentArgs::new();
    for (name, value) in params.as_object().into_iter().flatten() {
        match value {
            Value::String(text) => arguments.set(name.as_str(), text.as_str()),
            Value::Number(number) => arguments.set(name.as_str(), number.as_f64().unwrap_or_default()),
            Value::Bool(yes) => arguments.set(name.as_str(), if *yes { "true" } else { "false" }),
            _ => {}
        }
    }
    arguments
}

#[cfg(test)]
mod tests;
