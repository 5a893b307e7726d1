/** What holds of marks for any text, and how much work they are. */
import fc from 'fast-check';
import { test } from 'tap';
import type { JsonObject, Mark } from '../../src/domain/words.ts';
import { marksOfText } from '../../src/translation/marks.ts';
import { packVocabulary, unpackVocabulary } from '../../src/translation/release.ts';
import { visible } from '../../src/translation/syllables.ts';
import { compileMatcher, phraseTokens } from '../../src/translation/term-matcher.ts';
import { compileTerms, keyOf } from '../../src/translation/terms.ts';
import { translateEvent } from '../../src/translation/translate.ts';
import { event, vocabulary } from './fixture.ts';

const FACTS = [...vocabulary.facts('term'), ...vocabulary.facts('abbreviation')];
const strings = (data: JsonObject, key: string): string[] => {
  const value = data[key];
  return (Array.isArray(value) ? value : [value]).filter(each => typeof each === 'string');
};
const FORM_KEYS = ['term', 'otherForms', 'shortForms', 'formerNames', 'misspellings', 'abbreviation', 'variants'];
/** Every spelling in mappings/terms, each as it is, without its bracket, and the bracket alone. */
const FORMS = FACTS.flatMap(({ data }) => FORM_KEYS.flatMap(key => strings(data, key))).flatMap(form => [
  form,
  form.replaceAll(/[()]/g, ''),
  form.replaceAll(/\s*\([^)]*\)/g, ''),
  ...(/\(([^)]*)\)/.exec(form)?.slice(1) ?? []),
]);
const KNOWN = new Set(FORMS.map(keyOf));
const TRAPS = FACTS.flatMap(({ data }) => strings(data, 'traps'));
const FIELDS = [undefined, ...new Set(vocabulary.content.procedures.map(({ field }) => field))];

/** Texts as they come: phrases we know, parts of them, traps, codes, whatever between them, in any case and form. */
const anyText = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...FORMS) },
      { weight: 2, arbitrary: fc.constantFrom(...TRAPS) },
      { weight: 2, arbitrary: fc.constantFrom(...FORMS).map(form => form.split(' ').slice(1).join(' ')) },
      { weight: 1, arbitrary: fc.constantFrom(...FORMS).map(form => form.toUpperCase()) },
      { weight: 1, arbitrary: fc.constantFrom(...FORMS).map(form => [...form].join('\u200b')) },
      {
        weight: 1,
        arbitrary: fc.constantFrom('12/QĐ-UBND', 'H19.26041-261124-00001', '😀', '\u202e', '\ud800', 'a@b.vn'),
      },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
    ),
    { maxLength: 12 },
  )
  .chain(parts =>
    fc
      .array(fc.constantFrom(' ', ', ', '. ', '\n', '', '-', '/', '\u200b', '\u00a0'), {
        minLength: parts.length,
        maxLength: parts.length,
      })
      .map(gaps => parts.map((part, index) => part + gaps[index]).join('')),
  );
const anyField = fc.constantFrom(...FIELDS);
const plain = (text: string): string => visible(text).normalize('NFC');
const sliceOf = (text: string, { offset, length }: Mark): string => text.slice(offset, offset + length);

test('a mark stands on a spelling of mappings/, once a term, in order, never overlapping, whatever the text', async t => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyText, anyField, (text, field) => {
        const marks = marksOfText(text, '/x', vocabulary, field);
        const ends = marks.map(mark => mark.offset + mark.length);
        return (
          marks.every(mark => KNOWN.has(keyOf(sliceOf(text, mark)))) &&
          marks.every((mark, index) => index === 0 || mark.offset >= ends[index - 1]!) &&
          ends.every(end => end <= text.length) &&
          new Set(marks.map(mark => mark.term)).size === marks.length
        );
      }),
      { numRuns: 3000 },
    ),
  );
});

test('decomposed text has the same marks, save for the offsets', async t => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyText, anyField, (text, field) => {
        const composed = text.normalize('NFC');
        const apart = text.normalize('NFD');
        const say = (given: string): string[] =>
          marksOfText(given, '/x', vocabulary, field).map(mark => `${mark.term} ${plain(sliceOf(given, mark))}`);
        return JSON.stringify(say(apart)) === JSON.stringify(say(composed));
      }),
      { numRuns: 2000 },
    ),
  );
});

