/** Echo or news: what comes back unchanged goes nowhere, what changed goes on. */
import fc from 'fast-check';
import { test } from 'tap';
import type { GatewayEvent, JsonObject } from '../../src/domain/words.ts';
import { judgeEcho, leavesOf, noteSaid, noteTold } from '../../src/entities/echo.ts';
import { type EntityState, emptyState } from '../../src/entities/state.ts';

const event = (type: string, data: JsonObject): GatewayEvent => ({
  specversion: '1.0',
  id: 'e',
  source: 'portal',
  type,
  time: '2026-11-24T08:00:00+07:00',
  data,
});
const told = (state: EntityState, system: string, status: string, sync: string): void =>
  noteTold(state, system, { status }, sync, `event-of-${sync}`);

test('a status told to a system and reported back by it is an echo of that event', async t => {
  const state = emptyState();
  told(state, 'portal', '4', 's1');
  t.same(judgeEcho(state, 'portal', { status: '4' }), { verdict: 'echo', echoOf: 'event-of-s1' });
  t.same(judgeEcho(state, 'portal', { status: '5' }), { verdict: 'news' });
  t.same(judgeEcho(state, 'commune', { status: '4' }), { verdict: 'news' }, 'another system was told nothing');
});

test('4 → 5 → 4 by the same system makes three events', async t => {
  const state = emptyState();
  for (const status of ['4', '5', '4']) {
    t.equal(judgeEcho(state, 'commune', { status }).verdict, 'news');
    noteSaid(state, 'commune', { status });
    told(state, 'portal', status, `s${status}`);
  }
});

test('a late echo of what was told before the last telling asks whether that one was delivered', async t => {
  const state = emptyState();
  told(state, 'portal', '2', 's1');
  told(state, 'portal', '4', 's2');
  t.same(judgeEcho(state, 'portal', { status: '2' }), { verdict: 'late', echoOf: 'event-of-s1', unless: ['s2'] });
});

test('going back to what it was told, after the system itself said otherwise, is news', async t => {
  const state = emptyState();
  told(state, 'commune', 'A', 's1');
  noteSaid(state, 'commune', { status: 'B' });
  t.equal(judgeEcho(state, 'commune', { status: 'A' }).verdict, 'news');
});

test('what a system only repeats of itself is no echo', async t => {
  const state = emptyState();
  noteSaid(state, 'portal', { status: '2', unit: '26041' });
  t.equal(judgeEcho(state, 'portal', { status: '2', unit: '26041' }).verdict, 'news');
});

test('a dossier that comes back with one changed value is news', async t => {
  const state = emptyState();
  const normal = { unit: '26041', procedure: '1.001193', national: '1' };
  const sent = event('dossier.submitted', {
    dossierCode: 'H19-1',
    applicant: { name: 'Nguyễn Thị Hoà', identityNumber: '075090001234', phone: '0901' },
  });
  noteTold(state, 'commune', leavesOf(sent, normal), 's1', 'e1');
  const same = event('dossier.submitted', {
    dossierCode: 'X-9',
    codes: [{ system: 'commune', code: 'X-9', kind: 'local' }],
    applicant: { name: 'Nguyễn Thị Hoà'.normalize('NFD'), identityNumber: '075090001234', phone: '0901' },
    receivedAt: '2026-11-24T09:00:00+07:00',
  });
  t.equal(
    judgeEcho(state, 'commune', leavesOf(same, normal)).verdict,
    'echo',
    'NFD, numbers and times of the message are no news',
  );
  const changed = event('dossier.submitted', { applicant: { name: 'Nguyễn Thị Hoà', phone: '0902' } });
  t.equal(judgeEcho(state, 'commune', leavesOf(changed, normal)).verdict, 'news');
});

test('property: whatever is told comes back as an echo, and any other value is news', async () => {
  const leaves = fc.dictionary(
    fc.constantFrom('status', 'unit', 'applicant.name', 'dueAt'),
    fc.string({ minLength: 1, maxLength: 12 }),
    {
      minKeys: 1,
    },
  );
  fc.assert(
    fc.property(leaves, fc.string({ minLength: 13, maxLength: 20 }), (said, other) => {
      const state = emptyState();
      noteTold(state, 'portal', { ...said }, 's', 'e');
      const [name] = Object.keys(said) as [string];
      return (
        judgeEcho(state, 'portal', { ...said }).verdict === 'echo' &&
        judgeEcho(state, 'portal', { ...said, [name]: other }).verdict === 'news'
      );
    }),
  );
});
