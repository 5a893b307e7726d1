/** A sync put aside by a person holds its lane until it is replayed or dropped, and is never sent meanwhile. */
import { test } from 'tap';
import { cancelSync } from '../../src/ledger/cancel.ts';
import { parkSync } from '../../src/ledger/park.ts';
import { replaySync } from '../../src/ledger/replay.ts';
import { ledgerRig, submitted, updated } from '../support/ledger-rig.ts';

const actor = { who: 'admin', reason: 'chờ hỏi lại xã' };
const same = { confirmStale: false, otherBytes: false };
const idOf = (accepted: { syncs: { id: string }[] }[]): string => accepted[0]?.syncs[0]?.id as string;

test('a head that is put aside holds its lane, and goes in its place when replayed', async t => {
  const rig = await ledgerRig(t);
  const first = idOf(await rig.accept(submitted('H-1')));
  const second = idOf(await rig.accept(updated('H-1', { summary: 'hai' })));
  t.match(await parkSync(rig.database, first, actor, true), { behind: 1 });
  t.match(await rig.row(first), { state: 'open' }, 'a preview');
  t.match(await parkSync(rig.database, first, actor, false), { state: 'parked', behind: 1 });
  t.match(await rig.lane(first), { due: null, blocked_by: first });
  t.same(await rig.deliver('commune'), []);
  const { rows } = await rig.database.people.query('SELECT cause, detail FROM problems WHERE sync = $1', [first]);
  t.same(rows, [{ cause: 'set-aside', detail: { by: 'admin', reason: 'chờ hỏi lại xã' } }]);
  await t.rejects(parkSync(rig.database, first, actor, false), { code: 'not-open' });
  t.match(await replaySync(rig.database, first, same, actor, false), { place: 'kept', state: 'queued' });
  t.same(await rig.deliver('commune'), [first, second]);
});

test('one in the middle of its lane stops the lane when it is reached; dropped, the lane goes on', async t => {
  const rig = await ledgerRig(t);
  const first = idOf(await rig.accept(submitted('H-1')));
  const second = idOf(await rig.accept(updated('H-1', { summary: 'hai' })));
  const third = idOf(await rig.accept(updated('H-1', { summary: 'ba' })));
  await parkSync(rig.database, second, actor, false);
  const { syncs } = await rig.claim('commune');
  t.match(
    syncs.map(sync => [sync.id, sync.state]),
    [
      [first, 'open'],
      [second, 'parked'],
      [third, 'open'],
    ],
  );
  await rig.database.people.query('UPDATE lanes SET lease = NULL, head = 2');
  t.same(await rig.deliver('commune'), [second, third], 'claimed, and blocked at its head');
  t.match(await rig.row(third), { state: 'open' });
  t.match(await rig.lane(third), { head: 2, blocked_by: second, due: null });
  t.match(await cancelSync(rig.database, second, actor, false), { freed: third });
  t.same(await rig.deliver('commune'), [third]);
});

test('what may be on its way is not put aside', async t => {
  const rig = await ledgerRig(t);
  const id = idOf(await rig.accept(submitted('H-1')));
  await rig.claim('commune');
  await t.rejects(parkSync(rig.database, id, actor, false), { code: 'lane-busy' });
  const far = await Promise.all(
    Array.from({ length: 12 }, (_value, index) => rig.accept(updated('H-1', { summary: `lần ${index}` }))),
  );
  const last = far.map(idOf).sort().at(-1) as string;
  t.match(await parkSync(rig.database, last, actor, false), { state: 'parked' }, 'beyond what was claimed');
  await t.rejects(parkSync(rig.database, '018f0000-0000-7000-8000-000000000000', actor, false), { code: 'not-found' });
});
