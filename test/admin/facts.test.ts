/** Facts about desks over HTTP: entered, listed as of a day, ended, withdrawn, tried out; what is unsound is refused with its place. */
import { test } from 'tap';
import { ALL_KINDS } from '../../src/facts/kinds.ts';
import { submitted, TRAN_BIEN } from '../support/ledger-rig.ts';
import { peopleRig } from '../support/people-rig.ts';

const CHAIR = `${TRAN_BIEN}/chu-tich`;
const PAPER = { number: '12/QĐ-UBND', date: '2025-07-01' };
const reason = 'theo quyết định';
type Body = Record<string, unknown>;

/** One sound fact of every kind, in an order in which each finds what it needs. */
const SOUND: [collection: string, body: Body][] = [
  ['unit-modes', { unit: TRAN_BIEN, mode: 'official', openDossiers: 'stay', from: '2026-01-01' }],
  ['unit-lists', { unit: TRAN_BIEN, what: 'rights', confirmedBy: 'Nguyễn Văn A', from: '2026-01-01' }],
  ['seats', { unit: TRAN_BIEN, seat: CHAIR, post: 'chu-tich', from: '2025-07-01' }],
  ['officers', { unit: TRAN_BIEN, id: 'cb-1', name: 'Trần Thị B', email: 'b@dongnai.gov.vn', from: '2025-07-01' }],
  ['holdings', { unit: TRAN_BIEN, officer: 'cb-1', seat: CHAIR, document: PAPER, from: '2025-07-01' }],
  ['rights', { unit: TRAN_BIEN, seat: CHAIR, right: 'sign', layer: 'legal', document: PAPER, from: '2025-07-01' }],
  [
    'delegations',
    {
      unit: TRAN_BIEN,
      kind: 'uy-quyen',
      fromPost: 'chu-tich',
      toPost: 'pho-chu-tich',
      rights: ['approve'],
      document: PAPER,
      from: '2025-07-01',
      to: '2026-12-31',
    },
  ],
  ['authority', { procedure: '1.001193', act: 'decide', level: 'commune', certainty: 'high', from: '2025-07-01' }],
  [
    'contacts',
    {
      unit: TRAN_BIEN,
      about: 'rights',
      system: 'documents',
      name: 'Tổ công nghệ số',
      phone: '0251 000 000',
      from: '2026-01-01',
    },
  ],
];

test('every kind is entered, listed by unit and day, shown, ended and withdrawn, each with its word in the audit', async t => {
  const rig = await peopleRig(t);
  for (const [collection, body] of SOUND) {
    const url = `/v1/${collection}`;
    const done = await rig.post(url, { ...body, reason });
    t.equal(done.statusCode, 200, `${collection}: ${done.body}`);
    const { id } = done.json();
    const unit = String(body.unit ?? '75');
    // the list of authority also holds what the files say
    const mine = async (query: string): Promise<object[]> =>
      (await rig.get(`${url}?limit=200&${query}`)).json().items.filter((item: { id: string }) => item.id === id);
    // an officer's own id is the fact's key
    const { id: own, from: _from, to: _to, ...members } = body;
    const key = own === undefined ? {} : { key: own };
    const asShown = { ...members, ...key, id, unit: body.unit ?? null, from: String, origin: 'person' };
    t.match(await mine(`unit=${unit}&at=2026-07-01`), [asShown], collection);
    t.same(await mine(`unit=${unit}&at=2020-01-01`), [], `${collection} did not hold then`);
    if (body.unit !== undefined) t.same(await mine('unit=26485'), [], `${collection} is not of another unit`);
    t.equal((await rig.get(`${url}/${id}`)).json().id, id);
    const ended = await rig.post(`${url}/${id}/end`, { at: '2027-12-31', reason });
    t.equal(ended.statusCode, 200, ended.body);
    t.equal((await rig.get(`${url}/${id}`)).json().to, '2027-12-31T17:00:00.000Z', 'a last day is counted whole');
    const again = await rig.post(url, { ...body, reason });
    t.ok([400, 409, 422].includes(again.statusCode), `${collection}: the same period twice is refused: ${again.body}`);
  }
  const acts = (await rig.get('/v1/audit?limit=100')).json().items as {
    act: string;
    before: unknown;
    after: unknown;
  }[];
  for (const { kind } of ALL_KINDS.filter(rules => rules.kind !== 'place-rule')) {
    t.match(
      acts.find(entry => entry.act === `${kind}.enter`),
      { before: null, after: { id: String } },
      kind,
    );
    t.match(
      acts.find(entry => entry.act === `${kind}.end`),
      { before: { id: String }, after: { to: String } },
      kind,
    );
  }
  t.match((await rig.get('/v1/audit/verify')).json(), { ok: true });
});

