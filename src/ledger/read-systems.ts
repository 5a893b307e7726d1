/**
 * Each target's gate and how much waits before it. Counts come from due lanes and from `problems`, never from all syncs.
 */
import type { Database } from './database.ts';
import { GATE_SQL } from './sync-view.ts';

export interface SystemGate {
  target: string;
  paused: boolean;
  pausedUntil: string | null;
  note: string | null;
  held: boolean;
  /** Released from a held start at a rate that grows: syncs a second now, and when it grows next. */
  growing: { ratePerSecond: number; next: string } | null;
  breaker: string;
  /** Since when it is cut off. */
  openedAt: string | null;
  probeAt: string | null;
  /** What the breaker counts: failures in a row, and failed ones among the calls since `since`. */
  failing: { inARow: number; calls: number; failed: number; since: string };
  notBefore: string | null;
  /** What keeps it shut now; null when it is open. */
  shutBy: string | null;
  lastSuccessAt: string | null;
  lastFailureAt: string | null;
  lastCause: string | null;
  /** Calls that may be in the air. */
  inTheAir: number;
  /** Seconds for which the oldest due lane has been waiting. */
  lagSeconds: number;
  depth: { open: number; waiting: number; parked: number; failed: number };
}

interface GateRow {
  target: string;
  paused: boolean;
  paused_until: Date | null;
  paused_note: string | null;
  held: boolean;
  rate: number | null;
  ramp_at: Date | null;
  breaker: string;
  opened_at: Date | null;
  probe_at: Date | null;
  failures: number;
  window_at: Date;
  window_calls: number;
  window_failed: number;
  not_before: Date | null;
  shut_by: string | null;
  last_success_at: Date | null;
  last_failure_at: Date | null;
  last_cause: string | null;
  in_air: number;
}
interface DepthRow {
  target: string;
  open: number;
  waiting: number;
  lag: number | null;
}

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

/** All targets, by name. */
export async function readGates(database: Database): Promise<SystemGate[]> {
  const gates = await database.people.query<GateRow>(
    `SELECT t.target, t.paused AND (t.paused_until IS NULL OR t.paused_until > now()) AS paused, t.paused_until, t.paused_note, t.held, t.rate, t.ramp_at, t.breaker, t.opened_at, t.probe_at,
       t.failures, t.window_at, t.window_calls, t.window_failed, t.not_before, ${GATE_SQL} AS shut_by,
       t.last_success_at, t.last_failure_at, t.last_cause,
       (SELECT coalesce(sum(lanes), 0)::int FROM claims WHERE claims.target = t.target AND until > now()) AS in_air
     FROM targets t ORDER BY t.target`,
  );
  const depths = await readDepths(database);
  const problems = await readProblemCounts(database);
  return gates.rows.map(row => {
    const depth = depths.get(row.target);
    const count = (state: string): number =>
      problems
        .filter(problem => problem.target === row.target && problem.state === state)
        .reduce((sum, problem) => sum + problem.count, 0);
    return {
      target: row.target,
      paused: row.paused,
      pausedUntil: iso(row.paused_until),
      note: row.paused_note,
      held: row.held,
      growing:
        row.ramp_at === null || row.rate === null ? null : { ratePerSecond: row.rate, next: row.ramp_at.toISOString() },
      breaker: row.breaker,
      openedAt: iso(row.opened_at),
      probeAt: iso(row.probe_at),
      failing: {
        inARow: row.failures,
        calls: row.window_calls,
        failed: row.window_failed,
        since: row.window_at.toISOString(),
      },
      notBefore: iso(row.not_before),
      shutBy: row.shut_by,
      lastSuccessAt: iso(row.last_success_at),
      lastFailureAt: iso(row.last_failure_at),
      lastCause: row.last_cause,
      inTheAir: row.in_air,
      lagSeconds: Math.max(0, depth?.lag ?? 0),
      depth: {
        open: depth?.open ?? 0,
        waiting: depth?.waiting ?? 0,
        parked: count('parked'),
        failed: count('failed'),
      },
    };
  });
}

/**
 * Open syncs per target, those of them that stand behind their lane's head, and the longest wait of a due lane, seconds.
 * Of due lanes positions are counted, not rows: a sync dropped in mid-lane counts until its lane has passed it. Behind a held
 * head, which may stand for days, only what is open counts.
 */
export async function readDepths(database: Database): Promise<Map<string, DepthRow>> {
  const { rows } = await database.people.query<DepthRow>(
    `SELECT target, sum(open)::float8 AS open, sum(waiting)::float8 AS waiting, max(lag)::float8 AS lag FROM (
       SELECT target, tail - head + 1 AS open, tail - head AS waiting, extract(epoch FROM now() - due) AS lag FROM lanes WHERE due IS NOT NULL
       UNION ALL
       SELECT l.target, behind.n, behind.n, NULL FROM problems p JOIN syncs s ON s.id = p.sync
         JOIN lanes l ON l.lane = s.lane AND l.head = s.pos AND l.due IS NULL
         CROSS JOIN LATERAL (SELECT count(*) AS n FROM syncs w WHERE w.lane = l.lane AND w.pos > l.head AND w.state = 'open') behind) d
     GROUP BY target`,
  );
  return new Map(rows.map(row => [row.target, row]));
}

export interface ProblemCount {
  target: string;
  cause: string;
  state: 'parked' | 'failed';
  mode: string;
  count: number;
}

/** Parked and failed syncs by target, cause and mode. */
export async function readProblemCounts(database: Database): Promise<ProblemCount[]> {
  const { rows } = await database.people.query<ProblemCount>(
    `SELECT p.target, p.cause, s.state, s.mode, count(*)::int AS count FROM problems p JOIN syncs s ON s.id = p.sync
     WHERE s.state IN ('parked', 'failed') GROUP BY 1, 2, 3, 4`,
  );
  return rows;
}
