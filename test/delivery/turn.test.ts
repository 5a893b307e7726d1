/** A turn by itself, and the claimer that shares one statement between turns. */
import { randomUUID } from 'node:crypto';
import { type Test, test } from 'tap';
import type { Outcome } from '../../connectors/connector.ts';
import { type Claimed, createClaimer } from '../../src/delivery/claimer.ts';
import { GateWatch } from '../../src/delivery/gate-watch.ts';
import { createRecorder } from '../../src/delivery/recorder.ts';
import { createTarget } from '../../src/delivery/target.ts';
import { type TurnContext, takeTurn } from '../../src/delivery/turn.ts';
import { eventually, latch } from '../support/eventually.ts';
import { ledgerRig, type Rig, submitted, systems, TRAN_BIEN, updated } from '../support/ledger-rig.ts';
import { vocabulary } from '../translation/fixture.ts';
import { type Act, FakeTarget } from './support.ts';

const OTHER = '26446';
const turnRig = async (t: Test, concurrency = 8) => {
  const rig = await ledgerRig(t);
  const system = { ...(systems[1] as (typeof systems)[number]), concurrency };
  await rig.database.people.query(`UPDATE targets SET concurrency = ${concurrency} WHERE target = 'commune'`);
  const fake = new FakeTarget();
  const target = createTarget(system, fake);
  const fail = (error: unknown): void => {
    t.fail(String(error));
  };
  const recorder = createRecorder(rig.database, fail);
  const gate = new GateWatch(rig.database, system, fail);
  const claimer = createClaimer({ database: rig.database, target, worker: randomUUID(), leaseMs: 15_000, recorder });
  const woken: string[] = [];
  const air: Promise<unknown>[] = [];
  const context: TurnContext = {
    recorder,
    claim: home => claimer.claim(home),
    leaseMs: 15_000,
    extendedAt: () => 0,
    gateOf: () => gate,
    vocabulary: () => ({ vocabulary, release: rig.release }),
    releaseById: async () => vocabulary,
    statusListOf: () => 'national',
    stopping: () => false,
    random: () => 0,
    onFault: (_, error) => fail(error),
    onOutcome: () => {},
    wake: (_, home) => woken.push(home),
    track: (_, lane) => air.push(lane),
  };
  return { rig, fake, target, claimer, context, woken, air };
};
const delivered = async (rig: Rig): Promise<number> =>
  Number((await rig.database.people.query("SELECT count(*) FROM syncs WHERE state = 'delivered'")).rows[0]?.count);

test('a turn refills as slots come free until its home has nothing due', async t => {
  const { rig, fake, target, context } = await turnRig(t, 2);
  for (let n = 0; n < 7; n++) await rig.accept(submitted(`H${n}`, { summary: `${n}` }));
  t.equal(await takeTurn(target, TRAN_BIEN, context), false);
  t.equal(fake.effects.length, 7);
  t.equal(await delivered(rig), 7);
  t.equal(target.slots.free, 2);
});

test('more than one claim of a lane takes is done in the same turn or asked for', async t => {
  const { rig, fake, target, context } = await turnRig(t);
  await rig.accept(submitted('A'), ...Array.from({ length: 24 }, (_, n) => updated('A', { summary: `${n}` })));
  let turns = 1;
  while (await takeTurn(target, TRAN_BIEN, context)) turns += 1;
  t.equal(fake.effects.length, 25);
  t.ok(turns <= 3);
});

test('a turn ends while a slow call lasts; the lane asks for another turn when it is done', async t => {
  const { rig, fake, target, context, woken, air } = await turnRig(t);
  const gate = latch();
  fake.script = async (name): Promise<Act> => {
    if (name === 'slow') await gate.reached;
    return 'deliver';
  };
  await rig.accept(submitted('A', { summary: 'slow' }), submitted('B', { summary: 'fast' }));
  t.equal(await takeTurn(target, TRAN_BIEN, context), false);
  t.same(fake.effects, ['fast']);
  t.equal(target.slots.free, 7, 'its slot is still taken');
  await rig.accept(updated('A', { summary: 'next' }));
  gate.reach();
  await Promise.all(air);
  t.same(woken, [TRAN_BIEN]);
  t.equal(target.slots.free, 8);
});

