/**
 * A short run of `npm run crash`: api and workers apart are killed, PostgreSQL too, connections break at a COMMIT and answers get
 * lost, while senders go on; then every invariant. The long runs are made by hand.
 */
import tap, { test } from 'tap';
import { redisServer } from '../support/redis-server.ts';
import { told } from './harness/check.ts';
import { runOnce } from './harness/one-run.ts';
import { endWorlds } from './harness/world.ts';

tap.setTimeout(200_000);
tap.teardown(endWorlds);

const SEED = 20_261_124;

test('a short run under faults', { timeout: 190_000 }, async t => {
  const result = await runOnce({
    seed: SEED,
    faults: [
      'kill-worker-after-effect',
      'kill-api',
      'kill-postgres',
      'lost-answers',
      'commit-answer-lost',
      'kill-redis',
    ],
    redis: redisServer() !== undefined,
    apis: 1,
    workers: 2,
    lanes: 24,
    spanMs: 7_000,
    paceMs: 400,
  });
  t.comment(result.schedule.join('\n'));
  t.same(told(result.violations), [], 'no invariant is broken');
  t.same(result.trouble, [], 'every part came back and ended as asked');
  t.ok(result.accepted > 100, `${result.accepted} events were accepted`);
  t.ok(result.effects >= 2 * result.accepted, 'and took effect at the systems');
  t.ok(result.schedule.length >= 4, `${result.schedule.length} faults happened`);
});
