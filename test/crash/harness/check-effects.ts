/**
 * Effects, by the witnesses' own lists: once, or as often as a person asked (I2), in order (I3), never two holders of a lane at once
 * (I7), no call before Retry-After has passed (I8), at the right unit (I11). Pure.
 */
import { type Call, type History, type PersonsAct, placeOf, type StoredSync, type Violation } from './history.ts';

/** Two clocks readings of one machine may differ by this much. */
const SLACK_MS = 30;

/** Violations of I2, I3, I7, I8 (Retry-After) and I11. */
export function checkEffects(history: History): Violation[] {
  const replays = replaysOf(history);
  return [
    ...once(history, replays),
    ...byItself(history, replays),
    ...keys(history),
    ...order(history, replays),
    ...gaps(history),
    ...fenced(history),
    ...patient(history),
    ...directed(history),
  ];
}

/** Replays that a person asked for and was not refused, by sync, oldest first. */
type Replays = ReadonlyMap<string, PersonsAct[]>;

function replaysOf({ acts }: History): Replays {
  const asked = acts.filter(({ act, end }) => act === 'sync.replay' && end !== 'refused').sort((a, b) => a.at - b.at);
  return Map.groupBy(asked, ({ subject }) => subject.replace('sync:', ''));
}

const effectsOf = (calls: readonly Call[]): Call[] =>
  calls.filter(call => call.effect !== null).sort((a, b) => (a.effect as number) - (b.effect as number));

function* once({ calls, ledger, means }: History, replays: Replays): Generator<Violation> {
  const known = new Map(ledger.syncs.map(sync => [sync.id, sync]));
  const effects = Map.groupBy(effectsOf(calls), call => call.sync);
  for (const [sync, list] of effects) {
    if (!known.has(sync)) yield { invariant: 'I2', what: 'took effect without a sync', who: sync };
    const asked = replays.get(sync) ?? [];
    // every further effect has a replay of its own, asked for before the call
    const unasked = [...list]
      .sort((a, b) => a.at - b.at)
      .find((call, nth) => nth > 0 && call.at + SLACK_MS < (asked[nth - 1]?.at ?? Number.POSITIVE_INFINITY));
    if (unasked) yield { invariant: 'I2', what: 'took effect more than once', who: `${sync} ×${list.length}` };
    const one = Map.groupBy(list, call => call.key);
    for (const [key, same] of one)
      if (same.length > 1 && means[same[0]?.target ?? ''] !== 'neither')
        yield { invariant: 'I2', what: 'took effect more than once under one key', who: `${key} ×${same.length}` };
  }
  for (const sync of ledger.syncs) {
    if (sync.state === 'delivered' && !effects.has(sync.id))
      yield { invariant: 'I2', what: 'delivered without effect', who: `${sync.target} ${sync.id}` };
    if (sync.state === 'delivered' && means[sync.target] !== 'look-up' && emptyReplay(sync, calls))
      yield { invariant: 'I2', what: 'delivered again without effect', who: `${sync.target} ${sync.id}` };
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

/** Sent once more under a key of its own, and nothing came of it. A filing is there already: it can take effect once only. */
function emptyReplay({ id, series }: StoredSync, calls: readonly Call[]): boolean {
  if (series === 1) return false;
  const own = calls.filter(call => call.key === `${id}.${series}`);
  return own.length > 0 && own.every(call => call.effect === null && placeOf(call.id).n > 0);
}

/** Answers that say for certain that nothing was done. */
const surelyNot = (status: number | null): boolean =>
  status !== null && ((status >= 400 && status < 500) || status === 503);

/** What can neither honour keys nor be looked up is called again only where nothing was done, or when a person asks. */
function* byItself({ calls, means }: History, replays: Replays): Generator<Violation> {
  const blind = calls.filter(call => means[call.target] === 'neither');
  for (const [sync, list] of Map.groupBy(blind, call => call.sync)) {
    let asked = replays.get(sync) ?? [];
    let before: Call | undefined;
    for (const call of [...list].sort((a, b) => a.seq - b.seq)) {
      if (before !== undefined && !surelyNot(before.status)) {
        if (asked.length === 0 || (asked[0]?.at ?? 0) > call.at + SLACK_MS)
          yield { invariant: 'I2', what: 'sent again after an unknown outcome', who: `${call.target} ${sync}` };
        asked = asked.slice(1);
      }
      before = call;
    }
  }
}

/** One key for a series, one sync for a key; another series only where a person asked for it. */
function* keys({ calls, ledger, acts }: History): Generator<Violation> {
  const syncOf = new Map<string, string>();
  const asked = Map.groupBy(
    acts.filter(({ act, end }) => act === 'sync.replay' && end !== 'refused'),
    ({ subject }) => subject.replace('sync:', ''),
  );
  const series = new Map(ledger.syncs.map(sync => [sync.id, sync.series]));
  for (const { sync, key } of calls) {
    const number = key === sync ? 1 : Number(key.startsWith(`${sync}.`) ? key.slice(sync.length + 1) : Number.NaN);
    if (!(number >= 1 && number <= (series.get(sync) ?? 1)))
      yield { invariant: 'I2', what: 'another key for the same sync', who: sync };
    if ((syncOf.get(key) ?? sync) !== sync) yield { invariant: 'I2', what: 'one key for two syncs', who: key };
    syncOf.set(key, sync);
  }
  for (const sync of ledger.syncs)
    if (sync.series - 1 > (asked.get(sync.id)?.length ?? 0))
      yield { invariant: 'I2', what: 'more series than people asked for', who: `${sync.id} ${sync.series}` };
}

/**
 * The list of a lane at a target grows in the order of acceptance, and in the order in which its sender was answered. A replay moves
 * a sync to the lane's tail: its last effect stands in the ledger's order, its first one in the sender's, if it came before.
 */
function* order({ calls, ledger, posts }: History, replays: Replays): Generator<Violation> {
  const syncs = new Map(ledger.syncs.map(sync => [sync.id, sync]));
  const sure = surelyInOrder(posts);
  for (const [place, list] of Map.groupBy(effectsOf(calls), call => `${call.target} ${placeOf(call.id).lane}`)) {
    const last = new Map(list.map(call => [call.sync, call]));
    let pos = -1;
    let n = -1;
    const seen = new Set<string>();
    for (const call of list) {
      const { pos: at = pos, state } = syncs.get(call.sync) ?? {};
      // a replay that is still under way has a place and not yet its effect
      const settled = state === 'delivered' || !replays.has(call.sync);
      if (last.get(call.sync) === call && settled && !foundInstead(call, syncs.get(call.sync))) {
        if (at < pos) yield { invariant: 'I3', what: 'out of the order of acceptance', who: `${place} ${call.id}` };
        pos = Math.max(pos, at);
      }
      const moved = (replays.get(call.sync)?.[0]?.at ?? Number.POSITIVE_INFINITY) <= call.at;
      if (seen.has(call.sync) || moved || !sure.has(call.id)) continue;
      seen.add(call.sync);
      const number = placeOf(call.id).n;
      if (number < n) yield { invariant: 'I3', what: 'out of the order of sending', who: `${place} ${call.id}` };
      n = Math.max(n, number);
    }
  }
}

/** A replay whose first call had no plain answer may be settled by what a look-up found: no effect under its own key. */
function foundInstead(call: Call, sync: StoredSync | undefined): boolean {
  return sync !== undefined && sync.series > 1 && call.key !== `${sync.id}.${sync.series}`;
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
