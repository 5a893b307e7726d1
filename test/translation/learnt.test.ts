/** What people's choices taught, laid over the files: same checks, whole or not at all, told apart in every trace. */
import { test } from 'tap';
import { parse } from 'yaml';
import { type LearntEntry, withLearnt, withoutLearnt, withSoundLearnt } from '../../src/translation/learnt.ts';
import { entriesYaml, entryYaml } from '../../src/translation/learnt-yaml.ts';
import { loadVocabulary } from '../../src/translation/load.ts';
import { canonicalContent, packVocabulary, unpackVocabulary, vocabularyOf } from '../../src/translation/release.ts';
import { copyOfMappings, vocabulary } from './fixture.ts';

const { content } = vocabulary;
const NOW = '2026-11-24T08:00:00+07:00';

const entry = (id: string, more: Partial<LearntEntry>): LearntEntry => ({
  id,
  kind: 'procedure-alias',
  entry: { from: '9.111111', to: '1.001193', validFrom: '2026-01-01' },
  state: 'proposed',
  madeBy: 'lan',
  madeAt: '2026-11-23T20:00:00Z',
  reason: 'đã hỏi xã',
  reviewedBy: null,
  reviewedAt: null,
  ...more,
});
const unit = (id: string, from: string, to: string, validFrom = '2026-01-01'): LearntEntry =>
  entry(id, { kind: 'unit-alias', entry: { from, to, validFrom } });
const status = (id: string, from: string, to: string, list = 'xa-3b'): LearntEntry =>
  entry(id, { kind: 'status', entry: { from, to, list } });

test('nothing learnt is the files themselves', async t => {
  t.equal(withLearnt(content, []), content);
  t.equal(withLearnt(content, [entry('a', { state: 'withdrawn' })]), content);
});

test('each kind counts from its day, under its own name, and a reviewed one is sure', async t => {
  const entries = [
    entry('a', {}),
    unit('b', 'TB-01', '26041'),
    { ...status('c', 'dang-xem', '4'), state: 'reviewed' as const, reviewedBy: 'minh', reviewedAt: NOW },
  ];
  const learnt = vocabularyOf(withLearnt(content, entries));
  t.match(learnt.resolveProcedure('9.111111', NOW), {
    ok: true,
    code: '1.001193',
    entry: { id: 'learnt:a', certainty: 'proposal' },
  });
  t.match(learnt.resolveProcedure('9.111111.000.00.00.H19', NOW), { ok: true, code: '1.001193' });
  t.match(learnt.resolveProcedure('9.111111', '2025-12-31'), { ok: false, cause: 'unknown-procedure' });
  t.match(learnt.resolveUnit('TB-01', NOW), { ok: true, code: '26041', entry: { id: 'learnt:b' } });
  t.match(learnt.resolveUnit('TB-01', '2025-12-31'), { ok: false, cause: 'unknown-unit' });
  t.match(learnt.toNational('xa-3b', 'dang-xem'), {
    ok: true,
    status: '4',
    subStatus: 'dang-xem',
    entry: {
      id: 'learnt:c',
      certainty: 'high',
      source: 'lan chọn ngày 24/11/2026: đã hỏi xã; minh duyệt ngày 24/11/2026',
    },
  });
  t.match(learnt.fromNational('xa-3b', '4', 'dang-xem'), { ok: true, code: 'dang-xem' }, 'and back');
  t.not(learnt.release, vocabulary.release);
  const again = unpackVocabulary(packVocabulary(learnt));
  t.equal(again.release, learnt.release);
  t.match(again.resolveUnit('TB-01', NOW), { ok: true, code: '26041' });
});

test('order of learning does not matter, and the files come back whole', async t => {
  const entries = [entry('a', {}), unit('b', 'TB-01', '26041'), status('c', 'dang-xem', '4')];
  const laid = withLearnt(content, entries);
  t.equal(canonicalContent(withLearnt(content, entries.toReversed())), canonicalContent(laid));
  t.equal(canonicalContent(withoutLearnt(laid)), canonicalContent(content));
});

