/** What people enter becomes facts: of one key only one holds at a time, a table is judged as it will stand, codes are read as of today. */
import fc from 'fast-check';
import t from 'tap';
import { enter, type GivenFact } from '../../src/facts/entry.ts';
import { holds } from '../../src/facts/fact.ts';
import { type KindRules, rulesOf } from '../../src/facts/kinds.ts';
import { afterChange, type KnownFacts, NO_FACTS } from '../../src/facts/known-facts.ts';
import { vocabulary } from '../translation/fixture.ts';
import { at, fact, known } from './support.ts';

let serial = 0;
const context = (facts: KnownFacts = NO_FACTS) => ({
  facts,
  vocabulary,
  now: at('2026-11-24'),
  systems: ['portal', 'commune', 'documents'],
  who: 'test',
  reason: 'test',
  newId: () => {
    serial += 1;
    return `00000000-0000-7000-8000-${String(serial).padStart(12, '0')}`;
  },
});
const rules = (kind: Parameters<typeof rulesOf>[0]) => rulesOf(kind) as unknown as KindRules;
const day = (offset: number) =>
  new Date(at('2026-01-01') + offset * 86_400_000 + 7 * 3_600_000).toISOString().slice(0, 10);
const list = (from: number, length: number | null): GivenFact => ({
  unit: '26041',
  what: 'rights',
  confirmedBy: 'A',
  from: day(from),
  ...(length === null ? {} : { to: day(from + length) }),
});

t.test('whatever is entered, in one go or one by one, of one key only one holds at a time', async () => {
  const period = fc.tuple(fc.integer({ min: 0, max: 30 }), fc.option(fc.integer({ min: 0, max: 10 })));
  const check = fc.property(fc.array(fc.array(period, { maxLength: 5 }), { maxLength: 4 }), tables => {
    let facts = NO_FACTS;
    for (const table of tables) {
      const { entries, change } = enter(
        rules('unit-list'),
        table.map(([from, length]) => list(from, length)),
        context(facts),
      );
      if (entries.some(({ faults }) => faults.length > 0)) continue;
      facts = afterChange(facts, change, at('2026-11-24'));
    }
    const stored = facts.all('unit-list');
    for (let offset = 0; offset <= 45; offset += 1) {
      const instant = at(day(offset));
      if (stored.filter(fact => holds(fact, instant)).length > 1) return false;
    }
    return stored.every(fact => fact.to === null || fact.to > fact.from);
  });
  fc.assert(check, { numRuns: 500 });
});

t.test('somebody on a seat that is taken is told of, but not the same person under another id', async t => {
  const seat = '26041/chu-tich';
  const sits = (officer: string, from: string, to?: string) => ({
    unit: '26041',
    officer,
    seat,
    from,
    ...(to ? { to } : {}),
  });
  const facts = known(
    fact('seat', '26041', { seat, post: 'chu-tich' }, '2026-01-01', null, seat),
    fact('officer', null, { id: 'a', name: 'A', email: 'a@x.vn' }, '2026-01-01', null, 'a'),
    fact('officer', null, { id: 'a2', name: 'A', email: 'A@x.vn' }, '2026-01-01', null, 'a2'),
    fact('holding', '26041', { officer: 'a', seat }, '2026-01-01', '2026-07-01', `a@${seat}`),
  );
  const told = (given: GivenFact) => {
    const [entry] = enter(rules('holding'), [given], context(facts)).entries;
    t.same(entry?.faults, []);
    return entry?.warnings.map(({ code }) => code);
  };
  t.same(told(sits('b', '2026-06-30')), ['seat-taken']);
  t.same(told(sits('b', '2026-07-01')), [], 'after him');
  t.same(told(sits('a2', '2026-06-30')), [], 'himself');
  t.same(
    enter(rules('holding'), [sits('b', '2026-08-01'), sits('c', '2026-09-01')], context(facts)).entries.map(
      ({ warnings }) => warnings.length,
    ),
    [1, 1],
    'within one table too',
  );
});

t.test('a rollout in one table: each mode ends where the next begins', async t => {
  const mode = (word: string, from: string) => ({ unit: '26041', mode: word, openDossiers: 'stay', from });
  const table = [mode('official', '2027-07-01'), mode('off', '2027-06-20'), mode('trial', '2027-06-24')];
  const { entries, change } = enter(rules('unit-mode'), table, context());
  t.same(
    entries.flatMap(({ faults }) => faults),
    [],
  );
  t.same(
    change.put.map(({ body, to }) => [(body as { mode: string }).mode, to]),
    [
      ['official', null],
      ['off', at('2027-06-24')],
      ['trial', at('2027-07-01')],
    ],
  );
});

t.test('a chain of delegations is seen within one table too', async t => {
  const delegation = (fromPost: string, toPost: string, number: string) => ({
    unit: '26041',
    kind: 'uy-quyen',
    fromPost,
    toPost,
    rights: ['approve'],
    document: { number, date: '2026-01-01' },
    from: '2026-01-01',
  });
  const table = [delegation('chu-tich', 'pho-chu-tich', '1'), delegation('pho-chu-tich', 'chanh-van-phong', '2')];
  const { entries } = enter(rules('delegation'), table, context());
  t.ok(
    entries.some(({ faults }) => faults.some(({ code }) => code === 'chain')),
    JSON.stringify(entries.map(({ faults }) => faults)),
  );
});

t.test('a code is the unit of today, also where it stood for another territory when the fact begins', async t => {
  const reused = vocabulary.content.units.find(
    ({ code, validFrom }) =>
      validFrom === '2025-07-01' && vocabulary.content.formerUnits.some(former => former.code === code),
  );
  t.ok(reused, 'the data have such a code');
  const given = { unit: reused?.code as string, mode: 'off', openDossiers: 'stay', from: '2025-06-20' };
  const { entries } = enter(rules('unit-mode'), [given], context());
  t.match(entries, [{ faults: [], fact: { unit: reused?.code } }]);
});
