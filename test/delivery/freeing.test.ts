/** What waits for a mapping goes on by itself once the vocabulary has it, and only that. */
import { type Test, test } from 'tap';
import type { SystemConfig } from '../../src/config/system.ts';
import { startFreeing } from '../../src/delivery/freeing.ts';
import { createTarget, type Target } from '../../src/delivery/target.ts';
import { NO_FACTS } from '../../src/facts/known-facts.ts';
import { markJudged, parkedSyncs } from '../../src/ledger/read-payloads.ts';
import { MAPPING_CAUSES } from '../../src/ledger/term-desk.ts';
import { vocabularyOf } from '../../src/translation/release.ts';
import { fact, known } from '../facts/support.ts';
import { eventually } from '../support/eventually.ts';
import { ledgerRig, type Rig, submitted, systems, TRAN_BIEN, updated } from '../support/ledger-rig.ts';
import { NO_DESK } from '../support/no-desk.ts';
import { vocabulary } from '../translation/fixture.ts';

const { content } = vocabulary;
const [sample] = content.procedureAliases;
const withAlias = vocabularyOf({
  ...content,
  procedureAliases: [
    ...content.procedureAliases,
    { ...(sample as NonNullable<typeof sample>), from: '9.999901', to: '1.001193', validFrom: '2025-07-01' },
  ],
});

/** Freeing over `rig`, with the vocabulary in force in `inForce`; ends with the test. */
async function freeingOver(t: Test, rig: Rig, facts = NO_FACTS) {
  const releases = { old: rig.release, next: await rig.releases.remember(withAlias) };
  const state = { inForce: { vocabulary, release: releases.old }, woken: [] as unknown[], faults: [] as string[] };
  const freeing = startFreeing({
    database: rig.database,
    targets: rig.targets,
    desk: () => ({ ...NO_DESK, facts, vocabulary }),
    statusListOf: () => 'national',
    vocabulary: () => state.inForce,
    wake: homes => state.woken.push(...homes),
    onFault: sync => state.faults.push(sync),
    onError: error => t.fail(String(error)),
    tickMs: 5,
  });
  t.teardown(() => freeing.stop());
  return {
    state,
    freeing,
    releases,
    change: () => Object.assign(state, { inForce: { vocabulary: withAlias, release: releases.next } }),
  };
}
const syncOf = async (rig: Rig, ...events: Parameters<Rig['accept']>): Promise<string> =>
  (await rig.accept(...events))[0]?.syncs[0]?.id as string;
/** The release with which each problem was judged. */
const judged = async (rig: Rig): Promise<unknown[]> =>
  (await rig.database.people.query('SELECT facts_version FROM problems ORDER BY sync')).rows.map(
    row => row.facts_version,
  );

test('a change of the vocabulary frees what waited for it, in the order of the lane', async t => {
  const rig = await ledgerRig(t);
  const first = await syncOf(rig, submitted('H-1', { procedureCode: '9.999901' }));
  const behind = await syncOf(rig, updated('H-1', { summary: 'sau' }));
  const other = await syncOf(rig, submitted('H-2', { procedureCode: '9.999902' }));
  const { state, freeing, releases, change } = await freeingOver(t, rig);
  await eventually(async () => (await judged(rig)).every(release => release === releases.old));
  t.match(await rig.row(first), { state: 'parked' });
  change();
  await eventually(async () => (await rig.row(first)).state === 'open');
  await eventually(async () => (await judged(rig)).every(release => release === releases.next));
  await freeing.stop();
  t.match(await rig.row(first), { state: 'open', cause: null, procedure: '1.001193' });
  t.match(await rig.row(other), { state: 'parked', cause: 'unknown-procedure' });
  t.same(state.woken, [{ target: 'commune', home: TRAN_BIEN }]);
  t.same(await rig.deliver('commune'), [first, behind]);
  const { rows } = await rig.database.people.query("SELECT who, act FROM audit WHERE act = 'sync.free'");
  t.same(rows, [{ who: 'gateway', act: 'sync.free' }]);
});

test('what a process with the former vocabulary parks after the change goes on all the same', async t => {
  const rig = await ledgerRig(t);
  const { change, releases } = await freeingOver(t, rig);
  const other = await syncOf(rig, submitted('H-2', { procedureCode: '9.999902' }));
  change();
  await eventually(async () => (await judged(rig)).every(release => release === releases.next));
  // every round that follows the change is over; this process decides with what it knew before, and commits only now
  const late = await syncOf(rig, submitted('H-1', { procedureCode: '9.999901' }));
  await eventually(async () => (await rig.row(late)).state === 'open');
  t.match(await rig.row(other), { state: 'parked' });
});

test('what is parked anew while it was judged is judged again', async t => {
  const rig = await ledgerRig(t);
  const sync = await syncOf(rig, submitted('H-1', { procedureCode: '9.999901' }));
  const pages = [];
  for await (const page of parkedSyncs(rig.database, MAPPING_CAUSES, 10, rig.release)) pages.push(...page);
  await rig.database.people.query('UPDATE problems SET since = clock_timestamp() WHERE sync = $1', [sync]);
  await markJudged(rig.database, pages, rig.release);
  t.same(await judged(rig), [null]);
});

test('a parked sync that cannot be judged is reported once and keeps nobody else', async t => {
  const rig = await ledgerRig(t);
  const broken = await syncOf(rig, submitted('H-1', { procedureCode: '9.999901' }));
  const good = await syncOf(rig, submitted('H-2', { procedureCode: '9.999901' }));
  const connector = { ...(rig.targets[1] as Target).connector };
  rig.targets[1] = createTarget(systems[1] as SystemConfig, {
    ...connector,
    format(input) {
      if (input.event.data.dossierCode === 'H-1') throw new TypeError('a bug');
      return connector.format(input);
    },
  });
  const { state, change, releases } = await freeingOver(t, rig);
  change();
  await eventually(async () => (await rig.row(good)).state === 'open');
  await eventually(async () => (await judged(rig)).every(release => release === releases.next));
  t.match(await rig.row(broken), { state: 'parked' });
  t.same([...new Set(state.faults)], [broken]);
});

test('what becomes known is judged at its desk: a unit that is off holds it, and a fact frees it from then on', async t => {
  const rig = await ledgerRig(t);
  const id = await syncOf(rig, submitted('H-1', { procedureCode: '9.999901' }));
  const off = fact('unit-mode', TRAN_BIEN, { mode: 'off', openDossiers: 'stay' }, '2020-01-01');
  const { change, state } = await freeingOver(t, rig, known(off));
  change();
  await eventually(async () => (await rig.row(id)).cause === 'unit-off');
  t.match(await rig.row(id), { state: 'parked', unit: TRAN_BIEN });
  const { rows } = await rig.database.people.query('SELECT unit, desk_version FROM problems WHERE sync = $1', [id]);
  t.match(rows, [{ unit: TRAN_BIEN, desk_version: String(known(off).version) }]);
  t.same(state.woken, []);
});
