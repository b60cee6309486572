-- Replays: the events of a build that has ended, once more, at a pace of their own. Nothing of the build is copied.
CREATE TABLE replays (
    id TEXT PRIMARY KEY,
    build_id TEXT NOT NULL REFERENCES builds (id),
    project_id TEXT NOT NULL,
    -- the first event that is shown
    from_seq BIGINT NOT NULL CHECK (from_seq >= 1),
    -- times as fast as it was; 0 for all at once
    speed DOUBLE PRECISION NOT NULL CHECK (speed >= 0),
    -- whether events are shown when they are asked for, and the last that was; 0 before the first
    by_steps BOOLEAN NOT NULL,
    shown_seq BIGINT NOT NULL,
    -- when the first viewer came
    started_at_ms BIGINT,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL
);
CREATE INDEX replays_to_expire ON replays (expires_at_ms);
CREATE INDEX replays_of_projects ON replays (project_id, expires_at_ms);
