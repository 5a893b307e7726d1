/** What all routes share that change facts about desks: what an act takes, one fact entered, and the refusal of what is unsound. */
import { uuidv7 } from 'uuidv7';
import { InputFault } from '../domain/errors.ts';
import { type Entry, type EntryContext, enter, type GivenFact } from '../facts/entry.ts';
import type { FactChange, NewFact } from '../facts/fact.ts';
import type { FactFault } from '../facts/kind-checks.ts';
import type { KindRules } from '../facts/kinds.ts';
import type { Actor } from '../ledger/act.ts';
import type { PeopleContext } from './context.ts';
import { DRY_RUN, REASON } from './request.ts';

/** A day or a time. */
export const TIME = { type: 'string', format: 'date-or-time', maxLength: 35 } as const;
const REHEARSAL = {
  type: 'string',
  format: 'uuid',
  description: 'Làm đúng điều đã xem trước · Does exactly what the rehearsal showed; nothing else is read then',
} as const;
/** What every act takes: a reason, and a preview or the word to carry one out. */
export const ACT = { reason: REASON, dryRun: DRY_RUN, rehearsal: REHEARSAL } as const;
export interface Act {
  reason: string;
  dryRun?: boolean;
  rehearsal?: string;
}

/** What `actor` enters by: what is known now, by the ledger's clock. */
export const entryContext = (context: PeopleContext, actor: Actor): EntryContext => ({
  ...context.desk(),
  systems: context.systems.map(({ id }) => id),
  newId: uuidv7,
  ...actor,
});

/** Reads one fact; `fact` is absent where it stands like this already. Throws what refuses it. */
export function enterOne(
  rules: KindRules,
  given: GivenFact,
  context: EntryContext,
): { entry: Entry; change: FactChange; fact: NewFact | undefined } {
  const { entries, change } = enter(rules, [given], context);
  const [entry] = entries;
  if (entry === undefined || entry.faults.length > 0) throw unsound(entry?.faults ?? []);
  return { entry, change, fact: change.put[0] };
}

export const ALREADY: FactFault = {
  pointer: '',
  code: 'already-entered',
  refuses: true,
  text: { vi: 'Đã có mục y như thế này.', en: 'It stands like this already.' },
};
const FORM: ReadonlySet<string> = new Set(['required', 'backwards-period', 'unknown-unit', 'one-of']);

/** A fault of form (400) counts before one of meaning (422). */
export function unsound(faults: readonly FactFault[]): InputFault {
  const form = faults.filter(({ code }) => FORM.has(code));
  const told = form.length > 0 ? form : faults;
  const text = told[0]?.text ?? ALREADY.text;
  return new InputFault(form.length > 0 ? 'invalid-request' : 'unsound-fact', form.length > 0 ? 400 : 422, text, {
    faults: told.map(({ pointer, code, text: detail }) => ({ pointer, code, detail })),
  });
}
