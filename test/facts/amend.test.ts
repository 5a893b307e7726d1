/** A word added to a fact: what holds goes on without a gap, what does not hold now keeps its period. */
import t from 'tap';
import { amend } from '../../src/facts/amend.ts';
import { at, fact } from './support.ts';

const NOW = at('2026-01-01');
const by = { now: NOW, newId: () => 'new', who: 'admin', reason: 'cùng một người' };

t.test('what holds now ends now, and the rest of its time is the new one’s', async t => {
  const old = fact('officer', '26041', { id: 'a', name: 'A' }, '2025-07-01', '2026-06-30');
  const { fact: joined, change } = amend(old, { ...old.body, sameAs: ['b'] }, by);
  t.match(joined, { id: 'new', key: old.key, from: NOW, to: old.to, origin: 'person', body: { sameAs: ['b'] } });
  t.same(change, { put: [joined], end: [{ id: old.id, at: NOW }] });
});

t.test('what is over, or has yet to begin, is replaced for the same period', async t => {
  for (const [from, to] of [
    ['2025-07-01', '2025-08-31'],
    ['2026-07-01', null],
  ] as const) {
    const old = fact('officer', '26041', { id: 'a', name: 'A' }, from, to);
    const { fact: joined, change } = amend(old, { ...old.body, sameAs: ['b'] }, by);
    t.match(joined, { from: old.from, to: old.to });
    t.same(change, { put: [joined], withdraw: [old.id] });
  }
});
