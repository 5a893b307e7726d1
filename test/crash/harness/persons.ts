/**
 * A person at work during a run: pauses systems and lets them go on, puts good syncs aside, sends delivered ones once more, and
 * deals with what is held as its cause asks. Each act bears a note of its own. Where it is unknown whether a system took something,
 * they ask there (the witness's own list); sometimes they do not ask, and send it again.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { createDesk, type Desk } from './desk.ts';
import type { Look, PersonsAct } from './history.ts';
import type { Chance } from './random.ts';
import { type HeldSync, remedyOf } from './remedies.ts';
import type { Sender } from './sender.ts';
import { readWitness } from './witness-orders.ts';
import type { World } from './world.ts';

/** What is held on purpose is left for a while, so that lanes do wait behind it. */
const HELD_FOR_MS = 1_500;
const AT_ONCE = 6;

export interface Persons {
  acts: PersonsAct[];
  looks: Look[];
  /** Resolves when nothing is paused any more, and nobody pauses, parks or replays what is good. */
  calm: Promise<void>;
  /** Answers what is held and may be answered; how many acts it took. Also after the last fault, until it is 0. */
  answer(patient: boolean): Promise<number>;
  /** Stops looking after what is held by itself. */
  stop(): Promise<void>;
}

/** Acts until `spanMs` is over, and goes on answering what is held until it is stopped. */
export function personsAt(world: World, sender: Sender, chance: Chance, spanMs: number): Persons {
  const desk = createDesk(world);
  const looks: Look[] = [];
  const end = Date.now() + spanMs - 3_000;
  const blind = world.witnesses.find(({ means }) => means === 'neither');
  let stopped = false;

  const pauses = async (own: Chance): Promise<void> => {
    await pause(own.between(1_000, 3_000));
    while (Date.now() < end) {
      const { target } = own.pick(world.witnesses);
      const path = `/v1/systems/${target}`;
      await desk.act('system.pause', `system:${target}`, `${path}/pause`, note => ({ note }));
      await pause(own.between(300, 1_500));
      while ((await desk.act('system.resume', `system:${target}`, `${path}/resume`, note => ({ note }))) !== 'ok')
        await pause(500);
      await pause(own.between(2_000, 5_000));
    }
  };
  const wishes = async (own: Chance): Promise<void> => {
    while (Date.now() < end) {
      await pause(own.between(500, 1_500));
      if (own.next() < 0.5) await wish(desk, own, 'delivered', 'replay');
      else await wish(desk, own, 'open', 'park');
    }
  };
  const own = chance.fork('answers');
  const answer = async (patient: boolean): Promise<number> => {
    const held = await desk.list<HeldSync>('state=parked,failed');
    const due = held.filter(
      sync =>
        !leftAlone(sync, chance) &&
        (!patient || sync.cause === 'outcome-unknown' || Date.parse(sync.updatedAt) < Date.now() - HELD_FOR_MS),
    );
    for (const sync of held.slice(0, 3)) if (own.next() < 0.2) looks.push(...(await look(desk, sync)));
    const calls = blind === undefined || due.length === 0 ? [] : await readWitness(blind.file);
    const luck = new Map(due.map(sync => [sync.id, own.next()]));
    let acts = 0;
    while (due.length > 0) {
      const some = due.splice(0, AT_ONCE);
      acts += some.length;
      await Promise.all(
        some.map(sync => {
          const remedy = remedyOf(sync, sender.units, calls, luck.get(sync.id) ?? 0);
          return desk.act(`sync.${remedy.act}`, `sync:${sync.id}`, `/v1/syncs/${sync.id}/${remedy.act}`, reason => ({
            ...remedy.body,
            reason,
          }));
        }),
      );
    }
    return acts;
  };
  const tending = (async () => {
    while (!stopped) {
      await answer(true);
      await pause(300);
    }
  })();
  return {
    acts: desk.acts,
    looks,
    calm: Promise.all([pauses(chance.fork('pauses')), wishes(chance.fork('wishes'))]).then(() => undefined),
    answer,
    stop: async () => {
      stopped = true;
      await tending;
    },
  };
}

/** Three in ten of the lanes held on purpose keep what they are held for, to the end. */
function leftAlone({ subject, cause }: HeldSync, chance: Chance): boolean {
  return cause !== 'outcome-unknown' && cause !== 'set-aside' && chance.fork(`left ${subject}`).next() < 0.3;
}

/** Sends a delivered step once more, or puts an open one aside. Filings are left alone: nothing of a dossier goes without one. */
async function wish(desk: Desk, chance: Chance, state: string, act: 'replay' | 'park'): Promise<void> {
  const steps = await desk.list<HeldSync>(`state=${state}&type=dossier.step-changed`);
  if (steps.length === 0) return;
  const { id } = chance.pick(steps);
  const more = act === 'replay' ? { confirmStale: true } : {};
  await desk.act(`sync.${act}`, `sync:${id}`, `/v1/syncs/${id}/${act}`, reason => ({ ...more, reason }));
}

interface Shown extends HeldSync {
  state: string;
  remedy?: { vi: string; en: string };
  blockedBy?: { kind: string; id: string };
  lane: { neighbours: { id: string; state: string; position: string }[] };
}

/** What the interface shows of a held sync and of the next open one in its lane; nothing where the sync went on meanwhile. */
async function look(desk: Desk, { id }: HeldSync): Promise<Look[]> {
  const held = await desk.get<Shown>(`/v1/syncs/${id}`);
  if (held === undefined || !['parked', 'failed'].includes(held.state)) return [];
  const next = held.lane.neighbours.find(({ state, position }) => state === 'open' && position === 'after');
  const behind = next && (await desk.get<Shown>(`/v1/syncs/${next.id}`));
  return [
    {
      sync: id,
      state: held.state,
      cause: held.cause ?? null,
      remedy: Boolean(held.remedy?.vi && held.remedy.en),
      behind: behind
        ? {
            sync: behind.id,
            state: behind.state,
            blockedBy: behind.blockedBy?.kind === 'sync' ? behind.blockedBy.id : null,
          }
        : null,
    },
  ];
}
