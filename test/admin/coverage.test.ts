/** Coverage over a real ledger: what came counts, echoes and other kinds do not, what is unknown is told with its code. */
import { test } from 'tap';
import { readTraffic } from '../../src/ledger/traffic.ts';
import { submitted, updated } from '../support/ledger-rig.ts';
import { peopleRig } from '../support/people-rig.ts';

test('coverage is weighed by what came', async t => {
  const rig = await peopleRig(t);
  t.match((await rig.get('/v1/vocabulary/coverage')).json(), { basis: 'catalogue', days: 31, truncated: false });
  await rig.accept(submitted('H-1'), submitted('H-2'));
  await rig.accept(updated('H-1', { summary: 'hai' }));
  await rig.accept(submitted('H-3', { procedureCode: '9.876543' }));
  const { rows, truncated } = await readTraffic(rig.database, 31);
  t.equal(truncated, false);
  t.match(
    rows.find(row => row.procedure === '1.001193'),
    { unit: '26041' },
  );
  t.match(
    rows.find(row => row.procedure === '9.876543'),
    { events: 1 },
  );
  t.equal((await readTraffic(rig.database, 31, 1)).truncated, true);
  const answer = (await rig.get('/v1/vocabulary/coverage?days=7')).json();
  t.match(answer, {
    basis: 'traffic',
    days: 7,
    release: /^[0-9a-f]{12}$/,
    most: [{ code: '9.876543', level: 'missing', events: 1 }],
  });
  const unit = answer.units.find((each: { unit: string }) => each.unit === '26041');
  t.match(unit, { name: 'Phường Trấn Biên', overrides: Number, events: { full: Number } });
  t.ok(unit.events.full >= 2);
  t.ok(answer.total.covered > 0 && answer.total.covered < 1);
});

test('a window that is none is refused', async t => {
  const rig = await peopleRig(t);
  for (const days of ['0', '367', 'x'])
    t.equal((await rig.get(`/v1/vocabulary/coverage?days=${days}`)).statusCode, 400);
});
