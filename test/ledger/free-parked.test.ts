/** What waits for a mapping, and how it goes on once there is one: only what still waits for the same, in order. */
import { test } from 'tap';
import { cancelSync } from '../../src/ledger/cancel.ts';
import { type Freeable, freeParked } from '../../src/ledger/free-parked.ts';
import { listUnmapped, listWaiting } from '../../src/ledger/term-desk.ts';
import { ledgerRig, submitted, TRAN_BIEN, updated } from '../support/ledger-rig.ts';

const lan = { who: 'lan', reason: 'đã hỏi xã' };

test('what waits is grouped by value and read with its payload', async t => {
  const rig = await ledgerRig(t);
  await rig.accept(submitted('H-1', { procedureCode: '9.999999' }), submitted('H-2', { procedureCode: '9.999999' }));
  await rig.accept(submitted('H-3', { unitCode: '26449' }), submitted('H-4'));
  t.match(await listUnmapped(rig.database), [
    { cause: 'unknown-procedure', value: '9.999999', list: null, source: 'portal', count: 2, units: [TRAN_BIEN] },
    { cause: 'ambiguous-unit', value: '26449', count: 1, units: [] },
  ]);
  const asked = { cause: 'unknown-procedure', value: '9.999999' } as const;
  const { items, next } = await listWaiting(rig.database, asked, 1);
  t.match(items, [
    { target: 'commune', pointer: '/data/procedureCode', payload: { event: { data: { dossierCode: 'H-1' } } } },
  ]);
  const rest = await listWaiting(rig.database, asked, 1, next);
  t.match(rest.items, [{ payload: { event: { data: { dossierCode: 'H-2' } } } }]);
  t.same(await listWaiting(rig.database, asked, 1, rest.next), { items: [], next: undefined });
});

test('only what is still parked for the same goes on, its lane in order, and the dossier learns', async t => {
  const rig = await ledgerRig(t);
  const strange = { procedureCode: '9.999999' };
  await rig.accept(submitted('H-1', strange), submitted('H-2', strange), submitted('H-3', strange));
  await rig.accept(updated('H-1', { summary: 'hai' }));
  const { items } = await listWaiting(rig.database, { cause: 'unknown-procedure', value: '9.999999' }, 10);
  const [first, dropped, changed] = items.map(
    ({ unit: _unit, ...item }): Freeable => ({ ...item, value: '9.999999', to: '1.001193', procedure: '1.001193' }),
  ) as [Freeable, Freeable, Freeable];
  await rig.deliver('commune');
  t.match(await rig.lane(first.sync), { blocked_by: first.sync, due: null });
  await cancelSync(rig.database, dropped.sync, { who: 'lan', reason: 'hồ sơ đã rút' }, false);
  const free = (dryRun: boolean) =>
    freeParked(rig.database, [first, dropped, { ...changed, value: '8.888888' }], 'learnt:x', lan, dryRun);
  t.match(await free(true), [{ id: first.sync }]);
  t.match(await rig.row(first.sync), { state: 'parked' });
  t.same(await free(false), [{ id: first.sync, target: 'commune', home: TRAN_BIEN }]);
  t.match(await rig.row(first.sync), { state: 'open', cause: null, procedure: '1.001193' });
  t.match(await rig.row(changed.sync), { state: 'parked' });
  t.same(await free(false), [], 'once');
  const [later] = await rig.accept(updated('H-1', { summary: 'ba' }));
  const sent = await rig.deliver('commune');
  t.equal(sent[0], first.sync, 'its place in the lane is kept');
  t.equal(sent.at(-1), later?.syncs[0]?.id);
  t.match(await rig.row(later?.syncs[0]?.id as string), { procedure: '1.001193' });
});

test('what the target says once it was freed is no news: it was told so', async t => {
  const rig = await ledgerRig(t);
  const [accepted] = await rig.accept(submitted('H-1', { procedureCode: '9.999999' }));
  const { items } = await listWaiting(rig.database, { cause: 'unknown-procedure', value: '9.999999' }, 10);
  const wanted = items.map(
    ({ unit: _unit, ...item }): Freeable => ({ ...item, value: '9.999999', to: '1.001193', procedure: '1.001193' }),
  );
  await freeParked(rig.database, wanted, 'learnt:x', lan, false);
  await rig.deliver('commune');
  const filed = submitted('H-1', { procedureCode: '1.001193' });
  const back = { ...filed, id: 'H-1-back', source: 'commune', data: { ...filed.data, statusList: 'national' } };
  t.match(await rig.accept(back), [{ echoOf: accepted?.eventId, syncs: [] }]);
});
