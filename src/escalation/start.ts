/**
 * Escalation in one process with the scheduler role: looks every ten minutes, so that whatever happens nobody gets more than six
 * messages an hour, and sends every ten seconds; each tick is one scheduler's.
 */
import type { Schedule } from '../ledger/ticks.ts';
import type { EscalationContext } from './context.ts';
import { lookOnce } from './round.ts';
import { type Outcome, sendDue } from './send.ts';

export interface EscalationOptions extends EscalationContext {
  schedule: Pick<Schedule, 'every'>;
  /** Every message that was tried. */
  onOutcome(outcome: Outcome): void;
}

/** Starts; `stop` waits for what is in hand. */
export function startEscalation(options: EscalationOptions): { stop(): Promise<void> } {
  const inHand = new Set<Promise<void>>();
  let stopped = false;
  const send = async (): Promise<void> => {
    for (const outcome of await sendDue(options)) options.onOutcome(outcome);
  };
  const look = async (): Promise<void> => {
    const { messages } = await lookOnce(options);
    if (messages > 0) await send();
  };
  const held = (act: () => Promise<void>) => (): Promise<void> => {
    if (stopped) return Promise.resolve();
    const work = act();
    const done = work.catch(() => {}).finally(() => inHand.delete(done));
    inHand.add(done);
    return work;
  };
  options.schedule.every('escalations', '5 */10 * * * *', held(look));
  options.schedule.every('escalation messages', '*/10 * * * * *', held(send));
  return {
    async stop() {
      stopped = true;
      await Promise.all(inHand);
    },
  };
}
