/**
 * A sync as people see it: stored columns, and what is derived at reading from its lane and its target's gate (state,
 * blockedBy, dueAt). Storing `waiting` would rewrite thousands of rows for every pause; so it is worked out here.
 */
import { CAUSES, type CauseCode } from '../domain/causes.ts';
import type { Bilingual, SyncState } from '../domain/words.ts';

/** Why a sync does not move, link by link: the lane's head, and the gate before that. */
export type BlockedBy =
  | {
      kind: 'sync';
      id: string;
      state: SyncState;
      cause?: CauseCode;
      remedy?: Bilingual;
      blockedBy?: BlockedBy;
    }
  | {
      kind: 'gate';
      id: string;
      reason: 'held' | 'paused' | 'breaker' | 'not-before';
      /** When it opens or is tried again, where that is known. */
      until?: string;
      note?: string;
      remedy: Bilingual;
    };

/** The public shape of a sync (design: HTTP). */
export interface SyncView {
  id: string;
  eventId: string;
  source: string;
  type: string;
  subject: string | null;
  target: string;
  unit: string | null;
  procedure: string | null;
  mode: string;
  state: SyncState;
  cause?: CauseCode;
  remedy?: Bilingual;
  attempts: number;
  series: number;
  blockedBy?: BlockedBy;
  /** Release that it was last translated with; absent before the first attempt. */
  vocabulary?: string;
  createdAt: string;
  updatedAt: string;
  dueAt?: string;
}

export interface SyncRow {
  id: string;
  event: string;
  source: string;
  type: string;
  subject: string | null;
  target: string;
  unit: string | null;
  procedure: string | null;
  mode: string;
  shown: SyncState;
  cause: CauseCode | null;
  attempts: number;
  series: number;
  vocabulary: string | null;
  updated_at: Date;
  due: Date | null;
  /** Of the lane's head, where the sync stands behind it. */
  head_id: string | null;
  head_shown: SyncState | null;
  head_cause: CauseCode | null;
  gate: 'held' | 'paused' | 'breaker' | 'not-before' | null;
  gate_until: Date | null;
  gate_note: string | null;
}

/** What keeps the gate of `t` shut, as SQL; null when it is open. */
export const GATE_SQL = `CASE WHEN t.held THEN 'held' WHEN t.paused AND (t.paused_until IS NULL OR t.paused_until > now()) THEN 'paused'
  WHEN t.breaker <> 'closed' THEN 'breaker' WHEN t.not_before > now() THEN 'not-before' END`;

/** The state shown of a stored state at position `pos`, as SQL over lanes l, targets t, claims c. */
const shownSql = (state: string, pos: string, attempts: string): string => `CASE WHEN ${state} <> 'open' THEN ${state}
  WHEN ${pos} > l.head THEN 'waiting' WHEN c.token IS NOT NULL THEN 'delivering'
  WHEN ${GATE_SQL} IS NOT NULL THEN 'waiting' WHEN l.due > now() AND ${attempts} > 0 THEN 'retrying' ELSE 'queued' END`;

/** `shown` of syncs s. */
export const SHOWN_SQL = shownSql('s.state', 's.pos', 's.attempts');

/** Tables that SHOWN_SQL and COLUMNS_SQL need, joined to syncs s. */
export const JOINS_SQL = `JOIN events e ON e.id = s.event JOIN lanes l ON l.lane = s.lane
  LEFT JOIN claims c ON c.token = l.lease AND c.until > now() LEFT JOIN targets t ON t.target = s.target`;

/** Columns of a SyncRow but for those of the head. */
export const COLUMNS_SQL = `s.id, s.event, e.source, s.type, e.subject, s.target, s.unit, s.procedure, s.mode, ${SHOWN_SQL} AS shown, s.cause,
  s.attempts, s.series, s.release, s.updated_at, s.lane, s.pos, l.head, l.due, c.token,
  ${GATE_SQL} AS gate, t.paused_note AS gate_note,
  CASE ${GATE_SQL} WHEN 'paused' THEN t.paused_until WHEN 'breaker' THEN t.probe_at WHEN 'not-before' THEN t.not_before END AS gate_until`;

