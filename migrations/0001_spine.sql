-- One text for SQLite and PostgreSQL: TEXT, BIGINT, BOOLEAN, DOUBLE PRECISION; times are epoch milliseconds.

CREATE TABLE projects (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL,
    name TEXT NOT NULL,
    -- the last source that was sent, in the artifact store: what a build without files builds on
    source_key TEXT NOT NULL,
    preview_version_id TEXT,
    -- the place of the last event in the project's stream
    last_seq BIGINT NOT NULL DEFAULT 0,
    id_source TEXT NOT NULL CHECK (id_source IN ('server', 'client')),
    created_by_service TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    updated_at_ms BIGINT NOT NULL
);

CREATE TABLE builds (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES projects (id),
    user_id TEXT NOT NULL,
    previous_state TEXT,
    current_state TEXT NOT NULL,
    -- grows with every claim; a write that shows an older one changes nothing
    fencing_token BIGINT NOT NULL DEFAULT 0,
    phase TEXT NOT NULL DEFAULT 'setup',
    progress DOUBLE PRECISION NOT NULL DEFAULT 0 CHECK (progress >= 0 AND progress <= 1),
    -- the place of the last event in the build's stream
    last_seq BIGINT NOT NULL DEFAULT 0,
    source_key TEXT NOT NULL,
    version_id TEXT,
    error TEXT,
    id_source TEXT NOT NULL CHECK (id_source IN ('server', 'client')),
    created_by_service TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    started_at_ms BIGINT,
    finished_at_ms BIGINT,
    -- COALESCE, because a CHECK that comes out NULL passes
    CONSTRAINT valid_build_transitions CHECK (
        (COALESCE(previous_state, '') = '' AND current_state = 'queued')
        OR (COALESCE(previous_state, '') = 'queued' AND current_state IN ('building', 'cancelled'))
        OR (COALESCE(previous_state, '') = 'building' AND current_state IN ('deployed', 'failed', 'cancelled'))
    )
);

CREATE UNIQUE INDEX builds_one_active_per_project ON builds (project_id) WHERE current_state IN ('queued', 'building');
CREATE INDEX builds_by_project ON builds (project_id, created_at_ms);

CREATE TABLE jobs (
    build_id TEXT PRIMARY KEY REFERENCES builds (id),
    user_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('ready', 'leased')),
    priority INTEGER NOT NULL DEFAULT 0,
    run_at_ms BIGINT NOT NULL,
    enqueued_at_ms BIGINT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    fencing_token BIGINT NOT NULL DEFAULT 0,
    node_id TEXT,
    lease_until_ms BIGINT,
    CHECK ((state = 'leased') = (node_id IS NOT NULL AND lease_until_ms IS NOT NULL))
);

CREATE INDEX jobs_ready ON jobs (priority DESC, run_at_ms, enqueued_at_ms, build_id) WHERE state = 'ready';
CREATE INDEX jobs_leased ON jobs (lease_until_ms) WHERE state = 'leased';

-- the log: the truth of every stream
CREATE TABLE project_build_events (
    build_id TEXT NOT NULL REFERENCES builds (id),
    seq BIGINT NOT NULL CHECK (seq >= 1),
    project_id TEXT NOT NULL REFERENCES projects (id),
    project_seq BIGINT NOT NULL CHECK (project_seq >= 1),
    event_id TEXT NOT NULL,
    code TEXT NOT NULL,
    finished BOOLEAN NOT NULL,
    -- the event's final JSON: the same bytes leave by every door
    body TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (build_id, seq)
);

CREATE UNIQUE INDEX events_by_project ON project_build_events (project_id, project_seq);
CREATE UNIQUE INDEX events_by_id ON project_build_events (event_id);
CREATE UNIQUE INDEX events_one_end_per_build ON project_build_events (build_id) WHERE finished;

CREATE TABLE versions (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES projects (id),
    build_id TEXT NOT NULL UNIQUE REFERENCES builds (id),
    major INTEGER NOT NULL,
    minor INTEGER NOT NULL,
    patch INTEGER NOT NULL,
    deploy_status TEXT NOT NULL CHECK (deploy_status IN ('deploying', 'deployed', 'failed')),
    framework TEXT NOT NULL,
    artifact_key TEXT NOT NULL,
    artifact_bytes BIGINT NOT NULL,
    artifact_sha256 TEXT NOT NULL,
    output_files INTEGER NOT NULL,
    -- a JSON list of {code, path?}
    recommendations TEXT NOT NULL DEFAULT '[]',
    created_at_ms BIGINT NOT NULL,
    UNIQUE (project_id, major, minor, patch)
);
