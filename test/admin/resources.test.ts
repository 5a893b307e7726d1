/** The other resources: events, causes, questions, systems, held start, vocabulary, dossiers, refused, OpenAPI. */
import { Validator } from '@seriousme/openapi-schema-validator';
import { test } from 'tap';
import { declareTargets, noteOutcomes } from '../../src/ledger/gate.ts';
import { storeRefused } from '../../src/ledger/refused.ts';
import { submitted, systems, updated } from '../support/ledger-rig.ts';
import { peopleRig } from '../support/people-rig.ts';

test('events are found by either id', async t => {
  const rig = await peopleRig(t);
  const event = submitted('H-1');
  const [accepted] = await rig.accept(event);
  t.match((await rig.get('/v1/events?subject=H-1')).json(), {
    items: [{ id: accepted?.eventId, sourceId: event.id, type: 'dossier.submitted' }],
    next: null,
  });
  const byOurs = await rig.get(`/v1/events/${accepted?.eventId}`);
  const bySource = await rig.get(`/v1/events/${event.id}?source=portal`);
  t.same(byOurs.json(), bySource.json());
  t.match(byOurs.json(), {
    syncs: [{ target: 'commune', state: 'open' }],
    event: { data: { applicant: { phone: '***678' } } },
  });
  t.match((await rig.get(`/v1/events/${event.id}`)).json(), { status: 400, faults: [{ pointer: '/query/source' }] });
  t.equal((await rig.get('/v1/events/none?source=portal')).statusCode, 404);
  const types = (await rig.get('/v1/event-types')).json();
  t.match(
    types.items.find((entry: { type: string }) => entry.type === 'dossier.submitted'),
    { version: String, reportedBy: ['portal', 'commune'], schema: { type: 'object' } },
  );
});

test('causes are counted with their remedy', async t => {
  const rig = await peopleRig(t);
  await rig.accept(submitted('H-1', { unitCode: '26449' }));
  await rig.accept(submitted('H-2', { unitCode: '26449' }));
  await rig.accept(submitted('H-3'));
  await rig.deliver('commune', 'target-rejected');
  const { items } = (await rig.get('/v1/causes')).json();
  t.match(items, [
    {
      cause: 'ambiguous-unit',
      count: 2,
      parked: 2,
      failed: 0,
      kind: 'park',
      oldest: String,
      remedy: { vi: String },
      units: [{ unit: null, count: 2 }],
    },
    { cause: 'target-rejected', count: 1, failed: 1, units: [{ unit: '26041' }], targets: [{ target: 'commune' }] },
  ]);
  t.equal((await rig.get('/v1/causes?unit=26041')).json().items.length, 1);
});

test('what a non-owner reports becomes a question', async t => {
  const rig = await peopleRig(t);
  await rig.accept(submitted('H-1'));
  await rig.accept(updated('H-1', { dueAt: '2030-01-01T00:00:00+07:00' }));
  t.match((await rig.get('/v1/questions')).json(), {
    items: [{ kind: 'not-the-owner', subject: 'H-1', source: 'portal' }],
    next: null,
  });
});

test('what waits behind a held head is counted as the lists show it', async t => {
  const rig = await peopleRig(t);
  await rig.accept(submitted('H-1'));
  await rig.deliver('commune', 'target-rejected');
  const behind: (string | undefined)[] = [];
  for (const summary of ['hai', 'ba', 'bốn']) {
    const [accepted] = await rig.accept(updated('H-1', { summary }));
    behind.push(accepted?.syncs.find(({ target }) => target === 'commune')?.id);
  }
  t.equal((await rig.post(`/v1/syncs/${behind[0]}/cancel`, { reason: 'không cần nữa' })).statusCode, 200);
  t.equal((await rig.post(`/v1/syncs/${behind[2]}/park`, { reason: 'để xem lại' })).statusCode, 200);
  const { items } = (await rig.get('/v1/systems')).json();
  const commune = items.find((item: { id: string }) => item.id === 'commune');
  const open = (await rig.get('/v1/syncs?state=open&target=commune')).json().items;
  t.equal(open.length, 1);
  t.match(commune.depth, { open: 1, waiting: 1, parked: 1, failed: 1 });
});

