/** Who may do what: properties of the entries (narrower before wider, no gap, a second person) and of the rule that holds back. */
import fc from 'fast-check';
import { test } from 'tap';
import { EVENT_TYPES, type EventType } from '../../src/domain/event-types.ts';
import type { JsonObject } from '../../src/domain/words.ts';
import { authorityAt, authorityChangesAt } from '../../src/facts/authority.ts';
import { ACTS } from '../../src/facts/authority-entries.ts';
import { authorityRule } from '../../src/facts/authority-rule.ts';
import type { Authority, Fact } from '../../src/facts/fact.ts';
import { judge, type Question, type Rule } from '../../src/facts/judge.ts';
import { type KnownFacts, NO_FACTS } from '../../src/facts/known-facts.ts';
import { vocabulary } from '../translation/fixture.ts';
import { at, fact, known } from './support.ts';

const CODE = '1.001612';
/** Its level stands in one source only. */
const ONE_SOURCE = '2.000528';
const FIELD = vocabulary.procedureFacts(CODE)?.record.field as string;
const UNIT = '26005';
const DAY = 86_400_000;
const START = at('2026-01-01');

type Given = Partial<Authority> & { unit?: string | null; from?: number; to?: number | null };
let serial = 0;
/** A confirmed entry of people, unless told otherwise. */
function entry({ unit = null, from = START, to = null, ...body }: Given): Fact<'authority'> {
  const whole: Authority = {
    procedure: CODE,
    act: 'decide',
    level: 'commune',
    basis: 'Quyết định 1/QĐ-UBND',
    certainty: 'medium',
    confirmedBy: 'phap-che',
    ...body,
  };
  serial += 1;
  return { ...fact('authority', unit, whole, '2026-01-01', null, `a${serial}`), from, to };
}
const ask = (facts: KnownFacts, when: number, unit: string | null = UNIT) =>
  authorityAt({ procedure: CODE, act: 'decide', at: when, unit }, facts, vocabulary);

const question = (facts: KnownFacts, more: Partial<Question> & { level?: string } = {}): Question => {
  const { level = 'xã', ...rest } = more;
  return {
    event: {
      specversion: '1.0',
      id: 'e',
      source: 'portal',
      type: 'dossier.submitted',
      time: '2026-02-01T08:00:00+07:00',
      data: { unitCode: UNIT, procedureCode: CODE, decidingAgency: { code: UNIT, level } } satisfies JsonObject,
    },
    type: EVENT_TYPES.get('dossier.submitted') as EventType,
    unit: UNIT,
    procedure: CODE,
    field: FIELD,
    source: { id: 'portal', role: 'portal' },
    target: { id: 'commune', role: 'commune' },
    at: at('2026-02-01T08:00:00'),
    now: at('2026-02-01T08:00:00'),
    begunOnTrial: false,
    begunOfficially: false,
    enforced: false,
    facts,
    vocabulary,
    ...rest,
  };
};

const level = fc.constantFrom('commune' as const, 'province' as const);
const days = fc.integer({ min: 0, max: 400 });
const given = fc.record({
  wide: fc.boolean(),
  level,
  unit: fc.constantFrom(null, UNIT, '26041'),
  from: days,
  length: fc.option(fc.integer({ min: 1, max: 200 }), { nil: null }),
  confirmed: fc.boolean(),
  basis: fc.boolean(),
});
const made = (list: (typeof given extends fc.Arbitrary<infer Made> ? Made : never)[]) =>
  list.map(({ wide, level: which, unit, from, length, confirmed, basis }) => {
    const whole = entry({
      level: which,
      unit,
      from: START + from * DAY,
      to: length === null ? null : START + (from + length) * DAY,
    });
    const { procedure: _procedure, confirmedBy: _confirmedBy, basis: _basis, ...body } = whole.body;
    const changed: Authority = {
      ...body,
      ...(wide ? { field: FIELD } : { procedure: CODE }),
      ...(confirmed ? { confirmedBy: 'phap-che' } : {}),
      ...(basis ? { basis: 'Quyết định 1/QĐ-UBND' } : {}),
    };
    return { ...whole, body: changed };
  });
