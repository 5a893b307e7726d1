/** A ward's own words: in force by date, the narrowest first, always shown as its own; and refused where they cannot be true. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import type { JsonObject } from '../../src/domain/words.ts';
import { inspectMappings, loadVocabulary } from '../../src/translation/load.ts';
import { translateEvent } from '../../src/translation/translate.ts';
import type { Vocabulary } from '../../src/translation/vocabulary.ts';
import { copyOfMappings, event } from './fixture.ts';

const COMMUNE = { role: 'commune', statusList: 'xa-3b' } as const;
const PROCEDURE = { code: '1.001193', name: 'Đăng ký khai sinh', field: 'Hộ tịch', level: 'xã' };

/** A copy of mappings/ with `entries` as the words of single wards. */
function withWords(t: Test, entries: string): string {
  const dir = copyOfMappings(t);
  writeFileSync(
    join(dir, 'units', 'cach-goi-thu.yaml'),
    `kind: unit-overrides\nsources:\n  phuong: Phường đề nghị\nentries:\n${entries}`,
  );
  return dir;
}

const RULES = `
  - {unit: "26041", validFrom: 2025-07-01, desk: Quầy số 1, source: phuong, certainty: proposal}
  - {unit: "26041", field: Hộ tịch, validFrom: 2025-07-01, validTo: 2025-12-31, desk: Quầy số 2, source: phuong, certainty: proposal}
  - {unit: "26041", field: Hộ tịch, validFrom: 2026-01-01, desk: Quầy số 3, source: phuong, certainty: confirmed}
  - unit: "26041"
    procedure: "1.001193"
    validFrom: 2026-06-01
    plainTitle: Khai sinh cho bé
    deskSteps: {receive: Chị Hoa ở quầy số 3 nhận hồ sơ.}
    titles: {Trung tâm: Bộ phận một cửa}
    source: phuong
    certainty: proposal
`;

/** The vocabulary with RULES, read once for all tests of this file. */
let reading: Promise<Vocabulary> | undefined;
async function words(t: Test): Promise<Vocabulary> {
  reading ??= loadVocabulary(withWords(t, RULES)).then(({ vocabulary }) => vocabulary);
  return reading;
}

test('the narrowest words in force count for the ward’s own event, and the common ones stay visible', async t => {
  const vocabulary = await words(t);
  const entryAt = (time: string) => {
    const published = event('procedure.published', { procedure: PROCEDURE, unitCode: '26041' }, time);
    const { event: out, trace } = translateEvent(published, COMMUNE, 'national', vocabulary);
    return { entry: out.data.communeEntry as JsonObject, data: out.data, trace };
  };
  t.equal(entryAt('2025-12-31T23:59:59+07:00').entry.desk, 'Quầy số 2');
  t.equal(entryAt('2026-01-01T00:00:00+07:00').entry.desk, 'Quầy số 3');
  t.equal(entryAt('2026-05-31T12:00:00+07:00').entry.plainTitle, 'Làm giấy khai sinh cho con');
  const { entry, data, trace } = entryAt('2026-06-01T00:00:00+07:00');
  t.match(entry, { desk: 'Quầy số 3', plainTitle: 'Khai sinh cho bé', titles: { 'Trung tâm': 'Bộ phận một cửa' } });
  t.equal(data.plainTitle, 'Khai sinh cho bé');
  t.match(entry.steps, [{ text: 'Chị Hoa ở quầy số 3 nhận hồ sơ.' }, { text: /Sổ đăng ký khai sinh/ }]);
  t.match(
    trace.findLast(each => each.pointer === '/data/communeEntry/desk'),
    { from: 'Quầy Tư pháp – Hộ tịch', to: 'Quầy số 3', entry: 'override:26041/Hộ tịch', certainty: 'confirmed' },
  );
  t.match(entry.overridden, [
    { part: 'plainTitle', common: 'Làm giấy khai sinh cho con', entry: 'override:26041/1.001193' },
  ]);
});

test('a catalogue sent once for the province brings every ward’s words along, with their dates', async t => {
  const vocabulary = await words(t);
  const published = event('procedure.published', { procedure: PROCEDURE }, '2026-02-01T08:00:00+07:00');
  const { event: out } = translateEvent(published, COMMUNE, 'national', vocabulary);
  const entry = out.data.communeEntry as JsonObject;
  t.equal(entry.desk, 'Quầy Tư pháp – Hộ tịch', 'the common words stay');
  t.match(entry.overrides, [
    { unit: '26041', plainTitle: 'Khai sinh cho bé', validFrom: '2026-06-01', entry: 'override:26041/1.001193' },
    { unit: '26041', desk: 'Quầy số 3', validFrom: '2026-01-01', certainty: 'confirmed' },
    { unit: '26041', desk: 'Quầy số 1' },
  ]);
  t.equal((entry.overrides as JsonObject[]).length, 3, 'what has ended is not sent');
});

test('a dossier of the ward carries the ward’s title, one of another ward the common one', async t => {
  const vocabulary = await words(t);
  const titleIn = (unitCode: string) => {
    const data = { dossierCode: 'd', procedureCode: '1.001193', unitCode, status: '2' };
    const sent = event('dossier.submitted', data, '2026-07-01T08:00:00+07:00');
    const { event: out, trace } = translateEvent(sent, COMMUNE, 'national', vocabulary);
    return [out.data.plainTitle, trace.find(each => each.pointer === '/data/plainTitle')?.entry];
  };
  t.same(titleIn('26041'), ['Khai sinh cho bé', 'override:26041/1.001193']);
  t.same(titleIn('26209'), ['Làm giấy khai sinh cho con', 'procedure:1.001193']);
});

test('words that lead nowhere, say nothing or clash are refused with file and line, and a short code used twice', async t => {
  const rule = (unit: string, rest: string) =>
    `  - {unit: "${unit}", validFrom: 2025-07-01, source: phuong, certainty: proposal, ${rest}}`;
  const cases: readonly (readonly [string, RegExp])[] = [
    [rule('26041', 'note: không có gì'), /chưa nói gì khác/],
    [rule('26041', 'desk: A, procedure: "9.999999"'), /không có thủ tục 9\.999999/],
    [rule('26041', 'desk: A, field: Không có'), /không có lĩnh vực/],
    [rule('26041', 'desk: A, field: Hộ tịch, procedure: "1.001193"'), /một trong hai/],
    [rule('26041', 'plainTitle: A'), /chỉ dùng cho một thủ tục/],
    [rule('26041', 'desk: A, procedure: "1.000894", validTo: 2025-06-01'), /validTo trước validFrom/],
    [rule('99999', 'desk: A'), /đơn vị 99999 không có hiệu lực/],
    [rule('26209', 'desk: A'), /^$/],
    [rule('26209', 'desk: B'), /trùng thời gian với units\/cach-goi-thu\.yaml:\d+/],
  ];
  const dir = withWords(t, cases.map(([text]) => text).join('\n'));
  writeFileSync(
    join(dir, 'procedures', 'thu.yaml'),
    'kind: procedures\nfield: Thử\nentries:\n  - {code: "9.000009", name: Thử, nameOfficial: false, communeCode: HT-001, levelAfter: xã, source: Nguồn thử, certainty: low}\n',
  );
  const { faults } = await inspectMappings(dir);
  const first = 5;
  cases.forEach(([, expected], index) => {
    const told = faults.filter(fault => fault.file === 'units/cach-goi-thu.yaml' && fault.line === first + index);
    t.match(told.map(fault => fault.text).join('\n'), expected);
  });
  t.ok(faults.some(fault => /mã dùng ở xã HT-001 đã là của/.test(fault.text)));
});
