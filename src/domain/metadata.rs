//! The metadata of a build or a project: a JSON object of the caller's own, kept and given back as it was written.

use serde_json::Value;

/// Bytes of metadata at most, as it is sent.
pub const METADATA_MAX_BYTES: usize = 16 << 10;
/// Objects and lists inside each other at most, the outermost counted.
const DEPTH_MAX: usize = 8;

/// Why a JSON text can't be metadata.
pub fn metadata_fault(json: &str) -> Option<String> {
    if json.len() > METADATA_MAX_BYTES {
        return Some(format!("{} bytes are more than {METADATA_MAX_BYTES}", json.len()));
    }
    match serde_json::from_str::<Value>(json) {
        Ok(value @ Value::Object(_)) if depth(&value) > DEPTH_MAX => Some(format!("deeper than {DEPTH_MAX} levels")),
        Ok(Value::Object(_)) => None,
        Ok(_) => Some("not an object".into()),
        // JSON by its grammar only: far too deep, a number beyond all range, half of a surrogate pair
        Err(_) => Some(format!("deeper than {DEPTH_MAX} levels, or with a number or a character that does not exist")),
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(fields) => 1 + fields.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_up_to_the_limits_are_kept() {
        let nested = format!("{}1{}", r#"{"a":"#.repeat(8), "}".repeat(8));
        let large = format!(r#"{{"a":"{}"}}"#, "x".repeat(METADATA_MAX_BYTES - 8));
        assert_eq!(large.len(), METADATA_MAX_BYTES);
        for fine in ["{}", r#"{"a":[[[[[[[1]]]]]]]}"#, r#"{"n":12345678901234567890123,"z":"\u0000"}"#, &nested, &large] {
            assert_eq!(metadata_fault(fine), None, "{fine}");
        }
    }

    #[test]
    fn what_is_too_large_too_deep_or_no_object_is_not() {
        let nested = format!("{}1{}", r#"{"a":"#.repeat(9), "}".repeat(9));
        let abyss = format!(r#"{{"a":{}{}}}"#, "[".repeat(8000), "]".repeat(8000));
        let large = format!(r#"{{"a":"{}"}}"#, "x".repeat(METADATA_MAX_BYTES - 7));
        for bad in ["[]", "7", "null", r#"{"a":1e999}"#, r#"{"a":"\ud800"}"#, r#"{"a":[[[[[[[[1]]]]]]]]}"#, &nested, &abyss, &large] {
            assert!(metadata_fault(bad).is_some(), "{bad}");
        }
    }
}
