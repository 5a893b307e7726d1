/**
 * What speaks against sending a matter to a level: it may not do it (`no-authority`), or does it without a paper (`no-legal-basis`).
 * What is simply not recorded speaks against nothing. Pure.
 */
import type { Bilingual, Json, JsonObject } from '../domain/words.ts';
import { type AuthorityAnswer, authorityAt, authorityChangesAt, type Level } from './authority.ts';
import type { Act } from './fact.ts';
import type { Finding, Question, Rule } from './judge.ts';
import { bodyLabel } from './labels.ts';
import { dayOf } from './local-time.ts';

/** Certainties that make a contradiction certain. */
const CERTAIN: ReadonlySet<string> = new Set(['high', 'confirmed']);

export const LEVEL_NAMES: Readonly<Record<Level, Bilingual>> = {
  commune: { vi: 'cấp xã', en: 'the commune' },
  district: { vi: 'cấp huyện', en: 'the district' },
  province: { vi: 'cấp tỉnh', en: 'the province' },
};
export const ACT_NAMES: Readonly<Record<Act, Bilingual>> = {
  receive: { vi: 'tiếp nhận', en: 'receive' },
  decide: { vi: 'giải quyết', en: 'decide' },
  sign: { vi: 'ký', en: 'sign' },
  opinion: { vi: 'cho ý kiến', en: 'give an opinion' },
};
/** The levels as systems name them, without `cấp`. */
const SAID: Readonly<Record<string, Level>> = {
  xã: 'commune',
  phường: 'commune',
  commune: 'commune',
  huyện: 'district',
  district: 'district',
  tỉnh: 'province',
  province: 'province',
};

interface Wanted {
  act: Act;
  level: Level;
}

/** What the event wants of which level; undefined where it wants nothing that authority decides. */
function wantedOf({ event, target, unit }: Question): Wanted | undefined {
  const level: Level = unit === null ? 'province' : 'commune';
  if (event.type === 'approval.requested') {
    return { act: event.data.act === 'sign' || event.data.act === 'seal' ? 'sign' : 'decide', level };
  }
  if (event.type === 'opinion.requested') return { act: 'opinion', level };
  if (event.type !== 'dossier.submitted') return undefined;
  const said = saidLevel(event.data.decidingAgency);
  if (said !== undefined) return { act: 'decide', level: said };
  return target.role === 'commune' ? { act: 'receive', level: 'commune' } : undefined;
}

function saidLevel(agency: Json | undefined): Level | undefined {
  if (agency === null || typeof agency !== 'object' || Array.isArray(agency)) return undefined;
  const { level } = agency;
  if (typeof level !== 'string') return undefined;
  return SAID[level.normalize('NFC').toLowerCase().replace(/^cấp /, '').trim()];
}

/** Speaks against sending a matter to a level that may not do it, or for which the task rests on no paper. */
export const authorityRule: Rule = (question): Finding | undefined => {
  const wanted = question.procedure === null ? undefined : wantedOf(question);
  if (wanted === undefined) return undefined;
  const settled = findingBy(question, wanted, true);
  const entered = question.facts.all('authority').length === 0 ? settled : findingBy(question, wanted, false);
  if (settled?.cause === entered?.cause) return settled;
  // one person's word neither holds anything back nor lets anything go unmarked, and does not lift what is certain
  const finding = settled ?? entered;
  if (finding === undefined) return undefined;
  return { ...finding, notYet: settled?.certain !== true, text: unconfirmed(finding.text) };
};

const unconfirmed = ({ vi, en }: Bilingual): Bilingual => ({
  vi: `${vi} Thẩm quyền mới nhập nói khác, đang chờ người thứ hai xác nhận.`,
  en: `${en} What was entered since says otherwise and waits for a second person to confirm it.`,
});

function findingBy(question: Question, wanted: Wanted, settledOnly: boolean): Finding | undefined {
  const { at, unit, facts, vocabulary } = question;
  const procedure = question.procedure as string;
  const ask = (act: Act): AuthorityAnswer[] =>
    authorityAt({ procedure, act, at, unit, settledOnly }, facts, vocabulary);
  let known = ask(wanted.act);
  // whoever decides a matter also signs it
  if (known.length === 0 && wanted.act === 'sign') known = ask('decide');
  const fitting = known.find(answer => answer.level === wanted.level);
  if (fitting === undefined) {
    const first = known.find(answer => answer.case === undefined);
    return first === undefined ? undefined : noAuthority(question, wanted, first);
  }
  return fitting.ended === undefined && (!fitting.explicit || fitting.basis !== undefined)
    ? notYetInForce(question, wanted, fitting)
    : noBasis(question, wanted, fitting);
}

