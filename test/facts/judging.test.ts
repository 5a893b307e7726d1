/** What waits for a fact goes on by itself: when it comes, when it came in the moment of acceptance, when its date begins. */
import t from 'tap';
import { uuidv7 } from 'uuidv7';
import { type Judging, startJudging } from '../../src/delivery/judging.ts';
import type { GatewayEvent, JsonObject } from '../../src/domain/words.ts';
import type { Authority } from '../../src/facts/fact.ts';
import { type KnownFacts, NO_FACTS } from '../../src/facts/known-facts.ts';
import { openFactsKeeper } from '../../src/facts-keeper.ts';
import { changeFacts, readFacts } from '../../src/ledger/facts.ts';
import { type ChangeContext, carryOutChange } from '../../src/sets/facts-change.ts';
import { eventually } from '../support/eventually.ts';
import { ledgerRig, submitted, systems, TRAN_BIEN } from '../support/ledger-rig.ts';
import { NO_DESK } from '../support/no-desk.ts';
import { vocabulary } from '../translation/fixture.ts';
import { asNew, fact } from './support.ts';

const off = () => fact('unit-mode', TRAN_BIEN, { mode: 'off', openDossiers: 'stay' }, '2026-01-01');
const from = (ms: number) => ({
  ...asNew(fact('unit-mode', TRAN_BIEN, { mode: 'official', openDossiers: 'stay' }, '2026-01-01')),
  from: Date.now() + ms,
});

async function rigWith(test: Parameters<typeof ledgerRig>[0]) {
  const held: { facts: KnownFacts } = { facts: NO_FACTS };
  const rig = await ledgerRig(test, () => ({ facts: held.facts, now: Date.now() }));
  const woken: { target: string; home: string }[] = [];
  const errors: unknown[] = [];
  const start = async (tickMs = 20, statusListOf: (source: string) => string = () => 'national'): Promise<Judging> => {
    const keeper = await openFactsKeeper({ database: rig.database, onError: error => errors.push(error), pollMs: 20 });
    const judging = startJudging({
      database: rig.database,
      systems,
      statusListOf,
      desk: () => ({ ...NO_DESK, facts: keeper.current(), now: Date.now(), vocabulary }),
      wake: homes => woken.push(...homes),
      onError: error => errors.push(error),
      tickMs,
    });
    test.teardown(async () => {
      keeper.stop();
      await judging.stop();
    });
    return judging;
  };
  const change = (work: Parameters<typeof changeFacts>[1]) => changeFacts(rig.database.people as never, work);
  const stateOf = async (id: string) => (await rig.row(id)).state;
  /** What a sync waits for, and with which version of the facts it was judged last. */
  const waits = async (id: string): Promise<{ version: number; detail: JsonObject }> =>
    (await rig.database.people.query('SELECT desk_version AS version, detail FROM problems WHERE sync = $1', [id]))
      .rows[0];
  return { ...rig, held, woken, errors, start, change, stateOf, waits };
}

t.test('a unit that is off parks, and goes on as soon as it takes part', async t => {
  const rig = await rigWith(t);
  await rig.change({ put: [asNew(off())] });
  rig.held.facts = await readFacts(rig.database.people);
  const [accepted] = await rig.accept(submitted('H19-1'));
  const id = accepted?.syncs[0]?.id as string;
  t.match(await rig.row(id), { state: 'parked', cause: 'unit-off' });
  await rig.start();
  await rig.change({ put: [from(0)] });
  await eventually(async () => (await rig.stateOf(id)) === 'open');
  t.match(await rig.lane(id), { blocked_by: null });
  t.same(rig.woken, [{ id, target: 'commune', home: TRAN_BIEN }]);
  t.same(rig.errors, []);
});

t.test('a fact that came while the event was accepted with an older picture is not missed', async t => {
  const rig = await rigWith(t);
  await rig.change({ put: [asNew(off())] });
  rig.held.facts = await readFacts(rig.database.people);
  await rig.change({ put: [from(0)] });
  await rig.start();
  // this process has not heard of the second change yet
  const [accepted] = await rig.accept(submitted('H19-2'));
  t.equal(accepted?.syncs[0]?.state, 'parked');
  await eventually(async () => (await rig.stateOf(accepted?.syncs[0]?.id as string)) === 'open');
});

t.test('a fact that begins on a date frees on that date, without a word from anyone', async t => {
  const rig = await rigWith(t);
  await rig.change({ put: [asNew(off()), from(700)] });
  rig.held.facts = await readFacts(rig.database.people);
  const [accepted] = await rig.accept(submitted('H19-3'));
  const id = accepted?.syncs[0]?.id as string;
  t.match(await rig.row(id), { state: 'parked', cause: 'unit-off' });
  await rig.start();
  await eventually(async () => (await rig.stateOf(id)) === 'open');
});

const asks = (procedureCode: string): GatewayEvent => ({
  specversion: '1.0',
  id: uuidv7(),
  source: 'commune',
  type: 'approval.requested',
  time: new Date().toISOString(),
  datacontenttype: 'application/json',
  data: { about: { dossierCode: `H19-${procedureCode}` }, unitCode: TRAN_BIEN, procedureCode, act: 'sign', files: [] },
});

