-- How far this ledger has come: `tick` grows every few seconds while a gateway runs, `epoch` with every restore. Gateways keep
-- the highest position they saw in a file outside of the database; a ledger behind it was restored from an older copy.

CREATE TABLE ledger_position (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  epoch int NOT NULL,
  tick bigint NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  -- when it was last found restored
  restored_at timestamptz
);
INSERT INTO ledger_position (epoch, tick) VALUES (1, 0);
