/** `/v1/authority`: people's entries beside the files', who may do what on a day, and the second person's confirmation. */
import { test } from 'tap';
import { deskRig } from '../support/desk-rig.ts';
import { submitted } from '../support/ledger-rig.ts';

const entry = {
  procedure: '1.013225',
  act: 'decide',
  level: 'province',
  by: 'giam-doc-so',
  basis: 'Quyết định 99/QĐ-UBND',
  certainty: 'high',
  from: '2026-01-01',
  reason: 'theo quyết định của tỉnh',
};

test('the list shows what the files say, and who may do what on a day', async t => {
  const rig = await deskRig(t);
  const dispute = (await rig.get('/v1/authority?procedure=1.012805&at=2026-01-01')).json();
  t.match(
    dispute.items.filter((item: { act: string }) => item.act === 'decide'),
    [{ origin: 'mappings', procedure: '1.012805', level: 'province', by: 'chu-tich-tinh', certainty: 'high' }],
  );
  t.match(dispute.who, {
    decide: [{ level: 'province', basis: /2228/, source: /2228/, from: '2025-06-30T17:00:00.000Z', explicit: true }],
    receive: [{ level: 'commune', basis: /118\/2025/ }],
    sign: [],
  });
  const before = (await rig.get('/v1/authority?procedure=1.013225&at=2025-06-30')).json();
  t.same(before.items, [], 'nothing written holds on that day');
  t.match(before.who.decide, [{ level: 'district', origin: 'catalogue', explicit: false }]);
  const both = (await rig.get('/v1/authority?procedure=1.011441&act=decide')).json();
  t.same(both.items.map((item: { level: string }) => item.level).sort(), ['commune', 'province']);
  const field = encodeURIComponent('Hộ tịch có yếu tố nước ngoài');
  const fields = (await rig.get(`/v1/authority?field=${field}`)).json();
  t.equal(fields.items.length, 9);
  t.equal((await rig.get('/v1/authority?level=galaxy')).statusCode, 400);
});

test('pages run through all entries once', async t => {
  const rig = await deskRig(t);
  await rig.post('/v1/authority', entry);
  const seen: string[] = [];
  for (let next: string | null = ''; next !== null; ) {
    const url: string = `/v1/authority?limit=40${next === '' ? '' : `&cursor=${encodeURIComponent(next)}`}`;
    const page: { items: { id: string; procedure?: string }[]; next: string | null } = (await rig.get(url)).json();
    seen.push(...page.items.map(item => `${item.id} ${item.procedure ?? ''}`));
    next = page.next;
  }
  const whole = (await rig.get('/v1/authority?limit=200')).json();
  t.equal(whole.next, null);
  t.equal(new Set(seen).size, seen.length);
  t.equal(seen.length, whole.items.length);
});

test('a second person confirms, with audit; whoever entered it cannot', async t => {
  const rig = await deskRig(t);
  const entered = (await rig.post('/v1/authority', entry)).json();
  const who = async () => (await rig.get('/v1/authority?procedure=1.013225&at=2026-02-01')).json().who.decide;
  t.match(await who(), [{ level: 'province', tentative: true, entry: entered.id }]);
  const url = `/v1/authority/${entered.id}/confirm`;
  const reason = 'đã đối chiếu bản chính';
  t.match((await rig.post(url, { reason })).json(), { status: 403, type: /same-person/ });
  const preview = (await rig.postAsOther(url, { reason, dryRun: true })).json();
  t.match(preview, { dryRun: true, rehearsal: String });
  t.match(await who(), [{ tentative: true }], 'a preview changes nothing');
  const done = (await rig.postAsOther(url, { reason })).json();
  t.match(await who(), [
    { tentative: false, certainty: 'confirmed', confirmedBy: 'phap-che', confirmedOn: String, entry: done.id },
  ]);
  t.match((await rig.get('/v1/authority?procedure=1.013225&at=2026-02-01&act=decide')).json().items[0], {
    id: done.id,
    madeBy: 'admin',
    confirmedBy: 'phap-che',
  });
  t.equal((await rig.postAsOther(`/v1/authority/${done.id}/confirm`, { reason })).statusCode, 409);
  t.equal((await rig.postAsOther(url, { reason })).statusCode, 404, 'what was confirmed has taken its place');
  const audit = (await rig.get('/v1/audit?act=authority.confirm')).json();
  t.match(audit.items, [{ act: 'authority.confirm', who: 'phap-che', reason }]);
});

test('nobody can say that it was confirmed; what is not confirmed ends nothing that was', async t => {
  const rig = await deskRig(t);
  t.equal((await rig.post('/v1/authority', { ...entry, confirmedBy: 'ai đó' })).statusCode, 400);
  t.match((await rig.post('/v1/authority', { ...entry, procedure: undefined, field: 'Không có' })).json(), {
    status: 422,
    faults: [{ pointer: '/field', code: 'unknown-field' }],
  });
  const { id } = (await rig.post('/v1/authority', entry)).json();
  await rig.postAsOther(`/v1/authority/${id}/confirm`, { reason: 'đã đối chiếu' });
  await rig.post('/v1/authority', { ...entry, level: 'commune', from: '2026-06-01' });
  const held = (await rig.get('/v1/authority?procedure=1.013225&at=2026-07-01&act=decide')).json().items;
  t.match(
    held.filter((item: { origin: string }) => item.origin === 'person').map((item: { level: string }) => item.level),
    ['province', 'commune'],
  );
});

test('a dossier held for authority goes on once a second person confirms what was entered, as the preview said', async t => {
  const rig = await deskRig(t);
  const held = await rig.arrives(
    submitted('H19-9', { procedureCode: '1.012805', decidingAgency: { code: '26041', level: 'xã' } }),
  );
  t.equal(held.state, 'parked');
  const body = { ...entry, procedure: '1.012805', level: 'commune', from: '2025-07-01' };
  const alone = (await rig.post('/v1/authority', { ...body, dryRun: true })).json();
  t.match(alone, { counts: { waiting: 1, goes: 0 }, warnings: [{ code: 'awaits-confirmation' }] });
  const saved = (await rig.post('/v1/authority', body)).json();
  t.match(saved, { counts: { done: 0 }, freed: [] });
  t.equal((await rig.row(held.id)).state, 'parked', 'one person lifts nothing that is certain');
  const url = `/v1/authority/${saved.id}/confirm`;
  const preview = (await rig.postAsOther(url, { reason: 'đã đối chiếu', dryRun: true })).json();
  t.match(preview.counts, { goes: 1, byUnit: [{ unit: '26041', count: 1 }] });
  t.match(preview.items, [{ id: held.id, cause: 'no-authority' }]);
  const done = (await rig.postAsOther(url, { reason: 'đã đối chiếu', rehearsal: preview.rehearsal })).json();
  t.match(done, { counts: { counted: 1, done: 1, changed: 0 }, freed: [{ id: held.id }] });
  t.equal((await rig.row(held.id)).state, 'open');
});
