import { deepStrictEqual } from 'node:assert/strict';
import { CloudEvent, HTTP } from 'cloudevents';
import fc from 'fast-check';
import { test } from 'tap';
import { InputFault } from '../../src/domain/errors.ts';
import type { GatewayEvent, Json } from '../../src/domain/words.ts';
import { readCloudEvents } from '../../src/http/cloudevents.ts';
import { NOW, sampleEvent } from './samples.ts';

const ONE = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';

function read(
  body: Json | Buffer,
  contentType: string | undefined = ONE,
  headers: Record<string, string> = {},
): GatewayEvent[] {
  const raw = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  return readCloudEvents({ contentType, headers, raw, receivedAt: NOW });
}
/** `status`, then `pointer code` of each fault. */
function refused(...input: Parameters<typeof read>): unknown[] {
  try {
    read(...input);
  } catch (error) {
    if (!(error instanceof InputFault)) throw error;
    return [error.status, ...error.faults.map(fault => `${fault.pointer} ${fault.code}`)];
  }
  return [];
}

test('reads one event, and keeps what it does not know', async t => {
  const event = sampleEvent('dossier.submitted', { traceparent: '00-1-2-03', priority: 3, urgent: true });
  (event.data as Record<string, Json>).newField = { a: [1] };
  t.strictSame(read(event), [event]);
  t.strictSame(read(event, 'application/json'), [event], 'plain JSON without ce- headers is structured mode');
  t.strictSame(read(event, 'Application/CloudEvents+JSON ; charset="UTF-8"'), [event]);
});

test('reads a batch in its order, all or nothing', async t => {
  const batch = Array.from({ length: 1_000 }, (_, index) => sampleEvent('dossier.submitted', { id: `e-${index}` }));
  t.strictSame(
    read(batch, BATCH).map(event => event.id),
    batch.map(event => event.id),
  );
  t.strictSame(refused([...batch, sampleEvent()], BATCH), [400, ' batch-size']);
  t.strictSame(refused([], BATCH), [400, ' batch-size']);
  t.strictSame(refused(sampleEvent(), BATCH), [400, ' batch-size']);
  batch[17] = { ...sampleEvent(), id: '', time: 'hôm qua' };
  batch[20] = 5 as unknown as (typeof batch)[0];
  t.strictSame(refused(batch, BATCH), [400, '/17/id length', '/17/time format', '/20 type']);
});

test('reads binary mode as the CloudEvents package writes it', async () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[\x21-\x7e]{1,40}$/),
      fc
        .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
        .filter(text => text.trim() === text && text.isWellFormed()),
      (id, subject) => {
        const theirs = new CloudEvent({
          id,
          source: 'portal',
          type: 'dossier.updated',
          subject,
          time: '2025-07-01T01:00:00.000Z',
          datacontenttype: 'application/json',
          data: { dossierCode: 'a' },
        });
        const message = HTTP.binary(theirs);
        // That package leaves percent-encoding to the HTTP client.
        const headers = Object.fromEntries(
          Object.entries(message.headers as Record<string, string>).map(([name, value]) => [
            name.toLowerCase(),
            encodeURIComponent(value),
          ]),
        );
        const [event] = read(Buffer.from(message.body as string), 'application/json', headers);
        deepStrictEqual([event?.id, event?.subject, event?.data], [id, subject, { dossierCode: 'a' }]);
      },
    ),
    { numRuns: 50 },
  );
});

test('decodes ce- headers strictly', async t => {
  const headers = { 'ce-specversion': '1.0', 'ce-id': 'a%20b', 'ce-source': 'portal', 'ce-type': 'dossier.updated' };
  const body = { dossierCode: 'a' };
  const [event] = read(body, 'application/json', {
    ...headers,
    'ce-note': '"H\\"%E1%BB%93 s%C6%A1"',
    'ce-timeassumed': 'false',
    'ce-time': '2025-07-01T08:00:00Z',
  });
  t.match(event, { id: 'a b', note: 'H"ồ sơ', timeassumed: false, datacontenttype: 'application/json', data: body });
  const wrong = (more: Record<string, string>): unknown[] => refused(body, 'application/json', { ...headers, ...more });
  t.strictSame(wrong({ 'ce-subject': '%E1%BB' }), [400, '/subject header-encoding']);
  t.strictSame(wrong({ 'ce-subject': 'Há»\u0093' }), [400, '/subject header-encoding']);
  t.strictSame(wrong({ 'ce-subject': 'a%00b' }), [400, '/subject unprintable']);
  t.strictSame(wrong({ 'ce-my-ext': 'x' }), [400, '/my-ext attribute-name']);
  t.strictSame(wrong({ 'ce-data': '{}' }), [400, '/data not-taken']);
  t.strictSame(wrong({ 'ce-specversion': '0.3' }), [400, '/specversion specversion']);
  t.strictSame(refused(Buffer.from('{"a":1,"a":2}'), 'application/json', headers), [400, '/data/a duplicate-key']);
});

