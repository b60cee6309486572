-- A claim that touches no index: a job's row has all that its worker needs, and what a claim changes stands in no index.

-- made anew for its columns and checks; the rows stay
DROP INDEX jobs_ready;
DROP INDEX jobs_delayed;
DROP INDEX jobs_leased;
DROP INDEX jobs_leased_by_user;
DROP INDEX jobs_to_cancel;
ALTER TABLE jobs RENAME TO jobs_before;

CREATE TABLE jobs (
    build_id TEXT PRIMARY KEY REFERENCES builds (id),
    user_id TEXT NOT NULL,
    -- of the build, so that a claim need not read it
    project_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    source_key TEXT NOT NULL,
    -- when it was claimed first
    started_at_ms BIGINT,
    estimated_start_ms BIGINT,
    estimated_seconds DOUBLE PRECISION,
    -- delayed: not before run_at_ms; ready: waits its turn; leased: a worker has it
    state TEXT NOT NULL,
    -- no longer delayed: its place in the order stands in the index from then on, while it is leased, too
    due BOOLEAN NOT NULL,
    priority INTEGER NOT NULL DEFAULT 0,
    -- the round of the fair order that the job is in: each round has one job of each user
    round BIGINT NOT NULL DEFAULT 0,
    run_at_ms BIGINT NOT NULL,
    enqueued_at_ms BIGINT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    fencing_token BIGINT NOT NULL DEFAULT 0,
    node_id TEXT,
    -- one life of a node's process: a node that starts again is another incarnation of the same node
    incarnation TEXT,
    lease_until_ms BIGINT,
    -- whose limit the lease counts against; none where users have no limit, since this is in an index
    counted_user_id TEXT,
    -- the place that BUILD_QUEUED told last
    told_position BIGINT NOT NULL DEFAULT 0,
    cancel_requested_at_ms BIGINT,
    -- one check, since each costs a statement as much as a few rows do
    CHECK (CASE state
        WHEN 'leased' THEN due AND node_id IS NOT NULL AND lease_until_ms IS NOT NULL
        ELSE state IN ('ready', 'delayed') AND due = (state = 'ready') AND node_id IS NULL AND lease_until_ms IS NULL AND counted_user_id IS NULL END)
);

-- room for a row's next version beside it: only there does an update leave the indexes alone
-- postgres: ALTER TABLE jobs SET (fillfactor = 40);

INSERT INTO jobs (build_id, user_id, project_id, kind, source_key, started_at_ms, estimated_start_ms, estimated_seconds, state, due, priority, round,
        run_at_ms, enqueued_at_ms, attempts, fencing_token, node_id, incarnation, lease_until_ms, told_position, cancel_requested_at_ms)
    SELECT j.build_id, j.user_id, b.project_id, 'build', b.source_key, b.started_at_ms, b.estimated_start_ms, b.estimated_seconds, j.state, j.state <> 'delayed',
        j.priority, j.round, j.run_at_ms, j.enqueued_at_ms, j.attempts,
        -- a claim that was given back at once has told nobody its token
        CASE b.current_state WHEN 'queued' THEN 0 ELSE j.fencing_token END,
        j.node_id, j.incarnation, j.lease_until_ms, j.told_position, j.cancel_requested_at_ms
    FROM jobs_before j JOIN builds b ON b.id = j.build_id;
DROP TABLE jobs_before;

CREATE INDEX jobs_in_order ON jobs ((-priority), round, build_id) WHERE due;
CREATE INDEX jobs_delayed ON jobs (run_at_ms) WHERE NOT due;
CREATE INDEX jobs_counted ON jobs (counted_user_id) WHERE counted_user_id IS NOT NULL;
CREATE INDEX jobs_to_cancel ON jobs (cancel_requested_at_ms) WHERE cancel_requested_at_ms IS NOT NULL;
