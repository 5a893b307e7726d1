-- What moves the processing of dossiers, written by the commits that accept it: a row for every event that changed a status, a step, a
-- pause or a due date, and one line a dossier to find the open and the settled ones by. Clocks are counted when they are read, with the
-- calendar and the mapping of that day, so that a corrected list of days off corrects every clock.
-- A move holds no personal data (src/workflow/move.ts).
CREATE TABLE workflow_moves (
  entity bigint NOT NULL,
  event uuid NOT NULL,
  move jsonb NOT NULL,
  PRIMARY KEY (entity, event)
);
CREATE TABLE workflow (
  entity bigint PRIMARY KEY,
  unit text,
  procedure text,
  -- one of a unit's trial: kept out of official figures
  trial boolean NOT NULL DEFAULT false,
  began_at timestamptz NOT NULL,
  national text,
  national_at timestamptz,
  given_due timestamptz,
  -- by status 9 or an end; null = under way
  settled_at timestamptz
) WITH (fillfactor = 70);
CREATE INDEX workflow_open ON workflow (unit, began_at) WHERE settled_at IS NULL;
CREATE INDEX workflow_settled ON workflow (settled_at, entity) WHERE settled_at IS NOT NULL;