test('judges every envelope attribute', async t => {
  const wrong = (more: Record<string, Json>): unknown[] => refused(sampleEvent('dossier.updated', more));
  t.strictSame(wrong({ specversion: '0.3' }), [400, '/specversion specversion']);
  t.strictSame(wrong({ id: 5 }), [400, '/id type']);
  t.strictSame(wrong({ id: 'x'.repeat(129) }), [400, '/id length']);
  t.strictSame(wrong({ id: 'a\nb' }), [400, '/id unprintable']);
  t.strictSame(wrong({ id: null }), [400, '/id missing'], 'a null attribute is an absent one');
  t.strictSame(wrong({ source: 'Portal X' }), [400, '/source pattern']);
  t.strictSame(wrong({ type: 'Dossier Updated' }), [400, '/type pattern']);
  t.strictSame(wrong({ subject: 12 }), [400, '/subject type']);
  t.strictSame(wrong({ datacontenttype: 'text/xml' }), [400, '/datacontenttype const']);
  t.strictSame(wrong({ data: [1] }), [400, '/data type']);
  t.strictSame(wrong({ data: null }), [400, '/data type']);
  t.strictSame(wrong({ data_base64: 'AAAA' }), [400, '/data_base64 not-taken']);
  t.strictSame(wrong({ traceParent: 'x' }), [400, '/traceParent attribute-name']);
  t.strictSame(wrong({ nested: { a: 1 } }), [400, '/nested type']);
  t.strictSame(wrong({ ratio: 0.5 }), [400, '/ratio type']);
  t.strictSame(wrong({ timeassumed: 'yes' }), [400, '/timeassumed type']);
  t.strictSame(wrong(Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`x${i}`, 1]))), [
    400,
    ' too-many-attributes',
  ]);
  t.strictSame(refused({ data: {} }), [
    400,
    '/specversion specversion',
    '/id missing',
    '/source missing',
    '/type missing',
  ]);
  for (const body of [5, 'x', null, [sampleEvent()]]) t.strictSame(refused(body), [400, ' type']);
});

test('takes only real times with an offset', async t => {
  const withTime = (time: Json): unknown[] => refused(sampleEvent('dossier.updated', { time }));
  const good = ['2025-07-01T08:00:00+07:00', '2024-02-29T23:59:59.123456789Z', '2025-07-01T08:00:00-00:00'];
  for (const time of good) t.strictSame(withTime(time), [], time);
  const bad = [
    '2025-07-01T08:00:00',
    '2025-02-29T08:00:00Z',
    '2025-13-01T08:00:00Z',
    '2025-07-01 08:00:00Z',
    '01/07/2025',
    '2025-07-01T24:00:00Z',
    '2025-07-01T08:00:00+24:00',
    '2025-07-01T08:00:60Z',
    1751331600,
    '',
  ];
  for (const time of bad) t.strictSame(withTime(time), [400, '/time format'], String(time));
});

test('sets the time of receipt where there is none, and says so', async t => {
  const { time, ...event } = sampleEvent();
  t.ok(time);
  t.match(read(event), [{ time: NOW.toISOString(), timeassumed: true }]);
});

test('takes no other media type', async t => {
  for (const type of [
    undefined,
    'text/plain',
    'application/xml',
    'application/json; charset=latin1',
    'application/json;\tcharset=utf-8',
    'application/cloudevents+xml',
    'application/json, text/plain',
  ]) {
    t.strictSame(refused(sampleEvent(), type === undefined ? '' : type), [415], String(type));
  }
});

test('names at most a hundred faults of a batch and counts the rest', async t => {
  const faults = refused(
    Array.from({ length: 300 }, () => ({})),
    BATCH,
  );
  t.equal(faults.length, 1 + 101);
  t.equal(faults.at(-1), ' more-faults');
});
