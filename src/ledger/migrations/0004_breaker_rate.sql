-- The breaker also opens on a share of failed calls: calls to a target since `window_at`, and how many of them failed.
ALTER TABLE targets ADD COLUMN window_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE targets ADD COLUMN window_calls int NOT NULL DEFAULT 0;
ALTER TABLE targets ADD COLUMN window_failed int NOT NULL DEFAULT 0;

-- Since when a sync's outcome has been unknown: a look-up proves nothing before the target's settling time from then.
ALTER TABLE syncs ADD COLUMN unknown_since timestamptz;
-- How long the last attempt took, ms: a success at the first try has no row in `attempts`, this gives it its start.
ALTER TABLE syncs ADD COLUMN took_ms int;
UPDATE syncs SET unknown_since = updated_at WHERE unknown;
