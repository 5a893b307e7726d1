-- What waited longer than its limit went up. One escalation = one cause at one unit on the way to one target about one thing (`key`),
-- however many syncs stand in it: they are counted again and again, told only when a limit passes.
CREATE TABLE escalations (
  id uuid PRIMARY KEY,
  cause text NOT NULL,
  -- null = the province's
  unit text,
  target text NOT NULL,
  key text NOT NULL,
  -- rung reached, from 1 (officer) to 4 (province); it only grows
  level smallint NOT NULL,
  -- the longest-standing of its syncs
  since timestamptz NOT NULL,
  -- when the next limit passes; null = there is none above
  next_at timestamptz,
  count int NOT NULL,
  dossiers int NOT NULL,
  trial int NOT NULL,
  opened_at timestamptz NOT NULL,
  -- when the present rung was reached: whoever looked before has not seen it
  raised_at timestamptz NOT NULL,
  -- nothing of it has stood since then; it closes when that lasts
  gone_at timestamptz,
  closed_at timestamptz,
  seen_at timestamptz,
  seen_by text,
  acknowledged_at timestamptz,
  acknowledged_by text,
  acknowledged_reason text
);
-- two schedulers cannot open it twice
CREATE UNIQUE INDEX escalations_open ON escalations (cause, coalesce(unit, ''), target, key) WHERE closed_at IS NULL;

-- Messages on their way to people; what one look has to tell one recipient is one message. `id` stays over all attempts.
CREATE TABLE escalation_messages (
  id uuid PRIMARY KEY,
  -- by its id in the systems file
  recipient text NOT NULL,
  body jsonb NOT NULL,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'failed')),
  made_at timestamptz NOT NULL,
  due timestamptz NOT NULL,
  attempts int NOT NULL DEFAULT 0,
  leased_until timestamptz,
  settled_at timestamptz,
  fault text
);
CREATE INDEX escalation_messages_waiting ON escalation_messages (recipient, id) WHERE state = 'waiting';

-- What each message told of which escalation.
CREATE TABLE escalation_tellings (
  escalation uuid NOT NULL REFERENCES escalations,
  message uuid NOT NULL REFERENCES escalation_messages,
  step text NOT NULL CHECK (step IN ('opened', 'raised', 'closed')),
  level smallint NOT NULL,
  PRIMARY KEY (escalation, message)
);
CREATE INDEX escalation_tellings_message ON escalation_tellings (message);
