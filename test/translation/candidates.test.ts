/** What is offered for an unknown code: the likeliest first, each with its reasons, and nothing ever decided. */
import fc from 'fast-check';
import { test } from 'tap';
import { procedureFinder } from '../../src/translation/candidates-procedures.ts';
import { statusCandidates } from '../../src/translation/candidates-statuses.ts';
import { unitFinder } from '../../src/translation/candidates-units.ts';
import type { ProcedureAliasRecord, ProcedureRecord } from '../../src/translation/content.ts';
import { slips } from '../../src/translation/likeness.ts';
import { vocabulary } from './fixture.ts';

const at = '2026-11-24T08:00:00+07:00';
const sourced = { source: ['QĐ 1'], certainty: 'high' as const };
const procedure = (
  code: string,
  name: string,
  field: string,
  more: Partial<ProcedureRecord> = {},
): ProcedureRecord => ({
  code,
  name,
  nameOfficial: true,
  field,
  levelAfter: 'xã',
  ...sourced,
  ...more,
});
const alias = (from: string, to: string, more: Partial<ProcedureAliasRecord> = {}): ProcedureAliasRecord => ({
  from,
  to,
  validFrom: '2025-07-01',
  ...sourced,
  ...more,
});

const records = [
  procedure('1.000101', 'Đăng ký khai sinh', 'Hộ tịch', { plainTitle: 'Làm giấy khai sinh cho con' }),
  procedure('1.000102', 'Đăng ký khai tử', 'Hộ tịch'),
  procedure('1.500000', 'Cấp giấy phép xây dựng', 'Xây dựng', { doubt: 'không còn trong Quyết định mới' }),
  procedure('1.700000', 'Đăng ký biến động đất đai', 'Đất đai'),
];
const aliases = [
  alias('1.600001', '1.700000'),
  alias('1.600005', '1.700000', { certainty: 'low' }),
  alias('1.000102', '1.000101', { validFrom: '2027-01-01' }),
];
const find = procedureFinder(records, aliases);

test('reasons for a procedure', async t => {
  const cases: [why: string, code: string, name: string | undefined, expected: object][] = [
    [
      'a digit wrong',
      '1.000191',
      undefined,
      { code: '1.000101', why: { vi: /chỉ lệch 1 chữ số/, en: /one digit off/ } },
    ],
    ['two digits swapped', '1.001001', undefined, { code: '1.000101', why: { vi: /chỉ lệch 1 chữ số/ } }],
    ['beside it, of the same field', '1.000103', undefined, { code: '1.000101', why: { vi: /lĩnh vực Hộ tịch/ } }],
    [
      'the official name',
      '9.999999',
      'thu tuc dang ky khai sinh',
      { code: '1.000101', why: { vi: /tên giống 100 %/ } },
    ],
    ['the plain title', 'x', 'làm giấy khai sinh', { code: '1.000101', why: { vi: /tên giống/ } }],
    [
      'renumbered with its series',
      '1.600003',
      undefined,
      { code: '1.700000', source: 'QĐ 1', why: { vi: /cùng dãy \(1.600001, 1.600005\)/ } },
    ],
    ['may be out of use', '9.999999', 'Cấp giấy phép xây dựng', { code: '1.500000', why: { vi: /không còn dùng/ } }],
  ];
  for (const [why, code, name, expected] of cases) {
    const [first] = find(code, name === undefined ? { at } : { at, name });
    t.match(first, { ...expected, score: Number }, why);
  }
});

test('what was replaced by that day is offered as what replaced it, what will be replaced as itself', async t => {
  const slip = find('1.600009', { at }).find(each => each.code === '1.700000');
  t.match(slip, { code: '1.700000' });
  t.notOk(
    find('1.60000', { at: '2025-06-30' }).some(each => each.why?.vi.includes('cùng dãy')),
    'not before its day',
  );
  const before = procedureFinder(
    [procedure('1.800000', 'Cũ', 'A'), procedure('1.900000', 'Mới', 'A')],
    [alias('1.800000', '1.900000', { certainty: 'proposal' })],
  );
  t.match(before('1.800001', { at }), [
    { code: '1.900000', why: { vi: /mã 1.800000 đã được thay bằng mã này từ 01\/07\/2025.*chờ duyệt lại/ } },
  ]);
  t.match(before('1.800001', { at: '2025-06-30' }), [{ code: '1.800000' }]);
  t.match(find('1.000112', { at })[0], { code: '1.000102' });
});

