/** Lists of syncs and one sync: derived states, why it does not move, filters, paging, masks. */
import { test } from 'tap';
import { uuidv7 } from 'uuidv7';
import { record, submitted, TRAN_BIEN, updated } from '../support/ledger-rig.ts';
import { peopleRig } from '../support/people-rig.ts';

const idOf = (accepted: { syncs: { id: string }[] }[]): string => accepted[0]?.syncs[0]?.id as string;

test('states are read from lane, lease and gate', async t => {
  const rig = await peopleRig(t);
  const stateOf = async (id: string) => (await rig.get(`/v1/syncs/${id}`)).json();
  const first = idOf(await rig.accept(submitted('H-1')));
  const second = idOf(await rig.accept(updated('H-1', { summary: 'hai' })));
  t.match(await stateOf(first), {
    state: 'queued',
    source: 'portal',
    target: 'commune',
    subject: 'H-1',
    attempts: 0,
    series: 1,
  });
  t.match(await stateOf(second), { state: 'waiting', blockedBy: { kind: 'sync', id: first, state: 'queued' } });

  const { token, syncs } = await rig.claim('commune');
  t.match(await stateOf(first), { state: 'delivering' });
  await record(rig, token, syncs, 'retry');
  const retrying = await stateOf(first);
  t.match(retrying, {
    state: 'retrying',
    cause: 'target-unavailable',
    remedy: { vi: /Không cần làm gì/, en: /Nothing to do/ },
  });
  t.ok(Date.parse(retrying.dueAt) > Date.now());

  await rig.post('/v1/systems/commune/pause', { note: 'bảo trì' });
  t.match(await stateOf(first), {
    state: 'waiting',
    blockedBy: { kind: 'gate', id: 'commune', reason: 'paused', note: 'bảo trì', remedy: { vi: String } },
  });
  t.match(await stateOf(second), {
    blockedBy: { kind: 'sync', id: first, state: 'waiting', blockedBy: { kind: 'gate', reason: 'paused' } },
  });
  await rig.post('/v1/systems/commune/resume');
  await rig.database.people.query('UPDATE lanes SET due = now()');
  await rig.deliver('commune', 'target-rejected');
  t.match(await stateOf(first), { state: 'failed', cause: 'target-rejected', remedy: { vi: String } });
  t.match(await stateOf(second), {
    state: 'waiting',
    blockedBy: { id: first, state: 'failed', cause: 'target-rejected', remedy: { en: String } },
  });
});

test('a page holds what was asked for and says how to go on', async t => {
  const rig = await peopleRig(t);
  const ids: string[] = [];
  for (let index = 0; index < 7; index++) ids.push(idOf(await rig.accept(submitted(`H-${index}`))));
  ids.reverse();
  const seen: string[] = [];
  let url = '/v1/syncs?limit=3';
  for (let pages = 0; pages < 5; pages++) {
    const { items, next } = (await rig.get(url)).json();
    seen.push(...items.map((item: { id: string }) => item.id));
    if (next === null) break;
    url = `/v1/syncs?limit=3&cursor=${next}`;
  }
  t.same(seen, ids, 'newest first, each once');
});

test('filters', async t => {
  const rig = await peopleRig(t);
  const queued = idOf(
    await rig.accept(submitted('H-1', { codes: [{ system: 'portal', code: 'LOCAL-1', kind: 'local' }] })),
  );
  const parked = idOf(await rig.accept(submitted('H-2', { unitCode: '26449' })));
  const follower = idOf(await rig.accept(updated('H-2', { summary: 'hai' })));
  const all = [follower, parked, queued];
  const cases: [query: string, wanted: string[]][] = [
    ['', all],
    ['state=open', [follower, queued]],
    ['state=waiting', [follower]],
    ['state=queued', [queued]],
    ['state=parked', [parked]],
    ['state=parked,queued', [parked, queued]],
    ['state=failed', []],
    ['cause=ambiguous-unit', [parked]],
    ['cause=ambiguous-unit&state=parked', [parked]],
    ['target=commune', all],
    ['target=portal', []],
    ['source=portal&type=dossier.updated', [follower]],
    [`unit=${TRAN_BIEN}`, [queued]],
    ['procedure=1.001193&mode=official', all],
    ['mode=trial', []],
    ['subject=H-2', [follower, parked]],
    ['subject=LOCAL-1', [queued]],
    ['q=LOCAL-1', [queued]],
    [`q=${parked}`, [parked]],
    ['q=unknown', []],
    ['to=2020-01-01T00:00:00Z', []],
    [`from=${encodeURIComponent(new Date(Date.now() + 60_000).toISOString())}`, []],
  ];
  for (const [query, wanted] of cases) {
    const answer = await rig.get(`/v1/syncs?${query}`);
    t.same(
      answer.json().items?.map((item: { id: string }) => item.id),
      wanted,
      query || 'no filter',
    );
  }
});

