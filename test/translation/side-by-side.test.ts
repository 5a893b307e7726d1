/** Both texts beside each other: what is shown, in which columns, and that no foreign text can act on the screen. */
import fc from 'fast-check';
import { test } from 'tap';
import type { Json, Mark } from '../../src/domain/words.ts';
import { beside, visible, widthOf, wrap } from '../../src/translation/columns.ts';
import { bracketed, sideBySide } from '../../src/translation/side-by-side.ts';
import { translateEvent } from '../../src/translation/translate.ts';
import { event, vocabulary } from './fixture.ts';

const COMMUNE = { role: 'commune', statusList: 'xa-3b' } as const;

function shownOf(data: Record<string, Json>, width?: number): string {
  const before = event('dossier.submitted', data);
  const { event: after, trace, marks, parks } = translateEvent(before, COMMUNE, 'national', vocabulary);
  return sideBySide({ before, after, trace, marks, parks, target: 'commune', release: vocabulary.name }, width);
}

test('official left, commune words right, the entry and its source below', t => {
  const text = shownOf({
    procedureCode: '1.001193',
    procedureName: 'Đăng ký khai sinh',
    unitCode: '25996',
    status: '1',
  });
  t.match(text, /^dossier\.submitted · commune → commune · phiên bản danh mục [0-9a-f]{12}\n/);
  t.match(
    text,
    /\nĐơn vị\n {2}25996 +│ 26188\n {4}↳ former-unit:25996 · tương đương · độ tin cậy cao · nguồn \[[0-9]\]\n/,
  );
  t.match(text, /\nTên dễ hiểu\n {2}Đăng ký khai sinh +│ Làm giấy khai sinh cho con\n/);
  t.match(
    text,
    /\nTrạng thái\n {2}1 +│ cho-tiep-nhan\n {4}↳ status:xa-3b\/cho-tiep-nhan · tương đương · đề xuất, chờ rà soát/,
  );
  t.match(text, /NGUỒN\n[\s\S]*\[[0-9]\] Nghị quyết 1662/);
  t.notMatch(text, /GIỮ LẠI/);
  t.end();
});

test('a published procedure: official steps beside the three of the desk, figures in words', t => {
  const before = event('procedure.published', {
    procedure: { code: '1.001193', name: 'Đăng ký khai sinh', field: 'Hộ tịch', level: 'xã' },
    steps: ['Nộp hồ sơ tại Trung tâm', 'Trả giấy khai sinh'],
  });
  const { event: after, trace, marks } = translateEvent(before, COMMUNE, 'national', vocabulary);
  const text = sideBySide({ before, after, trace, marks, target: 'commune', release: vocabulary.name });
  t.match(text, /\n {2}• Nộp hồ sơ tại Trung tâm +│ 1\. Tiếp nhận: /);
  t.match(text, /8\.000 đồng\/bản sao/);
  t.match(text, /• 85\/2019\/TT-BTC ngày 29\/11\/2019/);
  t.end();
});

test('what holds an event back is told with what may be meant', t => {
  const text = shownOf({ unitCode: '26449' });
  t.match(text, /GIỮ LẠI, CHƯA GỬI\n {2}Đơn vị cũ đã tách[\s\S]*có thể là 26446/);
  t.match(
    sideBySide({ before: event('x', {}), after: event('x', {}), trace: [], marks: [], target: 'portal', release: 'r' }),
    /Không có gì phải quy đổi/,
  );
  t.end();
});

test('marked terms stand in brackets with their plain words below', t => {
  const text = 'Xin cải chính hộ tịch và trích lục.';
  const mark = (term: string, label: string): Mark => ({
    pointer: '/data/summary',
    offset: text.indexOf(term),
    length: term.length,
    term: 'T',
    label,
    explanation: 'Giải thích.',
  });
  const marks = [mark('cải chính hộ tịch', 'sửa chỗ ghi sai'), mark('trích lục', 'bản sao từ sổ')];
  t.equal(bracketed(text, marks), 'Xin [cải chính hộ tịch](1) và [trích lục](2).');
  const same = event('dossier.submitted', { summary: text });
  const shown = sideBySide({ before: same, after: same, trace: [], marks, target: 'commune', release: 'r' });
  t.match(
    shown,
    /Trích yếu\n {2}Xin cải chính hộ tịch và trích lục\. +│ Xin \[cải chính hộ tịch\]\(1\) và \[trích lục\]\(2\)\./,
  );
  t.match(shown, /\(2\) trích lục = bản sao từ sổ: Giải thích\./);
  t.end();
});

test('marks that fit no text break nothing', t => {
  const loose = [
    { offset: 40, length: 9 },
    { offset: -2, length: 1 },
    { offset: 0, length: 3 },
    { offset: 1, length: 1 },
  ].map(place => ({ ...place, pointer: '/data/none', term: 'T', label: 'a', explanation: 'b' }));
  t.equal(bracketed('Xin chào', loose), '[Xin](3) chào');
  t.equal(
    typeof sideBySide({
      before: event('x', {}),
      after: event('x', {}),
      trace: [],
      marks: loose,
      target: 'c',
      release: 'r',
    }),
    'string',
  );
  t.end();
});

const foreign = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\u001b[31m', '\u202e', '\u0000', '\r', '\t', '\n', ' ', 'e\u0302\u0301', 'ư', '🏠'),
    fc.string({ maxLength: 2 }),
  ),
  maxLength: 30,
});

test('no line is wider than its column, no sign acts on the screen, no word is lost', t => {
  fc.assert(
    fc.property(foreign, fc.integer({ min: 1, max: 12 }), (text, width) => {
      const lines = wrap(text, width);
      for (const line of lines) {
        if (widthOf(line) > width || /\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u.test(line)) return false;
      }
      const bare = (each: string) => each.replaceAll(/[ \n]/g, '');
      return bare(lines.join('')) === bare(visible(text));
    }),
  );
  fc.assert(
    fc.property(foreign, foreign, (left, right) => {
      for (const line of beside(left, right, 10)) t.equal(widthOf(line.slice(0, line.indexOf('│'))), 11);
    }),
    { numRuns: 30 },
  );
  t.end();
});

test('a text of a megabyte is cut for reading', t => {
  const text = 'hồ sơ '.repeat(170_000);
  t.ok(shownOf({ summary: text, unitCode: '25996', procedureName: text, procedureCode: '1.001193' }).length < 400_000);
  t.end();
});

test('any data is shown without a fault', t => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (data, value) => {
      const one = event('x', data as Record<string, Json>);
      const trace = [
        {
          pointer: '/data/x/0/code',
          from: null,
          to: value as Json,
          entry: 'e',
          grade: 'related' as const,
          source: 's',
          certainty: 'low',
        },
      ];
      return (
        typeof sideBySide({ before: one, after: one, trace, marks: [], target: 'c', release: 'r' }, 60) === 'string'
      );
    }),
    { numRuns: 60 },
  );
  t.end();
});
