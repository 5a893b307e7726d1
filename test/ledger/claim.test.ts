/** Claims: one lane in one hand, within the gate, tokens and free slots, whatever waits for whom. */
import { randomUUID } from 'node:crypto';
import { test } from 'tap';
import { type ClaimedSync, claimLanes, type EmptyClaim, extendClaims, sweepClaims } from '../../src/ledger/claim.ts';
import type { Database } from '../../src/ledger/database.ts';
import { ledgerRig, type Rig, record, submitted, TRAN_BIEN, updated } from '../support/ledger-rig.ts';
import { anotherProcess, waitersForLock } from '../support/processes.ts';

const claim = (
  database: Database,
  more: { slots?: number; leaseMs?: number; token?: string } = {},
): Promise<(ClaimedSync | EmptyClaim)[]> =>
  claimLanes(database, {
    target: 'commune',
    homes: [TRAN_BIEN],
    slots: more.slots ?? 8,
    perHome: 8,
    token: more.token ?? randomUUID(),
    worker: randomUUID(),
    leaseMs: more.leaseMs ?? 30_000,
  });
const lanesOf = (rows: readonly { lane: number }[]): number[] => [...new Set(rows.map(row => row.lane))].sort();
const dossiers = async (rig: Rig, count: number, from = 0): Promise<void> => {
  await rig.accept(...Array.from({ length: count }, (_, index) => submitted(`H19-${from + index}`)));
};
const gate = (rig: Rig, change: string): Promise<unknown> =>
  rig.database.people.query(`UPDATE targets SET ${change} WHERE target = 'commune'`);
/** As if all leases had been taken long ago by workers that died. */
const expire = async (rig: Rig): Promise<void> => {
  await rig.database.people.query("UPDATE claims SET until = now() - interval '1 second'");
  await rig.database.people.query("UPDATE lanes SET leased_at = now() - interval '1 minute'");
};

/** Runs `act` while a transaction holds the target's row, then lets go. */
async function whileTargetIsHeld(rig: Rig, act: () => Promise<void>): Promise<void> {
  const holder = await rig.database.hot.connect();
  await holder.query('BEGIN');
  await holder.query("SELECT 1 FROM targets WHERE target = 'commune' FOR UPDATE");
  await act();
  await holder.query('COMMIT');
  holder.release();
}

test('a lane comes with its next syncs in order, ten at most', async t => {
  const rig = await ledgerRig(t);
  await rig.accept(submitted('H19-1'), ...Array.from({ length: 11 }, (_, n) => updated('H19-1', { summary: `${n}` })));
  const rows = (await claim(rig.database)) as ClaimedSync[];
  t.same(
    rows.map(row => row.pos),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  );
  t.ok(rows.every(row => row.maybe_sent === false && row.head === 1));
  t.same(await claim(rig.database), [], 'a leased lane is nobody else’s');
});

test('two claims at once share the lanes and never lease one twice', async t => {
  const rig = await ledgerRig(t);
  const other = anotherProcess(t, rig.url);
  for (let round = 0; round < 5; round++) {
    await dossiers(rig, 8, round * 8);
    const claims = await Promise.all(
      [rig.database, other.database, rig.database, other.database].map(database => claim(database, { slots: 3 })),
    );
    const lanes = claims.flatMap(lanesOf);
    t.equal(new Set(lanes).size, lanes.length, 'no lane twice');
    t.equal(lanes.length, 8, 'all within the eight calls of the target');
    await rig.database.people.query('DELETE FROM claims; UPDATE lanes SET due = NULL, lease = NULL');
  }
});

test('a claim that waited for the target sees what was leased meanwhile', async t => {
  const rig = await ledgerRig(t);
  const other = anotherProcess(t, rig.url);
  await dossiers(rig, 4);
  let first: Promise<(ClaimedSync | EmptyClaim)[]> = Promise.resolve([]);
  let second = first;
  await whileTargetIsHeld(rig, async () => {
    first = claim(rig.database);
    second = claim(other.database);
    await waitersForLock(rig.database, 2);
  });
  const lanes = [...lanesOf(await first), ...lanesOf(await second)];
  t.equal(lanes.length, 4);
  t.equal(new Set(lanes).size, 4, 'each lane once');
});

