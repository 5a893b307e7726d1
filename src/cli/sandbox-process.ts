/** The parent's side of the sandbox process: start it, let it play its morning, stop it. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ConfigurationFault } from '../domain/errors.ts';
import type { FromSandbox, ToSandbox } from './sandbox-child.ts';

export interface SandboxProcess {
  pid: number;
  /** Begins the sample morning; its lines come to `print`. */
  play(gatewayUrl: string, apiToken: string): void;
  /** Stops traffic and systems; resolves when the process has ended, by force after ten seconds. */
  stop(): Promise<void>;
}

/**
 * Starts the three systems in a process of their own. Rejects with ConfigurationFault where a port is taken.
 * `print` gets lines for people; `ended` is called when the process ends unasked.
 */
export async function startSandboxProcess(
  options: Extract<ToSandbox, { kind: 'start' }>['options'],
  reports: { print: (text: string) => void; ended: (text: string) => void },
): Promise<SandboxProcess> {
  // A process group of its own: Ctrl-C reaches only the parent, which then stops things in order.
  const child = fork(join(import.meta.dirname, 'sandbox-child.ts'), [], {
    // the gateway's tight heap is not the simulators'
    execArgv: [],
    detached: true,
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  const exited = once(child, 'exit');
  let stopping = false;
  const send = (message: ToSandbox): void => {
    if (child.connected) child.send(message);
  };
  await new Promise<void>((resolve, reject) => {
    child.on('message', (message: FromSandbox) => {
      if (message.kind === 'started') resolve();
      else if (message.kind === 'line') reports.print(message.text);
      else {
        const fault = message.faults.length > 0 ? new ConfigurationFault(message.faults) : new Error(message.text);
        reject(fault);
        // After the start a failure is one of the morning's: said, the systems go on.
        if (!stopping) reports.print(message.text);
      }
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      reject(new Error(`the sandbox ended at its start (${signal ?? code})`));
      if (!stopping) reports.ended(`the sandbox systems ended unasked (${signal ?? code})`);
    });
    send({ kind: 'start', options });
  }).catch(async fault => {
    stopping = true;
    await end(child, exited, () => child.kill('SIGTERM'));
    throw fault;
  });
  return {
    pid: child.pid ?? 0,
    play: (gatewayUrl, apiToken) => send({ kind: 'play', gatewayUrl, apiToken }),
    stop: async () => {
      stopping = true;
      await end(child, exited, () => send({ kind: 'stop' }));
    },
  };
}

async function end(child: ChildProcess, exited: Promise<unknown>, ask: () => void): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  ask();
  const force = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await exited;
  clearTimeout(force);
}
