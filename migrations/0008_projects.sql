-- What people write about a project. Its statistics need nothing new: builds are found by when they were made, for each user
-- and each project, through the indexes that their lists have.
ALTER TABLE projects ADD COLUMN description TEXT;
-- a JSON object of the caller's own, as it was written
ALTER TABLE projects ADD COLUMN metadata TEXT;
-- grows with each change of name, description or metadata, and with nothing else: what If-Match is compared with
ALTER TABLE projects ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
