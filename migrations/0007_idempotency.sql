-- What was answered to a request with an Idempotency-Key. The transaction that does the work writes the row first and fills
-- it in last: what others see is whole.
CREATE TABLE idempotency_keys (
    -- hex SHA-256 of caller, method, path and key
    key_hash TEXT PRIMARY KEY,
    -- hex SHA-256 of query and body
    request_hash TEXT NOT NULL,
    -- of the first request
    request_id TEXT NOT NULL,
    -- 0 until the answer is known
    status INTEGER NOT NULL,
    content_type TEXT NOT NULL,
    -- of answers with text for people
    content_language TEXT,
    etag TEXT,
    body TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL
);

CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at_ms);
