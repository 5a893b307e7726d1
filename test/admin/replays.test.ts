/** `/v1/replays` and `/v1/events/{id}/replay` over HTTP: previews, refusals, answers. */
import { test } from 'tap';
import { submitted, updated } from '../support/ledger-rig.ts';
import { peopleRig } from '../support/people-rig.ts';

const idOf = (accepted: { syncs: { id: string }[] }[]): string => accepted[0]?.syncs[0]?.id as string;
const reason = 'bên nhận đã khôi phục';

test('a rehearsal counts, also what translation would hold back; the act then does exactly that set', async t => {
  const rig = await peopleRig(t);
  const good = idOf(await rig.accept(submitted('H-1')));
  const parked = idOf(await rig.accept(submitted('H-2', { unitCode: '26449' })));
  await rig.deliver('commune', 'target-rejected');
  const rehearsed = await rig.post('/v1/replays', { filter: { state: 'failed,parked' }, dryRun: true });
  t.equal(rehearsed.statusCode, 200);
  t.match(rehearsed.json(), {
    rehearsal: String,
    expiresAt: String,
    counted: 2,
    underWay: 0,
    counts: {
      byCause: [{ count: 1 }, { count: 1 }],
      byTarget: [{ target: 'commune', count: 2 }],
      byUnit: [{ count: 1 }, { count: 1 }],
      stale: 0,
      translated: 2,
      wouldPark: 1,
      wouldParkByCause: [{ cause: 'ambiguous-unit', count: 1 }],
    },
    items: [
      { id: good, state: 'failed', cause: 'target-rejected' },
      { id: parked, state: 'parked' },
    ],
  });
  t.match(await rig.row(good), { state: 'failed' }, 'nothing was done');
  const { rehearsal } = rehearsed.json();
  t.same((await rig.get('/v1/replays')).json(), { items: [], next: null }, 'a rehearsal is no replay');
  t.equal((await rig.post('/v1/replays', { rehearsal })).statusCode, 400, 'a reason is needed');
  const started = await rig.post('/v1/replays', { rehearsal, reason, rate: 5 });
  t.match([started.statusCode, started.headers.location], [202, `/v1/replays/${rehearsal}`]);
  t.match(started.json(), { id: rehearsal, state: 'open', counted: 2 });
  t.match((await rig.get('/v1/replays')).json(), {
    items: [{ id: rehearsal, counted: 2, done: 0, left: 2, rate: 5, who: 'admin', reason }],
  });
  const page = (await rig.get(`/v1/replays/${rehearsal}?limit=1`)).json();
  t.match(page, { items: [{ ord: 1, sync: good, result: 'left' }], next: '1' });
  t.match((await rig.get(`/v1/replays/${rehearsal}?limit=1&cursor=${page.next}`)).json(), {
    items: [{ sync: parked }],
    next: null,
  });
  t.match((await rig.post('/v1/replays', { rehearsal, reason })).json(), { code: 'rehearsal-used', replay: rehearsal });
});

test('pause, resume and stop', async t => {
  const rig = await peopleRig(t);
  await rig.accept(submitted('H-1'));
  await rig.deliver('commune');
  const { id } = (await rig.post('/v1/replays', { filter: { target: 'commune' }, reason })).json();
  t.match((await rig.post(`/v1/replays/${id}/pause`, { reason: 'chờ đã' })).json(), { state: 'paused', left: 1 });
  t.match((await rig.post(`/v1/replays/${id}/resume`)).json(), { state: 'open' });
  t.match((await rig.del(`/v1/replays/${id}`)).json(), { state: 'cancelled', counted: 1, left: 1 });
  t.equal((await rig.post(`/v1/replays/${id}/resume`)).statusCode, 409);
  t.equal((await rig.del('/v1/replays/018f0000-0000-7000-8000-000000000000')).statusCode, 404);
  t.equal((await rig.get('/v1/replays/018f0000-0000-7000-8000-000000000000')).statusCode, 404);
  const audit = (await rig.get(`/v1/audit?subject=replay:${id}`)).json();
  t.match(audit.items, [
    { act: 'replay.cancel' },
    { act: 'replay.resume' },
    { act: 'replay.pause', reason: 'chờ đã' },
    { act: 'replay.start', after: { counted: 1 } },
  ]);
});

test('what is asked wrongly is refused with the next step', async t => {
  const rig = await peopleRig(t);
  await rig.accept(submitted('H-1'));
  await rig.deliver('commune');
  const bad: [body: object, status: number, code: string][] = [
    [{ reason }, 400, 'invalid-request'],
    [{ filter: {}, rehearsal: '018f0000-0000-7000-8000-000000000000', reason }, 400, 'invalid-request'],
    [{ filter: { states: 'failed' }, reason }, 400, 'invalid-request'],
    [{ filter: { state: 'failed,failed' }, reason }, 400, 'invalid-request'],
    [{ filter: { target: 'commune' } }, 400, 'invalid-request'],
    [{ filter: { target: 'commune' }, reason, rate: 0 }, 400, 'invalid-request'],
    [{ filter: {}, reason }, 422, 'expect-needed'],
    [{ filter: { from: '2026-01-01T00:00:00+07:00' }, reason }, 422, 'expect-needed'],
    [{ filter: {}, reason, expect: 7 }, 409, 'count-differs'],
    [{ rehearsal: '018f0000-0000-7000-8000-000000000000', reason }, 404, 'not-found'],
  ];
  for (const [body, status, code] of bad) {
    const answer = await rig.post('/v1/replays', body);
    t.match([answer.statusCode, answer.json().code], [status, code], JSON.stringify(body));
  }
  t.equal((await rig.post('/v1/replays', { filter: {}, reason, expect: 1 })).statusCode, 202);
});

