import { closeSync, existsSync, openSync } from 'node:fs';
import { Writable } from 'node:stream';
import axios from 'axios';
import nock from 'nock';
import { test } from 'tap';
import { TransportFault } from '../../src/domain/errors.ts';
import { createLogger, logDestination, maskPersonal } from '../../src/http/log.ts';
import { createServer } from '../../src/http/server.ts';

/** A logger and what it has written. */
function captured(fields: string[] = []): {
  logger: ReturnType<typeof createLogger>;
  text: () => string;
  lines: () => Record<string, unknown>[];
} {
  let written = '';
  const destination = new Writable({
    write(chunk, _encoding, done) {
      written += String(chunk);
      done();
    },
  });
  return {
    logger: createLogger({ level: 'debug', destination, fields }),
    text: () => written,
    lines: () =>
      written
        .trim()
        .split('\n')
        .map(line => JSON.parse(line) as Record<string, unknown>),
  };
}

test('masks identity and telephone numbers, and leaves codes and ids', async t => {
  t.equal(maskPersonal('CCCD 075090001234, CMND 270123456.'), 'CCCD ***234, CMND ***456.');
  t.equal(
    maskPersonal('gọi 0901234567 hoặc +84901234567, 84901234567, 090 123 45 67, 0901.234.567'),
    'gọi ***567 hoặc ***567, ***567, ***567, ***567',
  );
  for (const kept of [
    'H19.34-250701-0001',
    '01a20cc1-e827-753a-81f9-123456789012',
    '1.013965',
    '26041',
    '2025-07-01T08:00:00.123Z',
    '1751331600',
    '127.0.0.1:8080',
  ]) {
    t.equal(maskPersonal(kept), kept);
  }
});

test('takes named fields only and says what it dropped', async t => {
  const log = captured(['drift']);
  log.logger.warn(
    {
      syncId: 's-1',
      drift: 3,
      body: { identityNumber: '075090001234' },
      headers: { authorization: 'x' },
      reason: 'số 075090001234',
    },
    'gọi %s',
    '0901234567',
  );
  t.match(log.lines()[0], {
    level: 'warn',
    syncId: 's-1',
    drift: 3,
    reason: 'số ***234',
    msg: 'gọi ***567',
    dropped: ['body', 'headers'],
  });
  t.notMatch(log.text(), /075090001234|0901234567|authorization/);
});

test('never writes the request or the answer that an HTTP error carries', async t => {
  nock('http://target.test').post('/x').reply(500, { canary: 'answer-canary' }, { 'set-cookie': 'cookie-canary' });
  t.teardown(() => nock.cleanAll());
  const log = captured();
  const failure: unknown = await axios
    .post(
      'http://target.test/x',
      { id: 'body-canary 075090001234' },
      { headers: { authorization: 'Bearer head-canary' } },
    )
    .catch((error: unknown) => error);
  log.logger.error({ err: failure }, 'one');
  log.logger.error({ error: failure }, 'two');
  log.logger.error(failure as Error);
  log.logger.error(failure as Error, 'four');
  log.logger.error({ err: new Error('wrapped', { cause: failure }) }, 'five');
  log.logger.child({ system: 'portal' }).error({ err: failure, response: failure }, 'six');
  t.equal(log.lines().length, 6);
  for (const line of log.lines()) t.match(line, { err: { type: /Error/, stack: String } });
  t.notMatch(log.text(), /canary|075090001234|Bearer/);
});

test('writes our own errors by their words, others with their stack', async t => {
  const log = captured();
  log.logger.error({ err: new TransportFault('timeout', true, 'no answer in 5 s') }, 'x');
  log.logger.error({ err: 'just text 075090001234' }, 'y');
  log.logger.error(
    { err: Object.assign(new Error('duplicate key'), { code: '23505', detail: 'Key (x)=(canary)' }) },
    'z',
  );
  const [own, text, foreign] = log.lines();
  t.match(own, { err: { type: 'TransportFault', message: 'no answer in 5 s' } });
  t.notMatch(own, { err: { stack: String } });
  t.match(text, { err: { type: 'string' } });
  t.match(foreign, { err: { code: '23505', stack: String } });
  t.notMatch(log.text(), /canary|075090001234/);
});

test('masks the text of an error that is logged without one of its own, and objects put into a text', async t => {
  const log = captured();
  log.logger.error(new Error('số 075090001234'));
  log.logger.error({ err: new Error('số 075090001234') });
  log.logger.info('tin %o và %s', { id: '075090001234' }, '0901234567');
  log.logger.info('số 075090001234');
  t.equal(log.lines().length, 4);
  t.match(log.lines()[0], { msg: 'số ***234', err: { message: 'số ***234' } });
  t.notMatch(log.text(), /075090001234|0901234567/);
});

test('writes a bug in a route with the request id, and nothing of the request', async t => {
  const log = captured();
  const app = createServer({ logger: log.logger });
  t.teardown(() => app.close());
  app.post('/break/:id', async () => {
    throw new Error('broken');
  });
  const answer = await app.inject({
    method: 'POST',
    url: '/break/075090001234?phone=0901234567',
    headers: { 'content-type': 'application/json', authorization: 'Bearer canary', cookie: 'canary=1' },
    payload: '{"name":"canary"}',
  });
  t.equal(answer.statusCode, 500);
  t.match(log.lines().at(-1), {
    level: 'error',
    reqId: answer.headers['x-request-id'],
    route: '/break/:id',
    err: { message: 'broken' },
  });
  t.notMatch(log.text(), /canary|075090001234|0901234567/);
});

test('a log that cannot be written loses lines, never the process, and keeps little of them', {
  skip: existsSync('/dev/full') ? false : 'there is no /dev/full here: a full log disk is not tested',
}, t => {
  // an unheard error of the destination, or one thrown at the caller, would end the test here
  const full = openSync('/dev/full', 'w');
  t.teardown(() => closeSync(full));
  const logger = createLogger({ level: 'info', destination: logDestination(full) });
  const text = 'x'.repeat(1_900);
  const before = process.memoryUsage().heapUsed;
  for (let no = 0; no < 20_000; no += 1) logger.info({ count: no }, text);
  const kept = process.memoryUsage().heapUsed - before;
  t.ok(kept < 20 * 2 ** 20, `${kept} of 40,000,000 bytes are kept`);
  t.end();
});
