/**
 * Any stored event again, whatever became of it: its syncs are replayed; where it made none (an echo, a question, a fact held
 * to be known) or none to a wished target, it is routed with the vocabulary in force. What people ask for here is their
 * decision: an echo is not judged a second time, and a target they name is served.
 */
import { uuidv7 } from 'uuidv7';
import { GatewayError } from '../domain/errors.ts';
import { EVENT_TYPES } from '../domain/event-types.ts';
import { howBegun } from '../entities/begun.ts';
import { leavesOf, noteTold } from '../entities/echo.ts';
import { answered } from '../entities/payload.ts';
import { waitsForFacts } from '../facts/waits.ts';
import type { SyncRow } from '../ledger/accept.ts';
import { type Actor, actOnLedger } from '../ledger/act.ts';
import { writeAudit } from '../ledger/audit.ts';
import { addSyncs, lockEvent, type StoredEvent, youngerThan } from '../ledger/event-again.ts';
import { readEvent } from '../ledger/read-events.ts';
import { replayWithin, stale } from '../ledger/replay.ts';
import type { ReplayVocabulary } from '../ledger/replays.ts';
import { type DeskContext, judgeAtTheDesk } from '../routing/at-the-desk.ts';
import { detailOf, type PlannedSync, type RoutedSystem, route } from '../routing/route.ts';
import { normalise } from '../translation/normalise.ts';
import { noSystem, type Plan, type PlanContext, payloadGone, replayPlan } from './replay-plan.ts';

export interface EventContext extends PlanContext {
  systems: readonly RoutedSystem[];
  /** What is known about desks now. */
  desk(): DeskContext;
}
export interface EventOrder {
  /** Only these; without them all that the event went to, or would go to. */
  targets?: readonly string[];
  vocabulary: ReplayVocabulary;
  confirmStale: boolean;
}
export interface EventReplayed {
  event: string;
  /** `replayed` = had this sync already; `new` = routed now; `under-way` = goes by itself, left alone. */
  syncs: { id: string; target: string; state: string; made: 'replayed' | 'new' | 'under-way' }[];
  homes: { target: string; home: string }[];
}

/** Throws 404; 409 `younger-delivered`, `still-under-way`, `lane-busy`, `unknown-system`; 410 `payload-gone`; 422 `nothing-to-send`. */
export async function replayEvent(
  id: string,
  order: EventOrder,
  context: EventContext,
  actor: Actor,
  dryRun: boolean,
): Promise<EventReplayed> {
  const known = await readEvent(context.database, { id });
  if (!known) throw noEvent();
  for (const target of order.targets ?? []) mayReceive(target, known.event.source, context);
  const plans = new Map<string, Plan>();
  for (const sync of known.syncs) {
    if (!wanted(sync.target, order) || sync.state === 'open') continue;
    plans.set(sync.id, await replayPlan(sync.id, order.vocabulary, context));
  }
  return actOnLedger(context.database, dryRun, async client => {
    const event = await lockEvent(client, id);
    if (!event) throw noEvent();
    const mine = event.syncs.filter(sync => wanted(sync.target, order));
    const missing = order.targets?.filter(target => !event.syncs.some(sync => sync.target === target));
    const nowhere = missing === undefined ? event.syncs.length > 0 : missing.length === 0;
    const planned = nowhere ? [] : routeAgain(event, missing, context);
    if (planned.length === 0 && mine.every(sync => !plans.has(sync.id))) throw underWay();
    const answer: EventReplayed = { event: id, syncs: [], homes: [] };
    if (planned.length > 0) {
      const younger = await youngerThan(
        client,
        event,
        planned.map(sync => sync.target),
      );
      const older = younger.length > 0 || planned.some(sync => sync.state === 'superseded');
      if (older && !order.confirmStale) throw stale(younger);
      const rows = asRows(event, planned, context);
      answer.homes.push(...(await addSyncs(client, event, rows)));
      for (const row of rows) {
        const state = row.state === 'open' ? 'queued' : row.state;
        answer.syncs.push({ id: row.id, target: row.target, state, made: 'new' });
      }
    }
    for (const sync of mine) {
      const plan = plans.get(sync.id);
      if (plan === undefined) {
        answer.syncs.push({ id: sync.id, target: sync.target, state: 'waiting', made: 'under-way' });
        continue;
      }
      const replayed = await replayWithin(client, sync.id, { ...plan, confirmStale: order.confirmStale }, actor);
      answer.syncs.push({ id: sync.id, target: sync.target, state: replayed.state, made: 'replayed' });
      answer.homes.push(replayed.home);
    }
    await writeAudit(client, {
      who: actor.who,
      act: 'event.replay',
      subject: `event:${id}`,
      reason: actor.reason,
      before: { syncs: event.syncs.map(sync => ({ ...sync })) },
      after: { syncs: answer.syncs.map(sync => ({ ...sync })), targets: [...(order.targets ?? [])] },
    });
    return answer;
  });
}

