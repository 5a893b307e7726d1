/** People's answers put into an event: only where the value that was asked about still stands. */
import { test } from 'tap';
import type { GatewayEvent, Json } from '../../src/domain/words.ts';
import { answered } from '../../src/entities/payload.ts';

const event: GatewayEvent = {
  specversion: '1.0',
  id: 'e',
  source: 'portal',
  type: 'dossier.submitted',
  time: '2026-11-24T08:00:00+07:00',
  data: { unitCode: '26449', place: { unitCode: '26449' }, list: ['26449'] },
};
const answer = (pointer: string, from: Json, to: Json) => ({ pointer, from, to, by: 'admin', reason: 'r' });

test('without answers it is the event itself', async t => {
  t.equal(answered(event, undefined), event);
  t.equal(answered(event, []), event);
});

test('an answer replaces the value it was given for, at one or two levels, and leaves the event as it was', async t => {
  const copy = structuredClone(event);
  const changed = answered(event, [
    answer('/data/unitCode', '26449', '26446'),
    answer('/data/place/unitCode', '26449', '26446'),
  ]);
  t.same(changed.data, { unitCode: '26446', place: { unitCode: '26446' }, list: ['26449'] });
  t.same(event, copy);
});

test('an answer to another value, or to a place that is no more, changes nothing', async t => {
  const same = answered(event, [
    answer('/data/unitCode', '26011', '26446'),
    answer('/data/none', null, 'x'),
    answer('/data/none/deep', 'a', 'x'),
    answer('/data/list/0', '26449', 'x'),
    answer('/data/place/unitCode/more', '26449', 'x'),
    answer('/data', '26449', 'x'),
  ]);
  t.same(same.data, event.data);
});

test('answers build on each other in their order', async t => {
  const twice = answered(event, [answer('/data/unitCode', '26449', 'a'), answer('/data/unitCode', 'a', 'b')]);
  t.equal(twice.data.unitCode, 'b');
});
