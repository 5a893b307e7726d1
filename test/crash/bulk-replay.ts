/**
 * F25: one replay of many syncs while everything that carries it is killed again and again: `node test/crash/bulk-replay.ts --rows 3418
 * --kills 20 --seed 1`. To the last one it must end with as many as it said, each once, in the order of its lane; and a stop must
 * stop. Judged by the list that the receiving system itself keeps.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { GatewayEvent, JsonObject } from '../../src/domain/words.ts';
import { eventually } from '../support/eventually.ts';
import { filing } from './filings.ts';
import { chanceOf } from './harness/random.ts';
import { createWorld, endWorlds, type World } from './harness/world.ts';

const TARGET = 'commune';
const TYPE = 'dossier.step-changed';
/** Steps of a dossier, but for the last one's. */
const STEPS = 10;
/** Longest wait for something that must happen while parts are being killed. */
const PATIENCE_MS = 240_000;

export interface BulkReplay {
  /** What is wrong; empty when every promise was kept. */
  faults: string[];
  kills: string[];
  counted: number;
  done: number;
  changed: number;
  failed: number;
  /** How long the stop of a second replay took, ms. */
  stopMs: number;
}

/** Runs it once, in a world of its own that is gone afterwards. */
export async function bulkReplay(options: {
  rows: number;
  kills: number;
  seed: number;
  rate: number;
}): Promise<BulkReplay> {
  const folder = await mkdtemp(join(tmpdir(), 'lienthong-bulk-'));
  const world = await createWorld({ folder, seed: options.seed, apis: 1, workers: 1, redis: false });
  try {
    return await run(world, options);
  } finally {
    await world.end();
    await rm(folder, { recursive: true, force: true });
  }
}

async function run(
  world: World,
  { rows, kills: wanted, seed, rate }: { rows: number; kills: number; seed: number; rate: number },
): Promise<BulkReplay> {
  const chance = chanceOf(seed);
  const faults: string[] = [];
  const lanes = dossiers(rows);
  await accept(world, lanes);
  const filter = { target: TARGET, type: TYPE, state: 'delivered' };
  await eventually(
    async () => [...(await effectsOf(world)).values()].reduce((sum, list) => sum + list.length, 0) >= rows,
    PATIENCE_MS,
  );
  await eventually(async () => !(await anyOpen(world)), PATIENCE_MS);

  const started = await ask(world, 'POST', '/v1/replays', { filter, expect: rows, rate, reason: 'gửi lại để thử' });
  const path = `/v1/replays/${String(started.id)}`;
  if (started.counted !== rows) faults.push(`it counted ${String(started.counted)}, ${rows} were delivered`);

  const kills: string[] = [];
  const parts = ['api', 'worker', 'scheduler', 'postgres'] as const;
  for (let no = 0; no < wanted; no += 1) {
    const from = Math.floor((rows * (no + chance.next())) / (wanted + 1));
    const at = await eventually(async () => {
      const { done, state } = await ask(world, 'GET', path);
      return (Number(done) >= from || state === 'done') && Number(done) + 1;
    }, PATIENCE_MS);
    // each in turn, from a place that the seed gives, so that none is left out
    const part = parts[(no + seed) % parts.length] as (typeof parts)[number];
    await kill(world, part);
    kills.push(`${part} after ${at - 1}`);
  }
  const ended = await eventually(async () => {
    const found = await ask(world, 'GET', path);
    return found.state === 'done' && found;
  }, PATIENCE_MS);
  const settled = await eventually(async () => {
    const { outcome } = await ask(world, 'GET', path);
    const all = outcome as Record<string, number>;
    return (all.open ?? 0) === 0 && all;
  }, PATIENCE_MS);
  const [counted, done, changed, failed] = ['counted', 'done', 'changed', 'failed'].map(name =>
    Number(ended[name]),
  ) as [number, number, number, number];
  if (done + changed + failed !== counted) faults.push(`${done} + ${changed} + ${failed} is not ${counted}`);
  if (done !== rows) faults.push(`${rows - done} of ${rows} were not done though nothing else happened to them`);
  if (settled.delivered !== done) faults.push(`${done} were done, became ${JSON.stringify(settled)}`);
  faults.push(...(await wrongEffects(world, lanes)));

  const second = await ask(world, 'POST', '/v1/replays', { filter, expect: rows, rate: 20, reason: 'sẽ dừng' });
  const other = `/v1/replays/${String(second.id)}`;
  await eventually(async () => Number((await ask(world, 'GET', other)).done) > 0, PATIENCE_MS);
  const asked = performance.now();
  await ask(world, 'DELETE', other, { reason: 'dừng' });
  const stopped = await eventually(async () => {
    const found = await ask(world, 'GET', other);
    return found.state === 'cancelled' && found;
  }, PATIENCE_MS);
  const stopMs = Math.round(performance.now() - asked);
  await eventually(async () => !(await anyOpen(world)), PATIENCE_MS);
  const later = await ask(world, 'GET', other);
  if (later.done !== stopped.done) faults.push('it went on after it was stopped');
  const sum = ['done', 'changed', 'failed', 'left'].reduce((total, name) => total + Number(later[name]), 0);
  if (sum !== rows) faults.push(`the stopped one counts ${sum} of ${rows}`);
  return { faults, kills, counted, done, changed, failed, stopMs };
}