test('an event goes again to where it went', async t => {
  const rig = await peopleRig(t);
  const [accepted] = await rig.accept(submitted('H-1'));
  const sync = accepted?.syncs[0]?.id as string;
  const url = `/v1/events/${accepted?.eventId}/replay`;
  t.match((await rig.post(url, { reason })).json(), { code: 'still-under-way' });
  await rig.deliver('commune');
  const preview = await rig.post(url, { reason, dryRun: true });
  t.match(preview.json(), { syncs: [{ id: sync, target: 'commune', made: 'replayed' }], dryRun: true });
  t.match(await rig.row(sync), { state: 'delivered' });
  const done = await rig.post(url, { reason, target: 'commune' });
  t.match(done.json(), { syncs: [{ id: sync, state: 'queued' }], freed: [{ id: sync, target: 'commune' }] });
  t.match((await rig.get(`/v1/audit?subject=event:${accepted?.eventId}`)).json().items, [
    { act: 'event.replay', reason },
  ]);
  t.equal((await rig.post('/v1/events/018f0000-0000-7000-8000-000000000000/replay', { reason })).statusCode, 404);
});

test('an event that made no sync is routed again, to a named target also one that the rules leave out', async t => {
  const rig = await peopleRig(t);
  await rig.accept(submitted('H-1'));
  await rig.deliver('commune');
  // the commune system says what it was told: an echo
  const told = submitted('H-1');
  const [echo] = await rig.accept({
    ...told,
    source: 'commune',
    type: 'dossier.updated',
    data: { dossierCode: 'H-1', summary: told.data.summary as string },
  });
  t.match(echo, { syncs: [], echoOf: String });
  const url = `/v1/events/${echo?.eventId}/replay`;
  const done = (await rig.post(url, { reason })).json();
  t.match(done, { syncs: [{ target: 'portal', state: 'queued', made: 'new' }], freed: [{ target: 'portal' }] });
  t.equal(done.syncs.length, 1);
  t.same(await rig.deliver('portal'), [done.syncs[0].id]);
  t.match((await rig.get(`/v1/events/${echo?.eventId}`)).json().syncs, [{ id: done.syncs[0].id, state: 'delivered' }]);
  const named = (await rig.post(url, { reason, targets: ['documents'] })).json();
  t.match(named, { syncs: [{ target: 'documents', made: 'new' }] });
  for (const [target, status] of [
    ['commune', 422],
    ['nowhere', 409],
  ] as const)
    t.equal((await rig.post(url, { reason, target })).statusCode, status, target);
  // what comes back from the portal now is known as an echo
  const back = {
    ...told,
    id: 'back-1',
    type: 'dossier.updated',
    data: { dossierCode: 'H-1', summary: told.data.summary as string },
  };
  t.match((await rig.accept(back))[0], { syncs: [], echoOf: String });
});

test('an older event goes to a further target over a younger one only with a word', async t => {
  const rig = await peopleRig(t);
  const event = submitted('H-1', { statusList: 'national' });
  const [first] = await rig.accept({ ...event, source: 'commune' });
  const [second] = await rig.accept({ ...updated('H-1', { summary: 'hai' }), source: 'commune' });
  await rig.deliver('portal');
  const older = second?.syncs.length === 1 ? first : undefined;
  await rig.database.people.query('DELETE FROM syncs WHERE event = $1', [older?.eventId]);
  const url = `/v1/events/${older?.eventId}/replay`;
  const refused = await rig.post(url, { reason });
  t.match([refused.statusCode, refused.json().code], [409, 'younger-delivered']);
  t.same(refused.json().younger, [second?.syncs[0]?.id]);
  t.match((await rig.post(url, { reason, confirmStale: true })).json(), { syncs: [{ target: 'portal', made: 'new' }] });
});

test('one system is let go, and one sync is put aside, over HTTP', async t => {
  const rig = await peopleRig(t);
  await rig.database.people.query("UPDATE targets SET held = true WHERE target IN ('commune', 'portal')");
  const id = idOf(await rig.accept(submitted('H-1')));
  const other = idOf(await rig.accept(submitted('H-2')));
  t.match((await rig.get(`/v1/syncs/${id}`)).json(), { state: 'waiting', blockedBy: { reason: 'held' } });
  t.match((await rig.post(`/v1/syncs/${id}/park`, { reason: 'chờ hỏi lại' })).json(), { state: 'parked', behind: 0 });
  t.match((await rig.get(`/v1/syncs/${id}`)).json(), { state: 'parked', cause: 'set-aside', reason: { by: 'admin' } });
  t.equal((await rig.post('/v1/systems/commune/release', {})).statusCode, 400, 'a reason is needed');
  const released = await rig.post('/v1/systems/commune/release', { ratePerSecond: 50, reason });
  t.same(released.json(), { system: 'commune', released: true, ratePerSecond: 50 });
  t.match(rig.woken, [{ target: 'commune' }]);
  const systems = (await rig.get('/v1/systems')).json().items;
  t.match(
    systems.map((system: { id: string; held: boolean; growing: unknown }) => [system.id, system.held, system.growing]),
    [
      ['portal', true, null],
      ['commune', false, { ratePerSecond: 50, next: String }],
      ['documents', false, null],
    ],
  );
  while ((await rig.row(other)).state === 'open') await rig.deliver('commune');
  t.match(await rig.row(id), { state: 'parked' }, 'only what was not put aside has gone');
});
