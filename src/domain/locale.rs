//! Which locale a request gets: header, query, cookie, Accept-Language, then English. What can't be read is ignored
//! and never echoed.

/// The locale of last resort.
pub const DEFAULT: &str = "en";
/// A longer language tag is ignored, bytes: those that are in use have 35 at most.
const TAG_MAX_BYTES: usize = 64;
/// A longer list of languages is ignored, bytes.
const LIST_MAX_BYTES: usize = 1024;

/// Where a request may say its locale, in the order of precedence.
#[derive(Debug, Clone, Copy, Default)]
pub struct LocaleHints<'a> {
    /// The `x-sheen-locale` header.
    pub header: Option<&'a str>,
    /// The `locale` query parameter, for EventSource, which can send no header.
    pub query: Option<&'a str>,
    /// The `locale` cookie.
    pub cookie: Option<&'a str>,
    /// The `Accept-Language` header; several are one list, joined with commas.
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
    let tag = tag.trim_matches([' ', '\t']);
    let well_formed = tag.len() <= TAG_MAX_BYTES && tag.split('-').all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    let base = tag.split('-').next().filter(|_| well_formed)?;
    available.iter().find(|locale| locale.eq_ignore_ascii_case(base)).copied()
}

/// One range of an Accept-Language list.
struct Range<'a> {
    /// A language tag, or `*`.
    tag: &'a str,
    /// Thousandths.
    quality: u32,
}

