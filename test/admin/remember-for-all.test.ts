/** A choice for everyone made while answering one sync, and what becomes of a second choice for the same code. */
import { test } from 'tap';
import { deskRig } from '../support/desk-rig.ts';
import { submitted } from '../support/ledger-rig.ts';

const STRANGE = '1.0011930';
const BIRTH = '1.001193';
const DESK = '/v1/vocabulary/desk';
const accept = { kind: 'procedure', value: STRANGE, to: BIRTH, reason: 'hệ thống xã gõ thừa số 0' };

test('one code has one meaning; an earlier day widens it', async t => {
  const rig = await deskRig(t);
  const old = { ...submitted('H-1', { procedureCode: STRANGE }), time: '2025-08-05T08:00:00+07:00' };
  await rig.arrives(submitted('H-2', { procedureCode: STRANGE }));
  const first = (await rig.post(`${DESK}/accept`, accept)).json();
  t.match(await rig.arrives(old), { state: 'parked' }, 'what came before the first day is not guessed at');
  const clash = await rig.post(`${DESK}/accept`, { ...accept, to: '1.000656' });
  t.match(clash.json(), { code: 'already-learnt', status: 409, entry: first.entry.id });
  const wider = (await rig.post(`${DESK}/accept`, accept)).json();
  t.match(wider, { entry: { entry: { validFrom: '2025-08-05' } }, freedCount: 1 });
  const states = (await rig.get(`${DESK}/entries`)).json().items.map((each: { state: string }) => each.state);
  t.same(states, ['proposed', 'withdrawn']);
});

test('resolve with remember "all" teaches everyone', async t => {
  const rig = await deskRig(t);
  const first = await rig.arrives(submitted('H-1', { procedureCode: STRANGE }));
  const neighbour = await rig.arrives(submitted('H-2', { procedureCode: `${STRANGE}` }));
  const body = { procedureCode: BIRTH, remember: 'all', reason: 'đã hỏi xã' };
  t.match((await rig.post(`/v1/syncs/${first.id}/resolve`, { ...body, dryRun: true })).json(), {
    freedCount: 2,
    release: null,
    dryRun: true,
  });
  t.match(await rig.row(first.id), { state: 'parked' });
  const done = (await rig.post(`/v1/syncs/${first.id}/resolve`, body)).json();
  t.match(done, {
    id: first.id,
    freed: [{ id: first.id }, { id: neighbour.id }],
    freedCount: 2,
    answers: [{ from: STRANGE, to: BIRTH }],
    remembered: true,
    learnt: { id: String, state: 'proposed' },
    state: 'queued',
  });
  t.match((await rig.get(`${DESK}/entries`)).json().items, [
    { id: done.learnt.id, sync: first.id, reason: 'đã hỏi xã' },
  ]);
  t.match((await rig.post(`/v1/syncs/${first.id}/resolve`, body)).json(), { code: 'not-parked' });
  const split = await rig.arrives(submitted('H-3', { unitCode: '26449' }));
  t.match(
    (await rig.post(`/v1/syncs/${split.id}/resolve`, { unitCode: '26446', remember: 'all', reason: 'địa chỉ' })).json(),
    {
      code: 'not-learnable',
    },
  );
  t.match(
    (
      await rig.post(`/v1/syncs/${split.id}/resolve`, { unitCode: '26446', remember: 'place', reason: 'địa chỉ' })
    ).json(),
    {
      code: 'no-hamlet',
    },
  );
});
