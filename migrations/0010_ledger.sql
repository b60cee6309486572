-- Money: accounts, the lines that are all there is to know of them, and the reservations that write some of the lines.

-- held while lines of its account are written, so that they have one order; nothing of it changes
CREATE TABLE accounts (
    user_id TEXT PRIMARY KEY,
    created_at_ms BIGINT NOT NULL
);

-- append-only; the sums are those of all amounts up to the line, so that the last line tells the balance
CREATE TABLE ledger_entries (
    user_id TEXT NOT NULL REFERENCES accounts (user_id),
    seq BIGINT NOT NULL CHECK (seq >= 1),
    id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('welcome', 'gift', 'lapse', 'credit', 'hold', 'release', 'expire', 'charge')),
    bucket TEXT NOT NULL CHECK (bucket IN ('dailyGift', 'welcomeBonus', 'paid')),
    amount BIGINT NOT NULL CHECK (amount <> 0),
    daily_gift_sum BIGINT NOT NULL CHECK (daily_gift_sum >= 0),
    welcome_bonus_sum BIGINT NOT NULL CHECK (welcome_bonus_sum >= 0),
    paid_sum BIGINT NOT NULL CHECK (paid_sum >= 0),
    -- what was ever charged
    used_sum BIGINT NOT NULL CHECK (used_sum >= 0),
    -- the UTC day whose gift the account has, counted from 1 January 1970
    gift_day BIGINT NOT NULL,
    reservation_id TEXT,
    build_id TEXT,
    -- of a credit
    reference TEXT,
    -- who asked for it, and why
    request_id TEXT NOT NULL,
    reason TEXT,
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (user_id, seq)
);
CREATE UNIQUE INDEX ledger_entries_by_id ON ledger_entries (id);
CREATE INDEX ledger_entries_by_time ON ledger_entries (user_id, created_at_ms, seq);
-- what was charged when, over all accounts
CREATE INDEX ledger_charges_by_time ON ledger_entries (created_at_ms, user_id) WHERE kind = 'charge';

CREATE TABLE reservations (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES accounts (user_id),
    -- the caller's name for what it pays
    build_id TEXT NOT NULL,
    -- whether it is that of a build of this server: it ends with the build, and not by time
    of_build BOOLEAN NOT NULL,
    -- what it pays for: `build` or `update` for builds of this server, else `external`
    operation TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('held', 'committed', 'released', 'expired')),
    daily_gift BIGINT NOT NULL CHECK (daily_gift >= 0),
    welcome_bonus BIGINT NOT NULL CHECK (welcome_bonus >= 0),
    paid BIGINT NOT NULL CHECK (paid >= 0),
    gift_day BIGINT NOT NULL,
    -- whether its end may charge more than it has set aside
    overage BOOLEAN NOT NULL,
    expires_at_ms BIGINT,
    -- who asked for it: the lines of its end say so too, whoever writes them
    request_id TEXT NOT NULL,
    -- the size of a day's gift when it was made: the end of a build may be the first to see a new day
    daily_credits BIGINT NOT NULL,
    -- how it ended: credits asked for, paid and given back, and the balance then
    actual BIGINT,
    charged BIGINT,
    returned BIGINT,
    balance_after BIGINT,
    created_at_ms BIGINT NOT NULL,
    ended_at_ms BIGINT,
    CHECK ((state = 'held') = (ended_at_ms IS NULL)),
    CHECK (of_build = (expires_at_ms IS NULL))
);
CREATE INDEX reservations_to_expire ON reservations (expires_at_ms) WHERE state = 'held' AND expires_at_ms IS NOT NULL;
CREATE UNIQUE INDEX reservations_of_builds ON reservations (build_id) WHERE of_build;
CREATE INDEX reservations_to_expire_by_user ON reservations (user_id, expires_at_ms) WHERE state = 'held' AND expires_at_ms IS NOT NULL;

-- credits that came in, by the payer's reference: each is credited once, for ever
CREATE TABLE credits (
    reference TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES accounts (user_id),
    credits BIGINT NOT NULL,
    balance_after BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL
);

-- what a build was started for (`build`, `update`) and from how many files, for estimates of later ones; and the reservation
-- that its end resolves, where it pays
ALTER TABLE builds ADD COLUMN operation TEXT;
ALTER TABLE builds ADD COLUMN files BIGINT;
ALTER TABLE builds ADD COLUMN reservation_id TEXT;
CREATE INDEX builds_that_used ON builds (finished_at_ms) WHERE current_state = 'deployed' AND ai_seconds > 0;
CREATE INDEX builds_that_used_by_operation ON builds (operation, finished_at_ms) WHERE current_state = 'deployed' AND ai_seconds > 0;
CREATE INDEX builds_that_used_by_framework ON builds (operation, framework, finished_at_ms) WHERE current_state = 'deployed' AND ai_seconds > 0;