test('a system shows its gate, is paused and goes on', async t => {
  const rig = await peopleRig(t);
  await rig.accept(submitted('H-1'));
  await rig.accept(updated('H-1', { summary: 'hai' }));
  await rig.accept(submitted('H-2', { unitCode: '26449' }));
  await rig.deliver('commune', 'delivered', '0');
  await rig.claim('commune');
  const commune = async () =>
    (await rig.get('/v1/systems')).json().items.find((item: { id: string }) => item.id === 'commune');
  t.match(await commune(), {
    role: 'commune',
    breaker: 'closed',
    shutBy: null,
    inTheAir: 1,
    depth: { open: 2, waiting: 1, parked: 1, failed: 0 },
    turns: 2,
    description: { dialect: 'test' },
  });
  const paused = await rig.post('/v1/systems/commune/pause', {
    note: 'bảo trì đêm',
    until: new Date(Date.now() + 3_600_000).toISOString(),
  });
  t.match(paused.json(), { paused: true, inTheAir: 1, pausedUntil: String });
  t.match(await commune(), { paused: true, shutBy: 'paused', note: 'bảo trì đêm' });
  t.same((await rig.claim('commune')).syncs, [], 'a claim takes nothing');
  t.match((await rig.post('/v1/systems/commune/resume')).json(), { paused: false });
  const { rows } = await rig.database.people.query("SELECT shut_ms, shut_since FROM targets WHERE target = 'commune'");
  t.equal(rows[0].shut_since, null);
  t.ok(rows[0].shut_ms >= 0);
  t.match((await rig.get('/v1/audit?subject=system:commune')).json().items, [
    { act: 'system.resume' },
    { act: 'system.pause' },
  ]);
  t.equal((await rig.post('/v1/systems/nowhere/resume')).statusCode, 404);
  t.equal((await rig.post('/v1/systems/commune/pause', { note: 'x', until: '2020-01-01T00:00:00Z' })).statusCode, 400);
});

test('a system that is cut off says since when, why, and when it is tried again', async t => {
  const rig = await peopleRig(t);
  const policy = (systems[1] as (typeof systems)[number]).breaker;
  const news = { target: 'commune', successes: 1, failures: policy.failures, probe: null, notBeforeMs: null };
  await noteOutcomes(rig.database, { ...news, cause: 'target-timeout' }, policy);
  await noteOutcomes(rig.database, { ...news, successes: 0, cause: 'target-timeout' }, policy);
  const { items } = (await rig.get('/v1/systems')).json();
  t.match(
    items.find((item: { id: string }) => item.id === 'commune'),
    {
      breaker: 'open',
      shutBy: 'breaker',
      openedAt: /Z$/,
      probeAt: /Z$/,
      lastCause: 'target-timeout',
      failing: { inARow: 5, calls: 11, failed: 10, since: /Z$/ },
      breakerPolicy: { failures: 5, failureRate: 0.5 },
    },
  );
  t.match((await rig.get('/metrics')).body, /lienthong_breaker_open\{target="commune"\} 1/);
});

test('a held start ends when it is released', async t => {
  const rig = await peopleRig(t);
  await declareTargets(rig.database, systems, true);
  const [accepted] = await rig.accept(submitted('H-1'));
  t.match((await rig.get(`/v1/syncs/${accepted?.syncs[0]?.id}`)).json(), {
    state: 'waiting',
    blockedBy: { reason: 'held' },
  });
  t.same((await rig.post('/v1/release')).json(), { released: ['commune', 'documents', 'portal'] });
  t.same(
    rig.woken.map(home => [home.target, home.home]),
    [['commune', '26041']],
  );
  t.equal((await rig.deliver('commune')).length, 1);
  t.same((await rig.post('/v1/release', { reason: 'lần nữa' })).json(), { released: [] });
});

