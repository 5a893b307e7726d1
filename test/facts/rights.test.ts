/** Who may act in a unit, tick by tick, and what a request waits for. With the real vocabulary. */
import t from 'tap';
import { EVENT_TYPES, type EventType } from '../../src/domain/event-types.ts';
import type { JsonObject } from '../../src/domain/words.ts';
import { factsOf } from '../../src/facts/from-events.ts';
import { afterChange, type KnownFacts, NO_FACTS } from '../../src/facts/known-facts.ts';
import { missingIn, ticksOf } from '../../src/facts/rights.ts';
import { judgeAtTheDesk } from '../../src/routing/at-the-desk.ts';
import { loadVocabulary } from '../../src/translation/load.ts';
import { at, fact, known } from './support.ts';

const { vocabulary } = await loadVocabulary('mappings', {});
const UNIT = '26119';
/** A post that has the right by paper only. */
const POST = 'pho-chu-tich';
const CHAIR = `${UNIT}/${POST}`;
const document = { number: '12/QĐ-UBND', date: '2025-07-01' };

const asked = (facts: KnownFacts, data: JsonObject = {}, enforced = true) =>
  judgeAtTheDesk(
    {
      event: {
        specversion: '1.0',
        id: 'e',
        source: 'commune',
        type: 'approval.requested',
        time: '2025-08-01T08:00:00+07:00',
        data: { about: { dossierCode: 'H19-1' }, unitCode: UNIT, act: 'sign', files: [], ...data },
      },
      type: EVENT_TYPES.get('approval.requested') as EventType,
      unit: UNIT,
      procedure: '1.013225',
      source: { id: 'commune', role: 'commune' },
      target: { id: 'documents', role: 'documents' },
      begunOnTrial: false,
    },
    { facts, vocabulary, now: at('2025-08-01T08:00:00'), enforced },
  );

const seat = fact('seat', UNIT, { seat: CHAIR, post: POST }, '2025-07-01', null, CHAIR);
const holding = fact('holding', UNIT, { officer: 'cb-1', seat: CHAIR }, '2025-07-01', null, `cb-1@${CHAIR}`);
const account = fact(
  'right',
  UNIT,
  { seat: CHAIR, right: 'sign', layer: 'account', system: 'documents' },
  '2025-07-01',
);
const legal = fact('right', UNIT, { seat: CHAIR, right: 'sign', layer: 'legal', document }, '2025-07-01');
const certificate = (to: string) =>
  fact('right', UNIT, { seat: CHAIR, right: 'sign', layer: 'certificate' }, '2025-07-01', to);

t.test('a request waits until one seat has every tick, and says which is missing', async t => {
  const cases: [string, KnownFacts, string[] | undefined][] = [
    ['nothing is known', NO_FACTS, ['legal', 'account']],
    ['law alone', known(seat, holding, legal), ['account']],
    ['account alone', known(seat, holding, account), ['legal']],
    ['law and account', known(seat, holding, legal, account), undefined],
    ['nobody sits there', known(seat, legal, account), ['officer']],
    ['certificate run out', known(seat, holding, legal, account, certificate('2025-07-31')), ['certificate']],
    ['certificate valid', known(seat, holding, legal, account, certificate('2026-07-31')), undefined],
  ];
  for (const [name, facts, missing] of cases) {
    const { held } = asked(facts);
    t.same(held?.detail.missing, missing, name);
    if (missing !== undefined) t.equal(held?.cause, 'missing-right', name);
  }
});

t.test('a unit that is only observed gets it with a warning', async t => {
  const judged = asked(NO_FACTS, {}, false);
  t.equal(judged.held, undefined);
  t.match(judged.warnings, [{ cause: 'missing-right', target: 'documents' }]);
  const confirmed = known(fact('unit-list', UNIT, { what: 'rights', confirmedBy: 'Nguyễn Văn A' }, '2025-07-15'));
  t.equal(asked(confirmed, {}, false).held?.cause, 'missing-right', 'until its list is confirmed');
});