test('what is not understood is refused by name', async t => {
  const rig = await peopleRig(t);
  const cases: [url: string, pointer: RegExp][] = [
    ['/v1/syncs?stat=open', /query/],
    ['/v1/syncs?state=open&state=parked', /state/],
    ['/v1/syncs?state=opened', /state/],
    ['/v1/syncs?state=parked,parked', /state/],
    ['/v1/syncs?limit=201', /limit/],
    ['/v1/syncs?limit=x', /limit/],
    ['/v1/syncs?cursor=x', /cursor/],
    ['/v1/syncs?from=yesterday', /from/],
    ['/v1/syncs?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z', /to/],
    ['/v1/syncs?cause=bad-luck', /cause/],
    ['/v1/syncs/no-uuid', /id/],
    ['/v1/syncs?q=%00', /q/],
  ];
  for (const [url, pointer] of cases) {
    const answer = await rig.get(url);
    t.match(answer, { statusCode: 400, headers: { 'content-type': /problem\+json/ } }, url);
    t.match(answer.json().faults[0]?.pointer, pointer, url);
  }
  t.match(await rig.get(`/v1/syncs/${uuidv7()}`), { statusCode: 404 });
});

test('one sync tells its story without personal data', async t => {
  const rig = await peopleRig(t);
  const id = idOf(await rig.accept(submitted('H-1')));
  await rig.deliver('commune', 'target-rejected');
  await rig.post(`/v1/syncs/${id}/replay`, { reason: 'đã sửa' });
  await rig.deliver('commune');
  const answer = await rig.get(`/v1/syncs/${id}`);
  const detail = answer.json();
  t.match(detail, {
    state: 'delivered',
    series: 2,
    event: {
      data: {
        dossierCode: 'H-1',
        applicant: {
          name: 'Nguyễn Thị Bé',
          identityNumber: '***234',
          phone: '***678',
          email: '***@example.com',
          address: '***',
        },
      },
    },
    attemptList: [
      { series: 1, no: 1, outcome: 'failed', status: 422 },
      { series: 2, no: 1, outcome: 'delivered' },
    ],
    lane: { neighbours: [], ahead: 0, behind: 0 },
  });
  t.same(
    detail.timeline.map((entry: { what: string }) => entry.what),
    ['accepted', 'attempt.failed', 'sync.replay', 'attempt.delivered'],
  );
  t.notMatch(answer.body, /075199001234|0912345678|be@example|Cách Mạng/);
});

test('a lane shows who waits behind whom and why, and goes on past a head that is dropped', async t => {
  const rig = await peopleRig(t);
  const first = idOf(await rig.accept(submitted('H-1')));
  await rig.deliver('commune', 'target-rejected');
  const second = idOf(await rig.accept(updated('H-1', { summary: 'hai' })));
  const third = idOf(await rig.accept(updated('H-1', { summary: 'ba' })));
  const other = idOf(await rig.accept(submitted('H-2')));
  const show = async (id: string) => (await rig.get(`/v1/syncs/${id}`)).json();
  t.match(await show(first), {
    state: 'failed',
    lane: {
      ahead: 0,
      behind: 2,
      neighbours: [
        { id: second, state: 'waiting', position: 'after' },
        { id: third, state: 'waiting', position: 'after' },
      ],
    },
  });
  const held = {
    kind: 'sync',
    id: first,
    state: 'failed',
    cause: 'target-rejected',
    remedy: { vi: String, en: String },
  };
  t.match(await show(third), {
    state: 'waiting',
    blockedBy: held,
    lane: {
      ahead: 2,
      behind: 0,
      neighbours: [
        { id: first, state: 'failed', cause: 'target-rejected', position: 'before' },
        { id: second, state: 'waiting', position: 'before' },
      ],
    },
  });
  const { items } = (await rig.get('/v1/syncs?state=waiting')).json();
  t.match(
    items,
    [
      { id: third, blockedBy: held },
      { id: second, blockedBy: held },
    ],
    'lists say it too',
  );
  t.match(await show(other), { state: 'queued', lane: { neighbours: [], ahead: 0, behind: 0 } });

  t.match(await rig.post(`/v1/syncs/${first}/cancel`, { reason: 'ab' }), { statusCode: 400 }, 'never without a reason');
  t.match((await rig.post(`/v1/syncs/${first}/cancel`, { reason: 'đã nhập tay' })).json(), { freed: [{ id: second }] });
  t.match(await show(second), { state: 'queued', lane: { ahead: 0, behind: 1 } });
  t.match(await show(third), { blockedBy: { id: second, state: 'queued' }, lane: { ahead: 1 } });
  t.match(await show(first), { state: 'cancelled', lane: { ahead: 0 } });
  t.same(await rig.deliver('commune'), [second, third, other].sort());
  const { rows } = await rig.database.people.query(
    "SELECT who, reason, before->>'state' AS before, after->>'freed' AS freed FROM audit WHERE act = 'sync.cancel'",
  );
  t.match(rows, [{ who: String, reason: 'đã nhập tay', before: 'failed', freed: second }]);
});
