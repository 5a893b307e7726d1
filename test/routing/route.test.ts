/** Who hears of what, and what a non-owner says. */
import { test } from 'tap';
import { EVENT_TYPES, type EventType } from '../../src/domain/event-types.ts';
import type { GatewayEvent, JsonObject } from '../../src/domain/words.ts';
import { type EntityState, emptyState } from '../../src/entities/state.ts';
import type { Judgement } from '../../src/facts/judge.ts';
import { type RoutedSystem, route } from '../../src/routing/route.ts';
import { normalise } from '../../src/translation/normalise.ts';
import { vocabulary } from '../translation/fixture.ts';

const portal: RoutedSystem = { id: 'portal', role: 'portal' };
const commune: RoutedSystem = { id: 'commune', role: 'commune' };
const documents: RoutedSystem = { id: 'documents', role: 'documents' };
const systems = [portal, commune, documents];
const event = (source: string, type: string, data: JsonObject = {}): GatewayEvent => ({
  specversion: '1.0',
  id: 'e',
  source,
  type,
  time: '2026-11-24T08:00:00+07:00',
  data,
});
const freely = (): Judgement => ({ mode: 'official', closed: false, warnings: [] });
const routed = (
  reported: GatewayEvent,
  more: { national?: string; handler?: 'portal' | 'commune'; state?: EntityState; parks?: never[]; unit?: string } = {},
) =>
  route({
    event: reported,
    type: EVENT_TYPES.get(reported.type) as EventType,
    normal: { national: more.national, unit: more.unit ?? '26041', parks: more.parks ?? [] },
    state: more.state ?? emptyState(),
    handler: more.handler ?? 'commune',
    source: systems.find(system => system.id === reported.source) as RoutedSystem,
    systems,
    judge: freely,
  });

test('each type goes where events.md says', async t => {
  const cases: [source: string, type: string, data: JsonObject, targets: string[]][] = [
    ['portal', 'procedure.published', { procedure: { code: '1.012783' } }, ['commune']],
    ['portal', 'dossier.submitted', {}, ['commune']],
    ['commune', 'dossier.submitted', {}, ['portal']],
    ['commune', 'dossier.step-changed', {}, ['portal']],
    ['commune', 'dossier.result-issued', {}, ['portal']],
    ['commune', 'approval.requested', {}, ['documents']],
    ['documents', 'approval.given', { inReplyTo: 'r1' }, ['commune']],
    ['documents', 'document.sent', { to: [{ unitCode: '26041' }] }, ['commune']],
    ['commune', 'document.status-changed', {}, ['documents']],
    ['documents', 'right.granted', {}, []],
  ];
  for (const [source, type, data, targets] of cases) {
    t.same(
      routed(event(source, type, data)).syncs.map(sync => sync.target),
      targets,
      `${type} from ${source}`,
    );
  }
});

test('a procedure is one sync for the province', async t => {
  t.equal(routed(event('portal', 'procedure.published', { procedure: { code: '1.012783' } })).syncs[0]?.unit, '75');
});

test('only the handler reports processing statuses; what another says becomes a question', async t => {
  t.equal(routed(event('commune', 'dossier.status-changed'), { national: '4' }).syncs.length, 1);
  const foreign = routed(event('commune', 'dossier.status-changed'), { national: '6', handler: 'portal' });
  t.same(foreign.syncs, []);
  t.equal(foreign.question?.kind, 'not-the-owner');
  t.equal(
    routed(event('portal', 'dossier.status-changed'), { national: '6', handler: 'portal' }).syncs[0]?.target,
    'commune',
  );
  t.equal(
    routed(event('commune', 'dossier.status-changed'), { national: '10', handler: 'portal' }).syncs[0]?.target,
    'portal',
    'the counter hands out',
  );
});

test('an approval goes back to whoever asked', async t => {
  const state = emptyState();
  state.asked = { r7: 'portal' };
  t.same(
    routed(event('documents', 'approval.given', { inReplyTo: 'r7' }), { state }).syncs.map(sync => sync.target),
    ['portal'],
  );
});

test('a status older than the last one is superseded, not delivered', async t => {
  const state = emptyState();
  state.statusAt = '2026-11-24T09:00:00+07:00';
  const older = routed(event('commune', 'dossier.status-changed', { at: '2026-11-24T08:59:59+07:00' }), {
    national: '4',
    state,
  });
  t.equal(older.syncs[0]?.state, 'superseded');
  const same = routed(event('commune', 'dossier.status-changed', { at: '2026-11-24T02:00:00Z' }), {
    national: '4',
    state,
  });
  t.equal(same.syncs[0]?.state, 'open', 'the same instant in another zone is not older');
});

test('a document for nobody we know waits for a person, unless its dossier says whose it is', async t => {
  const sent = event('documents', 'document.sent', { to: [{ agencyCode: 'H99.1' }] });
  const first = (state: EntityState) =>
    route({
      event: sent,
      type: EVENT_TYPES.get('document.sent') as EventType,
      normal: normalise(sent, 'edxml', vocabulary),
      state,
      handler: 'commune',
      source: documents,
      systems,
      judge: freely,
    }).syncs[0];
  t.match(first(emptyState()), { state: 'parked', park: { cause: 'unknown-unit', pointer: '/data/to' } });
  t.match(first({ ...emptyState(), unit: '26041' }), { state: 'open', unit: '26041' });
});

test('a system that does not serve the unit hears nothing', async t => {
  const elsewhere: RoutedSystem = { id: 'commune-2', role: 'commune', units: ['25195'] };
  const targets = route({
    event: event('portal', 'dossier.submitted'),
    type: EVENT_TYPES.get('dossier.submitted') as EventType,
    normal: { unit: '25195', parks: [] },
    state: emptyState(),
    handler: 'commune',
    source: portal,
    systems: [portal, { ...commune, units: ['26041'] }, elsewhere],
    judge: freely,
  }).syncs.map(sync => sync.target);
  t.same(targets, ['commune-2']);
});
