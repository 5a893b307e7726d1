/**
 * One look at everything that waits: opens, raises and closes escalations, and puts what is to be told into the outbox, all in one
 * transaction under one lock. A process that dies in it has done nothing; two that look at once do it once.
 */
import type pg from 'pg';
import { rungOf } from '../domain/levels.ts';
import { inTransaction } from '../ledger/database.ts';
import { putMessages } from '../ledger/escalation-outbox.ts';
import {
  closeEscalations,
  type Matter,
  openEscalations,
  type Risen,
  raiseEscalations,
  readOpenEscalations,
  readStanding,
  recountEscalations,
  type Standing,
} from '../ledger/escalations.ts';
import { calendarOf } from '../workflow/working-time.ts';
import { heightAt } from './climb.ts';
import type { EscalationContext } from './context.ts';
import { limitsOf } from './limits.ts';
import { messagesOf, type News } from './news.ts';

/** What one look did. */
export interface Steps {
  opened: number;
  raised: number;
  closed: number;
  messages: number;
}

/** A cause is over when nothing of it has stood from one look to the next: a sync that fails again at once is no new matter. */
const GONE_MS = 9 * 60_000;
/** Most that one look opens, longest-standing first; the next look goes on. */
const MOST_OPENED = 500;

/** Looks once. */
export function lookOnce(context: EscalationContext): Promise<Steps> {
  return inTransaction(context.database.patient, async client => {
    await client.query("SELECT pg_advisory_xact_lock(hashtext('lienthong escalations'))");
    const now = context.now();
    const news = await takeSteps(client, context, now);
    const messages = await messagesOf(client, news, context, now);
    await putMessages(client, messages, now);
    const count = (step: string): number => news.filter(one => one.step === step).length;
    return { opened: count('opened'), raised: count('raised'), closed: count('closed'), messages: messages.length };
  });
}

/** Writes every step that is due; answers what there is to tell. */
async function takeSteps(client: pg.ClientBase, context: EscalationContext, now: number): Promise<News[]> {
  const standing = await readStanding(client);
  const { risen, higher, still, gone } = compare(standing, await readOpenEscalations(client), context, now);
  const opened = await openEscalations(client, risen, now);
  const raised = await raiseEscalations(client, higher, now);
  await recountEscalations(client, still);
  const ids = gone.map(({ id }) => id);
  const closed = await closeEscalations(client, ids, now, GONE_MS);
  return [
    ...risen.flatMap((one): News[] => (opened.has(one.id) ? [{ step: 'opened', risen: one, from: 0 }] : [])),
    ...higher.flatMap(({ from, ...one }): News[] => (raised.has(one.id) ? [{ step: 'raised', risen: one, from }] : [])),
    ...gone.flatMap((one): News[] => (closed.has(one.id) ? [{ step: 'closed', risen: one, from: one.level }] : [])),
  ];
}

/** What stands now against what is open: the rungs reached in working time. */
function compare(standing: readonly Standing[], open: readonly Risen[], context: EscalationContext, now: number) {
  const { vocabulary } = context.desk();
  const limits = limitsOf(vocabulary);
  const calendar = calendarOf(vocabulary);
  const rest = new Map(open.map(one => [nameOf(one), one]));
  const risen: Risen[] = [];
  const higher: (Risen & { from: number })[] = [];
  const still: Risen[] = [];
  for (const one of standing) {
    const known = rest.get(nameOf(one));
    rest.delete(nameOf(one));
    const from = known?.level ?? 0;
    const above = limits.of(one.cause, one.unit).filter(({ level }) => rungOf(level) > from);
    const { rung, nextAt = null } = heightAt(one, above, calendar, now);
    const level = Math.max(from, rung);
    if (known === undefined) {
      if (rung > 0) risen.push({ ...one, id: context.newId(), level, nextAt, noticed: null });
      continue;
    }
    const { id, noticed } = known;
    still.push({ ...one, id, level, nextAt, noticed });
    if (rung > from) higher.push({ ...one, id, level, nextAt, noticed, from });
  }
  risen.sort((one, other) => one.since - other.since).splice(MOST_OPENED);
  return { risen, higher, still, gone: [...rest.values()] };
}

const nameOf = ({ cause, unit, target, key }: Matter): string => JSON.stringify([cause, unit, target, key]);
