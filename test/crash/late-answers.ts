/**
 * A line on which requests arrive at once and answers come late: whoever is killed while waiting has had its effect without knowing
 * it. That is the moment in which a doubling would be born.
 */

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Listens on a free port of this machine, for `url`; answers are held back for `delayMs`. */
export async function lateAnswers(
  test: { teardown(work: () => void): unknown },
  url: string,
  delayMs: number,
): Promise<string> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const server = createServer(client => {
    const system = connect(Number(target.port), target.hostname);
    for (const [socket, other] of [
      [client, system],
      [system, client],
    ] as const) {
      sockets.add(socket);
      // Either end may be killed: then the other one goes too.
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    client.pipe(system);
    system.on('data', part => {
      setTimeout(() => client.write(part), delayMs);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  test.teardown(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return String((server.address() as AddressInfo).port);
}
