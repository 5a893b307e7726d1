/** Facts as a table and back: nothing is lost, days are read as people write them, wrong heads are named. */
import t from 'tap';
import { ALL_KINDS, type KindRules, rulesOf } from '../../src/facts/kinds.ts';
import { columnsOf, fromTable, toTable } from '../../src/facts/sheet.ts';
import { fact } from './support.ts';

const rules = (kind: Parameters<typeof rulesOf>[0]) => rulesOf(kind) as unknown as KindRules;
const UNIT = '26041';

t.test('what is written is read back', async t => {
  const delegation = fact(
    'delegation',
    UNIT,
    {
      kind: 'uy-quyen',
      fromPost: 'chu-tich',
      toPost: 'pho-chu-tich',
      rights: ['approve', 'sign'],
      document: { number: '12/QĐ', date: '2025-07-01' },
      mayDelegate: true,
    },
    '2025-07-01',
    '2026-01-01',
  );
  const { rows, faults } = fromTable(rules('delegation'), toTable(rules('delegation'), [delegation]));
  t.same(faults, []);
  t.same(rows, [{ row: 2, given: { unit: UNIT, ...delegation.body, from: '2025-07-01', to: '2025-12-31' } }]);
  const place = fact(
    'place-rule',
    null,
    { old: '26449', by: 'hamlet', names: ['Ấp 1', 'Ấp 2'], to: '26446' },
    '2025-07-01',
  );
  t.match(fromTable(rules('place-rule'), toTable(rules('place-rule'), [place])).rows, [
    { given: { unit: '75', names: ['Ấp 1', 'Ấp 2'], to: '26446' } },
  ]);
});

t.test('columns stand in any order, days are written as people write them, empty rows are nothing', async t => {
  const { rows, faults } = fromTable(rules('seat'), [
    ['Chức danh (post)', 'seat', 'Từ ngày (from)', 'unit', ''],
    ['chu-tich', `${UNIT}/chu-tich`, '1/7/2025', ` ${UNIT} `, ''],
    ['', '', '', ''],
    ['van-thu', `${UNIT}/van-thu`, '2025-07-01T00:00:00.000Z', UNIT],
  ]);
  t.same(faults, []);
  t.same(rows, [
    { row: 2, given: { post: 'chu-tich', seat: `${UNIT}/chu-tich`, from: '2025-07-01', unit: UNIT } },
    { row: 4, given: { post: 'van-thu', seat: `${UNIT}/van-thu`, from: '2025-07-01', unit: UNIT } },
  ]);
});

t.test('a head that is unknown, doubled or missing is named', async t => {
  const { faults } = fromTable(rules('seat'), [['seat', 'seat', 'lạ']]);
  t.same(
    faults.map(({ pointer, code }) => [pointer, code]),
    [
      ['/seat', 'doubled'],
      ['/lạ', 'unknown-column'],
      ['/post', 'required'],
    ],
  );
});

t.test('no two columns of a kind have one name', async t => {
  for (const kind of ALL_KINDS) {
    const paths = columnsOf(kind).map(({ path }) => path);
    t.equal(new Set(paths).size, paths.length, kind.kind);
  }
});
