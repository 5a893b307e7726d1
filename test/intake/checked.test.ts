/** From read to storable: every fault named with its place, and nothing of a request that has one. */
import { test } from 'tap';
import { InputFault } from '../../src/domain/errors.ts';
import type { GatewayEvent } from '../../src/domain/words.ts';
import { createEventChecker } from '../../src/http/event-checks.ts';
import { checkEvents } from '../../src/intake/checked.ts';
import { sampleEvent } from '../http/samples.ts';
import { systems } from '../support/ledger-rig.ts';

const checker = createEventChecker();
const systemOf = (id: string) => systems.find(system => system.id === id);
const sample = (type: string, more: object = {}): GatewayEvent => ({ ...sampleEvent(type), ...more }) as never;
const faultOf = (events: GatewayEvent[], single = false): InputFault => {
  try {
    checkEvents(events, checker, systemOf, single);
  } catch (error) {
    if (error instanceof InputFault) return error;
    throw error;
  }
  throw new Error('was taken');
};
const named = (fault: InputFault) => [
  fault.status,
  fault.code,
  ...fault.faults.map(one => `${one.pointer} ${one.code}`),
];

test('good events are prepared in their order', async t => {
  const events = [sample('dossier.submitted'), sample('dossier.updated', { id: 'e-2' })];
  t.same(
    checkEvents(events, checker, systemOf, false).map(prepared => prepared.event.id),
    ['e-1', 'e-2'],
  );
  t.same(checkEvents([], checker, systemOf, false), []);
});

test('unknown source, unknown type and bad data are all named at once', async t => {
  const events = [
    sample('dossier.submitted'),
    sample('dossier.submitted', { source: 'stranger' }),
    sample('no.such.type'),
    sample('dossier.updated', { data: {} }),
  ];
  t.same(named(faultOf(events)), [
    422,
    'invalid-event',
    '/1/source unknown-source',
    '/2/type unknown-type',
    '/3/data/dossierCode missing',
  ]);
});

test('a single event has pointers without index', async t => {
  t.same(named(faultOf([sample('dossier.updated', { data: {} })], true)).slice(2), ['/data/dossierCode missing']);
});

test('a type that the sender may not report is forbidden; with other faults it is invalid', async t => {
  const foreign = sample('document.sent', { source: 'portal' });
  t.same(named(faultOf([foreign], true)), [403, 'type-not-allowed', '/type type-not-allowed']);
  t.equal(faultOf([foreign, sample('dossier.updated', { data: {} })]).status, 422);
});

test('an answer names a hundred faults at most', async t => {
  const events = Array.from({ length: 300 }, (_, n) => sample('no.such', { id: `e-${n}` }));
  t.equal(faultOf(events).faults.length, 100);
});
