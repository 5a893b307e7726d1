/**
 * A person's choice becomes an entry for everyone: written down as proposed, put into force as a new release, and what waited
 * for it goes on. A preview does all but the writing, so that it says the truth.
 */
import { GatewayError } from '../domain/errors.ts';
import type { Actor } from '../ledger/act.ts';
import { addLearnt, type StoredEntry, undoLearnt } from '../ledger/learnt.ts';
import { listUnmapped, type MappingCause, type Unmapped } from '../ledger/term-desk.ts';
import { type Asked, type AskedKind, learntCode, learntFactOf } from '../translation/learnable.ts';
import { type LearntFact, withLearnt, withoutLearnt } from '../translation/learnt.ts';
import { localDay } from '../translation/local-day.ts';
import { vocabularyOf } from '../translation/release.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';
import { type FreedAtOnce, freeUnderstood, type TermDeskContext } from './free-understood.ts';

/** What a sync waits for is about a procedure, a unit or a status. */
export const KIND_OF: Readonly<Record<MappingCause, AskedKind | undefined>> = {
  'unknown-procedure': 'procedure',
  'unknown-unit': 'unit',
  'ambiguous-unit': 'unit',
  'unmapped-status': 'status',
  'unmapped-term': undefined,
};

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
export interface Taught extends FreedAtOnce {
  entry: StoredEntry;
  /** The release in force now; null in a preview. */
  release: string | null;
}

/** `xa-3b/la` → list and code; a value of another kind is the code itself. */
export function splitValue(kind: AskedKind, value: string): { code: string; list?: string } {
  const slash = value.indexOf('/');
  if (kind !== 'status' || slash < 1) return { code: value };
  return { list: value.slice(0, slash), code: value.slice(slash + 1) };
}

/** The list that an unmapped status belongs to. */
export function listOf(item: { list: string | null; source: string }, context: TermDeskContext): string {
  return item.list ?? context.statusListOf(item.source);
}

/** Do both name the same unknown thing? Local forms of one procedure code do. */
function isAbout(
  item: Unmapped,
  kind: AskedKind,
  code: string,
  list: string | undefined,
  context: TermDeskContext,
): boolean {
  if (KIND_OF[item.cause] !== kind || typeof item.value !== 'string') return false;
  if (kind === 'status') return item.value === code && listOf(item, context) === list;
  return learntCode({ kind, value: item.value }) === learntCode({ kind, value: code });
}

/**
 * Teaches `lesson`. Throws 422 `not-learnable`, `invalid-answer`, `learnt-entry-refused`; 409 `has-mapping`, `already-learnt`.
 * Nothing is half done: a release that is refused takes the entry back.
 */
export async function teach(context: TermDeskContext, lesson: Lesson, actor: Actor, dryRun: boolean): Promise<Taught> {
  const { database, vocabularyKeeper } = context;
  await context.factsKeeper.follow();
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
