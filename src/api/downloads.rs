//! `/v1/projects/{id}/export`, `/v1/versions/{id}/download`: where to download; `/v1/downloads/{ticket}`: the file itself.

use super::auth::Signed;
use super::body::Output;
use super::context::names_etag;
use super::error::ApiError;
use super::range::byte_range;
use crate::domain::file_name::content_disposition;
use crate::service::Services;
use crate::service::downloads::{DownloadView, Format, OpenDownload, content_type};
use bytes::Bytes;
use poem::http::{StatusCode, header};
use poem::web::Data;
use poem::{Body, IntoResponse, Request, Response};
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::{ApiResponse, Enum, OpenApi};
use std::io::SeekFrom;
use tokio::io::{AsyncReadExt, AsyncSeekExt};

/// Bytes of a file in memory at once, for each who downloads.
const CHUNK: usize = 64 << 10;

/// How the files are packed.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename = "DownloadFormat")]
pub(super) enum FormatParam {
    /// The artifact as it is stored.
    #[oai(rename = "zip")]
    Zip,
    /// The same files as a tar.gz.
    #[oai(rename = "tar.gz")]
    TarGz,
}

fn format(param: &Query<Option<FormatParam>>) -> Format {
    match param.0 {
        None | Some(FormatParam::Zip) => Format::Zip,
        Some(FormatParam::TarGz) => Format::TarGz,
    }
}

/// A file, or a part of it.
pub(super) struct FileAnswer(Response);

impl IntoResponse for FileAnswer {
    fn into_response(self) -> Response {
        self.0
    }
}

impl ApiResponse for FileAnswer {
    fn meta() -> MetaResponses {
        let file = || {
            let schema = || MetaSchemaRef::Inline(Box::new(MetaSchema { format: Some("binary"), ..MetaSchema::new("string") }));
            vec![MetaMediaType { content_type: "application/zip", schema: schema() }, MetaMediaType { content_type: "application/gzip", schema: schema() }]
        };
        let plain = |status, description, content| MetaResponse { description, status: Some(status), status_range: None, content, headers: vec![] };
        MetaResponses {
            responses: vec![
                plain(200, "The file.", file()),
                plain(206, "The part of it that was asked for.", file()),
                plain(304, "The file is the one that the client has.", vec![]),
                plain(416, "`INVALID_INPUT`: with the field `Range`, the part that was asked for lies outside of the file.", vec![]),
            ],
        }
    }

    fn register(_registry: &mut Registry) {}
}

/// The operations on downloads.
pub(super) struct DownloadsApi;

#[OpenApi(prefix_path = "/v1", tag = "super::document::Tag::Downloads")]
impl DownloadsApi {
    /// Export a project
    ///
    /// Where the files of a project can be downloaded: of the version that its preview shows, else of its newest. 409
    /// VERSION_NOT_ELIGIBLE when the artifact is not there any more; 413 over 2 GiB.
    #[oai(path = "/projects/:id/export", method = "get", operation_id = "exportProject")]
    async fn export(
        &self,
        _auth: Signed,
        services: Data<&Services>,
        /// The project.
        id: Path<String>,
        /// Its owner; another's project is not found.
        #[oai(name = "userId")]
        user_id: Query<String>,
        /// How the files are packed; `zip` unless said.
        #[oai(name = "format")]
        packed: Query<Option<FormatParam>>,
    ) -> Result<Output<DownloadView>, ApiError> {
        Ok(Output(services.export_project(&id, &user_id, format(&packed)).await?))
    }

    /// Download a version
    ///
    /// Where the files of a version can be downloaded. 409 VERSION_NOT_ELIGIBLE when its artifact is not there any more; 413
    /// over 2 GiB.
    #[oai(path = "/versions/:id/download", method = "get", operation_id = "downloadVersion")]
    async fn download(
        &self,
        _auth: Signed,
        services: Data<&Services>,
        /// The version.
        id: Path<String>,
        /// Its owner; another's version is not found.
        #[oai(name = "userId")]
        user_id: Query<String>,
        /// How the files are packed; `zip` unless said.
        #[oai(name = "format")]
        packed: Query<Option<FormatParam>>,
    ) -> Result<Output<DownloadView>, ApiError> {
        Ok(Output(services.download_version(&id, &user_id, format(&packed)).await?))
    }

