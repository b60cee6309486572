//! Every message in every locale with every plural class and with what may go wrong: what this server writes, for a
//! browser to compare with (`buildcast messages`) and for translators to read.

use super::variables::{Use, Variables, messages};
use super::{SHIPPED, message};
use fluent_bundle::FluentResource;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// A message as it is written with these params.
#[derive(Debug, Clone, Serialize)]
pub struct Case {
    /// The locale.
    pub locale: &'static str,
    /// The message's id.
    pub id: String,
    /// What it was told.
    pub params: Value,
    /// Whether that is all that it needs, each of the type that it needs.
    pub whole: bool,
    /// What this server writes.
    pub text: String,
}

/// Every plural class of every locale, and the edges: nothing, less than nothing, parts, and more than a double holds.
fn numbers() -> Vec<Value> {
    vec![
        json!(0),
        json!(1),
        json!(2),
        json!(3),
        json!(11),
        json!(100),
        json!(101),
        json!(102),
        json!(103),
        json!(1000),
        json!(12_345),
        json!(1_000_000),
        json!(2_000_000),
        json!(-1),
        json!(-2),
        json!(-1234.5),
        json!(-0.04),
        json!(0.5),
        json!(1.0),
        json!(1.5),
        json!(1.0004),
        json!(1.005),
        json!(2.25),
        json!(0.05),
        json!(999.95),
        json!(12_345.678_9),
        json!(9_007_199_254_740_993_u64),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(1e21),
        json!(5e-324),
        json!(f64::MAX),
    ]
}

/// All cases, locale by locale.
pub fn cases() -> impl Iterator<Item = Case> {
    SHIPPED.iter().flat_map(|shipped| {
        let resource = FluentResource::try_new(shipped.text.to_owned()).unwrap_or_else(|(resource, _)| resource);
        let told =
            messages(&resource).into_iter().flat_map(|(id, variables)| params(&variables).into_iter().map(move |(params, whole)| (id.clone(), params, whole)));
        told.map(|(id, params, whole)| Case { locale: shipped.locale, text: message(shipped.locale, &id, &params), id, params, whole })
    })
}

/// What a message may be told: what it needs, with each variable in turn of every kind, missing, and of a wrong type.
fn params(variables: &Variables) -> Vec<(Value, bool)> {
    let usual: Map<String, Value> = variables.iter().map(|(name, used)| (name.clone(), values(used).swap_remove(0))).collect();
    let with = |name: &str, value: Value| {
        let mut params = usual.clone();
        params.insert(name.to_owned(), value);
        Value::Object(params)
    };
    let mut all = vec![(Value::Object(usual.clone()), true)];
    for (name, used) in variables {
        all.extend(values(used).into_iter().skip(1).map(|value| (with(name, value), true)));
        all.extend(wrong(used).into_iter().map(|value| (with(name, value), false)));
        let mut lacking = usual.clone();
        lacking.remove(name);
        all.push((Value::Object(lacking), false));
    }
    all
}

fn values(used: &Use) -> Vec<Value> {
    match used {
        Use::Counted | Use::Number => numbers(),
        Use::Chosen(words) if words.iter().any(|word| word == "true") => vec![json!(true), json!(false)],
        Use::Chosen(words) => words.iter().map(|word| json!(word)).chain([json!("something_new")]).collect(),
        Use::Shown => vec![json!("npm"), json!(""), json!("<b>a & b</b> \"{ $x }\"")],
    }
}

fn wrong(used: &Use) -> Vec<Value> {
    let mut odd = vec![Value::Null, json!([1]), json!({"a": 1})];
    odd.extend(match used {
        Use::Counted | Use::Number => [json!("many"), json!(true)],
        Use::Chosen(_) => [json!("perhaps"), json!(1)],
        Use::Shown => [json!(1_234_567.891), json!(false)],
    });
    odd
}
