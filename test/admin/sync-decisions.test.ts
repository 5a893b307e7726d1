/** What is held at the desk is answered: delivered all the same, refused, returned, or sent by another seat; the rest is judged as ever. */
import { test } from 'tap';
import type { FactBodies, FactKind } from '../../src/facts/fact.ts';
import { changeFacts, readFacts } from '../../src/ledger/facts.ts';
import { asNew, fact } from '../facts/support.ts';
import { submitted, TRAN_BIEN } from '../support/ledger-rig.ts';
import { type PeopleRig, peopleRig } from '../support/people-rig.ts';

const reason = 'theo ý kiến lãnh đạo';

async function rigWith(t: Parameters<typeof peopleRig>[0], ...facts: ReturnType<typeof fact>[]) {
  const rig = await peopleRig(t);
  await changeFacts(rig.database.people as never, { put: facts.map(asNew) });
  rig.desk.facts = await readFacts(rig.database.people);
  return rig;
}
const of = <K extends FactKind>(kind: K, body: FactBodies[K], key: string) =>
  fact(kind, TRAN_BIEN, body, '2025-07-01', null, key);
const off = of('unit-mode', { mode: 'off', openDossiers: 'stay' }, TRAN_BIEN);
const rights = of('unit-list', { what: 'rights', confirmedBy: 'A' }, `${TRAN_BIEN}|rights`);
const seatOf = (post: string, officer: string) => {
  const seat = `${TRAN_BIEN}/${post}`;
  return [
    of('seat', { seat, post }, seat),
    of('officer', { id: officer, name: officer }, officer),
    of('holding', { officer, seat }, `${officer}@${seat}`),
  ];
};
const may = (post: string) =>
  (['legal', 'account'] as const).map(layer =>
    of('right', { seat: `${TRAN_BIEN}/${post}`, right: 'approve', layer }, `${post}|${layer}`),
  );
const asked = (id: string, post?: string) => ({
  ...submitted('H-1'),
  id,
  source: 'commune',
  type: 'approval.requested' as const,
  data: {
    about: { dossierCode: 'H-1' },
    dossierCode: 'H-1',
    unitCode: TRAN_BIEN,
    requestId: id,
    act: 'approve',
    ...(post === undefined ? {} : { post }),
  },
});
const resolve = async (rig: PeopleRig, id: string, body: object) =>
  rig.post(`/v1/syncs/${id}/resolve`, { remember: 'no', reason, ...body });
const toDocuments = (accepted: Awaited<ReturnType<PeopleRig['accept']>>): string =>
  accepted[0]?.syncs.find(sync => sync.target === 'documents')?.id as string;

test('a unit that is off: delivered as a trial, by decision, with a warning that names who decided', async t => {
  const rig = await rigWith(t, off);
  const id = (await rig.accept(submitted('H-1')))[0]?.syncs[0]?.id as string;
  t.match(await rig.row(id), { state: 'parked', cause: 'unit-off' });
  t.match((await resolve(rig, id, { decision: 'deliver', dryRun: true })).json(), { state: 'queued', dryRun: true });
  t.match(await rig.row(id), { state: 'parked', revision: 1 }, 'a preview changes nothing');
  const done = await resolve(rig, id, { decision: 'deliver' });
  t.match(done.json(), { state: 'queued', freed: [{ id, target: 'commune' }] }, done.body);
  t.match(await rig.row(id), { state: 'open', mode: 'trial', cause: null });
  t.same(rig.woken, [{ id, target: 'commune', home: TRAN_BIEN }]);
  const sync = (await rig.get(`/v1/syncs/${id}`)).json();
  t.match(sync.warnings, [{ cause: 'unit-off', text: { vi: /theo quyết định của admin/ }, remedy: { vi: String } }]);
  t.match((await rig.get(`/v1/events/${sync.eventId}`)).json().warnings, [{ cause: 'unit-off', target: 'commune' }]);
  t.match((await rig.get('/v1/causes')).json(), {
    items: [],
    warned: [{ cause: 'unit-off', count: 1, units: [{ unit: TRAN_BIEN, count: 1 }] }],
  });
  const acts = (await rig.get(`/v1/audit?subject=sync:${id}`)).json().items;
  t.match(acts, [
    { act: 'sync.free', who: 'admin' },
    { act: 'sync.resolve', reason, before: { cause: 'unit-off' }, after: { decision: 'deliver' } },
  ]);
});

