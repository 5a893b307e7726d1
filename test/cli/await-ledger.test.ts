/** A start whose ledger is away waits, says so, answers health, and goes on by itself; one that is refused ends at once. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import tap, { type Test, test } from 'tap';
import { onceLedgerAnswers } from '../../src/cli/await-ledger.ts';
import { freePort } from '../../src/embedded/cluster.ts';
import { testDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { testFolder } from '../support/folder.ts';
import { lineTo } from '../support/line-to.ts';

tap.setTimeout(150_000);

const main = join(import.meta.dirname, '../../src/cli/main.ts');
const away = (): Error => Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });

interface Started {
  child: ChildProcess;
  url: string;
  out(): string;
  err(): string;
  ended: Promise<[number | null, NodeJS.Signals | null]>;
}

async function startGateway(t: Test, databaseUrl: string, roles = 'api,worker,scheduler'): Promise<Started> {
  const port = await freePort(0);
  const { REDIS_URL: _redis, ...rest } = process.env;
  const child = spawn(process.execPath, [main, '--json', 'start', '--sandbox', 'external'], {
    env: {
      ...rest,
      DATABASE_URL: databaseUrl,
      LIENTHONG_DATA_DIR: await testFolder(t),
      LIENTHONG_ROLES: roles,
      LOG_LEVEL: 'warn',
      PORT: String(port),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  let out = '';
  let err = '';
  child.stdout.on('data', (text: Buffer) => {
    out += text;
  });
  child.stderr.on('data', (text: Buffer) => {
    err += text;
  });
  const ended = once(child, 'close') as Started['ended'];
  return { child, url: `http://127.0.0.1:${port}`, out: () => out, err: () => err, ended };
}

const statusOf = (url: string): Promise<number | undefined> =>
  fetch(url).then(
    answer => answer.status,
    () => undefined,
  );

test('a start waits for its ledger, goes on by itself, and can be stopped', { timeout: 140_000 }, async t => {
  const { url, drop } = await testDatabase();
  t.teardown(drop);
  const { url: through, line } = await lineTo(t, url);
  line.shut();
  const gateway = await startGateway(t, through);
  await eventually(async () => (await statusOf(`${gateway.url}/health/live`)) === 200, 60_000);
  const ready = await fetch(`${gateway.url}/health/ready`);
  t.equal(ready.status, 503);
  t.match(await ready.json(), { status: 'fail', output: /ledger/ }, 'it says what is missing');
  t.match(await (await fetch(`${gateway.url}/health`)).json(), { checks: { ledger: [{ status: 'fail' }] } });
  const refused = await fetch(`${gateway.url}/v1/events`, { method: 'POST', body: '{}' });
  t.equal(refused.status, 503);
  t.ok(refused.headers.get('retry-after'), 'an event is told when to come again');
  t.match(await refused.json(), { code: 'ledger-unavailable', detail: /sổ cái/, detailEn: /ledger/ });
  await eventually(
    () =>
      gateway
        .err()
        .split('\n')
        .filter(text => text.includes('cannot be reached')).length >= 2,
  );
  t.match(gateway.err(), /"attempt":1,"reason":"E[A-Z]+[^"]*","waitMs":250/, 'one log line a try says why');
  line.mend();
  await eventually(async () => (await statusOf(`${gateway.url}/health/ready`)) === 200, 60_000);
  t.match(gateway.out(), /^\{"url"/, 'and it is up');
  line.lose();
  gateway.child.kill('SIGTERM');
  t.same(await gateway.ended, [0, null], 'connections that fell silent do not keep it from stopping');
});

test('a start that waits can be stopped; one that is refused ends by itself', { timeout: 140_000 }, async t => {
  const { url, drop } = await testDatabase({ migrated: false });
  t.teardown(drop);
  const nobody = `postgres://nobody@127.0.0.1:${await freePort(0)}/none`;
  const nowhere = new URL(url);
  nowhere.pathname = '/nowhere';
  const [waiting, refused] = await Promise.all([
    startGateway(t, nobody, 'worker'),
    startGateway(t, nowhere.href, 'worker'),
  ]);
  await eventually(() => waiting.err().includes('cannot be reached'), 60_000);
  waiting.child.kill('SIGTERM');
  t.same(await waiting.ended, [0, null], 'status 0');
  t.same(await refused.ended, [2, null], 'status 2');
  t.match(refused.err(), /DATABASE_URL: không có cơ sở dữ liệu này.*there is no such database/, 'in both languages');
  t.notMatch(refused.err(), /trying again/);
});

test('the ledger is asked again when the work finds it away; other faults end the waiting', async t => {
  const said: object[] = [];
  const order: string[] = [];
  const options = {
    logger: { warn: (fields: object) => void said.push(fields) },
    signal: new AbortController().signal,
    open: async () => {
      order.push('open');
      return { close: async () => order.push('shut') };
    },
  };
  let works = 0;
  const done = await onceLedgerAnswers(
    async () => order.push('ask'),
    async shut => {
      order.push('work');
      works += 1;
      if (works < 2) throw away();
      await shut();
      order.push('listen');
      return 'up';
    },
    options,
  );
  t.equal(done, 'up');
  t.same(order, ['ask', 'work', 'open', 'ask', 'work', 'shut', 'listen'], 'one door shuts just before the other opens');
  t.match(said, [{ attempt: 1, reason: 'ECONNREFUSED: connect' }]);
  await t.rejects(
    onceLedgerAnswers(
      async () => undefined,
      async () => Promise.reject(new Error('a bug')),
      options,
    ),
    { message: 'a bug' },
  );
});
