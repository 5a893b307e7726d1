/** Histories made up for the checker: whole ones that a good run could have left. */
import type { Call, History, Post, StoredSync } from './history.ts';
import type { Chance } from './random.ts';

const TARGETS = ['commune', 'commune-looked-up'];

/** A history in which every promise was kept, with retries, unanswered posts, lost answers, duplicates, and one held lane. */
export function goodHistory(chance: Chance): History {
  const history: History = {
    targets: [...TARGETS],
    units: {},
    heldLanes: ['L-0'],
    posts: [],
    calls: [],
    acts: [],
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
    troubled: [{ from: 0, to: 10_000_000 }],
  };
  let now = 1_000;
  let ids = 0;
  const id = (kind: string): string => {
    ids += 1;
    return `${kind}-${String(ids).padStart(6, '0')}`;
  };
  const seqs = new Map<string, number>();
  const effects = new Map<string, number>();
  const lanes = chance.between(3, 6);
  for (let index = 0; index < lanes; index += 1) {
    const lane = `L-${index}`;
    history.units[lane] = `unit-${index}`;
    const length = chance.between(3, 8);
    const heldFrom = index === 0 ? chance.between(1, length - 1) : length;
    const numbers = new Map(TARGETS.map((target, more) => [target, index * TARGETS.length + more + 1]));
    for (let n = 0; n < length; n += 1) {
      const source = `${lane}-${n}`;
      const eventId = id('event');
      const syncs = TARGETS.map(
        (target): StoredSync => ({
          id: id('sync'),
          eventId,
          target,
          lane: numbers.get(target) as number,
          pos: n + 1,
          state: n < heldFrom ? 'delivered' : n === heldFrom ? 'parked' : 'open',
          cause: n === heldFrom ? 'unknown-unit' : null,
          attempts: n < heldFrom ? 1 : 0,
          problem: n === heldFrom,
        }),
      );
      history.ledger.events.push({ eventId, id: source });
      history.ledger.syncs.push(...syncs);
      postsOf(source, eventId, syncs);
      for (const sync of syncs) if (sync.state === 'delivered') callsOf(source, sync, n);
      now += 50;
    }
    for (const target of TARGETS) {
      const head = history.ledger.syncs.find(sync => sync.lane === numbers.get(target) && sync.pos === heldFrom + 1);
      history.ledger.lanes.push({
        lane: numbers.get(target) as number,
        target,
        head: heldFrom + 1,
        tail: length,
        due: false,
        leased: false,
        blockedBy: head?.id ?? null,
      });
    }
  }
  for (const act of ['system.pause', 'system.resume']) {
    const note = id('act');
    history.acts.push({ act, subject: 'system:commune', note, end: chance.next() < 0.8 ? 'ok' : 'unknown' });
    history.ledger.audit.entries.push({ act, subject: 'system:commune', note });
  }
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

  function postsOf(source: string, eventId: string, syncs: readonly StoredSync[]): void {
    const post = (more: Partial<Post>): void => {
      now += 5;
      history.posts.push({
        at: now,
        until: now + 3,
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
    post({ events: answer(stored) });
    if (chance.next() < 0.2) post({ kind: 'again', events: answer(true) });
    if (chance.next() < 0.1) post({ kind: 'altered', end: 'refused', status: 409 });
    if (chance.next() < 0.1) post({ ids: [], kind: 'bad', end: 'refused', status: 400 });
  }

  function callsOf(source: string, sync: StoredSync, n: number): void {
    const { target } = sync;
    const call = (more: Partial<Call>): void => {
      const seq = (seqs.get(target) ?? 0) + 1;
      seqs.set(target, seq);
      now += 1_100;
      const unit = n === 0 ? (history.units[source.slice(0, source.lastIndexOf('-'))] as string) : null;
      history.calls.push({
        target,
        seq,
        at: now,
        until: now + 20,
        sync: sync.id,
        key: sync.id,
        id: source,
        unit,
        effect: null,
        status: 200,
        retryAfterMs: null,
        ...more,
      });
    };
    const fail = (): void => {
      history.ledger.attempts.push({
        sync: sync.id,
        series: 1,
        no: sync.attempts,
        outcome: 'failed',
        backwards: false,
      });
      sync.attempts += 1;
    };
    const effect = (effects.get(target) ?? 0) + 1;
    effects.set(target, effect);
    const luck = chance.next();
    if (luck < 0.1) call({ status: 429, retryAfterMs: 1_000 });
    else if (luck < 0.2) call({ status: 503 });
    if (luck < 0.2) fail();
    // its answer was lost: found by its key, or by look-up without a call
    const lost = luck >= 0.2 && luck < 0.4;
    call({ effect, ...(lost ? { status: null } : {}) });
    if (lost) fail();
    if (lost && target === 'commune') call({});
  }
}
