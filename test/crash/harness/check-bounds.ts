/** Bounds of the processes and of what one system's trouble may cost the others: I9, I13 and I14. */
import { checkHealth } from './check-health.ts';
import { type Call, type History, placeOf, type Violation } from './history.ts';

const MOST_RSS_MIB = 300;
/** Files of a process at rest: far above what its pools, its log and its listening need, far below what a leak a fault would leave. */
const MOST_HANDLES = 150;
/** I9 is judged where at least so many syncs went in quiet and under another system's trouble. */
const ENOUGH = 10;
/** Below this no lag is called slow: the machine may be busy with others. */
const FLOOR_MS = 5_000;
/** How long trouble may be felt after a fault. */
const AFTERMATH_MS = 5_000;

/** What does not hold. */
export function* checkBounds(history: History): Generator<Violation> {
  yield* memory(history);
  yield* checkHealth(history);
  yield* isolation(history);
}

function* memory({ seen }: History): Generator<Violation> {
  const named = (what: string, who: string): Violation => ({ invariant: 'I13', what, who });
  for (const [part, looks] of Map.groupBy(seen.parts, look => look.part)) {
    const most = Math.max(...looks.map(({ rssMib }) => rssMib));
    if (most >= MOST_RSS_MIB) yield named('holds too much memory', `${part} ${Math.round(most)} MiB`);
  }
  for (const { part, handles, connections } of seen.rest) {
    if (connections > seen.mayConnect)
      yield named('keeps connections', `${part} ${connections} of ${seen.mayConnect} at rest`);
    if (handles > MOST_HANDLES) yield named('keeps handles', `${part} ${handles} at rest`);
  }
  for (const { api, p99Ms } of seen.loops)
    if (p99Ms === null || !Number.isFinite(p99Ms)) yield named('does not tell the lag of its event loop', api);
}

interface Lag {
  target: string;
  from: number;
  to: number;
}

/**
 * While only systems are in trouble, one at a time, the one that fares best keeps its pace: its slowest hundredth takes at most twice
 * as long as in quiet, or FLOOR_MS. Lanes with a trouble of their own (retried, held, acted on by people) and paused systems are left
 * out.
 */
function* isolation(history: History): Generator<Violation> {
  const lags = plainLags(history);
  const near = (trouble: Trouble, at: number): boolean =>
    at >= trouble.from - AFTERMATH_MS && at <= trouble.to + AFTERMATH_MS;
  const quiet = lags.filter(({ from }) => !history.troubled.some(trouble => near(trouble, from)));
  const elsewhere = history.troubled.filter(trouble => !ofTarget(trouble));
  for (const trouble of history.troubled.filter(ofTarget)) {
    const during = lags.filter(
      ({ from }) => from >= trouble.from && from <= trouble.to && !elsewhere.some(other => near(other, from)),
    );
    const paces = history.targets.map(target => {
      const of = (list: readonly Lag[]): number[] =>
        list.filter(lag => lag.target === target).map(({ from, to }) => to - from);
      const [calm, hurt] = [of(quiet), of(during)];
      if (calm.length < ENOUGH || hurt.length < ENOUGH) return undefined;
      return { target, took: slowest(hurt), most: Math.max(2 * slowest(calm), FLOOR_MS) };
    });
    if (paces.some(pace => pace === undefined || pace.took <= pace.most)) continue;
    const told = paces.map(pace => `${pace?.target} ${pace?.took} of ${pace?.most} ms`).join(', ');
    yield { invariant: 'I9', what: 'one system’s trouble slows all', who: `${trouble.from} to ${trouble.to}: ${told}` };
  }
}

type Trouble = History['troubled'][number];
const ofTarget = ({ holds }: Trouble): boolean => holds.join() === 'target';

/** From the 202 to the effect, of syncs that met no trouble of their own. */
function plainLags({ ledger, posts, calls, acts, heldLanes }: History): Lag[] {
  const ownTrouble = new Set(
    ledger.syncs
      .filter(({ state, attempts, series }) => state !== 'delivered' || attempts !== 1 || series !== 1)
      .map(({ lane }) => lane),
  );
  const touched = new Set(acts.map(({ subject }) => subject.replace(/^sync:/, '')));
  const taken = new Map<string, number>();
  for (const { ids, end, until } of posts)
    if (end === 'ok') for (const id of ids) taken.set(id, Math.min(taken.get(id) ?? until, until));
  const effects = new Map<string, Call>();
  for (const call of calls) if (call.effect !== null && !effects.has(call.sync)) effects.set(call.sync, call);
  return ledger.syncs.flatMap(({ id, lane, target }) => {
    const call = effects.get(id);
    const from = call && taken.get(call.id);
    if (call === undefined || from === undefined || ownTrouble.has(lane) || touched.has(id)) return [];
    if (placeOf(call.id).lane in heldLanes || pausedAt(acts, target, from, call.at)) return [];
    return [{ target, from, to: Math.max(call.at, from) }];
  });
}

/** Was the system paused by a person at some time from `from` to `to`, or just let go on? */
function pausedAt(acts: History['acts'], target: string, from: number, to: number): boolean {
  const own = acts.filter(({ subject }) => subject === `system:${target}`);
  return own.some(({ act, at }, index) => {
    if (act !== 'system.pause' || at > to) return false;
    const resumes = own.slice(index).filter(later => later.act === 'system.resume');
    const resumed = (resumes.find(({ end }) => end === 'ok') ?? resumes.at(-1))?.at;
    return from <= (resumed ?? Number.POSITIVE_INFINITY) + AFTERMATH_MS;
  });
}

const slowest = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.99) - 1] as number;
