/**
 * `POST /v1/causes/resolve`: one answer for all that is held at the desk for the same reason. Rehearsed, then exactly that set is
 * answered, sync by sync; what has changed since is counted, not done.
 */
import type { FastifyInstance } from 'fastify';
import { uuidv7 } from 'uuidv7';
import { requireScope } from '../auth/people.ts';
import type { CauseCode } from '../domain/causes.ts';
import { GatewayError, InputFault } from '../domain/errors.ts';
import { actOnLedger } from '../ledger/act.ts';
import { type HeldFilter, heldFor } from '../ledger/held-for.ts';
import { keepRehearsal, takeRehearsal } from '../ledger/rehearsals.ts';
import type { PeopleContext } from './context.ts';
import { actorOf, answer, body, DRY_RUN, REASON, WORD } from './request.ts';
import { DECIDABLE, DECISIONS, type DeskChoice, decideSync } from './sync-decisions.ts';

/** Most syncs of one set; the answer says when there were more. */
const MOST = 1_000;
/** Items shown of a set. */
const SHOWN = 50;

interface Asked {
  filter?: HeldFilter;
  answer?: DeskChoice;
  rehearsal?: string;
  reason: string;
  dryRun?: boolean;
}
interface Kept {
  syncs: string[];
  answer: DeskChoice;
  cause: CauseCode;
}

/** Adds the route. */
export function registerResolveMany(app: FastifyInstance, context: PeopleContext): void {
  app.post<{ Body: Asked }>(
    '/v1/causes/resolve',
    {
      schema: {
        summary:
          'Trả lời một lần cho mọi lượt giữ lại vì cùng lý do · One answer for all that is held for the same reason',
        description: `Give \`filter\` and \`answer\` with \`dryRun\`, then the \`rehearsal\` that it answers: exactly that set (at most ${MOST}) is answered. done + changed + failed = counted.`,
        tags: ['syncs'],
        body: body(
          {
            filter: {
              type: 'object',
              additionalProperties: false,
              properties: {
                cause: { type: 'string', enum: [...DECIDABLE] },
                unit: WORD,
                target: WORD,
                procedure: WORD,
                type: WORD,
              },
              required: ['cause'],
            },
            answer: {
              type: 'object',
              additionalProperties: false,
              properties: { decision: { type: 'string', enum: DECISIONS }, seat: WORD, officerId: WORD },
              minProperties: 1,
              maxProperties: 1,
            },
            rehearsal: { type: 'string', format: 'uuid' },
            reason: REASON,
            dryRun: DRY_RUN,
          },
          ['reason'],
        ),
        response: answer('With `dryRun` the rehearsal with counts and items; else what was done'),
      },
      preHandler: async request => {
        if (request.person) requireScope(request.person, 'operate');
      },
    },
    async request => {
      const { filter, answer: choice, rehearsal, reason, dryRun = false } = request.body;
      const actor = actorOf(request, reason);
      const { database } = context;
      if (rehearsal !== undefined) {
        if (filter !== undefined || choice !== undefined || dryRun) throw either();
        const kept = await actOnLedger(database, false, client =>
          takeRehearsal<Kept>(client, 'resolve', rehearsal, actor.who),
        );
        return { ...(await answerAll(context, kept, actor)), dryRun };
      }
      if (filter === undefined || choice === undefined || !dryRun) throw either();
      const { syncs, more } = await heldFor(database, filter, MOST);
      const kept: Kept = { syncs: syncs.map(({ id }) => id), answer: choice, cause: filter.cause };
      const id = uuidv7();
      const expiresAt = await keepRehearsal(database, 'resolve', id, kept, syncs.length, actor.who);
      const byUnit = [...Map.groupBy(syncs, ({ unit }) => unit)]
        .map(([unit, some]) => ({ unit, count: some.length }))
        .sort((a, b) => b.count - a.count);
      return {
        rehearsal: id,
        expiresAt,
        counts: { counted: syncs.length, more, byUnit },
        items: syncs.slice(0, SHOWN),
        dryRun,
      };
    },
  );
}

/** Answers each that is still held for the same cause. */
async function answerAll(
  context: PeopleContext,
  { syncs, answer: choice, cause }: Kept,
  actor: Parameters<typeof decideSync>[3],
) {
  const counts = { counted: syncs.length, done: 0, changed: 0, failed: 0 };
  const failures: { id: string; code: string }[] = [];
  for (const id of syncs) {
    try {
      await decideSync(context, id, choice, actor, false, cause);
      counts.done += 1;
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      if (error.code === 'not-parked' || error.code === 'not-found') counts.changed += 1;
      else {
        counts.failed += 1;
        failures.push({ id, code: error.code });
      }
    }
  }
  return { counts, failures: failures.slice(0, SHOWN) };
}

function either(): InputFault {
  const detail = {
    vi: 'Cần filter và answer cùng dryRun để xem trước; rồi chỉ rehearsal để thực hiện.',
    en: 'Give filter and answer with dryRun for a rehearsal; then the rehearsal alone to carry it out.',
  };
  return new InputFault('invalid-request', 400, detail, { faults: [{ pointer: '', code: 'one-of', detail }] });
}
