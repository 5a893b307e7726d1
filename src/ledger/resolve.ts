/**
 * Answers what a sync is parked for: a new revision of its payload that holds the answer, and the lane goes on. With
 * `remember: "dossier"` the entity keeps the answer for later events, and its other syncs that wait for the same are freed. A unit that
 * is known only now is judged at the desk: where a fact is missing there, the sync waits for that from now on.
 * Locks: entity, then lanes by target, then syncs, then the audit head.
 */
import type pg from 'pg';
import type { CauseCode } from '../domain/causes.ts';
import { GatewayError } from '../domain/errors.ts';
import type { Json, JsonObject } from '../domain/words.ts';
import { putInto, type Question, withAnswers } from '../entities/answer.ts';
import { noteUnderstood } from '../entities/echo.ts';
import type { Payload } from '../entities/payload.ts';
import type { Answer, EntityState } from '../entities/state.ts';
import { waitsForFacts } from '../facts/waits.ts';
import { type Actor, actOnLedger, answerDoesNotHelp, freeLane, lockSync, notParked } from './act.ts';
import { writeAudit } from './audit.ts';
import type { Database } from './database.ts';
import { storeStates } from './entity-state.ts';
import { type Judgeable, type StillHeld, type Verdict, writeHeld } from './judged.ts';
import { keepWarnings } from './keep-warnings.ts';
import { addRevision, useRevision } from './revisions.ts';
import { open } from './seal.ts';
import { learnMoves } from './workflow.ts';

export interface ResolveOptions {
  remember: 'no' | 'dossier';
  /** Makes the answers to `question` about `payload`; throws what refuses them. */
  answer(question: Question, payload: Payload, target: string): Answer[];
  /** Unit and procedure that the answers settle, as they are to stand on the sync. */
  settles: { unit?: string; procedure?: string };
  /** May it go now, with its answers? Undefined where its systems are gone. */
  judge(sync: Judgeable): Verdict | undefined;
  /** Version of the facts that `judge` goes by. */
  factsVersion: number;
}
export interface Resolved {
  id: string;
  /** Every sync that goes on now, the asked one first. */
  freed: { id: string; target: string; revision: number }[];
  /** Understood now, but their desk lacks something. */
  held: { id: string; target: string; cause: CauseCode; detail: JsonObject }[];
  answers: { pointer: string; from: Json; to: Json }[];
  remembered: boolean;
  homes: { target: string; home: string }[];
}

interface Parked {
  id: string;
  event: string;
  target: string;
  home: string;
  lane: number;
  pos: number;
  revision: number;
  unit: string | null;
  procedure: string | null;
}

/** Throws 404, 409 `not-parked`, and what `answer` throws. */
export function resolveSync(
  database: Database,
  id: string,
  options: ResolveOptions,
  actor: Actor,
  dryRun: boolean,
): Promise<Resolved> {
  return actOnLedger(database, dryRun, async client => {
    const entity = await lockEntityOf(client, id);
    if (entity !== undefined) {
      // by target and entity, as lanes are indexed
      await client.query(
        'SELECT 1 FROM lanes WHERE target = ANY(ARRAY(SELECT target FROM targets)) AND entity = $1 ORDER BY target FOR UPDATE',
        [entity.id],
      );
    }
    const sync = await lockSync(client, id);
    if (sync.state !== 'parked') throw notParked(sync.state);
    const question = await questionOf(client, id, sync.cause);
    const payload = await payloadOf(client, sync);
    const answers = options.answer(question, payload, sync.target);
    const others = options.remember === 'dossier' ? await sameQuestion(client, sync.entity, id, question) : [];
    const freed: Resolved['freed'] = [];
    const held: Resolved['held'] = [];
    const state = entity && (open({ keyId: entity.key_id, body: entity.state }) as unknown as EntityState);
    for (const parked of [sync as Parked, ...others]) {
      const own = parked.id === id ? payload : await payloadOf(client, parked);
      const answeredNow = withAnswers(own, answers);
      const revision = await addRevision(
        client,
        {
          event: parked.event,
          basedOn: parked.revision,
          sync: parked.id,
          kind: 'answer',
          payload: answeredNow,
        },
        actor,
      );
      const judged = options.judge({
        ...parked,
        revision,
        entity: sync.entity,
        pointer: question.pointer ?? null,
        value: question.value ?? null,
        payload: answeredNow,
      });
      if (judged !== undefined && 'held' in judged && waitsForFacts(judged.held.cause)) {
        if (parked.id === id && judged.held.cause === sync.cause) throw answerDoesNotHelp(judged.held.cause);
        await hold(client, parked, { ...judged.held, revision }, options);
        held.push({ id: parked.id, target: parked.target, cause: judged.held.cause, detail: judged.held.detail });
        continue;
      }
      const free = judged !== undefined && 'free' in judged ? judged.free : undefined;
      await reopen(client, parked, revision, options.settles, free?.mode);
      await keepWarnings(client, [{ event: parked.event, target: parked.target, warnings: free?.warnings ?? [] }]);
      freed.push({ id: parked.id, target: parked.target, revision });
      const told = { target: parked.target, sync: parked.id, event: parked.event, type: own.event.type };
      if (state) noteUnderstood(state, told, options.settles);
      await learnMoves(client, [{ entity: sync.entity, event: parked.event, ...options.settles }]);
    }
    if (entity !== undefined && state !== undefined) {
      if (options.remember === 'dossier') rememberAnswers(state, answers, options.settles);
      await storeStates(client, new Map([[entity.id, state]]));
    }
    const resolved: Resolved = {
      id,
      freed,
      held,
      answers: answers.map(({ pointer, from, to }) => ({ pointer, from, to })),
      remembered: options.remember === 'dossier',
      homes: [sync as Parked, ...others].map(({ target, home }) => ({ target, home })),
    };
    await writeAudit(client, {
      who: actor.who,
      act: 'sync.resolve',
      subject: `sync:${id}`,
      reason: actor.reason,
      before: { state: 'parked', cause: sync.cause, pointer: question.pointer ?? null, value: question.value ?? null },
      after: {
        state: freed.some(one => one.id === id) ? 'open' : 'parked',
        answers: resolved.answers,
        remember: options.remember,
        freed: freed.map(one => one.id),
        held: held.map(one => ({ id: one.id, cause: one.cause })),
      },
    });
    return resolved;
  });
}

