/**
 * Lists of syncs, newest first, paged by id: ids are UUIDv7, so a window of time is a range of the primary key. What is rare
 * (one dossier, parked, failed, open) is found through the table that holds just that, never by reading all syncs.
 */
import type { CauseCode } from '../domain/causes.ts';
import type { SyncState } from '../domain/words.ts';
import type { Database } from './database.ts';
import {
  COLUMNS_SQL,
  idFloor,
  JOINS_SQL,
  PAGE_JOINS_SQL,
  PAGE_SQL,
  SHOWN_SQL,
  type SyncRow,
  type SyncView,
  viewOf,
} from './sync-view.ts';

export interface SyncFilter {
  /** States as people see them; `open` = not settled and not held by a problem. */
  states?: readonly (SyncState | 'open')[];
  cause?: CauseCode;
  target?: string;
  source?: string;
  type?: string;
  unit?: string;
  procedure?: string;
  mode?: string;
  /** Any code of the entity. */
  subject?: string;
  /** A code, or the id of a sync or event. */
  q?: string;
  from: Date;
  to?: Date;
  /** Syncs below this id: the last one of the page before. */
  cursor?: string;
  limit: number;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const KINDS = ['dossier', 'document', 'procedure', 'seat'];
const OPEN: readonly string[] = ['waiting', 'queued', 'delivering', 'retrying'];
const PROBLEM: readonly string[] = ['parked', 'failed'];
/** With more due lanes than this, most of the newest syncs are open: then the primary key is the quicker way. */
const FEW_LANES = 2_000;
/** Syncs that one step looks at where a filter has no index, and the time after which a page is answered as it is. */
const STEP = 40_000;
const PATIENCE_MS = 40;

/** Keys that a code given by a person may stand under. */
export function entityKeys(code: string): string[] {
  return KINDS.map(kind => `${kind}:${code}`);
}

/**
 * One page; `next` is the cursor of the following one, null at the end. Where a filter matches almost nothing a page may hold
 * fewer than `limit`, even none, and still have a `next`: so far was looked, in bounded time.
 */
export async function listSyncs(
  database: Database,
  filter: SyncFilter,
): Promise<{ items: SyncView[]; next: string | null }> {
  const started = performance.now();
  const items: SyncView[] = [];
  let cursor = filter.cursor;
  for (;;) {
    const query = await buildQuery(database, { ...filter, ...(cursor === undefined ? {} : { cursor }) });
    const floor = query.indexed ? undefined : await lookedUntil(database, filter, cursor);
    if (floor !== undefined) query.add(place => `s.id >= ${place}::uuid`, floor);
    const wanted = filter.limit - items.length;
    query.values.push(wanted + 1);
    const { rows } = await database.people.query<SyncRow>(
      `SELECT ${PAGE_SQL} FROM (SELECT ${COLUMNS_SQL} FROM syncs s ${JOINS_SQL} WHERE ${query.where.join(' AND ')}
         ORDER BY s.id DESC LIMIT $${query.values.length}) q ${PAGE_JOINS_SQL} ORDER BY q.id DESC`,
      query.values,
    );
    items.push(...rows.slice(0, wanted).map(viewOf));
    if (rows.length > wanted) return { items, next: items.at(-1)?.id ?? null };
    if (floor === undefined) return { items, next: null };
    if (performance.now() - started > PATIENCE_MS) return { items, next: floor };
    cursor = floor;
  }
}

/** Where a step of the primary key ends; undefined when it reaches the window's end. */
async function lookedUntil(
  database: Database,
  filter: SyncFilter,
  cursor: string | undefined,
): Promise<string | undefined> {
  const to = filter.to === undefined ? undefined : idFloor(filter.to);
  const below = [to, cursor].filter(bound => bound !== undefined).sort()[0] ?? null;
  const { rows } = await database.people.query<{ id: string }>(
    'SELECT id FROM syncs WHERE id >= $1::uuid AND ($2::uuid IS NULL OR id < $2::uuid) ORDER BY id DESC OFFSET $3 LIMIT 1',
    [idFloor(filter.from), below, STEP - 1],
  );
  return rows[0]?.id;
}

interface Query {
  values: unknown[];
  where: string[];
  add(sql: (place: string) => string, value: unknown): void;
  /** True where an index finds just what is asked for. */
  indexed: boolean;
}

/** The conditions of a filter, over syncs `s` joined as JOINS_SQL does. */
export async function buildQuery(database: Database, filter: SyncFilter): Promise<Query> {
  const values: unknown[] = [];
  const where: string[] = [];
  const add: Query['add'] = (sql, value) => {
    values.push(value);
    where.push(sql(`$${values.length}`));
  };
  const inProblems: string[] = [];
  add(place => `s.id >= ${place}::uuid`, idFloor(filter.from));
  inProblems.push('sync >= $1::uuid');
  if (filter.to !== undefined) add(place => `s.id < ${place}::uuid`, idFloor(filter.to));
  if (filter.cursor !== undefined) add(place => `s.id < ${place}::uuid`, filter.cursor);
  for (const column of ['target', 'type', 'unit', 'procedure', 'mode', 'cause'] as const) {
    if (filter[column] === undefined) continue;
    add(place => `s.${column} = ${place}`, filter[column]);
    if (column === 'target' || column === 'cause') inProblems.push(`${column} = $${values.length}`);
  }
  if (filter.source !== undefined) add(place => `e.source = ${place}`, filter.source);
  if (filter.subject !== undefined) add(ofEntity, entityKeys(filter.subject));
  if (filter.q !== undefined) addSearch(filter.q, add);
  const narrow = filter.subject !== undefined || filter.q !== undefined;
  const problems = `SELECT sync FROM problems WHERE ${inProblems.join(' AND ')}`;
  let indexed = narrow || filter.unit !== undefined || (filter.states === undefined && isPlain(filter));

  const states = [...new Set((filter.states ?? []).flatMap(state => (state === 'open' ? OPEN : [state])))];
  if (states.length > 0) {
    const open = states.every(state => OPEN.includes(state));
    if (open) where.push("s.state = 'open'");
    else if (!states.some(state => OPEN.includes(state))) add(place => `s.state = ANY(${place})`, states);
    if (!open || OPEN.some(state => !states.includes(state))) add(place => `${SHOWN_SQL} = ANY(${place})`, states);
    if (!narrow && states.every(state => PROBLEM.includes(state))) {
      where.push(`s.id = ANY(ARRAY(${problems}))`);
      indexed = true;
    } else if (!narrow && open && (await fewLanesOpen(database))) {
      where.push(`s.lane IN (${OPEN_LANES}) AND s.pos >= l.head`);
      indexed = true;
    }
  } else if (filter.cause !== undefined && !narrow && (await fewLanesOpen(database))) {
    // delivered and cancelled syncs have no cause; open ones keep that of their last attempt
    where.push(`s.id = ANY(ARRAY(${problems} UNION ALL SELECT o.id FROM lanes ol JOIN syncs o ON o.lane = ol.lane AND o.pos >= ol.head
      WHERE ol.due IS NOT NULL AND o.cause IS NOT NULL))`);
    indexed = true;
  }
  return { values, where, add, indexed };
}

/** No filter but the window: the primary key alone answers. */
function isPlain(filter: SyncFilter): boolean {
  const { target, type, procedure, mode, cause, source } = filter;
  return [target, type, procedure, mode, cause, source].every(value => value === undefined);
}

/** Lanes that may hold an open sync: those with something due, and those that a problem blocks. */
const OPEN_LANES = `SELECT lane FROM lanes WHERE due IS NOT NULL
  UNION ALL SELECT b.lane FROM problems p JOIN syncs b ON b.id = p.sync`;

async function fewLanesOpen(database: Database): Promise<boolean> {
  const { rows } = await database.people.query<{ few: boolean }>(
    `SELECT count(*) <= $1 AS few FROM (SELECT 1 FROM (${OPEN_LANES}) o LIMIT $1 + 1) n`,
    [FEW_LANES],
  );
  return rows[0]?.few ?? false;
}

const ofEntity = (place: string): string =>
  `s.event IN (SELECT v.id FROM events v WHERE v.entity IN (SELECT a.entity FROM aliases a WHERE a.key = ANY(${place}::text[])))`;

function addSearch(q: string, add: (sql: (place: string) => string, value: unknown) => void): void {
  const text = q.trim();
  if (UUID.test(text)) add(place => `(s.id = ${place}::uuid OR s.event = ${place}::uuid)`, text.toLowerCase());
  else add(ofEntity, entityKeys(text));
}
