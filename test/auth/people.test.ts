/** Sign-in: token and password, what is refused and how, the growing delay, and the first administrator. */
import Fastify from 'fastify';
import { test } from 'tap';
import { authenticateClient, createPeople, ensureAdministrator } from '../../src/auth/people.ts';
import { Throttle } from '../../src/auth/throttle.ts';
import { GatewayError } from '../../src/domain/errors.ts';
import { type Database, openDatabase } from '../../src/ledger/database.ts';
import { testDatabase } from '../support/database.ts';

const ADMIN = { username: 'admin', password: 'mật:khẩu', apiToken: 'lt_abc' };

async function ledger(t: { teardown(work: () => Promise<void>): unknown }): Promise<Database> {
  const { url, drop } = await testDatabase();
  const database = openDatabase(url, () => {});
  t.teardown(async () => {
    await database.end();
    await drop();
  });
  await ensureAdministrator(database, ADMIN);
  return database;
}

/** Asks a small server that signs people in; the clock stands still unless moved. */
async function door(t: { teardown(work: () => Promise<void>): unknown }) {
  const database = await ledger(t);
  const clock = { now: 0 };
  const people = createPeople(database, () => clock.now);
  const app = Fastify();
  t.teardown(() => app.close());
  app.get('/', request => people.authenticate(request));
  app.get('/client', async request => {
    await authenticateClient(database, request);
    return { ok: true };
  });
  app.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof GatewayError)) throw error;
    return reply.status(error.status).headers(error.headers).send({ code: error.code });
  });
  const ask = (authorization?: string, url = '/') =>
    app.inject({ url, headers: authorization === undefined ? {} : { authorization } });
  return { database, clock, ask };
}
const basic = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

test('a token or a password opens, anything else is told how', async t => {
  const { ask } = await door(t);
  t.match((await ask('Bearer lt_abc')).json(), {
    username: 'admin',
    role: 'administrator',
    scopes: ['read', 'operate', 'events'],
  });
  t.match((await ask('bearer lt_abc')).statusCode, 200, 'the scheme has no case');
  t.match((await ask(basic('admin', 'mật:khẩu'))).json(), { username: 'admin' });
  const refused = [
    undefined,
    '',
    'Bearer',
    'Bearer lt_abd',
    'Basic',
    'Basic !!!',
    basic('admin', 'no'),
    basic('nobody', 'mật:khẩu'),
    basic('', 'x'),
    `Basic ${Buffer.from('admin').toString('base64')}`,
    basic('a\u0000b', 'x'),
  ];
  for (const header of refused) {
    const answer = await ask(header);
    t.equal(answer.statusCode, 401, String(header));
    t.match(answer.headers['www-authenticate'], /Basic .*Bearer/);
  }
});

test('an expired token is none, and a narrow one may do less', async t => {
  const { ask, database } = await door(t);
  await database.people.query("UPDATE api_tokens SET scopes = '{read}'");
  t.same((await ask('Bearer lt_abc')).json().scopes, ['read']);
  t.equal((await ask('Bearer lt_abc', '/client')).statusCode, 403);
  await database.people.query("UPDATE api_tokens SET scopes = '{events}'");
  t.equal((await ask('Bearer lt_abc', '/client')).statusCode, 200);
  t.equal((await ask(basic('admin', 'mật:khẩu'), '/client')).statusCode, 401, 'programs use tokens');
  await database.people.query("UPDATE api_tokens SET expires_at = now() - interval '1 s'");
  t.equal((await ask('Bearer lt_abc')).statusCode, 401);
});

test('after wrong passwords the account waits, longer each time', async t => {
  const { ask, clock } = await door(t);
  for (let tries = 0; tries < 4; tries++) t.equal((await ask(basic('admin', 'no'))).statusCode, 401);
  const waits = await ask(basic('admin', 'mật:khẩu'));
  t.match(waits, { statusCode: 429, headers: { 'retry-after': '1' } });
  t.equal((await ask('Bearer lt_abc')).statusCode, 200, 'tokens are not held up');
  clock.now += 1_000;
  t.equal((await ask(basic('admin', 'no'))).statusCode, 401);
  t.match((await ask(basic('admin', 'no'))).headers['retry-after'], '2');
  clock.now += 2_000;
  t.equal((await ask(basic('admin', 'mật:khẩu'))).statusCode, 200);
  t.equal((await ask(basic('admin', 'no'))).statusCode, 401, 'a success clears the count');
});

test('the delay stops growing at a minute', async t => {
  const throttle = new Throttle(() => 0);
  for (let tries = 0; tries < 50; tries++) throttle.failed('a');
  t.equal(throttle.delay('a'), 60_000);
  t.equal(throttle.delay('b'), 0);
});

test('a right password is believed for a minute, then asked again', async t => {
  const { ask, clock, database } = await door(t);
  t.equal((await ask(basic('admin', 'mật:khẩu'))).statusCode, 200);
  await ensureAdministrator(database, { ...ADMIN, password: 'khác' });
  t.equal((await ask(basic('admin', 'mật:khẩu'))).statusCode, 200);
  clock.now += 61_000;
  t.equal((await ask(basic('admin', 'mật:khẩu'))).statusCode, 401);
  t.equal((await ask(basic('admin', 'khác'))).statusCode, 200);
});

test('the first administrator is made once, and follows what is given', async t => {
  const database = await ledger(t);
  const read = async () => (await database.people.query('SELECT password_hash FROM users')).rows;
  const before = await read();
  t.match(before, [{ password_hash: /^\$argon2id\$/ }]);
  await ensureAdministrator(database, ADMIN);
  t.same(await read(), before, 'nothing is written where nothing changed');
  await ensureAdministrator(database, { ...ADMIN, password: 'mới', apiToken: 'lt_new' });
  t.notSame(await read(), before);
  const tokens = await database.people.query("SELECT encode(hash, 'hex') AS hash, name FROM api_tokens");
  t.equal(tokens.rowCount, 1, 'the old token is gone');
  t.notMatch(tokens.rows[0].hash, /lt_/);
});
