/** F25, short: a replay of many syncs while api, worker, scheduler and PostgreSQL are killed on its way; the long one is made by hand. */
import tap, { test } from 'tap';
import { bulkReplay } from './bulk-replay.ts';
import { endWorlds } from './harness/world.ts';

tap.setTimeout(260_000);
tap.teardown(endWorlds);

test('it ends with as many as it said, each once and in the order of its lane, and a stop stops', {
  timeout: 250_000,
}, async t => {
  const result = await bulkReplay({ rows: 200, kills: 4, seed: 1, rate: 60 });
  t.comment(JSON.stringify(result));
  t.same(result.faults, []);
  t.equal(result.kills.length, 4);
});
