//! An object's JSON for readers: a line a member, in the order in which it leaves the server.

use super::Unmade;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// The members of an object in their order; serde_json's own map sorts them.
struct Members(Vec<(String, Box<RawValue>)>);

struct InOrder;

impl<'de> Visitor<'de> for InOrder {
    type Value = Members;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(InOrder)
    }
}

/// The object with a line for each member.
pub(super) fn spread(json: &str) -> Result<String, Unmade> {
    let Members(members) = serde_json::from_str(json)?;
    let lines: Vec<String> = members.iter().map(|(name, value)| format!("  \"{name}\": {value}")).collect();
    Ok(format!("{{\n{}\n}}", lines.join(",\n")))
}

#[cfg(test)]
mod tests {
    #[test]
    fn members_keep_their_order_and_their_bytes() {
        assert_eq!(super::spread(r#"{"b":{"d":1,"c":2},"a":0.50}"#).unwrap(), "{\n  \"b\": {\"d\":1,\"c\":2},\n  \"a\": 0.50\n}");
    }
}
