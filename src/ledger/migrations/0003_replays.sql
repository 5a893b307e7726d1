-- Replays as jobs: the set is fixed when it is asked for, each row of it carries its own result, so a crash between two rows
-- neither forgets nor doubles one. A rehearsal is the same rows before anyone has said yes; its id becomes the replay's.

CREATE TABLE replays (
  id uuid PRIMARY KEY,
  filter jsonb NOT NULL,
  vocabulary text NOT NULL CHECK (vocabulary IN ('current', 'original')),
  confirm_stale boolean NOT NULL,
  reason text NOT NULL,
  who text NOT NULL,
  -- syncs a second, over all processes
  rate double precision NOT NULL CHECK (rate > 0),
  state text NOT NULL CHECK (state IN ('open', 'running', 'paused', 'done', 'cancelled')),
  counted int NOT NULL,
  done int NOT NULL DEFAULT 0,
  changed int NOT NULL DEFAULT 0,
  failed int NOT NULL DEFAULT 0,
  -- when the next row may be carried out; the row's lock is the lease of whoever carries it out
  next_at timestamptz NOT NULL DEFAULT now(),
  created_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz
) WITH (fillfactor = 50);
CREATE INDEX replays_due ON replays (id) WHERE state IN ('open', 'running');

CREATE TABLE replay_rows (
  -- of a replay, or of a rehearsal that has not become one
  replay uuid NOT NULL,
  ord int NOT NULL,
  sync uuid NOT NULL,
  target text NOT NULL,
  -- as it was when the set was fixed; another state or series since = changed, not done
  was_state text NOT NULL,
  was_series int NOT NULL,
  was_cause text,
  -- null = not carried out yet
  result text CHECK (result IN ('done', 'changed', 'failed')),
  -- why it was not done
  code text,
  series int,
  at timestamptz,
  PRIMARY KEY (replay, ord)
) WITH (fillfactor = 85);
CREATE UNIQUE INDEX replay_rows_sync ON replay_rows (replay, sync);
CREATE INDEX replay_rows_next ON replay_rows (replay, target, ord) WHERE result IS NULL;

CREATE TABLE rehearsals (
  id uuid PRIMARY KEY,
  act text NOT NULL,
  -- what was asked: filter, vocabulary
  set jsonb NOT NULL,
  counted int NOT NULL,
  who text NOT NULL,
  expires_at timestamptz NOT NULL,
  used boolean NOT NULL DEFAULT false
);

-- A release from a held start at a growing rate: `rate` is what claims obey now, `full_rate` what the systems file says,
-- `ramp_at` when the rate grows next (null = it is not growing).
ALTER TABLE targets ADD COLUMN full_rate double precision;
ALTER TABLE targets ADD COLUMN ramp_at timestamptz;
UPDATE targets SET full_rate = rate;
