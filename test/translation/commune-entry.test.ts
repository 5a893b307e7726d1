/** The commune-level entry of a published procedure: plain words beside the official text, each with its source, nothing replaced. */
import fc from 'fast-check';
import { test } from 'tap';
import type { JsonObject } from '../../src/domain/words.ts';
import { communeEntry } from '../../src/translation/commune-entry.ts';
import { translateEvent } from '../../src/translation/translate.ts';
import { event, vocabulary } from './fixture.ts';

const COMMUNE = { role: 'commune', statusList: 'xa-3b' } as const;
const AT = '2026-05-01T08:00:00+07:00';
const BIRTH = { code: '1.001193', name: 'Thủ tục đăng ký khai sinh', field: 'Hộ tịch', level: 'xã' };

function translate(data: JsonObject) {
  const translated = translateEvent(event('procedure.published', data, AT), COMMUNE, 'national', vocabulary);
  const entry = translated.event.data.communeEntry as JsonObject;
  return { ...translated, entry };
}

test('an event without details is filled from the record, each part traced from nothing', async t => {
  const { entry, trace, event: out } = translate({ procedure: BIRTH });
  t.match(entry, {
    code: /^HT-\d{3}$/,
    nationalCode: '1.001193',
    officialName: 'Thủ tục đăng ký khai sinh',
    plainTitle: 'Làm giấy khai sinh cho con',
    level: { decides: 'xã', commune: 'decides' },
    desk: 'Quầy Tư pháp – Hộ tịch',
    timeLimitText: ['trong ngày (nhận hồ sơ sau 15 giờ thì trả vào ngày làm việc tiếp theo)'],
    results: ['Giấy khai sinh'],
    complete: true,
  });
  t.equal((entry.steps as JsonObject[]).length, 3);
  t.ok((entry.papers as JsonObject[]).length > 3);
  const told = new Set(trace.map(each => each.pointer));
  for (const part of [
    'code',
    'desk',
    'steps',
    'papers',
    'timeLimits',
    'fees',
    'results',
    'legalBasis',
    'explanation',
  ]) {
    t.ok(told.has(`/data/communeEntry/${part}`), part);
  }
  t.match(
    trace.find(each => each.pointer === '/data/communeEntry/papers'),
    { from: null, entry: 'procedure:1.001193', certainty: 'high' },
  );
  t.same(out.data.procedure, BIRTH, 'the official words are untouched');
});

test('what is of our own making is marked as a proposal, in the entry and in the trace', async t => {
  const { entry, trace } = translate({ procedure: BIRTH });
  t.same(
    ['code', 'plainTitle', 'desk', 'explanation', 'steps'].filter(
      part => !(entry.proposals as string[]).includes(part),
    ),
    [],
  );
  t.notOk((entry.proposals as string[]).includes('papers'));
  for (const each of trace.filter(({ pointer }) => /(plainTitle|desk|steps|explanation|code)$/.test(pointer))) {
    t.equal(each.certainty, 'proposal', each.pointer);
  }
});

test('the event’s own text stays and the difference from the record is told', async t => {
  const data: JsonObject = {
    procedure: { ...BIRTH, level: 'tỉnh' },
    timeLimit: [{ channel: 'counter', value: 3, unit: 'Ngày làm việc' }],
    fees: [{ amount: 25000, unit: 'đồng' }],
    results: [{ name: 'Một giấy khác hẳn' }],
    legalBasis: [{ number: '1/2027/NĐ-CP' }],
    components: [{ name: 'Tờ khai' }],
  };
  const before = structuredClone(data);
  const { entry, event: out } = translate(data);
  for (const [key, value] of Object.entries(before)) t.same(out.data[key], value, key);
  const parts = (entry.differences as JsonObject[]).map(each => each.part);
  t.same(parts, ['level', 'timeLimit', 'fees', 'results', 'legalBasis', 'papers']);
  t.match(entry.differences, [
    { official: 'tỉnh', recorded: 'xã' },
    { part: 'timeLimit', official: ['3 ngày làm việc'], recorded: [/^trong ngày/], asOf: '2026-06-10' },
    { part: 'fees', official: [25000], recorded: [0, 8000] },
  ]);
  for (const part of ['papers', 'timeLimits', 'fees', 'results', 'legalBasis']) {
    t.equal(entry[part], undefined, `${part} of the record does not stand in for the official one`);
  }
  t.same(entry.timeLimitText, ['3 ngày làm việc']);
  t.same(entry.feeText, ['25.000 đồng']);
  t.equal(entry.complete, true);
});

