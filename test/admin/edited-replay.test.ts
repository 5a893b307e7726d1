/** Replay with edited data over HTTP: what is refused, previewed, stored, shown and audited. */
import t, { test } from 'tap';
import type { JsonObject } from '../../src/domain/words.ts';
import { createEventChecker } from '../../src/http/event-checks.ts';
import { judgeEdit, replayEdited } from '../../src/sets/replay-edited.ts';
import { record, submitted, systems, TRAN_BIEN, updated } from '../support/ledger-rig.ts';
import { NO_DESK } from '../support/no-desk.ts';
import { peopleRig } from '../support/people-rig.ts';

const why = { reason: 'nguồn báo sai họ tên' };
const SUCCESSOR = '26446';
// one commune system for two units: an edit may take a sync's target away
const served = systems.map(system => (system.id === 'commune' ? { ...system, units: [TRAN_BIEN, SUCCESSOR] } : system));
const rig = await peopleRig(t, { systems: served });

const idOf = (accepted: { syncs: { id: string }[] }[]): string => accepted[0]?.syncs[0]?.id as string;
const edit = (id: string, data: JsonObject, more: object = {}) =>
  rig.post(`/v1/syncs/${id}/replay`, { ...why, data, ...more });
const stored = async (): Promise<number> =>
  (await rig.database.people.query<{ n: number }>('SELECT count(*)::int AS n FROM payloads')).rows[0]?.n as number;
const wokenSince = (count: number) => rig.woken.slice(count);

async function failed(code: string): Promise<string> {
  const id = idOf(await rig.accept(submitted(code)));
  await rig.deliver('commune', 'target-rejected');
  return id;
}

test('an edit goes from its place as a second revision, under a key of its own, and a later one as the third', async t => {
  const id = await failed('H-1');
  const calls = rig.woken.length;
  const done = await edit(id, { applicant: { name: 'Nguyễn Thị Bê', phone: null } });
  t.match(done.json(), {
    revision: 2,
    place: 'kept',
    state: 'queued',
    idempotencyKey: `${id}.2`,
    routing: { unit: TRAN_BIEN, targets: ['commune'] },
    differences: [
      { pointer: '/data/applicant/name', before: 'Nguyễn Thị Bé', after: 'Nguyễn Thị Bê' },
      { pointer: '/data/applicant/phone', before: '***678', after: null },
    ],
    translation: { event: { data: { applicant: { name: 'Nguyễn Thị Bê', identityNumber: '***234' } } } },
    freed: [{ id, target: 'commune' }],
    dryRun: false,
  });
  t.same(wokenSince(calls), [{ target: 'commune', home: TRAN_BIEN }]);
  t.match(await rig.row(id), { state: 'open', revision: 2, series: 2, send_no: 2 });
  const { token, syncs } = await rig.claim('commune');
  const sent = JSON.parse(Buffer.from(syncs[0]?.body ?? '', 'base64').toString());
  t.match(sent.event.data, { applicant: { name: 'Nguyễn Thị Bê', identityNumber: '075199001234' } });
  t.notOk(sent.event.data.applicant.phone);
  t.match((await edit(id, { summary: 'x' })).json(), { code: 'still-under-way' });
  await record(rig, token, syncs, 'target-rejected');
  t.match((await edit(id, { summary: 'Đăng ký lại khai sinh' })).json(), {
    revision: 3,
    idempotencyKey: `${id}.3`,
  });

  const shown = (await rig.get(`/v1/syncs/${id}`)).json();
  t.match(shown, {
    revision: 3,
    revisions: [
      { revision: 2, basedOn: 1, kind: 'edit', by: 'admin', reason: why.reason, at: /^\d{4}-/, differences: [{}, {}] },
      { revision: 3, basedOn: 2, differences: [{ pointer: '/data/summary', after: 'Đăng ký lại khai sinh' }] },
    ],
    event: { data: { applicant: { name: 'Nguyễn Thị Bê' } } },
  });
  t.match(
    shown.timeline.filter((entry: { what: string }) => entry.what === 'sync.edit'),
    [{ by: 'admin', detail: { reason: why.reason, revision: 2 } }, { detail: { revision: 3 } }],
  );
  const event = (await rig.get(`/v1/events/${shown.eventId}`)).json();
  t.match(JSON.stringify(event), /Nguyễn Thị Bé/, 'what came stays as it came');
});

