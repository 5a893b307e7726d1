/** A call whose lane's lease has run out meanwhile is not made: not at its beginning, and not once a connection has come about. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { test } from 'tap';
import { createHttpClient } from '../../src/wire/client.ts';
import { whileHeld } from '../../src/wire/held.ts';

test('a call after the lease', async t => {
  let bytes = 0;
  const sockets = new Set<Socket>();
  const server = createServer(socket => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', part => {
      bytes += part.length;
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const http = createHttpClient({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  t.teardown(() => {
    http.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const call = () => http({ method: 'POST', path: '/x', body: '{}' });
  // for as many questions as `times` the lane is held
  const heldFor = (times: number) => whileHeld(() => times-- > 0, call);
  const late = { name: 'TransportFault', kind: 'unavailable', sent: false };
  await t.rejects(heldFor(0), late, 'not begun');
  await t.rejects(heldFor(1), late, 'not sent on the connection given');
  await t.rejects(heldFor(2), late, 'not sent once it has come about');
  t.equal(bytes, 0, 'no byte has left');
  t.equal((await heldFor(9)).status, 200, 'sent while the lane is held');
  t.equal((await call()).status, 200, 'and outside of any delivery');
  bytes = 0;
  await t.rejects(heldFor(1), late, 'nor on a connection kept open');
  t.equal(bytes, 0);
});