const entries = fc.array(given, { maxLength: 8 }).map(made);

test('narrower counts before wider: the procedure before the field, the unit before all, an entry before the catalogue', async t => {
  const property = fc.property(entries, days, (list, day) => {
    const when = START + day * DAY;
    const inForce = list.filter(
      one => one.from <= when && (one.to === null || when < one.to) && (one.unit ?? UNIT) === UNIT,
    );
    const first =
      inForce.findLast(one => one.body.procedure !== undefined && one.unit !== null) ??
      inForce.findLast(one => one.body.procedure !== undefined) ??
      inForce.findLast(one => one.unit !== null) ??
      inForce.at(-1);
    const [answer] = ask(known(...list), when);
    if (first === undefined) return answer?.explicit === false;
    // of those that are equally narrow the last that began counts
    const same = inForce.filter(
      one =>
        (one.body.procedure === undefined) === (first.body.procedure === undefined) &&
        (one.unit === null) === (first.unit === null),
    );
    const latest = Math.max(...same.map(one => one.from));
    return same.some(one => one.from === latest && one.id === answer?.entry);
  });
  fc.assert(property, { numRuns: 300 });
  t.pass('held');
});

test('no gap and no overlap where two periods touch', async t => {
  const property = fc.property(
    days,
    fc.integer({ min: 1, max: 90 }),
    fc.integer({ min: 1, max: 90 }),
    (a, one, two) => {
      const [from, middle, end] = [a, a + one, a + one + two].map(day => START + day * DAY) as [number, number, number];
      const facts = known(
        entry({ level: 'province', from, to: middle }),
        entry({ level: 'commune', from: middle, to: end }),
      );
      const levels = (when: number) => ask(facts, when).map(answer => `${answer.level} ${answer.explicit}`);
      return (
        levels(from).join() === 'province true' &&
        levels(middle - 1).join() === 'province true' &&
        levels(middle).join() === 'commune true' &&
        levels(end - 1).join() === 'commune true' &&
        levels(end).join() === 'commune false' &&
        levels(from - 1).join() === 'commune false'
      );
    },
  );
  fc.assert(property, { numRuns: 200 });
  t.pass('held');
});

test('until 2025-06-30 24:00 the level before counts, from then on the one of today', async t => {
  // moved from the district to the commune, and nothing more is written of it
  const levels = (when: number) =>
    authorityAt({ procedure: '1.013702', act: 'decide', at: when, unit: null }, NO_FACTS, vocabulary).map(
      answer => `${answer.level} ${answer.origin}`,
    );
  t.same(levels(at('2025-07-01') - 1), ['district catalogue']);
  t.same(levels(at('2025-07-01')), ['commune catalogue']);
});

test('nothing changes before the day that is told as the next change', async t => {
  const property = fc.property(entries, days, fc.double({ min: 0, max: 0.999, noNaN: true }), (list, day, part) => {
    const facts = known(...list);
    const when = START + day * DAY;
    const next = authorityChangesAt({ procedure: CODE, at: when, unit: UNIT }, facts, vocabulary) ?? when + 1_000 * DAY;
    const between = when + Math.floor((next - when) * part);
    const all = (instant: number) =>
      JSON.stringify(
        ACTS.map(act => authorityAt({ procedure: CODE, act, at: instant, unit: UNIT }, facts, vocabulary)),
      );
    return next > when && all(between) === all(when);
  });
  fc.assert(property, { numRuns: 300 });
  t.pass('held');
});