test('the audit holds hashes and places, no values; the chain is whole', async t => {
  const id = await failed('H-2');
  await edit(id, { applicant: { identityNumber: '075199009999' } });
  const { items } = (await rig.get(`/v1/audit?subject=sync:${id}`)).json();
  t.match(items, [
    { act: 'sync.replay', after: { key: `${id}.2` } },
    {
      act: 'sync.edit',
      who: 'admin',
      reason: why.reason,
      before: { revision: 1, hash: /^[0-9a-f]{64}$/ },
      after: { revision: 2, hash: /^[0-9a-f]{64}$/, pointers: ['/data/applicant/identityNumber'] },
    },
  ]);
  t.not(items[1].before.hash, items[1].after.hash);
  t.notMatch(JSON.stringify(items), /07519900/);
  t.match((await rig.get('/v1/audit/verify')).json(), { ok: true });
  const shown = JSON.stringify((await rig.get(`/v1/syncs/${id}`)).json());
  t.notMatch(shown, /07519900|0912345678/);
});

test('a preview shows differences, routing and translation and keeps nothing', async t => {
  const id = await failed('H-3');
  const before = [await stored(), await rig.row(id), rig.woken.length];
  const preview = (await edit(id, { summary: 'Khác' }, { dryRun: true })).json();
  t.match(preview, {
    dryRun: true,
    revision: 2,
    differences: [{ pointer: '/data/summary', after: 'Khác' }],
    routing: { unit: TRAN_BIEN, procedure: '1.001193', targets: ['commune'] },
    translation: { operation: 'PUT', message: { summary: 'Khác' } },
  });
  t.same([await stored(), await rig.row(id), rig.woken.length], before);
  const held = (await edit(id, { unitCode: '26449' }, { dryRun: true })).json();
  t.match(
    held.translation.blocked,
    { cause: 'ambiguous-unit', pointer: '/data/unitCode' },
    'a preview shows what would hold it',
  );
});

test('what is wrong is named, and nothing is kept', async t => {
  const id = await failed('H-4');
  const before = [await stored(), await rig.row(id), rig.woken.length];
  const bad: [JsonObject, string, string][] = [
    [{ applicant: { name: 7 } }, 'invalid-event', '/data/applicant/name'],
    [{ status: '77' }, 'invalid-event', '/data/status'],
    [{ procedureCode: null }, 'invalid-event', '/data'],
    [{ dossierCode: 'H-99' }, 'other-entity', '/data/dossierCode'],
    [{ codes: [{ system: 'portal', code: 'H-99', kind: 'local' }] }, 'other-entity', '/data/codes'],
    [{ applicant: { identityNumber: '***234' } }, 'masked-value', '/data/applicant/identityNumber'],
    [{ summary: 'Đăng ký khai sinh, gọi 0912345678' }, 'nothing-changed', '/data'],
    [{ unitCode: '26449' }, 'edit-does-not-go', '/data/unitCode'],
  ];
  for (const [data, code, pointer] of bad) {
    const answer = await edit(id, data);
    t.equal(answer.statusCode, 422, JSON.stringify(data));
    t.match(answer.json(), { code, faults: [{ pointer: new RegExp(`^${pointer}`) }] }, JSON.stringify(answer.json()));
  }
  t.equal((await edit(id, {})).statusCode, 400);
  t.equal((await edit('018f0000-0000-7000-8000-000000000000', { summary: 'x' })).statusCode, 404);
  t.same([await stored(), await rig.row(id), rig.woken.length], before);
});

