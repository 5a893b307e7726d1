-- The last tick of each scheduled job: whoever moves it on does the tick, however many schedulers there are.
CREATE TABLE ticks (
  job text PRIMARY KEY,
  at timestamptz NOT NULL
);