test('calls at once over two processes stay within what the target takes, also after waiting for its row', async t => {
  const rig = await ledgerRig(t);
  const other = anotherProcess(t, rig.url);
  await dossiers(rig, 12);
  await gate(rig, 'concurrency = 3');
  const claims: Promise<(ClaimedSync | EmptyClaim)[]>[] = [];
  await whileTargetIsHeld(rig, async () => {
    claims.push(claim(rig.database, { slots: 2 }), claim(other.database, { slots: 2 }), claim(rig.database));
    await waitersForLock(rig.database, 3);
  });
  const lanes = (await Promise.all(claims)).flatMap(lanesOf);
  t.equal(lanes.length, 3, 'three calls at once, not one more');
});

test('a lane given back frees its slot for another process', async t => {
  const rig = await ledgerRig(t);
  const other = anotherProcess(t, rig.url);
  await dossiers(rig, 3);
  await gate(rig, 'concurrency = 2');
  const { token, syncs } = await rig.claim('commune');
  t.equal(syncs.length, 2);
  t.same(await claim(other.database), []);
  await record(rig, token, syncs.slice(0, 1), 'delivered');
  t.equal((await claim(other.database)).length, 1);
});

test('an expired lease is taken over, and what it covered may have been sent', async t => {
  const rig = await ledgerRig(t);
  await rig.accept(submitted('H19-1'), updated('H19-1', { summary: 'b' }));
  await rig.claim('commune');
  await rig.accept(updated('H19-1', { summary: 'c' }));
  await expire(rig);
  const rows = (await claim(rig.database)) as ClaimedSync[];
  t.same(
    rows.map(row => [row.pos, row.maybe_sent]),
    [
      [1, true],
      [2, true],
      [3, true],
    ],
    'the claim reached ten positions far',
  );
});

test('a lease of a live worker is not taken, however old', async t => {
  const rig = await ledgerRig(t);
  await dossiers(rig, 1);
  await rig.claim('commune');
  await rig.database.people.query("UPDATE lanes SET leased_at = now() - interval '1 hour'");
  t.same(await claim(rig.database), []);
});

test('a takeover that may send one sync only still learns of all that may have been sent', async t => {
  const rig = await ledgerRig(t);
  await rig.accept(submitted('H19-1'), updated('H19-1', { summary: 'b' }), updated('H19-1', { summary: 'c' }));
  await rig.claim('commune');
  await expire(rig);
  await gate(rig, "breaker = 'open', probe_at = now(), open_ms = 1000, failures = 5");
  const rows = (await claim(rig.database)) as ClaimedSync[];
  t.same(
    rows.map(row => [row.pos, row.maybe_sent]),
    [
      [1, true],
      [2, true],
      [3, true],
    ],
  );
});

test('a shut gate gives nothing', async t => {
  const rig = await ledgerRig(t);
  await dossiers(rig, 2);
  const open =
    'paused = false, paused_until = NULL, held = false, not_before = NULL, breaker = $$closed$$, probe_at = NULL';
  for (const shut of [
    'paused = true',
    "paused = true, paused_until = now() + interval '1 hour'",
    'held = true',
    "not_before = now() + interval '1 hour'",
    "breaker = 'open', open_ms = 1000, probe_at = now() + interval '1 hour'",
  ]) {
    await gate(rig, open);
    await gate(rig, shut);
    t.same(await claim(rig.database), [], shut);
  }
  await gate(rig, open);
  await gate(rig, "paused = true, paused_until = now() - interval '1 second'");
  t.equal((await claim(rig.database)).length, 2, 'a pause that ended is none');
});

