//! `/v1/projects`: look at projects and say what they are called; their versions, and which of them is published.

mod history;
mod project;

pub(super) use history::HistoryApi;
pub(super) use project::ProjectsApi;
