/** What an event moves: only what is new of status, step, pause and due date, at times that somebody may have meant. */
import t from 'tap';
import type { JsonObject } from '../../src/domain/words.ts';
import { moveOf } from '../../src/workflow/move.ts';
import { vocabulary } from '../translation/fixture.ts';

const EVENT = {
  specversion: '1.0',
  id: 'm-1',
  source: 'commune',
  subject: 'H-1',
  time: '2026-11-25T08:00:00+07:00',
} as const;
const move = (type: string, data: JsonObject, national?: string, time: string = EVENT.time) =>
  moveOf({ ...EVENT, type, time, data }, { national }, { fields: {} }, 'national', vocabulary);

t.test('a filing is marked as the beginning', async t => {
  const filing = { status: '4', submittedAt: '2026-11-24T10:00:00+07:00', channel: 'online' };
  t.match(move('dossier.submitted', filing, '4'), {
    at: Date.parse(filing.submittedAt),
    filed: true,
    online: true,
    national: '4',
  });
  t.notOk(move('dossier.status-changed', { status: '4' }, '4')?.filed);
  t.equal(move('dossier.numbered', { codes: [] }), undefined);
  t.equal(move('dossier.updated', { summary: 'x' }), undefined);
});

t.test('dates that stand for none are not taken for due dates or times', async t => {
  for (const dueAt of ['9999-12-31T23:59:59+07:00', '0001-01-01T00:00:00Z', '1900-01-01T00:00:00+07:00']) {
    t.equal(move('dossier.updated', { dueAt }), undefined, dueAt);
  }
  t.match(move('dossier.updated', { dueAt: '2026-12-01T17:00:00+07:00' }), { due: Number });
  const told = move('dossier.status-changed', { status: '4', at: '0001-01-01T00:00:00Z' }, '4');
  t.equal(told?.at, Date.parse(EVENT.time), 'the time of the event stands in');
  t.equal(
    move('dossier.status-changed', { status: '4' }, '4', '0001-01-01T00:00:00Z'),
    undefined,
    'nobody can say when',
  );
});
