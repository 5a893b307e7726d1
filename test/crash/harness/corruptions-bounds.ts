/** Corruptions of what was seen of the processes, and of the pace of systems that had no trouble: I9, I13 and I14. */
import { type Corruption, one, withEffect } from './corruption.ts';
import type { HealthLook, History } from './history.ts';

/** More than any limit, in looks. */
const LONG = 12;

/** Stretches of looks of one process that are all `so`, each long enough. */
const stretch =
  (so: (look: HealthLook) => boolean) =>
  ({ seen }: History): HealthLook[][] =>
    [...Map.groupBy(seen.health, ({ api, pid }) => `${api} ${pid}`).values()].flatMap(looks => {
      const parts = looks.map((_, at) => looks.slice(at, at + LONG));
      return parts.filter(
        (part, at) => part.length === LONG && part.every(so) && looks.slice(0, at).some(({ ready }) => ready === 200),
      );
    });
const change = (looks: readonly HealthLook[], to: Partial<HealthLook>): void => {
  for (const look of looks) Object.assign(look, to);
};
const well = (look: HealthLook): boolean => look.ledger === true && look.ready === 200;

export const OF_BOUNDS: readonly Corruption[] = [
  one(
    'a process grows',
    'I13 holds too much memory',
    ({ seen }) => seen.parts,
    look => (look.rssMib = 301),
  ),
  one(
    'connections are left',
    'I13 keeps connections',
    ({ seen }) => seen.rest,
    (rest, { seen }) => (rest.connections = seen.mayConnect + 1),
  ),
  one(
    'handles are left',
    'I13 keeps handles',
    ({ seen }) => seen.rest,
    rest => (rest.handles = 900),
  ),
  one(
    'the lag is not told',
    'I13 does not tell the lag of its event loop',
    ({ seen }) => seen.loops,
    loop => (loop.p99Ms = null),
  ),
  one('the ledger goes unnoticed', 'I14 ready though the ledger is gone', stretch(well), looks =>
    change(looks, { ledger: false }),
  ),
  one('its return goes unnoticed', 'I14 not ready though the ledger is there', stretch(well), looks =>
    change(looks, { ready: 503 }),
  ),
  one(
    'live follows the ledger',
    'I14 does not live though its process does',
    ({ seen }) => seen.health.filter(look => look.ledger === false && look.ready === 503),
    look => (look.live = 503),
  ),
  one('a process hangs for a while', 'I14 does not live though its process does', stretch(well), looks =>
    change(looks.slice(4, 7), { live: null, ready: null }),
  ),
  one(
    'one system holds up all',
    'I9 one system’s trouble slows all',
    ({ troubled }) => troubled.filter(({ holds }) => holds.join() === 'target'),
    ({ from, to }, history) => {
      for (const call of withEffect(history)) if (call.at >= from && call.at <= to) call.at += 60_000;
    },
  ),
];
