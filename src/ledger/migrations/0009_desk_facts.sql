-- Facts about desks: unit modes, seats, officers, rights, delegations, authority, places, contacts. Never changed: ended or withdrawn,
-- and another row takes the place. `facts_head` counts the changes of all of them: its row is locked by each change to the commit,
-- so whoever has read everything up to a number has missed nothing.
CREATE TABLE facts_head (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  version bigint NOT NULL
);
INSERT INTO facts_head VALUES (true, 0);

CREATE TABLE facts (
  id uuid PRIMARY KEY,
  kind text NOT NULL,
  key text NOT NULL,
  -- null = the province's
  unit text,
  body jsonb NOT NULL,
  holds_from timestamptz NOT NULL,
  holds_to timestamptz,
  origin text NOT NULL CHECK (origin IN ('event', 'person', 'sandbox')),
  event uuid,
  made_by text NOT NULL,
  reason text,
  made_at timestamptz NOT NULL DEFAULT now(),
  -- entered in error: as if it had never been, but kept
  withdrawn boolean NOT NULL DEFAULT false,
  version bigint NOT NULL
);
CREATE INDEX facts_version ON facts (version);
CREATE INDEX facts_key ON facts (kind, key);
CREATE INDEX facts_unit ON facts (unit, version);

-- What waits for a fact is judged again when any fact is younger than its judgement, and when its own time has come.
-- (`facts_version` is the release of the vocabulary, which counts on its own.)
ALTER TABLE problems ADD COLUMN desk_version bigint;
CREATE INDEX problems_desk ON problems (desk_version) WHERE desk_version IS NOT NULL;
