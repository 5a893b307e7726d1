/** Replay, cancel and resolve over HTTP: previews, refusals, what is answered, woken and audited. */
import { test } from 'tap';
import { submitted, TRAN_BIEN, updated } from '../support/ledger-rig.ts';
import { peopleRig } from '../support/people-rig.ts';

const idOf = (accepted: { syncs: { id: string }[] }[]): string => accepted[0]?.syncs[0]?.id as string;

test('a replay answers what it freed, wakes its home and stands in the audit', async t => {
  const rig = await peopleRig(t);
  const id = idOf(await rig.accept(submitted('H-1')));
  await rig.deliver('commune', 'target-rejected');
  const preview = await rig.post(`/v1/syncs/${id}/replay`, { reason: 'đã sửa', dryRun: true });
  t.match(preview.json(), { place: 'kept', dryRun: true });
  t.same(rig.woken, []);
  t.match(await rig.row(id), { state: 'failed' });
  const done = await rig.post(`/v1/syncs/${id}/replay`, { vocabulary: 'current', reason: 'đã sửa' });
  t.match(done.json(), { id, state: 'queued', series: 2, freed: [{ id, target: 'commune' }], dryRun: false });
  t.same(rig.woken, [{ target: 'commune', home: TRAN_BIEN }]);
  const audit = (await rig.get(`/v1/audit?subject=sync:${id}`)).json();
  t.match(audit.items, [
    { seq: 1, who: 'admin', act: 'sync.replay', reason: 'đã sửa', before: { state: 'failed' }, after: { series: 2 } },
  ]);
  t.match((await rig.get('/v1/audit/verify')).json(), { ok: true, checked: 1 });
});

test('a delivered one over a younger one needs a word', async t => {
  const rig = await peopleRig(t);
  const first = idOf(await rig.accept(submitted('H-1')));
  const second = idOf(await rig.accept(updated('H-1', { summary: 'hai' })));
  await rig.deliver('commune');
  const refused = await rig.post(`/v1/syncs/${first}/replay`, { reason: 'gửi lại' });
  t.match(refused, { statusCode: 409 });
  t.match(refused.json(), { type: 'urn:lienthong:problem:younger-delivered', younger: [second] });
  const done = await rig.post(`/v1/syncs/${first}/replay`, { reason: 'gửi lại', confirmStale: true });
  t.match(done.json(), { place: 'tail', idempotencyKey: `${first}.2` });
});

test('a parked sync is resolved once, with an answer that helps', async t => {
  const rig = await peopleRig(t);
  const id = idOf(await rig.accept(submitted('H-1', { unitCode: '26449' })));
  t.match((await rig.get(`/v1/syncs/${id}`)).json().reason, {
    pointer: '/data/unitCode',
    value: '26449',
    candidates: [{ code: '26359', name: /^Xã / }, { code: '26446' }],
  });
  const bad: [body: object, status: number, code: string][] = [
    [{ remember: 'no', reason: 'theo địa chỉ' }, 400, 'invalid-request'],
    [{ unitCode: '26446', procedureCode: 'x', remember: 'no', reason: 'theo địa chỉ' }, 400, 'invalid-request'],
    [{ unitCode: '26446', remember: 'no' }, 400, 'invalid-request'],
    [{ unitCode: '26446', remember: 'no', reason: '   ' }, 400, 'invalid-request'],
    [{ unitCode: '26446', remember: 'no', reason: 'theo địa chỉ', more: 1 }, 400, 'invalid-request'],
    [{ unitCode: '26446', remember: 'all', reason: 'theo địa chỉ' }, 422, 'not-learnable'],
    [{ unitCode: '26446', remember: 'place', reason: 'theo địa chỉ' }, 422, 'no-hamlet'],
    [{ unitCode: '26041', remember: 'no', reason: 'theo địa chỉ' }, 422, 'invalid-answer'],
    [{ statusCode: '4', remember: 'no', reason: 'theo địa chỉ' }, 422, 'wrong-answer'],
  ];
  for (const [body, status, code] of bad) {
    const answer = await rig.post(`/v1/syncs/${id}/resolve`, body);
    t.match([answer.statusCode, answer.json().code], [status, code], JSON.stringify(body));
  }
  const done = await rig.post(`/v1/syncs/${id}/resolve`, {
    unitCode: '26446',
    remember: 'dossier',
    reason: 'theo địa chỉ',
  });
  t.match(done.json(), { freed: [{ id }], remembered: true, answers: [{ to: '26446' }] });
  const translation = (await rig.get(`/v1/syncs/${id}/translation`)).json();
  t.match(translation, {
    event: { data: { unitCode: '26446' } },
    before: { data: { unitCode: '26449' } },
    marks: [],
    asSent: false,
    sentHash: null,
  });
  t.match(
    translation.trace.find((entry: { pointer: string }) => entry.pointer === '/data/unitCode'),
    { from: '26449', to: '26446', entry: 'answer:admin', source: 'theo địa chỉ' },
  );
  t.match(await rig.post(`/v1/syncs/${id}/resolve`, { unitCode: '26446', remember: 'no', reason: 'lần hai' }), {
    statusCode: 409,
  });
  t.match((await rig.get('/v1/causes')).json(), { items: [], next: null, warned: [] });
});

