/** Several reports about people in one commit, and from two processes at once, are read one after the other: nothing stands twice. */
import { test } from 'tap';
import { uuidv7 } from 'uuidv7';
import type { GatewayEvent } from '../../src/domain/words.ts';
import { readFacts } from '../../src/ledger/facts.ts';
import { ledgerRig, TRAN_BIEN } from '../support/ledger-rig.ts';

const granted = (right: string): GatewayEvent => ({
  specversion: '1.0',
  id: uuidv7(),
  source: 'documents',
  type: 'right.granted',
  time: '2025-08-01T08:00:00+07:00',
  datacontenttype: 'application/json',
  data: {
    officer: { id: 'B1', name: 'Trần Thị B' },
    post: 'chu-tich',
    unitCode: TRAN_BIEN,
    from: '2025-07-01',
    right,
  },
});

test('an officer and a seat that several events name stand once', async t => {
  // the picture of this process is never brought up to date: as if another one had taken the events before
  const rig = await ledgerRig(t);
  await rig.accept(granted('sign'), granted('approve'), granted('sign'));
  await rig.accept(granted('opinion'));
  await rig.accept(granted('sign'));
  const facts = await readFacts(rig.database.people);
  const count = (kind: 'officer' | 'seat' | 'holding' | 'right') => facts.all(kind).length;
  t.same([count('officer'), count('seat'), count('holding'), count('right')], [1, 1, 1, 3]);
  t.equal(facts.version, 2, 'one change a commit, and none where nothing is new');
});
