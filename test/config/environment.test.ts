/** The environment: defaults, every fault at once with its place, nothing secret repeated. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'tap';
import { firstRun } from '../../src/cli/first-run.ts';
import { gatewayUrl, readConfiguration, readEnvironment, withDatabase } from '../../src/config/environment.ts';
import { ConfigurationFault } from '../../src/domain/errors.ts';
import { testFolder } from '../support/folder.ts';

function faultsOf(work: () => unknown): Record<string, string> {
  try {
    work();
  } catch (fault) {
    if (fault instanceof ConfigurationFault)
      return Object.fromEntries(fault.faults.map(({ place, text }) => [place, text]));
    throw fault;
  }
  return {};
}

test('an empty environment is the sandbox with all roles on this machine alone', async t => {
  const environment = readEnvironment({}, '/somewhere');
  t.match(environment, {
    databaseUrl: undefined,
    redisUrl: undefined,
    dataDir: '/somewhere/.data',
    host: '127.0.0.1',
    port: 8080,
    logLevel: 'info',
    sandbox: true,
    notes: [],
  });
  t.same([...environment.roles], ['api', 'worker', 'scheduler']);
  t.same(environment.sandboxPorts, { portal: 8181, commune: 8182, documents: 8183 });
  t.equal(gatewayUrl(environment), 'http://127.0.0.1:8080');
  t.equal(gatewayUrl({ host: '0.0.0.0', port: 1 }), 'http://127.0.0.1:1');
  t.equal(gatewayUrl({ host: '::1', port: 1 }), 'http://[::1]:1');
});

test('an empty variable counts as unset', async t => {
  t.equal(readEnvironment({ PORT: '', DATABASE_URL: '', LIENTHONG_ROLES: '' }).port, 8080);
});

test('names every fault at once, and repeats no secret', async t => {
  const faults = faultsOf(() =>
    readEnvironment({
      DATABASE_URL: 'mysql://user:verysecret@host/db',
      REDIS_URL: 'not an address',
      LIENTHONG_ROLES: 'api,worker,painter',
      LIENTHONG_SECRET_KEY: 'verysecret',
      LIENTHONG_SECRETKEY: 'verysecret',
      PORT: '99999',
      HOST: 'not a host',
      LOG_LEVEL: 'loud',
      SANDBOX_PORTAL_PORT: '8183',
    }),
  );
  t.same(Object.keys(faults).sort(), [
    'DATABASE_URL',
    'HOST',
    'LIENTHONG_ROLES',
    'LIENTHONG_SECRETKEY',
    'LIENTHONG_SECRET_KEY',
    'LOG_LEVEL',
    'PORT',
    'REDIS_URL',
    'SANDBOX_DOCUMENTS_PORT',
  ]);
  t.notMatch(JSON.stringify(faults), /verysecret/);
  t.match(faults.LIENTHONG_ROLES, /painter/);
});

test('the disk reserve is a whole number of MiB, 256 unless told otherwise', async t => {
  t.equal(readEnvironment({}).diskReserveBytes, 256 * 2 ** 20);
  t.equal(readEnvironment({ LIENTHONG_DISK_RESERVE_MB: '0' }).diskReserveBytes, 0);
  t.same(Object.keys(faultsOf(() => readEnvironment({ LIENTHONG_DISK_RESERVE_MB: '1.5' }))), [
    'LIENTHONG_DISK_RESERVE_MB',
  ]);
});

test('takes any subset of roles', async t => {
  t.same([...readEnvironment({ LIENTHONG_ROLES: 'scheduler, api' }).roles], ['api', 'scheduler']);
});

test('a host that others can reach is allowed, with a note', async t => {
  t.match(readEnvironment({ HOST: '0.0.0.0' }).notes, [/TLS/]);
});

test('real systems want a key ring; the sandbox does not', async t => {
  const faults = faultsOf(() => readEnvironment({ LIENTHONG_CONFIG: 'systems.yaml' }));
  t.same(Object.keys(faults), ['LIENTHONG_SECRET_KEY']);
  const key = `1:${randomBytes(32).toString('base64')}`;
  t.equal(readEnvironment({ LIENTHONG_CONFIG: 'systems.yaml', LIENTHONG_SECRET_KEY: key }).sandbox, false);
  t.same(Object.keys(faultsOf(() => readEnvironment({ LIENTHONG_SECRET_KEY: `${key},${key}` }))), [
    'LIENTHONG_SECRET_KEY',
  ]);
});

test('the built-in sandbox file is whole once the first run has made its secrets', async t => {
  const dataDir = await testFolder(t);
  const env = { LIENTHONG_DATA_DIR: dataDir, SANDBOX_COMMUNE_PORT: '20182' };
  const missing = Object.keys(faultsOf(() => readConfiguration(env)));
  t.equal(missing.length, 9, 'every secret that is not there yet is named');
  const run = await firstRun(dataDir, 'http://127.0.0.1:8080');
  const settings = readConfiguration(env);
  t.same(
    settings.systems.map(system => [system.id, system.baseUrl, system.statusList, system.honoursKeys]),
    [
      ['portal', 'http://127.0.0.1:8181', 'national', false],
      ['commune', 'http://127.0.0.1:20182', 'xa-3b', true],
      ['documents', 'http://127.0.0.1:8183', 'edxml', false],
    ],
  );
  t.same(settings.systems[0]?.webhookSecrets, [run.systems.portal?.webhookSecret]);
  t.equal(settings.systems[2]?.poll, '*/2 * * * * *');
  t.ok(Object.isFrozen(settings.systems[0]?.retry));
  const whole = withDatabase(settings, 'postgres://x/y');
  t.equal(whole.databaseUrl, 'postgres://x/y');
  t.equal(whole.mappingsDir, join(import.meta.dirname, '../../mappings'));
});
