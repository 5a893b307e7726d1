import { equal } from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { test } from 'tap';
import { GatewayError } from '../../src/domain/errors.ts';
import { decodeWebhookSecret, signMessage, verifySignature } from '../../src/http/signature.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const VECTOR = {
  headers: {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    timestamp: '1614265330',
    signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  },
  body: Buffer.from('{"test": 2432232314}'),
  keys: [decodeWebhookSecret(SECRET)],
  now: new Date(1614265330_000),
};
type Input = Parameters<typeof verifySignature>[0];

/** Fault codes of a refusal; undefined when it passes. */
function refused(change: Partial<Input> & { header?: Partial<Input['headers']> } = {}): string[] | undefined {
  const { header, ...rest } = change;
  try {
    verifySignature({ ...VECTOR, ...rest, headers: { ...VECTOR.headers, ...header } });
    return undefined;
  } catch (error) {
    if (!(error instanceof GatewayError) || error.status !== 401 || error.code !== 'unauthenticated') throw error;
    return error.faults.map(fault => `${fault.pointer} ${fault.code}`);
  }
}
const NO_MATCH = ['/headers/webhook-signature no-match'];

test('takes the published vector', async t => {
  t.strictSame(verifySignature(VECTOR), { id: VECTOR.headers.id, signedAt: VECTOR.now });
  t.strictSame(signMessage({ id: VECTOR.headers.id, at: VECTOR.now, body: VECTOR.body, key: VECTOR.keys[0]! }), {
    'webhook-id': VECTOR.headers.id,
    'webhook-timestamp': VECTOR.headers.timestamp,
    'webhook-signature': VECTOR.headers.signature,
  });
});

test('signs and verifies as the reference package does, both ways', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.stringMatching(/^[A-Za-z0-9_-]{1,128}$/), (body, id) => {
      const secret = randomBytes(32).toString('base64');
      const now = new Date();
      const key = decodeWebhookSecret(`whsec_${secret}`);
      const headers = signMessage({ id, at: now, body, key });
      equal(new Webhook(secret).sign(id, now, body), headers['webhook-signature']);
      const received = { id, timestamp: headers['webhook-timestamp'], signature: headers['webhook-signature'] };
      equal(verifySignature({ headers: received, body: Buffer.from(body), keys: [key], now }).id, id);
    }),
    { numRuns: 50 },
  );
});

test('refuses every other body, also one that differs only in invalid UTF-8', async t => {
  t.strictSame(refused({ body: Buffer.from('{"test": 2432232315}') }), NO_MATCH);
  t.strictSame(refused({ body: Buffer.alloc(0) }), NO_MATCH);
  const one = Buffer.from([0x22, 0xff, 0x22]);
  const other = Buffer.from([0x22, 0xfe, 0x22]);
  const headers = signMessage({ id: 'a', at: VECTOR.now, body: one, key: VECTOR.keys[0]! });
  const header = { id: 'a', signature: headers['webhook-signature'] };
  t.equal(refused({ body: one, header }), undefined);
  t.strictSame(refused({ body: other, header }), NO_MATCH);
});

test('names each header that is missing or malformed', async t => {
  t.strictSame(refused({ header: { id: undefined, timestamp: undefined, signature: undefined } }), [
    '/headers/webhook-id missing-header',
    '/headers/webhook-timestamp missing-header',
    '/headers/webhook-signature missing-header',
  ]);
  for (const id of ['', 'a.b', 'a b', 'x'.repeat(129), 'é']) {
    t.strictSame(refused({ header: { id } }), ['/headers/webhook-id invalid-header'], id);
  }
  for (const timestamp of ['', '1614265330abc', '1614265330.9', '-1', '0x10', '1'.repeat(13), ' 1614265330']) {
    t.strictSame(refused({ header: { timestamp } }), ['/headers/webhook-timestamp invalid-header'], timestamp);
  }
  for (const signature of ['', '   ', Array(9).fill('v1,x').join(' '), 'v'.repeat(1025)]) {
    t.strictSame(refused({ header: { signature } }), ['/headers/webhook-signature invalid-header']);
  }
});

test('takes five minutes both ways and no more', async t => {
  const later = (seconds: number): Partial<Input> => ({ now: new Date(VECTOR.now.getTime() + seconds * 1000) });
  t.equal(refused(later(300)), undefined);
  t.equal(refused(later(-300)), undefined);
  t.strictSame(refused(later(301)), ['/headers/webhook-timestamp outside-window']);
  t.strictSame(refused(later(-301)), ['/headers/webhook-timestamp outside-window']);
});

test('refuses truncated, altered and unknown signatures, and finds the right one among wrong ones', async t => {
  const right = VECTOR.headers.signature;
  for (const signature of [
    right.slice(0, -1),
    right.slice(3),
    `v2${right.slice(2)}`,
    right.replace('g0', 'G0'),
    'v1,',
    'v1',
  ]) {
    t.strictSame(refused({ header: { signature } }), NO_MATCH, signature);
  }
  const wrong = right.replace('g0', 'G0');
  t.equal(refused({ header: { signature: `v1a,abc ${wrong} ${right} v9,zz` } }), undefined);
});

test('takes the old and the new key while keys rotate', async t => {
  const [old] = VECTOR.keys;
  const fresh = createSecretKey(randomBytes(32));
  const headers = signMessage({ id: 'a', at: VECTOR.now, body: VECTOR.body, key: fresh });
  const byFresh = { id: 'a', signature: headers['webhook-signature'] };
  t.equal(refused({ keys: [old!, fresh] }), undefined);
  t.equal(refused({ keys: [old!, fresh], header: byFresh }), undefined);
  t.strictSame(refused({ keys: [fresh] }), NO_MATCH);
  t.strictSame(refused({ keys: [old!], header: byFresh }), NO_MATCH);
});

test('answers an unknown system and a wrong signature alike', async t => {
  const answer = (keys: Input['keys']): unknown => {
    try {
      return verifySignature({ ...VECTOR, keys, headers: { ...VECTOR.headers, id: 'another' } });
    } catch (error) {
      const { status, code, text, faults, headers } = error as GatewayError;
      return { status, code, text, faults, headers };
    }
  };
  t.strictSame(answer([]), answer(VECTOR.keys));
});

test('lets nobody in with the key that stands in for a missing one', async t => {
  const zero = createSecretKey(Buffer.alloc(32));
  const headers = signMessage({ id: 'a', at: VECTOR.now, body: VECTOR.body, key: zero });
  t.strictSame(refused({ keys: [], header: { id: 'a', signature: headers['webhook-signature'] } }), NO_MATCH);
});

test('refuses secrets that are empty, short, long or no base64, without showing them', async t => {
  for (const secret of ['', 'whsec_', 'whsec_c2hvcnQ=', `whsec_${'A'.repeat(88)}`, 'whsec_bí mật không phải base64']) {
    t.throws(() => decodeWebhookSecret(secret), RangeError);
  }
  try {
    decodeWebhookSecret('whsec_bad!secret');
    t.fail('was taken');
  } catch (error) {
    t.notMatch(String(error), /bad!secret/);
  }
  t.ok(decodeWebhookSecret(SECRET.slice(6)).equals(VECTOR.keys[0]!), 'the prefix may be left out');
  t.throws(() => signMessage({ id: 'a.b', at: VECTOR.now, body: '', key: VECTOR.keys[0]! }), RangeError);
});
