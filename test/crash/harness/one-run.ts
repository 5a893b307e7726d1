/**
 * One run: a world, traffic, the seed's faults, quiet, then every invariant. What it saw stays in its folder as files; a run that
 * went well takes its folder away.
 */
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { check } from './check.ts';
import { draw } from './draw.ts';
import type { History, Violation } from './history.ts';
import { readLedger, untilSettled } from './ledger-end.ts';
import type { Part } from './part.ts';
import { personsAt } from './persons.ts';
import { chanceOf } from './random.ts';
import { startSender } from './sender.ts';
import { CANARY } from './stories.ts';
import { startWatch } from './watch.ts';
import { CALM, readWitness } from './witness-orders.ts';
import { createWorld, SECRET, type World } from './world.ts';

export interface RunOptions {
  seed: number;
  /** Names or protocol numbers of faults; empty: all. */
  faults: readonly string[];
  redis: boolean;
  apis: number;
  workers: number;
  lanes: number;
  /** How long faults go on, ms. */
  spanMs: number;
  /** A short run: few faults, each once, as many as fit this turn of a row of runs; the span is theirs. */
  turn?: number;
  /** Mean pause of a lane between two posts, ms. */
  paceMs: number;
  /** A canary: a system breaks its word about keys, so the run must turn red. */
  canary?: boolean;
  /** Keep the folder of a run that went well too. */
  keep?: boolean;
}

export interface RunResult {
  seed: number;
  /** What happened when, one line each. */
  schedule: string[];
  happened: { name: string; protocol: string; ms: number }[];
  /** How often processes were killed, asked to end and put to sleep, by role. */
  suffered: Record<string, Part['suffered']>;
  violations: Violation[];
  /** Faults of the harness itself: a part that did not start or did not end as it should. */
  trouble: string[];
  accepted: number;
  calls: number;
  effects: number;
  unknown: number;
  /** Acts of people, those that were refused left out. */
  acts: number;
  /** Syncs by their last state. */
  states: Record<string, number>;
  seconds: number;
  settledAfterMs: number;
  /** Where its history lies; undefined when it was taken away. */
  folder: string | undefined;
}

/** A hot lane has three times as many: more than a page of the dialect's look-up. */
const MOST_A_LANE = 95;
const PATIENCE_MS = 90_000;
/** Traffic before the first fault: what comes later is measured by it. */
const QUIET_MS = 3_000;
/** A lane that waits for a person at one sync after another is done by then. */
const MOST_ROUNDS = 30;

/** Runs once; rejects only when the world could not be brought up. */
export async function runOnce(options: RunOptions): Promise<RunResult> {
  const began = performance.now();
  const folder = await mkdtemp(join(tmpdir(), `lienthong-crash-${options.seed}-`));
  const chance = chanceOf(options.seed);
  const { planned, spanMs, needs } = draw(options, chance.fork('schedule'));
  const happened: RunResult['happened'] = [];
  const schedule: string[] = [];
  const trouble: string[] = [];
  const troubled: History['troubled'] = [];
  const world = await createWorld({
    folder,
    seed: options.seed,
    apis: options.apis,
    workers: options.workers,
    redis: options.redis,
    sentinel: needs.has('sentinel'),
    clocks: needs.has('clocks'),
    schedulers: needs.has('schedulers') ? 3 : 1,
    keysIgnored: options.canary === true,
  });
  const watch = startWatch(world);
  try {
    const run = `K${options.seed.toString(36)}`;
    const sender = startSender({
      ports: world.frontPorts,
      secret: SECRET,
      chance: chance.fork('sender'),
      run,
      lanes: options.lanes,
      perLane: MOST_A_LANE,
      paceMs: options.paceMs,
    });
    await pause(QUIET_MS);
    const start = Date.now();
    const persons = personsAt(world, sender, chance.fork('persons'), spanMs);
    const turn = turnsFor();
    await Promise.all(
      planned.map(async ({ fault, at }, index) => {
        await pause(at);
        await turn(fault.holds, async () => {
          const from = Date.now();
          try {
            await fault.happen(world, chance.fork(`${fault.name} ${index}`));
          } catch (error) {
            trouble.push(`${fault.name}: ${error instanceof Error ? error.message : String(error)}`);
          }
          troubled.push({ from, to: Date.now(), holds: fault.holds });
          happened.push({ name: fault.name, protocol: fault.protocol, ms: Date.now() - from });
          schedule.push(
            `${String(from - start).padStart(6)} ms  ${fault.protocol.padEnd(3)} ${fault.name}, ${Date.now() - from} ms`,
          );
        });
      }),
    );
    await pause(Math.max(0, spanMs - (Date.now() - start)));
    await persons.calm;
    await calm(world, trouble);
    const unanswered = await sender.end();
    if (unanswered > 0)
      trouble.push(`${unanswered} events could not be posted within a minute after all faults were over`);
    const quietAt = Date.now();
    let settled = await untilSettled(world, PATIENCE_MS);
    await persons.stop();
    // what only now came to wait for a person is answered too
    for (let round = 0; settled && round < MOST_ROUNDS && (await persons.answer(false)) > 0; round += 1)
      settled = await untilSettled(world, PATIENCE_MS);
    const settledAfterMs = Date.now() - quietAt;
    const ledger = await readLedger(world, settled);
    const calls = (await Promise.all(world.witnesses.map(({ file }) => readWitness(file)))).flat();
    const seen = await watch.end();
    const suffered = sufferedIn(world);
    for (const part of [...world.workers, ...world.apis, ...world.schedulers]) {
      const code = await part.end();
      if (code !== 0) trouble.push(`${part.name} ended with ${code}`);
      trouble.push(...part.unasked);
    }
    const history: History = {
      targets: world.witnesses.map(({ target }) => target),
      means: Object.fromEntries(world.witnesses.map(({ target, means }) => [target, means])),
      units: sender.units,
      heldLanes: sender.heldLanes,
      stale: sender.stale(),
      posts: sender.posts,
      calls,
      acts: persons.acts,
      looks: persons.looks,
      ledger,
      leaks: await leaksIn(join(folder, 'logs')),
      troubled,
      seen,
    };
    const violations = check(history);
    schedule.sort();
    const bad = violations.length > 0 || trouble.length > 0;
    if (bad || options.keep) await keepHistory(folder, history, schedule);
    return {
      seed: options.seed,
      schedule,
      happened,
      suffered,
      violations,
      trouble,
      accepted: sender.accepted(),
      calls: calls.length,
      effects: calls.filter(call => call.effect !== null).length,
      unknown: sender.posts.filter(post => post.end === 'unknown' || post.end === 'away').length,
      acts: persons.acts.filter(({ end }) => end !== 'refused').length,
      states: statesOf(ledger),
      seconds: Math.round((performance.now() - began) / 100) / 10,
      settledAfterMs,
      folder: bad || options.keep ? folder : await gone(folder, world),
    };
  } finally {
    watch.stop();
    await world.end();
  }
}

