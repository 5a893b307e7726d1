/** One mapping is what nine of ten parked syncs wait for (MANY_FREED=10000: of so many): they all go, each lane in its order, and nobody waits for them. */
import { test } from 'tap';
import { startFreeing } from '../../src/delivery/freeing.ts';
import { createTarget } from '../../src/delivery/target.ts';
import { ledgerReleases } from '../../src/ledger/releases.ts';
import { vocabularyOf } from '../../src/translation/release.ts';
import { eventually } from '../support/eventually.ts';
import { submitted, systems, updated } from '../support/ledger-rig.ts';
import { NO_DESK } from '../support/no-desk.ts';
import { vocabulary } from '../translation/fixture.ts';
import { deliveryRig } from './support.ts';

/** Ten thousand take half a minute; the rule is the same. */
const PARKED = Number(process.env.MANY_FREED ?? 2_000);
const FREED = (PARKED / 10) * 9;
/** Every so many dossiers have news that waits behind the parked submission. */
const NEWS = 10;
const BATCH = 500;

const { content } = vocabulary;
const [sample] = content.procedureAliases;
if (sample === undefined) throw new Error('the fixture has an alias');
const understanding = vocabularyOf({
  ...content,
  procedureAliases: [
    ...content.procedureAliases,
    { ...sample, from: '9.999901', to: '1.001193', validFrom: '2025-07-01' },
  ],
});

test('nine of ten parked are freed by one mapping', async t => {
  const rig = await deliveryRig(t, 'postgres');
  const { database, target } = rig;
  const releases = ledgerReleases(database);
  let inForce = { vocabulary, release: await releases.remember(vocabulary) };
  const process = await rig.start({ vocabulary: () => inForce });
  const dossiers = Array.from({ length: PARKED }, (_, n) => `H-${n}`);
  for (let from = 0; from < PARKED; from += BATCH) {
    const some = dossiers.slice(from, from + BATCH);
    await process.accept(
      ...some.map((code, at) =>
        submitted(code, { summary: `${code}/0`, procedureCode: from + at < FREED ? '9.999901' : '9.999902' }),
      ),
      ...some.filter((_, at) => at % NEWS === 0).map(code => updated(code, { summary: `${code}/1` })),
    );
  }
  t.match(await rig.states(), { parked: PARKED, open: PARKED / NEWS });

  inForce = { vocabulary: understanding, release: await releases.remember(understanding) };
  const freeing = startFreeing({
    database,
    targets: systems.map(system => createTarget(system, target)),
    statusListOf: () => 'national',
    vocabulary: () => inForce,
    desk: () => ({ ...NO_DESK, vocabulary: inForce.vocabulary }),
    wake: process.turns.wake,
    onFault: sync => t.fail(`${sync} cannot be judged`),
    onError: error => t.fail(String(error)),
    tickMs: 20,
  });
  t.teardown(() => freeing.stop());
  // what comes meanwhile, for dossiers that are being freed and for new ones, is taken and delivered
  for (let n = 0; n < 20; n++) {
    await process.accept(
      submitted(`N-${n}`, { summary: `N-${n}/0` }),
      updated(`H-${n * 50}`, { summary: `H-${n * 50}/2` }),
    );
  }
  const delivered = FREED + FREED / NEWS + 40;
  await eventually(async () => (await rig.states()).delivered === delivered, 120_000);
  t.match(await rig.states(), { parked: PARKED - FREED, open: (PARKED - FREED) / NEWS });

  t.equal(new Set(target.effects).size, target.effects.length, 'nothing twice');
  const last = new Map<string, number>();
  let outOfOrder = 0;
  for (const effect of target.effects) {
    const [code = '', place] = effect.split('/');
    if (Number(place) < (last.get(code) ?? 0)) outOfOrder++;
    last.set(code, Number(place));
  }
  t.equal(outOfOrder, 0);
  const { rows } = await database.people.query<{ n: number }>(
    "SELECT sum(jsonb_array_length(after->'freed'))::int AS n FROM audit WHERE act = 'sync.free'",
  );
  t.same(rows, [{ n: FREED }], 'each of them stands in the audit');
});
