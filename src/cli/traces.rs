//! Traces over OTLP: the spans of requests and builds, as OpenTelemetry has them. What is logged inside them stays here.

use super::collector::Collector;
use crate::config::TracesConfig;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{Span as _, SpanBuilder, SpanKind, Status, Tracer, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracer, SdkTracerProvider, Span};
use std::collections::HashMap;
use std::fmt;
use std::time::Duration;
use tokio::runtime::Handle;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context as LayerContext;
use tracing_subscriber::registry::LookupSpan;

/// The field that holds the W3C header of a request which belongs to a trace already.
const PARENT: &str = "traceparent";

/// What sends spans, in a thread of its own with a bounded queue: what does not fit is dropped.
pub(super) struct Traces(SdkTracerProvider);

impl Traces {
    /// Sends to the collector that the settings name; requests are made on this runtime.
    pub fn new(config: &TracesConfig, runtime: Handle) -> Result<Self, String> {
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Collector::new(runtime)?)
            .with_endpoint(format!("{}/v1/traces", config.endpoint))
            .with_headers(config.headers.iter().cloned().collect())
            .build()
            .map_err(|error| format!("OTEL_EXPORTER_OTLP_ENDPOINT: {error}"))?;
        let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let provider = SdkTracerProvider::builder()
            .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(config.ratio))))
            .with_resource(Resource::builder_empty().with_service_name(config.service_name.clone()).with_attribute(version).build())
            .with_batch_exporter(exporter)
            .build();
        Ok(Self(provider))
    }

    /// What turns our spans into theirs.
    pub fn layer(&self) -> SpanLayer {
        SpanLayer(self.0.tracer(env!("CARGO_PKG_NAME")))
    }

    /// Sends what waits, for as long as this; blocks.
    pub fn finish(&self, within: Duration) {
        if let Err(error) = self.0.shutdown_with_timeout(within) {
            tracing::warn!(%error, "the last spans were not sent");
        }
    }
}

/// Keeps a span of theirs for each of ours.
pub(super) struct SpanLayer(SdkTracer);

impl<S: tracing::Subscriber + for<'a> LookupSpan<'a>> Layer<S> for SpanLayer {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: LayerContext<'_, S>) {
        let Some(ours) = context.span(id) else { return };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let parent = fields.parent.take().map_or_else(Context::new, |parent| {
            // what is no such header begins a trace of its own
            TraceContextPropagator::new().extract_with_context(&Context::new(), &HashMap::from([(PARENT.to_owned(), parent)]))
        });
        let kind = if ours.name() == "request" { SpanKind::Server } else { SpanKind::Internal };
        let name = fields.name().unwrap_or_else(|| ours.name().to_owned());
        let theirs = self.0.build_with_context(SpanBuilder::from_name(name).with_kind(kind).with_attributes(fields.attributes), &parent);
        ours.extensions_mut().insert(theirs);
    }

    fn on_record(&self, id: &Id, record: &Record<'_>, context: LayerContext<'_, S>) {
        let Some(ours) = context.span(id) else { return };
        let mut fields = Fields::default();
        record.record(&mut fields);
        if let Some(theirs) = ours.extensions_mut().get_mut::<Span>() {
            if fields.failed {
                theirs.set_status(Status::error(""));
            }
            theirs.set_attributes(fields.attributes);
        }
    }

    fn on_close(&self, id: Id, context: LayerContext<'_, S>) {
        if let Some(ours) = context.span(&id)
            && let Some(mut theirs) = ours.extensions_mut().remove::<Span>()
        {
            theirs.end();
        }
    }
}

/// The fields of a span, under the names that OpenTelemetry has for them.
#[derive(Default)]
struct Fields {
    attributes: Vec<KeyValue>,
    parent: Option<String>,
    method: Option<String>,
    route: Option<String>,
    failed: bool,
}

impl Fields {
    /// `GET /v1/builds/{id}`.
    fn name(&self) -> Option<String> {
        Some(format!("{} {}", self.method.as_ref()?, self.route.as_ref()?))
    }

    fn add(&mut self, field: &Field, value: impl Into<opentelemetry::Value>) {
        let name = match field.name() {
            "method" => "http.request.method",
            "route" => "http.route",
            "status" => "http.response.status_code",
            other => other,
        };
        self.attributes.push(KeyValue::new(name, value));
    }
}

impl Visit for Fields {
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.failed |= field.name() == "status" && value >= 500;
        self.add(field, i64::try_from(value).unwrap_or(i64::MAX));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            PARENT => return self.parent = Some(value.to_owned()),
            "method" => self.method = Some(value.to_owned()),
            "route" => self.route = Some(value.to_owned()),
            _ => {}
        }
        self.add(field, value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, format!("{value:?}"));
    }
}
