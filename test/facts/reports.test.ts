/** What reports of rights and posts come to: taken, known already, or a question with its reason. With the real vocabulary. */
import t from 'tap';
import type { JsonObject } from '../../src/domain/words.ts';
import type { FactDoubt } from '../../src/facts/fact-doubts.ts';
import { factsOf } from '../../src/facts/from-events.ts';
import { afterChange, type KnownFacts, NO_FACTS } from '../../src/facts/known-facts.ts';
import { samePerson } from '../../src/facts/persons.ts';
import { loadVocabulary } from '../../src/translation/load.ts';
import { at } from './support.ts';

const { vocabulary } = await loadVocabulary('mappings', {});
const UNIT = '26041';
const document = { number: '12/QĐ-UBND', date: '2025-07-01' };

/** A town in which reports come in one after the other. */
function town() {
  let facts: KnownFacts = NO_FACTS;
  let serial = 0;
  const hears = (
    type: string,
    data: JsonObject,
    source = 'documents',
  ): { doubts: FactDoubt[]; made: string[]; ended: number } => {
    const event = {
      specversion: '1.0' as const,
      id: 'e',
      source,
      type,
      time: '2025-08-01T08:00:00+07:00',
      data: {
        officer: { id: 'cb-1', name: 'Nguyễn Văn Mẫu' },
        post: 'chu-tich',
        unitCode: UNIT,
        from: '2025-07-01',
        ...data,
      },
    };
    const { change, doubts } = factsOf(event, 'event', { facts, vocabulary, newId: () => `id-${++serial}` });
    facts = afterChange(facts, change, 0);
    return { doubts, made: change.put.map(({ kind }) => kind), ended: change.end?.length ?? 0 };
  };
  return { hears, facts: () => facts };
}

t.test('what cannot be read as a fact is asked about, with its reason, and changes nothing', async t => {
  const cases: [string, string, JsonObject, string][] = [
    ['a post that is none', 'post.assigned', { post: 'vua' }, 'unknown-post'],
    ['a post of the province in a ward', 'post.assigned', { post: 'giam-doc-so' }, 'wrong-level'],
    ['a post of a ward in the province', 'post.assigned', { unitCode: '75' }, 'wrong-level'],
    ['a unit of another province', 'post.assigned', { unitCode: '00004' }, 'unknown-unit'],
    ['a unit that was split', 'post.assigned', { unitCode: '26449' }, 'ambiguous-unit'],
    ['a right that is none', 'right.granted', { right: 'fly' }, 'unknown-right'],
    ['no right at all', 'right.granted', {}, 'unknown-right'],
    ['a period that ends before it begins', 'post.assigned', { to: '2025-06-01' }, 'backwards-period'],
    ['a seat of another unit', 'post.assigned', { seat: '26248/chu-tich' }, 'seat-elsewhere'],
    ['a seat of another post', 'post.assigned', { seat: `${UNIT}/van-thu` }, 'seat-elsewhere'],
    ['a department that is none', 'post.assigned', { seat: `${UNIT}/phong-la/chu-tich` }, 'unknown-department'],
  ];
  for (const [name, type, data, kind] of cases) {
    const { hears } = town();
    const { doubts, made } = hears(type, data);
    t.same([doubts.map(doubt => doubt.kind), made], [[kind], []], name);
    t.match(doubts[0], { taken: false, text: { vi: /\/v1\//, en: /\/v1\// } }, `${name}: and what to do`);
  }
});

t.test('a seat named by an old unit code is the seat of the unit in force', async t => {
  const { hears, facts } = town();
  const { doubts } = hears('post.assigned', {
    unitCode: '26011',
    post: 'chuyen-vien',
    seat: '26011/van-hoa-xa-hoi/chuyen-vien#2',
  });
  t.same(doubts, []);
  t.match(facts().of('seat', UNIT), [
    { key: `${UNIT}/van-hoa-xa-hoi/chuyen-vien#2`, body: { department: 'van-hoa-xa-hoi' } },
  ]);
});

t.test('the province has seats of its own', async t => {
  const { hears, facts } = town();
  t.same(hears('post.assigned', { unitCode: '75', post: 'giam-doc-so' }).doubts, []);
  t.same(hears('post.assigned', { unitCode: 'H19', post: 'giam-doc-so' }).doubts, [], 'by its agency code too');
  t.match(facts().of('seat', null), [{ key: '75/giam-doc-so' }]);
});

t.test('what is known already changes nothing', async t => {
  const { hears } = town();
  const grant = { right: 'sign', document };
  t.same(hears('right.granted', grant).made, ['officer', 'seat', 'holding', 'right', 'right']);
  t.same(hears('right.granted', grant), { doubts: [], made: [], ended: 0 });
  t.same(hears('post.assigned', {}), { doubts: [], made: [], ended: 0 });
  t.equal(hears('right.revoked', { right: 'sign', from: '2025-07-15' }).ended, 1);
  t.equal(hears('right.revoked', { right: 'sign', from: '2025-07-20' }).ended, 0, 'it does not last longer for that');
  t.equal(hears('post.ended', { from: '2025-07-20' }).ended, 1);
  t.equal(hears('post.ended', { from: '2025-07-25' }).ended, 0);
  t.equal(hears('right.revoked', { right: 'opinion' }).ended, 0, 'what was never given');
});

t.test(
  'a later word about the same seat takes the place of the one before; one that lies over it is asked about',
  async t => {
    const { hears, facts } = town();
    hears('post.assigned', { from: '2025-07-01' });
    t.same(hears('post.assigned', { from: '2025-08-01', to: '2025-12-31' }), {
      doubts: [],
      made: ['holding'],
      ended: 1,
    });
    t.same(
      facts()
        .of('holding', UNIT)
        .map(({ from, to }) => [from, to]),
      [
        [at('2025-07-01'), at('2025-08-01')],
        [at('2025-08-01'), at('2026-01-01')],
      ],
    );
    t.match(hears('post.assigned', { from: '2025-06-01' }).doubts, [{ kind: 'overlapping-period' }]);
    t.equal(facts().of('holding', UNIT).length, 2);
  },
);

t.test('two people on one seat at one time: taken, and asked about; one person under two ids is not two', async t => {
  const { hears, facts } = town();
  hears('post.assigned', { officer: { id: 'cb-1', name: 'Nguyễn Văn Mẫu', email: 'Mau@dongnai.invalid' } });
  const other = { officer: { id: 'cb-2', name: 'Nguyễn Văn Mẫu' } };
  t.match(hears('post.assigned', other).doubts, [{ kind: 'seat-taken', taken: true }], 'a name joins nobody');
  const known = { officer: { id: 'x9', name: 'N. V. Mẫu', email: 'mau@dongnai.invalid' } };
  t.match(hears('post.assigned', known, 'commune').doubts, [{ more: { others: ['documents:cb-2'] } }]);
  t.ok(samePerson('documents:cb-1', { id: 'commune:x9' }, facts()), 'the address joins them');
  t.notOk(samePerson('documents:cb-1', { id: 'documents:cb-2' }, facts()));
  t.notOk(
    samePerson('documents:cb-1', { id: 'commune:cb-1' }, facts()),
    'the same id in another system is another person',
  );
});
