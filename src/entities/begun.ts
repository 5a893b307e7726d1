/**
 * How each system is told of a dossier: marked as one of a unit's trial, or officially. A dossier stays what it was begun as until
 * its unit becomes official and says what becomes of the trial's (stay, close, carry over). Pure.
 */
import type { EntityState } from './state.ts';

export type Begun = 'trial' | 'official';
/** By system; one that was told nothing yet is not in it. */
export type BegunBySystem = Readonly<Record<string, Begun>>;

/** How the dossier is told to every system that knows of it. */
export function begunOf(state: EntityState): BegunBySystem {
  const begun: Record<string, Begun> = {};
  for (const [system, { mode }] of Object.entries(state.held)) if (mode !== undefined) begun[system] = mode;
  return begun;
}

/** What judging asks: a system that was told nothing yet hears of the dossier as the others did. */
export function howBegun(
  begun: BegunBySystem | undefined,
  system: string,
): { begunOnTrial: boolean; begunOfficially: boolean } {
  const own = begun?.[system];
  const all = Object.values(begun ?? {});
  return {
    begunOnTrial: own === 'trial' || (own === undefined && all.includes('trial') && !all.includes('official')),
    begunOfficially: own === 'official' || (own === undefined && all.includes('official')),
  };
}

/** Is the dossier one of a trial: told to somebody as such, and to nobody officially? */
export function isOfTrial(state: EntityState): boolean {
  const all = Object.values(begunOf(state));
  return all.includes('trial') && !all.includes('official');
}

/** Notes how a system is told from now on. Changes `state`. */
export function noteBegun(state: EntityState, system: string, mode: Begun): void {
  state.held[system] ??= { leaves: {}, recent: [] };
  state.held[system].mode = mode;
}
