/** Corruptions of what took effect: I2, I3, I7, I8 (Retry-After) and I11. */
import { type Corruption, inState, neighbours, one, withEffect } from './corruption.ts';
import type { Call, History, StoredSync } from './history.ts';

const ofDelivered = (history: History): Call[] => {
  const delivered = new Set(inState('delivered')(history).map(({ id }) => id));
  return withEffect(history).filter(({ sync }) => delivered.has(sync));
};
const before = (sync: StoredSync, { ledger }: History): StoredSync | undefined =>
  ledger.syncs.find(other => other.lane === sync.lane && other.pos === sync.pos - 1);
/** The last call of each sync at the system that can do nothing against doubling. */
const lastBlind = ({ calls, means }: History): Call[] => [
  ...new Map(calls.filter(({ target }) => means[target] === 'neither').map(call => [call.sync, call])).values(),
];
/** The same call once more, at the end. */
const onceMore = (call: Call, more: Partial<Call>, { calls }: History): unknown =>
  calls.push({ ...call, seq: 1e6, at: 1e9, until: 1e9, ...more });

export const OF_EFFECTS: readonly Corruption[] = [
  one('an effect is missing', 'I2 delivered without effect', ofDelivered, (call, history) => {
    for (const same of history.calls.filter(other => other.sync === call.sync)) same.effect = null;
  }),
  one('an effect is doubled', 'I2 took effect more than once', withEffect, (call, history) => {
    const last = history.calls.filter(other => other.target === call.target).length;
    history.calls.push({ ...call, seq: last + 1, at: 1e9, until: 1e9, effect: 1e6 });
  }),
  one('an effect of nothing', 'I2 took effect without a sync', withEffect, (call, history) =>
    history.calls.push({
      ...call,
      seq: 1e6,
      at: 1e9,
      until: 1e9,
      effect: 1e6,
      sync: 'stray',
      key: 'stray',
      id: 'L-9-9',
    }),
  ),
  one(
    'a second key for a sync',
    'I2 another key for the same sync',
    history => history.calls,
    call => (call.key = 'another'),
  ),
  one(
    'sent again by itself where nobody can tell',
    'I2 sent again after an unknown outcome',
    lastBlind,
    (call, history) => onceMore(call, { effect: null }, history),
  ),
  one(
    'a replay that was asked for too late',
    'I2 sent again after an unknown outcome',
    history =>
      history.acts.filter(
        ({ act, subject }) =>
          act === 'sync.replay' &&
          lastBlind(history).some(({ sync, key }) => key === sync && subject === `sync:${sync}`),
      ),
    act => (act.at = 1e9),
  ),
  one(
    'a key is not honoured',
    'I2 took effect more than once under one key',
    history => withEffect(history).filter(({ target }) => history.means[target] !== 'neither'),
    (call, history) => onceMore(call, { effect: 1e6 }, history),
  ),
  one(
    'a replay comes to nothing',
    'I2 delivered again without effect',
    history => ofDelivered(history).filter(call => call.key !== call.sync && history.means[call.target] !== 'look-up'),
    call => (call.effect = null),
  ),
  one(
    'a series that nobody asked for',
    'I2 more series than people asked for',
    history => history.ledger.syncs,
    sync => (sync.series += 1),
  ),
  one(
    'an old status is sent',
    'I3 an older status sent',
    history => history.ledger.events.filter(({ id }) => history.stale.includes(id)),
    ({ id }, history) => {
      const [call] = history.calls;
      return call && onceMore(call, { id, effect: null }, history);
    },
  ),
  one('one key for two syncs', 'I2 one key for two syncs', neighbours, ([first, second]) => (second.key = first.key)),
  one(
    'a message with another content',
    'I2 sent with the content of another event',
    withEffect,
    call => (call.id = call.id.replace(/\d+$/, '88')),
  ),
  one('two effects change places', 'I3 out of the order of acceptance', neighbours, ([first, second]) => {
    [first.effect, second.effect] = [second.effect, first.effect];
  }),
  one(
    'accepted out of order',
    'I3 out of the order of sending',
    history =>
      neighbours(history).filter(pair =>
        pair.every(({ id }) => history.posts.filter(post => post.ids[0] === id).every(post => post.end === 'ok')),
      ),
    ([first, second], history) => {
      const [a, b] = [first, second].map(call => history.ledger.syncs.find(sync => sync.id === call.sync));
      if (!a || !b) return;
      [a.pos, b.pos] = [b.pos, a.pos];
      [first.effect, second.effect] = [second.effect, first.effect];
    },
  ),
  one(
    'a head is passed over',
    'I3 passed over',
    history => inState('parked')(history).filter(sync => before(sync, history)?.state === 'delivered'),
    (sync, history) => {
      const next = before(sync, history);
      if (next) [next.pos, sync.pos] = [sync.pos, next.pos];
    },
  ),
  one(
    'two holders of a lane',
    'I7 two calls of one lane at once',
    neighbours,
    ([first, second]) => (first.until = second.at + 500),
  ),
  one(
    'a call before its time',
    'I8 called before Retry-After had passed',
    history => history.calls.filter(call => call.retryAfterMs !== null),
    call => (call.retryAfterMs = 60_000),
  ),
  one(
    'at another unit',
    'I11 arrived at another unit',
    history => history.calls.filter(call => call.unit !== null),
    call => (call.unit = 'unit-elsewhere'),
  ),
  one(
    'at another system',
    'I11 sent to another system',
    history => history.calls,
    call => (call.target = 'commune-3'),
  ),
];
