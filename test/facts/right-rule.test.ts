/** What is held for want of a right, and what never is: documents that want something done, opinions, and answers that were given. */
import t from 'tap';
import { EVENT_TYPES, type EventType } from '../../src/domain/event-types.ts';
import type { JsonObject } from '../../src/domain/words.ts';
import { type KnownFacts, NO_FACTS } from '../../src/facts/known-facts.ts';
import { judgeAtTheDesk } from '../../src/routing/at-the-desk.ts';
import { loadVocabulary } from '../../src/translation/load.ts';
import { at, fact, known } from './support.ts';

const { vocabulary } = await loadVocabulary('mappings', {});
const UNIT = '26119';
const TIME = '2025-08-01T08:00:00+07:00';
type Role = 'commune' | 'documents';

const judged = (
  facts: KnownFacts,
  type: string,
  data: JsonObject,
  more: { now?: string; enforced?: boolean; unit?: string } = {},
) => {
  const asks = type.endsWith('.requested');
  const [from, to]: [Role, Role] = asks ? ['commune', 'documents'] : ['documents', 'commune'];
  return judgeAtTheDesk(
    {
      event: { specversion: '1.0', id: 'e', source: from, type, time: TIME, data: { unitCode: UNIT, ...data } },
      type: EVENT_TYPES.get(type) as EventType,
      unit: more.unit ?? UNIT,
      procedure: null,
      source: { id: from, role: from },
      target: { id: to, role: to },
      begunOnTrial: false,
    },
    { facts, vocabulary, now: at(more.now ?? TIME), enforced: more.enforced ?? true },
  );
};

/** Somebody on a seat with an account tick in a system. */
function sitting(post: string, right: string, system: string, since = '2025-07-01'): KnownFacts {
  const seat = `${UNIT}/${post}`;
  return known(
    fact('seat', UNIT, { seat, post }, since, null, seat),
    fact('holding', UNIT, { officer: 'documents:cb-1', seat }, since),
    fact('right', UNIT, { seat, right, layer: 'account', system }, since),
  );
}

t.test('a document is held only where it wants something done', async t => {
  const document = { documentId: 'd', from: {}, to: [], subject: 'x' };
  const cases: [string, JsonObject, boolean][] = [
    ['for information', { steeringType: '1' }, false],
    ['a report', { steeringType: '3' }, false],
    ['nothing said', {}, false],
    ['a directive', { steeringType: '2' }, true],
    ['to be done by a day', { dueAt: '2025-08-20' }, true],
    ['an answer, even with a day', { dueAt: '2025-08-20', responseFor: [{ documentId: 'x' }] }, false],
  ];
  for (const [name, data, waits] of cases) {
    const { held } = judged(NO_FACTS, 'document.sent', { ...document, ...data });
    t.equal(held?.cause, waits ? 'missing-right' : undefined, name);
    if (waits)
      t.match(
        held?.detail,
        { right: 'assign', givers: [{ missing: 'legal' }, { missing: 'account', id: 'tai-khoan-cap-xa' }] },
        name,
      );
  }
  const office = sitting('chanh-van-phong', 'assign', 'commune');
  t.equal(judged(office, 'document.sent', { ...document, steeringType: '2' }).held, undefined);
});

t.test('an opinion needs somebody who may give one', async t => {
  t.match(judged(NO_FACTS, 'opinion.requested', {}).held, { cause: 'missing-right', detail: { right: 'opinion' } });
  t.equal(judged(sitting('chu-tich', 'opinion', 'documents'), 'opinion.requested', {}).held, undefined);
});

t.test('what is missing is said in the words that people know: post, right, who gives it', async t => {
  const deputy = sitting('pho-chu-tich', 'sign', 'documents');
  const { held } = judged(deputy, 'approval.requested', { act: 'sign', post: 'pho-chu-tich' });
  t.match(held, {
    cause: 'missing-right',
    text: {
      vi: /giữ chức danh Phó Chủ tịch UBND được ký ban hành .*thiếu căn cứ .*Nơi cấp: Phân công lĩnh vực, ủy quyền – /,
      en: /missing a legal basis/,
    },
    detail: {
      missing: ['legal'],
      givers: [{ missing: 'legal', id: 'phan-cong-linh-vuc' }],
      seats: [{ label: 'Phó Chủ tịch UBND' }],
      couldHold: { 0: { post: 'chu-tich', label: 'Chủ tịch UBND' } },
    },
  });
  t.notMatch(held?.text.vi, /chu-tich/, 'no ids');
});

