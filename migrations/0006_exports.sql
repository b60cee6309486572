-- The tar.gz of a version, once somebody has asked for it: the object `exports/{version_id}.tar.gz`, made from the artifact
-- and removed again when it was not asked for in a long time.
CREATE TABLE exports (
    version_id TEXT PRIMARY KEY REFERENCES versions (id),
    object_bytes BIGINT NOT NULL,
    object_sha256 TEXT NOT NULL,
    -- when an address of it was given away last
    asked_at_ms BIGINT NOT NULL
);
