-- Releases of the vocabulary that change without a restart: which one is in force and why, what is proposed, what was learnt
-- from people's choices, and the release a sync must be sent with when it is replayed as it was.

-- The last row is what is in force. Mapping files go by the release that they alone would make.
CREATE TABLE vocabulary_changes (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  release smallint NOT NULL,
  -- null only in the first row
  previous smallint,
  act text NOT NULL CHECK (act IN ('start', 'activate', 'rollback', 'learnt')),
  -- the files that were last seen on disk: a start with others is a deployment
  files_hash text NOT NULL,
  -- the files that the release was made of, with what was learnt over them
  base_hash text NOT NULL,
  who text NOT NULL,
  approved_by text,
  reason text,
  at timestamptz NOT NULL DEFAULT now()
);

-- A release that someone wants to be in force; a second person decides.
CREATE TABLE vocabulary_proposals (
  id uuid PRIMARY KEY,
  release smallint NOT NULL,
  files_hash text NOT NULL,
  -- the release in force that it was rehearsed with
  against smallint NOT NULL,
  proposed_by text NOT NULL,
  reason text NOT NULL,
  proposed_at timestamptz NOT NULL DEFAULT now(),
  -- what would change, as it was seen when it was proposed
  rehearsal jsonb NOT NULL,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'approved', 'declined', 'withdrawn')),
  -- who decided, whatever the decision
  approved_by text,
  decided_at timestamptz
);
CREATE INDEX vocabulary_proposals_files ON vocabulary_proposals (files_hash);

-- Entries that people's choices gave, over the files; proposals until a second person has reviewed them.
CREATE TABLE learnt_entries (
  id uuid PRIMARY KEY,
  kind text NOT NULL,
  entry jsonb NOT NULL,
  state text NOT NULL DEFAULT 'proposed' CHECK (state IN ('proposed', 'reviewed', 'withdrawn')),
  made_by text NOT NULL,
  made_at timestamptz NOT NULL DEFAULT now(),
  reason text NOT NULL,
  reviewed_by text,
  reviewed_at timestamptz,
  -- the sync that was resolved so, where it began with one
  sync uuid
);
CREATE INDEX learnt_entries_kind ON learnt_entries (kind) WHERE state <> 'withdrawn';

-- Set by a replay with the original release, cleared by one with the current: then the sync is translated with this release.
ALTER TABLE syncs ADD COLUMN fixed_release smallint;
