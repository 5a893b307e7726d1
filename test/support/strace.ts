/** strace on processes that run already: what they ask of the kernel, and calls that are made to fail. Needs strace and the right to trace. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { eventually } from './eventually.ts';

/** Why nothing can be traced here; undefined when it can. */
export function straceMissing(): string | undefined {
  const tried = spawnSync('strace', ['-o', '/dev/null', 'true'], { encoding: 'utf8', timeout: 20_000 });
  if (tried.error) return 'strace is not installed: what reaches the disk before a 202 is not tested';
  return tried.status === 0 ? undefined : `strace may not trace here: ${tried.stderr.trim().slice(0, 200)}`;
}

export interface Trace {
  /** Each traced call so far: when it began and ended, epoch ms. */
  calls(): Promise<{ from: number; to: number; name: string }[]>;
  /** Lets the processes go on untraced. */
  end(): Promise<void>;
}

/** Traces processes and all that they start; `more` are strace's own arguments. Resolves when it is attached to all. */
export async function trace(pids: readonly number[], file: string, more: readonly string[]): Promise<Trace> {
  const args = ['-f', '-ttt', '-T', '-o', file, ...more, ...pids.flatMap(pid => ['-p', String(pid)])];
  const child: ChildProcess = spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr?.on('data', (text: Buffer) => {
    said += text.toString();
  });
  await eventually(() => {
    if (child.exitCode !== null) throw new Error(`strace ended: ${said}`);
    return (said.match(/attached/g)?.length ?? 0) >= pids.length;
  }, 30_000);
  return {
    async calls() {
      const text = await readFile(file, 'utf8');
      // a call that another process's line interrupted begins and ends in two lines
      const open = new Map<string, number>();
      return text.split('\n').flatMap(line => {
        const whole = /^(\d+)\s+(\d+\.\d+) (\w+)\(.*<(\d+\.\d+)>$/.exec(line);
        if (whole) {
          const from = Number(whole[2]) * 1_000;
          return [{ from, to: from + Number(whole[4]) * 1_000, name: whole[3] as string }];
        }
        const begun = /^(\d+)\s+(\d+\.\d+) (\w+)\(.*<unfinished \.\.\.>$/.exec(line);
        if (begun) open.set(`${begun[1]} ${begun[3]}`, Number(begun[2]) * 1_000);
        const resumed = /^(\d+)\s+(\d+\.\d+) <\.\.\. (\w+) resumed>.*<(\d+\.\d+)>$/.exec(line);
        const from = resumed ? open.get(`${resumed[1]} ${resumed[3]}`) : undefined;
        return resumed && from !== undefined
          ? [{ from, to: from + Number(resumed[4]) * 1_000, name: resumed[3] as string }]
          : [];
      });
    },
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}
