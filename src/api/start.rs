//! What a start looks like on the wire: its body, alone or in a batch, and its answer.

use super::body::Output;
use super::error::ApiError;
use super::template::TemplateFiles;
use crate::domain::problem::{FieldError, Problem};
use crate::service::builds::{BuildBatch, BuildView};
use crate::service::starts::{Click, Source, Start, Started, UnknownProject};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use poem::Request;
use poem_openapi::ApiResponse;
use serde::de::{Error, IgnoredAny, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::fmt;
use utoipa::ToSchema;

/// Starts of a batch at most.
const BATCH_MAX: usize = 100;

/// A request for a build.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct StartBuild {
    /// Who asks, and owns a new project.
    #[schema(example = "user_456")]
    user_id: String,
    /// The project to build; without it the server makes a new one.
    #[schema(nullable = false)]
    project_id: Option<String>,
    /// A new project's name.
    #[schema(nullable = false)]
    name: Option<String>,
    /// The files. A new project needs them; a later build may have a prompt alone, and changes the last ones by it.
    #[schema(nullable = false)]
    template_files: Option<TemplateFiles>,
    /// The files as a zip, in base64.
    #[schema(nullable = false)]
    template_zip: Option<String>,
    /// What is to be changed, in words: where the server has a provider of code, it is asked before the build.
    #[schema(nullable = false, min_length = 1, max_length = 32_000)]
    prompt: Option<String>,
    /// What the caller takes the project to be: `static`, `vite`, `react`, `vue`, `svelte`, `next`, `astro`, `nuxt`,
    /// `angular` or `node`. A hint: the build looks for itself.
    #[schema(nullable = false, example = "vite")]
    framework: Option<String>,
    /// A JSON object of the caller's own, given back with the build as it was written: 16 KiB and 8 levels at most.
    #[schema(nullable = false, value_type = Option<Object>)]
    metadata: Option<Metadata>,
    /// Higher goes first, -100 to 100.
    #[serde(default)]
    priority: i32,
    /// Seconds until the build may begin, 0 to 86,400. It is queued meanwhile, behind all that may begin now.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 86_400)]
    delay_seconds: i64,
}

/// A request for builds of several projects, all or none.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct StartBatch {
    /// 1 to 100 starts, each of another project.
    #[schema(value_type = Vec<StartBuild>, min_items = 1, max_items = 100)]
    builds: Starts,
}

/// The starts of a batch, as many as one may have; the rest is counted and dropped.
#[derive(Debug)]
struct Starts {
    kept: Vec<StartBuild>,
    count: usize,
}

/// A JSON object as its caller wrote it.
#[derive(Debug)]
struct Metadata(Box<RawValue>);

/// A start's answer.
#[derive(ApiResponse)]
pub(super) enum StartAnswer {
    /// The build is queued.
    #[oai(status = 202)]
    Queued(Output<BuildView>),
    /// The same request came seconds ago, and its build has not ended: here it is.
    #[oai(status = 200)]
    Replayed(
        Output<BuildView>,
        /// `true`: nothing was started.
        #[oai(header = "idempotency-replayed")]
        bool,
    ),
}

/// A batch's answer.
#[derive(ApiResponse)]
pub(super) enum BatchAnswer {
    /// All builds are queued.
    #[oai(status = 202)]
    Queued(Output<BuildBatch>),
    /// The same request came seconds ago, and not all of its builds have ended: here they are.
    #[oai(status = 200)]
    Replayed(
        Output<BuildBatch>,
        /// `true`: nothing was started.
        #[oai(header = "idempotency-replayed")]
        bool,
    ),
}

impl From<Started<BuildView>> for StartAnswer {
    fn from(started: Started<BuildView>) -> Self {
        match started {
            Started::Queued(view) => Self::Queued(Output(view)),
            Started::Replayed(view) => Self::Replayed(Output(view), true),
        }
    }
}

impl From<Started<BuildBatch>> for BatchAnswer {
    fn from(started: Started<BuildBatch>) -> Self {
        match started {
            Started::Queued(batch) => Self::Queued(Output(batch)),
            Started::Replayed(batch) => Self::Replayed(Output(batch), true),
        }
    }
}

/// The click that a request is; one that brings a key of its own is none.
pub(super) fn click(request: &Request, body: &[u8]) -> Option<Click> {
    (!request.headers().contains_key("idempotency-key")).then(|| Click::of(request.uri().path(), body))
}

