-- The engine: a fair queue, nodes with their slots, cancel requests, logs, and what a start may say besides its files.

-- made anew for its states; the rows stay
DROP INDEX jobs_ready;
DROP INDEX jobs_leased;
ALTER TABLE jobs RENAME TO jobs_before;

CREATE TABLE jobs (
    build_id TEXT PRIMARY KEY REFERENCES builds (id),
    user_id TEXT NOT NULL,
    -- delayed: not before run_at_ms; ready: waits its turn; leased: a worker has it
    state TEXT NOT NULL CHECK (state IN ('delayed', 'ready', 'leased')),
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
    -- the place that BUILD_QUEUED told last
    told_position BIGINT NOT NULL DEFAULT 0,
    cancel_requested_at_ms BIGINT,
    CHECK ((state = 'leased') = (node_id IS NOT NULL AND lease_until_ms IS NOT NULL))
);

INSERT INTO jobs (build_id, user_id, state, priority, run_at_ms, enqueued_at_ms, attempts, fencing_token, node_id, lease_until_ms)
    SELECT build_id, user_id, state, priority, run_at_ms, enqueued_at_ms, attempts, fencing_token, node_id, lease_until_ms FROM jobs_before;
DROP TABLE jobs_before;

CREATE INDEX jobs_ready ON jobs (priority DESC, round, build_id) WHERE state = 'ready';
CREATE INDEX jobs_delayed ON jobs (run_at_ms) WHERE state = 'delayed';
CREATE INDEX jobs_leased ON jobs (lease_until_ms) WHERE state = 'leased';
CREATE INDEX jobs_leased_by_user ON jobs (user_id) WHERE state = 'leased';
CREATE INDEX jobs_to_cancel ON jobs (node_id) WHERE cancel_requested_at_ms IS NOT NULL;

-- where each user is in the fair order, by priority
CREATE TABLE queue_rounds (
    user_id TEXT NOT NULL,
    priority INTEGER NOT NULL,
    last_round BIGINT NOT NULL,
    PRIMARY KEY (user_id, priority)
);

-- the nodes that run builds, and how many each at once
CREATE TABLE nodes (
    id TEXT PRIMARY KEY,
    incarnation TEXT NOT NULL,
    slots INTEGER NOT NULL,
    seen_at_ms BIGINT NOT NULL
);

-- starts of the last seconds: a second click finds the first one's build
CREATE TABLE recent_starts (
    user_id TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    -- judged at the commit: the row is taken before the build is made, so that racing starts take turns here
    build_id TEXT NOT NULL REFERENCES builds (id) DEFERRABLE INITIALLY DEFERRED,
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (user_id, request_hash)
);

CREATE INDEX recent_starts_by_age ON recent_starts (created_at_ms);

ALTER TABLE builds ADD COLUMN prompt TEXT;
-- what the start said, then what was detected
ALTER TABLE builds ADD COLUMN framework TEXT;
-- a JSON object of the caller's own
ALTER TABLE builds ADD COLUMN metadata TEXT;
-- seconds of code generation that a provider was used for
ALTER TABLE builds ADD COLUMN ai_seconds DOUBLE PRECISION NOT NULL DEFAULT 0;
-- what the queue told when it was asked first
ALTER TABLE builds ADD COLUMN estimated_start_ms BIGINT;
ALTER TABLE builds ADD COLUMN estimated_seconds DOUBLE PRECISION;
-- the place of the last line in the log of its output, and the bytes of all lines
ALTER TABLE builds ADD COLUMN log_seq BIGINT NOT NULL DEFAULT 0;
ALTER TABLE builds ADD COLUMN log_bytes BIGINT NOT NULL DEFAULT 0;

CREATE INDEX builds_newest ON builds (created_at_ms, id);
CREATE INDEX builds_by_user ON builds (user_id, created_at_ms, id);
CREATE INDEX builds_by_framework ON builds (framework, finished_at_ms) WHERE current_state = 'deployed';

-- what a build's commands print
CREATE TABLE build_logs (
    build_id TEXT NOT NULL REFERENCES builds (id),
    seq BIGINT NOT NULL CHECK (seq >= 1),
    -- unique for ever: what a cursor proves continuity by
    line_id TEXT NOT NULL,
    stream TEXT NOT NULL CHECK (stream IN ('stdout', 'stderr', 'system')),
    step TEXT NOT NULL,
    -- a JSON string
    text TEXT NOT NULL,
    -- the last line of all
    finished BOOLEAN NOT NULL,
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (build_id, seq)
);

-- the logs of builds that have ended already end, too
INSERT INTO build_logs (build_id, seq, line_id, stream, step, text, finished, created_at_ms)
    SELECT e.build_id, 1, e.event_id, 'system', b.phase, '"' || e.code || '"', TRUE, e.created_at_ms
    FROM project_build_events e JOIN builds b ON b.id = e.build_id WHERE e.finished;
UPDATE builds SET log_seq = 1 WHERE id IN (SELECT build_id FROM build_logs);