test('an answer that would park again at the same place is refused', async t => {
  const rig = await peopleRig(t);
  const event = updated('H-1', { status: 'la', statusList: 'xa-3b', at: '2026-01-01T08:00:00+07:00' });
  const id = idOf(await rig.accept({ ...event, type: 'dossier.status-changed' }));
  t.match(await rig.row(id), { state: 'parked', cause: 'unmapped-status' });
  const asks = (statusCode: string) =>
    rig.post(`/v1/syncs/${id}/resolve`, { statusCode, remember: 'no', reason: 'hỏi cán bộ' });
  const kept = await asks('xin-rut-cho-duyet');
  t.match([kept.statusCode, kept.json().code], [422, 'answer-does-not-help'], 'it keeps a number that is not known');
  t.match((await asks('la-lung')).json(), { code: 'invalid-answer', faults: [{ pointer: '/statusCode' }] });
  const national = await asks('4');
  t.match(national.json(), {
    answers: [
      { pointer: '/data/status', from: 'la', to: '4' },
      { pointer: '/data/statusList', from: 'xa-3b', to: 'national' },
    ],
  });
  t.match((await rig.get(`/v1/syncs/${id}/translation`)).json(), {
    event: { data: { statusList: 'xa-3b' } },
    hash: String,
  });
});

test('a translation says whether it is what was sent', async t => {
  const rig = await peopleRig(t);
  const id = idOf(await rig.accept(submitted('H-1')));
  const before = (await rig.get(`/v1/syncs/${id}/translation`)).json();
  t.match(before, { hash: /^[0-9a-f]{32}$/, asSent: false, operation: 'PUT' });
  await rig.deliver('commune');
  await rig.database.people.query("UPDATE syncs SET sent_hash = decode($2, 'hex') WHERE id = $1", [id, before.hash]);
  const after = (await rig.get(`/v1/syncs/${id}/translation`)).json();
  t.match(after, { asSent: true, sentHash: before.hash, vocabulary: before.vocabulary });
  t.notMatch(JSON.stringify(after), /075199001234|0912345678/);
});

test('a preview of a translation stores nothing', async t => {
  const rig = await peopleRig(t);
  const good = await rig.post('/v1/translate', { event: submitted('H-9'), target: 'commune' });
  t.match(good.json(), { event: { data: { plainTitle: String } }, hash: String, text: { vi: /BẢN CHÍNH THỨC/ } });
  t.notMatch(good.json().text.vi, /075199001234|0912345678/);
  t.equal((await rig.database.people.query('SELECT 1 FROM events')).rowCount, 0);
  t.match((await rig.post('/v1/translate', { event: submitted('H-9'), target: 'nowhere' })).json(), {
    code: 'invalid-request',
    faults: [{ pointer: '/target' }],
  });
  const bad = await rig.post('/v1/translate', { event: submitted('H-9', { status: 4 }), target: 'commune' });
  t.match(bad.json(), { status: 422, faults: [{ pointer: '/event/data/status' }] });
});
