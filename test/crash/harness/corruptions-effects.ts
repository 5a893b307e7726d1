/** Corruptions of what took effect: I2, I3, I7, I8 (Retry-After) and I11. */
import { type Corruption, inState, neighbours, one, withEffect } from './corruption.ts';

export const OF_EFFECTS: readonly Corruption[] = [
  one('an effect is missing', 'I2 delivered without effect', withEffect, (call, history) => {
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
    history => history.calls.filter(call => history.calls.some(other => other !== call && other.sync === call.sync)),
    call => (call.key = 'another'),
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
  one('a head is passed over', 'I3 passed over', inState('parked'), (sync, history) => {
    const next = history.ledger.syncs.find(other => other.lane === sync.lane && other.pos === sync.pos - 1);
    if (next) [next.pos, sync.pos] = [sync.pos, next.pos];
  }),
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