test('a doubt lowers the score', async t => {
  const sure = procedureFinder([procedure('1.500000', 'Cấp giấy phép xây dựng', 'Xây dựng')], []);
  const score = (list: { score?: number }[]): number => list[0]?.score ?? 0;
  t.ok(score(sure('1.500001', { at })) > score(find('1.500001', { at })));
});

test('units: slips, names, old codes, and the code itself out of its time', async t => {
  const choices = [
    { code: '26041', name: 'Phường Trấn Biên', validFrom: '2025-07-01', validTo: '9999-12-31' },
    { code: '26500', name: 'Xã Xuân Lộc', validFrom: '2025-07-01', validTo: '9999-12-31' },
  ];
  const former = { code: '25001', name: 'Tân Phong', type: 'phường', validTo: '2025-06-30', ...sourced };
  const units = unitFinder(
    () => choices,
    [
      { ...former, successors: [{ code: '26041', part: 'whole' }] },
      {
        ...former,
        code: '25011',
        successors: [
          { code: '26041', part: 'partial' },
          { code: '26500', part: 'partial' },
        ],
      },
    ],
  );
  t.match(units('26014', { at })[0], { code: '26041', why: { vi: /lệch 1 chữ số với 26041/ } });
  t.match(units('00000', { at, name: 'P. tran bien' }), [{ code: '26041', why: { vi: /tên giống 100 %/ } }]);
  t.match(units('25002', { at }), [{ code: '26041', why: { vi: /25001 \(phường Tân Phong cũ/ } }]);
  t.same(units('25012', { at }), [], 'a split one leads nowhere');
  t.match(units('26500', { at: '2025-06-30' }), [{ code: '26500', why: { vi: /không có hiệu lực/ } }]);
  t.same(units('99999', { at }), []);
});

test('statuses: close codes and words, another list, and caution with what closes a dossier', async t => {
  const { statuses } = vocabulary.content;
  t.match(statusCandidates(statuses, 'xa-3b', 'cho_bo_sung', undefined)[0], { code: 'cho-bo-sung' });
  t.match(statusCandidates(statuses, 'xa-3b', 'x9', 'Chờ dân bổ sung giấy tờ')[0], { code: 'cho-bo-sung' });
  const closing = statusCandidates(statuses, 'xa-3b', 'denied', undefined);
  t.match(closing[0], { why: { vi: /cần xem kỹ hồ sơ/ } });
  t.ok((closing[0]?.score ?? 1) < 0.5);
  t.same(statusCandidates(statuses, 'xa-3b', 'la', undefined), []);
});

test('a slip is an added, lost, replaced or swapped character', async t => {
  const cases: [string, string, number][] = [
    ['26041', '26041', 0],
    ['26014', '26041', 1],
    ['2604', '26041', 1],
    ['260411', '26041', 1],
    ['26042', '26041', 1],
    ['62014', '26041', 2],
  ];
  for (const [left, right, expected] of cases) t.equal(slips(left, right, 2), expected, `${left} ${right}`);
});

test('whatever comes, scores stay under certainty, in order, with reasons, at most five, and the same again', async t => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.string(), fc.option(fc.string(), { nil: undefined }), (code, name) => {
        const hints = name === undefined ? { at } : { at, name };
        const list = find(code, hints);
        const scores = list.map(each => each.score ?? 2);
        return (
          list.length <= 5 &&
          scores.every(score => score >= 0.3 && score < 1) &&
          scores.every((score, index) => index === 0 || score <= (scores[index - 1] as number)) &&
          list.every(each => each.why !== undefined && each.why.vi !== '' && each.why.en !== '') &&
          JSON.stringify(procedureFinder(records, aliases)(code, hints)) === JSON.stringify(list)
        );
      }),
    ),
  );
});