test('an edit that moves the unit moves the sync with it, but not away from its target', async t => {
  const id = await failed('H-5');
  t.match((await edit(id, { unitCode: SUCCESSOR })).json(), { routing: { unit: SUCCESSOR } });
  t.match(await rig.row(id), { unit: SUCCESSOR, revision: 2 });
  const lost = await edit(await failed('H-12'), { unitCode: '26380' });
  t.match([lost.statusCode, lost.json()], [422, { code: 'wrong-target', targets: [] }]);
});

test('a delivered one goes edited to the tail, over a younger one only when confirmed', async t => {
  const id = idOf(await rig.accept(submitted('H-20')));
  const younger = idOf(await rig.accept(updated('H-20', { summary: 'hai' })));
  await rig.deliver('commune');
  t.match((await edit(id, { summary: 'ba' })).json(), { code: 'younger-delivered', younger: [younger] });
  t.match(await rig.row(id), { revision: 1, state: 'delivered' });
  t.match((await edit(id, { summary: 'ba' }, { confirmStale: true })).json(), { place: 'tail', revision: 2 });
});

test('what the target was told by an edit is its echo, not news, and what the source says stays', async t => {
  const id = await failed('H-6');
  await edit(id, { summary: 'Đăng ký lại' });
  await rig.deliver('commune');
  const back = { ...updated('H-6', { summary: 'Đăng ký lại' }), source: 'commune' };
  const [accepted] = await rig.accept(back);
  t.same(accepted?.syncs, [], 'it came back and goes nowhere');
  const [corrected] = await rig.accept(updated('H-6', { summary: 'Đăng ký lại, lần hai' }));
  t.equal(corrected?.syncs.length, 1, 'what the source says next goes on');
});

test("an edit is the one sync's alone: the event sent to another target goes as it came", async t => {
  const id = await failed('H-7');
  const { eventId } = (await rig.get(`/v1/syncs/${id}`)).json();
  await edit(id, { summary: 'chỉ cho xã' });
  const again = (await rig.post(`/v1/events/${eventId}/replay`, { target: 'documents', reason: 'lưu hồ sơ' })).json();
  const [other] = again.syncs as { id: string }[];
  t.match(await rig.row(other?.id as string), { target: 'documents', revision: 1 });
  t.match((await rig.get(`/v1/syncs/${other?.id}`)).json(), {
    revisions: [],
    event: { data: { summary: /khai sinh/ } },
  });
});

test('two edits at once: one is carried out, the other is told', async t => {
  const id = await failed('H-8');
  const answers = await Promise.all([edit(id, { summary: 'một' }), edit(id, { summary: 'hai' })]);
  t.same(answers.map(answer => answer.statusCode).sort(), [200, 409]);
  t.match(await rig.row(id), { revision: 2, series: 2 });
  t.equal((await rig.get(`/v1/syncs/${id}`)).json().revisions.length, 1);
});

test('an edit of what was edited and delivered meanwhile is told so', async t => {
  const id = await failed('H-9');
  const context = {
    database: rig.database,
    targets: rig.targets,
    vocabulary: rig.keeper.current,
    releases: rig.releases,
    statusListOf: () => 'national',
    systems: served,
    checker: createEventChecker(),
    desk: () => ({ ...NO_DESK, vocabulary: rig.keeper.current().vocabulary }),
  };
  const judged = await judgeEdit(id, { summary: 'một' }, 'current', context);
  await edit(id, { summary: 'hai' });
  await rig.deliver('commune');
  const late = replayEdited(judged, true, context, { who: 'admin', reason: 'sửa muộn' }, false);
  await t.rejects(late, { code: 'changed-since', status: 409 });
  t.match(await rig.row(id), { revision: 2, state: 'delivered' });
});
