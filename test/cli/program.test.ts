/** The command line's frame: exit statuses, `--json` anywhere, faults said with their place. */
import { createServer } from 'node:net';
import { type Test, test } from 'tap';
import { checkPorts } from '../../src/cli/ports.ts';
import { runCommandLine } from '../../src/cli/program.ts';
import { ConfigurationFault } from '../../src/domain/errors.ts';
import { freePort } from '../../src/embedded/cluster.ts';
import { testDatabase } from '../support/database.ts';
import { testFolder } from '../support/folder.ts';
import { testRedis } from '../support/redis.ts';

async function lienthong(args: string[], env: NodeJS.ProcessEnv = {}) {
  let out = '';
  let err = '';
  const status = await runCommandLine(args, {
    env,
    cwd: '/',
    out: text => {
      out += text;
    },
    err: text => {
      err += text;
    },
  });
  return { status, out, err };
}

/** A port that something else listens on. */
async function busyPort(t: Test): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', () => resolve()));
  t.teardown(() => server.close());
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

test('help and version are no faults', async t => {
  t.match(await lienthong(['--help']), { status: 0, out: /start/ });
  t.match(await lienthong(['start', '--help']), { status: 0, out: /--hold/ });
  t.match(await lienthong(['--version']), { status: 0, out: /^\d+\.\d+\.\d+\n$/ });
});

test('wrong use ends with 2', async t => {
  t.match(await lienthong(['frobnicate']), { status: 2, err: /unknown command/ });
  t.match(await lienthong(['start', '--sandbox', 'elsewhere']), { status: 2, err: /internal, external/ });
  t.match(await lienthong(['migrate', '--nonsense']), { status: 2, err: /unknown option/ });
});

test('configuration faults end with 2, each with its place; as JSON too', async t => {
  const env = { PORT: 'http', LOG_LEVEL: 'loud', LIENTHONG_DATA_DIR: await testFolder(t) };
  t.match(await lienthong(['start'], env), { status: 2, err: /LOG_LEVEL: .*\n.*PORT: / });
  const { out } = await lienthong(['start', '--json'], env);
  t.match(JSON.parse(out), { error: 'configuration', faults: [{ place: 'LOG_LEVEL' }, { place: 'PORT' }] });
});

test('start names faults of environment and systems file together', async t => {
  const env = { PORT: 'http', LIENTHONG_CONFIG: '/not/there.yaml', LIENTHONG_DATA_DIR: await testFolder(t) };
  const { err, status } = await lienthong(['start'], env);
  t.equal(status, 2);
  t.match(err, /PORT: /);
  t.match(err, /LIENTHONG_CONFIG: cannot read/);
});

test('a busy port is named with its variable before anything starts', async t => {
  const port = await busyPort(t);
  const dataDir = await testFolder(t);
  const { status, err } = await lienthong(['start', '--sandbox', 'external'], {
    PORT: String(port),
    LIENTHONG_DATA_DIR: dataDir,
  });
  t.equal(status, 2);
  t.match(err, new RegExp(`PORT: .*${port}.*taken`));
  const fault = await checkPorts(
    [
      { variable: 'A', host: '127.0.0.1', port },
      { variable: 'B', host: '127.0.0.1', port: (await freePort(0)) ?? 0 },
    ],
    0,
  ).catch((error: unknown) => error);
  t.ok(fault instanceof ConfigurationFault);
  t.match((fault as ConfigurationFault).faults, [{ place: 'A' }]);
});

test('migrate brings an empty database up to date, then finds nothing to do', async t => {
  const database = await testDatabase({ migrated: false });
  t.teardown(database.drop);
  const first = await lienthong(['migrate', '--json'], { DATABASE_URL: database.url });
  t.equal(first.status, 0);
  t.ok((JSON.parse(first.out) as { applied: string[] }).applied.length > 0);
  const second = await lienthong(['--json', 'migrate'], { DATABASE_URL: database.url });
  t.same(JSON.parse(second.out), { applied: [] });
});

test('a command that fails ends with 1 and says why', async t => {
  const port = await freePort(0);
  const { status, err } = await lienthong(['migrate'], { DATABASE_URL: `postgres://nobody@127.0.0.1:${port}/none` });
  t.equal(status, 1);
  t.match(err, /ECONNREFUSED/);
});

test('doctor is red where systems are away or the database is unsafe, and says what to do', async t => {
  const database = await testDatabase();
  t.teardown(database.drop);
  const redis = await testRedis();
  const { status, out } = await lienthong(['doctor', '--json'], {
    DATABASE_URL: database.url,
    ...(redis ? { REDIS_URL: redis } : {}),
    LIENTHONG_DATA_DIR: await testFolder(t),
    PORT: String(await freePort(0)),
    SANDBOX_PORTAL_PORT: String(await freePort(0)),
    SANDBOX_COMMUNE_PORT: String(await freePort(0)),
    SANDBOX_DOCUMENTS_PORT: String(await freePort(0)),
  });
  t.equal(status, 1);
  const { ok, checks } = JSON.parse(out) as {
    ok: boolean;
    checks: { check: string; state: string; remedy?: string }[];
  };
  t.equal(ok, false);
  const state = (name: string) => checks.find(({ check }) => check === name)?.state;
  t.match(
    {
      configuration: state('configuration'),
      database: state('database'),
      mappings: state('mappings'),
      port: state('port'),
    },
    { configuration: 'green', database: 'green', mappings: 'green', port: 'green' },
  );
  t.equal(state('database fsync'), 'red', 'the test database runs without fsync');
  t.equal(state('system portal'), 'red');
  if (redis) t.equal(state('redis maxmemory-policy'), 'green');
  for (const finding of checks) if (finding.state === 'red') t.ok(finding.remedy, finding.check);
});
