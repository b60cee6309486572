//! `/v1/projects/{id}` and `/v1/projects/batch`: look at projects, and change what is written about one.

use crate::api::auth::Signed;
use crate::api::body::{Input, Output};
use crate::api::error::ApiError;
use crate::api::start::Metadata;
use crate::domain::problem::Problem;
use crate::service::Services;
use crate::service::idempotency::Once;
use crate::service::project_edits::{EditProject, LeftOut, ProjectFields};
use crate::service::projects::{ProjectBatch, ProjectView};
use poem::Request;
use poem::web::Data;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{ApiResponse, OpenApi};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

/// A change of what is written about a project. What is left out stays, null clears.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::api) struct ChangeProject {
    /// The project's owner; another's project is not found.
    #[schema(example = "user_456")]
    user_id: String,
    /// What to call it, 1 to 200 characters.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>, nullable = false, min_length = 1, max_length = 200, example = "Bakery")]
    name: Option<Option<String>>,
    /// What to say of it, at most 2,000 characters.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>, max_length = 2000, example = "The site of the bakery at the corner")]
    description: Option<Option<String>>,
    /// A JSON object of the caller's own, given back as it was written: 16 KiB and 8 levels at most.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<Object>)]
    metadata: Option<Option<Metadata>>,
}

/// All that is written about a project. Each field is required; null clears.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::api) struct WriteProject {
    /// The project's owner; another's project is not found.
    #[schema(example = "user_456")]
    user_id: String,
    /// What to call it, 1 to 200 characters.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = String, required, min_length = 1, max_length = 200, example = "Bakery")]
    name: Option<Option<String>>,
    /// What to say of it, at most 2,000 characters.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>, required, max_length = 2000, example = "The site of the bakery at the corner")]
    description: Option<Option<String>>,
    /// A JSON object of the caller's own, given back as it was written: 16 KiB and 8 levels at most.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<Object>, required)]
    metadata: Option<Option<Metadata>>,
}

/// A field that is there, null or not.
fn said<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// A project, with its tag.
#[derive(ApiResponse)]
pub(in crate::api) enum ProjectAnswer {
    /// The project.
    #[oai(status = 200)]
    Project(
        Output<ProjectView>,
        /// The strong tag of its name, description and metadata, for `If-Match`: the revision in quotes. What builds change
        /// of the project leaves it.
        #[oai(header = "ETag")]
        String,
    ),
}

impl From<ProjectView> for ProjectAnswer {
    fn from(view: ProjectView) -> Self {
        let etag = view.etag();
        Self::Project(Output(view), etag)
    }
}

/// The operations on projects.
pub(in crate::api) struct ProjectsApi;

#[OpenApi(prefix_path = "/v1", tag = "crate::api::document::Tag::Projects")]
impl ProjectsApi {
    /// Look at a project
    ///
    /// The ETag is of what people write about the project, and for `If-Match` only: `If-None-Match` is not looked at, since
    /// a build that starts or ends changes the answer and not the tag.
    #[oai(path = "/projects/:id", method = "get", operation_id = "getProject")]
    async fn get(
        &self,
        _auth: Signed,
        services: Data<&Services>,
        /// The project.
        id: Path<String>,
        /// Its owner; another's project is not found.
        #[oai(name = "userId")]
        user_id: Query<Option<String>>,
    ) -> Result<ProjectAnswer, ApiError> {
        Ok(services.project(&id, user_id.as_deref()).await?.into())
    }

    /// Change what is written about a project
    ///
    /// What is left out stays. A change that changes nothing leaves the tag as it is. With `If-Match` the project is changed
    /// only when its tag is one of those: of several changes of one revision one is made. The others get 422
    /// VALIDATION_FAILED for the field `If-Match`, since no code has the status 412.
    #[oai(path = "/projects/:id", method = "patch", operation_id = "changeProject")]
    #[allow(clippy::too_many_arguments, reason = "the document lists each")]
    async fn change(
        &self,
        _auth: Signed,
        services: Data<&Services>,
        once: Data<&Once>,
        request: &Request,
        /// The project.
        id: Path<String>,
        /// Tags of the project as the caller knows it, or `*`. Weak ones match nothing.
        #[oai(name = "If-Match")]
        _if_match: Header<Option<String>>,
        body: Input<ChangeProject>,
    ) -> Result<ProjectAnswer, ApiError> {
        let ChangeProject { user_id, name, description, metadata } = body.0;
        let fields = fields(name, description, metadata);
        let edit = EditProject { project_id: id.0, user_id, fields, left_out: LeftOut::Stays, if_match: if_match(request)? };
        Ok(services.edit_project(edit, once.0).await?.into())
    }

    /// Write all that is written about a project
    ///
    /// As PATCH, but name, description and metadata are all given.
    #[oai(path = "/projects/:id", method = "put", operation_id = "writeProject")]
    #[allow(clippy::too_many_arguments, reason = "the document lists each")]
    async fn write(
        &self,
        _auth: Signed,
        services: Data<&Services>,
        once: Data<&Once>,
        request: &Request,
        /// The project.
        id: Path<String>,
        /// Tags of the project as the caller knows it, or `*`. Weak ones match nothing.
        #[oai(name = "If-Match")]
        _if_match: Header<Option<String>>,
        body: Input<WriteProject>,
    ) -> Result<ProjectAnswer, ApiError> {
        let WriteProject { user_id, name, description, metadata } = body.0;
        let fields = fields(name, description, metadata);
        let edit = EditProject { project_id: id.0, user_id, fields, left_out: LeftOut::Refused, if_match: if_match(request)? };
        Ok(services.edit_project(edit, once.0).await?.into())
    }

    /// Look at many projects
    ///
    /// One statement for all. A project of the id `batch` is found here, too.
    #[oai(path = "/projects/batch", method = "get", operation_id = "getProjects")]
    async fn batch(
        &self,
        _auth: Signed,
        services: Data<&Services>,
        /// 1 to 100 ids with commas between them; one that is there twice counts once. What can't be an id is `missing`.
        ids: Query<String>,
        /// Projects of this user only: another's are `missing`.
        #[oai(name = "userId")]
        user_id: Query<Option<String>>,
    ) -> Result<Output<ProjectBatch>, ApiError> {
        Ok(Output(services.projects(&ids, user_id.as_deref()).await?))
    }
}

fn fields(name: Option<Option<String>>, description: Option<Option<String>>, metadata: Option<Option<Metadata>>) -> ProjectFields {
    ProjectFields { name, description, metadata: metadata.map(|metadata| metadata.map(Metadata::into_text)) }
}

/// The request's `If-Match`: several headers are one list.
fn if_match(request: &Request) -> Result<Option<String>, ApiError> {
    let texts: Result<Vec<&str>, _> = request.headers().get_all("if-match").iter().map(|value| value.to_str()).collect();
    let texts = texts.map_err(|_| ApiError::Problem(Problem::invalid("If-Match", "invalid_value")))?;
    Ok((!texts.is_empty()).then(|| texts.join(",")))
}
