/**
 * A bare node:http server that parses each event and answers, keeping nothing: what the generator and this machine allow
 * in the same minute. The other figures are read against it.
 */
import http from 'node:http';

const server = http.createServer({ keepAliveTimeout: 300_000 }, (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { id } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { id: string };
    const body = JSON.stringify({ events: [{ id, syncs: [] }] });
    response.writeHead(202, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
    response.end(body);
  });
});
server.listen(Number(process.env.BENCH_PORT), '127.0.0.1', () => process.stdout.write('{"ready":true}\n'));
