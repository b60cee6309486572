//! Numbers in messages, by the rule of docs/locales.md: Latin digits in every locale, its own separators, three decimals
//! at most unless it is said, halves away from zero. A browser's `Intl`, told the same, writes the same.

use super::MISSING;
use fixed_decimal::{Decimal, FloatPrecision, UnsignedRoundingMode};
use fluent_bundle::types::FluentNumberOptions;
use fluent_bundle::{FluentArgs, FluentValue};
use icu_decimal::DecimalFormatter;
use icu_locale_core::Locale;
use icu_plurals::{PluralCategory, PluralRules};
use icu_provider::DataError;
use intl_memoizer::Memoizable;
use intl_memoizer::concurrent::IntlLangMemoizer;
use unic_langid::LanguageIdentifier;

/// Decimals at most, unless it is said: as `Intl` has it.
const DECIMALS: usize = 3;
/// Decimals that a message may ask for.
const DECIMALS_MAX: usize = 20;

/// The largest whole number that a double counts to: past it libraries choose plural categories differently.
const COUNTED_MAX: f64 = 9_007_199_254_740_991.0;

/// How a locale writes numbers; made once a locale.
struct Digits(DecimalFormatter);

impl Memoizable for Digits {
    type Args = ();
    type Error = DataError;

    fn construct(language: LanguageIdentifier, (): ()) -> Result<Self, DataError> {
        // Arabic has digits of its own, which not all of its readers use: browsers differ
        let locale: Locale = format!("{language}-u-nu-latn").parse().map_err(|_| DataError::custom("not a locale"))?;
        DecimalFormatter::try_new(locale.into(), icu_decimal::options::DecimalFormatterOptions::default()).map(Self)
    }
}

/// `NUMBER()`: a number with options; what is none is not shown.
pub(super) fn number<'a>(positional: &[FluentValue<'a>], named: &FluentArgs<'_>) -> FluentValue<'a> {
    match positional.first() {
        Some(FluentValue::Number(number)) => {
            let mut number = number.clone();
            number.options.merge(named);
            FluentValue::Number(number)
        }
        _ => MISSING.into(),
    }
}

/// How a number is written, whether a message says `NUMBER()` or not.
pub(super) fn written(value: &FluentValue<'_>, memoizer: &IntlLangMemoizer) -> Option<String> {
    let FluentValue::Number(number) = value else { return None };
    let decimal = rounded(number.value, &number.options)?;
    memoizer.with_try_get::<Digits, _, _>((), |digits| digits.0.format(&decimal).to_string()).ok()
}

fn rounded(value: f64, options: &FluentNumberOptions) -> Option<Decimal> {
    let least = options.minimum_fraction_digits.unwrap_or(0).min(DECIMALS_MAX);
    let most = options.maximum_fraction_digits.unwrap_or(DECIMALS.max(least)).clamp(least, DECIMALS_MAX);
    let mut decimal = Decimal::try_from_f64(value, FloatPrecision::RoundTrip).ok()?;
    decimal.absolute.round_with_mode(-i16::try_from(most).ok()?, UnsignedRoundingMode::HalfExpand);
    decimal.absolute.trim_end();
    decimal.absolute.pad_end(-i16::try_from(least).ok()?);
    Some(decimal)
}

pub(super) fn plural_rules(locale: &str) -> Result<PluralRules, DataError> {
    let locale: Locale = locale.parse().map_err(|_| DataError::custom("not a locale"))?;
    PluralRules::try_new_cardinal(locale.into())
}

/// `PLURAL()`: the plural category of a number; `other` of whatever is none, or past what can be counted.
pub(super) fn category(rules: &PluralRules, value: Option<&FluentValue<'_>>) -> &'static str {
    let Some(FluentValue::Number(number)) = value else { return word(PluralCategory::Other) };
    let decimal = rounded(number.value, &FluentNumberOptions::default()).filter(|_| number.value.abs() <= COUNTED_MAX);
    word(decimal.map_or(PluralCategory::Other, |decimal| rules.category_for(&decimal)))
}

/// A category as messages write it.
pub(super) const fn word(category: PluralCategory) -> &'static str {
    match category {
        PluralCategory::Zero => "zero",
        PluralCategory::One => "one",
        PluralCategory::Two => "two",
        PluralCategory::Few => "few",
        PluralCategory::Many => "many",
        PluralCategory::Other => "other",
    }
}
