/**
 * The bench's target: as little of the commune dialect as the connector needs, in a process of its own. It is the witness:
 * it notes each sync it took, in order, and answers how many different ones have come.
 */
import http from 'node:http';

let taken: { sync: string; at: number }[] = [];
let different = new Set<string>();
let requests = 0;
const DELAY_MS = Number(process.env.BENCH_TARGET_DELAY_MS ?? 0);
const now = (): number => Number(process.hrtime.bigint() / 1_000n);

const server = http.createServer({ keepAliveTimeout: 300_000 }, (request, response) => {
  const json = (status: number, value: unknown): void => {
    const body = JSON.stringify(value);
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
    response.end(body);
  };
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const url = request.url ?? '';
    if (url === '/_bench/reset') {
      taken = [];
      different = new Set();
      requests = 0;
      return json(200, {});
    }
    if (url === '/_bench/count')
      return json(200, {
        requests,
        different: different.size,
        last: taken.at(-1)?.at ?? 0,
        now: now(),
        pid: process.pid,
      });
    if (url === '/_bench/taken') return json(200, taken);
    if (url.endsWith('/token')) return json(200, { access_token: 'bench', expires_in: 86_400, token_type: 'Bearer' });
    requests += 1;
    const sync = String(request.headers['x-lienthong-sync'] ?? '');
    different.add(sync);
    taken.push({ sync, at: now() });
    const code = /"maQuocGia":"([^"]+)"/.exec(Buffer.concat(chunks).toString('utf8'))?.[1] ?? 'none';
    const answer = (): void => json(201, { id: `id-${code}`, maSo: `B-${code}` });
    if (DELAY_MS > 0) setTimeout(answer, DELAY_MS);
    else answer();
  });
});
server.listen(Number(process.env.BENCH_TARGET_PORT ?? 0), '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${JSON.stringify({ port: typeof address === 'object' && address ? address.port : 0 })}\n`);
});
