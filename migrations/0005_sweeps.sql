-- What the sweeps of objects look at.

-- sources that nothing named when a sweep looked, and that it will remove: a start that stores the same bytes again takes
-- its source back here
CREATE TABLE condemned_sources (
    source_key TEXT PRIMARY KEY,
    condemned_at_ms BIGINT NOT NULL
);

CREATE INDEX versions_to_expire ON versions (created_at_ms, id) WHERE artifact_gone IS NULL;
CREATE INDEX projects_by_source ON projects (source_key);
CREATE INDEX builds_by_source ON builds (source_key);