interface EntityRow {
  id: number;
  key_id: number;
  state: Buffer;
}

async function lockEntityOf(client: pg.ClientBase, sync: string): Promise<EntityRow | undefined> {
  const { rows } = await client.query<EntityRow>(
    `SELECT id, key_id, state FROM entities WHERE id = (SELECT l.entity FROM syncs s JOIN lanes l ON l.lane = s.lane WHERE s.id = $1)
     FOR UPDATE`,
    [sync],
  );
  return rows[0];
}

async function questionOf(client: pg.ClientBase, id: string, cause: string | null): Promise<Question> {
  const { rows } = await client.query<{ detail: JsonObject | null }>('SELECT detail FROM problems WHERE sync = $1', [
    id,
  ]);
  const detail = rows[0]?.detail ?? {};
  return {
    cause,
    ...(typeof detail.pointer === 'string' ? { pointer: detail.pointer } : {}),
    ...(detail.value === undefined ? {} : { value: detail.value }),
    candidates: Array.isArray(detail.candidates) ? (detail.candidates as unknown as { code: string }[]) : null,
  };
}

async function payloadOf(client: pg.ClientBase, sync: { event: string; revision: number }): Promise<Payload> {
  const { rows } = await client.query<{ key_id: number; body: Buffer }>(
    'SELECT key_id, body FROM payloads WHERE event = $1 AND revision = $2',
    [sync.event, sync.revision],
  );
  const row = rows[0];
  if (!row) {
    throw new GatewayError('payload-gone', 410, {
      vi: 'Nội dung của sự kiện này đã hết hạn lưu.',
      en: 'The content of this event is past its retention.',
    });
  }
  return open({ keyId: row.key_id, body: row.body }) as unknown as Payload;
}

/** Other syncs of the entity parked at the same place for the same value. */
async function sameQuestion(client: pg.ClientBase, entity: number, id: string, question: Question): Promise<Parked[]> {
  const { rows } = await client.query<Parked>(
    `SELECT s.id, s.event, s.target, l.home, s.lane, s.pos, s.revision, s.unit, s.procedure
     FROM lanes l JOIN syncs s ON s.lane = l.lane AND s.pos >= l.head JOIN problems p ON p.sync = s.id
     WHERE l.target = ANY(ARRAY(SELECT target FROM targets)) AND l.entity = $1 AND s.state = 'parked' AND s.id <> $2 AND s.cause = $3 AND p.detail->>'pointer' = $4 AND p.detail->'value' = $5::jsonb
     ORDER BY s.id FOR UPDATE OF s`,
    [entity, id, question.cause, question.pointer ?? null, JSON.stringify(question.value ?? null)],
  );
  return rows;
}

async function reopen(
  client: pg.ClientBase,
  parked: Parked,
  revision: number,
  settles: ResolveOptions['settles'],
  mode: string | undefined,
): Promise<void> {
  await client.query(
    `UPDATE syncs SET state = 'open', cause = NULL, fixed_release = NULL, revision = $2, unit = coalesce($3, unit), procedure = coalesce($4, procedure), mode = coalesce($5, mode), updated_at = now()
     WHERE id = $1 AND state = 'parked'`,
    [parked.id, revision, settles.unit ?? null, settles.procedure ?? null, mode ?? null],
  );
  await client.query('DELETE FROM problems WHERE sync = $1', [parked.id]);
  await freeLane(client, parked.lane, parked.pos);
}

/** It goes on waiting at its place, with the answer, for what its desk lacks. */
async function hold(
  client: pg.ClientBase,
  { id }: Parked,
  held: StillHeld,
  { settles, factsVersion }: ResolveOptions,
): Promise<void> {
  await useRevision(client, id, held.revision, settles);
  await writeHeld(client, [held], factsVersion);
}

function rememberAnswers(state: EntityState, answers: readonly Answer[], settles: ResolveOptions['settles']): void {
  state.answers = [
    ...(state.answers ?? []).filter(
      old => !answers.some(fresh => fresh.pointer === old.pointer && fresh.from === old.from),
    ),
    ...answers,
  ];
  state.fields = putInto(state.fields, answers);
  if (settles.unit !== undefined) state.unit ??= settles.unit;
  if (settles.procedure !== undefined) state.procedure ??= settles.procedure;
}
