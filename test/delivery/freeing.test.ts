/** What waits for a mapping goes on by itself once the vocabulary has it, and only that. */
import { test } from 'tap';
import { startFreeing } from '../../src/delivery/freeing.ts';
import { vocabularyOf } from '../../src/translation/release.ts';
import { eventually } from '../support/eventually.ts';
import { ledgerRig, submitted, TRAN_BIEN, updated } from '../support/ledger-rig.ts';
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

test('a change of the vocabulary frees what waited for it, in the order of the lane', async t => {
  const rig = await ledgerRig(t);
  const syncOf = async (...events: Parameters<typeof rig.accept>): Promise<string> =>
    (await rig.accept(...events))[0]?.syncs[0]?.id as string;
  const first = await syncOf(submitted('H-1', { procedureCode: '9.999901' }));
  const behind = await syncOf(updated('H-1', { summary: 'sau' }));
  const other = await syncOf(submitted('H-2', { procedureCode: '9.999902' }));
  const woken: unknown[] = [];
  let inForce = vocabulary;
  let rounds = 0;
  const freeing = startFreeing({
    database: rig.database,
    targets: rig.targets,
    statusListOf: () => {
      rounds += 1;
      return 'national';
    },
    vocabulary: () => ({ vocabulary: inForce }),
    wake: homes => woken.push(...homes),
    onError: error => t.fail(String(error)),
    delayMs: 1,
  });
  t.teardown(() => freeing.stop());
  await eventually(async () => rounds > 0);
  t.match(await rig.row(first), { state: 'parked' });
  inForce = withAlias;
  freeing.changed();
  await eventually(async () => (await rig.row(first)).state === 'open');
  await freeing.stop();
  t.match(await rig.row(first), { state: 'open', cause: null, procedure: '1.001193' });
  t.match(await rig.row(other), { state: 'parked', cause: 'unknown-procedure' });
  t.same(woken, [{ target: 'commune', home: TRAN_BIEN }]);
  // a lane whose head was parked from the beginning is due once, to be found blocked
  t.same(
    (await rig.deliver('commune')).filter(id => id !== other),
    [first, behind],
  );
  const { rows } = await rig.database.people.query("SELECT who, act FROM audit WHERE act = 'sync.free'");
  t.same(rows, [{ who: 'gateway', act: 'sync.free' }]);
});