test('what no file may say is refused whole, naming the entry', async t => {
  const alias = (id: string, from: string, to: string): LearntEntry =>
    entry(id, { entry: { from, to, validFrom: '2026-01-01' } });
  const good = entry('good', {});
  const cases: [why: string, bad: LearntEntry[]][] = [
    ['leads nowhere', [alias('bad', '9.222222', '9.333333')]],
    ['goes in a circle', [alias('bad', '9.222222', '9.333333'), alias('bad2', '9.333333', '9.222222')]],
    ['twice', [alias('bad', '9.222222', '1.001193'), alias('bad2', '9.222222', '1.000656')]],
    ['no such unit', [unit('bad', 'X', '99999')]],
    ['a unit not yet in force', [unit('bad', 'X', '26041', '2024-01-01')]],
    ['twice the same unit code', [unit('bad', 'X', '26041'), unit('bad2', 'X', '26011')]],
    ['a status that waits told as finished', [status('bad', 'cho-bo-sung-them', '9')]],
  ];
  for (const [why, bad] of cases) {
    t.throws(
      () => withLearnt(content, [good, ...bad]),
      { code: 'learnt-entry-refused', status: 422, extra: { entries: [{ id: /^bad/, text: String }] } },
      why,
    );
    const { content: sound, refused } = withSoundLearnt(content, [good, ...bad]);
    t.ok(refused.length >= 1 && refused.every(each => each.id.startsWith('bad')), why);
    t.match(vocabularyOf(sound).resolveProcedure('9.111111', NOW), { ok: true }, `${why}: the others count`);
  }
});

test('once a file says it, the learnt entry steps back', async t => {
  const old = content.procedureAliases[0]!;
  const known = [
    entry('a', { entry: { from: old.from, to: '1.001193', validFrom: '2026-01-01' } }),
    entry('b', { entry: { from: '1.001193', to: '1.000656', validFrom: '2026-01-01' } }),
    unit('c', '26041', '26011'),
    status('d', 'cho-bo-sung', '4'),
  ];
  t.equal(withLearnt(content, known), content);
});

test('exported, an entry can stand in the files as it is', async t => {
  const reviewed = { source: ['Công văn 12/STP', 'lan chọn ngày 24/11/2026: đúng'], certainty: 'high' as const };
  const yaml = entriesYaml([
    { kind: 'unit-alias', entry: unit('b', '0123', '26041').entry, ...reviewed },
    { kind: 'procedure-alias', entry: { from: '1.0011930', to: '1.001193', validFrom: '2026-01-01' }, ...reviewed },
    { kind: 'status', entry: status('c', '12', '4').entry, ...reviewed },
  ]);
  t.match(yaml, /^# units\/aliases\.yaml: .*\nkind: unit-aliases\nentries:\n {2}- from: "0123"\n/);
  t.match(yaml, /statuses\/xa-3b\.yaml/);
  const dir = copyOfMappings(t);
  const { writeFileSync } = await import('node:fs');
  const [units, procedures] = yaml.split(/\n(?=# )/) as [string, string];
  writeFileSync(`${dir}/units/aliases.yaml`, units);
  writeFileSync(`${dir}/procedures/learnt.yaml`, procedures);
  const { vocabulary: moved } = await loadVocabulary(dir);
  t.match(moved.resolveUnit('0123', NOW), { ok: true, code: '26041', entry: { id: 'unit-alias:0123' } });
  t.match(moved.resolveProcedure('1.0011930', NOW), { ok: true, code: '1.001193' });
  t.match(moved.resolveProcedure('1.0011930', '2025-12-31'), { ok: false }, 'still unknown before its day');
  const one = parse(
    entryYaml({ kind: 'status', entry: { from: '12', to: '4', list: 'x', name: 'Đang: xem' }, ...reviewed }),
  );
  t.same(one, [
    { code: '12', name: 'Đang: xem', national: '4', keep: true, source: reviewed.source, certainty: 'high' },
  ]);
});