t.test('what goes on is judged again: what is wrong with it then is told, and nothing else', async t => {
  const rig = await rigWith(t);
  const warned = async (event: string): Promise<{ cause: string }[]> =>
    (await rig.database.people.query("SELECT note->'warnings' AS warnings FROM events WHERE id = $1", [event])).rows[0]
      .warnings;
  await rig.change({ put: [asNew(off())] });
  rig.held.facts = await readFacts(rig.database.people);
  const [switched] = await rig.accept(asks('1.013225'));
  t.equal(switched?.syncs[0]?.state, 'parked');
  t.equal(await warned(switched?.eventId as string), null, 'a unit that is off is asked for nothing more');
  await rig.start();
  await rig.change({ put: [from(0)] });
  await eventually(async () => (await rig.stateOf(switched?.syncs[0]?.id as string)) === 'open');
  t.match(await warned(switched?.eventId as string), [{ cause: 'missing-right', target: 'documents' }]);

  rig.held.facts = await readFacts(rig.database.people);
  const [province] = await rig.accept(asks('1.012783'));
  const id = province?.syncs[0]?.id as string;
  t.match(await rig.row(id), { state: 'parked', cause: 'no-authority' });
  t.match(await warned(province?.eventId as string), [{ cause: 'missing-right' }]);
  const decides = (more: Partial<Authority>) => {
    const body = { procedure: '1.012783', act: 'decide', level: 'commune', basis: 'QĐ 1/QĐ-UBND', certainty: 'medium' };
    return asNew(fact('authority', null, { ...body, ...more } as Authority, '2026-01-01'));
  };
  const alone = decides({});
  const version = await rig.change({ put: [alone] });
  await eventually(async () => (await rig.waits(id)).version === version);
  t.match(
    await rig.waits(id),
    { detail: { text: { vi: /chờ người thứ hai xác nhận/ } } },
    'one person lifts nothing certain',
  );
  const seat = `${TRAN_BIEN}/chu-tich`;
  await rig.change({
    put: [
      fact('seat', TRAN_BIEN, { seat, post: 'chu-tich' }, '2026-01-01', null, seat),
      fact('holding', TRAN_BIEN, { officer: 'documents:cb-1', seat }, '2026-01-01'),
      fact('right', TRAN_BIEN, { seat, right: 'sign', layer: 'account', system: 'documents' }, '2026-01-01'),
    ].map(asNew),
  });
  await rig.change({ put: [decides({ confirmedBy: 'phap-che' })], withdraw: [alone.id] });
  await eventually(async () => (await rig.stateOf(id)) === 'open');
  t.equal(await warned(province?.eventId as string), null, 'what was mended meanwhile is told no longer');
  t.same(rig.errors, []);
});

t.test('what a person’s change frees is told whole, also where the background was faster', async t => {
  const rig = await rigWith(t);
  await rig.change({ put: [asNew(off())] });
  let facts = await readFacts(rig.database.people);
  rig.held.facts = facts;
  const [accepted] = await rig.accept(submitted('H19-5'));
  const id = accepted?.syncs[0]?.id as string;
  await rig.start();
  const context: ChangeContext = {
    database: rig.database,
    systems,
    statusListOf: () => 'national',
    desk: () => ({ ...NO_DESK, facts, now: Date.now(), vocabulary }),
    turns: { wake: () => {} },
    factsKeeper: {
      follow: async () => {
        await eventually(async () => (await rig.stateOf(id)) === 'open');
        facts = await readFacts(rig.database.people);
        return facts;
      },
    },
  };
  const named = { act: 'unit-mode.enter', subject: 'unit-mode:26041', before: null, after: null };
  const actor = { who: 'lan', reason: 'kế hoạch số 1' };
  const done = await carryOutChange({ put: [from(0)] }, named, actor, context);
  t.match(done, { counts: { counted: 1, done: 1, changed: 0 }, freed: [{ id, target: 'commune' }] });
});

t.test('what cannot be judged keeps nobody else', async t => {
  const rig = await rigWith(t);
  await rig.change({ put: [asNew(off())] });
  rig.held.facts = await readFacts(rig.database.people);
  const filed = submitted('H19-6');
  const [broken] = await rig.accept({ ...filed, source: 'commune', data: { ...filed.data, statusList: 'national' } });
  const [sound] = await rig.accept(submitted('H19-7'));
  await rig.start(20, source => {
    if (source === 'commune') throw new Error('a bug');
    return 'national';
  });
  const version = await rig.change({ put: [from(0)] });
  await eventually(async () => (await rig.stateOf(sound?.syncs[0]?.id as string)) === 'open');
  const kept = broken?.syncs[0]?.id as string;
  t.equal(await rig.stateOf(kept), 'parked');
  t.match(rig.errors[0], { message: 'a bug' });
  await eventually(async () => (await rig.waits(kept)).version === version);
});

t.test('on trial it goes marked, and the dossier stays one of the trial', async t => {
  const rig = await rigWith(t);
  const trial = fact('unit-mode', TRAN_BIEN, { mode: 'trial', openDossiers: 'stay' }, '2026-01-01');
  await rig.change({ put: [asNew(trial)] });
  rig.held.facts = await readFacts(rig.database.people);
  const [first] = await rig.accept(submitted('H19-4'));
  t.match(await rig.row(first?.syncs[0]?.id as string), { state: 'open', mode: 'trial' });
});
