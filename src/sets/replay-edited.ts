/**
 * One sync again with its data edited by a person: judged as the event itself was (schema, unit, target), stored as a new
 * revision that this sync alone uses, and sent from its place or the lane's tail like any replay, all in one transaction.
 * An edit corrects what an event says; it cannot make it say something of another dossier or take its target away.
 */
import { isDeepStrictEqual } from 'node:util';
import type pg from 'pg';
import type { SystemConfig } from '../config/system.ts';
import { type Difference, differences } from '../delivery/json-differences.ts';
import type { Prepared as Translated } from '../delivery/translate-sync.ts';
import { GatewayError, InputFault } from '../domain/errors.ts';
import type { JsonObject } from '../domain/words.ts';
import { howBegun } from '../entities/begun.ts';
import { leavesOf, noteTold } from '../entities/echo.ts';
import { withEdit, withEditedEntity } from '../entities/edit.ts';
import { answered, decidedOver, type Payload } from '../entities/payload.ts';
import type { EntityState } from '../entities/state.ts';
import type { EventChecker } from '../http/event-checks.ts';
import { checkEvents } from '../intake/checked.ts';
import { type Prepared, prepare } from '../intake/decide.ts';
import { type Actor, actOnLedger, lockSync } from '../ledger/act.ts';
import { writeAudit } from '../ledger/audit.ts';
import { storeStates } from '../ledger/entity-state.ts';
import { lockEvent } from '../ledger/event-again.ts';
import type { SyncDetail } from '../ledger/read-sync.ts';
import { changedSince, type Replayed, replayWithin } from '../ledger/replay.ts';
import type { ReplayVocabulary } from '../ledger/replays.ts';
import { addRevision, useRevision } from '../ledger/revisions.ts';
import { type DeskContext, judgeAtTheDesk } from '../routing/at-the-desk.ts';
import { type PlannedSync, type RoutedSystem, route } from '../routing/route.ts';
import { type Normalised, normalise } from '../translation/normalise.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';
import { type Plan, type PlanContext, prepareAgain, releaseFor, replayable } from './replay-plan.ts';

export interface EditContext extends PlanContext {
  systems: readonly SystemConfig[];
  checker: EventChecker;
  /** What is known about desks now. */
  desk(): DeskContext;
}
/** An edit that was judged and may be carried out. */
export interface Edit {
  detail: SyncDetail;
  before: Prepared;
  after: Prepared;
  /** As it is to be stored. */
  payload: Payload;
  normal: Normalised;
  /** What changes in `data`; personal data not yet masked. */
  differences: Difference[];
  /** What would go out; ready to be sent, or what stands in its way. */
  translated: Translated;
  vocabulary: Vocabulary;
  plan: Plan;
}
export interface EditReplayed extends Replayed {
  revision: number;
  routing: { unit: string | null; procedure: string | null; targets: string[] };
}

/** Judges an edit of a sync's data. Throws 404, 409 `unknown-system`, 410 `payload-gone`; 422 naming every fault. */
export async function judgeEdit(
  id: string,
  patch: JsonObject,
  wanted: ReplayVocabulary,
  context: EditContext,
): Promise<Edit> {
  const { detail, payload, target } = await replayable(id, context);
  const { fixed, vocabulary } = await releaseFor(detail, wanted, context);
  const edited = withEdit(payload, patch);
  const changed = differences(payload.event.data, edited.event.data, '/data');
  if (changed.length === 0) throw nothingChanged();
  const before = prepare(payload.event);
  const systemOf = (name: string) => context.systems.find(system => system.id === name);
  const [after] = checkEvents([edited.event], context.checker, systemOf, true);
  if (after === undefined) throw new Error('one event was checked and none came out');
  sameEntity(before, after, patch);
  const normal = normalise(
    answered(edited.event, edited.answers),
    context.statusListOf(edited.event.source),
    vocabulary,
    edited.previous,
    edited.asOf,
  );
  const whole = withEditedEntity(payload, edited, normal);
  const translated = prepareAgain(whole, target, vocabulary, context);
  const { sentHash } = detail.stored;
  const otherBytes = !translated.ok || translated.hash !== sentHash;
  const plan = { ...fixed, otherBytes };
  return { detail, before, after, payload: whole, normal, differences: changed, translated, vocabulary, plan };
}

/**
 * Carries a judged edit out. Throws 409 `still-under-way`, `younger-delivered`, `changed-since`, `lane-busy`; 422 `wrong-target`,
 * and `edit-does-not-go` unless it is only a preview.
 */
