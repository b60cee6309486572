//! The locales shipped: a new one is an entry here and a file in `locales/`.

use serde::Serialize;
use utoipa::ToSchema;

/// Which way a language is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// From left to right.
    Ltr,
    /// From right to left.
    Rtl,
}

/// A locale with its messages.
#[derive(Debug, Clone, Copy)]
pub struct Shipped {
    /// Its tag.
    pub locale: &'static str,
    /// The language's name, in that language.
    pub name: &'static str,
    /// Which way it is written.
    pub direction: Direction,
    /// Its Fluent file.
    pub text: &'static str,
}

const fn shipped(locale: &'static str, name: &'static str, direction: Direction, text: &'static str) -> Shipped {
    Shipped { locale, name, direction, text }
}

/// The first is the default, and the fallback of the others.
pub const SHIPPED: &[Shipped] = &[
    shipped("en", "English", Direction::Ltr, include_str!("../../../locales/en.ftl")),
    shipped("ar", "العربية", Direction::Rtl, include_str!("../../../locales/ar.ftl")),
    shipped("fr", "Français", Direction::Ltr, include_str!("../../../locales/fr.ftl")),
    shipped("es", "Español", Direction::Ltr, include_str!("../../../locales/es.ftl")),
    shipped("de", "Deutsch", Direction::Ltr, include_str!("../../../locales/de.ftl")),
];

/// Their tags.
pub const LOCALES: &[&str] = &tags();

const fn tags() -> [&'static str; SHIPPED.len()] {
    let (mut tags, mut at) = ([""; SHIPPED.len()], 0);
    while at < SHIPPED.len() {
        tags[at] = SHIPPED[at].locale;
        at += 1;
    }
    tags
}
