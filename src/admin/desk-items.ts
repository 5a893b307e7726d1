/**
 * The term desk as people read it: each value that nobody knows, how much waits for it, and for each likely meaning why it is
 * likely, what choosing it would free, and the entry it would make. Only a sample of what waits is translated for the counts.
 */
import { GatewayError } from '../domain/errors.ts';
import type { Bilingual, Json, JsonObject } from '../domain/words.ts';
import { answersOf, type Choice, withAnswers } from '../entities/answer.ts';
import { countBehind } from '../ledger/count-behind.ts';
import { listUnmapped, listWaiting, type Unmapped, type Waiting } from '../ledger/term-desk.ts';
import type { Candidate } from '../translation/content.ts';
import { type Asked, type AskedKind, learntFactOf, whyNotLearnable } from '../translation/learnable.ts';
import type { LearntFact, LearntKind } from '../translation/learnt.ts';
import { entryYaml, fileOf } from '../translation/learnt-yaml.ts';
import { localDay } from '../translation/local-day.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';
import { judge, type TermDeskContext } from './free-understood.ts';
import { KIND_OF, listOf } from './learning.ts';
import { maskAt } from './mask.ts';

/** Waiting syncs of one value that are translated with each candidate. */
const SAMPLE = 50;

/** An entry ready to be accepted. */
export interface Proposal {
  kind: LearntKind;
  entry: LearntFact;
  /** Where it would stand under mappings/, and how. */
  file: string;
  yaml: string;
}
export interface DeskCandidate extends Candidate {
  /** Of `checked` syncs that wait: how many would go on, and how many open ones follow them in their lanes. */
  frees: { syncs: number; behind: number; checked: number };
  proposal?: Proposal;
}
export interface DeskItem {
  kind: AskedKind | 'other';
  /** The code; a status as `list/code`. */
  value: Json;
  cause: string;
  count: number;
  /** When the longest-standing of them stopped. */
  oldest: string;
  units: { code: string; name: string | null }[];
  sources: string[];
  candidates: DeskCandidate[];
  /** Why no choice may count for everyone; absent where one may. */
  notLearnable?: Bilingual;
}

/** What has no mapping now, most waiting first, at most `limit` values. */
export async function deskItems(context: TermDeskContext, limit: number): Promise<{ items: DeskItem[]; more: number }> {
  const groups = [...Map.groupBy(await listUnmapped(context.database), item => keyOf(item, context)).values()];
  const sum = (group: readonly Unmapped[]): number => group.reduce((total, item) => total + item.count, 0);
  groups.sort((left, right) => sum(right) - sum(left));
  const items: DeskItem[] = [];
  for (const group of groups.slice(0, limit)) items.push(await deskItem(group, sum(group), context));
  return { items, more: Math.max(0, groups.length - limit) };
}

function keyOf(item: Unmapped, context: TermDeskContext): string {
  const list = item.cause === 'unmapped-status' ? listOf(item, context) : null;
  return JSON.stringify([item.cause, item.value, list]);
}

async function deskItem(group: readonly Unmapped[], count: number, context: TermDeskContext): Promise<DeskItem> {
  const first = group[0] as Unmapped;
  const { cause, value } = first;
  const { vocabulary } = context.vocabulary();
  const kind = typeof value === 'string' ? KIND_OF[cause] : undefined;
  const list = kind === 'status' ? listOf(first, context) : undefined;
  const oldest = Math.min(...group.map(item => item.oldest.getTime()));
  const units = [...new Set(group.flatMap(item => item.units))].sort();
  const item: DeskItem = {
    kind: kind ?? 'other',
    value: list === undefined ? maskAt('/value', value) : `${list}/${String(value)}`,
    cause,
    count,
    oldest: new Date(oldest).toISOString(),
    units: units.map(code => ({ code, name: vocabulary.unitName(code) ?? null })),
    sources: [...new Set(group.map(each => each.source))].sort(),
    candidates: [],
  };
  if (kind === undefined) {
    return {
      ...item,
      notLearnable: {
        vi: 'Giá trị này không phải là một mã; hãy sửa ở hệ thống nguồn hoặc bổ sung vào danh mục.',
        en: 'This value is no code; mend it in the source system, or add it to the vocabulary.',
      },
    };
  }
  const { items: read } = await listWaiting(context.database, { cause, value }, SAMPLE);
  const sample = read.filter(waiting => list === undefined || listOf(waiting, context) === list);
  const earliest = new Date(Math.min(...group.map(each => each.earliest.getTime()))).toISOString();
  const asked: Asked = {
    kind,
    value: value as string,
    day: localDay(earliest),
    ...(cause === 'ambiguous-unit' ? { ambiguous: true } : {}),
    ...(list === undefined ? {} : { list }),
  };
  for (const candidate of candidatesOf(asked, sample, earliest, vocabulary)) {
    item.candidates.push(await withCounts(candidate, asked, sample, context));
  }
  const refusal = whyNotLearnable(asked, vocabulary);
  return refusal === undefined ? item : { ...item, notLearnable: refusal.text };
}

