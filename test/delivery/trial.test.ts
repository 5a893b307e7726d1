/** Trial traffic goes to a system's trial address, marked, with ids of its own, and says nothing of the official one. */
import t from 'tap';
import type { Delivery } from '../../connectors/connector.ts';
import { type SendContext, settleSync } from '../../src/delivery/send-sync.ts';
import { createTarget, lineOf } from '../../src/delivery/target.ts';
import type { ClaimedSync } from '../../src/ledger/claim.ts';
import { claimLanes } from '../../src/ledger/claim.ts';
import { learnFromTargets } from '../../src/ledger/record.ts';
import { fact, known } from '../facts/support.ts';
import { ledgerRig, submitted, systems, TRAN_BIEN } from '../support/ledger-rig.ts';
import { vocabulary } from '../translation/fixture.ts';
import { FakeTarget } from './support.ts';

class Address extends FakeTarget {
  readonly got: Delivery[] = [];
  override async deliver(deliveries: Delivery[]) {
    this.got.push(...deliveries);
    const [outcome] = await super.deliver(deliveries);
    return [outcome?.result === 'delivered' ? { ...outcome, foreignId: `id-${this.got.length}` } : outcome!];
  }
}

/** One trial sync, claimed, with a target of two addresses. */
async function claimed(test: Parameters<typeof ledgerRig>[0]) {
  const trial = fact('unit-mode', TRAN_BIEN, { mode: 'trial', openDossiers: 'stay' }, '2026-01-01');
  const rig = await ledgerRig(test, () => ({ facts: known(trial), now: Date.now() }));
  await rig.accept(submitted('H19-1'));
  const claim = (trialApart: boolean) =>
    claimLanes(rig.database, {
      target: 'commune',
      homes: [TRAN_BIEN],
      slots: 1,
      perHome: 1,
      token: '00000000-0000-7000-8000-000000000001',
      worker: '00000000-0000-7000-8000-000000000002',
      leaseMs: 30_000,
      trialApart,
    });
  const official = new Address();
  const apart = new Address();
  const target = createTarget(systems[1] as (typeof systems)[number], official, apart);
  const gate: string[] = [];
  const learnt: Parameters<typeof learnFromTargets>[1][number][] = [];
  const context: SendContext = {
    target,
    recorder: { learn: item => void learnt.push(item) },
    gate: { success: () => void gate.push('success'), failure: cause => void gate.push(cause) },
    leaseUntil: () => performance.now() + 30_000,
    releaseById: async () => vocabulary,
    statusListOf: () => 'national',
    random: () => 0,
    onFault: (_, error) => {
      throw error;
    },
  };
  return { ...rig, claim, official, apart, target, gate, learnt, context };
}

t.test('a trial sync is sent to the trial address, marked; its id is kept apart', async t => {
  const rig = await claimed(t);
  const [sync] = (await rig.claim(true)) as ClaimedSync[];
  const settled = await settleSync(sync!, vocabulary, rig.context);
  t.equal(settled?.state, 'delivered');
  t.equal(rig.official.got.length, 0);
  t.match(rig.apart.got, [{ headers: { 'x-lienthong-mode': 'trial', 'x-lienthong-sync': sync!.id } }]);
  t.match(rig.learnt, [{ system: 'commune#trial', foreignId: 'id-1' }]);
  t.same(rig.gate, [], 'the official gate hears nothing of it');
});

t.test('a trial address that is down cuts nobody off', async t => {
  const rig = await claimed(t);
  rig.apart.script = () => ({ cause: 'target-unavailable' });
  const [sync] = (await rig.claim(true)) as ClaimedSync[];
  t.match(await settleSync(sync!, vocabulary, rig.context), { state: 'open', cause: 'target-unavailable' });
  t.same(rig.gate, []);
});

t.test('an official sync of the same system goes to the official address', async t => {
  const rig = await claimed(t);
  const [sync] = (await rig.claim(true)) as ClaimedSync[];
  await settleSync({ ...sync!, mode: 'official' }, vocabulary, rig.context);
  t.match([rig.official.got.length, rig.apart.got.length], [1, 0]);
  t.equal(rig.official.got[0]?.headers['x-lienthong-mode'], undefined);
  t.match(rig.learnt, [{ system: 'commune' }]);
  t.same(rig.gate, ['success']);
});

t.test('without a trial address it goes marked to the only one', async t => {
  const rig = await claimed(t);
  const target = createTarget(rig.target.system, rig.official);
  const [sync] = (await rig.claim(false)) as ClaimedSync[];
  await settleSync(sync!, vocabulary, { ...rig.context, target });
  t.match(rig.official.got, [{ headers: { 'x-lienthong-mode': 'trial' } }]);
  t.same(rig.gate, ['success']);
  t.equal(lineOf(target, 'trial').apart, false);
});

t.test('a claim brings the id of the address that it goes to', async t => {
  const rig = await claimed(t);
  const { rows } = await rig.database.people.query<{ entity: number }>('SELECT entity FROM lanes');
  const entity = rows[0]!.entity;
  await learnFromTargets(rig.database, [
    { entity, system: 'commune', foreignId: 'official-7', keys: [] },
    { entity, system: 'commune#trial', foreignId: 'trial-7', keys: [] },
  ]);
  t.match(await rig.claim(true), [{ mode: 'trial', foreign_id: 'trial-7' }]);
});