/** What every finding says beside its text. */
function common(question: Question, { act }: Wanted, known: AuthorityAnswer) {
  const { procedure, unit, at, facts, vocabulary, event } = question;
  const code = procedure as string;
  const { level, by = null, basis = null, certainty, entry, source } = known;
  return {
    pointer: '/data/procedureCode',
    value: (event.data.procedureCode ?? procedure) as Json,
    list: 'authority' as const,
    certain: false,
    detail: { procedure, unit, act, level, by, basis, certainty, entry, source },
    changesAt: authorityChangesAt({ procedure: code, at, unit }, facts, vocabulary),
  };
}

const nameOf = ({ procedure, vocabulary }: Question): string =>
  vocabulary.procedureFacts(procedure as string)?.record.name ?? String(procedure);

function noAuthority(question: Question, wanted: Wanted, known: AuthorityAnswer): Finding {
  const { vocabulary } = question;
  const act = ACT_NAMES[wanted.act];
  const theirs = LEVEL_NAMES[known.level];
  const asked = LEVEL_NAMES[wanted.level];
  const body = known.by === undefined ? undefined : bodyLabel(known.by, vocabulary);
  const candidates = nearestFor(wanted.level, question);
  const nearest = candidates.map(({ code, name }) => `${String(code)} “${String(name)}”`).join('; ');
  const name = nameOf(question);
  const delegable = known.mayDelegateTo?.some(post => vocabulary.fact('post', post)?.data.level === wanted.level);
  const base = common(question, wanted, known);
  return {
    ...base,
    cause: 'no-authority',
    certain: CERTAIN.has(known.certainty) && delegable !== true,
    text: {
      vi: `“${name}”: ${act.vi} thuộc ${theirs.vi}${body === undefined ? '' : ` (${body})`}, không thuộc ${asked.vi}.${nearest === '' ? '' : ` Gần nhất mà ${asked.vi} ${act.vi}: ${nearest}.`}`,
      en: `"${name}": to ${act.en} belongs to ${theirs.en}${body === undefined ? '' : ` (${body})`}, not to ${asked.en}.${nearest === '' ? '' : ` Nearest that belongs to ${asked.en}: ${nearest}.`}`,
    },
    detail: { ...base.detail, mayDelegateTo: [...(known.mayDelegateTo ?? [])], candidates },
  };
}

function noBasis(question: Question, wanted: Wanted, known: AuthorityAnswer): Finding {
  const { ended } = known;
  const act = ACT_NAMES[wanted.act];
  const level = LEVEL_NAMES[wanted.level];
  const last = ended?.body.basis ?? '';
  const day = ended === undefined ? '' : vietnameseDay(ended.to as number);
  const name = nameOf(question);
  const base = common(question, wanted, known);
  return {
    ...base,
    cause: 'no-legal-basis',
    text:
      ended === undefined
        ? {
            vi: `“${name}”: chưa ghi căn cứ để ${level.vi} ${act.vi}.`,
            en: `"${name}": no legal basis is recorded for ${level.en} to ${act.en}.`,
          }
        : {
            vi: `“${name}”: căn cứ để ${level.vi} ${act.vi} (${last}) hết hiệu lực từ ${day}, chưa ghi văn bản thay thế.`,
            en: `"${name}": the basis for ${level.en} to ${act.en} (${last}) ended on ${day} and no other is recorded.`,
          },
    detail: ended === undefined ? base.detail : { ...base.detail, ended: ended.id, endedBasis: last, endedOn: day },
  };
}

/** On trial the level of the official day counts; what is not in force on the event's own day is told. */
function notYetInForce(question: Question, wanted: Wanted, known: AuthorityAnswer): Finding | undefined {
  if (known.from === null || known.from <= Date.parse(question.event.time)) return undefined;
  const act = ACT_NAMES[wanted.act];
  const level = LEVEL_NAMES[wanted.level];
  const basis = known.basis === undefined ? '' : ` (${known.basis})`;
  const day = vietnameseDay(known.from);
  return {
    ...common(question, wanted, known),
    cause: 'no-legal-basis',
    notYet: true,
    text: {
      vi: `“${nameOf(question)}”: ${level.vi} ${act.vi} từ ${day}${basis}; sự việc có trước ngày ấy.`,
      en: `"${nameOf(question)}": ${level.en} may ${act.en} from ${day} on${basis}; this happened before.`,
    },
  };
}

const vietnameseDay = (at: number): string => dayOf(at).split('-').reverse().join('/');

/** Procedures that are like this one and that the level decides, likeliest first: what may have been meant. */
function nearestFor(level: Level, { procedure, unit, vocabulary, facts, at, event }: Question): JsonObject[] {
  const code = procedure as string;
  const record = vocabulary.procedureFacts(code)?.record;
  if (record === undefined) return [];
  const decides = (candidate: string): boolean =>
    authorityAt({ procedure: candidate, act: 'decide', at, unit, settledOnly: true }, facts, vocabulary).some(
      answer => answer.level === level,
    );
  return vocabulary
    .procedureCandidates(code, event.time, record.name)
    .filter(candidate => candidate.code !== code && decides(candidate.code))
    .slice(0, 3)
    .map(candidate => ({ ...candidate }) as unknown as JsonObject);
}