test('what is unsound is refused with its place, and nothing of it is stored', async t => {
  const rig = await peopleRig(t);
  for (const [collection, body] of SOUND) await rig.post(`/v1/${collection}`, { ...body, reason });
  const before = (await rig.database.people.query('SELECT 1 FROM facts')).rowCount;
  const seat = { unit: TRAN_BIEN, seat: `${TRAN_BIEN}/pho-chu-tich`, post: 'pho-chu-tich' };
  const deputy = SOUND[6]?.[1] as Body;
  const bad: [collection: string, body: Body, status: number, code: string, pointer: string][] = [
    ['seats', { ...seat, reason: undefined }, 400, 'missing', '/reason'],
    ['seats', { ...seat, more: 1 }, 400, 'additional-properties', '/more'],
    ['seats', { ...seat, post: 'vua' }, 422, 'unknown-post', '/post'],
    ['seats', { ...seat, post: undefined }, 400, 'required', '/post'],
    ['seats', { ...seat, seat: 'x'.repeat(1000) }, 400, 'max-length', '/seat'],
    ['seats', { ...seat, seat: '26485/pho-chu-tich' }, 422, 'seat-id', '/seat'],
    ['seats', { ...seat, unit: '00001' }, 400, 'unknown-unit', '/unit'],
    ['seats', { ...seat, from: '2026-02-01', to: '2026-01-01' }, 400, 'backwards-period', '/to'],
    ['seats', { ...seat, from: '2026-02-30' }, 400, 'format', '/from'],
    ['seats', { ...seat, from: '2026-02-01T10:00:00' }, 400, 'format', '/from'],
    ['seats', { ...seat, dryRun: true, rehearsal: '01920000-0000-7000-8000-000000000000' }, 400, 'one-of', '/dryRun'],
    ['unit-modes', { mode: 'off', openDossiers: 'stay' }, 400, 'required', '/unit'],
    ['unit-modes', { unit: TRAN_BIEN, mode: 'maybe', openDossiers: 'stay' }, 400, 'enum', '/mode'],
    [
      'unit-modes',
      { unit: '26485', mode: 'off', openDossiers: 'stay', systems: ['x'] },
      422,
      'unknown-system',
      '/systems',
    ],
    ['holdings', { unit: TRAN_BIEN, officer: 'cb-1', seat: `${TRAN_BIEN}/van-thu` }, 422, 'unknown-seat', '/seat'],
    ['holdings', { unit: '26485', officer: 'cb-1', seat: CHAIR }, 422, 'seat-of-another-unit', '/unit'],
    ['rights', { unit: TRAN_BIEN, seat: CHAIR, right: 'fly', layer: 'account' }, 422, 'unknown-right', '/right'],
    ['rights', { unit: TRAN_BIEN, seat: CHAIR, right: 'approve', layer: 'legal' }, 400, 'required', '/document'],
    ['delegations', { ...deputy, toPost: 'chu-tich' }, 422, 'to-oneself', ''],
    ['delegations', { ...deputy, from: '2027-01-01', to: '2026-01-01' }, 400, 'backwards-period', '/to'],
    [
      'delegations',
      { ...deputy, rights: Array.from({ length: 10_000 }, (_, at) => `r${at}`) },
      400,
      'max-items',
      '/rights',
    ],
    ['delegations', { ...deputy, document: { ...PAPER, number: '13/QĐ' } }, 422, 'overlap', ''],
    [
      'authority',
      { procedure: '9.999999', act: 'sign', level: 'commune', certainty: 'high' },
      422,
      'unknown-procedure',
      '/procedure',
    ],
    ['authority', { act: 'sign', level: 'commune', certainty: 'high' }, 400, 'one-of', ''],
    ['contacts', { about: 'rights', name: 'A', phone: 'gọi tôi' }, 400, 'pattern', '/phone'],
  ];
  for (const [collection, body, status, code, pointer] of bad) {
    const answer = await rig.post(`/v1/${collection}`, { reason, ...body });
    const label = `${collection} ${code}: ${answer.body.slice(0, 300)}`;
    t.equal(answer.statusCode, status, label);
    t.ok(
      answer
        .json()
        .faults?.some((fault: { code: string; pointer: string }) => fault.code === code && fault.pointer === pointer),
      label,
    );
  }
  const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`m${at}`, at]));
  t.equal((await rig.post('/v1/seats', { ...seat, ...many, reason })).statusCode, 400, '10,000 members');
  t.equal((await rig.database.people.query('SELECT 1 FROM facts')).rowCount, before);
});

test('an open period ends where the next begins; one that would run into the next is refused', async t => {
  const rig = await peopleRig(t);
  const list = (from: string, more: Body = {}) =>
    rig.post('/v1/unit-lists', { unit: TRAN_BIEN, what: 'rights', confirmedBy: 'A', from, ...more, reason });
  const first = (await list('2026-03-01')).json().id;
  t.equal((await list('2026-06-01')).statusCode, 200);
  t.equal((await rig.get(`/v1/unit-lists/${first}`)).json().to, '2026-05-31T17:00:00.000Z');
  t.match((await list('2026-01-01', { confirmedBy: 'B' })).json(), {
    status: 422,
    faults: [{ code: 'overlapping-period' }],
  });
  t.match((await list('2026-06-01', { confirmedBy: 'B' })).json(), {
    faults: [{ pointer: '/from', code: 'overlapping-period' }],
  });
  const short = await list('2026-01-01', { to: '2026-02-28' });
  t.equal(short.statusCode, 200, 'it ends the day before the next begins');
  const inside = await list('2026-02-01', { to: '2026-02-10' });
  t.match(inside.json(), { warnings: [{ code: 'ends-earlier', other: short.json().id }] });
});

