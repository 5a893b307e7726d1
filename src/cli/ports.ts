/** Asks before anything starts whether the ports are free, so that a busy one is named with its variable and nothing is half up. */
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { ConfigurationFault } from '../domain/errors.ts';

export interface WantedPort {
  variable: string;
  host: string;
  port: number;
}

/**
 * Throws ConfigurationFault naming every port that cannot be listened on. A busy one is given `patienceMs`: after a kill the
 * simulators and the launcher's gateway of the last run may still be on their way out.
 */
export async function checkPorts(wanted: WantedPort[], patienceMs = 4_000): Promise<void> {
  const deadline = performance.now() + patienceMs;
  const faults = await Promise.all(
    wanted.map(async ({ variable, host, port }) => {
      let code = await whyBusy(host, port);
      while (code === 'EADDRINUSE' && performance.now() < deadline) {
        await wait(50);
        code = await whyBusy(host, port);
      }
      return code === undefined ? [] : [{ place: variable, text: sayBusy(variable, host, port, code) }];
    }),
  );
  if (faults.flat().length > 0) throw new ConfigurationFault(faults.flat());
}

/** The error code with which listening on a port fails; undefined when it is free. */
export async function whyBusy(host: string, port: number): Promise<string | undefined> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', (fault: NodeJS.ErrnoException) => resolve(fault.code ?? 'error'));
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
}

function sayBusy(variable: string, host: string, port: number, code: string): string {
  if (code === 'EADDRINUSE') {
    return `cổng ${port} đang được chương trình khác sử dụng; dừng nó hoặc đặt ${variable}. (Port ${port} on ${host} is taken; stop what uses it, or set ${variable}.)`;
  }
  return `không mở được cổng ${port} trên ${host} (${code}). (Cannot listen on port ${port} of ${host}: ${code}.)`;
}
