/**
 * `/v1/facts/export` and `/v1/facts/import`: a kind of facts as a table, since lists of posts and rights arrive as spreadsheets. Every
 * row is checked and every fault named with its row; then all is rehearsed and carried out in one change, or nothing is.
 */
import { Ajv } from 'ajv';
import type { FastifyInstance } from 'fastify';
import { requireScope } from '../auth/people.ts';
import { type Fault, InputFault } from '../domain/errors.ts';
import type { JsonObject } from '../domain/words.ts';
import { enter } from '../facts/entry.ts';
import { changesNothing, FACT_KINDS, type FactChange, type FactKind } from '../facts/fact.ts';
import type { FactFault } from '../facts/kind-checks.ts';
import { type KindRules, rulesOf } from '../facts/kinds.ts';
import { fromTable, type SheetRow, toTable } from '../facts/sheet.ts';
import { FORMATS } from '../http/formats.ts';
import { faultOfAjv } from '../http/schema-faults.ts';
import type { NamedChange } from '../ledger/facts.ts';
import { carryOutChange, carryOutRehearsed, rehearseChange } from '../sets/facts-change.ts';
import type { PeopleContext } from './context.ts';
import { entryContext, TIME } from './entering.ts';
import { UNIT } from './facts.ts';
import { chosen } from './facts-view.ts';
import { actorOf, answer, body, DRY_RUN, query, REASON, rehearsalOf, WORD } from './request.ts';

/** Most rows of one table. */
const MOST_ROWS = 10_000;
/** Most faults told at once. */
const MOST_FAULTS = 200;
const MOST_BYTES = 8 * 1024 * 1024;

interface Asked {
  kind: FactKind;
  table?: string[][];
  rehearsal?: string;
  reason: string;
  dryRun?: boolean;
}
const KIND = { type: 'string', enum: FACT_KINDS } as const;

/** Adds the two routes. */
export function registerFactsSheet(app: FastifyInstance, context: PeopleContext): void {
  app.get<{ Querystring: { kind: FactKind; unit?: string; at?: string } }>(
    '/v1/facts/export',
    {
      schema: {
        summary: 'Một loại mục dạng bảng · Facts of a kind as a table',
        tags: ['facts'],
        querystring: { ...query({ kind: KIND, unit: WORD, at: TIME }), required: ['kind'] },
        response: answer('`table`: rows of text, the heads first'),
      },
    },
    async request => {
      const { kind, ...wanted } = request.query;
      // a table is there to be entered again, with addresses whole
      if (kind === 'officer' && request.person) requireScope(request.person, 'operate');
      const rules = rulesOf(kind) as unknown as KindRules;
      return { kind, table: toTable(rules, chosen(rules, wanted, await context.factsKeeper.follow())) };
    },
  );

  app.post<{ Body: Asked }>(
    '/v1/facts/import',
    {
      bodyLimit: MOST_BYTES,
      schema: {
        summary: 'Nhập cả bảng · Enter a whole table',
        description:
          'The table as `GET /v1/facts/export` gives it; columns may stand in any order. What stands already as it is written is left alone. ' +
          'All of it is entered in one change, or, where any row has a fault, nothing.',
        tags: ['facts'],
        body: body(
          {
            kind: KIND,
            table: {
              type: 'array',
              minItems: 1,
              maxItems: MOST_ROWS + 1,
              items: { type: 'array', maxItems: 50, items: { type: 'string', maxLength: 5_000 } },
            },
            rehearsal: { type: 'string', format: 'uuid' },
            reason: REASON,
            dryRun: DRY_RUN,
          },
          ['kind', 'reason'],
        ),
        response: answer('How many are new, unchanged, ended; what it frees'),
      },
      preHandler: async request => {
        if (request.person) requireScope(request.person, 'operate');
      },
    },
    async request => {
      const { kind, table, reason, dryRun = false } = request.body;
      const rehearsal = rehearsalOf(request.body);
      const actor = actorOf(request, reason);
      if ((table === undefined) === (rehearsal === undefined)) throw either();
      if (table === undefined) {
        return { ...(await carryOutRehearsed(rehearsal as string, kind, actor, context)), dryRun };
      }
      await context.factsKeeper.follow();
      const { change, named, counts, warnings } = read(rulesOf(kind) as unknown as KindRules, table, actor, context);
      const told = {
        rows: counts,
        ...(warnings.length === 0 ? {} : { warnings: warnings.slice(0, MOST_FAULTS) }),
        dryRun,
      };
      if (changesNothing(change)) return { ...told, freed: [] };
      const done = dryRun
        ? await rehearseChange(change, named, actor.who, context)
        : await carryOutChange(change, named, actor, context);
      return { ...done, ...told };
    },
  );
}

