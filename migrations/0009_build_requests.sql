-- The id of the request that started a build or a rollback, for the log lines of its work; its job has it too, so that a
-- worker gets it with the claim. Builds from before have none.
ALTER TABLE builds ADD COLUMN request_id TEXT;
ALTER TABLE jobs ADD COLUMN request_id TEXT;
