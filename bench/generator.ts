/**
 * The bench's load generator, in a process of its own: keep-alive connections over bare sockets, each sends one signed
 * event, waits for the whole answer, then sends the next. Bounded in count; loopback only.
 *
 * Input (environment): BENCH_URL, BENCH_SECRET, BENCH_CONNECTIONS, BENCH_SUBJECTS, BENCH_FIRST_SUBJECT, BENCH_UNITS, BENCH_FIRST_UNIT,
 * BENCH_ROUNDS, BENCH_RUN, BENCH_RATE (events/s, 0 = as fast as answered).
 * Output: one JSON line with counts and times in microseconds of CLOCK_MONOTONIC.
 */
import { createHmac } from 'node:crypto';
import net from 'node:net';
import { sampleEvent } from './sample.ts';

const env = (name: string, fallback: string): string => process.env[name] ?? fallback;
const url = new URL(env('BENCH_URL', 'http://127.0.0.1:8080/v1/events'));
if (url.hostname !== '127.0.0.1') throw new Error('the generator sends only to 127.0.0.1');
const key = Buffer.from(env('BENCH_SECRET', '').replace('whsec_', ''), 'base64');
const connections = Number(env('BENCH_CONNECTIONS', '64'));
const subjects = Number(env('BENCH_SUBJECTS', '1000'));
const firstSubject = Number(env('BENCH_FIRST_SUBJECT', '0'));
const units = Number(env('BENCH_UNITS', '95'));
const firstUnit = Number(env('BENCH_FIRST_UNIT', '0'));
const rounds = Math.min(1_000, Number(env('BENCH_ROUNDS', '20')));
const run = env('BENCH_RUN', 'a');
const rate = Number(env('BENCH_RATE', '0'));
const total = subjects * rounds;
const now = (): number => Number(process.hrtime.bigint() / 1_000n);

/** Interleaved: one event of each subject a round. A subject's next event is sent only when its last one was answered. */
let next = 0;
const busy = new Set<number>();
const takeNext = (): { subject: number; round: number; id: string } | undefined => {
  if (next >= total) return undefined;
  const subject = next % subjects;
  if (busy.has(subject)) return undefined;
  const round = Math.floor(next / subjects);
  next += 1;
  busy.add(subject);
  return { subject, round, id: `${run}-${subject}-${round}` };
};

const latencies: number[] = [];
const syncs: [sync: string, subject: number, round: number, sentAt: number, ackedAt: number][] = [];
let refused = 0;
let broken = 0;
const cpuBefore = process.cpuUsage();
const first = now();
let lastAck = first;

function lane(): Promise<void> {
  return new Promise(resolve => {
    const socket = net.connect({ host: url.hostname, port: Number(url.port), noDelay: true });
    let current: { subject: number; round: number; id: string } | undefined;
    let started = 0;
    let buffer = '';
    let over = false;
    const end = (bad: boolean): void => {
      if (over) return;
      over = true;
      if (bad) broken += 1;
      socket.destroy();
      resolve();
    };
    const send = (): void => {
      if (rate > 0) {
        const due = first + (next * 1_000_000) / rate;
        const wait = due - now();
        if (wait > 1_000) {
          setTimeout(send, Math.ceil(wait / 1_000));
          return;
        }
      }
      current = takeNext();
      if (!current) {
        if (next >= total) end(false);
        else setImmediate(send);
        return;
      }
      const body = JSON.stringify(
        sampleEvent(current.id, firstSubject + current.subject, current.round, units, firstUnit),
      );
      const timestamp = String(Math.floor(Date.now() / 1_000));
      const signature = createHmac('sha256', key).update(`${current.id}.${timestamp}.${body}`).digest('base64');
      started = now();
      socket.write(
        `POST ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\ncontent-type: application/cloudevents+json\r\nwebhook-id: ${current.id}\r\nwebhook-timestamp: ${timestamp}\r\nwebhook-signature: v1,${signature}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
    };
    socket.setEncoding('utf8');
    socket.on('connect', send);
    socket.on('error', () => end(true));
    socket.on('close', () => end(true));
    socket.on('data', (data: string) => {
      buffer += data;
      const head = buffer.indexOf('\r\n\r\n');
      if (head < 0 || !current) return;
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(buffer.slice(0, head))?.[1] ?? 0);
      if (Buffer.byteLength(buffer.slice(head + 4)) < length) return;
      const acked = now();
      busy.delete(current.subject);
      if (buffer.slice(9, 12) === '202') {
        latencies.push(acked - started);
        lastAck = acked;
        const answer = JSON.parse(buffer.slice(head + 4)) as { events: { syncs: { id: string }[] }[] };
        for (const sync of answer.events[0]?.syncs ?? [])
          syncs.push([sync.id, current.subject, current.round, started, acked]);
      } else {
        refused += 1;
        if (refused === 1) process.stderr.write(`${buffer.slice(0, 600)}\n`);
      }
      buffer = '';
      send();
    });
  });
}

await Promise.all(Array.from({ length: connections }, lane));
const cpu = process.cpuUsage(cpuBefore);
latencies.sort((a, b) => a - b);
const at = (share: number): number =>
  latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
process.stdout.write(
  `${JSON.stringify({ accepted: latencies.length, refused, broken, first, lastAck, p50: at(0.5), p99: at(0.99), cpuMs: (cpu.user + cpu.system) / 1_000, syncs })}\n`,
);
