/** What watching a good run could have shown: apis that lose their ledger and get it back, one that is put to sleep, one killed. */
import type { HealthLook, Seen } from './history.ts';
import type { Chance } from './random.ts';

const PACE_MS = 700;
const PARTS = ['api-1', 'api-2', 'worker-1', 'worker-2', 'scheduler-1'];
/** After the time in which the made-up posts meet trouble. */
const BEGIN = 20_000_000;

/** Every promise kept. */
export function goodSeen(chance: Chance): Seen {
  const parts = PARTS.flatMap(part =>
    Array.from({ length: 5 }, (_, index) => ({ part, at: BEGIN + index, rssMib: chance.between(90, 250) })),
  );
  return {
    health: ['api-1', 'api-2'].flatMap(api => healthOf(api, chance)),
    parts,
    rest: PARTS.map(part => ({ part, handles: chance.between(40, 120), connections: chance.between(5, 40) })),
    mayConnect: 45,
    loops: ['api-1', 'api-2'].map(api => ({ api, p99Ms: chance.between(1, 400) })),
  };
}

function healthOf(api: string, chance: Chance): HealthLook[] {
  const looks: HealthLook[] = [];
  let pid = chance.between(1_000, 9_000);
  const look = (count: number, more: Partial<HealthLook> = {}): void => {
    for (let times = count; times > 0; times -= 1) {
      const at = BEGIN + looks.length * PACE_MS;
      const calm = { pid, asleep: false, live: 200, ready: 200, ledger: true };
      looks.push({ at, until: at + chance.between(5, 600), api, ...calm, ...more });
    }
  };
  look(chance.between(4, 8));
  // gone: it may say so up to five seconds late, and that it is back as well
  look(chance.between(0, 7), { ledger: false });
  look(chance.between(12, 16), { ledger: false, ready: 503 });
  look(chance.between(0, 7), { ready: 503 });
  look(chance.between(14, 20));
  look(chance.between(1, 4), { asleep: true, live: null, ready: null });
  // one answer that did not come in time
  look(1, { live: null, ready: null });
  // silent: neither answer of the api is wrong
  look(chance.between(0, 20), { ledger: null, ready: chance.next() < 0.5 ? 200 : 503 });
  look(chance.between(14, 20));
  // it is told to end, is gone, and another comes up that waits for its ledger
  look(chance.between(0, 2), { live: 503, ready: 503 });
  look(chance.between(1, 4), { pid: null, live: null, ready: null });
  pid += 1;
  look(chance.between(0, 30), { ready: 503 });
  look(chance.between(14, 20));
  return looks;
}