    /// Download a file
    ///
    /// What a `downloadUrl` leads to. The address is the credential: 403 FORBIDDEN when it was changed, or its time is over.
    #[oai(path = "/downloads/:ticket", method = "get", operation_id = "downloadFile")]
    async fn file(
        &self,
        services: Data<&Services>,
        request: &Request,
        /// The last part of the address.
        ticket: Path<String>,
        /// One part of the file: `bytes=FROM-TO`, `bytes=FROM-` or `bytes=-COUNT`.
        #[oai(name = "Range")]
        range: Header<Option<String>>,
        /// The `ETag` that the part must belong to; with another the whole comes.
        #[oai(name = "If-Range")]
        if_range: Header<Option<String>>,
    ) -> Result<FileAnswer, ApiError> {
        let open = services.open_download(&ticket).await?;
        let etag = etag(&open);
        if names_etag(request, &etag) {
            return Ok(FileAnswer(head(StatusCode::NOT_MODIFIED, &open, &etag).finish()));
        }
        // a part of another file is worth nothing
        let range = range.0.filter(|_| if_range.0.is_none_or(|tag| tag == etag));
        let total = open.bytes;
        Ok(FileAnswer(match range.and_then(|range| byte_range(&range, total)) {
            None => head(StatusCode::OK, &open, &etag).header(header::CONTENT_LENGTH, total).body(part(open, 0, total)),
            Some(Ok((from, to))) => head(StatusCode::PARTIAL_CONTENT, &open, &etag)
                .header(header::CONTENT_RANGE, format!("bytes {from}-{to}/{total}"))
                .header(header::CONTENT_LENGTH, to - from + 1)
                .body(part(open, from, to - from + 1)),
            Some(Err(())) => return Err(ApiError::Range(total)),
        }))
    }

    /// Look at a file before downloading it
    ///
    /// Its size, type and `ETag`, as `GET` answers, without the file.
    #[oai(path = "/downloads/:ticket", method = "head", operation_id = "headFile")]
    async fn file_head(
        &self,
        services: Data<&Services>,
        /// The last part of the address.
        ticket: Path<String>,
    ) -> Result<FileAnswer, ApiError> {
        let open = services.open_download(&ticket).await?;
        Ok(FileAnswer(head(StatusCode::OK, &open, &etag(&open)).header(header::CONTENT_LENGTH, open.bytes).finish()))
    }
}

fn etag(open: &OpenDownload) -> String {
    format!("\"{}\"", open.ticket.sha256)
}

fn head(status: StatusCode, open: &OpenDownload, etag: &str) -> poem::ResponseBuilder {
    Response::builder()
        .status(status)
        .header(header::ETAG, etag)
        .header(header::ACCEPT_RANGES, "bytes")
        .header(header::CACHE_CONTROL, "private, no-store")
        .header(header::CONTENT_DISPOSITION, content_disposition(&open.ticket.file_name))
        // the address must not go where a link in the file leads
        .header(header::REFERRER_POLICY, "no-referrer")
        .content_type(content_type(&open.ticket.file_name))
}

/// So many bytes of the file from there on, read as they are sent.
fn part(open: OpenDownload, from: u64, bytes: u64) -> Body {
    let file = tokio::fs::File::from_std(open.file);
    let chunks = futures_util::stream::try_unfold((file, Some(from), bytes), |(mut file, seek, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        if let Some(from) = seek {
            file.seek(SeekFrom::Start(from)).await?;
        }
        let mut chunk = vec![0; CHUNK.min(usize::try_from(left).unwrap_or(CHUNK))];
        file.read_exact(&mut chunk).await?;
        let left = left - chunk.len() as u64;
        Ok::<_, std::io::Error>(Some((Bytes::from(chunk), (file, None, left))))
    });
    Body::from_bytes_stream(chunks)
}
