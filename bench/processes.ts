/**
 * The processes of a bench run: PostgreSQL, Redis, targets, gateway roles, generator. Each is started here and ended by pid.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

export interface Running {
  child: ChildProcess;
  pid: number;
  /** Peak resident memory so far, MiB (Linux; 0 elsewhere). */
  peakMiB(): number;
  /** CPU used so far, ms (Linux; 0 elsewhere). */
  cpuMs(): number;
  stop(): Promise<void>;
}

const procFile = (pid: number, name: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
};

const cpuOf = (pid: number, withEnded = false): number => {
  const fields = procFile(pid, 'stat').split(') ')[1]?.split(' ') ?? [];
  const ticks = (withEnded ? [11, 12, 13, 14] : [11, 12]).reduce((sum, field) => sum + Number(fields[field] ?? 0), 0);
  return ticks * 10;
};

/** CPU of a process and of those it started, ended ones included, ms (Linux; 0 elsewhere). */
export function familyCpuMs(pid: number): number {
  const children = procFile(pid, `task/${pid}/children`).trim().split(' ').filter(Boolean).map(Number);
  return children.reduce((sum, child) => sum + familyCpuMs(child), cpuOf(pid, true));
}

/** Starts one of this project's scripts with the runtime that runs us. */
export function startScript(
  script: string,
  env: Record<string, string>,
  { args = [], flags = [] }: { args?: string[]; flags?: string[] } = {},
): Running {
  const child = spawn(process.execPath, [...flags, new URL(script, import.meta.url).pathname, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const errors: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => {
    errors.push(chunk.toString('utf8'));
    if (errors.length > 50) errors.shift();
  });
  const exited = once(child, 'exit');
  void exited.then(([code]) => {
    if (code) process.stderr.write(`${script} ended with ${code}: ${errors.join('').slice(-2_000)}\n`);
  });
  const pid = child.pid ?? 0;
  return {
    child,
    pid,
    peakMiB: () => Math.round(Number(/VmHWM:\s+(\d+)/.exec(procFile(pid, 'status'))?.[1] ?? 0) / 1_024),
    cpuMs: () => cpuOf(pid),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** The first line of standard output, as JSON. */
export async function firstLine<T>(running: Running): Promise<T> {
  const output = running.child.stdout;
  if (!output) throw new Error('no standard output');
  const lines = createInterface({ input: output });
  for await (const line of lines) {
    if (!line.startsWith('{')) continue;
    output.resume();
    return JSON.parse(line) as T;
  }
  throw new Error('ended without a line');
}

/** All of standard output until the process ends. */
export async function wholeOutput(running: Running): Promise<string> {
  let text = '';
  running.child.stdout?.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
  });
  await once(running.child, 'close');
  return text;
}

/** Asks until `check` answers true; at most `ms`. */
export async function eventually(check: () => Promise<boolean>, ms: number): Promise<boolean> {
  const end = performance.now() + ms;
  while (performance.now() < end) {
    if (await check().catch(() => false)) return true;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  return false;
}
