/** Intake: accepted = stored (I1), and what the gateway answers while it cannot, or to what is bad (I10). Pure. */
import type { History, Post, StoredEvent, Violation } from './history.ts';

/** How long after a fault a dependency may still be coming back. */
const AFTERMATH_MS = 15_000;

/** Violations of I1 and I10. */
export function checkIntake(history: History): Violation[] {
  return [...accepted(history), ...stored(history), ...statuses(history)];
}

function* accepted({ posts, ledger }: History): Generator<Violation> {
  const rows = Map.groupBy(ledger.events, event => event.id);
  const syncsOf = Map.groupBy(ledger.syncs, sync => sync.eventId);
  const news = new Map<string, string>();
  for (const post of posts.filter(one => one.end === 'ok')) {
    if (post.kind === 'altered')
      yield { invariant: 'I1', what: 'other content taken under a known id', who: ids(post) };
    const answered = new Set(post.events.map(event => event.id));
    for (const id of post.ids) {
      if (post.dialect && !rows.has(id)) yield { invariant: 'I1', what: 'accepted and not stored', who: id };
      if (!post.dialect && !answered.has(id)) yield { invariant: 'I1', what: '202 without the event', who: id };
    }
    for (const event of post.events) {
      const row = rows.get(event.id)?.[0];
      if (row === undefined) {
        yield { invariant: 'I1', what: 'accepted and not stored', who: event.id };
        continue;
      }
      if (row.eventId !== event.eventId) yield { invariant: 'I1', what: 'stored under another id', who: event.id };
      const there = (syncsOf.get(row.eventId) ?? []).map(sync => sync.id).sort();
      const named = event.syncs.map(sync => sync.id).sort();
      if (there.join() !== named.join())
        yield { invariant: 'I1', what: 'other syncs than the 202 named', who: event.id };
      if (event.duplicate) continue;
      if (news.has(event.id)) yield { invariant: 'I1', what: 'taken as new twice', who: event.id };
      news.set(event.id, event.eventId);
    }
  }
}

/** Nothing may be stored that was only refused, or that nobody sent. */
function* stored({ posts, ledger }: History): Generator<Violation> {
  const may = new Set(
    posts
      .filter(({ kind, end }) => kind !== 'bad' && (end === 'ok' || end === 'away' || end === 'unknown'))
      .flatMap(post => post.ids),
  );
  const seen = new Map<string, StoredEvent>();
  for (const event of ledger.events) {
    if (!may.has(event.id)) yield { invariant: 'I1', what: 'stored though refused or never sent', who: event.id };
    if (seen.has(event.id)) yield { invariant: 'I1', what: 'stored twice', who: event.id };
    seen.set(event.id, event);
  }
}

function* statuses({ posts, acts, troubled }: History): Generator<Violation> {
  for (const { act, subject, status } of acts)
    if (status !== null && status >= 500 && status !== 503)
      yield {
        invariant: 'I10',
        what: 'a person was answered neither 2xx, 4xx nor 503',
        who: `${act} ${subject} ${status}`,
      };
  for (const post of posts) {
    const who = `${ids(post)} ${post.status}`;
    if (post.end === 'broken') yield { invariant: 'I10', what: 'answered neither 202, 4xx nor 503', who };
    if (post.end === 'away' && !post.retryAfter) yield { invariant: 'I10', what: '503 without Retry-After', who };
    if (post.end === 'away' && !troubled.some(({ from, to }) => post.until >= from && post.at <= to + AFTERMATH_MS))
      yield { invariant: 'I10', what: '503 while nothing was wrong', who };
    if (post.end === 'refused' && (post.kind === 'event' || post.kind === 'again'))
      yield { invariant: 'I10', what: 'a good event was refused', who };
    if (post.end === 'ok' && post.kind === 'bad') yield { invariant: 'I10', what: 'a bad event was taken', who };
  }
}

const ids = (post: Post): string => post.ids.slice(0, 3).join(' ');
