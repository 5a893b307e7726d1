/** Units over the API: mode from a date on, the readiness board, lists that are confirmed, trial dossiers as people see them. */
import t from 'tap';
import type { JsonObject } from '../../src/domain/words.ts';
import { changeFacts } from '../../src/ledger/facts.ts';
import { asNew, fact } from '../facts/support.ts';
import { submitted, TRAN_BIEN } from '../support/ledger-rig.ts';
import { ADMIN, peopleRig } from '../support/people-rig.ts';

const REASON = 'Kế hoạch thử nghiệm';
const DAY_MS = 86_400_000;
const inDays = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();

async function unitsRig(test: Parameters<typeof peopleRig>[0]) {
  const rig = await peopleRig(test);
  const put = (mode: string, more: object = {}, code = TRAN_BIEN) =>
    rig.app.inject({
      method: 'PUT',
      url: `/v1/units/${code}/mode`,
      headers: { authorization: `Bearer ${ADMIN.apiToken}` },
      payload: { mode, openDossiers: 'stay', reason: REASON, ...more },
    });
  const unit = async (): Promise<JsonObject> => (await rig.get(`/v1/units/${TRAN_BIEN}`)).json();
  return { ...rig, put, unit };
}

t.test('a mode counts from its minute; what is planned stands beside it', async t => {
  const rig = await unitsRig(t);
  t.match(await rig.unit(), { mode: 'official', since: null, next: null }, 'nothing was said: it takes part');
  const trial = await rig.put('trial');
  t.equal(trial.statusCode, 200, trial.body);
  t.match(trial.json(), { unit: TRAN_BIEN, mode: 'trial', next: null });
  const from = inDays(7);
  t.match((await rig.put('official', { from, openDossiers: 'carry', plan: '12/KH-UBND' })).json(), {
    mode: 'trial',
    next: { mode: 'official', from, openDossiers: 'carry', plan: '12/KH-UBND' },
  });
  const shown = await rig.unit();
  t.match(shown, {
    code: TRAN_BIEN,
    mode: 'trial',
    next: { mode: 'official' },
    modes: [{ mode: 'trial' }, { mode: 'official' }],
  });
  t.equal((shown.modes as JsonObject[])[0]?.to, from, 'the first ends where the second begins');
});

t.test('asked twice nothing changes; what is planned for that minute is replaced', async t => {
  const rig = await unitsRig(t);
  const from = inDays(3);
  await rig.put('off');
  await rig.put('trial', { from });
  t.match((await rig.put('trial', { from })).json(), { unchanged: true });
  t.match((await rig.put('official', { from })).json(), { mode: 'off', next: { mode: 'official', from } });
  t.equal(((await rig.unit()).modes as JsonObject[]).length, 2);
});

t.test('what is said for the time before a planned change lasts until then', async t => {
  const rig = await unitsRig(t);
  const from = inDays(7);
  await rig.put('official', { from });
  t.match(
    await rig.unit(),
    { mode: 'off', next: { mode: 'official', from } },
    'before the first word it takes no part',
  );
  t.match((await rig.put('trial')).json(), { mode: 'trial', next: { mode: 'official', from } });
  const [first] = (await rig.unit()).modes as JsonObject[];
  t.match(first, { mode: 'trial', to: from });
});

t.test('what is in force already cannot be rewritten, and the reason is said', async t => {
  const rig = await unitsRig(t);
  await rig.put('trial', { from: '2025-07-01' });
  const before = await rig.put('off', { from: '2025-06-01' });
  t.equal(before.statusCode, 422);
  const { code, faults } = before.json();
  t.equal(code, 'unsound-fact');
  t.match(
    faults.find((fault: JsonObject) => fault.code === 'before-present-mode'),
    { pointer: '/from', detail: /từ 01\/07\/2025/ },
  );
  t.equal((await rig.put('off', { from: '2025-07-01' })).statusCode, 422, 'nor the very same minute');
  for (const code of ['99999', '00004', '75']) {
    t.equal(
      (await rig.put('official', {}, code)).statusCode,
      404,
      `${code}: no unit, another province's, the province itself`,
    );
  }
  t.equal((await rig.put('sometimes')).statusCode, 400);
  t.equal((await rig.put('trial', { systems: ['nobody'] })).statusCode, 422, 'an unknown system would never count');
});

