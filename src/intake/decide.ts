/**
 * What becomes of one event, given what is known of its entity: duplicate, echo, question, or syncs.
 * Pure but for the ids it is given; the accepting transaction (accept-queue.ts) holds the entity locked meanwhile.
 */
import { hash } from 'node:crypto';
import { canonical } from '../domain/canonical.ts';
import { EVENT_TYPES, type EventType, entityOf } from '../domain/event-types.ts';
import type { GatewayEvent, JsonObject } from '../domain/words.ts';
import { begunOf, howBegun } from '../entities/begun.ts';
import { judgeEcho, type Leaves, leavesOf, noteSaid, noteTold } from '../entities/echo.ts';
import { answered } from '../entities/payload.ts';
import { type EntityState, learnNumbers, mergeEvent } from '../entities/state.ts';
import { type KnownPlace, readAsOf } from '../facts/as-of.ts';
import type { FactChange } from '../facts/fact.ts';
import { factsOf } from '../facts/from-events.ts';
import { waitsForFacts } from '../facts/waits.ts';
import type { EventRow, QuestionRow, SyncRow } from '../ledger/accept.ts';
import { eventKey } from '../ledger/event-key.ts';
import type { WantedEntity } from '../ledger/lock-entities.ts';
import type { MoveRow } from '../ledger/workflow.ts';
import { type DeskContext, judgeAtTheDesk } from '../routing/at-the-desk.ts';
import { detailOf, type RoutedSystem, route } from '../routing/route.ts';
import { understand } from '../routing/understand.ts';
import { moveOf } from '../workflow/move.ts';
import { carriedOver, filingOf, noteHowTold } from './carry-over.ts';
import { noteOf, payloadOf } from './kept.ts';
import { movedBy } from './moved.ts';

/** An event with what identifies it, made once when it arrives. */
export interface Prepared {
  event: GatewayEvent;
  type: EventType;
  /** First 128 bits of SHA-256(source, id), as a uuid. */
  key: string;
  /** SHA-256 of type, subject, time and data in canonical form (RFC 8785). */
  hash: Buffer;
  entity: WantedEntity;
}

/** Identity and content of a checked event. The time counts only where the source gave it. */
export function prepare(event: GatewayEvent): Prepared {
  const type = EVENT_TYPES.get(event.type);
  const about = type && entityOf(type, event.data);
  if (!type || !about) throw new Error(`event ${event.type} was not checked before it was prepared`);
  const content = canonical({
    type: event.type,
    subject: event.subject ?? null,
    time: event.timeassumed === true ? null : event.time,
    data: event.data,
  });
  return {
    event,
    type,
    key: eventKey(event.source, event.id),
    hash: hash('sha256', content, 'buffer'),
    entity: { kind: about.kind, key: `${about.kind}:${about.code}`, others: otherKeys(event, about.kind) },
  };
}

/** Further keys the entity may be known by: its other numbers, or the document that is about a dossier. */
function otherKeys(event: GatewayEvent, kind: string): string[] {
  const keys: string[] = [];
  const { codes, documentId } = event.data;
  if (kind === 'dossier' && Array.isArray(codes)) {
    for (const item of codes) {
      if (item !== null && typeof item === 'object' && !Array.isArray(item) && typeof item.code === 'string') {
        keys.push(`dossier:${item.code}`);
      }
    }
  }
  if (kind === 'dossier' && typeof documentId === 'string') keys.push(`document:${documentId}`);
  return keys;
}

export interface DecideContext extends DeskContext {
  systems: readonly (RoutedSystem & { statusList: string })[];
  newId(): string;
}
export interface Decision {
  row: EventRow;
  syncs: SyncRow[];
  questions: QuestionRow[];
  /** What the event changes in the facts about desks, in the commit that accepts it. */
  facts?: FactChange;
  /** What it moves in the dossier's processing. */
  move?: MoveRow;
}
/** What judging an echo asks the ledger: was any of these syncs delivered? */
export type WasDelivered = (syncs: readonly string[]) => Promise<boolean>;