test('no official text is altered and one release gives one output', async t => {
  const again = unpackVocabulary(packVocabulary(vocabulary));
  const commune = { role: 'commune', statusList: 'xa-3b' } as const;
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyText, anyText, (name, content) => {
        const data = {
          procedure: { code: 'x', name, field: 'Đất đai (xã)' },
          steps: [content, { content, case: name }],
        };
        const told = event('procedure.published', data);
        const before = JSON.stringify(told);
        const first = translateEvent(told, commune, 'national', vocabulary);
        const { marks, ...passed } = first.event.data;
        const { procedure, steps } = passed;
        return (
          JSON.stringify(told) === before &&
          JSON.stringify({ procedure, steps }) === JSON.stringify(data) &&
          JSON.stringify(marks ?? []) === JSON.stringify(first.marks) &&
          JSON.stringify(translateEvent(told, commune, 'national', again)) === JSON.stringify(first)
        );
      }),
      { numRuns: 500 },
    ),
  );
});

test('nothing is marked inside a trap', async t => {
  const matcher = compileTerms(FACTS);
  for (const trap of TRAPS) {
    const text = `Có ${trap.replaceAll(/\s*\([^)]*\)/g, '')} đây`;
    const quiet = matcher.scan(text).found.some(({ phrase }) => phrase[0]?.term === undefined);
    if (quiet) t.same(marksOfText(text, '/x', vocabulary), [], trap);
  }
  t.pass();
});

test('the work grows with the text and not with the number of phrases', async t => {
  const all = new Map(FORMS.filter(form => phraseTokens(form).length > 0).map(form => [keyOf(form), form]));
  const few = new Map([...all].slice(0, 20));
  // What is worst for such a search: long phrases begun again and again and never finished, and all of them nested.
  const nested = new Map(
    Array.from({ length: 12 }, (_, depth) => [
      Array(depth + 1)
        .fill('a')
        .join(' '),
      'a',
    ]),
  );
  const long = `${FORMS.toSorted((left, right) => right.length - left.length)[0]
    ?.split(' ')
    .slice(0, -1)
    .join(' ')} `;
  const cases: [name: string, phrases: Map<string, string>, text: string][] = [
    ['every phrase', all, `${FORMS.join(', ')} `],
    ['begun and never finished', all, long.repeat(20)],
    ['no phrase', all, 'nothing of the kind here 123 '.repeat(50)],
    ['nested', nested, 'a '.repeat(500)],
  ];
  for (const [name, phrases, text] of cases) {
    const matcher = compileMatcher(phrases);
    const tokens = phraseTokens(text).length;
    const once = matcher.scan(text).steps;
    const tenfold = matcher.scan(text.repeat(10)).steps;
    t.ok(tenfold <= once * 10 * 1.1 + 100, `${name}: ten times the text, ten times the steps (${once}, ${tenfold})`);
    const deepest = Math.max(...[...phrases.keys()].map(key => key.split(' ').length));
    t.ok(once <= tokens * (3 + 2 * deepest), `${name}: a few steps a syllable (${once} for ${tokens})`);
  }
  const text = 'Chuyên viên thẩm định hồ sơ xin chuyển mục đích sử dụng đất. '.repeat(50);
  const { steps } = compileMatcher(few).scan(text);
  t.ok(compileMatcher(all).scan(text).steps <= steps + 3 * phraseTokens(text).length, 'many phrases cost as few');
});

test('a text of 1 MB is marked and passed on', async t => {
  for (const text of [
    'thẩm định \u200b'.repeat(90_000),
    'a'.repeat(1_000_000),
    '/'.repeat(1_000_000),
    'ộ\u0323'.repeat(500_000),
  ]) {
    const told = event('dossier.updated', { dossierCode: 'H-1', summary: text });
    const out = translateEvent(told, { role: 'commune', statusList: 'xa-3b' }, 'national', vocabulary);
    t.equal(out.event.data.summary === text, true);
    t.ok(out.marks.length <= 1);
  }
});