t.test('what waits for the unit goes on with the mode; a rehearsal shows it first', async t => {
  const rig = await unitsRig(t);
  await rig.put('off', { from: '2026-01-01' });
  const waiting = await parkedOne(rig);
  const preview = (await rig.put('trial', { dryRun: true })).json();
  t.match(preview, { dryRun: true, counts: { goes: 1 }, items: [{ id: waiting, cause: 'unit-off' }] });
  t.match(await rig.unit(), { mode: 'off' }, 'nothing was done');
  const { rehearsal } = preview;
  t.match((await rig.put('trial', { rehearsal, dryRun: true })).json(), {
    status: 400,
    faults: [{ pointer: '/dryRun' }],
  });
  t.equal((await rig.put('trial', { rehearsal }, '26068')).statusCode, 404, 'what was shown was of another unit');
  const carried = await rig.put('trial', { rehearsal: preview.rehearsal });
  t.equal(carried.statusCode, 200, carried.body);
  const done = carried.json();
  t.match(done, { mode: 'trial', counts: { counted: 1, done: 1, changed: 0 }, freed: [{ id: waiting }] });
  t.match(await rig.row(waiting), { state: 'open', mode: 'trial' });
  t.match((await rig.get('/v1/dossiers/H19-9')).json().begun, { bySystem: { commune: 'trial' }, closed: false });
  t.match((await rig.get('/v1/syncs?mode=trial')).json().items, [{ id: waiting, mode: 'trial' }]);
});

/** A sync that waits because its unit is off. */
async function parkedOne(rig: Awaited<ReturnType<typeof unitsRig>>): Promise<string> {
  const [accepted] = await rig.accept(submitted('H19-9'));
  const id = accepted?.syncs[0]?.id as string;
  await rig.database.people.query(
    `WITH s AS (UPDATE syncs SET state = 'parked', cause = 'unit-off' WHERE id = $1 RETURNING id, unit, target),
       e AS (UPDATE lanes SET blocked_by = $1, due = NULL WHERE lane = (SELECT lane FROM syncs WHERE id = $1))
     INSERT INTO problems (sync, cause, unit, target, detail, desk_version)
     SELECT id, 'unit-off', unit, target, jsonb_build_object('pointer', '/data/unitCode', 'value', $2::text), 0 FROM s`,
    [id, TRAN_BIEN],
  );
  return id;
}

t.test('the board says of every unit what it lacks, in order, with whom to call', async t => {
  const rig = await unitsRig(t);
  await changeFacts(rig.database.people as never, {
    put: [
      asNew(fact('contact', null, { about: 'staff', name: 'Sở Nội vụ', phone: '0251 3822 501' }, '2025-07-01')),
      asNew(
        fact(
          'seat',
          TRAN_BIEN,
          { seat: `${TRAN_BIEN}/chu-tich`, post: 'chu-tich' },
          '2025-07-01',
          null,
          `${TRAN_BIEN}/chu-tich`,
        ),
      ),
    ],
  });
  await rig.accept(submitted('H19-1'));
  await rig.deliver('commune');
  const { items } = (await rig.get('/v1/units')).json() as { items: JsonObject[] };
  t.equal(items.length, 95, 'communes and wards, not the province');
  t.ok(items.every(item => typeof item.name === 'string' && Array.isArray(item.lacks)));
  const line = await rig.unit();
  t.match(line, {
    name: 'Phường Trấn Biên',
    seats: { filled: 0, of: 1 },
    lists: { rights: { state: 'observe' }, authority: { state: 'observe' } },
    ready: false,
  });
  const seen = line.connections as { system: string; lastFrom: string | null; lastTo: string | null }[];
  t.same(
    seen.map(({ system, lastFrom, lastTo }) => [system, lastFrom !== null, lastTo !== null]),
    [
      ['portal', true, false],
      ['commune', false, true],
      ['documents', false, false],
    ],
  );
  const lacks = line.lacks as { what: string; call: JsonObject | null }[];
  t.match(lacks[0], { what: 'connection', text: { vi: /documents/ } });
  t.match(
    lacks.find(({ what }) => what === 'seats'),
    { call: { name: 'Sở Nội vụ', phone: '0251 3822 501' } },
  );
});

t.test('a list is confirmed by name and date; before, what would have been held is shown', async t => {
  const rig = await unitsRig(t);
  const [accepted] = await rig.accept(submitted('H19-5'));
  const warning = { cause: 'missing-right', target: 'documents', text: { vi: 'x', en: 'x' }, detail: {} };
  await rig.database.people.query('UPDATE events SET note = $2 WHERE id = $1', [
    accepted?.eventId,
    { warnings: [warning] },
  ]);
  const url = `/v1/units/${TRAN_BIEN}/lists`;
  const wish = { what: 'rights', confirmedBy: 'Nguyễn Văn A', reason: REASON };
  const preview = (await rig.post(url, { ...wish, dryRun: true })).json();
  t.match(preview, {
    wouldHold: { items: [{ id: accepted?.eventId, cause: 'missing-right', target: 'documents' }], truncated: false },
    list: { state: 'observe' },
  });
  const done = (await rig.post(url, { ...wish, rehearsal: preview.rehearsal })).json();
  t.match(done, { list: { state: 'enforce', confirmedBy: 'Nguyễn Văn A' } });
  t.match(await rig.unit(), { lists: { rights: { state: 'enforce' }, authority: { state: 'observe' } }, warnings: {} });
});
