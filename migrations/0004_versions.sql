-- Versions that can be named, published, gone back to and swept; and the rollbacks that do so.

-- a rollback is a job as a build is: a row here, a place in the queue, a stream of events
ALTER TABLE builds ADD COLUMN kind TEXT NOT NULL DEFAULT 'build' CHECK (kind IN ('build', 'rollback'));

ALTER TABLE versions ADD COLUMN name TEXT;
ALTER TABLE versions ADD COLUMN description TEXT;
-- the version whose files a rollback's version has
ALTER TABLE versions ADD COLUMN rollback_of TEXT REFERENCES versions (id);
-- files of the project in the artifact; unknown for versions that were made before this was counted
ALTER TABLE versions ADD COLUMN source_files INTEGER;
-- why the artifact is not there any more: swept after its time, or lost
ALTER TABLE versions ADD COLUMN artifact_gone TEXT CHECK (artifact_gone IN ('expired', 'missing'));

CREATE INDEX versions_newest ON versions (project_id, created_at_ms, id);
-- a rollback's version shares the artifact of the one that it went back to
CREATE INDEX versions_by_artifact ON versions (artifact_key);

ALTER TABLE projects ADD COLUMN published_version_id TEXT;

-- who published what, and took it back
CREATE TABLE publications (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES projects (id),
    version_id TEXT NOT NULL REFERENCES versions (id),
    action TEXT NOT NULL CHECK (action IN ('publish', 'unpublish')),
    user_id TEXT NOT NULL,
    comment TEXT,
    created_at_ms BIGINT NOT NULL
);
CREATE INDEX publications_by_project ON publications (project_id, created_at_ms);

CREATE TABLE rollbacks (
    job_id TEXT PRIMARY KEY REFERENCES builds (id),
    target_version_id TEXT NOT NULL REFERENCES versions (id),
    version_id TEXT NOT NULL UNIQUE REFERENCES versions (id),
    -- what the preview showed before, and shows again when the rollback fails
    previous_version_id TEXT,
    skip_working_directory BOOLEAN NOT NULL
);
