/**
 * The ledger at the end: nothing forgotten (I4), counts add up (I5), the audit chain whole and complete (I6), attempts honest (I8),
 * nothing in clear (I12). Pure.
 */
import { type Call, type History, placeOf, type StoredSync, type Violation } from './history.ts';

const DONE: ReadonlySet<string> = new Set(['delivered', 'cancelled', 'superseded']);
const HELD: ReadonlySet<string> = new Set(['parked', 'failed']);

/** Violations of I4, I5, I6, I8 and I12. */
export function checkLedger(history: History): Violation[] {
  const leaks = history.leaks.map((who): Violation => ({ invariant: 'I12', what: 'a number in clear', who }));
  return [
    ...forgotten(history),
    ...wronglyEnded(history),
    ...shown(history),
    ...counts(history),
    ...audited(history),
    ...attempts(history),
    ...leaks,
  ];
}

function* forgotten({ ledger }: History): Generator<Violation> {
  if (!ledger.settled) yield { invariant: 'I4', what: 'not settled in time', who: 'ledger' };
  if (ledger.claims > 0) yield { invariant: 'I4', what: 'claims left', who: String(ledger.claims) };
  const lanes = new Map(ledger.lanes.map(lane => [lane.lane, lane]));
  const heads = new Map<number, StoredSync>();
  for (const sync of ledger.syncs) {
    if (lanes.get(sync.lane)?.head === sync.pos) heads.set(sync.lane, sync);
  }
  for (const lane of ledger.lanes) {
    const who = `${lane.target} lane ${lane.lane}`;
    if (lane.leased) yield { invariant: 'I4', what: 'a lease left', who };
    if (lane.due) yield { invariant: 'I4', what: 'due and nobody works on it', who };
  }
  for (const sync of ledger.syncs) {
    const who = `${sync.target} ${sync.id} ${sync.state}`;
    if (HELD.has(sync.state) && (sync.cause === null || !sync.problem))
      yield { invariant: 'I4', what: 'held without a cause', who };
    if (sync.state !== 'open') continue;
    const lane = lanes.get(sync.lane);
    const head = heads.get(sync.lane);
    const waits =
      lane !== undefined &&
      head !== undefined &&
      head.pos < sync.pos &&
      HELD.has(head.state) &&
      lane.blockedBy === head.id;
    if (!waits) yield { invariant: 'I4', what: 'open and waiting for nothing', who };
  }
  for (const lane of ledger.lanes) {
    const head = heads.get(lane.lane);
    if (lane.head <= lane.tail && head !== undefined && DONE.has(head.state))
      yield { invariant: 'I4', what: 'stands at a sync that is done', who: `lane ${lane.lane}` };
  }
}

/** Nothing of good content may need a person, or be given up; what is old is given up at once; what is held says its true cause. */
function* wronglyEnded(history: History): Generator<Violation> {
  const { ledger, heldLanes, means, acts, stale, calls } = history;
  const events = new Map(ledger.events.map(event => [event.eventId, event.id]));
  const asked = new Set(acts.filter(({ end }) => end !== 'refused').map(({ act, subject }) => `${act} ${subject}`));
  const old = new Set(stale);
  for (const call of calls)
    if (old.has(call.id)) yield { invariant: 'I3', what: 'an older status sent', who: `${call.target} ${call.id}` };
  for (const sync of ledger.syncs) {
    const id = events.get(sync.eventId) ?? '';
    const who = `${sync.target} ${id} ${sync.state} ${sync.cause}`;
    if (old.has(id) && sync.state !== 'superseded') yield { invariant: 'I4', what: 'old and not superseded', who };
    if (!old.has(id) && sync.state === 'superseded' && !foundNewer(id, sync, history))
      yield { invariant: 'I4', what: 'superseded by nothing', who };
    if (sync.state === 'cancelled' && !asked.has(`sync.cancel sync:${sync.id}`))
      yield { invariant: 'I4', what: 'given up though nobody asked', who };
    if (!HELD.has(sync.state)) continue;
    const may =
      sync.cause === heldLanes[placeOf(id).lane] ||
      (sync.cause === 'outcome-unknown' && means[sync.target] === 'neither') ||
      (sync.cause === 'set-aside' && asked.has(`sync.park sync:${sync.id}`));
    if (!may) yield { invariant: 'I4', what: 'held though its content is good', who };
  }
}

/** A look-up after a lost record may show what came later in the lane: then nothing is written over it. */
function foundNewer(id: string, sync: StoredSync, { calls, ledger }: History): boolean {
  const { lane, n } = placeOf(id);
  const newer = ledger.attempts.some(attempt => attempt.sync === sync.id && attempt.outcome === 'newer-there');
  const later = (call: Call): boolean => placeOf(call.id).lane === lane && placeOf(call.id).n > n;
  return newer && calls.some(call => call.target === sync.target && call.effect !== null && later(call));
}

