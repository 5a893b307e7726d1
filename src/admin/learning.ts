/**
 * A person's choice becomes an entry for everyone: written down as proposed, put into force as a new release, and what waited
 * for it goes on. A preview does all but the writing, so that it says the truth.
 */
import { prepareSync } from '../delivery/translate-sync.ts';
import { GatewayError } from '../domain/errors.ts';
import type { Payload } from '../entities/payload.ts';
import type { Actor } from '../ledger/act.ts';
import { countBehind } from '../ledger/count-behind.ts';
import { type Freeable, freeableOf, freeParked } from '../ledger/free-parked.ts';
import { addLearnt, type StoredEntry, undoLearnt } from '../ledger/learnt.ts';
import { listUnmapped, listWaiting, type MappingCause, type Unmapped, type Waiting } from '../ledger/term-desk.ts';
import { type Asked, type AskedKind, learntCode, learntFactOf } from '../translation/learnable.ts';
import { type LearntFact, withLearnt, withoutLearnt } from '../translation/learnt.ts';
import { localDay } from '../translation/local-day.ts';
import { normalise } from '../translation/normalise.ts';
import { vocabularyOf } from '../translation/release.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';
import type { PeopleContext } from './context.ts';

/** What the desk needs of the process. */
export type DeskContext = Pick<
  PeopleContext,
  'database' | 'targets' | 'statusListOf' | 'vocabulary' | 'vocabularyKeeper' | 'turns'
>;

/** What a sync waits for is about a procedure, a unit or a status. */
export const KIND_OF: Readonly<Record<MappingCause, AskedKind | undefined>> = {
  'unknown-procedure': 'procedure',
  'unknown-unit': 'unit',
  'ambiguous-unit': 'unit',
  'unmapped-status': 'status',
  'unmapped-term': undefined,
};

/** Syncs that one round reads, judges and opens. */
const ROUND = 200;
/** Most freed syncs that an answer lists. */
const LISTED = 100;

/** A choice at the desk. */
export interface Lesson {
  kind: AskedKind;
  /** The code that has no mapping; a status as `list/code`. */
  value: string;
  to: string;
  /** The legal text behind it. */
  source?: string;
  /** The sync whose answer it is. */
  sync?: string;
}
export interface Taught {
  entry: StoredEntry;
  /** The release in force now; null in a preview. */
  release: string | null;
  freed: { id: string; target: string }[];
  /** All that go on, also beyond those listed. */
  freedCount: number;
  /** Open syncs that waited behind them in their lanes. */
  behind: number;
  /** Understood now, but held for something else. */
  elsewhere: number;
}

/** `xa-3b/la` → list and code; a value of another kind is the code itself. */
export function splitValue(kind: AskedKind, value: string): { code: string; list?: string } {
  const slash = value.indexOf('/');
  if (kind !== 'status' || slash < 1) return { code: value };
  return { list: value.slice(0, slash), code: value.slice(slash + 1) };
}

/** The list that an unmapped status belongs to. */
export function listOf(item: { list: string | null; source: string }, context: DeskContext): string {
  return item.list ?? context.statusListOf(item.source);
}

/** Do both name the same unknown thing? Local forms of one procedure code do. */
function isAbout(
  item: Unmapped,
  kind: AskedKind,
  code: string,
  list: string | undefined,
  context: DeskContext,
): boolean {
  if (KIND_OF[item.cause] !== kind || typeof item.value !== 'string') return false;
  if (kind === 'status') return item.value === code && listOf(item, context) === list;
  return learntCode({ kind, value: item.value }) === learntCode({ kind, value: code });
}

/**
 * Teaches `lesson`. Throws 422 `not-learnable`, `invalid-answer`, `learnt-entry-refused`; 409 `has-mapping`, `already-learnt`.
 * Nothing is half done: a release that is refused takes the entry back.
 */
export async function teach(context: DeskContext, lesson: Lesson, actor: Actor, dryRun: boolean): Promise<Taught> {
  const { database, vocabularyKeeper } = context;
  const { vocabulary } = context.vocabulary();
  const { code, list } = splitValue(lesson.kind, lesson.value);
  const waiting = (await listUnmapped(database)).filter(item => isAbout(item, lesson.kind, code, list, context));
  const asked = askedOf(lesson.kind, code, list, waiting, vocabulary);
  const { kind, entry } = learntFactOf(asked, lesson.to, vocabulary);
  const fact: LearntFact = lesson.source === undefined ? entry : { ...entry, source: lesson.source };
  const wanted = { kind, entry: fact, ...(lesson.sync === undefined ? {} : { sync: lesson.sync }) };
  const files = withoutLearnt(vocabulary.content);
  let preview = files;
  const stored = await addLearnt(
    database,
    wanted,
    actor,
    counting => {
      preview = withLearnt(files, counting);
    },
    dryRun,
  );
  if (dryRun) {
    const freed = await freeUnderstood(context, vocabularyOf(preview), waiting, `learnt:${stored.id}`, actor, true);
    return { entry: stored, release: null, ...freed };
  }
  try {
    await vocabularyKeeper.refresh({ who: actor.who, reason: actor.reason, act: 'learnt' });
  } catch (error) {
    await undoLearnt(database, stored.id);
    throw error;
  }
  const now = context.vocabulary().vocabulary;
  const freed = await freeUnderstood(context, now, waiting, `learnt:${stored.id}`, actor, false);
  return { entry: stored, release: now.release, ...freed };
}

