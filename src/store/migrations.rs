//! The migrations, in the binary: files of `migrations/`, one text for both databases. What only PostgreSQL has, such as how
//! full its pages are made, stands on lines that are a comment for SQLite.

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr};

/// Every file, in order. sqlx's own macro would bring its proc macros, and with them a second build of SQLite.
const FILES: &[(i64, &str, &str)] = &[
    (1, "spine", include_str!("../../migrations/0001_spine.sql")),
    (2, "engine", include_str!("../../migrations/0002_engine.sql")),
    (3, "claims", include_str!("../../migrations/0003_claims.sql")),
    (4, "versions", include_str!("../../migrations/0004_versions.sql")),
    (5, "sweeps", include_str!("../../migrations/0005_sweeps.sql")),
    (6, "exports", include_str!("../../migrations/0006_exports.sql")),
    (7, "idempotency", include_str!("../../migrations/0007_idempotency.sql")),
    (8, "projects", include_str!("../../migrations/0008_projects.sql")),
    (9, "build_requests", include_str!("../../migrations/0009_build_requests.sql")),
    (10, "ledger", include_str!("../../migrations/0010_ledger.sql")),
    (11, "usage", include_str!("../../migrations/0011_usage.sql")),
    (12, "replays", include_str!("../../migrations/0012_replays.sql")),
];

/// What such a line begins with.
const POSTGRES: &str = "-- postgres: ";

/// The version of the last one.
pub(super) const LAST: i64 = FILES[FILES.len() - 1].0;

/// The migrator of these files.
pub(super) fn migrator(postgres: bool) -> Migrator {
    let migrations = FILES.iter().map(|(version, name, sql)| {
        let sql = if postgres { sql.replace(POSTGRES, "") } else { (*sql).to_owned() };
        Migration::new(*version, (*name).into(), MigrationType::Simple, AssertSqlSafe(sql).into_sql_str(), false)
    });
    Migrator::with_migrations(migrations.collect())
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_file_of_the_folder_is_in_the_binary() {
        let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations")).unwrap();
        assert_eq!(folder.count(), super::FILES.len());
    }
}
