//! Which locale a request gets: header, query, cookie, Accept-Language, then English. What can't be read is ignored
//! and never echoed.

/// The locale of last resort.
pub const DEFAULT: &str = "en";
/// A longer value is ignored, bytes.
const VALUE_MAX_BYTES: usize = 256;

/// Where a request may say its locale, in the order of precedence.
#[derive(Debug, Clone, Copy, Default)]
pub struct LocaleHints<'a> {
    /// The `x-sheen-locale` header.
    pub header: Option<&'a str>,
    /// The `locale` query parameter, for EventSource, which can send no header.
    pub query: Option<&'a str>,
    /// The `locale` cookie.
    pub cookie: Option<&'a str>,
    /// The `Accept-Language` header.
    pub accept_language: Option<&'a str>,
}

/// The first of `available` that the hints lead to.
pub fn negotiate(hints: LocaleHints<'_>, available: &[&'static str]) -> &'static str {
    [hints.header, hints.query, hints.cookie]
        .into_iter()
        .flatten()
        .find_map(|tag| base_of(tag, available))
        .or_else(|| hints.accept_language.and_then(|list| preferred(list, available)))
        .unwrap_or(DEFAULT)
}

/// The available locale that a language tag falls to: `ar-EG` to `ar`.
fn base_of(tag: &str, available: &[&'static str]) -> Option<&'static str> {
    let tag = tag.trim();
    if tag.len() > VALUE_MAX_BYTES || !tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return None;
    }
    let base = tag.split('-').next()?;
    available.iter().find(|locale| locale.eq_ignore_ascii_case(base)).copied()
}

/// The best of an Accept-Language list by its q-values; q=0 excludes.
fn preferred(list: &str, available: &[&'static str]) -> Option<&'static str> {
    if list.len() > VALUE_MAX_BYTES * 4 {
        return None;
    }
    let mut ranked: Vec<(u32, &'static str)> = list.split(',').filter_map(|item| ranked(item, available)).collect();
    ranked.sort_by_key(|(quality, _)| std::cmp::Reverse(*quality));
    ranked.first().map(|(_, locale)| *locale)
}

fn ranked(item: &str, available: &[&'static str]) -> Option<(u32, &'static str)> {
    let mut parts = item.split(';');
    let locale = base_of(parts.next()?, available)?;
    let quality = match parts.next() {
        None => 1.0,
        Some(q) => q.trim().strip_prefix("q=")?.parse::<f32>().ok().filter(|q| (0.0..=1.0).contains(q))?,
    };
    let thousandths = (quality * 1000.0) as u32;
    (thousandths > 0).then_some((thousandths, locale))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FIVE: &[&str] = &["en", "ar", "fr", "es", "de"];

    #[test]
    fn the_first_hint_that_names_a_locale_wins() {
        let all = LocaleHints { header: Some("ar"), query: Some("fr"), cookie: Some("es"), accept_language: Some("de") };
        assert_eq!(negotiate(all, FIVE), "ar");
        assert_eq!(negotiate(LocaleHints { header: None, ..all }, FIVE), "fr");
        assert_eq!(negotiate(LocaleHints { header: Some("xx"), query: None, ..all }, FIVE), "es");
        assert_eq!(negotiate(LocaleHints { accept_language: all.accept_language, ..Default::default() }, FIVE), "de");
        assert_eq!(negotiate(LocaleHints::default(), FIVE), "en");
    }

    #[test]
    fn regions_fall_to_their_base_and_q_decides() {
        let list = |l| negotiate(LocaleHints { accept_language: Some(l), ..Default::default() }, FIVE);
        assert_eq!(list("fr;q=0.5, ar-EG;q=0.9, *;q=0.1"), "ar");
        assert_eq!(list("fr;q=0, de;q=0.1"), "de");
        assert_eq!(list("fr;q=nan, es;q=2"), "en");
        assert_eq!(negotiate(LocaleHints { header: Some("AR-eg"), ..Default::default() }, FIVE), "ar");
    }

    proptest! {
        #[test]
        fn any_text_leads_to_a_known_locale(header in "\\PC{0,60}", list in "\\PC{0,300}") {
            let hints = LocaleHints { header: Some(&header), accept_language: Some(&list), ..Default::default() };
            prop_assert!(FIVE.contains(&negotiate(hints, FIVE)));
        }
    }
}
