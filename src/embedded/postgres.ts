/**
 * PostgreSQL that comes with the gateway, so that `npm start` needs nothing set up: real PostgreSQL with full durability.
 * It outlives a `kill -9` of the gateway; the next start adopts it. It is restarted when it dies and is stopped last.
 */
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import { choosePort, embeddedDatabase, freePort, makeHome, openCluster, placesIn, readPassword } from './cluster.ts';
import { takeLock } from './lock.ts';
import { adopt, connectionUrl, findRunning, launch, type Postmaster } from './postmaster.ts';

/** What the supervisor needs of a logger; pino's fits. */
export interface EmbeddedLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface Embedded {
  /** Connection string; holds the password, never log it. Stays the same when PostgreSQL is restarted. */
  url: string;
  /** Process id of PostgreSQL now. */
  readonly pid: number;
  /** True when it was running already. */
  adopted: boolean;
  /** Fast shutdown within a bound, then harder; idempotent. */
  stop(): Promise<void>;
}

/**
 * Starts (or adopts) the PostgreSQL of `dataDir`. `settings` override server settings (tests switch fsync off).
 * Throws DirectoryInUse when another gateway runs on the directory, and an error with the log's end when it does not come up.
 */
export async function startEmbedded(options: {
  dataDir: string;
  logger: EmbeddedLogger;
  settings?: Record<string, string>;
}): Promise<Embedded> {
  const { logger, settings } = options;
  const places = placesIn(resolve(options.dataDir));
  await makeHome(places);
  const lock = await takeLock(places.lock);
  try {
    const cluster = await openCluster(places);
    const start = async (port: number): Promise<Postmaster> =>
      (await adopt(cluster)) ?? (await launch(cluster, port, settings));
    let server = await firstStart(start, places.port);
    const url = connectionUrl(cluster.password, server.port);
    await makeDatabase(connectionUrl(cluster.password, server.port, 'postgres'));
    logger.info({ pid: server.pid, port: server.port, adopted: server.adopted }, 'embedded PostgreSQL is running');

    const stopping = new AbortController();
    const supervision = supervise({
      server,
      stopping: stopping.signal,
      logger,
      start: () => start(server.port),
      changed: next => {
        server = next;
      },
    });
    let stopped: Promise<void> | undefined;
    const stop = async (): Promise<void> => {
      stopping.abort();
      await supervision;
      await server.stop();
      await lock.release();
      logger.info({}, 'embedded PostgreSQL has stopped');
    };
    return {
      url,
      adopted: server.adopted,
      get pid() {
        return server.pid;
      },
      stop: () => {
        stopped ??= stop();
        return stopped;
      },
    };
  } catch (fault) {
    await lock.release();
    throw fault;
  }
}

/** The connection string of an embedded PostgreSQL that is running on `dataDir`; undefined when none is. Starts nothing. */
export async function runningEmbedded(dataDir: string): Promise<string | undefined> {
  const places = placesIn(resolve(dataDir));
  const found = await findRunning(places.data);
  const password = await readPassword(places.password);
  return found && password !== undefined ? connectionUrl(password, found.port) : undefined;
}

/** The folders below `dataDir` that must not run out of room; the log of writes may be put on a disk of its own. */
export function embeddedFolders(dataDir: string): string[] {
  const { data } = placesIn(resolve(dataDir));
  return [data, join(data, 'pg_wal')];
}

/** How long the last processes of a PostgreSQL that was killed may take to end. */
const ENDING_MS = 10_000;

/**
 * Another program may take the remembered port between our look and PostgreSQL's start: then once more with a new one. Where its
 * predecessor was killed a moment ago, it is tried until the last of its processes has ended.
 */
async function firstStart(start: (port: number) => Promise<Postmaster>, portFile: string): Promise<Postmaster> {
  const port = await choosePort(portFile);
  const deadline = Date.now() + ENDING_MS;
  for (;;) {
    try {
      return await start(port);
    } catch (fault) {
      if (isEndingStill(fault) && Date.now() < deadline) await wait(100);
      else if ((await freePort(port)) !== undefined) throw fault;
      else return start(await choosePort(portFile));
    }
  }
}

const isEndingStill = (fault: unknown): boolean =>
  fault instanceof Error && fault.message.includes('pre-existing shared memory block');

/** Starts PostgreSQL again, at growing distances, whenever it ends while nobody asked it to. Ends when `stopping` is aborted. */
async function supervise(options: {
  server: Postmaster;
  stopping: AbortSignal;
  logger: EmbeddedLogger;
  start: () => Promise<Postmaster>;
  changed: (server: Postmaster) => void;
}): Promise<void> {
  const { stopping, logger } = options;
  const asked = new Promise<void>(resolved => stopping.addEventListener('abort', () => resolved(), { once: true }));
  let server = options.server;
  for (;;) {
    await Promise.race([server.gone, asked]);
    if (stopping.aborted) return;
    logger.error({ pid: server.pid }, 'embedded PostgreSQL ended unasked; starting it again');
    for (let pause = 50; !stopping.aborted; pause = Math.min(pause * 2, 5_000)) {
      try {
        server = await options.start();
        options.changed(server);
        logger.warn({ pid: server.pid }, 'embedded PostgreSQL is running again');
        break;
      } catch (fault) {
        logger.error({ err: fault, retryInMs: pause }, 'embedded PostgreSQL could not be started');
        await wait(pause, undefined, { signal: stopping, ref: false }).catch(() => undefined);
      }
    }
  }
}

async function makeDatabase(adminUrl: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [embeddedDatabase]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${embeddedDatabase}`);
  } finally {
    await client.end();
  }
}
