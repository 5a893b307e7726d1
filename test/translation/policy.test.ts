/** What happens when nothing matches: by kind, by field and by list, seen in the trace; and the rules that are refused. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import type { Json, TraceEntry } from '../../src/domain/words.ts';
import { checkPolicies } from '../../src/translation/check-policies.ts';
import type { FactRecord } from '../../src/translation/content.ts';
import { Findings } from '../../src/translation/findings.ts';
import { inspectMappings } from '../../src/translation/load.ts';
import { normalise } from '../../src/translation/normalise.ts';
import { type PolicyRecord, withCodePolicies } from '../../src/translation/policy.ts';
import { translateEvent } from '../../src/translation/translate.ts';
import { compileVocabulary, type Vocabulary } from '../../src/translation/vocabulary.ts';
import { copyOfMappings, event, vocabulary } from './fixture.ts';

type Rule = Omit<PolicyRecord, 'id' | 'source' | 'certainty'>;

const PORTAL = { role: 'portal', statusList: 'national' } as const;
const COMMUNE = { role: 'commune', statusList: 'xa-3b' } as const;

/** The project's content with other rules than its own. */
function contentUnder(rules: readonly Rule[]): Vocabulary['content'] {
  const facts = rules.map((rule, index): FactRecord => {
    const id = `thu-${index}`;
    return {
      kind: 'policy',
      id,
      data: { ...rule, id } as Record<string, Json>,
      source: ['Một nguồn'],
      certainty: 'high',
    };
  });
  const others = vocabulary.content.facts.filter(fact => fact.kind !== 'policy');
  return { ...vocabulary.content, facts: [...others, ...facts] };
}
const under = (...rules: Rule[]): Vocabulary => compileVocabulary(contentUnder(rules), 'thu');
const unknown = (more = {}) =>
  event('dossier.submitted', { procedureCode: '9.999999', procedureName: 'Thủ tục lạ', unitCode: '26041', ...more });

test('as the project has it, unknown procedures, units and statuses wait for a person', async t => {
  for (const kind of ['procedure', 'unit', 'status', 'code'] as const)
    t.same(vocabulary.policies.of(kind), { act: 'park' });
  t.match(vocabulary.policies.of('term'), {
    act: 'pass-official',
    entry: { id: 'policy:thuat-ngu', certainty: 'low' },
  });
  t.match(translateEvent(unknown(), PORTAL, 'xa-3b', vocabulary).parks, [{ cause: 'unknown-procedure' }]);
});

test('without any rule texts pass and all else waits', async t => {
  const bare = under();
  for (const kind of ['procedure', 'unit', 'status', 'code'] as const) t.same(bare.policies.of(kind), { act: 'park' });
  t.match(bare.policies.of('published'), { act: 'pass-official', entry: { id: 'policy:mac-dinh' } });
});

test('pass-official goes on with the official code and name, in routing as in translation, and says so', async t => {
  const loose = under({ of: 'procedure', otherwise: 'pass-official' });
  const given = unknown();
  t.match(normalise(given, 'xa-3b', loose), { procedure: '9.999999', parks: [] });
  const { parks, trace, event: out } = translateEvent(given, COMMUNE, 'national', loose);
  t.same(parks, []);
  t.match(out.data, { procedureCode: '9.999999', procedureName: 'Thủ tục lạ' });
  t.equal(out.data.plainTitle, undefined);
  t.match(trace, [
    {
      pointer: '/data/procedureCode',
      from: '9.999999',
      to: '9.999999',
      entry: 'policy:thu-0',
      grade: 'related',
      certainty: 'low',
    },
  ]);
});

test('a rule for a field counts in that field only', async t => {
  const loose = under(
    { of: 'procedure', otherwise: 'park' },
    { of: 'procedure', fields: ['Hộ tịch'], otherwise: 'pass-official' },
  );
  t.equal(translateEvent(unknown(), PORTAL, 'xa-3b', loose).parks.length, 1);
  t.equal(translateEvent(unknown({ field: 'Chăn nuôi' }), PORTAL, 'xa-3b', loose).parks.length, 1);
  t.same(translateEvent(unknown({ field: 'hộ tịch'.normalize('NFD') }), PORTAL, 'xa-3b', loose).parks, []);
  const kept = unknown({ more: { portal: { TenLinhVuc: 'Hộ tịch' } } });
  t.same(translateEvent(kept, PORTAL, 'xa-3b', loose).parks, [], 'the field may stand in what the dialect kept');
});

test('a fixed entry is written and never shown as sure', async t => {
  const loose = under({ of: 'procedure', otherwise: 'fixed', use: '1.001193' });
  const { trace, event: out } = translateEvent(unknown(), PORTAL, 'xa-3b', loose);
  t.equal(out.data.procedureCode, '1.001193');
  t.equal(out.data.procedureName, 'Thủ tục lạ', 'the official name stays');
  t.match(trace[0], { from: '9.999999', to: '1.001193', entry: 'policy:thu-0', certainty: 'low' });
});

test('a number that a list cannot say goes on as the national one where a rule allows it', async t => {
  const change = event('dossier.status-changed', { status: '2', statusList: 'national' });
  const target = { role: 'commune', statusList: 'igate2' } as const;
  t.match(translateEvent(change, target, 'national', vocabulary).parks, [{ cause: 'unmapped-status' }]);
  const loose = under({ of: 'status', lists: ['igate2'], otherwise: 'pass-official' });
  const { parks, event: out, trace } = translateEvent(change, target, 'national', loose);
  t.same(parks, []);
  t.match(out.data, { status: '2', statusList: 'national' });
  t.match(trace, [{ entry: 'policy:thu-0', from: '2', to: '2' }]);
  const strange = event('dossier.status-changed', { status: 'la', statusList: 'igate2' });
  t.match(
    translateEvent(strange, PORTAL, 'igate2', loose).parks,
    [{ cause: 'unmapped-status' }],
    'never to the portal',
  );
});

