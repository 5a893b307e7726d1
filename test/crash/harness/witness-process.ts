/**
 * A witness: a target system in a process of its own, as much of the commune dialect as the connector needs. It appends every call
 * and every effect to a list file before it answers; that list is the truth of a run. Told over its channel, it loses answers, is
 * slow, throttles, fails, hangs up, or halts a call at a point so that somebody can be killed just then.
 *
 * Arguments: list file, target id, its means (`keys`: deduplicates by idempotency-key; `look-up`: shows what it holds; `neither`:
 * shows no steps and no status), seed. First line out: {"port": …}.
 */
import { openSync, writeSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Means } from './history.ts';
import { chanceOf } from './random.ts';
import { REJECTED } from './stories.ts';
import { CALM, type Point, type WitnessOrder } from './witness-orders.ts';

const [file = '', target = '', given = 'look-up', seed = '1'] = process.argv.slice(2);
const means = given as Means;
const list = openSync(file, 'a');
const chance = chanceOf(Number(seed));
let mode: Exclude<WitnessOrder, { do: 'halt' | 'go' }> = CALM;
let point: Point | undefined;
let go: (() => void) | undefined;

process.on('message', (order: WitnessOrder) => {
  if (order.do === 'halt') point = order.point;
  else if (order.do === 'go') go?.();
  else mode = order;
});
process.on('disconnect', () => process.exit(0));

type Json = Record<string, unknown>;
interface Dossier extends Json {
  id: string;
  maSo: string;
  steps: Json[];
}
const dossiers = new Map<string, Dossier>();
const byId = new Map<string, Dossier>();
const known = new Map<string, { status: number; body: Json }>();
/** Syncs whose content was rejected once: somebody has mended it here since. */
const rejected = new Set<string>();
let calls = 0;
let effects = 0;

/** What a throttled caller is told. */
const retryAfterMs = 1_000;
const note = (line: Json): void => void writeSync(list, `${JSON.stringify(line)}\n`);

/** Somebody asked to be told when a call reaches this point: it waits for them, two seconds at most. */
async function reach(here: Point, seq: number): Promise<void> {
  if (point !== here) return;
  point = undefined;
  process.send?.({ point: here, seq });
  await Promise.race([new Promise<void>(resolve => (go = resolve)), pause(2_000)]);
}

function page(items: readonly Json[], url: URL): Json {
  const [number, size] = ['trang', 'coTrang'].map(name => Number(url.searchParams.get(name))) as [number, number];
  const end = (number + 1) * size;
  return { noiDung: items.slice(number * size, end), tongSo: items.length, conNua: end < items.length };
}

/** As it lets itself be read. */
function shown(dossier: Dossier): Json {
  const { trangThai: _status, trangThaiLuc: _at, ...rest } = dossier;
  return means === 'neither' ? rest : dossier;
}

function read(url: URL): { status: number; body: Json } {
  const [, id, rest] = /^\/api\/ho-so\/([^/]+)(?:\/(.+))?$/.exec(url.pathname) ?? [];
  if (id === undefined) {
    const code = url.searchParams.get('maQuocGia') ?? '';
    const found = dossiers.get(code);
    return { status: 200, body: page(found ? [shown(found)] : [], url) };
  }
  const dossier = byId.get(decodeURIComponent(id));
  if (!dossier) return { status: 404, body: { maLoi: 'KHONG_TIM_THAY' } };
  return {
    status: 200,
    body: rest === 'tien-trinh' ? page(means === 'neither' ? [] : dossier.steps, url) : shown(dossier),
  };
}

/** Does what is asked, once for a key where keys are honoured; `effect` is null when nothing was changed. */
function write(url: URL, body: Json, key: string): { status: number; body: Json; effect: number | null } {
  const before = means === 'keys' ? known.get(key) : undefined;
  if (before) return { ...before, effect: null };
  const done = (status: number, answer: Json): { status: number; body: Json; effect: number } => {
    known.set(key, { status, body: answer });
    effects += 1;
    return { status, body: answer, effect: effects };
  };
  if (url.pathname === '/api/ho-so') {
    const code = String(body.maQuocGia);
    const there = dossiers.get(code);
    if (there) return { status: 409, body: { maLoi: 'DA_TON_TAI', id: there.id }, effect: null };
    const dossier: Dossier = { ...body, id: `id-${code}`, maSo: `B-${code}`, steps: [] };
    dossiers.set(code, dossier);
    byId.set(dossier.id, dossier);
    return done(201, { id: dossier.id, maSo: dossier.maSo });
  }
  const [, id = '', what] = /^\/api\/ho-so\/([^/]+)\/(buoc|trang-thai)$/.exec(url.pathname) ?? [];
  const dossier = byId.get(decodeURIComponent(id));
  if (!dossier) return { status: 404, body: { maLoi: 'KHONG_TIM_THAY' }, effect: null };
  if (what === 'buoc') dossier.steps.push(body.buoc as Json);
  else Object.assign(dossier, { trangThai: body.trangThai, trangThaiLuc: body.thoiDiem });
  return done(200, { id: dossier.id });
}

