/**
 * The history of one run, as the checker reads it: what the senders were answered, what the witnesses saw, what the ledger says at
 * the end. Times are ms of one clock (Date.now of this machine). An event's id is `<lane>-<n>`: n counts from 0 in its lane.
 */

/** One event as a 202 names it. */
export interface Answered {
  /** The source's id. */
  id: string;
  eventId: string;
  duplicate: boolean;
  syncs: { id: string; target: string }[];
}

/**
 * One post and its end. `ok`: 202. `refused`: 4xx, must not be stored by this post. `away`: 503 or 507, may be stored where a
 * commit's answer was lost. `broken`: any other status, a fault of the gateway. `unknown`: no answer.
 */
export interface Post {
  at: number;
  until: number;
  ids: string[];
  /** `altered` repeats an id with other content; `bad` should be refused. */
  kind: 'event' | 'again' | 'altered' | 'bad';
  /** Posted in the system's own dialect: its 202 names no events. */
  dialect?: true;
  end: 'ok' | 'refused' | 'away' | 'broken' | 'unknown';
  status: number | null;
  retryAfter: boolean;
  events: Answered[];
}

/** One call that a witness received. */
export interface Call {
  target: string;
  /** Order of arrival at this witness. */
  seq: number;
  at: number;
  /** When it was answered or its connection ended; null while neither is known. */
  until: number | null;
  sync: string;
  key: string;
  /** The event, as its content says. */
  id: string;
  unit: string | null;
  /** Place in the witness's list of effects; null: it changed nothing. */
  effect: number | null;
  /** As sent; null when the answer was withheld. */
  status: number | null;
  retryAfterMs: number | null;
}

export interface StoredEvent {
  eventId: string;
  id: string;
}
export interface StoredSync {
  id: string;
  eventId: string;
  target: string;
  lane: number;
  pos: number;
  state: string;
  cause: string | null;
  attempts: number;
  /** 1, and one more with every replay. */
  series: number;
  problem: boolean;
}
export interface StoredLane {
  lane: number;
  target: string;
  head: number;
  tail: number;
  due: boolean;
  leased: boolean;
  blockedBy: string | null;
}
export interface StoredAttempt {
  sync: string;
  series: number;
  no: number;
  outcome: string;
  /** Ended before it began. */
  backwards: boolean;
}

/** The ledger when all is quiet again. */
export interface Ledger {
  /** False: patience ran out before everything had settled. */
  settled: boolean;
  events: StoredEvent[];
  syncs: StoredSync[];
  lanes: StoredLane[];
  attempts: StoredAttempt[];
  /** Claims that still count. */
  claims: number;
  /** What the public interface says of each target. */
  told: { target: string; open: number; parked: number; failed: number; inTheAir: number }[];
  audit: { ok: boolean; entries: { act: string; subject: string; note: string | null }[] };
}

/** An act of a person during the run; `note` is unique. */
export interface PersonsAct {
  act: string;
  subject: string;
  note: string;
  /** When it was asked for. */
  at: number;
  end: 'ok' | 'refused' | 'unknown';
  /** As answered; null: no answer. */
  status: number | null;
}

/** A held sync as the interface showed it to a person, and one that waits behind it. */
export interface Look {
  sync: string;
  state: string;
  cause: string | null;
  /** Says what to do next, in both languages. */
  remedy: boolean;
  behind: { sync: string; state: string; blockedBy: string | null } | null;
}

/** What a system can do to keep an effect single: honour keys, be looked up, or neither. */
export type Means = 'keys' | 'look-up' | 'neither';

/** One look at an api, and at the same time at the ledger over the line that the apis use. */
export interface HealthLook {
  at: number;
  until: number;
  api: string;
  pid: number | null;
  /** Stopped, or replaced by another process, while it was asked. */
  asleep: boolean;
  /** Status of `/health/live` and `/health/ready`; null: no answer. */
  live: number | null;
  ready: number | null;
  /** null: neither there nor plainly gone. */
  ledger: boolean | null;
}
export interface PartLook {
  part: string;
  at: number;
  rssMib: number;
}

/** What watching the processes from outside showed. */
export interface Seen {
  health: HealthLook[];
  parts: PartLook[];
  /** After all was quiet. */
  rest: { part: string; handles: number; connections: number }[];
  /** Connections to the ledger that a process may keep. */
  mayConnect: number;
  /** Lag of the event loop as each api's metrics tell it; null: not told. */
  loops: { api: string; p99Ms: number | null }[];
}

export interface History {
  /** Systems that must hear of every event, and what each can do. */
  targets: string[];
  means: Record<string, Means>;
  /** The unit of each lane; its filing must arrive there. */
  units: Record<string, string>;
  /** Lanes whose content is wrong on purpose, with the cause that must be shown: only they may be held. */
  heldLanes: Record<string, string>;
  /** Events with a status older than one accepted before: stored, superseded, never sent. */
  stale: string[];
  posts: Post[];
  calls: Call[];
  acts: PersonsAct[];
  looks: Look[];
  ledger: Ledger;
  /** Places where a citizen's number was found in clear. */
  leaks: string[];
  /** From when to when a fault may be felt, and which parts it held. */
  troubled: { from: number; to: number; holds: readonly string[] }[];
  seen: Seen;
}

/** What does not hold. */
export interface Violation {
  invariant: 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I8' | 'I9' | 'I10' | 'I11' | 'I12' | 'I13' | 'I14';
  what: string;
  /** The event, sync, lane or place. */
  who: string;
}

/** Lane and number of an event's id. */
export function placeOf(id: string): { lane: string; n: number } {
  const cut = id.lastIndexOf('-');
  return { lane: id.slice(0, cut), n: Number(id.slice(cut + 1)) };
}
