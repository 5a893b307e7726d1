/** The gate of a target: Retry-After, and a breaker that costs what waits no attempts and opens again by itself. */
import { type Test, test } from 'tap';
import { GateWatch } from '../../src/delivery/gate-watch.ts';
import type { Database } from '../../src/ledger/database.ts';
import { eventually } from '../support/eventually.ts';
import { ledgerRig, submitted, systems } from '../support/ledger-rig.ts';
import { backends, deliveryRig } from './support.ts';

const gateOf = async (database: Database): Promise<Record<string, unknown>> => {
  const { rows } = await database.people.query("SELECT * FROM targets WHERE target = 'commune'");
  return rows[0];
};
const dossiers = (count: number, from = 0) =>
  Array.from({ length: count }, (_, n) => submitted(`H${from + n}`, { summary: `${from + n}` }));
const byRate = { failureRate: 1, windowMs: 60_000, minimumCalls: 100_000 };
const breaker = { failures: 3, ...byRate, openMs: 300, maxOpenMs: 10_000 };
const watchRig = async (t: Test) => {
  const { database } = await ledgerRig(t);
  const commune = systems.find(system => system.id === 'commune');
  const watch = new GateWatch(database, { ...(commune as (typeof systems)[number]), breaker }, error =>
    t.fail(String(error)),
  );
  return { database, watch };
};

for (const { kind, skip } of backends) {
  test(`${kind}: a dead target is cut off, what waits loses no attempt, one probe opens it again`, {
    skip,
  }, async t => {
    const rig = await deliveryRig(t, kind, {
      breaker: { failures: 3, ...byRate, openMs: 400, maxOpenMs: 400 },
      concurrency: 3,
      retry: { baseMs: 1, capMs: 1, maxAgeMs: 60_000 },
    });
    let away = true;
    rig.target.script = () => (away ? { cause: 'target-unavailable' } : 'deliver');
    const process = await rig.start();
    await process.accept(...dossiers(3));
    await eventually(async () => (await gateOf(rig.database)).breaker !== 'closed');
    const called = rig.target.calls.length;
    await process.accept(...dossiers(20, 3));
    await eventually(() => rig.target.calls.length > called);
    t.equal(rig.target.calls.length, called + 1, 'the probe is one sync');
    await eventually(() => rig.target.calls.length > called + 1);
    const { rows } = await rig.database.people.query('SELECT count(*)::int AS n FROM syncs WHERE attempts = 0');
    t.ok(rows[0]?.n >= 18, 'the others were not tried');
    away = false;
    await rig.settled('delivered');
    await eventually(async () => (await gateOf(rig.database)).breaker === 'closed');
    t.match(await gateOf(rig.database), { failures: 0, probe_at: null, shut_since: null });
    t.equal(rig.target.effects.length, 23);
    t.ok(Number((await gateOf(rig.database)).shut_ms) > 0, 'the time cut off is summed');
  });

  test(`${kind}: one breaker over two processes: both see it open, one sync probes for both`, { skip }, async t => {
    const rig = await deliveryRig(t, kind, {
      breaker: { failures: 4, ...byRate, openMs: 50, maxOpenMs: 50 },
      concurrency: 2,
      retry: { baseMs: 1, capMs: 1, maxAgeMs: 60_000 },
    });
    let probing: (() => void) | undefined;
    let away = true;
    rig.target.script = async () => {
      if (!away) return 'deliver';
      // the probe is held until the test has looked; what was called before the cut is not it
      if ((await gateOf(rig.database)).breaker === 'half-open') {
        away = false;
        await new Promise<void>(resolve => {
          probing = resolve;
        });
        return 'deliver';
      }
      return { cause: 'target-unavailable' };
    };
    const one = await rig.start();
    const two = await rig.start();
    await one.accept(...dossiers(10));
    await two.accept(...dossiers(10, 10));
    await eventually(() => probing !== undefined);
    const called = rig.target.calls.length;
    const homes = [{ target: 'commune', home: '26041' }];
    for (let n = 0; n < 5; n++) {
      one.turns.wake(homes);
      two.turns.wake(homes);
      await eventually(async () => Object.values(await one.turns.depth()).every(depth => depth === 0));
    }
    t.match(await gateOf(rig.database), { breaker: 'half-open' });
    t.equal(rig.target.calls.length, called, 'neither process calls beside the probe');
    probing?.();
    await rig.settled('delivered');
    t.equal(rig.target.effects.length, 20);
    const { rows } = await rig.database.people.query('SELECT count(*)::int AS n FROM syncs WHERE attempts > 1');
    t.ok(rows[0].n <= called, 'what waited lost no attempt');
    await eventually(async () => (await gateOf(rig.database)).breaker === 'closed');
  });

  test(`${kind}: what makes no call does not use up the probe`, { skip }, async t => {
    const rig = await deliveryRig(t, kind, { breaker: { failures: 3, ...byRate, openMs: 50, maxOpenMs: 50 } });
    rig.target.broken = name => Number(name) < 5;
    await rig.database.people.query(
      "UPDATE targets SET breaker = 'open', failures = 3, open_ms = 50, probe_at = now(), shut_since = now() WHERE target = 'commune'",
    );
    const process = await rig.start();
    for (const event of dossiers(6)) await process.accept(event);
    await eventually(async () => (await rig.states()).delivered === 1, 10_000);
    t.same(rig.target.effects, ['5'], 'five that could not be formatted came before it');
    // told after the outcome was recorded
    await eventually(async () => (await gateOf(rig.database)).breaker === 'closed');
  });

  test(`${kind}: Retry-After holds the whole target`, { skip }, async t => {
    const rig = await deliveryRig(t, kind);
    rig.target.script = (name, attempt) =>
      name === '0' && attempt === 1 ? { cause: 'target-throttled', retryAfterMs: 700 } : 'deliver';
    const process = await rig.start();
    await process.accept(...dossiers(1));
    await eventually(async () => (await gateOf(rig.database)).not_before !== null);
    const { rows } = await rig.database.people.query(
      "SELECT not_before > now() + interval '100 milliseconds' AS held FROM targets WHERE target = 'commune'",
    );
    if (rows[0]?.held !== true) t.comment('a slow machine: the time was over before it could be looked at');
    await process.accept(...dossiers(5, 1));
    await rig.settled('delivered');
    const late = await rig.database.people.query(
      "SELECT count(*)::int AS n FROM syncs s, targets t WHERE t.target = 'commune' AND s.target = t.target AND s.updated_at < t.not_before",
    );
    t.same(late.rows, [{ n: 0 }], 'nothing was delivered before the time it gave');
    t.equal(rig.target.calls.length, 7);
  });
}

