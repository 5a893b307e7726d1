/** A dossier that was stored before its procedure's code was learnt goes out with the code that is meant. */
import { test } from 'tap';
import { prepareSync } from '../../src/delivery/translate-sync.ts';
import { type LearntEntry, withLearnt } from '../../src/translation/learnt.ts';
import { vocabularyOf } from '../../src/translation/release.ts';
import type { Vocabulary } from '../../src/translation/vocabulary.ts';
import { systems } from '../support/ledger-rig.ts';
import { event, vocabulary } from '../translation/fixture.ts';
import { FakeTarget } from './support.ts';

const entry = (kind: LearntEntry['kind'], from: string, to: string): LearntEntry => ({
  id: `of-${from}`,
  kind,
  entry: { from, to, validFrom: '2025-07-01' },
  state: 'proposed',
  madeBy: 'lan',
  madeAt: '2026-11-24T08:00:00+07:00',
  reason: 'đã hỏi xã',
  reviewedBy: null,
  reviewedAt: null,
});
const learnt = vocabularyOf(
  withLearnt(vocabulary.content, [
    entry('procedure-alias', '9.999999', '1.001193'),
    entry('unit-alias', 'TB-01', '26041'),
  ]),
);

/** The merged dossier that a later event's message is made of. */
function formatted(entity: Record<string, string>, book: Vocabulary): unknown {
  const target = new FakeTarget();
  let seen: unknown;
  target.format = input => {
    seen = input.entity;
    return { operation: 'PUT', payload: { name: '' }, ref: { kind: 'dossier', code: 'H-1', expect: {} } };
  };
  const later = event('dossier.updated', { dossierCode: 'H-1', summary: 'hai' }, '2025-08-01T08:00:00+07:00');
  prepareSync({ event: later, codes: [], entity }, systems[1]!, target, 'national', book);
  return seen;
}

test('the codes of the dossier are those learnt since', async t => {
  const stored = { dossierCode: 'H-1', procedureCode: '9.999999', unitCode: 'TB-01', summary: 'một' };
  t.same(formatted(stored, learnt), { ...stored, procedureCode: '1.001193', unitCode: '26041' });
  t.equal(formatted(stored, vocabulary), stored, 'unknown, it stays as it is');
});

test('what files say of a code changes no stored dossier', async t => {
  const stored = { dossierCode: 'H-1', procedureCode: '1.012752', unitCode: '25996' };
  t.equal(formatted(stored, learnt), stored);
});