test('refused or returned: dropped, with the decision in the audit', async t => {
  const rig = await rigWith(t, off);
  for (const decision of ['refuse', 'return']) {
    const id = (await rig.accept(submitted(`H-${decision}`)))[0]?.syncs[0]?.id as string;
    t.match((await resolve(rig, id, { decision })).json(), { state: 'cancelled', decision });
    t.match(await rig.row(id), { state: 'cancelled' });
    t.match((await rig.get(`/v1/audit?subject=sync:${id}`)).json().items, [{ after: { decision } }]);
    t.match(await resolve(rig, id, { decision }), { statusCode: 409 });
  }
});

test('a missing right: another seat that may, an officer by his seat; one that may not is refused with what it lacks', async t => {
  const rig = await rigWith(
    t,
    rights,
    ...seatOf('chu-tich', 'cb-1'),
    ...seatOf('pho-chu-tich', 'cb-2'),
    ...may('pho-chu-tich'),
  );
  const one = toDocuments(await rig.accept(asked('r-1', 'chu-tich')));
  t.match(await rig.row(one), { state: 'parked', cause: 'missing-right' });
  const wrong: [object, number, string][] = [
    [{ seat: `${TRAN_BIEN}/chu-tich` }, 422, 'unknown-seat'],
    [{ seat: `${TRAN_BIEN}/van-thu` }, 422, 'unknown-seat'],
    [{ officerId: 'nobody' }, 422, 'unknown-seat'],
    [{ unitCode: TRAN_BIEN }, 422, 'not-answerable'],
    [{ decision: 'perhaps' }, 400, 'invalid-request'],
    [{ decision: 'deliver', seat: 'x' }, 400, 'invalid-request'],
    [{ decision: 'deliver', remember: 'dossier' }, 422, 'not-learnable'],
  ];
  for (const [body, status, code] of wrong) {
    const answer = await resolve(rig, one, body);
    t.match([answer.statusCode, answer.json().code], [status, code], JSON.stringify(body));
  }
  t.match((await resolve(rig, one, { seat: `${TRAN_BIEN}/pho-chu-tich` })).json(), {
    state: 'queued',
    answers: [{ pointer: '/data/post', from: 'chu-tich', to: 'pho-chu-tich' }],
  });
  t.match(await rig.row(one), { state: 'open' });
  const other = toDocuments(await rig.accept({ ...asked('r-2', 'chu-tich'), subject: 'H-2' }));
  t.match((await resolve(rig, other, { officerId: 'cb-2' })).json(), { state: 'queued' });
});

test('a seat that lacks the right too is refused; the decision to deliver passes', async t => {
  const rig = await rigWith(t, rights, ...seatOf('chu-tich', 'cb-1'), ...seatOf('pho-chu-tich', 'cb-2'));
  const id = toDocuments(await rig.accept(asked('r-1', 'chu-tich')));
  const refused = await resolve(rig, id, { seat: `${TRAN_BIEN}/pho-chu-tich` });
  t.match(refused.json(), { status: 422, code: 'seat-may-not', missing: Array });
  t.match(await rig.row(id), { state: 'parked', revision: 1 });
  t.match((await resolve(rig, id, { decision: 'deliver' })).json(), { state: 'queued' });
});