/** The event that a message stands for, as its content says. */
function eventOf(url: URL, body: Json): string {
  if (url.pathname === '/api/ho-so') return `${String(body.maQuocGia)}-0`;
  const text = (body.buoc as Json | undefined)?.noiDung ?? body.lyDo ?? url.pathname;
  return String(text).split(' ')[0] ?? '';
}

async function take(request: http.IncomingMessage, response: http.ServerResponse, text: string): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://witness');
  let ending: { status: number | null; retryAfterMs: number | null } = { status: null, retryAfterMs: null };
  const answer = (status: number, body: Json | string, headers: Record<string, string> = {}): void => {
    const bytes = typeof body === 'string' ? body : JSON.stringify(body);
    ending = { status, retryAfterMs: headers['retry-after'] === undefined ? null : retryAfterMs };
    response.writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(bytes),
      ...headers,
    });
    response.end(bytes);
  };
  const hangUp = (): void => void request.socket.resetAndDestroy();
  if (url.pathname.endsWith('/token'))
    return answer(200, { access_token: 'witness', expires_in: 86_400, token_type: 'Bearer' });
  const met = chance.next() < mode.rate ? mode.do : 'pass';
  if (request.method === 'GET') {
    if (met === 'down') return answer(503, { maLoi: 'TAM_NGUNG' });
    if (met === 'hang-up') return hangUp();
    const { status, body } = read(url);
    await reach('look-up', 0);
    return answer(status, body);
  }
  calls += 1;
  const seq = calls;
  const body = JSON.parse(text) as Json;
  const key = String(request.headers['idempotency-key'] ?? '');
  const sync = String(request.headers['x-lienthong-sync'] ?? '');
  const unit = typeof body.donVi === 'string' ? body.donVi : null;
  note({ call: seq, target, at: Date.now(), sync, key, id: eventOf(url, body), unit });
  response.on('close', () => note({ end: seq, until: Date.now(), ...ending }));
  if (met === 'down') return answer(503, { maLoi: 'TAM_NGUNG' });
  if (met === 'throttle') return answer(429, {}, { 'retry-after': String(retryAfterMs / 1_000) });
  if (met === 'hang-up') return hangUp();
  if (text.includes(REJECTED) && !rejected.has(sync)) {
    rejected.add(sync);
    return answer(422, { maLoi: 'NOI_DUNG_KHONG_HOP_LE' });
  }
  if (met === 'slow') await pause(mode.delayMs / 2);
  await reach('before-effect', seq);
  const did = write(url, body, key);
  if (did.effect !== null) note({ effect: did.effect, of: seq });
  await reach('after-effect', seq);
  if (met === 'slow') await pause(mode.delayMs / 2);
  if (met === 'lost-answer') return hangUp();
  if (met === 'fail-after') return answer(500, { maLoi: 'LOI' });
  if (met === 'garbage') return answer(200, '\u0000<{"');
  if (met === 'half-answer' || point === 'first-byte') {
    const bytes = JSON.stringify(did.body);
    response.writeHead(did.status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(bytes) });
    response.write(bytes.slice(0, 3));
    await reach('first-byte', seq);
    if (met === 'half-answer') return hangUp();
    ending = { status: did.status, retryAfterMs: null };
    response.end(bytes.slice(3));
    return;
  }
  answer(did.status, did.body);
  await reach('answered', seq);
}

const server = http.createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('error', () => undefined);
  request.on('end', () => {
    take(request, response, Buffer.concat(parts).toString('utf8')).catch((error: unknown) => {
      process.stderr.write(`witness: ${String(error)}\n`);
      request.socket.destroy();
    });
  });
});
server.listen(0, '127.0.0.1', () =>
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`),
);
