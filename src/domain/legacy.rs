//! Legacy messages: texts for people in an event, as the former worker sent them, until their sunset. They are never
//! stored: they are put behind an event's own fields when it leaves.

use super::catalogue::{find, message};
use super::days::{Day, day_text};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What legacy messages are made from.
#[derive(Deserialize)]
struct Told<'a> {
    code: &'a str,
    phase: &'a str,
    event_type: &'a str,
    params: Value,
}

#[derive(Serialize)]
struct Texts {
    title: String,
    description: String,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<String>,
}

/// An event's JSON with its texts in this locale; what is no event stays as it is.
pub fn with_messages(body: &str, locale: &str) -> String {
    let told: Option<Told<'_>> = serde_json::from_str(body).ok();
    let texts = told.and_then(|told| serde_json::to_string(&texts(&told, locale)).ok());
    match (body.strip_suffix('}'), texts.as_deref().and_then(|texts| texts.strip_prefix('{'))) {
        (Some(fields), Some(texts)) => format!("{fields},{texts}"),
        _ => body.to_owned(),
    }
}

/// An event's JSON as the log has it, where a server has put its texts behind; none when they can't be told from the rest.
pub fn without_messages(body: &str) -> Option<String> {
    let mut value: Value = serde_json::from_str(body).ok()?;
    let fields = value.as_object_mut()?;
    if !fields.contains_key("title") {
        return Some(body.to_owned());
    }
    for name in ["title", "description", "message", "error_message"] {
        fields.remove(name);
    }
    let own = format!("{}}}", &body[..body.rfind(",\"title\":")?]);
    serde_json::from_str::<Value>(&own).is_ok_and(|read| read == value).then_some(own)
}

fn texts(told: &Told<'_>, locale: &str) -> Texts {
    let sentence = message(locale, told.code, &told.params);
    Texts {
        title: message(locale, &format!("page-phase-{}", told.phase), &told.params),
        description: sentence.clone(),
        error_message: (told.event_type == "failed").then(|| reason(told, locale).unwrap_or_else(|| sentence.clone())),
        message: sentence,
    }
}

/// Why something failed: its reason where that has a text, else what its code says as an error.
fn reason(told: &Told<'_>, locale: &str) -> Option<String> {
    let of_reason = || find(locale, &format!("page-reason-{}", told.params["reason"].as_str()?), &told.params);
    of_reason().or_else(|| find(locale, &format!("error-{}", told.code), &told.params))
}

/// Why a server with legacy messages does not start at this time: it has been past their last day. Days are those of UTC.
pub fn past_sunset(last: Day, today: Day) -> Option<String> {
    let days = (today > last).then(|| (day_text(last), day_text(today)))?;
    Some(format!(
        "legacy messages had their last day on {} (LEGACY_MESSAGES_SUNSET), and today is {}: set it to false, and let clients render `code` and `params` (docs/locales.md)",
        days.0, days.1
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = r#"{"id":"e","event_type":"failed","phase":"build","code":"BUILD_FAILED","params":{"timestamp":1,"projectId":"p","reason":"no_output","x":"\u0000}"},"finished":true}"#;

    #[test]
    fn texts_are_taken_off_again_and_nothing_else_is() {
        let body = r#"{"code":"BUILD_FAILED","phase":"build","event_type":"failed","params":{"reason":"a,\"title\":b","title":1}}"#;
        assert_eq!(without_messages(&with_messages(body, "ar")).as_deref(), Some(body));
        assert_eq!(without_messages(body).as_deref(), Some(body));
        assert_eq!(without_messages(r#"{"title":"x","code":"y"}"#), None);
    }

    #[test]
    fn the_texts_come_after_the_event_s_own_bytes() {
        for locale in ["en", "ar"] {
            let text = with_messages(BODY, locale);
            assert!(text.starts_with(BODY.strip_suffix('}').unwrap()));
            let event: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(event["message"], message(locale, "BUILD_FAILED", &Value::Null));
            assert_eq!(event["error_message"], message(locale, "page-reason-no_output", &Value::Null));
            assert_eq!(event["title"], message(locale, "page-phase-build", &Value::Null));
            assert_eq!(event["description"], event["message"]);
        }
        assert_ne!(with_messages(BODY, "en"), with_messages(BODY, "ar"));
    }

    #[test]
    fn only_failed_events_have_an_error_message_and_unknown_reasons_have_their_code_s() {
        let queued = BODY.replace("failed\",\"phase", "started\",\"phase").replace("BUILD_FAILED", "BUILD_STARTED");
        let event: Value = serde_json::from_str(&with_messages(&queued, "fr")).unwrap();
        assert!(event["message"].is_string() && event.get("error_message").is_none(), "{event}");
        let strange: Value = serde_json::from_str(&with_messages(&BODY.replace("no_output", "strange"), "de")).unwrap();
        assert_eq!(strange["error_message"], message("de", "error-BUILD_FAILED", &Value::Null));
        let cancelled: Value =
            serde_json::from_str(&with_messages(&BODY.replace("BUILD_FAILED", "BUILD_CANCELLED").replace("no_output", "by_user"), "es")).unwrap();
        assert_eq!(cancelled["error_message"], cancelled["message"]);
    }

    #[test]
    fn what_is_no_event_stays_as_it_is() {
        for odd in ["", "{}", "null", "[1]", "{\"code\":\"BUILD_FAILED\"}", "{"] {
            assert_eq!(with_messages(odd, "ar"), odd);
        }
    }

    #[test]
    fn the_last_day_is_a_day_of_grace() {
        assert_eq!(past_sunset(100, 100), None);
        assert!(past_sunset(100, 101).is_some_and(|why| why.contains("1970-04-11") && why.contains("1970-04-12")));
    }
}
