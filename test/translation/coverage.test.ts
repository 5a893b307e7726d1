/** Coverage: levels, counts by field and unit, weights by what came, and what would help most. */
import fc from 'fast-check';
import { test } from 'tap';
import { type Coverage, coverageOf, LEVELS, type Traffic } from '../../src/translation/coverage.ts';
import { loadVocabulary } from '../../src/translation/load.ts';
import { folder, vocabulary } from './fixture.ts';

const AT = '2026-05-01T08:00:00+07:00';
const FULL = `plainTitle: Làm giấy khai sinh, details: {desk: Quầy 1, explanation: "Cha mẹ làm giấy khai sinh cho con mới sinh.", deskSteps: {receive: Nhận., process: Làm., return: Trả.}, papers: [{name: Tờ khai}], timeLimits: [{value: 1, unit: workingDays}], fees: [{amount: 0, unit: đồng}], results: [Giấy khai sinh], legalBasis: [{number: 1/2025}], source: s, certainty: high}`;
const procedure = (code: string, more = '', level = 'xã'): string =>
  `  - {code: "${code}", name: Thủ tục ${code}, nameOfficial: true, levelAfter: ${level}, source: s, certainty: high${more === '' ? '' : `, ${more}`}}\n`;
const file = (field: string, ...entries: string[]): string =>
  `kind: procedures\nfield: ${field}\nsources: {s: nguồn}\nentries:\n${entries.join('')}`;
const FILES = {
  'u.yaml':
    'kind: units\nsources: {s: nguồn}\nentries:\n  - {code: "00001", name: Một, type: xã, validFrom: 2025-07-01, source: s, certainty: high}\n  - {code: "00002", name: Hai, type: xã, validFrom: 2025-07-01, source: s, certainty: high}\n',
  'a.yaml': file('A', procedure('1.000001', FULL), procedure('1.000002', 'plainTitle: Hai'), procedure('1.000003')),
  'b.yaml': file('B', procedure('1.000004'), procedure('1.000005', 'plainTitle: Năm', 'tỉnh')),
  'x.yaml':
    'kind: procedure-aliases\nentries:\n  - {from: "1.000004", to: "1.000009", validFrom: 2025-07-01, source: Một nguồn, certainty: high}\n',
};

test('levels by field; a replaced code counts as its new one', async t => {
  const { vocabulary: small } = await loadVocabulary(folder(t, FILES));
  const { basis, fields, total, units, most } = coverageOf(small, AT);
  t.equal(basis, 'catalogue');
  t.match(fields, [
    { field: 'A', procedures: { full: 1, plain: 1, official: 1, missing: 0 }, covered: 0.333 },
    { field: 'B', procedures: { full: 0, plain: 1, official: 1, missing: 0 }, covered: 0 },
  ]);
  t.match(total, { procedures: { full: 1, plain: 2, official: 2, missing: 0 }, covered: 0.2 });
  t.same(
    units.map(unit => [unit.unit, unit.name, unit.overrides]),
    [
      ['00001', 'Xã Một', 0],
      ['00002', 'Xã Hai', 0],
    ],
  );
  t.same(
    most.map(each => each.code),
    ['1.000003', '1.000009', '1.000002', '1.000005'],
    'communes first, then what has least',
  );
  t.ok(most[1]?.lacks.includes('record'));
  t.same(most[2]?.lacks, ['desk', 'steps', 'papers', 'timeLimits', 'fees', 'results', 'legalBasis', 'explanation']);
});

test('what came decides what helps most, also what no catalogue knows', async t => {
  const { vocabulary: small } = await loadVocabulary(folder(t, FILES));
  const traffic: Traffic[] = [
    { unit: '00001', procedure: '1.000001', events: 60 },
    { unit: '00001', procedure: '1.000002', events: 20 },
    { unit: '00002', procedure: '1.000002', events: 10 },
    { unit: null, procedure: '9.999999', events: 30 },
  ];
  const { basis, fields, total, units, most } = coverageOf(small, AT, traffic);
  t.equal(basis, 'traffic');
  t.match(total, {
    events: { full: 60, plain: 30, official: 0, missing: 30 },
    covered: 0.5,
    procedures: { missing: 1 },
  });
  t.match(units, [
    {
      unit: '00001',
      procedures: { full: 1, plain: 1, official: 0, missing: 0 },
      events: { full: 60, plain: 20 },
      covered: 0.75,
    },
    { unit: '00002', procedures: { full: 0, plain: 1 }, events: { plain: 10 }, covered: 0 },
  ]);
  t.match(
    fields.map(field => field.field),
    ['(chưa có trong danh mục)', 'A', 'B'],
  );
  t.match(most, [
    { code: '9.999999', name: null, field: null, level: 'missing', events: 30, units: 1 },
    { code: '1.000002', level: 'plain', events: 30, units: 2 },
  ]);
});

test('nothing is counted twice and nothing lost', t => {
  const codes = [...vocabulary.content.procedures.slice(0, 40).map(each => each.code), '1.012752', '9.999999', 'x'];
  const units = [...vocabulary.content.units.slice(0, 5).map(each => each.code), '00000', null];
  const rows = fc.uniqueArray(
    fc.record({
      unit: fc.constantFrom(...units),
      procedure: fc.constantFrom(...codes),
      events: fc.integer({ min: 1, max: 999 }),
    }),
    { maxLength: 30, selector: row => `${row.unit} ${row.procedure}` },
  );
  const all = (list: Coverage['fields'][number]['events'][]): number =>
    list.flatMap(counts => LEVELS.map(level => counts[level])).reduce((total, each) => total + each, 0);
  fc.assert(
    fc.property(rows, traffic => {
      const { total, fields, units: byUnit, most } = coverageOf(vocabulary, AT, traffic);
      const came = traffic.reduce((sum, row) => sum + row.events, 0);
      t.equal(all([total.events]), came);
      t.equal(all(fields.map(field => field.events)), came);
      t.equal(all(fields.map(field => field.procedures)), all([total.procedures]));
      const placed = traffic.filter(row => row.unit !== null).reduce((sum, row) => sum + row.events, 0);
      t.equal(all(byUnit.map(unit => unit.events)), placed);
      t.ok(most.length <= 10 && most.every(each => each.level !== 'full'));
      t.ok([total, ...fields, ...byUnit].every(({ covered }) => covered >= 0 && covered <= 1));
    }),
    { numRuns: 15 },
  );
  t.end();
});

test('the project itself: every procedure has a plain title', t => {
  const { total } = coverageOf(vocabulary, AT);
  t.equal(total.procedures.official + total.procedures.missing, 0);
  t.comment(`coverage: ${JSON.stringify(total.procedures)}`);
  t.end();
});
