/** Which words of a text are marked, and which are left alone. */
import { test } from 'tap';
import type { JsonObject } from '../../src/domain/words.ts';
import { marksOf, marksOfText } from '../../src/translation/marks.ts';
import { translateEvent } from '../../src/translation/translate.ts';
import { event, vocabulary } from './fixture.ts';

const LAND = 'Đất đai (xã)';
const COMMUNE = { role: 'commune', statusList: 'xa-3b' } as const;

/** The marked words with their terms, `thẩm định=T008`. */
const marked = (text: string, field?: string): string[] =>
  marksOfText(text, '/x', vocabulary, field).map(
    ({ offset, length, term }) => `${text.slice(offset, offset + length)}=${term}`,
  );

const TABLE: [why: string, text: string, expected: string[], field?: string][] = [
  ['a term', 'Chuyên viên thẩm định, trình ký.', ['thẩm định=T008']],
  ['whatever the case', 'THẨM ĐỊNH HỒ SƠ', ['THẨM ĐỊNH HỒ SƠ=T008']],
  ['the longest phrase', 'đơn cấp giấy phép xây dựng có thời hạn', ['giấy phép xây dựng có thời hạn=T116']],
  ['old tone placement', 'hoà giải tranh chấp đất đai', ['hoà giải tranh chấp đất đai=T079']],
  ['new tone placement', 'hòa giải tranh chấp đất đai', ['hòa giải tranh chấp đất đai=T079']],
  ['i for y', 'chứng thực chữ kí', ['chứng thực chữ kí=T105']],
  ['other tones are other words', 'thẩm đính, thâm định', []],
  ['without tones nothing is sure', 'tham dinh', []],
  ['an abbreviation', 'chứng nhận QSDĐ cho hộ', ['QSDĐ=A109']],
  ['an abbreviation of a term is the term', 'Sổ HLATĐB', ['HLATĐB=T127']],
  ['in dots', 'cấp G.C.N mới', ['G.C.N=A112']],
  ['long capitals in small letters', 'xin gpxd', ['gpxd=T115']],
  ['short capitals only as written', 'tha cho; án THA', ['THA=A229']],
  ['capitals of several meanings say nothing', 'TB của TP, CA và TT', []],
  ['in the field that settles it', 'hồ sơ NCC', ['NCC=T144'], 'Người có công'],
  ['not elsewhere', 'hồ sơ NCC', []],
  ['a short form in its field', 'xin đính chính thửa này', ['đính chính=T070', 'thửa=T059'], LAND],
  ['is an everyday word elsewhere', 'xin đính chính thửa này', []],
  ['a trap', 'phí thẩm định giá', []],
  ['a trap and the term', 'Thẩm định giá xong thì thẩm định hồ sơ', ['thẩm định hồ sơ=T008']],
  [
    'a trap made of two words that meet',
    'Đăng ký thay đổi vốn; trường hợp thửa đất đã có giấy',
    ['thửa đất=T059'].slice(1),
  ],
  ['words that everybody knows', 'TTHC theo cơ chế một cửa: hồ sơ, UBND xã, thủ tục hành chính', []],
  ['but not what contains one', 'cơ chế một cửa, một cửa liên thông', ['một cửa, một cửa liên thông=T018']],
  ['once a text, at the first place', 'thẩm định; QSDĐ; thẩm định hồ sơ; quyền', ['thẩm định=T008', 'QSDĐ=A109']],
  ['once for a term and its abbreviation', 'GPXD là giấy phép xây dựng', ['GPXD=T115']],
  ['whole syllables', 'xthẩm định, thẩm địnhx, thẩm định1', []],
  ['not over a full stop', 'Đã thẩm. Định ngày', []],
  ['not over a paragraph', 'đã thẩm\n\nđịnh ngày', []],
  ['over the end of a line', 'đã thẩm\nđịnh', ['thẩm\nđịnh=T008']],
  ['not in a number', 'số 12/QĐ-GPXD, 07/GPXD-UBND, H19.GPXD-261124-0001', []],
  ['nor in tied capitals', 'PKT-GPXD_2, GPXD.pdf, a@gpxd.vn, https://gpxd.vn/GPXD', []],
  ['nor in the name of a law', 'theo Luật Khoáng sản và Luật Giám hộ', []],
  ['nor of a person', 'bà Trần Thị Giám Hộ, ông Phân Cấp', []],
  ['nor of a place', 'ngụ tại đường Giám hộ, ấp Phân cấp', []],
  ['nor of a body', 'Sở Lao động – Thương binh và Xã hội; Phòng Thẩm định', []],
  ['but at the start of a sentence', 'Xong. Giám hộ là ai?', ['Giám hộ=T093']],
  ['capitals of the law itself', 'Cấp Giấy chứng nhận', ['Giấy chứng nhận=T064'], LAND],
  ['a short misspelling may be another word', 'bị thẫm định lại', []],
  ['a misspelling', 'giấy phép xây dưng', ['giấy phép xây dưng=T115']],
];

test('the words that are marked', async t => {
  for (const [why, text, expected, field] of TABLE) t.same(marked(text, field), expected, `${why}: ${text}`);
});