function read(
  rules: KindRules,
  table: readonly (readonly string[])[],
  { who, reason }: { who: string; reason: string },
  context: PeopleContext,
): { change: FactChange; named: NamedChange; counts: JsonObject; warnings: JsonObject[] } {
  const { rows, faults } = fromTable(rules, table);
  if (faults.length > 0) throw refused(faults.map(fault => asFault(1, fault)));
  const shaped = rows.flatMap(row => shapeFaults(rules, row));
  if (shaped.length > 0) throw refused(shaped);
  const { entries, change } = enter(
    rules,
    rows.map(({ given }) => given),
    entryContext(context, { who, reason }),
  );
  const unsound = entries.flatMap((entry, at) => entry.faults.map(fault => asFault(rows[at]?.row ?? 0, fault)));
  if (unsound.length > 0) throw refused(unsound);
  const counts = {
    new: change.put.length,
    unchanged: entries.filter(({ unchanged }) => unchanged).length,
    ended: change.end?.length ?? 0,
  };
  const keys = change.put.slice(0, 100).map(({ key }) => key);
  return {
    change,
    named: { act: `${rules.kind}.import`, subject: `${rules.kind}:import`, before: null, after: { ...counts, keys } },
    counts,
    warnings: entries.flatMap((entry, at) =>
      entry.warnings.map(({ pointer, code, text, other = null }) => ({
        row: rows[at]?.row ?? 0,
        pointer,
        code,
        text: { ...text },
        other,
      })),
    ),
  };
}

/** Compiled once for a kind. */
const CHECKS = new Map<FactKind, ReturnType<Ajv['compile']>>();

function shapeFaults(rules: KindRules, { row, given }: SheetRow): Fault[] {
  let check = CHECKS.get(rules.kind);
  if (check === undefined) {
    const ajv = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true, formats: { ...FORMATS } });
    check = ajv.compile(body({ unit: UNIT, from: TIME, to: TIME, ...rules.members }, rules.required));
    CHECKS.set(rules.kind, check);
  }
  if (check(given)) return [];
  return (check.errors ?? []).map(error => {
    const { pointer, code, detail } = faultOfAjv(error);
    return atRow(row, pointer, code, detail);
  });
}

const asFault = (row: number, { pointer, code, text }: FactFault): Fault => atRow(row, pointer, code, text);
/** `/table/<row of the spreadsheet>/<member>`: the row as people see it numbered. */
const atRow = (row: number, pointer: string, code: string, detail: Fault['detail']): Fault => ({
  pointer: `/table/${row}${pointer}`,
  code,
  detail: { vi: `Dòng ${row}: ${detail.vi}`, en: `Row ${row}: ${detail.en}` },
});

function refused(faults: readonly Fault[]): InputFault {
  return new InputFault(
    'unsound-table',
    422,
    {
      vi: `Bảng có ${faults.length} chỗ chưa đúng; chưa nhập dòng nào.`,
      en: `The table has ${faults.length} faults; nothing was entered.`,
    },
    { faults: faults.slice(0, MOST_FAULTS), extra: { faultCount: faults.length } },
  );
}

function either(): InputFault {
  const detail = { vi: 'Cần đúng một trong table và rehearsal.', en: 'Exactly one of table and rehearsal is needed.' };
  return new InputFault('invalid-request', 400, detail, { faults: [{ pointer: '', code: 'one-of', detail }] });
}
