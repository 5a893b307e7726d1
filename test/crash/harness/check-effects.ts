/**
 * Effects, by the witnesses' own lists: once (I2), in order (I3), never two holders of a lane at once (I7), no call before
 * Retry-After has passed (I8), at the right unit (I11). Pure.
 */
import { type Call, type History, placeOf, type StoredSync, type Violation } from './history.ts';

/** Two clocks readings of one machine may differ by this much. */
const SLACK_MS = 30;

/** Violations of I2, I3, I7, I8 (Retry-After) and I11. */
export function checkEffects(history: History): Violation[] {
  return [
    ...once(history),
    ...keys(history),
    ...order(history),
    ...gaps(history),
    ...fenced(history),
    ...patient(history),
    ...directed(history),
  ];
}

const effectsOf = (calls: readonly Call[]): Call[] =>
  calls.filter(call => call.effect !== null).sort((a, b) => (a.effect as number) - (b.effect as number));

function* once({ calls, ledger }: History): Generator<Violation> {
  const counts = new Map<string, number>();
  for (const { sync } of effectsOf(calls)) counts.set(sync, (counts.get(sync) ?? 0) + 1);
  const known = new Map(ledger.syncs.map(sync => [sync.id, sync]));
  for (const [sync, count] of counts) {
    if (count > 1) yield { invariant: 'I2', what: 'took effect more than once', who: `${sync} ×${count}` };
    if (!known.has(sync)) yield { invariant: 'I2', what: 'took effect without a sync', who: sync };
  }
  for (const sync of ledger.syncs) {
    if (sync.state === 'delivered' && !counts.has(sync.id))
      yield { invariant: 'I2', what: 'delivered without effect', who: `${sync.target} ${sync.id}` };
  }
  const events = new Map(ledger.events.map(event => [event.eventId, event.id]));
  for (const call of calls) {
    const sync = known.get(call.sync);
    if (sync === undefined) continue;
    if (events.get(sync.eventId) !== call.id)
      yield { invariant: 'I2', what: 'sent with the content of another event', who: call.sync };
    if (sync.target !== call.target)
      yield { invariant: 'I11', what: 'sent to another system', who: `${call.sync} ${call.target}` };
  }
}

/** One key for a series, one sync for a key. No run replays, so a sync has one series. */
function* keys({ calls }: History): Generator<Violation> {
  const keyOf = new Map<string, string>();
  const syncOf = new Map<string, string>();
  for (const { sync, key } of calls) {
    if ((keyOf.get(sync) ?? key) !== key) yield { invariant: 'I2', what: 'another key for the same sync', who: sync };
    if ((syncOf.get(key) ?? sync) !== sync) yield { invariant: 'I2', what: 'one key for two syncs', who: key };
    keyOf.set(sync, key);
    syncOf.set(key, sync);
  }
}

/** The list of a lane at a target grows in the order of acceptance, and in the order in which its sender was answered. */
function* order({ calls, ledger, posts }: History): Generator<Violation> {
  const syncs = new Map(ledger.syncs.map(sync => [sync.id, sync]));
  const sure = surelyInOrder(posts);
  for (const [place, list] of Map.groupBy(effectsOf(calls), call => `${call.target} ${placeOf(call.id).lane}`)) {
    let pos = -1;
    let n = -1;
    const seen = new Set<string>();
    for (const call of list) {
      if (seen.has(call.sync)) continue;
      seen.add(call.sync);
      const at = syncs.get(call.sync)?.pos ?? pos;
      if (at < pos) yield { invariant: 'I3', what: 'out of the order of acceptance', who: `${place} ${call.id}` };
      pos = Math.max(pos, at);
      if (!sure.has(call.id)) continue;
      const number = placeOf(call.id).n;
      if (number < n) yield { invariant: 'I3', what: 'out of the order of sending', who: `${place} ${call.id}` };
      n = Math.max(n, number);
    }
  }
}

/** Events whose first post was answered 202: an unanswered one may have been stored later than what was sent after it. */
function surelyInOrder(posts: History['posts']): Set<string> {
  const sure = new Set<string>();
  const doubtful = new Set<string>();
  for (const post of [...posts].sort((a, b) => a.at - b.at)) {
    for (const id of post.ids) {
      if (post.end === 'ok') sure.add(id);
      else if (!sure.has(id)) doubtful.add(id);
    }
  }
  for (const id of doubtful) sure.delete(id);
  return sure;
}

const PASSED: ReadonlySet<string> = new Set(['delivered', 'cancelled', 'superseded']);

function* gaps({ ledger }: History): Generator<Violation> {
  for (const [lane, list] of Map.groupBy(ledger.syncs, sync => sync.lane)) {
    const delivered = list.filter(sync => sync.state === 'delivered').map(sync => sync.pos);
    const last = Math.max(-1, ...delivered);
    const left = list.filter((sync: StoredSync) => sync.pos < last && !PASSED.has(sync.state));
    for (const sync of left)
      yield { invariant: 'I3', what: 'passed over', who: `lane ${lane} ${sync.id} ${sync.state}` };
  }
}

/** Calls of one lane at one target never overlap: a lane has one holder, and that one waits for its call. */
function* fenced({ calls }: History): Generator<Violation> {
  for (const [place, list] of Map.groupBy(calls, call => `${call.target} ${placeOf(call.id).lane}`)) {
    let until = Number.NEGATIVE_INFINITY;
    for (const call of [...list].sort((a, b) => a.seq - b.seq)) {
      if (call.at + SLACK_MS < until)
        yield { invariant: 'I7', what: 'two calls of one lane at once', who: `${place} ${call.sync}` };
      until = Math.max(until, call.until ?? call.at);
    }
  }
}

function* patient({ calls }: History): Generator<Violation> {
  for (const [sync, list] of Map.groupBy(calls, call => call.sync)) {
    let notBefore = Number.NEGATIVE_INFINITY;
    for (const call of [...list].sort((a, b) => a.seq - b.seq)) {
      if (call.at + SLACK_MS < notBefore)
        yield { invariant: 'I8', what: 'called before Retry-After had passed', who: sync };
      if (call.retryAfterMs !== null) notBefore = (call.until ?? call.at) + call.retryAfterMs;
    }
  }
}

function* directed({ calls, units }: History): Generator<Violation> {
  for (const call of calls) {
    const unit = units[placeOf(call.id).lane];
    if (call.unit !== null && unit !== undefined && call.unit !== unit)
      yield { invariant: 'I11', what: 'arrived at another unit', who: `${call.target} ${call.id} ${call.unit}` };
  }
}
