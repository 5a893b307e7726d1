/** Loading: every fault at once with file and line, nothing half loaded, and the same content is the same release. */
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { ConfigurationFault } from '../../src/domain/errors.ts';
import { checkMappings } from '../../src/translation/check.ts';
import { loadVocabulary } from '../../src/translation/load.ts';
import { copyOfMappings, folder, vocabulary } from './fixture.ts';

/** A unit entry of three lines, the first of which has the code. */
const unit = (code: string, more = ''): string =>
  `  - {code: "${code}", name: Một, type: xã, validFrom: 2025-07-01${more}, source: s, certainty: high}`;
const UNITS = `kind: units\nsources: {s: nguồn}\nentries:\n${unit('00001')}\n`;
const former = (code: string, successor: string, part = 'whole'): string =>
  `kind: former-units\nsources: {s: nguồn}\nentries:\n  - {code: "${code}", name: Cũ, type: xã, validTo: 2025-06-30, successors: [{code: "${successor}", part: ${part}}], source: s, certainty: high}\n`;
const aliases = (...pairs: [string, string][]): string =>
  `kind: procedure-aliases\nentries:\n${pairs.map(([from, to]) => `  - {from: "${from}", to: "${to}", validFrom: 2025-07-01, source: Một nguồn, certainty: high}`).join('\n')}\n`;
const statuses = (list: string, ...entries: string[]): string =>
  `kind: statuses\nlist: ${list}\nname: Thử\nabout: dossier\nentries:\n${entries.map(entry => `  - {${entry}, source: Một nguồn, certainty: proposal}`).join('\n')}\n`;
const codes = (...entries: string[]): string =>
  `kind: codes\nentries:\n${entries.map(entry => `  - {list: a/B, ${entry}, name: x, source: Một nguồn, certainty: proposal}`).join('\n')}\n`;

/** The faults of loading `files`, as `file:line text`. */
async function faultsOf(t: Test, files: Record<string, string>): Promise<string[]> {
  try {
    await loadVocabulary(folder(t, files));
  } catch (error) {
    if (!(error instanceof ConfigurationFault)) throw error;
    return error.faults.map(fault => `${fault.place} ${fault.text}`);
  }
  return [];
}

const CASES: { name: string; files: Record<string, string>; at: string; says: RegExp }[] = [
  { name: 'broken YAML', files: { 'a.yaml': 'kind: units\nentries: [\n' }, at: 'a.yaml:3', says: /./ },
  { name: 'a doubled key', files: { 'a.yaml': 'kind: units\nkind: units\n' }, at: 'a.yaml:2', says: /unique/ },
  { name: 'an alias', files: { 'a.yaml': 'kind: &k units\nentries: [*k]\n' }, at: 'a.yaml:1', says: /bí danh/ },
  { name: 'a merge key', files: { 'a.yaml': UNITS.replace('kind', '<<: {a: 1}\nkind') }, at: 'a.yaml:1', says: /"<<"/ },
  { name: 'an unknown kind', files: { 'a.yaml': 'kind: things\nentries: []\n' }, at: 'a.yaml:1', says: /kind phải là/ },
  { name: 'no mapping at all', files: { 'a.yaml': '- 1\n' }, at: 'a.yaml:1', says: /kind phải là/ },
  { name: 'an empty folder', files: {}, at: '.:1', says: /không có tệp/ },
  { name: 'a file over 1 MB', files: { 'a.yaml': `#${'x'.repeat(1024 * 1024)}` }, at: 'a.yaml:1', says: /1 MB/ },
  {
    name: 'a code without quotes',
    files: { 'a.yaml': UNITS.replace('"00001"', '10001') },
    at: 'a.yaml:4',
    says: /"code".*dấu nháy/,
  },
  {
    name: 'an unknown field',
    files: { 'a.yaml': `${UNITS}${unit('00002', ', colour: đỏ')}\n` },
    at: 'a.yaml:5',
    says: /"colour"/,
  },
  {
    name: 'a missing certainty',
    files: { 'a.yaml': UNITS.replace(', certainty: high', '') },
    at: 'a.yaml:4',
    says: /"certainty"/,
  },
  {
    name: 'a day that does not exist',
    files: { 'a.yaml': UNITS.replace('2025-07-01', '2025-02-30') },
    at: 'a.yaml:4',
    says: /ngày/,
  },
  {
    name: 'a source that is not named',
    files: { 'a.yaml': UNITS.replace('source: s', 'source: khac') },
    at: 'a.yaml:4',
    says: /"khac"/,
  },
  {
    name: 'overlapping validity',
    files: { 'a.yaml': UNITS, 'b.yaml': UNITS },
    at: 'b.yaml:4',
    says: /trùng thời gian.*a\.yaml:4/,
  },
  {
    name: 'an end before the start',
    files: { 'a.yaml': `${UNITS}${unit('00002', ', validTo: 2025-06-01')}\n` },
    at: 'a.yaml:5',
    says: /validTo/,
  },
  {
    name: 'a successor that does not exist',
    files: { 'a.yaml': UNITS, 'b.yaml': former('00009', '00008') },
    at: 'b.yaml:4',
    says: /00008/,
  },
  {
    name: 'a succession in a circle',
    files: { 'a.yaml': UNITS, 'b.yaml': former('00008', '00009'), 'c.yaml': former('00009', '00008') },
    at: 'b.yaml:4',
    says: /không có hiệu lực/,
  },
  {
    name: 'a half succession of a whole unit',
    files: { 'a.yaml': UNITS, 'b.yaml': former('00009', '00001', 'partial') },
    at: 'b.yaml:4',
    says: /part/,
  },
  {
    name: 'procedure codes in a circle',
    files: { 'a.yaml': aliases(['1.000001', '1.000002'], ['1.000002', '1.000001']) },
    at: 'a.yaml:3',
    says: /đi vòng/,
  },
  {
    name: 'a new code that leads nowhere',
    files: { 'a.yaml': aliases(['1.000001', '1.000002']) },
    at: 'a.yaml:3',
    says: /không có mục nào/,
  },
  {
    name: 'a doubled status',
    files: { 'a.yaml': statuses('x', 'code: a, name: A, national: "4"', 'code: a, name: B, national: "4"') },
    at: 'a.yaml:7',
    says: /trùng.*a\.yaml:6/,
  },
  {
    name: 'two codes to write for one number',
    files: {
      'a.yaml': statuses(
        'x',
        'code: a, name: A, national: "4", preferred: true',
        'code: b, name: B, national: "4", preferred: true',
      ),
    },
    at: 'a.yaml:7',
    says: /preferred/,
  },
  {
    name: 'a national 5 told as 9',
    files: { 'a.yaml': statuses('national', 'code: "5", name: Bổ sung, national: "9"') },
    at: 'a.yaml:6',
    says: /chính nó/,
  },
  {
    name: 'a wait for papers told as 9',
    files: { 'a.yaml': statuses('x', 'code: a, name: Chờ bổ sung, national: "9"') },
    at: 'a.yaml:6',
    says: /không bao giờ thành 9/,
  },
  {
    name: 'a stop that becomes 9 after reception',
    files: { 'a.yaml': statuses('x', 'code: a, name: A, national: "8", nationalAfterReception: "9"') },
    at: 'a.yaml:6',
    says: /không bao giờ thành 9/,
  },
  {
    name: 'a national list of one',
    files: { 'a.yaml': statuses('national', 'code: "5", name: Bổ sung, national: "5"') },
    at: 'a.yaml:6',
    says: /mười trạng thái/,
  },
  {
    name: 'a doubled code',
    files: { 'a.yaml': codes('code: "1", canonical: a', 'code: "1", canonical: b') },
    at: 'a.yaml:4',
    says: /trùng/,
  },
  {
    name: 'a doubled canonical value',
    files: { 'a.yaml': codes('code: "1", canonical: a', 'code: "2", canonical: b, alsoFor: [a]') },
    at: 'a.yaml:4',
    says: /giá trị chuẩn/,
  },
];
for (const { name, files, at, says } of CASES) {
  test(`refuses ${name}, naming the place`, async t => {
    const faults = await faultsOf(t, files);
    t.ok(
      faults.some(fault => fault.startsWith(`${at} `) && says.test(fault)),
      `${at} ${says}: ${faults.join(' | ')}`,
    );
  });
}

