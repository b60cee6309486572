//! The hub's view of the log: the store's.

use crate::domain::event::StoredEvent;
use crate::hub::{Located, Log, LogError, StreamKey};
use crate::store::{Database, StoreError, events};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

/// The log in the database.
pub(super) struct DatabaseLog(pub Database);

fn logged(error: StoreError) -> LogError {
    // the reader stays and asks again; the cause is for the operator
    tracing::warn!(%error, "the log could not be read");
    LogError
}

impl Log for DatabaseLog {
    fn after<'a>(&'a self, key: &'a StreamKey, position: i64, limit: i64) -> BoxFuture<'a, Result<Vec<StoredEvent>, LogError>> {
        async move {
            match key {
                StreamKey::Build(id) => events::of_build(&self.0, id, position, limit).await,
                StreamKey::Project(id) => events::of_project(&self.0, id, position, limit).await,
            }
            .map_err(logged)
        }
        .boxed()
    }

    fn locate<'a>(&'a self, key: &'a StreamKey, position: i64) -> BoxFuture<'a, Result<Located, LogError>> {
        async move {
            let located = match key {
                StreamKey::Build(id) => events::locate_in_build(&self.0, id, position).await,
                StreamKey::Project(id) => events::locate_in_project(&self.0, id, position).await,
            }
            .map_err(logged)?;
            Ok(Located { event: located.event, last: located.last })
        }
        .boxed()
    }
}
