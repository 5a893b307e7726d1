/** Empties the outbox: takes what is due, sends it, notes the outcome; what fails is tried again, at growing distances and not for ever. */
import { settleMessage, type TakenMessage, takeMessages } from '../ledger/escalation-outbox.ts';
import type { EscalationContext } from './context.ts';
import { NotSent, sendOn } from './ways.ts';

/** Longer than any way takes. */
const LEASE_MS = 60_000;
const AT_ONCE = 10;
/** Takings in one go. */
const MOST_TAKINGS = 20;
const FIRST_MS = 30_000;
const LONGEST_MS = 3_600_000;
/** 30 s, 1, 2, 4 … 32 min, then hourly: about four hours in all. */
const MOST_ATTEMPTS = 10;

export interface Outcome {
  id: string;
  recipient: string;
  state: 'sent' | 'retry' | 'failed';
  fault?: string;
}

/** Sends what is due; answers what became of it. */
export async function sendDue(context: EscalationContext): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let taking = 0; taking < MOST_TAKINGS; taking += 1) {
    const taken = await takeMessages(context.database, context.now(), LEASE_MS, AT_ONCE);
    if (taken.length === 0) break;
    const tried = await Promise.allSettled(taken.map(message => sendOne(message, context)));
    const broken = tried.find(one => one.status === 'rejected');
    if (broken !== undefined) throw broken.reason;
    outcomes.push(...tried.flatMap(one => (one.status === 'fulfilled' ? [one.value] : [])));
  }
  return outcomes;
}

async function sendOne(message: TakenMessage, context: EscalationContext): Promise<Outcome> {
  const { database, now } = context;
  const { id, recipient, attempts } = message;
  const error = await faultOf(message, context);
  if (error === undefined) {
    await settleMessage(database, { id }, now());
    return { id, recipient, state: 'sent' };
  }
  if (!(error instanceof NotSent)) {
    // a fault of ours: it is logged, and must not hold what comes behind it
    await settleMessage(database, { id, fault: 'gateway-fault' }, now());
    throw error;
  }
  const fault = error.message;
  if (!error.again || attempts >= MOST_ATTEMPTS) {
    await settleMessage(database, { id, fault }, now());
    return { id, recipient, state: 'failed', fault };
  }
  const wait = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempts - 1));
  await settleMessage(database, { id, fault, retryAt: now() + wait }, now());
  return { id, recipient, state: 'retry', fault };
}

/** Sends it once; undefined = it got through. */
async function faultOf(message: TakenMessage, { config, now }: EscalationContext): Promise<unknown> {
  const to = config.recipients.find(({ id }) => id === message.recipient);
  if (to === undefined) return new NotSent('the recipient is no longer configured', false);
  try {
    await sendOn(to, message, config, now());
    return undefined;
  } catch (error) {
    return error;
  }
}
