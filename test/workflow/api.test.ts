/** The clocks through the API, on a real ledger: what accepted events move, and the list of what is nearly late. */
import { test } from 'tap';
import type { JsonObject } from '../../src/domain/words.ts';
import { learnMoves } from '../../src/ledger/workflow.ts';
import { at, event, filed, rigAt, status, step, TEN_DAYS, UNIT } from './support.ts';

test('a dossier through 2, 4, 5, 4, 9, 10 over a weekend and Tết', async t => {
  const rig = await rigAt(t, '2026-02-23T10:00');
  await rig.accept(filed('H-1', '2026-02-12T08:00'));
  await rig.accept(status('H-1', '2026-02-12T14:00', '4'), status('H-1', '2026-02-13T09:00', '5'));
  const workflow = async () => (await rig.get('/v1/dossiers/H-1')).json().workflow;
  t.match(await workflow(), {
    state: 'paused',
    step: 2,
    lateness: 'in-time',
    usedHours: 8.5,
    pauses: [{ reason: 'supplement', clockStops: true, to: null }],
    steps: [
      { step: 1, name: { vi: 'Tiếp nhận' }, state: 'done', usedHours: 4 },
      { step: 2, state: 'paused', usedHours: 4.5 },
      { step: 3, state: 'not-begun' },
    ],
    timeLimit: { value: 10, unit: 'workingDays', certainty: String, source: [String] },
  });
  await rig.accept(status('H-1', '2026-02-24T09:00', '4'));
  rig.now('2026-02-25T11:30');
  t.match(await workflow(), {
    state: 'running',
    usedHours: 18.5,
    pausedHours: 15,
    due: { from: 'limit', at: '2026-03-09T10:00:00.000Z' },
  });
  await rig.accept(status('H-1', '2026-02-26T10:00', '9'));
  await rig.accept(status('H-1', '2026-02-27T08:00', '10'));
  const done = await workflow();
  t.match(done, {
    state: 'closed',
    step: null,
    usedHours: 24.5,
    settledAt: '2026-02-26T03:00:00.000Z',
    lateness: 'in-time',
  });
  t.same((await rig.get('/v1/workflow')).json().items, [], 'what is settled is in no list');
});

test('only what moves leaves a row, and no personal data', async t => {
  const rig = await rigAt(t, '2026-11-25T10:00');
  const moves = async (): Promise<{ move: JsonObject }[]> =>
    (await rig.database.people.query('SELECT move FROM workflow_moves ORDER BY event')).rows;
  await rig.accept(filed('H-1', '2026-11-23T08:00'));
  t.equal((await moves()).length, 1);
  await rig.accept(event('dossier.updated', 'H-1', at('2026-11-23T08:10'), { summary: 'Khai sinh' }));
  await rig.accept(filed('H-1', '2026-11-23T08:00', { summary: 'Khai sinh cho con' }));
  t.equal((await moves()).length, 1, 'news that move nothing');
  const four = status('H-1', '2026-11-23T09:00', '4');
  await rig.accept(four);
  await rig.accept(four);
  await rig.accept({ ...status('H-1', '2026-11-23T09:00', '4'), source: 'portal' });
  t.equal((await moves()).length, 2, 'neither duplicate, nor echo, nor what another reports');
  await rig.accept(
    step('H-1', '2026-11-23T09:00', '2026-11-23T10:00', 'Ông Lê Văn Dân, 0987654321: thẩm định', {
      post: 'Chuyên viên',
    }),
  );
  await rig.accept(event('dossier.updated', 'H-1', at('2026-11-23T10:10'), { dueAt: at('2026-12-10T17:00') }));
  const all = await moves();
  t.equal(all.length, 4);
  t.notMatch(JSON.stringify(all), /Nguyễn|Lê Văn|Trần Văn|09\d{8}/, 'no names, no numbers');
  t.match((await rig.get('/v1/dossiers/H-1')).json().workflow, {
    printedDue: '2026-12-10T10:00:00.000Z',
    due: { from: 'given' },
    steps: [{}, { state: 'running' }, {}],
  });
});

