/** Health and metrics: open to balancers, honest about what is missing, without secrets. */
import { test } from 'tap';
import { submitted } from '../support/ledger-rig.ts';
import { ADMIN, peopleRig } from '../support/people-rig.ts';

test('alive, ready and well', async t => {
  const rig = await peopleRig(t);
  t.match(await rig.app.inject('/health/live'), { statusCode: 200 });
  t.match(await rig.app.inject('/health/ready'), { statusCode: 200 });
  const health = await rig.app.inject('/health');
  t.match(health, { statusCode: 200, headers: { 'content-type': /^application\/health\+json/ } });
  t.match(health.json(), {
    status: 'pass',
    checks: {
      ledger: [{ status: 'pass', componentType: 'datastore' }],
      'turn-queue': [{ status: 'pass', observedValue: 2 }],
      'system:commune': [{ status: 'pass' }],
      'system:portal': [{ status: 'pass' }],
    },
  });
  t.notMatch(health.body, /postgres|127\.0\.0\.1|password/);
});

test('a cut-off system is a warning, not the end', async t => {
  const rig = await peopleRig(t);
  await rig.database.people.query(
    "UPDATE targets SET breaker = 'open', probe_at = now() + interval '1 h', last_cause = 'target-timeout' WHERE target = 'portal'",
  );
  const health = await rig.app.inject('/health');
  t.match(health, { statusCode: 200 });
  t.match(health.json(), {
    status: 'warn',
    checks: { 'system:portal': [{ status: 'warn', output: 'breaker open (target-timeout)' }] },
  });
});

test('without its migrations or its ledger a process is not ready', async t => {
  const rig = await peopleRig(t);
  await rig.database.people.query('ALTER TABLE ledger_migrations RENAME TO elsewhere');
  const ready = await rig.app.inject('/health/ready');
  t.match(ready, { statusCode: 503 });
  t.equal((await rig.app.inject('/health/live')).statusCode, 200);
  t.match((await rig.app.inject('/health')).json(), { status: 'fail', checks: { ledger: [{ status: 'fail' }] } });
});

test('a disk without room: alive, not ready, and it says why; people are served', async t => {
  let full = true;
  const rig = await peopleRig(t, {
    room: { full: () => full, free: () => 5 * 2 ** 20, failed: () => undefined, stop: () => undefined },
  });
  t.match(await rig.app.inject('/health/ready'), { statusCode: 503, body: /disk of the ledger/ });
  t.equal((await rig.app.inject('/health/live')).statusCode, 200);
  t.match((await rig.app.inject('/health')).json(), {
    status: 'fail',
    checks: { disk: [{ status: 'fail', observedValue: 5, observedUnit: 'MiB free' }], ledger: [{ status: 'pass' }] },
  });
  t.equal((await rig.get('/v1/syncs')).statusCode, 200);
  full = false;
  t.equal((await rig.app.inject('/health/ready')).statusCode, 200);
  t.match((await rig.app.inject('/health')).json(), { checks: { disk: [{ status: 'pass' }] } });
});

test('a missing migration is named', async t => {
  const rig = await peopleRig(t);
  await rig.database.people.query('DELETE FROM ledger_migrations');
  t.match((await rig.app.inject('/health/ready')).json(), { status: 'fail', output: /0001_ledger/ });
});

test('a queue that is away is late, not lost', async t => {
  const rig = await peopleRig(t, {
    turns: {
      wake: () => {},
      depth: async () => {
        throw new Error('connect ECONNREFUSED 10.0.0.1:6379');
      },
    },
  });
  const health = await rig.app.inject('/health');
  t.match(health.json(), { status: 'warn', checks: { 'turn-queue': [{ status: 'warn' }] } });
  t.notMatch(health.body, /10\.0\.0\.1/);
});

test('metrics count and gauge, behind the sign-in', async t => {
  const rig = await peopleRig(t);
  const accepted = await rig.accept(submitted('H-1'), submitted('H-2', { unitCode: '26449' }));
  rig.metrics.accepted(accepted, ['dossier.submitted', 'dossier.submitted'], performance.now());
  rig.metrics.outcome('commune', 'delivered', null);
  rig.metrics.outcome('commune', 'open', 'target-timeout');
  rig.metrics.refusedRecords(() => 3);
  t.equal((await rig.app.inject('/metrics')).statusCode, 401);
  const text = (await rig.get('/metrics')).body;
  for (const line of [
    'lienthong_events_accepted_total{source="portal",type="dossier.submitted",outcome="new"} 2',
    'lienthong_sync_outcomes_total{target="commune",state="open",cause="target-timeout",mode="official"} 1',
    'lienthong_records_refused_total 3',
    'lienthong_syncs_open{target="commune"} 1',
    'lienthong_problems{target="commune",cause="ambiguous-unit",state="parked",mode="official"} 1',
    'lienthong_breaker_open{target="portal"} 0',
    'lienthong_ledger_up 1',
    'lienthong_accept_seconds_count 1',
  ]) {
    t.ok(text.includes(`${line}\n`), line);
  }
  t.match(text, /process_cpu_seconds_total/);
  t.notMatch(text, /26041|H-1/, 'no unit and no subject');
});

test('everything but health asks for a sign-in', async t => {
  const rig = await peopleRig(t);
  const document = (await rig.get('/openapi.json')).json();
  for (const [path, methods] of Object.entries(document.paths as Record<string, Record<string, unknown>>)) {
    for (const method of Object.keys(methods)) {
      const url = path.replace('{id}', '018f0000-0000-7000-8000-000000000000').replace('{code}', 'x');
      const answer = await rig.app.inject({ method: method.toUpperCase() as 'GET', url });
      if (path.startsWith('/health')) t.not(answer.statusCode, 401, path);
      else t.equal(answer.statusCode, 401, `${method} ${path}`);
    }
  }
  const signedIn = await rig.app.inject({
    url: '/v1/syncs',
    headers: { authorization: `Basic ${Buffer.from(`${ADMIN.username}:${ADMIN.password}`).toString('base64')}` },
  });
  t.equal(signedIn.statusCode, 200);
});
