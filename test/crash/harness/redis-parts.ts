/** The Redis of a run: one server, or two servers and a Sentinel that makes the other one the master when one fails. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { redisServer } from '../../support/redis-server.ts';
import { Part } from './part.ts';

/** Two servers and who watches them. */
export interface Watched {
  servers: { port: number; part: Part }[];
  sentinelPort: number;
  /** The master's name with Sentinel. */
  name: string;
  url: string;
}

const SETTINGS = { bind: '127.0.0.1', save: '', appendonly: 'no', 'maxmemory-policy': 'noeviction' };
const NAME = 'lienthong';

/** A server; empty whenever it is started again. */
export function redisPart(name: string, port: number, logFile: string, more: Record<string, string> = {}): Part {
  const settings = { port: String(port), ...SETTINGS, ...more };
  return new Part({
    name,
    program: program(),
    args: Object.entries(settings).flatMap(([setting, value]) => [`--${setting}`, value]),
    env: process.env,
    logFile,
    ready: line => line.includes('Ready to accept'),
  });
}

/** Starts two servers and a Sentinel; `keep` hears of each part at once. */
export async function startWatched(
  folder: string,
  ports: readonly [number, number, number],
  keep: (part: Part) => void,
): Promise<Watched> {
  const log = (name: string): string => join(folder, 'logs', `${name}.log`);
  const [first, second, sentinelPort] = ports;
  await mkdir(join(folder, 'logs'), { recursive: true });
  // whatever becomes of a server, its peer is found under the address of this machine
  const own = { 'replica-announce-ip': '127.0.0.1' };
  const master = redisPart('redis-1', first, log('redis-1'), own);
  const replica = redisPart('redis-2', second, log('redis-2'), { ...own, replicaof: `127.0.0.1 ${first}` });
  keep(master);
  keep(replica);
  await Promise.all([master.start(), replica.start()]);
  const file = join(folder, 'sentinel.conf');
  const lines = [
    `port ${sentinelPort}`,
    'bind 127.0.0.1',
    `dir ${folder}`,
    `sentinel monitor ${NAME} 127.0.0.1 ${first} 1`,
    `sentinel down-after-milliseconds ${NAME} 700`,
    `sentinel failover-timeout ${NAME} 4000`,
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  const sentinel = new Part({
    name: 'sentinel',
    program: program(),
    args: [file, '--sentinel'],
    env: process.env,
    logFile: log('sentinel'),
    ready: line => line.includes('+monitor master'),
  });
  keep(sentinel);
  await sentinel.start();
  return {
    servers: [
      { port: first, part: master },
      { port: second, part: replica },
    ],
    sentinelPort,
    name: NAME,
    url: `redis+sentinel://127.0.0.1:${sentinelPort}/${NAME}`,
  };
}

function program(): string {
  const found = redisServer();
  if (found === undefined) throw new Error('redis-server is not installed');
  return found;
}
