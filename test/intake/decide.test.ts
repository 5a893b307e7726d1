/** What becomes of one event: identity, echo, question, stale, and what is remembered of it. */
import fc from 'fast-check';
import { test } from 'tap';
import type { GatewayEvent, JsonObject } from '../../src/domain/words.ts';
import { type EntityState, emptyState } from '../../src/entities/state.ts';
import { decide, prepare, type WasDelivered } from '../../src/intake/decide.ts';
import { eventKey } from '../../src/ledger/event-key.ts';
import { submitted, systems, TRAN_BIEN, updated } from '../support/ledger-rig.ts';
import { NO_DESK } from '../support/no-desk.ts';
import { vocabulary } from '../translation/fixture.ts';

let serial = 0;
const newId = (): string => `id-${++serial}`;
const never: WasDelivered = async () => {
  throw new Error('the ledger was asked');
};
const decided = (state: EntityState, event: GatewayEvent, wasDelivered: WasDelivered = never) =>
  decide(prepare(event), 5, state, { ...NO_DESK, vocabulary, systems, newId }, wasDelivered);
const status = (
  source: string,
  value: string,
  more: JsonObject = {},
  time = new Date().toISOString(),
): GatewayEvent => ({
  specversion: '1.0',
  id: newId(),
  source,
  type: 'dossier.status-changed',
  time,
  data: { dossierCode: 'A', unitCode: TRAN_BIEN, status: value, statusList: 'national', ...more },
});
const known = async (): Promise<EntityState> => {
  const state = emptyState();
  await decided(state, submitted('A'));
  return state;
};

test('content is compared in canonical form: order of members does not matter, values do', async t => {
  const event = submitted('A');
  const reordered = { ...event, data: Object.fromEntries(Object.entries(event.data).reverse()) };
  t.same(prepare(reordered).hash, prepare(event).hash);
  t.same(prepare({ ...event, traceparent: '00-1-2-01', extension: 1 }).hash, prepare(event).hash, 'not of the content');
  for (const other of [
    { ...event, subject: 'B' },
    { ...event, time: '2026-01-01T00:00:00Z' },
    { ...event, data: { ...event.data, summary: 'khác' } },
  ])
    t.notSame(prepare(other).hash, prepare(event).hash);
  const assumed = { ...event, timeassumed: true };
  t.same(
    prepare({ ...assumed, time: '2026-01-01T00:00:00Z' }).hash,
    prepare(assumed).hash,
    'a time the source gave not',
  );
});

test('property: two pairs of source and id never share a key by their joint', async () => {
  const name = fc.string({ minLength: 1, maxLength: 12 }).filter(text => !text.includes('\u0000'));
  fc.assert(
    fc.property(name, name, name, name, (a, b, c, d) => (eventKey(a, b) === eventKey(c, d)) === (a === c && b === d)),
  );
});

test('an event leads to its entity by every number it names', async t => {
  const codes = [{ system: 'portal', code: 'G-1', kind: 'national' }, { bad: 1 }, 'x'] as never;
  t.same(prepare(submitted('A', { codes, documentId: 'd-1' })).entity, {
    kind: 'dossier',
    key: 'dossier:A',
    others: ['dossier:G-1', 'document:d-1'],
  });
});

test('news goes to whom routing names, in the lane of the reporting unit', async t => {
  const state = emptyState();
  const { row, syncs, questions } = await decided(state, submitted('A'));
  t.match(row, { entity: 5, unit: TRAN_BIEN, procedure: '1.001193', echoOf: null, note: null });
  t.match(syncs, [{ target: 'commune', home: TRAN_BIEN, state: 'open', cause: null, event: row.id }]);
  t.same(questions, []);
  t.match(state, { unit: TRAN_BIEN, national: '1', fields: { summary: /khai sinh/ } });
});

