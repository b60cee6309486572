-- Who wrote a line: `api`, or `api:NAME` where the request named somebody; `build`, `expiry`, `sweep`; `command:NAME`.
-- Lines from before this have none.
ALTER TABLE ledger_entries ADD COLUMN actor TEXT;

-- what is held counts towards what an account can hold
CREATE INDEX reservations_held_by_user ON reservations (user_id) WHERE state = 'held';

-- the figures of use read one row for each charge, by when it was charged
DROP INDEX ledger_charges_by_time;
CREATE INDEX reservations_charged ON reservations (ended_at_ms) WHERE charged > 0;
CREATE INDEX reservations_charged_by_user ON reservations (user_id, ended_at_ms) WHERE charged > 0;
