/** The gate's row: declared once, adjusted by configuration, held until released; time shut is summed. */
import { test } from 'tap';
import { declareTargets, type GateNews, gateIsOpen, giveBackProbe, noteOutcomes } from '../../src/ledger/gate.ts';
import { ledgerRig, type Rig, systems } from '../support/ledger-rig.ts';

const policy = {
  failures: 2,
  failureRate: 0.5,
  windowMs: 60_000,
  minimumCalls: 10,
  openMs: 1_000,
  maxOpenMs: 3_000,
};
const note = (rig: Rig, more: Partial<GateNews>) =>
  noteOutcomes(
    rig.database,
    {
      target: 'commune',
      successes: 0,
      failures: 0,
      probe: null,
      cause: 'target-unavailable',
      notBeforeMs: null,
      ...more,
    },
    policy,
  );
const gate = async (rig: Rig) =>
  (await rig.database.people.query("SELECT * FROM targets WHERE target = 'commune'")).rows[0];
const set = (rig: Rig, change: string) =>
  rig.database.people.query(`UPDATE targets SET ${change} WHERE target = 'commune'`);

test('configuration changes what a target takes, and a start does not release what is held', async t => {
  const rig = await ledgerRig(t);
  const changed = systems.map(system => ({ ...system, concurrency: 2, ratePerSecond: 5 }));
  await declareTargets(rig.database, changed, true);
  t.match(await gate(rig), { concurrency: 2, rate: 5, held: true, shut_since: Date });
  const since = (await gate(rig)).shut_since;
  await declareTargets(rig.database, systems, false);
  t.match(await gate(rig), { concurrency: 8, rate: null, held: true, shut_since: since });
});

test('a gate is open only when nothing shuts it', async t => {
  const rig = await ledgerRig(t);
  t.equal(await gateIsOpen(rig.database, 'commune'), true);
  t.equal(await gateIsOpen(rig.database, 'nobody'), false);
  const open = "paused = false, paused_until = NULL, held = false, not_before = NULL, breaker = 'closed'";
  for (const [change, expected] of [
    ['paused = true', false],
    ["paused = true, paused_until = now() - interval '1 second'", true],
    ['held = true', false],
    ["not_before = now() + interval '1 minute'", false],
    ["not_before = now() - interval '1 second'", true],
    ["breaker = 'open'", false],
    ["breaker = 'half-open'", false],
  ] as const) {
    await set(rig, open);
    await set(rig, change);
    t.equal(await gateIsOpen(rig.database, 'commune'), expected, change);
  }
});

test('Retry-After is kept, and only the longer one', async t => {
  const rig = await ledgerRig(t);
  await note(rig, { notBeforeMs: 60_000 });
  const first = (await gate(rig)).not_before;
  await note(rig, { notBeforeMs: 10 });
  t.same((await gate(rig)).not_before, first);
  t.match(await gate(rig), { breaker: 'closed', failures: 0 });
});

test('a success among failures clears the row, and a probe that was answered closes', async t => {
  const rig = await ledgerRig(t);
  t.match(await note(rig, { failures: 1 }), { breaker: 'closed', failures: 1 });
  t.match(await note(rig, { failures: 2, successes: 1 }), { breaker: 'closed', failures: 0 });
  t.match(await note(rig, { failures: 1 }), { breaker: 'closed' });
  t.match(await note(rig, { failures: 1 }), { breaker: 'open' });
  t.match(await gate(rig), { opened_at: Date, probe_at: Date, open_ms: 1_000, shut_since: Date });
  t.match(await note(rig, { successes: 1 }), { breaker: 'open' }, 'sent before it opened');
  t.match(await note(rig, { successes: 1, probe: 'answered' }), { breaker: 'closed' });
  t.match(await gate(rig), { failures: 0, open_ms: null, probe_at: null, opened_at: null, shut_since: null });
});

test('a share of failed calls opens it too, counted over all who tell', async t => {
  const rig = await ledgerRig(t);
  for (let n = 0; n < 4; n++) t.match(await note(rig, { successes: 1, failures: 1 }), { breaker: 'closed' });
  t.match(await gate(rig), { window_calls: 8, window_failed: 4, failures: 0 });
  await set(rig, "window_at = now() - interval '61 seconds'");
  t.match(await note(rig, { successes: 1, failures: 1 }), { breaker: 'closed' }, 'a window later they count no more');
  t.match(await gate(rig), { window_calls: 2, window_failed: 1 });
  t.match(await note(rig, { successes: 4, failures: 4 }), { breaker: 'open' });
});

test('notes of two processes at once are all counted', async t => {
  const rig = await ledgerRig(t);
  await Promise.all(
    Array.from({ length: 20 }, () =>
      noteOutcomes(
        rig.database,
        { target: 'commune', successes: 0, failures: 1, probe: null, cause: 'target-timeout', notBeforeMs: null },
        { ...policy, failures: 1_000, minimumCalls: 1_000 },
      ),
    ),
  );
  t.match(await gate(rig), { failures: 20, window_calls: 20, window_failed: 20, breaker: 'closed' });
});

test('a probe that was not made may be made at once, a breaker that closed meanwhile stays so', async t => {
  const rig = await ledgerRig(t);
  await set(rig, "breaker = 'half-open', probe_at = now() + interval '1 minute', open_ms = 1000");
  await giveBackProbe(rig.database, 'commune');
  const { rows } = await rig.database.people.query(
    "SELECT breaker, probe_at <= now() AS now FROM targets WHERE target = 'commune'",
  );
  t.same(rows, [{ breaker: 'open', now: true }]);
  await set(rig, "breaker = 'closed', probe_at = NULL");
  await giveBackProbe(rig.database, 'commune');
  t.match(await gate(rig), { breaker: 'closed', probe_at: null });
});

test('time shut goes on while a person keeps it paused, and is summed when all is open', async t => {
  const rig = await ledgerRig(t);
  await set(rig, "paused = true, shut_since = now() - interval '10 minutes', breaker = 'half-open', open_ms = 1000");
  await note(rig, { successes: 1, probe: 'answered' });
  t.match(await gate(rig), { breaker: 'closed', shut_since: Date }, 'still paused');
  await set(rig, "paused = false, breaker = 'half-open'");
  await note(rig, { successes: 1, probe: 'answered' });
  const { shut_ms, shut_since } = await gate(rig);
  t.equal(shut_since, null);
  t.ok(shut_ms >= 600_000 && shut_ms < 660_000);
});
