/**
 * What must never crash the loader nor change a text unseen: in mappings/ it is refused with file and line, or read as if it were
 * written plainly. The same in the official texts of an event passes untouched: untouched.test.ts.
 */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'tap';
import { inspectMappings } from '../../src/translation/load.ts';
import { canonicalContent, releaseOf } from '../../src/translation/release.ts';
import { folder } from './fixture.ts';

const unit = (name: string, code = '00001'): string =>
  `  - {code: "${code}", name: ${name}, type: xã, validFrom: 2025-07-01, source: s, certainty: high}\n`;
const HEAD = 'kind: units\nsources: {s: nguồn}\nentries:\n';
const UNITS = HEAD + unit('Hòa Bình');
const term = (text: string, id: string): string =>
  `  - {id: ${id}, term: ${text}, plainLabel: nói chuyện cho êm, explanation: Hai bên ngồi lại với nhau., english: x, source: Một nguồn, certainty: low}\n`;
const TERMS = 'kind: terms\nfield: Hòa giải\nentries:\n';

const REFUSED: [name: string, text: string | Uint8Array, line: number, says: RegExp][] = [
  ['an empty file', '', 1, /kind phải là/],
  ['only comments', '# chưa có gì\n', 1, /kind phải là/],
  ['null', 'null\n', 1, /kind phải là/],
  ['a number', '42\n', 1, /kind phải là/],
  ['broken flow', 'kind: units\nentries: [\n', 3, /./],
  ['a broken quote', 'kind: "units\n', 2, /./],
  ['a tab as indentation', 'kind: units\nentries:\n\t- a\n', 3, /[Tt]abs/],
  ['two documents', 'kind: units\n---\nkind: units\n', 2, /multiple documents/],
  ['a doubled key of an entry', HEAD + unit('Một, name: Hai'), 4, /unique/],
  ['an anchor and its alias', 'kind: units\nsources: &s {a: b}\nentries: [*s]\n', 1, /bí danh/],
  [
    'an alias bomb',
    `kind: units\na0: &a0 [x, x]\n${Array.from({ length: 30 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}]\n`).join('')}`,
    1,
    /bí danh/,
  ],
  ['a tag of code', 'kind: !!js/function "x"\n', 1, /tag/],
  ['a tag of bytes', `${HEAD}${unit('!!binary aGVsbG8=')}`, 4, /tag/],
  ['a tag of a set', 'kind: units\nsources: !!set {a}\n', 2, /tag/],
  ['a key that is a list', '? [a]\n: b\n', 1, /./],
  ['a key named __proto__', `__proto__: {a: b}\n${UNITS}`, 1, /"__proto__"/],
  ['a key named __proto__ in an entry', HEAD + unit('Một, __proto__: {polluted: true}'), 4, /"__proto__"/],
  ['very deep nesting', `kind: units\nentries: ${'['.repeat(50_000)}`, 2, /./],
  ['wrong types: entries', 'kind: units\nentries: {}\n', 2, /"entries"/],
  ['wrong types: a name', HEAD + unit('12'), 4, /"name"/],
  ['wrong types: not a number', HEAD + unit('Một, areaKm2: .nan'), 4, /areaKm2/],
  ['wrong types: infinity', HEAD + unit('Một, areaKm2: .inf'), 4, /areaKm2/],
  ['wrong types: null for a text', HEAD + unit('~'), 4, /"name"/],
  ['a zero-width space in a name', HEAD + unit('Hòa\u200bBình'), 4, /U\+200B/],
  ['a zero-width joiner written as an escape', HEAD + unit('"Hòa\\u200dBình"'), 4, /U\+200D/],
  ['a right-to-left override', HEAD + unit('Hòa\u202eBình'), 4, /U\+202E/],
  ['an isolate in a comment', `# a\u2066b\n${UNITS}`, 1, /U\+2066/],
  ['a byte order mark in the middle', `${UNITS}# \ufeff\n`, 5, /U\+FEFF/],
  ['a no-break space', HEAD + unit('Hòa\u00a0Bình'), 4, /U\+00A0/],
  ['a soft hyphen', HEAD + unit('Hòa\u00adBình'), 4, /U\+00AD/],
  ['a control character', HEAD + unit('"Hòa\\u0007Bình"'), 4, /U\+0007/],
  ['NUL', HEAD + unit('Hòa\0Bình'), 4, /U\+0000/],
  ['a letter that was lost', HEAD + unit('H\ufffda Bình'), 4, /U\+FFFD/],
  ['a hidden character in a key', `${HEAD}  - {"co\\u200bde": "00001"}\n`, 4, /U\+200B/],
  ['HTML in a name', HEAD + unit('"<b>Hòa Bình</b>"'), 4, /HTML "<b>"/],
  ['a script in a name', HEAD + unit('"Hòa<script src=x>"'), 4, /HTML/],
  ['an HTML entity', HEAD + unit('"Hòa&nbsp;Bình"'), 4, /HTML/],
  ['a comment of HTML', HEAD + unit('"<!-- Hòa"'), 4, /HTML/],
  ['1 MB', `${UNITS}# ${'x'.repeat(1024 * 1024)}`, 1, /1 MB/],
  ['a text longer than any field', HEAD + unit('x'.repeat(900_000)), 4, /"name"/],
  ['Latin-1', Buffer.from(`${HEAD}  - {code: "00001", name: Hà}\n`, 'latin1'), 2, /UTF-8/],
  ['UTF-16', Buffer.from(`\ufeff${UNITS}`, 'utf16le'), 1, /UTF-8/],
  ['a truncated letter', Buffer.concat([Buffer.from(UNITS), Buffer.from([0xe1, 0xbb])]), 5, /UTF-8/],
  ['doubled ids', TERMS + term('hòa giải', 'T1') + term('đối thoại', 'T1'), 5, /trùng "term T1"/],
  [
    'terms that differ by tone placement',
    TERMS + term('hòa giải', 'T1') + term('hoà giải', 'T2'),
    5,
    /T1.*chỗ đặt dấu/,
  ],
  [
    'terms that differ by case and form',
    TERMS + term('hòa giải', 'T1') + term('Hòa Giải'.normalize('NFD'), 'T2'),
    5,
    /T1/,
  ],
  ['overlapping validity', UNITS + unit('Hai'), 5, /trùng thời gian/],
];
for (const [name, text, line, says] of REFUSED) {
  test(`in mappings, ${name} is refused with file and line`, async t => {
    const dir = folder(t, {});
    writeFileSync(join(dir, 'a.yaml'), text);
    const { faults } = await inspectMappings(dir);
    t.ok(
      faults.some(fault => fault.file === 'a.yaml' && fault.line === line && says.test(fault.text)),
      `a.yaml:${line} ${says}: ${faults.map(fault => `${fault.file}:${fault.line} ${fault.text}`).join(' | ')}`.slice(
        0,
        600,
      ),
    );
    t.ok(faults.length <= 101, 'no flood');
    t.equal(({} as { polluted?: boolean }).polluted, undefined);
  });
}

