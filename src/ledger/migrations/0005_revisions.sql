-- Where a payload's later revisions come from: a person's answer, or a person's edit of the data for one sync. The content
-- itself stays in `payloads`, every revision of it; what changed is told by comparing a revision with the one it is based on.

CREATE TABLE revisions (
  event uuid NOT NULL,
  revision smallint NOT NULL,
  based_on smallint NOT NULL,
  -- the sync that it was made for
  sync uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('answer', 'edit')),
  -- it or one that it is based on was edited: only its own sync uses it
  edited boolean NOT NULL,
  who text NOT NULL,
  reason text NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (event, revision)
);
