/** Corruptions of what was accepted and answered: I1 and I10. */
import { type Corruption, okPosts, one, remove } from './corruption.ts';

export const OF_INTAKE: readonly Corruption[] = [
  one('an accepted event is gone', 'I1 accepted and not stored', okPosts, (post, history) => {
    const event = history.ledger.events.find(row => row.id === post.ids[0]);
    return event && remove(history.ledger.events, event);
  }),
  one(
    'an event taken in the dialect is gone',
    'I1 accepted and not stored',
    history => history.posts.filter(({ dialect }) => dialect === true),
    (post, { ledger }) => {
      ledger.events = ledger.events.filter(({ id }) => id !== post.ids[0]);
    },
  ),
  one(
    'a sync that the 202 named is gone',
    'I1 other syncs than the 202 named',
    ({ posts, ledger }) => {
      const named = new Set(posts.flatMap(({ events }) => events.flatMap(({ syncs }) => syncs.map(({ id }) => id))));
      return ledger.syncs.filter(({ id }) => named.has(id));
    },
    (sync, history) => remove(history.ledger.syncs, sync),
  ),
  one(
    'a refused event is stored',
    'I1 stored though refused or never sent',
    history => history.posts.filter(post => post.kind === 'altered'),
    (_post, history) => history.ledger.events.push({ eventId: 'event-x', id: 'L-0-77' }),
  ),
  one(
    'an event is stored twice',
    'I1 stored twice',
    history => history.ledger.events,
    (event, history) => history.ledger.events.push({ ...event, eventId: 'event-y' }),
  ),
  one(
    'an event is taken as new twice',
    'I1 taken as new twice',
    history => okPosts(history).filter(post => post.events[0]?.duplicate === false),
    (post, history) => history.posts.push({ ...post, at: post.at + 1 }),
  ),
  one('a 202 names another id', 'I1 stored under another id', okPosts, post =>
    Object.assign(post.events[0] ?? {}, { eventId: 'event-z' }),
  ),
  one('a 202 leaves out an event', 'I1 202 without the event', okPosts, post => (post.events = [])),
  one(
    'other content is taken',
    'I1 other content taken under a known id',
    history => history.posts.filter(post => post.kind === 'altered'),
    (post, history) =>
      Object.assign(post, {
        end: 'ok',
        status: 202,
        events:
          okPosts(history)
            .find(other => other.ids[0] === post.ids[0])
            ?.events.map(event => ({ ...event, duplicate: true })) ?? [],
      }),
  ),
  one('a 500', 'I10 answered neither 202, 4xx nor 503', okPosts, post =>
    Object.assign(post, { end: 'broken', status: 500 }),
  ),
  one(
    'a 500 to a person',
    'I10 a person was answered neither 2xx, 4xx nor 503',
    history => history.acts,
    act => (act.status = 500),
  ),
  one(
    'a 503 without Retry-After',
    'I10 503 without Retry-After',
    history => history.posts.filter(post => post.end === 'away'),
    post => (post.retryAfter = false),
  ),
  one(
    'a 503 in quiet',
    'I10 503 while nothing was wrong',
    history => history.posts.filter(post => post.end === 'away'),
    (_post, history) => (history.troubled = []),
  ),
  one(
    'a good event refused',
    'I10 a good event was refused',
    history => history.posts.filter(post => post.end === 'unknown'),
    post => Object.assign(post, { end: 'refused', status: 400 }),
  ),
  one(
    'a bad event taken',
    'I10 a bad event was taken',
    history => history.posts.filter(post => post.kind === 'bad'),
    post => Object.assign(post, { end: 'ok', status: 202 }),
  ),
];
