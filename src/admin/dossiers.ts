/**
 * One dossier's journey in short: its codes, what each system holds as far as it said or was told, its syncs and events.
 */
import type { FastifyInstance } from 'fastify';
import type { JsonObject } from '../domain/words.ts';
import { begunOf, isOfTrial } from '../entities/begun.ts';
import type { EntityState } from '../entities/state.ts';
import { modeAt } from '../facts/modes.ts';
import { readEntity } from '../ledger/read-dossier.ts';
import { listEvents } from '../ledger/read-events.ts';
import { entityKeys, listSyncs } from '../ledger/read-syncs.ts';
import { readProcessing } from '../ledger/workflow.ts';
import type { PeopleContext } from './context.ts';
import { maskAt, maskObject } from './mask.ts';
import { answer, notFound, query, WORD } from './request.ts';
import { clocksNow, shownClocks } from './workflow-view.ts';

/** Syncs and events shown. */
const SHOWN = 200;

/** Adds `/v1/dossiers/:code`; any code of the dossier will do. */
export function registerDossiers(app: FastifyInstance, context: PeopleContext): void {
  app.get<{ Params: { code: string } }>(
    '/v1/dossiers/:code',
    {
      schema: {
        summary: 'Hành trình của một hồ sơ · The journey of a dossier',
        tags: ['dossiers'],
        params: { type: 'object', properties: { code: WORD }, required: ['code'] },
        querystring: query({}),
        response: answer('Codes, what each system holds, syncs by state, events'),
      },
    },
    async request => {
      const { code } = request.params;
      const entity = await readEntity(context.database, code);
      if (!entity) throw notFound(`Không có hồ sơ nào mang mã ${code}.`, `There is no dossier ${code}.`);
      const all = { subject: code, from: new Date(0), limit: SHOWN };
      const syncs = await listSyncs(context.database, all);
      const events = await listEvents(context.database, all);
      const moved = await readProcessing(context.database, entityKeys(code));
      const byState: Record<string, number> = {};
      for (const sync of syncs.items) byState[sync.state] = (byState[sync.state] ?? 0) + 1;
      const { state } = entity;
      return {
        kind: entity.kind,
        code: entity.code,
        codes: codesOf(entity),
        updatedAt: entity.updatedAt,
        ...placeOf(state, context),
        // the three steps and their clocks; null where nothing moved yet
        workflow:
          moved === undefined
            ? null
            : shownClocks(clocksNow(moved, context.vocabulary().vocabulary, context.desk().now)),
        begun: trialOf(state, context),
        fields: maskObject(state.fields),
        systems: systemsOf(state, entity.foreignIds),
        answers: (state.answers ?? []).map(given => ({ ...given })),
        syncs: { byState, items: syncs.items, more: syncs.next !== null },
        events: { items: events.items, more: events.next !== null },
      };
    },
  );
}

function codesOf(entity: { state: EntityState; aliases: { key: string; learntFrom: string }[] }): JsonObject[] {
  const codes: JsonObject[] = entity.state.codes.map(code => ({ ...code }));
  for (const { key, learntFrom } of entity.aliases) {
    const code = key.slice(key.indexOf(':') + 1);
    if (!codes.some(known => known.code === code)) codes.push({ system: learntFrom, code, kind: 'alias' });
  }
  return codes;
}

/** Unit, procedure and status with their official names and the plain one. */
function placeOf(state: EntityState, context: PeopleContext): JsonObject {
  const { vocabulary } = context.vocabulary();
  const procedure = state.procedure === undefined ? undefined : vocabulary.procedureFacts(state.procedure);
  return {
    unit: state.unit === undefined ? null : { code: state.unit, name: vocabulary.unitName(state.unit) ?? null },
    procedure:
      state.procedure === undefined
        ? null
        : { code: state.procedure, name: procedure?.name ?? null, plainTitle: procedure?.plainTitle ?? null },
    status:
      state.national === undefined
        ? null
        : {
            national: state.national,
            name: vocabulary.statusName('national', state.national) ?? null,
            subStatus: state.subStatus ?? null,
            at: state.statusAt ?? null,
          },
  };
}

/** How each system is told of it, where a unit's rollout concerns it, and what becomes of a dossier of the trial. */
function trialOf(state: EntityState, context: PeopleContext): JsonObject | null {
  const { facts, now } = context.desk();
  if (state.unit === undefined || facts.of('unit-mode', state.unit).length === 0) return null;
  const { mode, openDossiers } = modeAt(facts, { unit: state.unit }, now);
  const ofTrial = isOfTrial(state);
  const closed = ofTrial && mode === 'official' && openDossiers === 'close';
  return {
    mode: ofTrial ? 'trial' : 'official',
    bySystem: { ...begunOf(state) },
    closed,
    text: closed
      ? {
          vi: 'Hồ sơ vận hành thử, đã khép lại khi đơn vị chuyển sang vận hành chính thức; không gửi tiếp.',
          en: 'A dossier of the trial, closed when the unit became official; nothing more is sent.',
        }
      : null,
  };
}

/** Personal values among the leaves are kept by hash or masked: names of leaves end like the fields they come from. */
function systemsOf(state: EntityState, foreignIds: readonly { system: string; id: string }[]): JsonObject[] {
  const names = new Set([...Object.keys(state.held), ...foreignIds.map(foreign => foreign.system)]);
  return [...names].sort().map(system => {
    const leaves = state.held[system]?.leaves ?? {};
    return {
      system,
      foreignId: foreignIds.find(foreign => foreign.system === system)?.id ?? null,
      holds: Object.entries(leaves).map(([field, [value, told]]) => ({
        field,
        value: /identity|phone|email|address/i.test(field) ? '***' : maskAt(`/${field.replaceAll('.', '/')}`, value),
        from: told === 1 ? 'gateway' : 'itself',
      })),
    };
  });
}