/** Decides one event and merges it into `state` (which is changed). `entity` is the entity's row id. */
export async function decide(
  prepared: Prepared,
  entity: number,
  state: EntityState,
  context: DecideContext,
  wasDelivered: WasDelivered,
): Promise<Decision> {
  const { type } = prepared;
  const { vocabulary, systems } = context;
  const source = systems.find(system => system.id === prepared.event.source);
  if (!source) throw new Error(`unknown source ${prepared.event.source} was not refused before`);
  const asTold = answered(prepared.event, state.answers);
  const previous = state.national;
  const asOf = readAsOf(asTold, context.facts, placeOf(asTold, state, vocabulary));
  const { event, answers, normal } = understand(
    { event: asTold, fields: state.fields, sourceStatusList: source.statusList, previous, asOf },
    context,
  );
  const leaves = leavesOf(event, normal);
  const row = (more: { echoOf?: string | null; note?: JsonObject }): EventRow => ({
    id: context.newId(),
    key: prepared.key,
    hash: prepared.hash,
    source: source.id,
    sourceId: event.id,
    type: event.type,
    subject: event.subject ?? null,
    entity,
    unit: normal.unit ?? state.unit ?? null,
    procedure: normal.procedure ?? state.procedure ?? null,
    happenedAt: event.time,
    echoOf: more.echoOf ?? null,
    note: more.note ?? null,
    payload: payloadOf(prepared.event, state, answers, previous, asOf, context.facts) as unknown as JsonObject,
  });

  const verdict = judgeEcho(state, source.id, isOwnFiling(event, state, source.id) ? withoutStatus(leaves) : leaves);
  const echo = (echoOf: string | null): Decision => {
    // an echo brings no news but may bring a number
    learnNumbers(state, prepared.event);
    return { row: row({ echoOf, note: { echo: true } }), syncs: [], questions: [] };
  };
  if (verdict.verdict === 'echo') return echo(verdict.echoOf);
  if (verdict.verdict === 'late' && !(await wasDelivered(verdict.unless))) return echo(verdict.echoOf);

  const handler = vocabulary.handlerOf(normal.procedure ?? state.procedure ?? '');
  const begun = begunOf(state);
  const routed = route({
    event,
    type,
    normal,
    state,
    handler,
    source,
    systems,
    judge: (unit, procedure, target) =>
      judgeAtTheDesk({ event, type, unit, procedure, source, target, asOf, ...howBegun(begun, target.id) }, context),
  });
  // what a system may not report as a fact, and was told before, is an echo that comes late, not a doubt for a person
  if (routed.question && verdict.verdict === 'late') return echo(verdict.echoOf);
  if (routed.question) {
    const stored = row({ note: { question: routed.question.kind } });
    const question: QuestionRow = {
      id: context.newId(),
      event: stored.id,
      entity,
      kind: routed.question.kind,
      unit: stored.unit,
      detail: routed.question.detail,
    };
    return { row: stored, syncs: [], questions: [question] };
  }
  // what comes late is true of its own time all the same
  const moved = type.about === 'dossier' ? moveOf(event, normal, state, source.statusList, vocabulary) : undefined;
  const stale = routed.syncs.some(sync => sync.state === 'superseded');
  if (!stale) {
    mergeEvent(state, event, type, normal);
    noteSaid(state, source.id, leaves);
  }
  const stored = row(noteOf(routed));
  const syncs = routed.syncs.flatMap((planned): SyncRow[] => {
    const whole = carriedOver(planned, event, begun, systems)
      ? [filingOf(planned, stored, state, previous, context)]
      : [];
    const id = context.newId();
    if (planned.state !== 'superseded') noteTold(state, planned.target, leaves, id, stored.id);
    const sync: SyncRow = {
      id,
      event: stored.id,
      target: planned.target,
      entity,
      home: planned.unit ?? '0',
      unit: planned.unit,
      procedure: planned.procedure,
      type: event.type,
      mode: planned.mode,
      state: planned.state,
      cause: planned.park?.cause ?? null,
      detail: planned.park ? detailOf(planned.park) : null,
      ...(planned.park && waitsForFacts(planned.park.cause)
        ? { factsVersion: context.facts.version, recheckAt: planned.recheckAt }
        : {}),
    };
    return [...whole, sync];
  });
  if (type.about === 'dossier') noteHowTold(state, source.id, routed.syncs);
  if (!type.internal) return { row: stored, syncs, questions: [], ...movedBy(moved, stored, state) };
  const { change, doubts } = factsOf(event, stored.id, context);
  const questions = doubts.map(({ kind, value, text, taken, more }): QuestionRow => {
    const detail: JsonObject = { value, text: { ...text }, taken, ...more };
    return { id: context.newId(), event: stored.id, entity, kind, unit: stored.unit, detail };
  });
  return { row: stored, syncs, questions, facts: change };
}

/** Was this filing told to the system that now reports it? Then its status is the one it had then: steps may have overtaken it. */
function isOwnFiling(event: GatewayEvent, state: EntityState, source: string): boolean {
  return event.type === 'dossier.submitted' && state.held[source]?.leaves.procedure?.[1] === 1;
}

function withoutStatus({ status: _status, subStatus: _subStatus, ...leaves }: Leaves): Leaves {
  return leaves;
}

/** Unit and field of what is known already, for an event that does not name them. */
function placeOf(event: GatewayEvent, state: EntityState, vocabulary: DeskContext['vocabulary']): KnownPlace {
  const { procedureCode } = event.data;
  const code = typeof procedureCode === 'string' ? procedureCode : state.procedure;
  const field = code === undefined ? undefined : vocabulary.procedureFacts(code)?.record.field;
  return { unit: state.unit, field };
}
