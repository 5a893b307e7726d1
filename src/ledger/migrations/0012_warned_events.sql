-- Events that went with a warning (a right or an authority that nobody has confirmed yet) are counted by cause: found without a scan.
-- Building it reads every event once; until then no event is accepted (senders are told to come back), which on millions of events is felt.
CREATE INDEX events_warned ON events (id) WHERE note ? 'warnings';
