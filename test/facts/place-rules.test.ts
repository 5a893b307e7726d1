/** A dossier of a split unit goes where its address says: by a rule at acceptance, and as soon as the rule comes. */
import t, { type Test } from 'tap';
import { startJudging } from '../../src/delivery/judging.ts';
import type { Payload } from '../../src/entities/payload.ts';
import type { Fact } from '../../src/facts/fact.ts';
import { NO_FACTS } from '../../src/facts/known-facts.ts';
import { openFactsKeeper } from '../../src/facts-keeper.ts';
import { type ClaimedSync, sealedOf } from '../../src/ledger/claim.ts';
import { changeFacts, readFacts } from '../../src/ledger/facts.ts';
import { open } from '../../src/ledger/seal.ts';
import { eventually } from '../support/eventually.ts';
import { ledgerRig, submitted, systems, updated } from '../support/ledger-rig.ts';
import { NO_DESK } from '../support/no-desk.ts';
import { vocabulary } from '../translation/fixture.ts';
import { asNew, fact } from './support.ts';

const XUAN_TAM = '26449';
const DONG = '26359';
const HOA = '26446';
const rule = (names: string[], to: string, by: 'hamlet' | 'street' = 'hamlet') =>
  fact('place-rule', null, { old: XUAN_TAM, by, names, to }, '2025-07-01', null, XUAN_TAM);
const from = (code: string, address: string) =>
  submitted(code, { unitCode: XUAN_TAM, receivingUnit: XUAN_TAM, applicant: { kind: 'citizen', name: 'An', address } });

async function rigWith(test: Test) {
  const held = { facts: NO_FACTS };
  const rig = await ledgerRig(test, () => ({ facts: held.facts, now: Date.now() }));
  const change = async (...put: Fact[]): Promise<void> => {
    await changeFacts(rig.database.people as never, { put: put.map(asNew) });
    held.facts = await readFacts(rig.database.people);
  };
  const judgeAlways = async (): Promise<void> => {
    const keeper = await openFactsKeeper({
      database: rig.database,
      onError: error => test.fail(String(error)),
      pollMs: 20,
    });
    const judging = startJudging({
      database: rig.database,
      systems,
      statusListOf: () => 'national',
      desk: () => ({ ...NO_DESK, facts: keeper.current(), now: Date.now(), vocabulary }),
      wake: () => {},
      onError: error => test.fail(String(error)),
      tickMs: 20,
    });
    test.teardown(async () => {
      keeper.stop();
      await judging.stop();
    });
  };
  const arrives = async (...events: Parameters<typeof rig.accept>): Promise<string> =>
    (await rig.accept(...events)).at(-1)?.syncs[0]?.id as string;
  const detail = async (id: string) =>
    (await rig.database.people.query('SELECT detail, unit FROM problems WHERE sync = $1', [id])).rows[0];
  /** What delivery gets of the first due sync of a home. */
  const goesOut = async (home: string) => {
    const { syncs } = await rig.claim('commune', home);
    return open(sealedOf(syncs[0] as ClaimedSync)) as unknown as Payload;
  };
  return { ...rig, change, judgeAlways, arrives, detail, goesOut };
}

t.test('a rule answers at acceptance, in every place that names the split unit, and delivery sees it', async t => {
  const rig = await rigWith(t);
  const tanHuu = rule(['Tân Hữu'], DONG);
  await rig.change(tanHuu);
  const id = await rig.arrives(from('H-1', 'tổ 5, ấp Tân Hữu, xã Xuân Tâm'));
  t.match(await rig.row(id), { state: 'open', unit: DONG });
  const answer = { from: XUAN_TAM, to: DONG, by: `rule:${tanHuu.id}` };
  t.match((await rig.goesOut(DONG)).answers, [
    { pointer: '/data/unitCode', ...answer },
    { pointer: '/data/receivingUnit', ...answer },
  ]);
});

t.test('an event without an address goes by what is known of its dossier', async t => {
  const rig = await rigWith(t);
  await rig.change(rule(['Tân Hữu'], DONG));
  await rig.arrives(from('H-1', 'ấp Tân Hữu'));
  const id = await rig.arrives(updated('H-1', { unitCode: XUAN_TAM, summary: 'hai' }));
  t.match(await rig.row(id), { state: 'open', unit: DONG });
});

t.test(
  'what was parked goes on by itself when its rule comes, with the answer as a revision; the rest stays',
  async t => {
    const rig = await rigWith(t);
    const ours = await rig.arrives(from('H-1', 'ấp Tân Hữu, Xuân Tâm'));
    const other = await rig.arrives(from('H-2', 'ấp 3, Xuân Tâm'));
    t.match(await rig.row(ours), { state: 'parked', cause: 'ambiguous-unit', revision: 1 });
    await rig.judgeAlways();
    await rig.change(rule(['Tân Hữu'], HOA));
    await eventually(async () => (await rig.row(ours)).state === 'open');
    t.match(await rig.row(ours), { cause: null, unit: HOA, revision: 2 });
    t.match(await rig.row(other), { state: 'parked', cause: 'ambiguous-unit' });
    const out = await rig.goesOut('0');
    t.match(out.answers, [
      { pointer: '/data/unitCode', to: HOA },
      { pointer: '/data/receivingUnit', to: HOA },
    ]);
    const later = await rig.arrives(updated('H-1', { summary: 'hai' }));
    t.match(await rig.row(later), { state: 'open', unit: HOA }, 'the dossier has learnt its unit');
  },
);

t.test('rules that contradict each other for an address leave it parked, and say so', async t => {
  const rig = await rigWith(t);
  const rules = [rule(['Tân Hữu'], DONG), rule(['Hùng Vương'], HOA, 'street')];
  await rig.change(...rules);
  const id = await rig.arrives(from('H-1', '12 đường Hùng Vương, ấp Tân Hữu'));
  t.match(await rig.row(id), { state: 'parked', cause: 'ambiguous-unit' });
  const { detail } = await rig.detail(id);
  t.match(detail.text.vi, /mâu thuẫn.*Tân Hữu.*26359.*Hùng Vương.*26446/);
  t.same(
    detail.rules.map((one: { id: string }) => one.id),
    rules.map(one => one.id),
  );
  t.match(detail.candidates, [{ code: DONG }, { code: HOA }]);
});

t.test('a unit that a rule has found is judged at its own desk, and its facts free it', async t => {
  const rig = await rigWith(t);
  const off = fact('unit-mode', DONG, { mode: 'off', openDossiers: 'stay' }, '2025-07-01', null, DONG);
  await rig.change(off);
  const id = await rig.arrives(from('H-1', 'ấp Tân Hữu'));
  t.match(await rig.row(id), { cause: 'ambiguous-unit' });
  await rig.judgeAlways();
  await rig.change(rule(['Tân Hữu'], DONG));
  await eventually(async () => (await rig.row(id)).cause === 'unit-off');
  t.match(await rig.row(id), { state: 'parked', unit: DONG, revision: 1 });
  t.match(await rig.detail(id), { unit: DONG });
  const on = fact('unit-mode', DONG, { mode: 'official', openDossiers: 'stay' }, '2026-01-01', null, DONG);
  await rig.change(on);
  await eventually(async () => (await rig.row(id)).state === 'open');
  t.match(await rig.row(id), { unit: DONG, revision: 2 });
});
