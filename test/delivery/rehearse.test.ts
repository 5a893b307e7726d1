/** A release tried over real events: what would change, what would be held back, and nothing of it stored. */
import { test } from 'tap';
import { differences } from '../../src/delivery/json-differences.ts';
import { rehearse } from '../../src/delivery/rehearse.ts';
import type { Json } from '../../src/domain/words.ts';
import { vocabularyOf } from '../../src/translation/release.ts';
import { ledgerRig, submitted, TRAN_BIEN, updated } from '../support/ledger-rig.ts';
import { NO_DESK } from '../support/no-desk.ts';
import { vocabulary } from '../translation/fixture.ts';
import { retitled } from '../translation/retitled.ts';

const CODE = '1.001193';
const { content } = vocabulary;
const without = vocabularyOf({
  ...content,
  procedures: content.procedures.filter(({ code }) => code !== CODE),
  procedureAliases: content.procedureAliases.filter(({ from, to }) => from !== CODE && to !== CODE),
});

test('what would change and what would be held back is counted by unit, field and place', async t => {
  const rig = await ledgerRig(t);
  const translating = {
    database: rig.database,
    targets: rig.targets,
    statusListOf: () => 'national',
    desk: () => ({ ...NO_DESK, vocabulary }),
  };
  await rig.accept(submitted('H-1'), submitted('H-2'), updated('H-2', { summary: 'hai' }));
  await rig.deliver('commune');
  const stored = async () => (await rig.database.people.query('SELECT * FROM syncs ORDER BY id')).rows;
  const before = await stored();
  const field = vocabulary.procedureFacts(CODE)?.field;

  t.match(await rehearse(vocabulary, vocabulary, translating), {
    tried: 3,
    same: 3,
    byUnit: [],
    byPlace: [],
    examples: [],
  });
  t.match(await rehearse(vocabulary, retitled('Khai sinh'), translating), {
    from: vocabulary.release,
    tried: 3,
    same: 1,
    changed: 2,
    parked: 0,
    byUnit: [{ unit: TRAN_BIEN, changed: 2 }],
    byField: [{ field, changed: 2, parked: 0, freed: 0 }],
    examples: [{ what: 'changed', target: 'commune', differences: [{ to: 'Khai sinh' }] }, {}],
  });
  const held = await rehearse(vocabulary, without, translating);
  t.match(held, { changed: 0, parked: 2, byField: [{ field, parked: 2 }] });
  t.match(held.examples, [{ what: 'parked', cause: 'unknown-procedure' }, {}]);
  t.match(await rehearse(vocabulary, without, translating, 1), { tried: 1, parked: 0 }, 'the youngest only');
  t.same(await stored(), before);
  t.equal((await rig.database.people.query('SELECT 1 FROM problems')).rowCount, 0);
});

test('where two values differ', async t => {
  const cases: [from: Json, to: Json, found: [pointer: string, from: Json, to: Json][]][] = [
    [1, 1, []],
    [{ a: 1 }, { a: 2 }, [['/d/a', 1, 2]]],
    [{}, { a: { b: 1 } }, [['/d/a', null, { b: 1 }]]],
    [{ a: [1, 2] }, { a: [1] }, [['/d/a/1', 2, null]]],
    [{ a: [1] }, { a: { 0: 1 } }, [['/d/a', [1], { 0: 1 }]]],
    [{ 'a/b~c': 1 }, { 'a/b~c': null }, [['/d/a~1b~0c', 1, null]]],
  ];
  for (const [from, to, found] of cases) {
    t.same(
      differences(from, to, '/d').map(one => [one.pointer, one.from, one.to]),
      found,
    );
  }
});