/** Codes of dossiers with the number of their steps: `rows` steps in all. */
function dossiers(rows: number): Map<string, number> {
  const lanes = new Map<string, number>();
  for (let left = rows; left > 0; left -= STEPS) lanes.set(`GL-${lanes.size}`, Math.min(STEPS, left));
  return lanes;
}

async function accept(world: World, lanes: ReadonlyMap<string, number>): Promise<void> {
  const events = [...lanes].flatMap(([code, steps]) => [
    filing(code),
    ...Array.from({ length: steps }, (_, no) => step(code, no + 1)),
  ]);
  for (let from = 0; from < events.length; from += 500) {
    await ask(world, 'POST', '/v1/events', events.slice(from, from + 500), 'application/cloudevents-batch+json');
  }
}

function step(code: string, no: number): GatewayEvent {
  const { data, ...envelope } = filing(code);
  return {
    ...envelope,
    id: `${code}/${no}`,
    type: TYPE,
    data: {
      dossierCode: code,
      unitCode: data.unitCode,
      step: { no, content: `${code}-${no}`, actor: { name: 'Lê Thị Hoa' }, startedAt: envelope.time },
      status: '4',
    },
  } as GatewayEvent;
}

/** One call to the api; tried again while it is away. */
async function ask(
  world: World,
  method: string,
  path: string,
  body?: object,
  type = 'application/json',
): Promise<JsonObject> {
  return eventually(async () => {
    const answer = await fetch(`http://127.0.0.1:${world.apiPorts[0]}${path}`, {
      method,
      headers: { authorization: `Bearer ${world.token}`, ...(body === undefined ? {} : { 'content-type': type }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    });
    const found = (await answer.json()) as JsonObject;
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(found)}`);
    return found;
  }, PATIENCE_MS);
}

async function anyOpen(world: World): Promise<boolean> {
  const { items } = await ask(world, 'GET', `/v1/syncs?state=open&target=${TARGET}&limit=1`);
  return (items as unknown[]).length > 0;
}

async function kill(world: World, name: 'api' | 'worker' | 'scheduler' | 'postgres'): Promise<void> {
  if (name === 'postgres') {
    const { pid } = world.postgres;
    process.kill(pid, 'SIGKILL');
    await eventually(() => world.postgres.pid !== pid, PATIENCE_MS);
    return;
  }
  const [part] = { api: world.apis, worker: world.workers, scheduler: world.schedulers }[name];
  await part?.kill();
  await part?.start();
}

/** Steps that took effect at the target, by dossier, in their order. */
async function effectsOf(world: World): Promise<Map<string, number[]>> {
  const file = world.witnesses.find(({ target }) => target === TARGET)?.file as string;
  const lines = (await readFile(file, 'utf8'))
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line) as { call?: number; id?: string; effect?: number; of?: number });
  const calls = new Map(lines.flatMap(({ call, id }) => (call === undefined ? [] : [[call, id as string] as const])));
  const effects = new Map<string, number[]>();
  for (const { effect, of } of lines) {
    if (effect === undefined) continue;
    const [, code, no] = /^(GL-\d+)-(\d+)$/.exec(calls.get(of as number) ?? '') ?? [];
    if (code === undefined || no === '0') continue;
    effects.set(code, [...(effects.get(code) ?? []), Number(no)]);
  }
  return effects;
}

/** Each dossier's steps must have taken effect once as first sent and once as sent again, both times in their order. */
async function wrongEffects(world: World, lanes: ReadonlyMap<string, number>): Promise<string[]> {
  const effects = await effectsOf(world);
  return [...lanes].flatMap(([code, steps]) => {
    const once = Array.from({ length: steps }, (_, no) => no + 1);
    const right = [...once, ...once].join();
    const was = (effects.get(code) ?? []).join();
    return was === right ? [] : [`${code} took effect as ${was}`];
  });
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: {
      rows: { type: 'string', default: '3418' },
      kills: { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
      rate: { type: 'string', default: '60' },
    },
  });
  const end = (): void => void endWorlds().finally(() => process.exit(130));
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  const [rows, kills, seed, rate] = [values.rows, values.kills, values.seed, values.rate].map(Number) as [
    number,
    number,
    number,
    number,
  ];
  const result = await bulkReplay({ rows, kills, seed, rate });
  process.stdout.write(`${JSON.stringify({ rows, seed, rate, ...result }, null, 2)}\n`);
  process.exitCode = result.faults.length === 0 && result.stopMs < 5_000 ? 0 : 1;
}
