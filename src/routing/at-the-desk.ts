/**
 * Asks the facts about desks whether an event may go to a system for a unit: the question is put together here, once for acceptance
 * and once more whenever something that waits is judged again. Pure.
 */
import type { CauseCode } from '../domain/causes.ts';
import type { EventType } from '../domain/event-types.ts';
import { deskOf } from '../domain/province.ts';
import type { GatewayEvent, Role } from '../domain/words.ts';
import { authorityRule } from '../facts/authority-rule.ts';
import { type Judgement, judge, type Rule } from '../facts/judge.ts';
import type { KnownFacts } from '../facts/known-facts.ts';
import { rightRule } from '../facts/right-rule.ts';
import { signerRule } from '../facts/signer-rule.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';

/** What judging needs besides the event. */
export interface DeskContext {
  facts: KnownFacts;
  vocabulary: Vocabulary;
  /** Ms of the epoch. */
  now: number;
  /** Every list counts as complete (the sandbox). */
  enforced: boolean;
}
/** The event as it was understood. */
export interface AtTheDesk {
  event: GatewayEvent;
  type: EventType;
  unit: string | null;
  procedure: string | null;
  source: { id: string; role: Role };
  target: { id: string; role: Role };
  /** As of when it was read (RFC 3339); undefined = its own time. */
  asOf?: string | undefined;
  begunOnTrial: boolean;
  begunOfficially?: boolean | undefined;
  /** Causes over which a person decided that it goes all the same. */
  decided?: ReadonlySet<CauseCode> | undefined;
}

/** In the order in which they are asked. */
const RULES: readonly Rule[] = [authorityRule, rightRule, signerRule];

/** May it go, how, and what stands in the way? */
export function judgeAtTheDesk(asked: AtTheDesk, { facts, vocabulary, now, enforced }: DeskContext): Judgement {
  const { event, type, unit, procedure, source, target, asOf, begunOnTrial, begunOfficially = false, decided } = asked;
  const field = procedure === null ? undefined : vocabulary.procedureFacts(procedure)?.record.field;
  return judge(
    {
      event,
      type,
      unit: deskOf(unit),
      procedure,
      field,
      source,
      target,
      at: Date.parse(asOf ?? event.time),
      now,
      begunOnTrial,
      begunOfficially,
      decided,
      enforced,
      facts,
      vocabulary,
    },
    RULES,
  );
}
