/** What one vocabulary says differently from another, entry by entry and in plain words. */
import { test } from 'tap';
import type { VocabularyContent } from '../../src/translation/content.ts';
import { diffVocabularies, type EntryChange } from '../../src/translation/diff.ts';
import { diffText } from '../../src/translation/diff-text.ts';
import { vocabularyOf } from '../../src/translation/release.ts';
import { vocabulary } from './fixture.ts';

const { content } = vocabulary;
const CODE = '1.001193';
const sourced = { source: ['thử'], certainty: 'proposal' as const };

const procedure = (
  change: (record: VocabularyContent['procedures'][number]) => object,
): Partial<VocabularyContent> => ({
  procedures: content.procedures.map(record => (record.code === CODE ? { ...record, ...change(record) } : record)),
});

const cases: [name: string, change: Partial<VocabularyContent>, entries: Partial<EntryChange>[], text: RegExp][] = [
  ['nothing', {}, [], /0 mục mới, 0 mục bỏ, 0 mục đổi\.\nHai phiên bản nói như nhau/],
  [
    'a plain title',
    procedure(() => ({ plainTitle: 'Làm khai sinh' })),
    [
      {
        kind: 'procedures',
        id: CODE,
        what: 'changed',
        parts: [{ part: 'plainTitle', from: null, to: 'Làm khai sinh' }],
      },
    ],
    /Thủ tục\n {2}.+: 1 đổi\n {4}1\.001193 .+: đổi tên dễ hiểu \(“.+” → “Làm khai sinh”\)/,
  ],
  [
    'a part of the details',
    procedure(record => ({ details: { ...record.details, ...sourced, desk: 'Quầy số 3' } })),
    [{ kind: 'procedures', id: CODE, what: 'changed' }],
    /quầy tiếp nhận/,
  ],
  [
    'a new alias',
    { procedureAliases: [...content.procedureAliases, { ...sourced, from: '9.9', to: CODE, validFrom: '2025-07-01' }] },
    [{ kind: 'procedureAliases', id: '9.9', what: 'added', parts: [] }],
    /Mã thủ tục cũ dẫn đến mã mới\n {2}9\.9: mới/,
  ],
  [
    'a unit that is gone',
    { units: content.units.filter(unit => unit.code !== '26041') },
    [{ kind: 'units', id: '26041', name: 'Trấn Biên', what: 'removed' }],
    /Xã, phường\n {2}26041 Trấn Biên: không còn/,
  ],
  [
    'another national status',
    {
      statuses: content.statuses.map(status =>
        status.list === 'xa-3b' && status.code === 'trinh-ky' ? { ...status, national: '5' } : status,
      ),
    },
    [{ kind: 'statuses', id: 'xa-3b/trinh-ky', group: 'xa-3b', what: 'changed' }],
    /trạng thái quốc gia tương ứng \(“4” → “5”\)/,
  ],
  [
    'a fact of a kind that no head names',
    { facts: [...content.facts, { ...sourced, kind: 'new-kind', id: 'x', data: {} }] },
    [{ kind: 'new-kind', id: 'x', what: 'added' }],
    /new-kind\n {2}x: mới/,
  ],
];

for (const [name, change, entries, text] of cases) {
  test(`a difference: ${name}`, async t => {
    const other = vocabularyOf({ ...content, ...change });
    const diff = diffVocabularies(vocabulary, other);
    const wanted = entries.map(entry => ({
      ...entry,
      ...(entry.parts === undefined ? {} : { parts: entry.parts.map(part => ({ ...part, from: undefined })) }),
    }));
    t.equal(diff.entries.length, entries.length);
    for (const [index, entry] of wanted.entries()) {
      const { parts, ...rest } = entry;
      t.match(diff.entries[index], rest);
      for (const [at, part] of (parts ?? []).entries()) {
        t.match(diff.entries[index]?.parts[at], { part: part.part, to: part.to });
      }
    }
    t.match(diffText(diff), text);
    const back = diffVocabularies(other, vocabulary);
    t.same(
      [back.added, back.removed, back.changed],
      [diff.removed, diff.added, diff.changed],
      'the way back mirrors it',
    );
  });
}

test('what it frees is said in one sentence', async t => {
  const diff = diffVocabularies(vocabulary, vocabulary);
  t.match(
    diffText(diff, { freed: 2, behind: 3 }),
    /2 lượt gửi đang bị giữ sẽ đi tiếp, kéo theo 3 lượt đang chờ phía sau\./,
  );
  t.match(diffText(diff, { freed: 0, behind: 0 }), /Không có lượt gửi nào/);
});

test('every entry stands under a key of its own: against nothing, all of them are new', async t => {
  const empty = vocabularyOf({
    format: 1,
    units: [],
    formerUnits: [],
    procedures: [],
    procedureAliases: [],
    statusLists: [],
    statuses: [],
    codes: [],
    facts: [],
  });
  const lists = Object.values(content).filter(Array.isArray);
  t.equal(
    diffVocabularies(empty, vocabulary).added,
    lists.reduce((sum, list) => sum + list.length, 0),
  );
});