test('failures in a row open the breaker, an answer in between starts the count anew', async t => {
  const { database, watch } = await watchRig(t);
  const fail = async (cause: Parameters<GateWatch['failure']>[0]): Promise<void> => {
    watch.failure(cause, undefined);
    await watch.idle();
  };
  await fail('target-unavailable');
  await fail('target-timeout');
  await fail('target-rejected');
  t.match(await gateOf(database), { breaker: 'closed', failures: 0 }, 'a refusal is an answer');
  for (const cause of ['target-unavailable', 'target-protocol', 'target-authentication'] as const) await fail(cause);
  t.match(await gateOf(database), { breaker: 'open', failures: 3, open_ms: 300, last_cause: 'target-authentication' });
  t.equal(watch.open(), false);
});

test('failures of calls sent before it opened do not prolong the breaker, a failed probe does', async t => {
  const { database, watch } = await watchRig(t);
  const fail = async (probe = false): Promise<void> => {
    watch.failure('target-timeout', undefined, probe);
    await watch.idle();
  };
  for (let n = 0; n < 3; n++) await fail();
  const opened = await gateOf(database);
  for (let n = 0; n < 10; n++) await fail();
  t.match(await gateOf(database), { open_ms: 300, probe_at: opened.probe_at });
  await database.people.query("UPDATE targets SET breaker = 'half-open' WHERE target = 'commune'");
  await fail();
  t.match(await gateOf(database), { breaker: 'half-open', open_ms: 300 }, 'nor while another sync probes');
  await fail(true);
  t.match(await gateOf(database), { breaker: 'open', open_ms: 600 });
  await database.people.query("UPDATE targets SET breaker = 'half-open', open_ms = 9000 WHERE target = 'commune'");
  await fail(true);
  t.match(await gateOf(database), { open_ms: 10_000 }, 'and not for ever longer');
});

test('a refusal to the probe closes the breaker: the target is there', async t => {
  const { database, watch } = await watchRig(t);
  await database.people.query(
    "UPDATE targets SET breaker = 'half-open', failures = 3, open_ms = 300, shut_since = now() - interval '1 minute' WHERE target = 'commune'",
  );
  watch.claimed(true);
  watch.failure('target-rejected', undefined, true);
  await watch.idle();
  const gate = await gateOf(database);
  t.match(gate, { breaker: 'closed', failures: 0, shut_since: null });
  t.ok(Number(gate.shut_ms) >= 60_000);
});

test('a pause during a claimed lane is seen between its sends', async t => {
  const { database, watch } = await watchRig(t);
  watch.claimed(false);
  t.equal(watch.open(), true);
  await database.people.query("UPDATE targets SET paused = true WHERE target = 'commune'");
  await eventually(() => !watch.open());
});