/** What is asked for, from the syncs that wait or, where none does, from the value alone. */
function askedOf(
  kind: AskedKind,
  code: string,
  list: string | undefined,
  waiting: readonly Unmapped[],
  vocabulary: Vocabulary,
): Asked {
  const now = new Date().toISOString();
  const earliest = waiting.map(item => item.earliest.toISOString()).sort()[0] ?? now;
  const ambiguous = kind === 'unit' && [earliest, now].some(at => causeAt(vocabulary, code, at) === 'ambiguous-unit');
  const known =
    kind === 'procedure'
      ? vocabulary.resolveProcedure(code, earliest).ok
      : kind === 'unit'
        ? vocabulary.resolveUnit(code, earliest).ok
        : vocabulary.toNational(list ?? '', code).ok;
  if (known) {
    throw new GatewayError('has-mapping', 409, {
      vi: `Mã ${code} đã có quy đổi vào ngày đó; không cần ghi nhớ thêm.`,
      en: `${code} has a mapping on that day already; there is nothing to learn.`,
    });
  }
  return {
    kind,
    value: code,
    day: localDay(earliest),
    ...(ambiguous ? { ambiguous } : {}),
    ...(list === undefined ? {} : { list }),
  };
}

function causeAt(vocabulary: Vocabulary, code: string, at: string): string | undefined {
  const answer = vocabulary.resolveUnit(code, at);
  return answer.ok ? undefined : answer.cause;
}

/** How a waiting sync fares with a vocabulary. */
export type Verdict = 'goes-on' | 'held-elsewhere' | 'still-unknown';

/** Translates as delivery would. What waits for another target that is no longer configured stays. */
export function judge(item: Waiting, payload: Payload, vocabulary: Vocabulary, context: DeskContext): Verdict {
  const target = context.targets.find(candidate => candidate.system.id === item.target);
  if (target === undefined) return 'still-unknown';
  const statusList = context.statusListOf(payload.event.source);
  const prepared = prepareSync(payload, target.system, target.connector, statusList, vocabulary);
  if (prepared.ok) return 'goes-on';
  return prepared.blocked.pointer === item.pointer ? 'still-unknown' : 'held-elsewhere';
}

/**
 * Opens every sync of `waiting` that `vocabulary` understands now, in rounds, and wakes their homes. What is held for something
 * else then is opened too: delivery parks it again for what it truly waits for.
 */
export async function freeUnderstood(
  context: DeskContext,
  vocabulary: Vocabulary,
  waiting: readonly Pick<Unmapped, 'cause' | 'value'>[],
  subject: string,
  actor: Actor,
  dryRun: boolean,
): Promise<Omit<Taught, 'entry' | 'release'>> {
  const { database, turns } = context;
  const freed: { id: string; target: string }[] = [];
  let [freedCount, behind, elsewhere] = [0, 0, 0];
  const groups = new Map(waiting.map(({ cause, value }) => [JSON.stringify([cause, value]), { cause, value }]));
  for (const group of groups.values()) {
    let after: string | undefined;
    do {
      const { items, next } = await listWaiting(database, group, ROUND, after);
      after = next;
      const verdicts = new Map(items.map(item => [item.sync, judge(item, item.payload, vocabulary, context)]));
      const wanted = items.filter(item => verdicts.get(item.sync) !== 'still-unknown');
      if (wanted.length === 0) continue;
      // counted before, while they still stand out as parked
      const moving = wanted.filter(item => verdicts.get(item.sync) === 'goes-on').map(item => item.sync);
      behind += await countBehind(database, moving);
      const freeables = wanted.map(item => freeable(item, vocabulary, context));
      const opened = await freeParked(database, freeables, subject, actor, dryRun);
      const goOn = new Set(opened.filter(one => verdicts.get(one.id) === 'goes-on').map(one => one.id));
      freedCount += goOn.size;
      elsewhere += opened.length - goOn.size;
      freed.push(
        ...opened
          .filter(one => goOn.has(one.id))
          .slice(0, LISTED - freed.length)
          .map(({ id, target }) => ({ id, target })),
      );
      if (!dryRun) turns.wake(opened.map(({ target, home }) => ({ target, home })));
    } while (after !== undefined);
  }
  return { freed, freedCount, behind, elsewhere };
}

/** What is known of a sync now, as acceptance would have known it. */
function freeable(item: Waiting, vocabulary: Vocabulary, context: DeskContext): Freeable {
  const { pointer, payload } = item;
  const { event } = payload;
  const normal = normalise(event, context.statusListOf(event.source), vocabulary, payload.previous);
  const path = pointer.split('/').slice(2);
  const value = path.reduce<unknown>((at, key) => (at as Record<string, unknown> | null)?.[key], event.data);
  return freeableOf({ ...item, value: (value ?? null) as Freeable['value'] }, normal);
}
