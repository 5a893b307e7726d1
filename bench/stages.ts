/**
 * What one event costs by stage, from a CPU profile of the gateway in one process: each sample goes to the innermost function
 * of its stack that belongs to a stage. Shares are of the main thread's busy time; µs are those shares of the CPU that the
 * whole process used an event, so that a busy machine does not lengthen them. The profiler itself costs some of it.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Scenario, type Servers, withRig } from './rig.ts';

interface Profile {
  nodes: { id: number; callFrame: { functionName: string; url: string }; children?: number[] }[];
  samples: number[];
  timeDeltas: number[];
}

/** Files that belong to a stage; what they call (hashes, translation, drivers) belongs to them. */
const STAGES: readonly (readonly [stage: string, files: RegExp])[] = [
  ['translate', /src\/delivery\/translate-sync\.ts/],
  ['record', /src\/delivery\/recorder\.ts|src\/ledger\/record\.ts/],
  ['deliver', /src\/delivery\/(?:lane-run|gate-watch)\.ts|src\/wire\/|connectors\/|node:_http_(?:client|agent)/],
  ['turn', /src\/delivery\/(?:turn|turns|claimer|pacing|relay)\.ts|src\/ledger\/(?:claim|wake)\.ts|\/bullmq\//],
  ['commit', /src\/intake\/accept-queue\.ts|src\/ledger\/accept\.ts/],
  ['accept', /src\/intake\/|src\/http\/|\/fastify\/|\/find-my-way\/|node:_http_server/],
  ['database driver', /\/pg(?:-protocol|-pool)?\//],
];
/** Wherever it stands in the stack, it is no event's cost. */
const START =
  /src\/translation\/(?:load|read-yaml|check|release)|\/yaml\/|\/ajv\/dist\/(?:core|compile)|node:internal\/modules\//;

/** Time of each stage in ms. */
export function stagesOf(profile: Profile): Map<string, number> {
  const byId = new Map(profile.nodes.map(node => [node.id, node]));
  const parentOf = new Map<number, number>();
  for (const node of profile.nodes) for (const child of node.children ?? []) parentOf.set(child, node.id);
  const known = new Map<number, string>();
  const stageOf = (leaf: number): string => {
    const name = byId.get(leaf)?.callFrame.functionName ?? '';
    if (name === '(garbage collector)') return 'garbage collection';
    if (name === '(idle)') return 'idle';
    let stage: string | undefined;
    for (let id: number | undefined = leaf; id !== undefined; id = parentOf.get(id)) {
      const { url = '' } = byId.get(id)?.callFrame ?? {};
      if (START.test(url)) return 'start';
      stage ??= STAGES.find(([, files]) => files.test(url))?.[0];
    }
    return stage ?? 'rest (sockets, timers, microtasks)';
  };
  const times = new Map<string, number>();
  for (const [index, sample] of profile.samples.entries()) {
    let stage = known.get(sample);
    if (stage === undefined) {
      stage = stageOf(sample);
      known.set(sample, stage);
    }
    times.set(stage, (times.get(stage) ?? 0) + (profile.timeDeltas[index] ?? 0) / 1_000);
  }
  return times;
}

/** Runs the scenario under the profiler; answers µs of an event by stage, most expensive first. */
export async function measureStages(
  scenario: Scenario,
  servers: Servers,
  rounds: number,
): Promise<{ stage: string; us: number; share: number }[]> {
  const folder = await mkdtemp(join(tmpdir(), 'lienthong-profile-'));
  try {
    const cpuUs = await withRig(
      scenario,
      servers,
      async rig => {
        await rig.generate({ BENCH_RUN: 'warm', BENCH_ROUNDS: '3' });
        await rig.allCame(3_000, 60_000);
        await rig.reset();
        const cpuMs = (): number => rig.gateways.reduce((sum, gateway) => sum + gateway.cpuMs(), 0);
        const before = cpuMs();
        const run = await rig.generate({ BENCH_RUN: 'stages', BENCH_ROUNDS: String(rounds) });
        await rig.allCame(run.accepted, 120_000);
        return ((cpuMs() - before) * 1_000) / run.accepted;
      },
      {},
      ['--cpu-prof', `--cpu-prof-dir=${folder}`, '--cpu-prof-interval=500'],
    );
    const [file] = await readdir(folder);
    if (file === undefined) throw new Error('the gateway left no profile');
    const times = stagesOf(JSON.parse(await readFile(join(folder, file), 'utf8')) as Profile);
    times.delete('idle');
    times.delete('start');
    const sum = [...times.values()].reduce((total, ms) => total + ms, 0);
    return [...times]
      .map(([stage, ms]) => ({
        stage,
        us: Math.round((ms / sum) * cpuUs),
        share: Math.round((ms / sum) * 1_000) / 10,
      }))
      .sort((a, b) => b.us - a.us);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
