/** Accepting: order, identity and lanes as the ledger keeps them, with one process and with two at once. */
import { test } from 'tap';
import type { GatewayEvent, JsonObject } from '../../src/domain/words.ts';
import type { Accepted } from '../../src/intake/store-group.ts';
import { ledgerRig, type Rig, submitted, TRAN_BIEN, updated } from '../support/ledger-rig.ts';
import { anotherProcess } from '../support/processes.ts';

const said = (
  source: string,
  type: string,
  data: JsonObject,
  at = new Date().toISOString(),
  id = `${type}-${Math.random()}`,
): GatewayEvent => ({ specversion: '1.0', id, source, type, time: at, data });
const ids = (...accepted: (Accepted | undefined)[]): string[] =>
  accepted.flatMap(event => event?.syncs.map(sync => sync.id) ?? []);
/** Source ids of the commune's syncs, lane by lane, by position. */
const order = async (rig: Rig): Promise<string[][]> => {
  const { rows } = await rig.database.people.query<{ ids: string[] }>(
    `SELECT array_agg(e.source_id ORDER BY s.pos) AS ids FROM syncs s JOIN events e ON e.id = s.event WHERE s.target = 'commune'
     GROUP BY s.lane ORDER BY s.lane`,
  );
  return rows.map(row => row.ids);
};
const count = async (rig: Rig, table: string): Promise<number> =>
  Number((await rig.database.people.query(`SELECT count(*) AS n FROM ${table}`)).rows[0]?.n);

test('positions follow acceptance: one after the other, within a batch, and within a group', async t => {
  const rig = await ledgerRig(t);
  const events = [submitted('H19-1'), ...Array.from({ length: 12 }, (_, n) => updated('H19-1', { summary: `${n}` }))];
  await rig.accept(events[0] as GatewayEvent);
  await rig.accept(events[1] as GatewayEvent);
  await rig.accept(...events.slice(2, 6));
  await Promise.all(events.slice(6).map(event => rig.accept(event)));
  t.same(await order(rig), [events.map(event => event.id)]);
  const { rows } = await rig.database.people.query('SELECT array_agg(pos ORDER BY pos) AS pos FROM syncs');
  t.same(
    rows[0]?.pos,
    events.map((_, index) => index + 1),
    'without a gap',
  );
  t.match((await rig.database.people.query('SELECT head, tail, home FROM lanes')).rows, [
    { head: 1, tail: 13, home: TRAN_BIEN },
  ]);
});

test('of two posts that do not overlap the earlier is earlier, whichever process takes them', async t => {
  const rig = await ledgerRig(t);
  const other = anotherProcess(t, rig.url);
  const events = [submitted('H19-1'), ...Array.from({ length: 9 }, (_, n) => updated('H19-1', { summary: `${n}` }))];
  for (const [index, event] of events.entries()) await (index % 2 ? other : rig).accept(event);
  t.same(await order(rig), [events.map(event => event.id)]);
});

test('the same event through two processes at once is stored once and answered alike', async t => {
  const rig = await ledgerRig(t);
  const other = anotherProcess(t, rig.url);
  for (let round = 0; round < 10; round++) {
    const event = submitted(`H19-${round}`);
    const answers = await Promise.all([rig.accept(event), other.accept(event), rig.accept(event), other.accept(event)]);
    const accepted = answers.flat();
    t.same(accepted.map(answer => answer.duplicate).sort(), [false, true, true, true]);
    t.equal(new Set(accepted.map(answer => answer.eventId)).size, 1);
    t.equal(new Set(ids(...accepted)).size, 1, 'each names the same sync');
    t.equal(ids(...accepted).length, 4);
  }
  t.equal(await count(rig, 'events'), 10);
  t.equal(await count(rig, 'syncs'), 10);
});

test('two processes that take different events of one new dossier at once make one lane', async t => {
  const rig = await ledgerRig(t);
  const other = anotherProcess(t, rig.url);
  for (let round = 0; round < 10; round++) {
    await Promise.all([
      rig.accept(submitted(`H19-${round}`)),
      other.accept(updated(`H19-${round}`, { summary: 'b' })),
      other.accept(updated(`H19-${round}`, { summary: 'c' })),
    ]);
  }
  t.equal(await count(rig, 'entities'), 10);
  t.equal(await count(rig, 'lanes'), 10);
  t.ok((await order(rig)).every(lane => lane.length === 3));
});

test('batches over the same dossiers in opposite order do not stop each other', async t => {
  const rig = await ledgerRig(t);
  const other = anotherProcess(t, rig.url);
  const codes = Array.from({ length: 8 }, (_, index) => `H19-${index}`);
  for (let round = 0; round < 15; round++) {
    const batch = (list: string[]) => list.map(code => updated(code, { summary: `${round}` }));
    await Promise.all([rig.accept(...batch(codes)), other.accept(...batch([...codes].reverse()))]);
  }
  t.equal(await count(rig, 'syncs'), 15 * 16);
});

test('an event that names further numbers leads later ones by any of them to the same lane', async t => {
  const rig = await ledgerRig(t);
  const other = anotherProcess(t, rig.url);
  const codes = [
    { system: 'portal', code: 'G22.99-1', kind: 'national' },
    { system: 'commune', code: 'XA-7', kind: 'local' },
  ];
  const events = [
    submitted('H19-1', { codes }),
    updated('G22.99-1', { summary: 'b' }),
    updated('XA-7', { summary: 'c' }),
  ];
  await rig.accept(events[0] as GatewayEvent);
  await other.accept(events[1] as GatewayEvent);
  await rig.accept(events[2] as GatewayEvent);
  t.same(await order(rig), [events.map(event => event.id)]);
});

