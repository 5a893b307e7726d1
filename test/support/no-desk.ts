/** Nothing is known about desks: every unit is official and nothing is enforced. For tests about something else. */
import { NO_FACTS } from '../../src/facts/known-facts.ts';

export const NO_DESK = { facts: NO_FACTS, now: Date.parse('2026-11-24T08:00:00+07:00'), enforced: false } as const;