test('who decides about one cause has not decided about the next', async t => {
  const rig = await rigWith(t, off, rights, ...seatOf('chu-tich', 'cb-1'));
  const id = toDocuments(await rig.accept(asked('r-1')));
  t.match(await rig.row(id), { state: 'parked', cause: 'unit-off' });
  t.match((await resolve(rig, id, { decision: 'deliver' })).json(), {
    state: 'parked',
    cause: 'missing-right',
    freed: [],
  });
  t.match(await rig.row(id), { state: 'parked', cause: 'missing-right' });
  t.match((await resolve(rig, id, { decision: 'deliver' })).json(), { state: 'queued', freed: [{ id }] });
  t.match(await rig.row(id), { state: 'open', mode: 'trial' });
});

test('sent under a procedure of another level: answered by the procedure that is meant, one of the nearest', async t => {
  const complete = { what: 'authority', confirmedBy: 'A' } as const;
  const rig = await rigWith(t, fact('unit-list', '26248', complete, '2025-07-01', null, '26248|authority'));
  const decidingAgency = { code: '26248', level: 'xã' };
  const sent = { procedureCode: '1.012805', unitCode: '26248', decidingAgency };
  const id = (await rig.accept(submitted('H-1', sent)))[0]?.syncs[0]?.id as string;
  t.match(await rig.row(id), { state: 'parked', cause: 'no-authority' });
  const { reason: held } = (await rig.get(`/v1/syncs/${id}`)).json();
  t.ok(
    held.candidates.some((one: { code: string }) => one.code === '1.013967'),
    'offered',
  );
  t.match((await resolve(rig, id, { procedureCode: '1.012805' })).json(), {
    status: 422,
    code: 'answer-does-not-help',
  });
  t.match((await resolve(rig, id, { procedureCode: '1.013967', remember: 'all' })).json(), { code: 'not-learnable' });
  const done = await resolve(rig, id, { procedureCode: '1.013967' });
  t.match(
    done.json(),
    { state: 'queued', answers: [{ from: '1.012805', to: '1.013967' }], freed: [{ id }] },
    done.body,
  );
  t.match(await rig.row(id), { state: 'open', procedure: '1.013967', cause: null });
});

test('one answer for all that is held for the same reason: rehearsed, then exactly that set', async t => {
  const rig = await rigWith(t, off);
  const ids = (await rig.accept(submitted('H-1'), submitted('H-2'), submitted('H-3'))).map(
    one => one.syncs[0]?.id as string,
  );
  const answer = { decision: 'deliver' };
  const filter = { cause: 'unit-off', unit: TRAN_BIEN };
  for (const body of [{ filter, answer }, { filter, dryRun: true }, { answer, dryRun: true }, {}]) {
    t.equal((await rig.post('/v1/causes/resolve', { ...body, reason })).statusCode, 400, JSON.stringify(body));
  }
  const bad = await rig.post('/v1/causes/resolve', {
    filter: { cause: 'target-rejected' },
    answer,
    reason,
    dryRun: true,
  });
  t.match(bad.json(), { status: 400, faults: [{ pointer: '/filter/cause' }] });
  const shown = (await rig.post('/v1/causes/resolve', { filter, answer, reason, dryRun: true })).json();
  t.match(shown, { counts: { counted: 3, more: false, byUnit: [{ unit: TRAN_BIEN, count: 3 }] } });
  t.same(
    shown.items.map((item: { id: string }) => item.id),
    ids,
  );
  const [late] = await rig.accept(submitted('H-4'));
  await rig.post(`/v1/syncs/${ids[1]}/cancel`, { reason });
  const done = (await rig.post('/v1/causes/resolve', { rehearsal: shown.rehearsal, reason })).json();
  t.match(done, { counts: { counted: 3, done: 2, changed: 1, failed: 0 } });
  t.same(await Promise.all([...ids, late?.syncs[0]?.id as string].map(async id => (await rig.row(id)).state)), [
    'open',
    'cancelled',
    'open',
    'parked',
  ]);
  const again = await rig.post('/v1/causes/resolve', { rehearsal: shown.rehearsal, reason });
  t.match([again.statusCode, again.json().code], [409, 'rehearsal-used']);
});
