/** `GET /v1/units` and `/v1/units/{code}`: the readiness board, one line a unit: how it takes part, what it lacks, whom to call. */
import type { FastifyInstance } from 'fastify';
import { PROVINCE } from '../domain/province.ts';
import type { JsonObject } from '../domain/words.ts';
import { type ReadinessInput, readinessOf, writtenAuthority } from '../facts/readiness.ts';
import { readTraffic, type TrafficRow } from '../ledger/traffic.ts';
import { readUnitSigns, type UnitSigns } from '../ledger/unit-signs.ts';
import type { PeopleContext } from './context.ts';
import { answer, page, query } from './request.ts';
import { splitOf, successionOf } from './succession.ts';
import { modeHistory, modesOf, UNIT_PARAMS, unitByCode } from './units-view.ts';

/** How long one reading of the ledger serves the board. */
const FRESH_MS = 3_000;
/** How far back it is looked which procedures came, and how many of the newest events. */
const TRAFFIC_DAYS = 31;
const TRAFFIC_MOST = 20_000;

interface Reading {
  signs: UnitSigns;
  traffic: readonly TrafficRow[];
}

/** Adds the two routes. */
export function registerUnits(app: FastifyInstance, context: PeopleContext): void {
  const read = fresh(async (): Promise<Reading> => {
    const [signs, { rows }] = await Promise.all([
      readUnitSigns(context.database, unitsNow(context)),
      readTraffic(context.database, TRAFFIC_DAYS, TRAFFIC_MOST),
    ]);
    return { signs, traffic: rows };
  });

  // made anew when a fact or the vocabulary has changed, and with every new reading
  let made: { reading: Reading; facts: object; vocabulary: object; lines: JsonObject[] } | undefined;
  const board = async (): Promise<JsonObject[]> => {
    const reading = await read();
    const facts = await context.factsKeeper.follow();
    const { vocabulary } = context.vocabulary();
    if (made?.reading !== reading || made.facts !== facts || made.vocabulary !== vocabulary) {
      made = { reading, facts, vocabulary, lines: boardOf(unitsNow(context), reading, context) };
    }
    return made.lines;
  };

  app.get<{ Querystring: { mode?: string } }>(
    '/v1/units',
    {
      schema: {
        summary: 'Mức độ sẵn sàng của các xã, phường · Readiness of units',
        description:
          'All communes and wards at once. Numbers are at most a few seconds old. Connections are those of each unit’s newest 60 syncs; ' +
          'failures and warnings are counted over the newest 5,000, words over the newest 20,000 events. Sign-ins of staff are not ' +
          'shown: no system tells them.',
        tags: ['units'],
        querystring: query({ mode: { type: 'string', enum: ['off', 'trial', 'official'] } }),
        response: page('Units with mode, readiness and what they lack, in the order in which to mend it'),
      },
    },
    async request => {
      const { mode } = request.query;
      const lines = await board();
      return { items: mode === undefined ? lines : lines.filter(line => line.mode === mode), next: null };
    },
  );

  app.get<{ Params: { code: string } }>(
    '/v1/units/:code',
    {
      schema: {
        summary: 'Một xã, phường: mức độ sẵn sàng và chế độ theo thời gian · One unit',
        tags: ['units'],
        params: UNIT_PARAMS,
        querystring: query({}),
        response: answer(
          'As in the list, with everything that was ever said of its mode and its succession; of a split unit, its successors and rules',
        ),
      },
    },
    async request => {
      await context.factsKeeper.follow();
      const desk = context.desk();
      const split = splitOf(request.params.code, desk);
      if (split !== undefined) return split;
      const unit = unitByCode(request.params.code, context);
      const [line] = boardOf([unit], await read(), context);
      return { ...line, modes: modeHistory(unit, desk), succession: successionOf(unit, desk) };
    },
  );
}

/** Communes and wards in force now, by code. */
function unitsNow(context: PeopleContext): string[] {
  const { vocabulary } = context.vocabulary();
  const at = new Date(context.desk().now).toISOString();
  return vocabulary.content.units
    .map(({ code }) => code)
    .filter(code => code !== PROVINCE && vocabulary.resolveUnit(code, at).ok)
    .sort();
}

function boardOf(units: readonly string[], { signs, traffic }: Reading, context: PeopleContext): JsonObject[] {
  const desk = context.desk();
  const { facts, vocabulary, now, enforced } = desk;
  const authority = writtenAuthority(facts, vocabulary, now);
  const seen = Map.groupBy(signs.systems, ({ unit }) => unit);
  const standing = Map.groupBy(signs.standing, ({ unit }) => unit);
  const warned = Map.groupBy(signs.warned, ({ unit }) => unit);
  const failed = new Map(signs.failedToday.map(({ unit, count }) => [unit, count]));
  const came = Map.groupBy(traffic, ({ unit }) => unit);
  return units.map(unit => {
    const words = wordsOf(came.get(unit) ?? [], vocabulary);
    const input: ReadinessInput = {
      unit,
      now,
      facts,
      vocabulary,
      enforced,
      systems: context.systems.map(({ id, role }) => ({ id, role })),
      seen: seen.get(unit) ?? [],
      standing: byCause(standing.get(unit)),
      warned: byCause(warned.get(unit)),
      failedToday: failed.get(unit) ?? 0,
      authority,
      ...(words === undefined ? {} : { words }),
    };
    return {
      code: unit,
      name: vocabulary.unitName(unit) ?? unit,
      ...modesOf(unit, desk),
      ...readinessOf(input),
    };
  });
}

const byCause = (counts: readonly { cause: string; count: number }[] = []): Record<string, number> =>
  Object.fromEntries(counts.map(({ cause, count }) => [cause, count]));

/** How many of the procedures that came for a unit have a plain title for its people. */
function wordsOf(rows: readonly TrafficRow[], vocabulary: ReadinessInput['vocabulary']): ReadinessInput['words'] {
  const codes = new Set(rows.map(({ procedure }) => procedure));
  if (codes.size === 0) return undefined;
  const covered = [...codes].filter(code => vocabulary.procedureFacts(code)?.hasPlainTitle === true).length;
  return { covered, of: codes.size };
}

/** One reading for all who ask within a few seconds; one that failed is forgotten at once. */
function fresh<T>(read: () => Promise<T>): () => Promise<T> {
  let held: { at: number; reading: Promise<T> } | undefined;
  return () => {
    if (held !== undefined && performance.now() - held.at < FRESH_MS) return held.reading;
    const reading = read();
    const mine = { at: performance.now(), reading };
    held = mine;
    reading.catch(() => {
      if (held === mine) held = undefined;
    });
    return reading;
  };
}