/** A fault that took longer than planned keeps its parts: what wants them waits. */
function turnsFor(): (parts: readonly string[], work: () => Promise<void>) => Promise<void> {
  const last = new Map<string, Promise<void>>();
  return (parts, work) => {
    const before = Promise.all(parts.map(part => last.get(part)));
    const done = before.then(work);
    for (const part of parts) last.set(part, done);
    return done;
  };
}

/** All faults over: lines mended, witnesses calm, everything running. */
async function calm(world: World, trouble: string[]): Promise<void> {
  const { fronts, ledgerOfApis, ledgerOfWorkers, redis, targets } = world.lines;
  for (const line of [...fronts, ledgerOfApis, ledgerOfWorkers, ...(redis ? [redis] : []), ...targets]) line.mend();
  for (const index of world.witnesses.keys()) world.order(index, CALM);
  for (const part of [...redisesOf(world), ...world.apis, ...world.workers, ...world.schedulers]) {
    part.continue();
    if (part.running) continue;
    trouble.push(`${part.name} was not running at the end of the faults`);
    await part.start();
  }
}

async function keepHistory(folder: string, history: History, schedule: readonly string[]): Promise<void> {
  const folderOfHistory = join(folder, 'history');
  await mkdir(folderOfHistory, { recursive: true });
  await writeFile(join(folderOfHistory, 'schedule.txt'), `${schedule.join('\n')}\n`);
  for (const [name, value] of Object.entries(history)) {
    const lines = Array.isArray(value) ? value : [value];
    await appendFile(join(folderOfHistory, `${name}.jsonl`), lines.map(line => `${JSON.stringify(line)}\n`).join(''));
  }
}

const redisesOf = ({ redis, watched }: World): Part[] => [
  ...(redis ? [redis] : []),
  ...(watched?.servers.map(({ part }) => part) ?? []),
];

/** What the parts of each role went through together. */
function sufferedIn(world: World): RunResult['suffered'] {
  const sum = (parts: readonly Part[]): Part['suffered'] => ({
    killed: parts.reduce((all, { suffered }) => all + suffered.killed, 0),
    ended: parts.reduce((all, { suffered }) => all + suffered.ended, 0),
    slept: parts.reduce((all, { suffered }) => all + suffered.slept, 0),
  });
  const { apis, workers, schedulers } = world;
  return { api: sum(apis), worker: sum(workers), scheduler: sum(schedulers), redis: sum(redisesOf(world)) };
}

function statesOf({ syncs }: History['ledger']): Record<string, number> {
  const groups = Map.groupBy(syncs, sync => sync.state);
  return Object.fromEntries([...groups].map(([state, list]) => [state, list.length]));
}

async function gone(folder: string, world: World): Promise<undefined> {
  await world.end();
  await rm(folder, { recursive: true, force: true });
  return undefined;
}

/** Log files in which a citizen's number stands. */
async function leaksIn(folder: string): Promise<string[]> {
  const leaks: string[] = [];
  for (const name of await readdir(folder)) {
    if (name.startsWith('witness')) continue;
    if ((await readFile(join(folder, name), 'utf8')).includes(CANARY)) leaks.push(name);
  }
  return leaks;
}
