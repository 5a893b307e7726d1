/** Traffic of a made-up history that meets no trouble of its own: some in quiet, some while one system is away and only it is late. */
import type { Making } from './good-calls.ts';

/** After the time in which the other posts meet trouble. */
const QUIET_FROM = 30_000_000;
const TROUBLE_FROM = 40_000_000;
const EACH = 14;
const FIRST_LANE = 10_000;

/** Adds it; lanes of one event. */
export function calmTraffic(making: Making): void {
  const { chance, history, id } = making;
  const late = chance.pick(history.targets);
  history.troubled.push({ from: TROUBLE_FROM, to: TROUBLE_FROM + 60_000, holds: ['target'] });
  for (let index = 0; index < 2 * EACH; index += 1) {
    const troubled = index >= EACH;
    const at = (troubled ? TROUBLE_FROM : QUIET_FROM) + (index % EACH) * 1_000;
    const name = `Q-${index}`;
    const source = `${name}-0`;
    const eventId = id('event');
    history.units[name] = `unit-${index}`;
    history.ledger.events.push({ eventId, id: source });
    const syncs = history.targets.map((target, more) => {
      const lane = FIRST_LANE + index * history.targets.length + more;
      history.ledger.lanes.push({ lane, target, head: 2, tail: 1, due: false, leased: false, blockedBy: null });
      const sync = {
        id: id('sync'),
        eventId,
        target,
        lane,
        pos: 1,
        cause: null,
        attempts: 1,
        series: 1,
        problem: false,
      };
      history.ledger.syncs.push({ ...sync, state: 'delivered' });
      const own = history.calls.filter(call => call.target === target);
      const took = chance.between(5, 4_000) + (troubled && target === late ? 60_000 : 0);
      history.calls.push({
        target,
        seq: own.length + 1,
        at: at + took,
        until: at + took + 20,
        sync: sync.id,
        key: sync.id,
        id: source,
        unit: history.units[name] as string,
        effect: own.filter(({ effect }) => effect !== null).length + 1,
        status: 200,
        retryAfterMs: null,
      });
      return { id: sync.id, target };
    });
    const events = [{ id: source, eventId, duplicate: false, syncs }];
    const told = { end: 'ok', status: 202, retryAfter: false } as const;
    history.posts.push({ at: at - 10, until: at, ids: [source], kind: 'event', ...told, events });
  }
}
