-- The ledger: events, payloads, entities, lanes, syncs, attempts, and what stands around them.
-- docs/architecture.md explains the tables; the traps of each statement stand beside the statement in src/ledger.

-- Events keep their metadata for ever, so (source, id) stays unique for ever: `key` = first 128 bits of SHA-256(source, id).
CREATE TABLE events (
  id uuid PRIMARY KEY,
  key uuid NOT NULL,
  hash bytea NOT NULL,
  source text NOT NULL,
  source_id text NOT NULL,
  type text NOT NULL,
  subject text,
  entity bigint,
  unit text,
  procedure text,
  happened_at timestamptz NOT NULL,
  accepted_at timestamptz NOT NULL DEFAULT now(),
  echo_of uuid,
  note jsonb
);
CREATE UNIQUE INDEX events_key ON events (key);
CREATE INDEX events_entity ON events (entity, id);

-- Payloads are bytes, written and read only through src/ledger/seal.ts. Ids are UUIDv7, so a range of ids is a month.
CREATE TABLE payloads (
  event uuid NOT NULL,
  revision smallint NOT NULL,
  key_id smallint NOT NULL,
  body bytea NOT NULL,
  PRIMARY KEY (event, revision)
) PARTITION BY RANGE (event);
CREATE TABLE payloads_other PARTITION OF payloads DEFAULT;
ALTER TABLE payloads_other ALTER COLUMN body SET STORAGE EXTERNAL;