test('where both say the same, nothing is told', async t => {
  const record = vocabulary.procedureFacts('1.001193')?.record;
  const data: JsonObject = {
    procedure: BIRTH,
    timeLimit: [{ value: 0, unit: 'Trong ngày' }],
    fees: [{ amount: 0, unit: 'đồng' }],
    results: [{ name: 'Giấy khai sinh' }],
    legalBasis: record?.details?.legalBasis ?? [],
  };
  t.equal(translate(data).entry.differences, undefined);
});

test('contradicting sources of the record are kept with what each says', async t => {
  const { entry } = translate({ procedure: { ...BIRTH, code: '1.013831', name: 'Đăng ký biến động', level: 'tỉnh' } });
  t.match(entry.level, { decides: 'tỉnh', commune: 'receives', text: /chỉ nhận/ });
  t.match(entry.contradictions, [
    {
      part: 'timeLimit',
      values: [
        { text: '5 ngày làm việc', certainty: 'medium' },
        { text: /^4 ngày làm việc/, asOf: '2026-06-10' },
      ],
    },
  ]);
});

test('what no source gives is told as a gap, and goes once the event has it', async t => {
  const review = { code: '1.011606', name: 'Công nhận hộ nghèo', field: 'Giảm nghèo', level: 'xã' };
  t.match(translate({ procedure: review }).entry, { gaps: { timeLimits: /rà soát/ }, complete: true });
  const { entry } = translate({ procedure: review, timeLimit: [{ value: 15, unit: 'Ngày làm việc' }] });
  t.equal(entry.gaps, undefined);
});

test('a record without details is not full, and says what is missing', async t => {
  const bare = vocabulary.content.procedures.find(each => each.details === undefined);
  const { entry, trace } = translate({ procedure: { ...BIRTH, code: bare?.code ?? '' } });
  t.equal(entry.complete, false);
  t.match(entry.missing, ['steps', 'papers']);
  t.type(entry.desk, 'string', 'the desk of its field is named all the same');
  t.match(
    trace.find(each => each.pointer === '/data/communeEntry/desk'),
    { entry: /^code:commune\/quay\//, certainty: 'proposal' },
  );
});

test('old codes are listed, local forms are read, an unknown procedure has no entry', async t => {
  t.match(translate({ procedure: { ...BIRTH, code: '1.115446' } }).entry, {
    aliases: [{ code: '1.012796', validFrom: '2026-08-04' }],
  });
  t.match(translate({ procedure: { ...BIRTH, code: '1.001193.000.00.00.H19' } }).entry, { nationalCode: '1.001193' });
  t.equal(translate({ procedure: { ...BIRTH, code: '9.999999' } }).event.data.communeEntry, undefined);
});

test('only the commune gets an entry, and the commune’s own code leads back to the national one', async t => {
  const portal = translateEvent(
    event('procedure.published', { procedure: BIRTH }, AT),
    { role: 'portal', statusList: 'national' },
    'national',
    vocabulary,
  );
  t.equal(portal.event.data.communeEntry, undefined);
  for (const { code, communeCode } of vocabulary.content.procedures) {
    t.match(
      vocabulary.resolveProcedure(communeCode ?? '', '2025-07-02T08:00:00+07:00'),
      { ok: true, changed: true },
      code,
    );
  }
  t.match(vocabulary.resolveProcedure('HT-001', AT), { code: '1.001193', entry: { id: 'procedure:1.001193' } });
});

test('whatever the event carries, it goes on unaltered and the same release gives the same entry', async t => {
  const code = fc.constantFrom(...vocabulary.content.procedures.map(each => each.code));
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(
        code,
        fc.dictionary(
          fc.constantFrom('timeLimit', 'fees', 'results', 'components', 'legalBasis', 'cases'),
          fc.jsonValue(),
        ),
        (one, parts) => {
          const data = {
            ...(parts as JsonObject),
            procedure: { code: one, name: 'Tên chính thức', field: 'x', level: 'xã' },
          };
          const before = JSON.stringify(data);
          const entry = communeEntry(data, AT, vocabulary);
          return (
            JSON.stringify(data) === before &&
            entry !== undefined &&
            JSON.stringify(entry) === JSON.stringify(communeEntry(data, AT, vocabulary)) &&
            entry.trace.every(each => each.pointer.startsWith('/data/communeEntry/') && each.source !== '')
          );
        },
      ),
      { numRuns: 300 },
    ),
  );
});