impl StartBuild {
    /// Whether the request names a project.
    pub fn names_project(&self) -> bool {
        self.project_id.is_some()
    }

    /// The start that the request asks for.
    pub fn read(self, unknown_project: UnknownProject) -> Result<Start, ApiError> {
        self.decode(unknown_project).map_err(|errors| ApiError::Problem(Problem::validation(errors)))
    }

    fn decode(self, unknown_project: UnknownProject) -> Result<Start, Vec<FieldError>> {
        let source = match (self.template_files, self.template_zip) {
            (Some(_), Some(_)) => return Err(vec![FieldError::new("templateZip", "either templateFiles or templateZip")]),
            (Some(files), None) => Some(Source::Files(files.decode()?)),
            (None, Some(zip)) => Some(Source::Zip(STANDARD.decode(zip).map_err(|_| vec![FieldError::new("templateZip", "not base64")])?)),
            (None, None) => None,
        };
        Ok(Start {
            user_id: self.user_id,
            project_id: self.project_id,
            unknown_project,
            name: self.name,
            source,
            prompt: self.prompt,
            framework: self.framework,
            metadata: self.metadata.map(|metadata| metadata.0.get().to_owned()),
            priority: self.priority,
            delay_seconds: self.delay_seconds,
            request_id: None,
        })
    }
}

impl StartBatch {
    /// The starts that the request asks for; what can't be read is told with its place in the list.
    pub fn read(self) -> Result<Vec<Start>, ApiError> {
        let invalid = |errors| ApiError::Problem(Problem::validation(errors));
        if !(1..=BATCH_MAX).contains(&self.builds.count) {
            return Err(invalid(vec![FieldError::new("builds", format!("{} starts: 1 to {BATCH_MAX}", self.builds.count))]));
        }
        let (mut starts, mut errors) = (Vec::with_capacity(self.builds.count), vec![]);
        for (index, build) in self.builds.kept.into_iter().enumerate() {
            match build.decode(UnknownProject::Refused) {
                Ok(start) => starts.push(start),
                Err(faults) => errors.extend(faults.into_iter().map(|fault| FieldError::new(&format!("builds[{index}].{}", fault.field), fault.message))),
            }
        }
        if errors.is_empty() { Ok(starts) } else { Err(invalid(errors)) }
    }
}

impl<'de> Deserialize<'de> for Starts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct StartsVisitor;

        impl<'de> Visitor<'de> for StartsVisitor {
            type Value = Starts;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of starts")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Starts, A::Error> {
                let mut kept = vec![];
                while kept.len() < BATCH_MAX {
                    match list.next_element()? {
                        Some(start) => kept.push(start),
                        None => return Ok(Starts { count: kept.len(), kept }),
                    }
                }
                // a body may hold a million empty starts: those past the limit take no memory
                let mut count = kept.len();
                while list.next_element::<IgnoredAny>()?.is_some() {
                    count += 1;
                }
                Ok(Starts { kept, count })
            }
        }
        deserializer.deserialize_seq(StartsVisitor)
    }
}

impl<'de> Deserialize<'de> for Metadata {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        if raw.get().starts_with('{') { Ok(Self(raw)) } else { Err(D::Error::invalid_type(Unexpected::Other("another value"), &"an object")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_stays_as_it_is_written() {
        let body = r#"{"userId": "u", "metadata": { "n": 12345678901234567890123, "x": 1.50 }}"#;
        let start = serde_json::from_str::<StartBuild>(body).unwrap().decode(UnknownProject::Refused).unwrap();
        assert_eq!(start.metadata.as_deref(), Some(r#"{ "n": 12345678901234567890123, "x": 1.50 }"#));
        let error = serde_json::from_str::<StartBuild>(r#"{"userId": "u", "metadata": []}"#).unwrap_err();
        assert!(error.to_string().starts_with("invalid type"), "{error}");
    }

    #[test]
    fn starts_past_the_limit_are_counted_and_dropped() {
        let body = format!(r#"{{"builds": [{}]}}"#, vec![r#"{"userId": "u"}"#; 150].join(","));
        let batch = serde_json::from_str::<StartBatch>(&body).unwrap();
        assert_eq!((batch.builds.kept.len(), batch.builds.count), (100, 150));
        assert!(batch.read().is_err());
    }
}