export function replayEdited(
  edit: Edit,
  confirmStale: boolean,
  context: EditContext,
  actor: Actor,
  dryRun: boolean,
): Promise<EditReplayed> {
  const { detail, payload, normal, translated } = edit;
  const { id, eventId, target } = detail.sync;
  if (!translated.ok && !dryRun) throw staysParked(translated.blocked);
  return actOnLedger(context.database, dryRun, async client => {
    const event = await lockEvent(client, eventId);
    if (!event) throw new Error(`sync ${id} has no event`);
    const now = routed(payload, normal, event.state, edit.vocabulary, context);
    if (!now.some(sync => sync.target === target)) mayLack(edit, event.state, now, context);
    const mine = now.find(sync => sync.target === target);
    const basis = await lockBasis(client, detail);
    const revision = await addRevision(
      client,
      { event: eventId, basedOn: basis, sync: id, kind: 'edit', payload },
      actor,
    );
    await useRevision(client, id, revision, { unit: mine?.unit ?? normal.unit, procedure: normal.procedure });
    noteTold(event.state, target, leavesOf(answered(payload.event, payload.answers), normal), id, eventId);
    await storeStates(client, new Map([[event.entity, event.state]]));
    await writeAudit(client, {
      who: actor.who,
      act: 'sync.edit',
      subject: `sync:${id}`,
      reason: actor.reason,
      before: { revision: basis, hash: edit.before.hash.toString('hex') },
      after: {
        revision,
        hash: edit.after.hash.toString('hex'),
        pointers: edit.differences.map(difference => difference.pointer),
      },
    });
    const replayed = await replayWithin(client, id, { ...edit.plan, confirmStale }, actor);
    return {
      ...replayed,
      revision,
      routing: {
        unit: mine?.unit ?? normal.unit ?? detail.sync.unit ?? null,
        procedure: mine?.procedure ?? normal.procedure ?? detail.sync.procedure ?? null,
        targets: now.map(sync => sync.target),
      },
    };
  });
}

/** Locks the sync; answers the revision that was edited. Throws 409 where another one counts by now. */
async function lockBasis(client: pg.ClientBase, detail: SyncDetail): Promise<number> {
  const sync = await lockSync(client, detail.sync.id);
  if (sync.revision !== detail.stored.revision) throw changedSince(sync.state);
  return sync.revision;
}

/** Where the rules send what this payload says, given what is known of its entity now. */
function routed(
  payload: Payload,
  normal: Normalised,
  state: EntityState,
  vocabulary: Vocabulary,
  context: EditContext,
): PlannedSync[] {
  const event = answered(payload.event, payload.answers);
  const { type } = prepare(event);
  const source = context.systems.find(system => system.id === event.source);
  if (source === undefined) return [];
  const handler = vocabulary.handlerOf(normal.procedure ?? state.procedure ?? '');
  const { asOf, begun } = payload;
  const decided = decidedOver(payload);
  const desk = context.desk();
  const judge = (unit: string | null, procedure: string | null, target: RoutedSystem) =>
    judgeAtTheDesk(
      { event, type, unit, procedure, source, target, asOf, decided, ...howBegun(begun, target.id) },
      desk,
    );
  return route({ event, type, normal, state, handler, source, systems: context.systems, judge }).syncs;
}

/** A sync that the rules give no target may go on as before (a person has sent it there); one that loses its target may not. */
function mayLack(edit: Edit, state: EntityState, now: readonly PlannedSync[], context: EditContext): void {
  const { payload } = edit.detail;
  if (payload === undefined) return;
  const { vocabulary } = edit;
  const statusList = context.statusListOf(payload.event.source);
  const event = answered(payload.event, payload.answers);
  const was = routed(
    payload,
    normalise(event, statusList, vocabulary, payload.previous, payload.asOf),
    state,
    vocabulary,
    context,
  );
  const { target } = edit.detail.sync;
  if (!was.some(sync => sync.target === target)) return;
  const targets = now.map(sync => sync.target);
  throw new GatewayError(
    'wrong-target',
    422,
    {
      vi: `Với dữ liệu đã sửa, theo quy tắc sự kiện này không gửi cho ${target}. Bỏ lượt gửi này, và sửa ở hệ thống nguồn.`,
      en: `With the edited data the rules do not send this event to ${target}. Drop this sync and mend it in the source system.`,
    },
    { extra: { targets } },
  );
}

/** The dossier, document or procedure stays the same: its lane keeps the order. Throws 422 naming the members. */
function sameEntity(before: Prepared, after: Prepared, patch: JsonObject): void {
  if (isDeepStrictEqual(before.entity, after.entity)) return;
  const detail = {
    vi: 'Không sửa được mã: sự kiện sẽ thuộc về một hồ sơ khác. Bỏ lượt gửi này và gửi sự kiện mới từ hệ thống nguồn.',
    en: 'A code cannot be edited: the event would be about another dossier. Drop this sync and send a new event from the source.',
  };
  const members = Object.keys(patch).filter(member => {
    const alone = { ...before.event, data: { ...before.event.data, [member]: after.event.data[member] ?? null } };
    return !isDeepStrictEqual(prepare(alone).entity, before.entity);
  });
  throw new InputFault('other-entity', 422, detail, {
    faults: members.map(member => ({ pointer: `/data/${member}`, code: 'other-entity', detail })),
  });
}

function nothingChanged(): InputFault {
  const detail = {
    vi: 'Dữ liệu gửi lên không khác gì bản đang lưu; không có gì để sửa.',
    en: 'The data given is what is stored already; there is nothing to edit.',
  };
  return new InputFault('nothing-changed', 422, detail, {
    faults: [{ pointer: '/data', code: 'nothing-changed', detail }],
  });
}

function staysParked({ cause, pointer }: { cause: string; pointer: string }): GatewayError {
  const detail = {
    vi: 'Với dữ liệu này lượt gửi vẫn bị giữ lại ở chỗ này. Sửa cả chỗ này, hoặc trả lời câu hỏi trước.',
    en: 'With this data the sync would be parked at this place. Edit this too, or answer the question first.',
  };
  return new InputFault('edit-does-not-go', 422, detail, {
    faults: [{ pointer, code: cause, detail }],
    extra: { cause, pointer },
  });
}