test('numbers count within the batch that names them, before and after', async t => {
  const rig = await ledgerRig(t);
  const codes = [{ system: 'portal', code: 'G22-1', kind: 'national' }];
  const after = [submitted('H19-1', { codes }), updated('G22-1', { summary: 'b' }), updated('H19-1', { summary: 'c' })];
  await rig.accept(...after);
  const before = [
    updated('G22-2', { summary: 'a' }),
    submitted('H19-2', { codes: [{ system: 'portal', code: 'G22-2', kind: 'national' }] }),
    updated('H19-2', { summary: 'c' }),
  ];
  await rig.accept(...before);
  t.same(await order(rig), [after.map(event => event.id), before.map(event => event.id)]);
  t.equal(await count(rig, 'entities'), 2);
});

test('numbers of a known dossier count within the group that brings them', async t => {
  const rig = await ledgerRig(t);
  const first = submitted('H19-1');
  await rig.accept(first);
  const more = updated('H19-1', { codes: [{ system: 'portal', code: 'G22-1', kind: 'national' }], summary: 'a' });
  const byIt = updated('G22-1', { summary: 'b' });
  await Promise.all([rig.accept(more), rig.accept(byIt)]);
  t.same(await order(rig), [[first.id, more.id, byIt.id]]);
});

test('a number that leads to another dossier stays there', async t => {
  const rig = await ledgerRig(t);
  const [a, b] = [submitted('H19-1'), submitted('H19-2')];
  await rig.accept(a, b);
  const claims = updated('H19-1', { codes: [{ system: 'commune', code: 'H19-2', kind: 'local' }], summary: 'x' });
  const later = updated('H19-2', { summary: 'y' });
  await rig.accept(claims);
  await rig.accept(later);
  t.same(await order(rig), [
    [a.id, claims.id],
    [b.id, later.id],
  ]);
});

test('what one process knows of a dossier is read anew when another changed it', async t => {
  const rig = await ledgerRig(t);
  const other = anotherProcess(t, rig.url);
  await rig.accept(submitted('H19-1'));
  const status = (value: string, seconds: number) =>
    said('commune', 'dossier.status-changed', {
      dossierCode: 'H19-1',
      unitCode: TRAN_BIEN,
      status: value,
      statusList: 'national',
      at: new Date(Date.now() - seconds * 1_000).toISOString(),
    });
  const [news] = await other.accept(status('4', 10));
  t.match(news?.syncs, [{ target: 'portal', state: 'queued' }]);
  const [older] = await rig.accept(status('2', 40));
  t.match(older?.syncs, [{ target: 'portal', state: 'superseded' }], 'the first process learnt of the newer status');
  const [echo] = await rig.accept(
    said('portal', 'dossier.status-changed', { dossierCode: 'H19-1', status: '4', statusList: 'national' }),
  );
  t.match(echo, { echoOf: news?.eventId, syncs: [] }, 'and of what the other told the portal');
});

test('what is accepted behind a parked head waits, what comes into an empty lane is due', async t => {
  const rig = await ledgerRig(t);
  const [parked] = await rig.accept(submitted('H19-1', { unitCode: '26449' }));
  t.match(parked?.syncs, [{ state: 'parked' }]);
  const id = parked?.syncs[0]?.id as string;
  t.match(await rig.lane(id), { head: 1, tail: 1, due: null, blocked_by: id }, 'no turn is spent on finding it parked');
  await rig.accept(updated('H19-1', { summary: 'waits' }));
  t.match(await rig.lane(id), { head: 1, tail: 2, due: null, blocked_by: id });
  const [first] = await rig.accept(submitted('H19-2'));
  await rig.deliver('commune');
  t.match(await rig.lane(first?.syncs[0]?.id as string), { head: 2, due: null });
  await rig.accept(updated('H19-2', { summary: 'b' }));
  t.match(await rig.lane(first?.syncs[0]?.id as string), { head: 2, tail: 2, due: Date, blocked_by: null });
  await rig.deliver('commune');
  const [late] = await rig.accept(updated('H19-2', { unitCode: '26449' }), updated('H19-2', { summary: 'd' }));
  const held = late?.syncs[0]?.id as string;
  t.match(
    await rig.lane(held),
    { head: 3, tail: 4, due: null, blocked_by: held },
    'an empty lane is blocked as a new one',
  );
});

test('what a non-owner says is kept with a question, in the same commit', async t => {
  const rig = await ledgerRig(t);
  await rig.accept(submitted('H19-1'));
  await rig.database.people.query('ALTER TABLE questions ADD CONSTRAINT refuse CHECK (false) NOT VALID');
  const foreign = said('portal', 'dossier.result-issued', {
    dossierCode: 'H19-1',
    result: { number: '1/GKS', files: [] },
    outcome: 'granted',
  });
  await t.rejects(rig.accept(foreign));
  t.equal(await count(rig, 'events'), 1, 'no event without its question');
  await rig.database.people.query('ALTER TABLE questions DROP CONSTRAINT refuse');
  const [stored] = await rig.accept(foreign);
  t.match(stored, { duplicate: false, syncs: [] });
  t.match((await rig.database.people.query('SELECT event, kind, unit FROM questions')).rows, [
    { event: stored?.eventId, kind: 'not-the-owner' },
  ]);
});