test('what one person entered alone holds nothing back that would go without it, and lifts nothing certain', async t => {
  const property = fc.property(entries, fc.constantFrom('xã', 'tỉnh'), fc.boolean(), (list, said, enforced) => {
    const settled = list.filter(one => one.body.confirmedBy !== undefined);
    const without = judge(question(known(...settled), { level: said, enforced }), [authorityRule]);
    const withAll = judge(question(known(...list), { level: said, enforced }), [authorityRule]);
    if (without.held === undefined) return withAll.held === undefined;
    // where the list is not complete, only what is certain is held; else what goes because of it is told
    return withAll.held !== undefined || (enforced && withAll.warnings.length > 0);
  });
  fc.assert(property, { numRuns: 300 });
  t.pass('held');
});

test('what was entered for one unit counts for no other', async t => {
  const property = fc.property(entries, days, (list, day) => {
    const when = START + day * DAY;
    const others = list.filter(one => one.unit === '26041');
    const rest = list.filter(one => one.unit !== '26041');
    const told = (facts: KnownFacts) => JSON.stringify(ask(facts, when));
    return told(known(...others, ...rest)) === told(known(...rest));
  });
  fc.assert(property, { numRuns: 200 });
  t.pass('held');
});

test('a contradiction is held where it is certain, else told; nothing recorded is nothing wrong', async t => {
  const cases: [string, KnownFacts, Partial<Question> & { level?: string }, string | undefined, string[]][] = [
    ['confirmed', known(entry({ level: 'province' })), {}, 'no-authority', []],
    ['catalogue, one source', NO_FACTS, { level: 'tỉnh', procedure: ONE_SOURCE }, undefined, ['no-authority']],
    ['the same, list complete', NO_FACTS, { level: 'tỉnh', procedure: ONE_SOURCE, enforced: true }, 'no-authority', []],
    ['right level', NO_FACTS, {}, undefined, []],
    ['right level, list complete', NO_FACTS, { enforced: true }, undefined, []],
    ['unknown procedure', NO_FACTS, { procedure: null }, undefined, []],
    ['no entry for opinions', NO_FACTS, { level: 'không rõ', enforced: true }, undefined, []],
    [
      'a case allows',
      known(entry({ level: 'province', case: 'tổ chức nước ngoài' })),
      { level: 'tỉnh' },
      undefined,
      [],
    ],
    ['a case forbids nothing', known(entry({ level: 'province', case: 'tổ chức nước ngoài' })), {}, undefined, []],
  ];
  for (const [name, facts, more, held, warned] of cases) {
    const judged = judge(question(facts, more), [authorityRule]);
    t.equal(judged.held?.cause, held, name);
    t.same(
      judged.warnings.map(warning => warning.cause),
      warned,
      name,
    );
  }
});

test('the finding names the nearest that the level decides, the body and the source, in both languages', async t => {
  const { held } = judge(
    question(NO_FACTS, {
      procedure: '1.012805',
      event: { ...question(NO_FACTS).event, data: { decidingAgency: { level: 'Cấp xã' } } },
    }),
    [authorityRule],
  );
  t.match(held, {
    cause: 'no-authority',
    text: { vi: /Chủ tịch UBND tỉnh.*1\.013967/, en: /belongs to the province.*1\.013967/ },
    detail: { by: 'chu-tich-tinh', level: 'province', source: /2228/, candidates: [{ code: '1.013967' }] },
  });
});

test('what was lacking when it happened and has come since holds nothing back; a day gone by is no reason to look again', async t => {
  const facts = known(
    entry({ level: 'province', from: START, to: at('2026-03-01') }),
    entry({ level: 'commune', from: at('2026-03-01') }),
  );
  const before = judge(question(facts), [authorityRule]);
  t.match(before, { held: { cause: 'no-authority' }, recheckAt: at('2026-03-01') });
  const after = judge(question(facts, { now: at('2026-03-01') }), [authorityRule]);
  t.equal(after.held, undefined);
  const never: Rule = asked => ({
    cause: 'no-authority',
    pointer: '',
    value: null,
    list: 'authority',
    certain: true,
    text: { vi: '', en: '' },
    detail: {},
    changesAt: asked.at - DAY,
  });
  t.equal(judge(question(NO_FACTS), [never]).recheckAt, undefined);
});