/** The content's hash, where `text` is taken. */
async function hashOf(t: Parameters<typeof folder>[0], text: string | Uint8Array): Promise<string> {
  const dir = folder(t, {});
  writeFileSync(join(dir, 'a.yaml'), text);
  const { faults, assembled } = await inspectMappings(dir);
  t.same(faults, []);
  return assembled === undefined ? '' : releaseOf(canonicalContent(assembled.content));
}

const TAKEN: [name: string, text: string][] = [
  ['a byte order mark in front', `\ufeff${UNITS}`],
  ['line ends of Windows', UNITS.replaceAll('\n', '\r\n')],
  ['decomposed letters', UNITS.normalize('NFD')],
  ['no line end at the end', UNITS.trimEnd()],
  ['a YAML directive', `%YAML 1.1\n---\n${UNITS}`],
];
for (const [name, text] of TAKEN) {
  test(`in mappings, ${name} changes nothing`, async t => {
    t.equal(await hashOf(t, text), await hashOf(t, UNITS));
  });
}

test('a placed tone stays as it was written, and signs that only look like HTML are text', async t => {
  const dir = folder(t, { 'a.yaml': HEAD + unit('Hoà Bình') + unit('"Một < Hai & Ba > Bốn"', '00002') });
  const { faults, assembled } = await inspectMappings(dir);
  t.same(faults, []);
  t.same(
    assembled?.content.units.map(each => each.name),
    ['Hoà Bình', 'Một < Hai & Ba > Bốn'],
  );
});

test('a flood of faults is told in part, with how many more', async t => {
  const dir = folder(t, { 'a.yaml': HEAD + unit('12').repeat(5_000) });
  const { faults } = await inspectMappings(dir);
  t.equal(faults.length, 101);
  t.match(faults.at(-1)?.text, /lỗi khác/);
});

test('folders and links that look like files are told, hidden ones are not', async t => {
  const dir = folder(t, { 'a.yaml': UNITS, 'elsewhere.txt': 'x' });
  mkdirSync(join(dir, 'b.yaml'));
  mkdirSync(join(dir, 'real'));
  symlinkSync(join(dir, 'a.yaml'), join(dir, 'c.yaml'));
  symlinkSync(join(dir, 'nowhere'), join(dir, 'd.yml'));
  symlinkSync(join(dir, 'real'), join(dir, 'e'));
  symlinkSync('user@host.1', join(dir, '.#a.yaml'));
  const { faults } = await inspectMappings(dir);
  t.match(faults, [
    { file: 'b.yaml', line: 1, text: /thư mục/ },
    { file: 'c.yaml', line: 1, text: /liên kết/ },
    { file: 'd.yml', line: 1, text: /liên kết/ },
    { file: 'e', line: 1, text: /liên kết/ },
  ]);
  t.equal(faults.length, 4);
});

test('any bytes at all are refused or taken, never a crash', async t => {
  const dir = folder(t, {});
  const file = join(dir, 'a.yaml');
  const pieces = fc.array(
    fc.constantFrom('kind: units', '\n', '  - ', '{', '}', '[', '&a', '*a', '"', ': ', '!!', '|', '\t', 'ệ'),
    {
      maxLength: 40,
    },
  );
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    pieces.map(parts => Buffer.from(parts.join(''))),
  );
  await t.resolves(
    fc.assert(
      fc.asyncProperty(anything, async bytes => {
        writeFileSync(file, bytes);
        const { faults } = await inspectMappings(dir);
        return faults.length > 0 && faults.every(fault => fault.file === 'a.yaml' && fault.line >= 1);
      }),
      { numRuns: 200 },
    ),
  );
});
