/**
 * The sandbox systems in a process of their own below `lienthong start`, so that their work takes nothing from the gateway's.
 * Talks with its parent by IPC; when the parent is gone, however it went, the channel closes and this process ends.
 */
import { ConfigurationFault } from '../domain/errors.ts';
import type { Role } from '../domain/words.ts';
import { runSandbox, type Sandbox, type SandboxOptions } from '../sandbox/main.ts';
import { playMorning } from '../sandbox/morning/play.ts';

/** Parent → child. */
export type ToSandbox =
  | { kind: 'start'; options: Omit<SandboxOptions, 'logger'> }
  | { kind: 'play'; gatewayUrl: string; apiToken: string }
  | { kind: 'stop' };
/** Child → parent. */
export type FromSandbox =
  | { kind: 'started'; urls: Record<Role, string> }
  | { kind: 'failed'; faults: { place: string; text: string }[]; text: string }
  | { kind: 'line'; text: string };

const tell = (message: FromSandbox): void => {
  if (process.connected) process.send?.(message);
};
const playing = new AbortController();
let sandbox: Sandbox | undefined;
let played: Promise<void> = Promise.resolve();

const handle = async (message: ToSandbox): Promise<void> => {
  switch (message.kind) {
    case 'start':
      sandbox = await runSandbox(message.options);
      tell({ kind: 'started', urls: sandbox.urls });
      return;
    case 'play':
      if (!sandbox) throw new Error('the sandbox has not been started');
      played = playMorning({
        systems: sandbox.urls,
        gatewayUrl: message.gatewayUrl,
        apiToken: message.apiToken,
        print: text => tell({ kind: 'line', text }),
        signal: playing.signal,
      });
      return played;
    case 'stop':
      return end(0);
  }
};

const end = async (status: number): Promise<void> => {
  playing.abort();
  await played.catch(() => undefined);
  await sandbox?.close();
  process.exit(status);
};

process.on('message', (message: ToSandbox) => {
  handle(message).catch(fault => {
    if (playing.signal.aborted) return;
    const faults = fault instanceof ConfigurationFault ? fault.faults : [];
    tell({ kind: 'failed', faults, text: fault instanceof Error ? (fault.stack ?? fault.message) : String(fault) });
  });
});
// Everything a system holds is on disk as soon as it is said: there is nothing to wait for, and the ports are wanted.
process.once('disconnect', () => process.exit(0));