test('a dossier is found by any of its codes', async t => {
  const rig = await peopleRig(t);
  await rig.accept(submitted('H-1', { codes: [{ system: 'portal', code: 'LOCAL-1', kind: 'local' }] }));
  await rig.deliver('commune');
  const answer = await rig.get('/v1/dossiers/LOCAL-1');
  t.match(answer.json(), {
    kind: 'dossier',
    code: 'H-1',
    unit: { code: '26041', name: 'Phường Trấn Biên' },
    procedure: { code: '1.001193', name: String },
    systems: [{ system: 'commune' }, { system: 'portal' }],
    syncs: { byState: { delivered: 1 }, more: false },
    events: { items: [{ type: 'dossier.submitted' }] },
  });
  t.notMatch(answer.body, /075199001234|0912345678|be@example/);
  t.equal((await rig.get('/v1/dossiers/none')).statusCode, 404);
});

test('refused messages are listed and taken again by a person', async t => {
  const asked: string[] = [];
  const rig = await peopleRig(t, {
    retryRefused: async id => {
      asked.push(id);
      return [
        { id: 'e', source: 'documents', eventId: '018f0000-0000-7000-8000-000000000000', duplicate: false, syncs: [] },
      ];
    },
  });
  await storeRefused(rig.database, {
    system: 'documents',
    ref: 'd-1',
    fault: { code: 'xml', message: 'hỏng' },
    raw: Buffer.from('<x'),
    contentType: 'application/xml',
  });
  const { items } = (await rig.get('/v1/refused?state=open')).json();
  t.match(items, [{ system: 'documents', ref: 'd-1', fault: { code: 'xml' }, state: 'open' }]);
  t.match((await rig.post(`/v1/refused/${items[0].id}/retry`)).json(), { id: items[0].id, events: [{ id: 'e' }] });
  t.same(asked, [items[0].id]);
  t.match((await rig.get('/v1/audit')).json().items, [{ act: 'refused.retry' }]);
});

test('the vocabulary in force and its history', async t => {
  const rig = await peopleRig(t);
  const { active, history } = (await rig.get('/v1/vocabulary')).json();
  t.match(active, { id: rig.release, release: /^[0-9a-f]{64}$/, counts: { units: Number } });
  t.match(history, [{ hash: active.release }]);
});

test('OpenAPI 3.1 is valid and /docs asks for a sign-in', async t => {
  const rig = await peopleRig(t);
  const document = (await rig.get('/openapi.json')).json();
  t.equal(document.openapi, '3.1.0');
  t.match(await new Validator().validate(document), { valid: true });
  for (const path of ['/v1/syncs', '/v1/syncs/{id}/resolve', '/v1/systems/{id}/pause', '/health', '/metrics']) {
    t.ok(document.paths[path], path);
  }
  const page = await rig.get('/docs/');
  t.match(page, { statusCode: 200, headers: { 'content-type': /html/ } });
  t.match(page.headers['content-security-policy'], /script-src 'self';/);
  t.match((await rig.get('/v1/vocabulary')).headers['content-security-policy'], /^(?!.*unsafe)/);
  t.equal((await rig.app.inject('/docs/')).statusCode, 401);
  t.equal((await rig.app.inject('/openapi.json')).statusCode, 401);
});

test('another site cannot post with a remembered sign-in', async t => {
  const rig = await peopleRig(t);
  const answer = await rig.app.inject({
    method: 'POST',
    url: '/v1/release',
    headers: { authorization: 'Bearer lt_token-of-the-test', 'sec-fetch-site': 'cross-site' },
  });
  t.match(answer.json(), { status: 403, code: 'foreign-page' });
});