test('what comes back as it was told is an echo: kept, sent nowhere, nothing asked', async t => {
  const state = await known();
  const news = await decided(state, status('commune', '4'));
  t.match(news.syncs, [{ target: 'portal' }]);
  const echo = await decided(
    state,
    status('portal', '4', { codes: [{ system: 'portal', code: 'G-7', kind: 'national' }] }),
  );
  t.match(echo, { row: { echoOf: news.row.id, note: { echo: true } }, syncs: [], questions: [] });
  t.ok(
    state.codes.some(code => code.code === 'G-7'),
    'it may bring a number',
  );
});

test('a late echo asks the ledger whether the later telling was delivered', async t => {
  const run = async (delivered: boolean) => {
    const state = await known();
    const first = await decided(state, updated('A', { summary: 'a' }));
    const second = await decided(state, updated('A', { summary: 'b' }));
    const asked: string[][] = [];
    const late = await decided(state, { ...updated('A', { summary: 'a' }), source: 'commune' }, async ids => {
      asked.push([...ids]);
      return delivered;
    });
    t.same(asked, [[second.syncs[0]?.id]]);
    return { late, first };
  };
  const echo = await run(false);
  t.match(echo.late, { row: { echoOf: echo.first.row.id }, syncs: [] });
  const news = await run(true);
  t.match(news.late, { row: { echoOf: null }, syncs: [{ target: 'portal' }] }, 'it went back: that is news');
});

test('what a system may not report and was told before is a late echo, no question', async t => {
  const state = await known();
  const first = await decided(state, status('commune', '2'));
  await decided(state, status('commune', '4'));
  const late = await decided(state, status('portal', '2'), async () => true);
  t.match(late, { row: { echoOf: first.row.id }, syncs: [], questions: [] });
});

test('a status older than the last is kept as superseded and changes nothing', async t => {
  const state = await known();
  await decided(state, status('commune', '4', { at: '2026-11-24T09:00:00+07:00' }));
  const before = structuredClone(state);
  state.statusAt = '2026-11-24T09:00:00+07:00';
  before.statusAt = state.statusAt;
  const { syncs } = await decided(state, status('commune', '2', { at: '2026-11-24T08:00:00+07:00' }));
  t.match(syncs, [{ target: 'portal', state: 'superseded', cause: null }]);
  t.same(state, before);
});

test('what a non-owner says is kept and asked, and goes nowhere', async t => {
  const state = await known();
  const before = structuredClone(state);
  const { row, syncs, questions } = await decided(state, status('portal', '9'));
  t.same(syncs, []);
  t.match(questions, [{ kind: 'not-the-owner', event: row.id, entity: 5, unit: TRAN_BIEN }]);
  t.match(row.note, { question: 'not-the-owner' });
  t.same(state, before);
});

test('what the vocabulary cannot resolve is parked with place and candidates', async t => {
  const { syncs } = await decided(emptyState(), submitted('A', { unitCode: '26449' }));
  t.match(syncs, [
    {
      state: 'parked',
      cause: 'ambiguous-unit',
      home: '0',
      detail: { pointer: '/data/unitCode', value: '26449', candidates: Array },
    },
  ]);
});

test('the payload holds the event as it came, and the dossier as of it', async t => {
  const state = emptyState();
  const first = await decided(state, submitted('A'));
  t.equal((first.row.payload as JsonObject).entity, undefined, 'its own data is all there is');
  const event = updated('A', { summary: 'mới' });
  const second = await decided(state, event);
  t.match(second.row.payload, { event, entity: { summary: 'mới', applicant: { phone: '0912345678' } }, previous: '1' });
});

test('an event that was not checked is refused loudly', async t => {
  t.throws(() => prepare({ ...submitted('A'), type: 'no.such' }), /not checked/);
  t.throws(() => prepare({ ...submitted('A'), data: {} }), /not checked/);
  await t.rejects(decided(emptyState(), { ...submitted('A'), source: 'stranger' }), /unknown source/);
});