const wanted = (target: string, order: EventOrder): boolean => order.targets?.includes(target) ?? true;

function mayReceive(target: string, source: string, context: EventContext): void {
  if (!context.systems.some(system => system.id === target)) throw noSystem(target);
  if (target !== source) return;
  throw nothing('Bên gửi không nhận lại sự kiện của chính mình.', 'A system is not sent its own event.');
}

/** Routes a stored event as if it were news; a named target that routing would leave out is served by the person's word. */
function routeAgain(stored: StoredEvent, targets: readonly string[] | undefined, context: EventContext): PlannedSync[] {
  const { payload, state } = stored;
  if (payload === undefined) throw payloadGone();
  const event = answered(payload.event, payload.answers);
  const type = EVENT_TYPES.get(event.type);
  if (type === undefined || type.internal) {
    throw nothing('Loại sự kiện này chỉ dùng trong cổng liên thông.', 'Events of this type stay within the gateway.');
  }
  const source = context.systems.find(system => system.id === event.source);
  if (source === undefined) throw noSystem(event.source);
  const { vocabulary } = context.vocabulary();
  const { asOf, begun } = payload;
  const normal = normalise(event, context.statusListOf(event.source), vocabulary, payload.previous, asOf);
  const desk = context.desk();
  const judge = (unit: string | null, procedure: string | null, target: RoutedSystem) =>
    judgeAtTheDesk({ event, type, unit, procedure, source, target, asOf, ...howBegun(begun, target.id) }, desk);
  const procedure = normal.procedure ?? state.procedure ?? null;
  const handler = vocabulary.handlerOf(procedure ?? '');
  const routed = route({ event, type, normal, state, handler, source, systems: context.systems, judge });
  if (targets === undefined) {
    if (routed.syncs.length > 0) return routed.syncs;
    const why = routed.question === undefined ? '' : ` (${String(routed.question.detail.reason)})`;
    throw nothing(
      `Theo quy tắc, sự kiện này không phải gửi cho hệ thống nào${why}. Nếu vẫn cần, nêu rõ bên nhận trong targets.`,
      `By the rules no system must hear of this event${why}. If one should, name it in targets.`,
    );
  }
  const unit = normal.unit ?? state.unit ?? stored.unit;
  return targets.map(id => {
    const routedSync = routed.syncs.find(sync => sync.target === id);
    if (routedSync !== undefined) return routedSync;
    const target = context.systems.find(system => system.id === id);
    if (target === undefined) throw noSystem(id);
    const { mode, held, recheckAt } = judge(unit, procedure, target);
    const park = normal.parks[0] ?? held;
    const planned = { target: id, unit, procedure, mode };
    return park ? { ...planned, state: 'parked', park, recheckAt } : { ...planned, state: 'open' };
  });
}

/** The rows to write; the entity notes what its targets are going to be told, so that it is known again when it comes back. */
function asRows(stored: StoredEvent, planned: readonly PlannedSync[], context: EventContext): SyncRow[] {
  const { payload, state } = stored;
  if (payload === undefined) throw payloadGone();
  const event = answered(payload.event, payload.answers);
  const { vocabulary } = context.vocabulary();
  const normal = normalise(event, context.statusListOf(event.source), vocabulary, payload.previous, payload.asOf);
  return planned.map(({ target, unit, procedure, mode, park, recheckAt }) => {
    const id = uuidv7();
    noteTold(state, target, leavesOf(event, normal), id, stored.id);
    return {
      id,
      event: stored.id,
      target,
      entity: stored.entity,
      home: unit ?? '0',
      unit,
      procedure,
      type: event.type,
      mode,
      state: park === undefined ? 'open' : 'parked',
      cause: park?.cause ?? null,
      detail: park === undefined ? null : detailOf(park),
      ...(park && waitsForFacts(park.cause) ? { factsVersion: context.desk().facts.version, recheckAt } : {}),
    };
  });
}

function noEvent(): GatewayError {
  return new GatewayError('not-found', 404, {
    vi: 'Không có sự kiện nào mang mã này.',
    en: 'There is no event of this id.',
  });
}

function nothing(vi: string, en: string): GatewayError {
  return new GatewayError('nothing-to-send', 422, { vi, en });
}

function underWay(): GatewayError {
  return new GatewayError('still-under-way', 409, {
    vi: 'Các lượt gửi của sự kiện này chưa kết thúc, sẽ tự gửi; không cần gửi lại.',
    en: 'The syncs of this event are still under way and go by themselves; there is nothing to replay.',
  });
}
