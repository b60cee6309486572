//! Where log lines go: text on a terminal, else a JSON object a line, in which what the spans around it know stands beside what
//! the line itself says. And, where a collector is set, where spans go.

use super::Failure;
use super::traces::Traces;
use crate::config::Config;
use serde_json::{Map, Value};
use std::fmt;
use std::io::IsTerminal;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::filter::{FilterExt, filter_fn};
use tracing_subscriber::fmt::format::{JsonFields, Writer};
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::{LookupSpan, Scope};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

/// Starts the log, and the sending of traces where there are any.
pub(super) fn start(config: &Config, traces: Option<&Traces>) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(&config.log).map_err(|error| Failure::Configuration(format!("BUILDCAST_LOG: {error}")))?;
    // lines of any room have the ids of the request or the build that they belong to
    let shown = filter.or(filter_fn(is_our_span).with_max_level_hint(LevelFilter::ERROR));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = if std::io::stderr().is_terminal() { lines.boxed() } else { lines.fmt_fields(JsonFields::new()).event_format(JsonLines).boxed() };
    let spans = traces.map(|traces| traces.layer().with_filter(filter_fn(is_our_span).with_max_level_hint(LevelFilter::ERROR)));
    // a second start in one process (a test) keeps the first one's
    let _ = tracing_subscriber::registry().with(lines.with_filter(shown)).with(spans).try_init();
    Ok(())
}

fn is_our_span(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && metadata.target().starts_with(env!("CARGO_PKG_NAME"))
}

/// A line is an object: `timestamp`, `level`, `target`, `message`, then the fields, of the line and of the spans around it.
struct JsonLines;

impl<S: Subscriber + for<'a> LookupSpan<'a>, N: for<'w> FormatFields<'w> + 'static> FormatEvent<S, N> for JsonLines {
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut to: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut fields = Fields::default();
        for span in context.event_scope().into_iter().flat_map(Scope::from_root) {
            let known = span.extensions();
            let known = known.get::<FormattedFields<N>>().and_then(|known| serde_json::from_str::<Map<_, _>>(known).ok());
            fields.0.extend(known.unwrap_or_default());
        }
        event.record(&mut fields);
        let mut time = String::new();
        SystemTime.format_time(&mut Writer::new(&mut time))?;
        let message = fields.0.remove("message").unwrap_or_default();
        let (metadata, mut rest) = (event.metadata(), fields.0);
        for own in ["timestamp", "level", "target"] {
            rest.remove(own);
        }
        let (time, message) = (Value::from(time), message.as_str().map_or_else(|| message.to_string(), str::to_owned));
        write!(to, r#"{{"timestamp":{time},"level":"{}","target":"{}","message":{}"#, metadata.level(), metadata.target(), Value::from(message))?;
        for (name, value) in rest {
            write!(to, ",{}:{value}", Value::from(name))?;
        }
        to.write_str("}\n")
    }
}

/// The fields of a line, by name.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl Fields {
    fn insert(&mut self, field: &Field, value: impl Into<Value>) {
        let name = field.name();
        self.0.insert(name.strip_prefix("r#").unwrap_or(name).to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.insert(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.insert(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.insert(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.insert(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.insert(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.insert(field, format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Memory(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Memory {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_line_has_what_the_spans_around_it_know_beside_its_own() {
        let memory = Memory::default();
        let writer = memory.clone();
        let lines = tracing_subscriber::fmt::layer().with_writer(move || writer.clone()).fmt_fields(JsonFields::new()).event_format(JsonLines);
        tracing::subscriber::with_default(tracing_subscriber::registry().with(lines), || {
            let span = tracing::error_span!("request", request_id = "r\"1", build_id = tracing::field::Empty, level = "odd");
            let _in = span.enter();
            span.record("build_id", "b");
            tracing::info!(lines = 3, r#type = "x", "two\nlines");
        });
        let text = String::from_utf8(memory.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.lines().count(), 1, "{text}");
        let line: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&line["request_id"], &line["build_id"], &line["lines"], &line["type"]), (&"r\"1".into(), &"b".into(), &3.into(), &"x".into()));
        assert_eq!((&line["message"], &line["level"]), (&"two\nlines".into(), &"INFO".into()));
        assert!(text.starts_with("{\"timestamp\":\"") && text.contains(r#""build_id":"b""#), "{text}");
    }
}