t.test('nobody is named as the giver of a vacant seat but a leader’s', async t => {
  const vacant = (post: string, right: string) => {
    const seat = `${UNIT}/${post}`;
    const facts = known(
      fact('seat', UNIT, { seat, post }, '2025-07-01', null, seat),
      fact('right', UNIT, { seat, right, layer: 'account', system: 'documents' }, '2025-07-01'),
    );
    return judged(facts, 'approval.requested', { act: right }).held?.detail;
  };
  t.match(vacant('chu-tich', 'sign'), { missing: ['officer'], givers: [{ id: 'vi-tri-lanh-dao' }] });
  t.match(vacant('van-thu', 'seal'), { missing: ['officer'] });
  t.same(vacant('van-thu', 'seal')?.givers, []);
});

t.test('a post that is none of the list is asked about: held where the list is complete, else told', async t => {
  const facts = sitting('chu-tich', 'sign', 'documents');
  const request = { act: 'sign', post: 'truong-thon' };
  t.match(judged(facts, 'approval.requested', request).held, {
    cause: 'unknown-officer',
    pointer: '/data/post',
    value: 'truong-thon',
    detail: { post: 'truong-thon', seats: [{ seat: `${UNIT}/chu-tich` }] },
  });
  const observed = judged(facts, 'approval.requested', request, { enforced: false });
  t.equal(observed.held, undefined);
  t.match(observed.warnings, [{ cause: 'unknown-officer' }]);
  t.equal(judged(facts, 'approval.requested', { ...request, post: 'chu-tich' }).held, undefined);
});

t.test('what is asked of the province is judged by the desks of the province', async t => {
  const seat = '75/giam-doc-so';
  const facts = known(
    fact('seat', null, { seat, post: 'giam-doc-so' }, '2025-07-01', null, seat),
    fact('holding', null, { officer: 'documents:cb-1', seat }, '2025-07-01'),
    fact('right', null, { seat, right: 'sign', layer: 'account', system: 'documents' }, '2025-07-01'),
  );
  const request = { act: 'sign', unitCode: '75' };
  t.equal(judged(facts, 'approval.requested', request, { unit: '75' }).held, undefined);
  t.match(judged(NO_FACTS, 'approval.requested', request, { unit: '75' }).held, {
    cause: 'missing-right',
    text: { vi: /^Ở tỉnh chưa ai/ },
    detail: { couldHold: { 0: { post: 'chu-tich-tinh' } } },
  });
});

t.test('a right granted after it was asked for counts', async t => {
  const later = sitting('chu-tich', 'sign', 'documents', '2025-08-05');
  const request = { act: 'sign', about: {}, files: [] };
  t.equal(judged(later, 'approval.requested', request).held?.cause, 'missing-right');
  t.equal(judged(later, 'approval.requested', request).recheckAt, at('2025-08-05'));
  t.equal(judged(later, 'approval.requested', request, { now: '2025-08-05T08:00:00' }).held, undefined);
});

t.test('an answer that was given is never held; a signer without a recorded right is told', async t => {
  const answer = { decision: 'approved', signedFiles: [{}], officer: { id: 'cb-1', name: 'Nguyễn Văn Mẫu' }, at: TIME };
  const unknown = judged(NO_FACTS, 'approval.given', answer);
  t.equal(unknown.held, undefined);
  t.match(unknown.warnings, [{ cause: 'missing-right', text: { vi: /Nguyễn Văn Mẫu đã trả lời/ } }]);
  const signs = sitting('chu-tich', 'sign', 'documents');
  t.same(judged(signs, 'approval.given', answer).warnings, []);
  const other = { ...answer, officer: { id: 'cb-2', name: 'X' } };
  t.match(judged(signs, 'approval.given', other).warnings, [{ detail: { officer: 'cb-2' } }]);
  t.match(judged(signs, 'opinion.given', { ...answer, text: 'x' }).warnings, [{ detail: { right: 'opinion' } }]);
});

t.test('sample contacts stand only in a sandbox', async t => {
  const request = { act: 'sign', about: {}, files: [] };
  t.match(judged(NO_FACTS, 'approval.requested', request).held?.detail.contacts, [{ name: /mẫu/ }]);
  const observed = judged(NO_FACTS, 'approval.requested', request, { enforced: false });
  t.match(observed.warnings, [{ detail: { contacts: [] } }]);
});