test('pages hold every fact once', async t => {
  const rig = await peopleRig(t);
  for (let at = 0; at < 7; at += 1) {
    await rig.post('/v1/contacts', { unit: TRAN_BIEN, about: 'staff', name: `Người ${at}`, reason });
  }
  const seen: string[] = [];
  let cursor = '';
  do {
    const { items, next } = (await rig.get(`/v1/contacts?limit=3${cursor}`)).json();
    seen.push(...items.map((item: { name: string }) => item.name));
    cursor = next === null ? '' : `&cursor=${next}`;
  } while (cursor !== '');
  t.same(
    seen.sort(),
    Array.from({ length: 7 }, (_, at) => `Người ${at}`),
  );
  const key = encodeURIComponent(`${TRAN_BIEN}|staff||Người 3`);
  t.equal((await rig.get(`/v1/contacts?key=${key}`)).json().items.length, 1);
});

test('two people at once: the second is told, and looks again', async t => {
  const rig = await peopleRig(t);
  const enter = (confirmedBy: string, more: Body = {}) =>
    rig.post('/v1/unit-lists', {
      unit: TRAN_BIEN,
      what: 'authority',
      confirmedBy,
      from: '2026-01-01',
      ...more,
      reason,
    });
  const [one, other] = await Promise.all([enter('A'), enter('B')]);
  const codes = [one.statusCode, other.statusCode].sort();
  t.equal(codes[0], 200);
  t.ok(codes[1] === 409 || codes[1] === 422, 'only one of them');
  t.equal((await rig.get('/v1/unit-lists')).json().items.length, 1);
  const { rehearsal } = (await enter('C', { from: '2026-02-01', dryRun: true })).json();
  t.equal((await enter('D', { from: '2026-03-01' })).statusCode, 200);
  const late = await rig.post('/v1/unit-lists', { rehearsal, reason });
  t.match([late.statusCode, late.json().code], [409, 'changed-meanwhile']);
});

test('a rehearsal is done once, by its own kind, and not after its time', async t => {
  const rig = await peopleRig(t);
  const contact = { about: 'staff', name: 'A', reason };
  const { rehearsal, counts } = (await rig.post('/v1/contacts', { ...contact, dryRun: true })).json();
  t.match(counts, { waiting: 0, goes: 0 });
  t.same((await rig.get('/v1/contacts')).json().items, [], 'a preview enters nothing');
  t.equal((await rig.post('/v1/seats', { rehearsal, reason })).statusCode, 404, 'not by another kind');
  t.match((await rig.post('/v1/contacts', { rehearsal, reason })).json(), {
    counts: { counted: 0, done: 0, changed: 0 },
  });
  t.match((await rig.post('/v1/contacts', { rehearsal, reason })).json(), { status: 409, code: 'rehearsal-used' });
  const late = (await rig.post('/v1/contacts', { ...contact, name: 'B', dryRun: true })).json().rehearsal;
  await rig.database.people.query("UPDATE rehearsals SET expires_at = now() - interval '1 second' WHERE id = $1", [
    late,
  ]);
  t.match((await rig.post('/v1/contacts', { rehearsal: late, reason })).json(), {
    status: 409,
    code: 'rehearsal-expired',
  });
});

test('a rehearsal shows what goes on, and carrying it out lets exactly that go on', async t => {
  const rig = await peopleRig(t);
  const off = await rig.post('/v1/unit-modes', {
    unit: TRAN_BIEN,
    mode: 'off',
    openDossiers: 'stay',
    from: '2026-01-01',
    reason,
  });
  t.equal(off.statusCode, 200, off.body);
  rig.desk.facts = rig.known();
  const [held] = await rig.accept(submitted('H-1'));
  const id = held?.syncs[0]?.id as string;
  t.match(await rig.row(id), { state: 'parked', cause: 'unit-off' });
  const now = { unit: TRAN_BIEN, mode: 'official', openDossiers: 'stay' };
  const shown = (await rig.post('/v1/unit-modes', { ...now, reason, dryRun: true })).json();
  t.match(shown, {
    counts: { waiting: 1, goes: 1, byUnit: [{ unit: TRAN_BIEN, count: 1 }] },
    items: [{ id, cause: 'unit-off' }],
  });
  t.match(await rig.row(id), { state: 'parked' });
  const [late] = await rig.accept(submitted('H-2'));
  const done = (await rig.post('/v1/unit-modes', { rehearsal: shown.rehearsal, reason })).json();
  t.match(done, { counts: { counted: 1, done: 1, changed: 0 }, freed: [{ id }] });
  t.match(await rig.row(id), { state: 'open' });
  t.match(
    await rig.row(late?.syncs[0]?.id as string),
    { state: 'parked' },
    'what came later goes by itself, not in this set',
  );
});