test('all faults of all files are told at once', async t => {
  const faults = await faultsOf(t, { 'a.yaml': 'kind: x\n', 'b/c.yaml': 'kind: y\n' });
  t.match(faults, [/^a\.yaml:1/, /^b\/c\.yaml:1/]);
});

test('a folder that is not there is no silent emptiness', async t => {
  await t.rejects(loadVocabulary(join(folder(t, {}), 'missing')), { code: 'ENOENT' });
});

test('the project loads without a fault', async t => {
  const { faults, warnings, counts } = await checkMappings(join(import.meta.dirname, '../../mappings'));
  t.same(faults, []);
  t.match(counts, {
    units: 96,
    formerUnits: 272,
    procedureAliases: 11,
    statuses: 174,
    post: 24,
    right: 11,
    'document-type': 29,
  });
  t.ok(Number(counts.procedures) >= 348 && Number(counts.term) >= 189);
  t.ok(warnings.every(each => each.line > 0 && each.file.endsWith('.yaml')));
});

test('the same content is the same release, wherever an entry stands and however it is written', async t => {
  const dir = copyOfMappings(t);
  renameSync(join(dir, 'units/units.yaml'), join(dir, 'renamed.yaml'));
  const file = join(dir, 'terms/dat-dai.yaml');
  writeFileSync(file, `# lời chú\n${readFileSync(file, 'utf8').normalize('NFD')}`);
  const { vocabulary: moved } = await loadVocabulary(dir);
  t.equal(moved.release, vocabulary.release);
  t.match(vocabulary.release, /^[0-9a-f]{64}$/);
  t.equal(vocabulary.name, vocabulary.release.slice(0, 12));
});

test('one changed letter is another release', async t => {
  const dir = copyOfMappings(t);
  const file = join(dir, 'statuses/xa-3b.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('Trình ký', 'Đang trình ký'));
  const { vocabulary: changed } = await loadVocabulary(dir);
  t.not(changed.release, vocabulary.release);
});

test('a kept release is used while nothing changed, and made again when it is damaged or the files changed', async t => {
  const dir = copyOfMappings(t);
  const cacheDir = join(folder(t, {}), 'cache');
  const first = await loadVocabulary(dir, { cacheDir });
  const [kept] = readdirSync(cacheDir);
  t.equal(readdirSync(cacheDir).length, 1);
  t.same((await loadVocabulary(dir, { cacheDir })).vocabulary.release, first.vocabulary.release);
  writeFileSync(join(cacheDir, String(kept)), 'damaged');
  t.equal((await loadVocabulary(dir, { cacheDir })).vocabulary.release, first.vocabulary.release);
  const file = join(dir, 'statuses/xa-3b.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('national: "10"', 'national: "11"'));
  await t.rejects(loadVocabulary(dir, { cacheDir }), { name: 'ConfigurationFault' });
  t.equal(readdirSync(cacheDir).length, 1, 'nothing is kept of what has faults');
});