t.test('a delegation counts for its post, its time, its right and its field', async t => {
  const deputy = fact(
    'seat',
    UNIT,
    { seat: `${UNIT}/pho-chu-tich`, post: 'pho-chu-tich' },
    '2025-07-01',
    null,
    `${UNIT}/pho-chu-tich`,
  );
  const sits = fact('holding', UNIT, { officer: 'cb-2', seat: `${UNIT}/pho-chu-tich` }, '2025-07-01');
  const can = fact(
    'right',
    UNIT,
    { seat: `${UNIT}/pho-chu-tich`, right: 'sign', layer: 'account', system: 'documents' },
    '2025-07-01',
  );
  const letter = (to: string | null, fields?: string[]) =>
    fact(
      'delegation',
      UNIT,
      {
        kind: 'uy-quyen',
        fromPost: 'chu-tich',
        toPost: 'pho-chu-tich',
        rights: ['sign'],
        document,
        ...(fields ? { fields } : {}),
      },
      '2025-07-01',
      to,
    );
  const field = vocabulary.procedureFacts('1.013225')?.record.field as string;
  t.equal(asked(known(deputy, sits, can, letter(null))).held, undefined);
  t.equal(asked(known(deputy, sits, can, letter(null, [field]))).held, undefined);
  t.same(asked(known(deputy, sits, can, letter('2025-07-31'))).held?.detail.missing, ['legal'], 'it has run out');
  t.same(asked(known(deputy, sits, can, letter(null, ['Hộ tịch']))).held?.detail.missing, ['legal'], 'another field');
});

t.test('what events carry: the same ticks, and their end', async t => {
  let serial = 0;
  const newId = (): string => `id-${++serial}`;
  let facts: KnownFacts = NO_FACTS;
  const happens = (type: string, data: JsonObject): void => {
    const event = {
      specversion: '1.0' as const,
      id: 'e',
      source: 'documents',
      type,
      time: '2025-07-01T08:00:00+07:00',
      data: { officer: { id: 'cb-1', name: 'Nguyễn Văn Mẫu' }, post: POST, unitCode: UNIT, ...data },
    };
    const carried = factsOf(event, 'event', { facts, vocabulary, newId });
    if (carried.doubts.length > 0) throw new Error(carried.doubts[0]?.kind);
    facts = afterChange(facts, carried.change, 0);
  };
  const ticks = () =>
    ticksOf({ unit: UNIT, right: 'sign', system: 'documents', at: at('2025-08-01') }, facts, vocabulary).map(one => [
      one.seat,
      ...missingIn(one),
    ]);
  happens('right.granted', { right: 'sign', from: '2025-07-01', document });
  t.same(ticks(), [[CHAIR]], 'granted with a paper: by law and by account, and the officer sits there');
  t.equal(asked(facts).held, undefined);
  happens('right.revoked', { right: 'sign', from: '2025-07-15' });
  t.same(ticks(), [[CHAIR, 'account']], 'taken back in that system, still lawful');
  happens('right.granted', { right: 'sign', from: '2025-07-20', document });
  happens('post.ended', { from: '2025-07-25' });
  t.same(ticks(), [[CHAIR, 'officer']], 'nobody sits there any more');
});

t.test('what a level may not decide is held where that is certain, with the nearest that it may', async t => {
  const sent = judgeAtTheDesk(
    {
      event: {
        specversion: '1.0',
        id: 'e',
        source: 'portal',
        type: 'dossier.submitted',
        time: '2025-08-01T08:00:00+07:00',
        data: { unitCode: '26248', procedureCode: '1.012805', decidingAgency: { code: '26248', level: 'xã' } },
      },
      type: EVENT_TYPES.get('dossier.submitted') as EventType,
      unit: '26248',
      procedure: '1.012805',
      source: { id: 'portal', role: 'portal' },
      target: { id: 'commune', role: 'commune' },
      begunOnTrial: false,
    },
    { facts: NO_FACTS, vocabulary, now: at('2025-08-01'), enforced: false },
  );
  t.match(sent.held, { cause: 'no-authority', detail: { level: 'province', candidates: [{ code: '1.013967' }] } });
});