test('a procedure that the province publishes and nobody knows reaches the commune whole, with the warning', async t => {
  const procedure = { code: '9.999999', name: 'Thủ tục mới', field: 'Đất đai', level: 'xã' };
  const published = event('procedure.published', { procedure });
  const { event: out, trace } = translateEvent(published, COMMUNE, 'national', vocabulary);
  t.same(out.data.procedure, procedure);
  t.match(trace, [{ pointer: '/data/procedure/code', entry: 'policy:thu-tuc-moi-cong-bo', certainty: 'low' }]);
});

test('rules for codes are traced, and without one the very book is used', async t => {
  t.equal(withCodePolicies(vocabulary, vocabulary.policies, []), vocabulary);
  const loose = under(
    { of: 'code', lists: ['commune/quay'], otherwise: 'pass-official' },
    { of: 'code', lists: ['edxml/Priority'], otherwise: 'fixed', use: '1' },
  );
  const trace: TraceEntry[] = [];
  const book = withCodePolicies(loose, loose.policies, trace);
  t.equal(book.encode('commune/quay', 'Lĩnh vực lạ'), 'Lĩnh vực lạ');
  t.equal(book.encode('edxml/Priority', 'unheard-of'), '1');
  t.equal(book.encode('portal/KENH', 'unheard-of'), undefined);
  t.equal(book.encode('edxml/Priority', 'urgent'), loose.encode('edxml/Priority', 'urgent'));
  t.match(trace, [
    { pointer: '/codes/commune~1quay', entry: 'policy:thu-0' },
    { pointer: '/codes/edxml~1Priority', to: '1', entry: 'policy:thu-1' },
  ]);
});

const REFUSED: [why: string, rules: Rule[], says: RegExp][] = [
  ['a status that would reach the portal unmapped', [{ of: 'status', otherwise: 'pass-official' }], /cổng quốc gia/],
  ['the national list', [{ of: 'status', lists: ['national'], otherwise: 'pass-official' }], /cổng quốc gia/],
  [
    'a list of document statuses',
    [{ of: 'status', lists: ['edxml'], otherwise: 'pass-official' }],
    /không có danh sách/,
  ],
  [
    'a fixed status that says something',
    [{ of: 'status', lists: ['xa-3b'], otherwise: 'fixed', use: 'cho-tra-ket-qua' }],
    /before/,
  ],
  ['a unit that goes on', [{ of: 'unit', otherwise: 'pass-official' }], /nhầm nơi/],
  ['a fixed unit', [{ of: 'unit', otherwise: 'fixed', use: '26041' }], /nhầm nơi/],
  [
    'a fixed procedure that does not exist',
    [{ of: 'procedure', otherwise: 'fixed', use: '9.999999' }],
    /không có trong danh mục/,
  ],
  ['fixed without an entry', [{ of: 'procedure', otherwise: 'fixed' }], /use/],
  ['an entry without fixed', [{ of: 'procedure', otherwise: 'park', use: '1.001193' }], /use/],
  ['a field that does not exist', [{ of: 'procedure', fields: ['Bay lên trời'], otherwise: 'park' }], /lĩnh vực/],
  ['fields of a status', [{ of: 'status', fields: ['Hộ tịch'], otherwise: 'park' }], /fields/],
  ['lists of a procedure', [{ of: 'procedure', lists: ['xa-3b'], otherwise: 'park' }], /lists/],
  [
    'two rules for one thing',
    [
      { of: 'unit', otherwise: 'park' },
      { of: 'unit', otherwise: 'park' },
    ],
    /trùng quy tắc/,
  ],
  [
    'two rules for one field',
    Array(2).fill({ of: 'procedure', fields: ['Hộ tịch'], otherwise: 'park' }),
    /trùng quy tắc/,
  ],
  ['codes of the portal', [{ of: 'code', lists: ['portal/KENH'], otherwise: 'pass-official' }], /cổng quốc gia/],
  ['codes of a status list', [{ of: 'code', lists: ['edxml/status'], otherwise: 'pass-official' }], /trạng thái/],
  ['codes without a list', [{ of: 'code', otherwise: 'pass-official' }], /lists/],
  [
    'a fixed code that does not exist',
    [{ of: 'code', lists: ['commune/quay'], otherwise: 'fixed', use: 'Z9' }],
    /không có mã/,
  ],
  ['official texts held back', [{ of: 'term', otherwise: 'park' }], /nguyên văn/],
  ['published texts replaced', [{ of: 'published', otherwise: 'fixed', use: 'x' }], /nguyên văn/],
];
for (const [why, rules, says] of REFUSED) {
  test(`refuses ${why}`, async t => {
    const content = contentUnder(rules);
    const place = { file: 'policies/a.yaml', line: 3 };
    const findings = new Findings({ content, faults: [], warnings: [], placeOf: () => place });
    checkPolicies(content, findings);
    t.match(findings.faults, [{ ...place, text: says }]);
  });
}

test('a refused rule is told with its file and line, and the project has none', async t => {
  const dir = copyOfMappings(t);
  const file = join(dir, 'policies/no-match.yaml');
  const text = readFileSync(file, 'utf8').replace(
    'of: unit\n    otherwise: park',
    'of: unit\n    otherwise: pass-official',
  );
  writeFileSync(file, text);
  const line = text.slice(0, text.indexOf('id: don-vi')).split('\n').length;
  t.match((await inspectMappings(dir)).faults, [{ file: 'policies/no-match.yaml', line, text: /nhầm nơi/ }]);
});
