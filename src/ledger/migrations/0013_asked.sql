-- Requests for a signature or an opinion are few among a unit's syncs, and are looked for unit by unit: what waits at somebody's desk, and
-- what is under way when a right ends (src/ledger/read-work.ts). Without it each such question reads all syncs of the unit.
CREATE INDEX syncs_asked ON syncs (unit, id) WHERE type IN ('approval.requested', 'opinion.requested');