test('half-open gives one sync to one claim, and the next probe waits for its lease', async t => {
  const rig = await ledgerRig(t);
  await rig.accept(submitted('H19-1'), updated('H19-1', { summary: 'b' }));
  await dossiers(rig, 3, 10);
  await gate(rig, "breaker = 'open', open_ms = 1000, probe_at = now() - interval '1 second', failures = 5");
  const claims = await Promise.all([claim(rig.database), claim(rig.database)]);
  t.equal(claims.flat().length, 1);
  const { rows } = await rig.database.people.query(
    "SELECT probe_at > now() + interval '20 seconds' AS later FROM targets WHERE target = 'commune'",
  );
  t.same(rows, [{ later: true }]);
});

test('tokens: no more calls than the rate has earned, over all processes', async t => {
  const rig = await ledgerRig(t);
  const other = anotherProcess(t, rig.url);
  await rig.accept(submitted('H19-1'), updated('H19-1', { summary: 'b' }));
  await dossiers(rig, 5, 10);
  await gate(rig, "rate = 3, tokens = 0, refilled_at = now() - interval '1 hour'");
  const claims = (await Promise.all([claim(rig.database), claim(other.database)])).flat();
  t.equal(claims.length, 3, 'never more than a second’s worth, one sync a lane');
  t.same(await claim(rig.database), [], 'used up');
});

test('a rate below one a second still lets a call through when it is earned', async t => {
  const rig = await ledgerRig(t);
  await dossiers(rig, 2);
  await gate(rig, "rate = 0.5, tokens = 0, refilled_at = now() - interval '3 seconds'");
  t.equal((await claim(rig.database)).length, 1);
  t.same(await claim(rig.database), []);
});

test('a lane whose head is not to be seen yet comes as an empty row, also beside many bytes', async t => {
  const rig = await ledgerRig(t);
  await dossiers(rig, 1);
  await rig.accept(submitted('H19-big', { more: { portal: { text: 'x'.repeat(9 * 1024 * 1024) } } }));
  await rig.database.people.query(
    'UPDATE lanes SET head = 2, tail = 2 WHERE lane = (SELECT lane FROM lanes ORDER BY lane LIMIT 1)',
  );
  const rows = await claim(rig.database);
  t.equal(rows.length, 2);
  const empty = rows.find(row => row.id === null);
  t.match(empty, { home: TRAN_BIEN, head: 2 });
});

test('payload bytes bound a claim, but never the heads of lanes', async t => {
  const rig = await ledgerRig(t);
  const big = { more: { portal: { text: 'x'.repeat(5 * 1024 * 1024) } } };
  for (const code of ['H19-1', 'H19-2']) await rig.accept(submitted(code, big), updated(code, { summary: 'small' }));
  const rows = (await claim(rig.database)) as ClaimedSync[];
  t.same(
    rows.map(row => row.pos),
    [1, 1],
    'every head, and no second sync',
  );
});

test('leases in hand are extended by their tokens, lost ones are not', async t => {
  const rig = await ledgerRig(t);
  await dossiers(rig, 2);
  const kept = await rig.claim('commune', TRAN_BIEN, 1);
  const lost = await rig.claim('commune', TRAN_BIEN, 1);
  await rig.database.people.query("UPDATE claims SET until = now() - interval '1 second' WHERE token = $1", [
    lost.token,
  ]);
  t.same(await extendClaims(rig.database, [kept.token, lost.token], 60_000), [kept.token]);
  const { rows } = await rig.database.people.query(
    "SELECT token, until > now() + interval '50 seconds' AS long FROM claims ORDER BY long",
  );
  t.same(rows, [
    { token: lost.token, long: false },
    { token: kept.token, long: true },
  ]);
});

test('finished and long dead claims are swept, the others stay', async t => {
  const rig = await ledgerRig(t);
  await dossiers(rig, 3);
  const done = await rig.claim('commune', TRAN_BIEN, 1);
  await record(rig, done.token, done.syncs, 'delivered');
  const dead = await rig.claim('commune', TRAN_BIEN, 1);
  const alive = await rig.claim('commune', TRAN_BIEN, 1);
  await rig.database.people.query("UPDATE claims SET until = now() - interval '1 hour' WHERE token = $1", [dead.token]);
  await sweepClaims(rig.database);
  const { rows } = await rig.database.people.query('SELECT token FROM claims');
  t.same(rows, [{ token: alive.token }]);
});