test('a claim that fails fails the turn and gives back its slots', async t => {
  const { rig, target, context } = await turnRig(t);
  await rig.accept(submitted('A'));
  await rig.database.people.query('ALTER TABLE claims RENAME TO gone');
  await t.rejects(takeTurn(target, TRAN_BIEN, context));
  t.equal(target.slots.free, 8);
  await rig.database.people.query('ALTER TABLE gone RENAME TO claims');
  await takeTurn(target, TRAN_BIEN, context);
  t.equal(await delivered(rig), 1);
});

test('turns that ask at once share one claim, and each home gets its own lanes', async t => {
  const { rig, claimer, target } = await turnRig(t);
  for (let n = 0; n < 3; n++) await rig.accept(submitted(`A${n}`), submitted(`B${n}`, { unitCode: OTHER }));
  const [first, again, other] = (await Promise.all([
    claimer.claim(TRAN_BIEN),
    claimer.claim(TRAN_BIEN),
    claimer.claim(OTHER),
  ])) as [Claimed, Claimed, Claimed];
  t.equal(first.token, other.token, 'one statement');
  t.same([first.lanes.length, again.lanes.length, other.lanes.length], [3, 0, 3]);
  t.ok(first.lanes.flat().every(sync => sync.home === TRAN_BIEN));
  t.equal(target.slots.free, 2);
});

test('a flood in one home does not take all slots from another', async t => {
  const { rig, claimer } = await turnRig(t, 8);
  for (let n = 0; n < 20; n++) await rig.accept(submitted(`A${n}`));
  for (let n = 0; n < 20; n++) await rig.accept(submitted(`B${n}`, { unitCode: OTHER }));
  const homes = await Promise.all(['x1', 'x2', 'x3', TRAN_BIEN, OTHER].map(home => claimer.claim(home)));
  const [flood, small] = homes.slice(3) as [Claimed, Claimed];
  t.equal(flood.lanes.length + small.lanes.length, 8);
  t.ok(flood.lanes.length >= 4 && small.lanes.length >= 4);
});

test('without a free slot a turn is told that there may be more, and takes nothing', async t => {
  const { rig, claimer, target } = await turnRig(t);
  await rig.accept(submitted('A'));
  target.slots.take(8);
  const asked = claimer.claim(TRAN_BIEN);
  t.match(await asked, { lanes: [], full: true });
  target.slots.give(8);
  t.equal((await claimer.claim(TRAN_BIEN)).lanes.length, 1);
});

test('a connector that answers no outcome is a fault of the gateway, not of the lane’s neighbours', async t => {
  const { rig, fake, target, context } = await turnRig(t);
  const faults: unknown[] = [];
  const deliver = fake.deliver.bind(fake);
  fake.deliver = async (deliveries): Promise<Outcome[]> =>
    deliveries[0]?.message.ref.code === 'A' ? [] : deliver(deliveries);
  await rig.accept(submitted('A'), submitted('B'));
  await takeTurn(target, TRAN_BIEN, { ...context, onFault: (_, error) => faults.push(error) });
  await eventually(async () => (await delivered(rig)) === 1);
  t.equal(faults.length, 1);
});

test('where slots come free one by one, a home that asks again at once does not starve another', async t => {
  const { rig, fake, claimer, target, context } = await turnRig(t, 1);
  for (let n = 0; n < 20; n++) await rig.accept(submitted(`A${n}`, { summary: `${n}` }));
  await rig.accept(submitted('B', { unitCode: OTHER }));
  let waits = false;
  let served = false;
  // every call of the flood lasts until the other stands in line again
  fake.script = async (): Promise<Act> => {
    await eventually(() => waits || served);
    return 'deliver';
  };
  const flood = takeTurn(target, TRAN_BIEN, context);
  await eventually(() => fake.calls.length === 1);
  let sent = 0;
  while (!served) {
    const asked = claimer.claim(OTHER);
    waits = true;
    const { lanes } = await asked;
    waits = false;
    served = lanes.length > 0;
    sent = fake.effects.length;
    // empty-handed, a turn goes through the queue before it asks again
    if (!served) await new Promise(resolve => setImmediate(resolve));
  }
  target.slots.give(1);
  await flood;
  t.ok(sent <= 2, `served after ${sent} of the flood`);
});
