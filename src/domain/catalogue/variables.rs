//! What a message needs to be told: the variables of its text, and what it does with each.

use fluent_bundle::FluentResource;
use fluent_syntax::ast::{CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement, VariantKey};
use std::collections::BTreeMap;

/// What a message does with a variable.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Use {
    /// Shows it as it is.
    Shown,
    /// Chooses by these words.
    Chosen(Vec<String>),
    /// Shows it as a number.
    Number,
    /// Chooses by its plural category.
    Counted,
}

/// A message's variables, by name.
pub(super) type Variables = BTreeMap<String, Use>;

/// The messages of a file, each with its variables.
pub(super) fn messages(resource: &FluentResource) -> Vec<(String, Variables)> {
    let message = |entry: &Entry<&str>| {
        let Entry::Message(message) = entry else { return None };
        let mut variables = Variables::new();
        message.value.iter().for_each(|pattern| of_pattern(pattern, &mut variables));
        Some((message.id.name.to_owned(), variables))
    };
    resource.entries().filter_map(message).collect()
}

fn of_pattern(pattern: &Pattern<&str>, found: &mut Variables) {
    for element in &pattern.elements {
        match element {
            PatternElement::Placeable { expression: Expression::Inline(inline) } => of_inline(inline, Use::Shown, found),
            PatternElement::Placeable { expression: Expression::Select { selector, variants } } => {
                let words = variants.iter().map(|variant| match variant.key {
                    VariantKey::Identifier { name } => name.to_owned(),
                    VariantKey::NumberLiteral { value } => value.to_owned(),
                });
                of_inline(selector, Use::Chosen(words.collect()), found);
                variants.iter().for_each(|variant| of_pattern(&variant.value, found));
            }
            PatternElement::TextElement { .. } => {}
        }
    }
}

fn of_inline(inline: &InlineExpression<&str>, used: Use, found: &mut Variables) {
    match inline {
        InlineExpression::VariableReference { id } => {
            let known = found.entry(id.name.to_owned()).or_insert(Use::Shown);
            *known = used.max(known.clone());
        }
        InlineExpression::FunctionReference { id, arguments: CallArguments { positional, .. } } => {
            let used = if id.name == "PLURAL" { Use::Counted } else { Use::Number };
            positional.iter().for_each(|argument| of_inline(argument, used.clone(), found));
        }
        InlineExpression::Placeable { expression } => {
            if let Expression::Inline(inner) = &**expression {
                of_inline(inner, used, found);
            }
        }
        _ => {}
    }
}