function candidatesOf(
  asked: Asked,
  sample: readonly Waiting[],
  at: string,
  vocabulary: Vocabulary,
): readonly Candidate[] {
  const { kind, value, list } = asked;
  const data: JsonObject = sample[0]?.payload.event.data ?? {};
  const text = (given: Json | undefined): string | undefined => (typeof given === 'string' ? given : undefined);
  if (kind === 'procedure') {
    const answer = vocabulary.resolveProcedure(value, at, text(data.procedureName));
    return answer.ok ? [] : answer.candidates;
  }
  if (kind === 'status') return vocabulary.statusCandidates(list ?? '', value, text(data.statusName));
  const answer = vocabulary.resolveUnit(value, at);
  if (!answer.ok && answer.cause === 'ambiguous-unit') return answer.candidates;
  const [field = ''] = (sample[0]?.pointer ?? '').split('/').slice(2);
  const holder = data[field];
  const named = holder !== null && typeof holder === 'object' && !Array.isArray(holder) ? holder.name : undefined;
  return vocabulary.unitCandidates(value, at, text(named));
}

/** What choosing the candidate would free, by translating the sample as if it had been answered so. */
async function withCounts(
  candidate: Candidate,
  asked: Asked,
  sample: readonly Waiting[],
  context: TermDeskContext,
): Promise<DeskCandidate> {
  const { vocabulary } = context.vocabulary();
  const choice = choiceOf(asked.kind, candidate.code);
  const moving = sample.filter(waiting => {
    const { pointer, payload } = waiting;
    const question = { cause: causeOf(asked), pointer, value: asked.value, candidates: [{ code: candidate.code }] };
    try {
      const answers = answersOf(question, choice, payload.event, {
        vocabulary,
        sourceStatusList: context.statusListOf(payload.event.source),
        now: new Date().toISOString(),
        by: 'desk',
        reason: '',
      });
      return judge(waiting, withAnswers(payload, answers), vocabulary, context) === 'goes-on';
    } catch (error) {
      if (error instanceof GatewayError) return false;
      throw error;
    }
  });
  const behind = await countBehind(
    context.database,
    moving.map(waiting => waiting.sync),
  );
  const frees = { syncs: moving.length, behind, checked: sample.length };
  const proposal = proposalOf(asked, candidate, vocabulary);
  return { ...candidate, frees, ...(proposal === undefined ? {} : { proposal }) };
}

function causeOf({ kind, ambiguous }: Asked): string {
  if (kind === 'procedure') return 'unknown-procedure';
  if (kind === 'status') return 'unmapped-status';
  return ambiguous === true ? 'ambiguous-unit' : 'unknown-unit';
}

/** The member of an answer that a choice of this kind goes into. */
export function choiceOf(kind: AskedKind, code: string): Choice {
  if (kind === 'procedure') return { procedureCode: code };
  return kind === 'unit' ? { unitCode: code } : { statusCode: code };
}

/** The entry that accepting the candidate would make; undefined where it may not count for everyone. */
function proposalOf(asked: Asked, candidate: Candidate, vocabulary: Vocabulary): Proposal | undefined {
  try {
    const { kind, entry } = learntFactOf(asked, candidate.code, vocabulary);
    const fact = candidate.source === undefined ? entry : { ...entry, source: candidate.source };
    const source = candidate.source ?? 'ghi ở đây văn bản làm căn cứ, hoặc lý do chọn';
    const yaml = entryYaml({ kind, entry: fact, source: [source], certainty: 'proposal' });
    return { kind, entry: fact, file: fileOf(kind, fact), yaml };
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
}
