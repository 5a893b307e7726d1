/** From the steps of one look to the messages of it: who hears of what, and what each needs to decide. */
import type pg from 'pg';
import type { Recipient } from '../config/escalation.ts';
import { type NewMessage, type Step, takeBack, toldOf, type Unsent } from '../ledger/escalation-outbox.ts';
import { type Risen, readSamples } from '../ledger/escalations.ts';
import { type About, aboutOf, SAMPLES } from './about.ts';
import { hears } from './climb.ts';
import type { EscalationContext } from './context.ts';
import { highestFirst, messageOf, TOLD_WHOLE, type Told } from './message.ts';

/** A step that was taken; `from` is the rung it was taken from. */
export interface News {
  step: Step;
  risen: Risen;
  from: number;
}

/** One message for each recipient who has something to hear, with what has not been sent to them yet. */
export async function messagesOf(
  client: pg.ClientBase,
  news: readonly News[],
  context: EscalationContext,
  now: number,
): Promise<NewMessage[]> {
  if (news.length === 0) return [];
  const { config, sandbox, systems, newId } = context;
  const { facts, vocabulary } = context.desk();
  const known = new Map<string, About>();
  const about = async (risen: Risen): Promise<About> => {
    const found =
      known.get(risen.id) ??
      aboutOf(risen, await readSamples(client, risen, SAMPLES), { facts, vocabulary, systems, now, samples: sandbox });
    known.set(risen.id, found);
    return found;
  };
  const ids = config.recipients.map(({ id }) => id);
  const unsent = Map.groupBy(await takeBack(client, ids), ({ recipient }) => recipient);
  const closed = news.filter(({ step }) => step === 'closed').map(({ risen }) => risen.id);
  const told = await toldOf(client, closed);
  const messages: NewMessage[] = [];
  for (const recipient of config.recipients) {
    const tells = toTell(recipient, news, unsent.get(recipient.id) ?? [], told);
    if (tells.length === 0) continue;
    const whole: Told[] = [];
    for (const [index, { step, risen }] of tells.entries()) {
      whole.push({ step, risen, about: index < TOLD_WHOLE && step !== 'closed' ? await about(risen) : undefined });
    }
    messages.push({
      id: newId(),
      recipient: recipient.id,
      body: messageOf(whole, {
        unitName: code => vocabulary.unitName(code) ?? code,
        publicUrl: config.publicUrl,
        sample: sandbox,
      }),
      tells: tells.map(({ step, risen: { id, level } }) => ({ escalation: id, step, level })),
    });
  }
  return messages;
}

/** What a recipient is to hear: a limit tells those of the rungs that were passed, an end whoever may have heard of the beginning. */
function toTell(
  { id, levels, units }: Recipient,
  news: readonly News[],
  unsent: readonly Unsent[],
  told: ReadonlyMap<string, ReadonlySet<string>>,
): { step: Step; risen: Risen }[] {
  const tells = new Map(unsent.map(({ step, risen }) => [risen.id, { step, risen }]));
  for (const { step, risen, from } of news) {
    const { unit, level } = risen;
    const before = tells.get(risen.id);
    if (step === 'closed') {
      // what was over before it was told is told to nobody
      tells.delete(risen.id);
      if (told.get(risen.id)?.has(id)) tells.set(risen.id, { step, risen });
    } else if (hears(levels, from, level) && (units === undefined || (unit !== null && units.includes(unit)))) {
      tells.set(risen.id, { step: before?.step ?? step, risen });
    }
  }
  return [...tells.values()].sort(highestFirst);
}
