/** A process of a run, started here and ended here by its pid: killed, stopped and continued, asked to end, started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

export interface PartOptions {
  name: string;
  program: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  /** What it writes goes there. */
  logFile: string;
  /** The line by which it says that it is ready. */
  ready(line: string): boolean;
  /** Give it a channel for orders. */
  channel?: boolean;
}

export interface Ending {
  againMs?: readonly number[];
  patienceMs?: number;
}

/** Longest wait for a start; the machine may be busy with others. */
const START_MS = 240_000;
const END_MS = 40_000;
/** How long a supervisor waits before it starts again what has ended. */
const RESTART_MS = 300;

export class Part {
  readonly name: string;
  readonly #options: PartOptions;
  #child: ChildProcess | undefined;
  #starting: Promise<string> | undefined;
  #stopped = false;
  /** Somebody here wanted its end. */
  #asked = false;
  /** How often it was killed, asked to end, and put to sleep. */
  readonly suffered = { killed: 0, ended: 0, slept: 0 };
  /** When it ended though it was ready and nobody had asked it to. */
  readonly unasked: string[] = [];

  constructor(options: PartOptions) {
    this.name = options.name;
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.running ? this.#child?.pid : undefined;
  }

  get running(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get channel(): ChildProcess | undefined {
    return this.#child;
  }

  /**
   * Starts it if it does not run; resolves with the line by which it was ready. As a supervisor would, it tries again when the
   * process ends before it is ready (its database may be away), until patience is over or somebody kills it.
   */
  start(): Promise<string> {
    if (this.running && this.#starting) return this.#starting;
    this.#starting = this.#tryUntilReady();
    // Whoever kills it while it starts need not wait for it.
    this.#starting.catch(() => undefined);
    return this.#starting;
  }

  async #tryUntilReady(): Promise<string> {
    const { name, logFile } = this.#options;
    const end = Date.now() + START_MS;
    this.#asked = false;
    for (;;) {
      const line = await this.#launch(end - Date.now());
      if (line !== undefined) return line;
      if (this.#asked || Date.now() > end) throw new Error(`${name} was not ready in time (${logFile})`);
      await pause(RESTART_MS);
    }
  }

  /** One attempt; undefined when it ended before it was ready. */
  #launch(patienceMs: number): Promise<string | undefined> {
    const { program, args, env, logFile, ready, channel, name } = this.#options;
    const child = spawn(program, args, {
      env,
      stdio: ['ignore', 'pipe', 'pipe', ...(channel ? (['ipc'] as const) : [])],
    });
    this.#child = child;
    this.#stopped = false;
    child.stderr?.on('data', (text: Buffer) => appendFileSync(logFile, text));
    return new Promise((resolve, reject) => {
      let isReady = false;
      const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
      createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', line => {
        appendFileSync(logFile, `${line}\n`);
        if (!ready(line)) return;
        clearTimeout(timer);
        isReady = true;
        resolve(line);
      });
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        clearTimeout(timer);
        if (isReady && !this.#asked) this.unasked.push(`${name} ended by itself with ${code ?? signal} (${logFile})`);
        resolve(undefined);
      });
    });
  }

  /** kill -9; resolves when it is gone. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /**
   * SIGTERM, again after each of `againMs`; when `patienceMs` runs out, kill -9. Answers its exit status, null where it had to be
   * killed or was not running.
   */
  async end({ againMs = [], patienceMs = END_MS }: Ending = {}): Promise<number | null> {
    const child = this.#child;
    const repeats = againMs.map(ms => setTimeout(() => child?.kill('SIGTERM'), ms));
    const code = await this.#end('SIGTERM', patienceMs);
    for (const repeat of repeats) clearTimeout(repeat);
    return code;
  }

  /** SIGSTOP: it keeps its connections and does nothing. */
  stop(): void {
    if (!this.running) return;
    this.#stopped = true;
    this.suffered.slept += 1;
    this.#child?.kill('SIGSTOP');
  }

  /** SIGCONT. */
  continue(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#child?.kill('SIGCONT');
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM', patienceMs = END_MS): Promise<number | null> {
    const child = this.#child;
    if (!child || !this.running) return null;
    this.#asked = true;
    this.suffered[signal === 'SIGKILL' ? 'killed' : 'ended'] += 1;
    const exited = once(child, 'exit') as Promise<[number | null]>;
    child.kill(signal);
    this.continue();
    const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    const [code] = await exited;
    clearTimeout(timer);
    return code;
  }
}