/// The best of an Accept-Language list: the highest q-value, and of equal ones the first. q=0 excludes, and `*` stands for
/// whatever the list does not name.
fn preferred(list: &str, available: &[&'static str]) -> Option<&'static str> {
    if list.len() > LIST_MAX_BYTES {
        return None;
    }
    let ranges: Vec<Range<'_>> = list.split(',').filter_map(range).collect();
    let rated = available.iter().enumerate().filter_map(|(place, locale)| {
        let (at, quality) = rating(&ranges, locale, available)?;
        Some(((std::cmp::Reverse(quality), at, place), *locale))
    });
    rated.min().map(|(_, locale)| locale)
}

/// Where a list speaks of a locale, and with which quality; none where it does not, or excludes it.
fn rating(ranges: &[Range<'_>], locale: &str, available: &[&'static str]) -> Option<(usize, u32)> {
    let wanted = || ranges.iter().enumerate();
    let best = |(at, range): &(usize, &Range<'_>)| (range.quality, std::cmp::Reverse(*at));
    let exact = wanted().filter(|(_, range)| range.tag.eq_ignore_ascii_case(locale)).max_by_key(best);
    // that a region is not wanted says nothing of the language
    let regional = || wanted().filter(|(_, range)| range.quality > 0 && base_of(range.tag, available) == Some(locale)).max_by_key(best);
    let any = || wanted().filter(|(_, range)| range.tag == "*").max_by_key(best);
    let excluded = exact.is_some_and(|(_, range)| range.quality == 0);
    let found = if excluded { None } else { exact.into_iter().chain(regional()).max_by_key(best).or_else(any) };
    found.filter(|(_, range)| range.quality > 0).map(|(at, range)| (at, range.quality))
}

fn range(item: &str) -> Option<Range<'_>> {
    let (tag, weight) = item.split_once(';').map_or((item, None), |(tag, weight)| (tag, Some(weight)));
    let quality = weight.map_or(Some(1000), thousandths)?;
    Some(Range { tag: tag.trim_matches([' ', '\t']), quality })
}

/// RFC 9110, 12.4.2: `q=` and 0 to 1, three decimals at most.
fn thousandths(weight: &str) -> Option<u32> {
    let weight = weight.trim_matches([' ', '\t']);
    let value = weight.strip_prefix("q=").or_else(|| weight.strip_prefix("Q="))?;
    let (whole, decimals) = value.split_once('.').unwrap_or((value, ""));
    if !matches!(whole, "0" | "1") || decimals.len() > 3 || !decimals.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let quality = format!("{whole}{decimals:0<3}").parse().ok()?;
    (quality <= 1000).then_some(quality)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FIVE: &[&str] = &["en", "ar", "fr", "es", "de"];

    fn list(list: &str) -> &'static str {
        negotiate(LocaleHints { accept_language: Some(list), ..Default::default() }, FIVE)
    }

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
    fn regions_fall_to_their_base() {
        for (tag, locale) in [("AR-eg", "ar"), ("fr-Latn-CA", "fr"), (" de-AT ", "de"), ("es-419", "es"), ("en-GB-oxendict", "en")] {
            assert_eq!(negotiate(LocaleHints { header: Some(tag), cookie: Some("xx"), ..Default::default() }, FIVE), locale, "{tag}");
        }
    }

    #[test]
    fn what_is_malformed_oversized_or_unknown_is_passed_over() {
        let long = format!("ar{}", "-aaaaaaaa".repeat(8));
        for odd in
            ["", " ", "ar_EG", "ar-", "-ar", "ar--EG", "ar;q=1", "ar,fr", "xx", "*", "arabic", "ar-waytoolong", "../ar", "ar\r\nx: y", "\u{661}", "ａｒ", &long]
        {
            let hints = LocaleHints { header: Some(odd), query: Some(odd), cookie: Some("de"), accept_language: None };
            assert_eq!(negotiate(hints, FIVE), "de", "{odd:?}");
        }
    }

    #[test]
    fn a_list_goes_by_its_weights_and_then_by_its_order() {
        for (given, locale) in [
            ("fr;q=0.5, ar-EG;q=0.9, *;q=0.1", "ar"),
            ("xx, fr;q=0.5, de;q=0.5", "fr"),
            ("en;q=0.2,fr;q=0.3;", "en"),
            ("fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", "fr"),
            ("pt-BR, es;Q=0.001", "es"),
            ("de;q=1.000, fr;q=0.999", "de"),
            ("de-AT;q=0.3, fr;q=0.5, de;q=0.8", "de"),
        ] {
            assert_eq!(list(given), locale, "{given}");
        }
    }

    #[test]
    fn zero_excludes_and_a_star_stands_for_the_rest() {
        for (given, locale) in [
            ("fr;q=0, de;q=0.1", "de"),
            ("*", "en"),
            ("en;q=0, *", "ar"),
            ("en;q=0, ar;q=0, *;q=0.3, de;q=0.2", "fr"),
            ("de;q=0.5, *;q=0.1", "de"),
            ("de;q=0.1, *;q=0.5", "en"),
            ("*;q=0, es", "es"),
            ("fr-CA;q=0, fr", "fr"),
            ("fr-CA, fr;q=0, es;q=0.1", "es"),
            // nothing of it is acceptable: the default is better than nothing
            ("*;q=0", "en"),
            ("en;q=0", "en"),
        ] {
            assert_eq!(list(given), locale, "{given}");
        }
    }

    #[test]
    fn weights_that_are_none_leave_their_range_out() {
        for odd in ["q=nan", "q=2", "q=1.001", "q=0.0001", "q=-1", "q=+1", "q=1e0", "q=.5", "q", "q =1", "q=1;x=2", "level=1", ""] {
            assert_eq!(list(&format!("fr;{odd}, es;q=0.001")), "es", "{odd}");
        }
        assert_eq!(list(&format!("{}, fr", "x".repeat(1024))), "en");
    }

    proptest! {
        #[test]
        fn any_text_leads_to_a_known_locale(header in "\\PC{0,60}", list in "\\PC{0,300}") {
            let hints = LocaleHints { header: Some(&header), accept_language: Some(&list), ..Default::default() };
            prop_assert!(FIVE.contains(&negotiate(hints, FIVE)));
        }

        #[test]
        fn the_highest_weight_of_different_ones_wins(weights in prop::collection::btree_set(1..=1000_u32, 5), order in Just([0, 1, 2, 3, 4]).prop_shuffle()) {
            let weights: Vec<u32> = weights.into_iter().collect();
            let text: Vec<String> = order.iter().map(|at| format!("{}-XX;q={}.{:03}", FIVE[*at], weights[*at] / 1000, weights[*at] % 1000)).collect();
            prop_assert_eq!(list(&text.join(" ,\t")), FIVE[4]);
        }
    }
}
