/** `mappings check` refuses, with file and line, a status that would come back as another; and groups what editors must look at. */
import { join } from 'node:path';
import { test } from 'tap';
import { checkMappings } from '../../src/translation/check.ts';
import { WARNING_GROUPS } from '../../src/translation/findings.ts';
import { inspectMappings } from '../../src/translation/load.ts';
import { sameWords } from '../../src/translation/same-words.ts';
import { folder } from './fixture.ts';

const list = (...entries: string[]): string =>
  `kind: statuses\nlist: x\nname: Thử\nabout: dossier\nentries:\n${entries.map(entry => `  - {${entry}, source: Một nguồn, certainty: proposal}\n`).join('')}`;

const REFUSED: [name: string, entries: string[], line: number, says: RegExp][] = [
  [
    'two statuses of one number of which one is not kept',
    ['code: a, name: Đang xử lý, national: "4", preferred: true', 'code: b, name: Trình ký, national: "4"'],
    7,
    /x\/b.*số 4.*"a".*keep: true/,
  ],
  ['a number that nothing can be written for', ['code: a, name: A, national: "4"'], 6, /không còn mã nào/],
  [
    'a sub-status that is not kept',
    ['code: a, name: A, national: "4", preferred: true', 'code: b, level: sub-status, name: B, national: "4"'],
    7,
    /x\/b/,
  ],
  [
    'a payment told as finished',
    ['code: a, name: Chờ thanh toán, national: "9", preferred: true'],
    6,
    /không bao giờ thành 9/,
  ],
  [
    'a pause told as finished',
    ['code: a, name: Tạm dừng xử lý, national: "9", preferred: true'],
    6,
    /không bao giờ thành 9/,
  ],
  [
    'a stop told as finished',
    ['code: a, name: DỪNG GIẢI QUYẾT, national: "9", preferred: true'],
    6,
    /không bao giờ thành 9/,
  ],
  [
    'a 5 that becomes 9 later',
    ['code: a, name: A, national: "5", nationalAfterReception: "9", keep: true'],
    6,
    /không bao giờ/,
  ],
  [
    'a 6 that becomes 9 later',
    ['code: a, name: A, national: "6", nationalAfterReception: "9", keep: true'],
    6,
    /không bao giờ/,
  ],
];
for (const [name, entries, line, says] of REFUSED) {
  test(`refuses ${name}`, async t => {
    const { faults } = await inspectMappings(folder(t, { 'a.yaml': list(...entries) }));
    t.ok(
      faults.some(fault => fault.line === line && says.test(fault.text)),
      faults.map(fault => `${fault.line} ${fault.text}`).join(' | '),
    );
  });
}

test('many to one is taken where all but the one to write are kept', async t => {
  const entries = [
    'code: a, name: Đang xử lý, national: "4", preferred: true',
    'code: b, name: Trình ký, national: "4", keep: true',
    'code: c, level: sub-status, name: C, national: "4", keep: true',
    'code: d, name: Xin rút, national: before, keep: true',
    'code: e, name: E, national: none',
  ];
  t.same((await inspectMappings(folder(t, { 'a.yaml': list(...entries) }))).faults, []);
});

test('what sources contradict is listed by matter, with dates; a change of the numbers is noticed here', async t => {
  const { warnings } = await checkMappings(join(import.meta.dirname, '../../mappings'));
  const count = Object.fromEntries(
    Object.keys(WARNING_GROUPS).map(group => [group, warnings.filter(warning => warning.group === group).length]),
  );
  t.same(count, {
    'time-limits': 19,
    'time-limit-units': 21,
    'dead-codes': 21,
    'alias-targets': 3,
    'same-names': 1,
    'status-gaps': 7,
    'missing-lists': 2,
    units: 0,
    other: 0,
  });
  const texts = warnings.map(warning => warning.text);
  t.ok(
    texts.some(text =>
      /^2\.000806: thời hạn 10 ngày làm việc .* khác bản chép \(.*10\/06\/2026\): 5 ngày làm việc/.test(text),
    ),
  );
  t.ok(texts.some(text => text.includes('mã mới 1.115446 (từ ngày 04/08/2026) chưa có mục riêng')));
  t.ok(texts.some(text => text.includes('portal/MaLinhVuc')) && texts.some(text => text.includes('documents/agency')));
});

test('the same words are the same whatever their case, form and place of the tone', async t => {
  const same: [left: string, right: string][] = [
    ['hòa giải', 'Hoà Giải'],
    ['thủy lợi', 'thuỷ lợi'],
    ['khỏe', 'khoẻ'],
    ['quyền sử dụng đất', 'QUYỀN SỬ DỤNG ĐẤT'.normalize('NFD')],
    ['một  cửa', ' một cửa '],
  ];
  for (const [left, right] of same) t.equal(sameWords(left), sameWords(right), left);
  const other: [left: string, right: string][] = [
    ['hòa', 'hóa'],
    ['tha', 'thả'],
    ['đất', 'dất'],
    ['tho', 'thơ'],
    ['hòa', 'hoa'],
    ['hòa giải', 'hoa giài'],
  ];
  for (const [left, right] of other) t.not(sameWords(left), sameWords(right), left);
});