/** Head and release of rows q made of COLUMNS_SQL: joined after paging, for the rows of one page only. */
export const PAGE_SQL = `q.*, r.hash AS vocabulary, h.id AS head_id, h.cause AS head_cause,
  CASE WHEN h.state IS NULL OR h.state <> 'open' THEN h.state WHEN q.token IS NOT NULL THEN 'delivering' WHEN q.gate IS NOT NULL THEN 'waiting'
    WHEN q.due > now() AND h.attempts > 0 THEN 'retrying' ELSE 'queued' END AS head_shown`;
export const PAGE_JOINS_SQL = `LEFT JOIN releases r ON r.id = q.release
  LEFT JOIN LATERAL (SELECT h.id, h.state, h.cause, h.attempts FROM syncs h WHERE q.shown = 'waiting' AND q.pos > q.head
    AND h.lane = q.lane AND h.pos >= q.head AND h.pos < q.pos ORDER BY h.pos LIMIT 1) h ON true`;

const GATE_REMEDIES: Record<'held' | 'paused' | 'breaker' | 'not-before', Bilingual> = {
  held: {
    vi: 'Mọi lượt gửi đang được giữ từ khi khởi động. Xem xong thì thả bằng lệnh release.',
    en: 'All deliveries are held since the start. Let them go with release when you have looked.',
  },
  paused: {
    vi: 'Hệ thống này đang tạm dừng nhận theo yêu cầu của người vận hành. Tiếp tục bằng lệnh systems resume.',
    en: 'An operator paused this system. Go on with systems resume.',
  },
  breaker: {
    vi: 'Tạm ngừng gửi vì bên nhận đang lỗi; sẽ tự thăm dò và gửi tiếp. Nếu kéo dài, gọi đầu mối của hệ thống bên nhận.',
    en: 'Sending stopped because the target is failing; it is probed and goes on by itself. If it lasts, call its contact.',
  },
  'not-before': {
    vi: 'Bên nhận yêu cầu gửi chậm lại; sẽ gửi tiếp đúng giờ hẹn.',
    en: 'The target asked to slow down; sending goes on at the time it gave.',
  },
};

/** The instant in a UUIDv7. */
export function timeOfId(id: string): Date {
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
}

/** The smallest UUIDv7 of an instant. */
export function idFloor(at: Date): string {
  const hex = Math.max(0, at.getTime()).toString(16).padStart(12, '0').slice(-12);
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

function causeOf(cause: CauseCode | null): { cause?: CauseCode; remedy?: Bilingual } {
  if (cause === null) return {};
  const remedy = CAUSES[cause]?.remedy;
  return remedy === undefined ? { cause } : { cause, remedy };
}

function gateOf(row: SyncRow): BlockedBy | undefined {
  if (row.gate === null) return undefined;
  return {
    kind: 'gate',
    id: row.target,
    reason: row.gate,
    ...(row.gate_until === null ? {} : { until: row.gate_until.toISOString() }),
    ...(row.gate_note === null || row.gate !== 'paused' ? {} : { note: row.gate_note }),
    remedy: GATE_REMEDIES[row.gate],
  };
}

function blockedBy(row: SyncRow): BlockedBy | undefined {
  if (row.shown !== 'waiting') return undefined;
  const gate = gateOf(row);
  if (row.head_id === null || row.head_shown === null) return gate;
  const through = row.head_shown === 'waiting' ? gate : undefined;
  return {
    kind: 'sync',
    id: row.head_id,
    state: row.head_shown,
    ...causeOf(row.head_cause),
    ...(through === undefined ? {} : { blockedBy: through }),
  };
}

/** A row as it is answered. */
export function viewOf(row: SyncRow): SyncView {
  const blocked = blockedBy(row);
  return {
    id: row.id,
    eventId: row.event,
    source: row.source,
    type: row.type,
    subject: row.subject,
    target: row.target,
    unit: row.unit,
    procedure: row.procedure,
    mode: row.mode,
    state: row.shown,
    ...causeOf(row.cause),
    attempts: row.attempts,
    series: row.series,
    ...(blocked === undefined ? {} : { blockedBy: blocked }),
    ...(row.vocabulary === null ? {} : { vocabulary: row.vocabulary }),
    createdAt: timeOfId(row.id).toISOString(),
    updatedAt: row.updated_at.toISOString(),
    ...(row.shown === 'retrying' && row.due !== null ? { dueAt: row.due.toISOString() } : {}),
  };
}
