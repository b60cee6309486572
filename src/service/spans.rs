//! What a request's span learns of it while it is served: every log line of the request has it from then on.

use tracing::Span;

/// The request concerns this project, and this build of it.
pub(super) fn concerns(project_id: &str, build_id: Option<&str>) {
    let span = Span::current();
    span.record("project_id", project_id);
    if let Some(build_id) = build_id {
        span.record("build_id", build_id);
    }
}
