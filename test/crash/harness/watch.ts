/**
 * Watches a run from outside, at a steady pace: what each api says of its health while the ledger answers or does not, and how much
 * memory and how many files each gateway process holds; at rest also its connections to the ledger.
 */
import { readdir, readFile, readlink } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { HealthLook, PartLook, Seen } from './history.ts';
import type { Part } from './part.ts';
import type { World } from './world.ts';

const PACE_MS = 700;
/** Longest wait for an answer of an api, and of the ledger. */
const ANSWER_MS = 5_000;
const LEDGER_MS = 1_000;
/** Connections that a process may keep: the pools of src/ledger/database.ts, and a queue's and worker's pool and LISTEN a system. */
const POOLS = 10 + 6 + 2;
const TURNS_OF_A_SYSTEM = 4 + 4 + 1;

export interface Watch {
  /** Ends the watching, whatever state the world is in. */
  stop(): void;
  /** Ends the watching; the ledger is quiet and everything runs. */
  end(): Promise<Seen>;
}

/** Begins at once. */
export function startWatch(world: World): Watch {
  const health: HealthLook[] = [];
  const parts: PartLook[] = [];
  let over = false;
  const ledger = new URL(world.databaseUrl);
  ledger.port = String(world.lines.ledgerOfApis.port);
  const looking = (async () => {
    while (!over) {
      const [looks] = await Promise.all([
        healthOf(world, ledger.href),
        sizes(world).then(found => parts.push(...found)),
        pause(PACE_MS),
      ]);
      health.push(...looks);
    }
  })();
  return {
    stop: () => {
      over = true;
    },
    async end() {
      over = true;
      await looking;
      return {
        health,
        parts,
        rest: await connections(world),
        mayConnect: POOLS + (world.redis || world.watched ? 0 : TURNS_OF_A_SYSTEM * world.witnesses.length),
        loops: await Promise.all(world.apiPorts.map((port, index) => loopOf(`api-${index + 1}`, port, world.token))),
      };
    },
  };
}

async function healthOf(world: World, ledgerUrl: string): Promise<HealthLook[]> {
  const at = Date.now();
  const ledger = ledgerAnswers(ledgerUrl);
  return Promise.all(
    world.apis.map(async (part, index): Promise<HealthLook> => {
      const { pid } = part;
      const url = `http://127.0.0.1:${world.apiPorts[index]}/health`;
      const slept = await asleep(pid);
      const [live, ready] = await Promise.all([statusOf(`${url}/live`), statusOf(`${url}/ready`)]);
      const stopped = slept || (await asleep(pid));
      return {
        at,
        until: Date.now(),
        api: part.name,
        pid: pid ?? null,
        asleep: stopped || part.pid !== pid,
        live,
        ready,
        ledger: await ledger,
      };
    }),
  );
}

/** Asked over the very line that the apis use; null: it is not plainly gone, it is slow, silent or has no room for the asker. */
async function ledgerAnswers(url: string): Promise<boolean | null> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: LEDGER_MS,
    query_timeout: LEDGER_MS,
    application_name: 'watch',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch (error) {
    const { code, message } = error as { code?: unknown; message: string };
    return /timeout/i.test(message) || code === '53300' ? null : false;
  } finally {
    // nobody may answer: it is not waited for
    client.end().catch(() => undefined);
  }
}

const statusOf = (url: string): Promise<number | null> =>
  fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) }).then(
    async answer => {
      await answer.arrayBuffer();
      return answer.status;
    },
    () => null,
  );

/** A file of /proc about a process; empty once it is gone. */
const about = (pid: number | undefined, name: string): Promise<string> =>
  pid === undefined ? Promise.resolve('') : readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
const asleep = async (pid: number | undefined): Promise<boolean> => /^State:\s+T/m.test(await about(pid, 'status'));
const gatewayParts = (world: World): Part[] => [...world.apis, ...world.workers, ...world.schedulers];

async function sizes(world: World): Promise<PartLook[]> {
  const looks = await Promise.all(
    gatewayParts(world).map(async ({ name, pid }): Promise<PartLook | undefined> => {
      const kib = /^VmRSS:\s+(\d+)/m.exec(await about(pid, 'status'))?.[1];
      return kib === undefined ? undefined : { part: name, at: Date.now(), rssMib: Number(kib) / 1_024 };
    }),
  );
  return looks.filter(look => look !== undefined);
}

/** How many connections to the ledger each process holds; connected to the line, whose port stands behind the far address. */
async function connections(world: World): Promise<Seen['rest']> {
  const ports = [world.lines.ledgerOfApis.port, world.lines.ledgerOfWorkers.port].map(port =>
    port.toString(16).toUpperCase().padStart(4, '0'),
  );
  const sockets = new Set<string>();
  for (const line of (await readFile('/proc/net/tcp', 'utf8')).split('\n').slice(1)) {
    const [, , far = '', state, , , , , , inode = ''] = line.trim().split(/\s+/);
    if (state === '01' && ports.includes(far.slice(-4))) sockets.add(`socket:[${inode}]`);
  }
  return Promise.all(
    gatewayParts(world).map(async ({ name, pid }) => {
      const folder = `/proc/${pid}/fd`;
      const files = await readdir(folder).catch(() => []);
      const links = await Promise.all(files.map(file => readlink(`${folder}/${file}`).catch(() => '')));
      return { part: name, handles: files.length, connections: links.filter(link => sockets.has(link)).length };
    }),
  );
}

/** The 99th percentile of its event loop's lag as the process itself tells it. */
async function loopOf(api: string, port: number, token: string): Promise<Seen['loops'][number]> {
  const text = await fetch(`http://127.0.0.1:${port}/metrics`, {
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(ANSWER_MS),
  }).then(
    answer => answer.text(),
    () => '',
  );
  const found = /^nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(text)?.[1];
  return { api, p99Ms: found === undefined ? null : Number(found) * 1_000 };
}