/** What people were shown: why a sync is held and what to do, and who waits for it. */
function* shown({ looks, ledger }: History): Generator<Violation> {
  const syncs = new Map(ledger.syncs.map(sync => [sync.id, sync]));
  for (const { sync, state, cause, remedy, behind } of looks) {
    if (cause === null || !remedy) yield { invariant: 'I4', what: 'shown as held without cause or remedy', who: sync };
    if (behind === null) continue;
    const [held, next, by] = [sync, behind.sync, behind.blockedBy ?? ''].map(id => syncs.get(id));
    // what was sent once more meanwhile stands elsewhere now
    const before = by !== undefined && next !== undefined && (by.pos < next.pos || by.series > 1);
    if (behind.state !== 'waiting' || !before || by.lane !== held?.lane || by.lane !== next.lane)
      yield { invariant: 'I4', what: 'shown as waiting for nobody', who: `${behind.sync} behind ${sync} (${state})` };
  }
}

function* counts({ ledger, targets }: History): Generator<Violation> {
  const syncsOf = Map.groupBy(ledger.syncs, sync => sync.eventId);
  const wanted = [...targets].sort().join();
  for (const event of ledger.events) {
    const there = (syncsOf.get(event.eventId) ?? [])
      .map(sync => sync.target)
      .sort()
      .join();
    if (there !== wanted) yield { invariant: 'I5', what: 'not one sync a target', who: `${event.id}: ${there}` };
  }
  const events = new Set(ledger.events.map(event => event.eventId));
  for (const sync of ledger.syncs)
    if (!events.has(sync.eventId)) yield { invariant: 'I5', what: 'a sync without its event', who: sync.id };
  const places = new Set<string>();
  for (const sync of ledger.syncs) {
    const place = `lane ${sync.lane} at ${sync.pos}`;
    if (places.has(place)) yield { invariant: 'I5', what: 'two syncs in one place', who: place };
    places.add(place);
  }
  for (const told of ledger.told) {
    const own = ledger.syncs.filter(sync => sync.target === told.target);
    const count = (state: string): number => own.filter(sync => sync.state === state).length;
    for (const state of ['open', 'parked', 'failed'] as const) {
      if (told[state] !== count(state))
        yield {
          invariant: 'I5',
          what: 'the interface counts otherwise',
          who: `${told.target} ${state}: ${told[state]}, not ${count(state)}`,
        };
    }
    if (told.inTheAir !== 0)
      yield { invariant: 'I5', what: 'said to be in the air', who: `${told.target} ${told.inTheAir}` };
  }
}

function* audited({ ledger, acts }: History): Generator<Violation> {
  if (!ledger.audit.ok) yield { invariant: 'I6', what: 'the audit chain is broken', who: 'audit' };
  for (const { act, subject, note, end } of acts) {
    const found = ledger.audit.entries.filter(entry => entry.note === note);
    if (found.length > 1 || (end === 'ok' && found.length === 0) || (end === 'refused' && found.length > 0))
      yield {
        invariant: 'I6',
        what: 'an act without its one entry',
        who: `${act} ${subject} (${end}): ${found.length}`,
      };
    if (found.some(entry => entry.act !== act || entry.subject !== subject))
      yield { invariant: 'I6', what: 'an entry that says otherwise', who: `${act} ${subject}` };
  }
  const known = new Set(acts.map(act => act.note));
  for (const entry of ledger.audit.entries) {
    if (entry.note === null || !known.has(entry.note))
      yield { invariant: 'I6', what: 'an entry without an act', who: `${entry.act} ${entry.subject}` };
  }
}

function* attempts({ ledger, calls }: History): Generator<Violation> {
  const seen = new Set<string>();
  const most = new Map<string, number>();
  for (const attempt of ledger.attempts) {
    const who = `${attempt.sync} ${attempt.series}.${attempt.no}`;
    if (attempt.backwards || attempt.outcome === '')
      yield { invariant: 'I8', what: 'an attempt without end or outcome', who };
    if (seen.has(who)) yield { invariant: 'I8', what: 'an attempt recorded twice', who };
    seen.add(who);
    const series = `${attempt.sync} ${attempt.series}`;
    most.set(series, Math.max(most.get(series) ?? 0, attempt.no));
  }
  const called = new Set(calls.map(call => call.sync));
  for (const sync of ledger.syncs) {
    if ((most.get(`${sync.id} ${sync.series}`) ?? 0) > sync.attempts)
      yield { invariant: 'I8', what: 'more attempts listed than counted', who: sync.id };
    if (sync.attempts === 0 && sync.state === 'delivered')
      yield { invariant: 'I8', what: 'delivered without an attempt', who: sync.id };
    // whoever put it aside may have met it between a call and its record, and a new series counts anew
    if (
      sync.state === 'parked' &&
      sync.cause !== 'set-aside' &&
      sync.attempts + sync.series === 1 &&
      called.has(sync.id)
    )
      yield { invariant: 'I8', what: 'called without an attempt', who: sync.id };
  }
}