test('offsets hold in decomposed text and among invisible characters', async t => {
  for (const text of [
    '😀 việc giám hộ 👨‍👩‍👧 và trích đo bản đồ địa chính',
    '\u202eviệc \u2066giám hộ\u2069 và \u200btrích đo bản đồ địa chính\ufeff',
    'việc gi\u200bám h\u00adộ và trích\u200b đo bản\u00a0đồ địa\u200d chính',
  ]) {
    for (const form of ['NFC', 'NFD'] as const) {
      const given = text.normalize(form);
      const words = marked(given).map(word => word.replaceAll(/\u200b|\u200d|\u00ad/g, '').normalize('NFC'));
      t.same(
        words.map(word => word.replaceAll('\u00a0', ' ')),
        ['giám hộ=T093', 'trích đo bản đồ địa chính=T057'],
        form,
      );
    }
  }
});

test('only texts for reading are looked into', async t => {
  const told = event('dossier.submitted', {
    unitCode: '26041',
    procedureCode: '1.001193',
    status: '1',
    summary: 'Đề nghị trích đo bản đồ địa chính',
    applicant: {
      kind: 'citizen',
      name: 'giám hộ',
      address: 'trích đo bản đồ địa chính',
      identityNumber: '012345678901',
    },
    files: [{ id: '1', name: 'giấy phép xây dựng.pdf' }],
    receivingUnit: 'giám hộ',
    decidingAgency: { code: 'x', name: 'thẩm định' },
    note: ['thẩm định'],
  });
  t.same(
    marksOf(told, vocabulary).map(mark => mark.pointer),
    ['/data/summary'],
  );
  t.same(marksOf({ ...told, type: 'right.granted' }, vocabulary), []);
  t.same(marksOf({ ...told, type: 'toString' }, vocabulary), []);
});

const PUBLISHED: JsonObject = {
  procedure: { code: '1.001193', name: 'Đăng ký giám hộ', field: 'Hộ tịch', level: 'xã' },
  cases: [{ name: 'Có yếu tố nước ngoài', steps: ['Thẩm tra'] }],
  steps: [{ no: 1, content: 'Xác minh, thẩm tra' }, 'Thẩm định'],
  components: [{ case: 'x', papers: [{ name: 'Sổ gốc' }] }, 'Giấy xác nhận khuyết tật', { name: 'Di chúc' }],
  timeLimit: [{ value: 3, unit: 'ngày', note: 'Khi phải xác minh' }],
  fees: [{ name: 'Lệ phí trước bạ', amount: 0 }],
  results: [{ name: 'Trích lục hộ tịch' }],
  legalBasis: [{ number: '60/2014/QH13', name: 'Luật Hộ tịch' }],
  decidedBy: [{ code: 'x', name: 'giám hộ' }],
};

test('a procedure is marked text by text, by pointers from the event', async t => {
  const { event: out, marks } = translateEvent(
    event('procedure.published', PUBLISHED),
    COMMUNE,
    'national',
    vocabulary,
  );
  t.same(
    marks.map(({ pointer, term }) => `${pointer} ${term}`),
    [
      '/data/procedure/name T093',
      '/data/cases/0/name T097',
      '/data/cases/0/steps/0 T009',
      '/data/steps/0/content T010',
      '/data/steps/0/content T009',
      '/data/steps/1 T008',
      '/data/components/0/papers/0/name T357',
      '/data/components/1 T386',
      '/data/results/0/name T090',
      '/data/fees/0/name T374',
      '/data/timeLimit/0/note T010',
    ],
  );
  t.same(out.data.marks, marks);
  for (const [name, value] of Object.entries(PUBLISHED)) t.same(out.data[name], value, `${name} is as it was`);
});

test('only a commune is told, and nothing is added where there is nothing to say', async t => {
  const told = event('procedure.published', PUBLISHED);
  const elsewhere = translateEvent(told, { role: 'documents', statusList: 'edxml' }, 'national', vocabulary);
  t.same([elsewhere.marks, elsewhere.event.data.marks], [[], undefined]);
  const plain = event('dossier.updated', { dossierCode: 'H-1', summary: 'hồ sơ' });
  t.notOk('marks' in translateEvent(plain, COMMUNE, 'national', vocabulary).event.data);
});

test('the official name that the translation adds is marked too', async t => {
  const land = vocabulary.content.procedures.find(({ name }) => name.includes('trích đo') || name.includes('giám hộ'));
  t.ok(land);
  const told = event('dossier.submitted', { unitCode: '26041', procedureCode: land?.code ?? '', status: '1' });
  const { event: out, marks } = translateEvent(told, COMMUNE, 'national', vocabulary);
  t.equal(out.data.procedureName, land?.name);
  t.ok(marks.some(mark => mark.pointer === '/data/procedureName'));
});

test('an official name is read anew for each field that it comes with', async t => {
  const named = (field: string): string[] =>
    marksOf(
      event('dossier.submitted', { procedureName: 'xin đính chính thửa này', procedure: { field } }),
      vocabulary,
    ).map(({ pointer, term }) => `${pointer} ${term}`);
  const inLand = ['/data/procedureName T070', '/data/procedureName T059'];
  t.same(named(LAND), inLand);
  t.same(named('Hộ tịch'), []);
  t.same(named(LAND), inLand, 'also when it was seen before');
});
