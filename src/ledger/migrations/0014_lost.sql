-- How many leases of a lane were lost in a row without anything recorded: a head that ends its worker each time must not do so for ever
-- (src/delivery/lane-run.ts).
ALTER TABLE lanes ADD COLUMN lost smallint NOT NULL DEFAULT 0;