-- The smallest UUIDv7 of an instant: its 48 bits of milliseconds.
CREATE FUNCTION uuidv7_floor(at timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid
$$;

-- Makes the payload partitions from last month to `ahead` months from now; called at start and daily.
CREATE FUNCTION make_payload_partitions(ahead int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  month timestamptz := date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' - interval '1 month';
  name text;
  made int := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(7504191);
  FOR i IN 0..ahead + 1 LOOP
    name := 'payloads_' || to_char(month AT TIME ZONE 'UTC', 'YYYYMM');
    IF to_regclass(name) IS NULL THEN
      EXECUTE format('CREATE TABLE %I PARTITION OF payloads FOR VALUES FROM (%L) TO (%L)', name, uuidv7_floor(month), uuidv7_floor(month + interval '1 month'));
      EXECUTE format('ALTER TABLE %I ALTER COLUMN body SET STORAGE EXTERNAL', name);
      EXECUTE format('ALTER TABLE %I SET (toast_tuple_target = 8160)', name);
      made := made + 1;
    END IF;
    month := month + interval '1 month';
  END LOOP;
  RETURN made;
END $$;
SELECT make_payload_partitions(3);

-- A dossier, document, procedure or seat; `state` (bytes, through seal.ts) is what each system last said and was told.
CREATE TABLE entities (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL,
  key text NOT NULL UNIQUE,
  key_id smallint NOT NULL DEFAULT 0,
  state bytea NOT NULL,
  version int NOT NULL DEFAULT 0,
  updated_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 70);
-- Every number an entity is known by: `dossier:H19.…`.
CREATE TABLE aliases (
  key text PRIMARY KEY,
  -- no foreign key: it would lock the entity after the alias, against the order of locks (entities first)
  entity bigint NOT NULL,
  learnt_from text NOT NULL,
  learnt_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX aliases_entity ON aliases (entity);
-- A target's own id of an entity.
CREATE TABLE foreign_ids (
  entity bigint NOT NULL,
  system text NOT NULL,
  id text NOT NULL,
  PRIMARY KEY (entity, system)
);

-- A target and its gate. One row, locked by every claim.
CREATE TABLE targets (
  target text PRIMARY KEY,
  paused boolean NOT NULL DEFAULT false,
  paused_until timestamptz,
  paused_note text,
  held boolean NOT NULL DEFAULT false,
  breaker text NOT NULL DEFAULT 'closed',
  failures int NOT NULL DEFAULT 0,
  opened_at timestamptz,
  open_ms int,
  probe_at timestamptz,
  not_before timestamptz,
  tokens double precision NOT NULL DEFAULT 0,
  refilled_at timestamptz NOT NULL DEFAULT now(),
  concurrency int NOT NULL,
  rate double precision,
  -- time spent shut (paused, held, cut off), for the age of retries
  shut_since timestamptz,
  shut_ms bigint NOT NULL DEFAULT 0,
  last_success_at timestamptz,
  last_failure_at timestamptz,
  last_cause text
) WITH (fillfactor = 50);

-- A lane: same target, same entity. `due` null = nothing to do, or blocked. `lease` stands in no index, so a claim is a HOT update.
CREATE TABLE lanes (
  lane bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  target text NOT NULL,
  entity bigint NOT NULL,
  home text NOT NULL,
  head bigint NOT NULL,
  tail bigint NOT NULL,
  due timestamptz,
  blocked_by uuid,
  lease uuid,
  leased_at timestamptz,
  upto bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.01);
CREATE UNIQUE INDEX lanes_subject ON lanes (target, entity);
CREATE INDEX lanes_due ON lanes (target, home, due) WHERE due IS NOT NULL;

-- One row a claim: a dead worker is one row that expires. Sum of lanes = calls that may be in the air.
CREATE TABLE claims (
  token uuid PRIMARY KEY,
  target text NOT NULL,
  worker uuid NOT NULL,
  until timestamptz NOT NULL,
  lanes int NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.01);

CREATE TABLE releases (
  id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  hash text NOT NULL UNIQUE,
  content bytea NOT NULL,
  first_used_at timestamptz NOT NULL DEFAULT now()
);

-- The duty to bring one event to one target. `state` and the other mutable columns stand in no index.
CREATE TABLE syncs (
  id uuid PRIMARY KEY,
  event uuid NOT NULL,
  target text NOT NULL,
  lane bigint NOT NULL,
  pos bigint NOT NULL,
  unit text,
  procedure text,
  type text NOT NULL,
  mode text NOT NULL,
  revision smallint NOT NULL DEFAULT 1,
  state text NOT NULL,
  cause text,
  attempts int NOT NULL DEFAULT 0,
  series int NOT NULL DEFAULT 1,
  -- names the idempotency key: 1 = the sync's id, n = `<id>.n` (a replay of what was delivered, or with other bytes)
  send_no int NOT NULL DEFAULT 1,
  -- the last attempt may have taken effect although it was not answered
  unknown boolean NOT NULL DEFAULT false,
  release smallint,
  sent_hash bytea,
  retry_since timestamptz,
  retry_mark bigint,
  updated_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 85);
CREATE UNIQUE INDEX syncs_lane ON syncs (lane, pos);
CREATE INDEX syncs_event ON syncs (event);
CREATE INDEX syncs_unit ON syncs (unit, id);

-- Parked and failed syncs only: what cause lists and the console read.
CREATE TABLE problems (
  sync uuid PRIMARY KEY,
  cause text NOT NULL,
  fact_key text,
  facts_version bigint,
  recheck_at timestamptz,
  unit text,
  target text NOT NULL,
  since timestamptz NOT NULL DEFAULT now(),
  detail jsonb
);
CREATE INDEX problems_cause ON problems (cause, target, unit);
CREATE INDEX problems_fact ON problems (fact_key) WHERE fact_key IS NOT NULL;
CREATE INDEX problems_recheck ON problems (recheck_at) WHERE recheck_at IS NOT NULL;

-- Attempts that did not simply succeed the first time; that one lives in the sync's row.
CREATE TABLE attempts (
  sync uuid NOT NULL,
  series int NOT NULL,
  no int NOT NULL,
  started_at timestamptz NOT NULL,
  ended_at timestamptz NOT NULL,
  outcome text NOT NULL,
  cause text,
  status int,
  detail text,
  PRIMARY KEY (sync, series, no)
);

-- Differences for a person that hold no lane.
CREATE TABLE questions (
  id uuid PRIMARY KEY,
  event uuid NOT NULL,
  entity bigint,
  kind text NOT NULL,
  unit text,
  detail jsonb NOT NULL,
  asked_at timestamptz NOT NULL DEFAULT now(),
  closed_at timestamptz
);
CREATE INDEX questions_open ON questions (asked_at) WHERE closed_at IS NULL;

-- What was pulled and could not be taken, stored before it was acknowledged. raw is null for secret documents.
CREATE TABLE refused (
  id uuid PRIMARY KEY,
  system text NOT NULL,
  ref text NOT NULL,
  fault jsonb NOT NULL,
  key_id smallint NOT NULL DEFAULT 0,
  raw bytea,
  content_type text,
  state text NOT NULL DEFAULT 'open',
  received_at timestamptz NOT NULL DEFAULT now(),
  settled_at timestamptz,
  events uuid[],
  UNIQUE (system, ref)
);

CREATE TABLE cursors (
  system text PRIMARY KEY,
  cursor text,
  polled_at timestamptz NOT NULL DEFAULT now()
);
-- A sign-in shared by all workers of all processes.
CREATE TABLE sessions (
  system text PRIMARY KEY,
  generation int NOT NULL,
  key_id smallint NOT NULL DEFAULT 0,
  token bytea NOT NULL,
  expires_at timestamptz
);

CREATE TABLE users (
  username text PRIMARY KEY,
  password_hash text NOT NULL,
  role text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE api_tokens (
  id uuid PRIMARY KEY,
  hash bytea NOT NULL UNIQUE,
  name text NOT NULL,
  username text NOT NULL REFERENCES users,
  scopes text[] NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz
);

-- Who did what: hash-chained, in the transaction of the change.
CREATE TABLE audit (
  seq bigint PRIMARY KEY,
  at timestamptz NOT NULL,
  who text NOT NULL,
  act text NOT NULL,
  subject text NOT NULL,
  reason text,
  before jsonb,
  after jsonb,
  previous bytea NOT NULL,
  hash bytea NOT NULL
);
CREATE TABLE audit_head (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  seq bigint NOT NULL,
  hash bytea NOT NULL
);
INSERT INTO audit_head VALUES (true, 0, '\x0000000000000000000000000000000000000000000000000000000000000000');
