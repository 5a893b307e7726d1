/**
 * Histories made up for the checker: whole ones that a good run could have left, with retries, unanswered posts, lost answers,
 * duplicates, old statuses, one lane held on purpose, and people who replay, cancel, put aside and look.
 */
import { callsOf, type Making, sentOnceMore } from './good-calls.ts';
import { calmTraffic } from './good-calm.ts';
import { goodSeen } from './good-seen.ts';
import type { History, Means, Post, StoredSync } from './history.ts';
import type { Chance } from './random.ts';

const MEANS: Record<string, Means> = { commune: 'keys', 'commune-looked-up': 'look-up', 'commune-blind': 'neither' };
const TARGETS = Object.keys(MEANS);
const HELD_LANE = 'L-0';
const HELD_FOR = 'unknown-unit';

/** A history in which every promise was kept. */
export function goodHistory(chance: Chance): History {
  const making = begin(chance);
  const { history, id } = making;
  const lanes = chance.between(3, 6);
  for (let index = 0; index < lanes; index += 1) lane(making, index);
  for (const act of ['system.pause', 'system.resume'])
    personActs(making, act, 'system:commune', chance.next() < 0.8 ? 'ok' : 'unknown');
  const refused = { note: id('act'), at: making.now, end: 'refused', status: 409 } as const;
  history.acts.push({ act: 'sync.park', subject: 'sync:busy', ...refused });
  if (chance.next() < 0.35) calmTraffic(making);
  const count = (target: string, state: string): number =>
    history.ledger.syncs.filter(sync => sync.target === target && sync.state === state).length;
  history.ledger.told = TARGETS.map(target => ({
    target,
    open: count(target, 'open'),
    parked: count(target, 'parked'),
    failed: count(target, 'failed'),
    inTheAir: 0,
  }));
  return history;
}

function begin(chance: Chance): Making {
  let ids = 0;
  return {
    chance,
    now: 1_000,
    id: kind => {
      ids += 1;
      return `${kind}-${String(ids).padStart(6, '0')}`;
    },
    seqs: new Map(),
    effects: new Map(),
    act: personActs,
    history: {
      targets: [...TARGETS],
      means: { ...MEANS },
      units: {},
      heldLanes: { [HELD_LANE]: HELD_FOR },
      stale: [],
      posts: [],
      calls: [],
      acts: [],
      looks: [],
      ledger: {
        settled: true,
        events: [],
        syncs: [],
        lanes: [],
        attempts: [],
        claims: 0,
        told: [],
        audit: { ok: true, entries: [] },
      },
      leaks: [],
      troubled: [{ from: 0, to: 10_000_000, holds: ['postgres'] }],
      seen: goodSeen(chance),
    },
  };
}

/** An act of a person with its entry in the audit. */
function personActs(making: Making, act: string, subject: string, end: 'ok' | 'unknown' = 'ok'): void {
  making.now += 10;
  const note = making.id('act');
  making.history.acts.push({ act, subject, note, at: making.now, end, status: end === 'ok' ? 200 : null });
  making.history.ledger.audit.entries.push({ act, subject, note });
  making.now += 10;
}

function lane(making: Making, index: number): void {
  const { chance, history, id } = making;
  const name = `L-${index}`;
  history.units[name] = `unit-${index}`;
  const length = chance.between(3, 8);
  const held = name === HELD_LANE;
  const heldFrom = held ? chance.between(1, length - 1) : length;
  // one lane is put aside at its last sync
  const asideAt = index === 1 ? length - 1 : length;
  const staleAt = chance.next() < 0.4 && !held ? chance.between(1, length - 2) : -1;
  const numbers = new Map(TARGETS.map((target, more) => [target, index * TARGETS.length + more + 1]));
  for (let n = 0; n < length; n += 1) {
    const source = `${name}-${n}`;
    const eventId = id('event');
    if (n === staleAt) history.stale.push(source);
    const syncs = TARGETS.map((target): StoredSync => {
      const aside = n === asideAt && target === 'commune';
      const parked = n === heldFrom || aside;
      const state = n === staleAt ? 'superseded' : parked ? 'parked' : n < heldFrom ? 'delivered' : 'open';
      const sync: StoredSync = {
        id: id('sync'),
        eventId,
        target,
        lane: numbers.get(target) as number,
        pos: n + 1,
        state,
        cause: aside ? 'set-aside' : parked ? HELD_FOR : null,
        attempts: state === 'delivered' ? 1 : 0,
        series: 1,
        problem: parked,
      };
      if (aside) personActs(making, 'sync.park', `sync:${sync.id}`);
      return sync;
    });
    history.ledger.events.push({ eventId, id: source });
    history.ledger.syncs.push(...syncs);
    postsOf(making, source, eventId, syncs);
    for (const sync of syncs) if (sync.state === 'delivered') callsOf(making, source, sync, n);
    making.now += 50;
  }
  const again = history.ledger.syncs.filter(({ lane: at, pos, state }) =>
    [...numbers.values()].includes(at) ? pos > 1 && state === 'delivered' : false,
  );
  if (index > 1 && again.length > 0 && chance.next() < 0.7) {
    const sync = chance.pick(again);
    sentOnceMore(making, sync, `${name}-${sync.pos - 1}`);
  }
  for (const target of TARGETS) lanesRow(making, target, numbers.get(target) as number, Math.min(heldFrom, asideAt));
}

/** The lane's row at the end, and what a person was shown of its held head. */
function lanesRow({ history }: Making, target: string, number: number, heldFrom: number): void {
  const own = history.ledger.syncs.filter(sync => sync.lane === number).sort((a, b) => a.pos - b.pos);
  const at = own.find(sync => sync.state === 'parked');
  const tail = Math.max(...own.map(sync => sync.pos));
  history.ledger.lanes.push({
    lane: number,
    target,
    head: at?.pos ?? tail + 1,
    tail,
    due: false,
    leased: false,
    blockedBy: at?.id ?? null,
  });
  if (at === undefined || heldFrom === 0) return;
  const next = own.find(sync => sync.pos > at.pos && sync.state === 'open');
  const behind = next === undefined ? null : { sync: next.id, state: 'waiting', blockedBy: at.id };
  history.looks.push({ sync: at.id, state: 'parked', cause: at.cause, remedy: true, behind });
}

function postsOf(making: Making, source: string, eventId: string, syncs: readonly StoredSync[]): void {
  const { chance, history } = making;
  const post = (more: Partial<Post>): void => {
    making.now += 5;
    history.posts.push({
      at: making.now,
      until: making.now + 3,
      ids: [source],
      kind: 'event',
      end: 'ok',
      status: 202,
      retryAfter: false,
      events: [],
      ...more,
    });
  };
  const answer = (duplicate: boolean) => [
    { id: source, eventId, duplicate, syncs: syncs.map(({ id: name, target }) => ({ id: name, target })) },
  ];
  const luck = chance.next();
  if (luck < 0.15) post({ end: 'unknown', status: null });
  else if (luck < 0.3) post({ end: 'away', status: 503, retryAfter: true });
  const stored = luck < 0.3 && chance.next() < 0.5;
  if (chance.next() < 0.1) post({ dialect: true });
  else post({ events: answer(stored) });
  if (chance.next() < 0.2) post({ kind: 'again', events: answer(true) });
  if (chance.next() < 0.1) post({ kind: 'altered', end: 'refused', status: 409 });
  if (chance.next() < 0.1) post({ ids: [], kind: 'bad', end: 'refused', status: 400 });
}
