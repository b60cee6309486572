//! The hub's view of the log: the store's.

use crate::domain::event::StoredEvent;
use crate::hub::{Located, Log, LogError, Record, StreamKey};
use crate::service::replays::Replays;
use crate::store::{Database, StoreError, history, logs};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use std::collections::HashMap;
use std::sync::Arc;

/// The log in the database, and what replays show of it.
pub(super) struct DatabaseLog(pub Database, pub Arc<Replays>);

fn logged(error: StoreError) -> LogError {
    // the reader stays and asks again; the cause is for the operator
    tracing::warn!(%error, "the log could not be read");
    LogError
}

impl Log for DatabaseLog {
    fn readers(&self) -> usize {
        self.0.readers() * 3 / 4
    }

    fn after<'a>(&'a self, key: &'a StreamKey, position: i64, limit: i64) -> BoxFuture<'a, Result<Vec<Record>, LogError>> {
        if let StreamKey::Replay { id, .. } = key {
            return std::future::ready(self.1.after(id, position, limit).ok_or(LogError)).boxed();
        }
        let framed = |events: Vec<StoredEvent>| events.iter().map(|event| Record::event(key, event)).collect();
        async move {
            match key {
                StreamKey::Build { id, .. } => history::of_build(&self.0, id, position, limit).await.map(framed),
                StreamKey::Project(id) => history::of_project(&self.0, id, position, limit).await.map(framed),
                StreamKey::Replay { .. } => return Err(LogError),
                StreamKey::Logs { id, .. } => logs::lines_after(&self.0, id, position, limit).await.map(|lines| lines.iter().map(Record::line).collect()),
            }
            .map_err(logged)
        }
        .boxed()
    }

    fn heads<'a>(&'a self, keys: &'a [StreamKey]) -> BoxFuture<'a, Result<HashMap<StreamKey, i64>, LogError>> {
        async move {
            let (mut builds, mut projects, mut of_logs) = (vec![], vec![], vec![]);
            for key in keys {
                match key {
                    StreamKey::Build { id, .. } => builds.push(id.as_str()),
                    StreamKey::Project(id) => projects.push(id.as_str()),
                    StreamKey::Replay { .. } => {}
                    StreamKey::Logs { id, .. } => of_logs.push(id.as_str()),
                }
            }
            let of_builds = history::heads_of_builds(&self.0, builds.into_iter()).await.map_err(logged)?;
            let of_projects = history::heads_of_projects(&self.0, projects.into_iter()).await.map_err(logged)?;
            let of_logs = logs::heads_of_logs(&self.0, of_logs.into_iter()).await.map_err(logged)?;
            let head = |key: &StreamKey| match key {
                StreamKey::Build { id, .. } => of_builds.get(id).copied(),
                StreamKey::Project(id) => of_projects.get(id).copied(),
                StreamKey::Replay { id, .. } => self.1.head(id),
                StreamKey::Logs { id, .. } => of_logs.get(id).copied(),
            };
            Ok(keys.iter().filter_map(|key| Some((key.clone(), head(key)?))).collect())
        }
        .boxed()
    }

    fn locate<'a>(&'a self, key: &'a StreamKey, position: i64) -> BoxFuture<'a, Result<Located, LogError>> {
        async move {
            let located = match key {
                StreamKey::Build { id, .. } => history::locate_in_build(&self.0, id, position).await,
                StreamKey::Project(id) => history::locate_in_project(&self.0, id, position).await,
                StreamKey::Replay { id, .. } => return self.1.locate(id, position).ok_or(LogError),
                StreamKey::Logs { id, .. } => logs::locate_line(&self.0, id, position).await,
            }
            .map_err(logged)?;
            Ok(Located { event: located.event, last: located.last })
        }
        .boxed()
    }
}