test('many events of one dossier in one commit, told out of their order', async t => {
  const rig = await rigAt(t, '2026-11-13T09:00');
  await rig.accept(
    filed('H-1', '2026-11-02T08:00'),
    filed('H-2', '2026-11-02T08:00'),
    status('H-1', '2026-11-03T08:00', '9'),
    status('H-1', '2026-11-02T09:00', '4'),
    status('H-2', '2026-11-02T09:00', '4'),
  );
  t.match((await rig.get('/v1/dossiers/H-1')).json().workflow, { state: 'settled' });
  const { items } = (await rig.get('/v1/workflow')).json();
  t.same(
    items.map(({ code }: { code: string }) => code),
    ['H-2'],
    'what comes late does not open it again',
  );
});

test('a unit and a status that nobody knew are learnt once they are answered', async t => {
  const rig = await rigAt(t, '2026-11-25T10:00');
  const [first] = await rig.accept(filed('H-1', '2026-11-02T08:00', { unitCode: '26449' }));
  const row = async (): Promise<JsonObject> =>
    (await rig.database.people.query('SELECT unit, procedure, national, settled_at FROM workflow')).rows[0];
  t.match(await row(), { unit: null, national: '2', settled_at: null });
  const resolved = await rig.post(`/v1/syncs/${first?.syncs[0]?.id}/resolve`, {
    unitCode: '26359',
    remember: 'dossier',
    reason: 'thuộc phường này',
  });
  t.equal(resolved.statusCode, 200, resolved.body);
  t.match(await row(), { unit: '26359', procedure: TEN_DAYS, settled_at: null });
  const strange = status('H-1', '2026-11-03T08:00', 'la-lung', { statusList: 'xa-3b' });
  const [told] = await rig.accept(strange);
  t.match((await rig.get('/v1/dossiers/H-1')).json().workflow, { step: 1, settledAt: null });
  const { rows } = await rig.database.people.query('SELECT entity FROM workflow');
  await learnMoves(rig.database.people as never, [
    { entity: rows[0].entity, event: told?.eventId as string, national: '9' },
  ]);
  t.match((await rig.get('/v1/dossiers/H-1')).json().workflow, {
    state: 'settled',
    settledAt: '2026-11-03T01:00:00.000Z',
  });
  t.match(await row(), { national: '9', settled_at: Date });
});

test('nearly late and late, soonest first, by unit and step', async t => {
  const rig = await rigAt(t, '2026-11-10T09:00');
  await rig.accept(filed('A', '2026-11-02T08:00'), status('A', '2026-11-02T09:00', '4'));
  await rig.accept(filed('B', '2026-10-12T08:00'), status('B', '2026-10-12T09:00', '4'));
  await rig.accept(filed('C', '2026-10-12T08:00', { unitCode: '26068' }));
  await rig.accept(filed('D', '2026-10-12T08:00'), status('D', '2026-10-13T08:00', '5'));
  await rig.accept(
    event(
      'dossier.submitted',
      'E',
      at('2026-11-09T08:00'),
      {
        status: '1',
        channel: 'online',
        applicant: { kind: 'citizen', name: 'Lý Thị Sen' },
        submittedAt: at('2026-11-09T08:00'),
      },
      'portal',
    ),
  );
  const list = async (more = '') => (await rig.get(`/v1/workflow${more}`)).json();
  const codes = ({ items }: { items: { code: string }[] }): string[] => items.map(({ code }) => code);
  t.same(codes(await list()), ['B', 'C', 'E'], 'A is in time, D stands still');
  t.match((await list()).items, [
    {
      code: 'B',
      lateness: 'late',
      step: 2,
      due: { from: 'limit' },
      certainty: String,
      unit: { code: UNIT, name: String },
    },
    { code: 'C', lateness: 'late', step: 1 },
    { code: 'E', lateness: 'late', step: 1, due: { from: 'answer' } },
  ]);
  rig.now('2026-11-13T09:00');
  t.match(await list('?lateness=nearly-late'), { items: [{ code: 'A', lateness: 'nearly-late' }], truncated: false });
  t.same(codes(await list('?unit=26068')), ['C']);
  t.same(codes(await list('?step=2')), ['B', 'A']);
  t.match((await list(`?unit=${UNIT}`)).groups, [
    { unit: { code: UNIT }, step: 2, late: 1, nearlyLate: 1 },
    { step: 1, stepName: { en: 'Receive' }, late: 1, nearlyLate: 0 },
  ]);
  const first = await list('?limit=2');
  t.same(codes(first), ['B', 'C']);
  t.same(codes(await list(`?limit=2&cursor=${encodeURIComponent(first.next)}`)), ['E', 'A']);
  t.equal((await rig.get('/v1/workflow?step=4')).statusCode, 400);
});
