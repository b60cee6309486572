//! The table of a code's params.

use crate::domain::example::Param;
use std::fmt::Write;

/// A table of params with their types, units and what they are; `none` where there are none.
pub(super) fn table(params: &[Param], none: &str) -> String {
    if params.is_empty() {
        return format!("{none}\n");
    }
    let mut text = String::from("| param | type | unit | always there | what it is |\n| --- | --- | --- | --- | --- |\n");
    for param in params {
        let always = if param.required { "yes" } else { "no" };
        let _ = writeln!(text, "| `{}` | {} | {} | {always} | {} |", param.name, kind(&param.kind), param.unit, cell(&param.description));
    }
    text
}

/// A type in Markdown: a set of words leads to its list.
fn kind(kind: &str) -> String {
    match kind {
        "Phase" | "RollbackPhase" => format!("[{kind}](events.md#words)"),
        "AuthReason" => "string".into(),
        _ => kind.into(),
    }
}

/// Text that may stand in a cell of a table.
pub(super) fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
