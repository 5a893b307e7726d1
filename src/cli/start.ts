/**
 * `lienthong start`: the whole gateway in one command. Order matters: faults and busy ports are found before anything starts;
 * the database is up before the gateway and goes down after it.
 */
import { join, relative } from 'node:path';
import { type Command, Option } from 'commander';
import type { Logger } from 'pino';
import {
  type Environment,
  gatewayUrl,
  readConfiguration,
  readEnvironment,
  type Settings,
  sandboxUrls,
  withDatabase,
} from '../config/environment.ts';
import { ConfigurationFault } from '../domain/errors.ts';
import { embeddedFolders, startEmbedded } from '../embedded/postgres.ts';
import { createLogger, logDestination } from '../http/log.ts';
import type { Gateway } from '../main.ts';
import { onceLedgerAnswers } from './await-ledger.ts';
import { type FirstRun, firstRun, firstRunFile, sandboxSecrets } from './first-run.ts';
import type { Io } from './io.ts';
import { checkPorts } from './ports.ts';
import { type SandboxProcess, startSandboxProcess } from './sandbox-process.ts';
import { untilAskedToStop } from './stopping.ts';
import { welcome } from './welcome.ts';

/** Fields that this process logs beside the common ones. */
const LOGGED = [
  'repeated',
  'sync',
  'target',
  'state',
  'cause',
  'signal',
  'applied',
  'pid',
  'port',
  'adopted',
  'seconds',
  'doubt',
  'doubtful',
  'replaysPaused',
];

export interface StartOptions {
  sandbox: 'internal' | 'external';
  hold: boolean;
}

/** Adds the command. */
export function addStart(program: Command, io: Io): void {
  program
    .command('start')
    .description('chạy trục liên thông · run the gateway')
    .addOption(
      new Option(
        '--sandbox <where>',
        'ba hệ thống mô phỏng: tự chạy hay dùng sẵn · start the simulators, or use running ones',
      )
        .choices(['internal', 'external'])
        .default('internal'),
    )
    .option('--hold', 'giữ mọi lượt gửi cho đến khi `release` · hold deliveries until `release`', false)
    .action((options: StartOptions) => start(io, options));
}

/** Runs until SIGTERM or Ctrl-C. Throws ConfigurationFault before anything is started. */
export async function start(io: Io, options: StartOptions): Promise<void> {
  const began = performance.now();
  const environment = readEnvironmentOrAllFaults(io);
  const ownSandbox = environment.sandbox && options.sandbox === 'internal';
  await checkPorts([
    ...(environment.roles.has('api') ? [{ variable: 'PORT', host: environment.host, port: environment.port }] : []),
    ...(ownSandbox ? sandboxPorts(environment) : []),
  ]);
  const url = gatewayUrl(environment);
  const systems = environment.sandbox ? sandboxUrls(environment.sandboxPorts) : null;
  const run = await firstRun(environment.dataDir, url, systems);
  const settings = readConfiguration(io.env, io.cwd);
  const logger: Logger = createLogger({
    level: settings.logLevel,
    fields: LOGGED,
    destination: logDestination(2),
  });
  for (const note of environment.notes) logger.warn({}, note);

  const running: Running = {};
  const asked = untilAskedToStop(() => process.exit(130));
  const ending = new AbortController();
  void asked.then(() => ending.abort());
  const bringUp = async (code: Promise<[unknown, typeof import('../main.ts')]>): Promise<void> => {
    const databaseUrl = settings.databaseUrl ?? (await openEmbedded(settings, logger, running));
    const gateway = await onceLedgerAnswers(
      () => bringUpToDate(databaseUrl, logger),
      async beforeListening => {
        const [, { runGateway }] = await code;
        if (ending.signal.aborted) return undefined;
        return runGateway(withDatabase(settings, databaseUrl), {
          hold: options.hold,
          firstRun: run,
          beforeListening,
          ledgerFolders: settings.databaseUrl === undefined ? embeddedFolders(settings.dataDir) : [],
          logger,
        });
      },
      {
        logger,
        signal: ending.signal,
        open: environment.roles.has('api')
          ? async () => (await import('../health/waiting.ts')).answerWhileWaiting(settings, logger)
          : undefined,
      },
    );
    if (gateway === undefined) return;
    running.gateway = gateway;
    announce(io, run, { environment, seconds: (performance.now() - began) / 1_000, held: running.gateway.held });
    running.simulators?.play(url, run.apiToken);
  };
  try {
    // Side by side, as a cold start is waited for: database, simulators, and the gateway's code.
    const code = allOrFirstFault([
      ownSandbox ? openSandbox(environment, url, io, logger, running) : undefined,
      import('../main.ts'),
    ]);
    code.catch(() => ending.abort());
    await allOrFirstFault([code, bringUp(code)]);
    logger.info({ signal: await asked }, 'stopping');
  } finally {
    await stopAll(running, logger);
  }
}

/** What has to be stopped, if it got as far as running. */
interface Running {
  simulators?: SandboxProcess;
  gateway?: Gateway;
  database?: { stop(): Promise<void> };
}

/** Traffic first, then the gateway, then what it writes to. A part that fails to stop does not keep the others up. */
async function stopAll(running: Running, logger: Logger): Promise<void> {
  for (const name of ['simulators', 'gateway', 'database'] as const) {
    await running[name]?.stop().catch(fault => logger.error({ err: fault }, `${name} did not stop cleanly`));
  }
}

/** Like Promise.all, but waits for all, so that what has come up by then is known and can be stopped. */
async function allOrFirstFault<T extends readonly unknown[]>(
  work: readonly [...T],
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work);
  return Promise.all(work) as Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }>;
}

async function openEmbedded(settings: Settings, logger: Logger, running: Running): Promise<string> {
  const embedded = await startEmbedded({ dataDir: settings.dataDir, logger });
  running.database = embedded;
  return embedded.url;
}

async function bringUpToDate(databaseUrl: string, logger: Logger): Promise<void> {
  const { migrate } = await import('../ledger/migrate.ts');
  const { applied } = await migrate(databaseUrl);
  if (applied.length > 0) logger.info({ applied }, 'database schema brought up to date');
}

async function openSandbox(
  environment: Environment,
  url: string,
  io: Io,
  logger: Logger,
  running: Running,
): Promise<void> {
  running.simulators = await startSandboxProcess(
    {
      dataDir: join(environment.dataDir, 'sandbox'),
      ports: environment.sandboxPorts,
      gatewayUrl: url,
      credentials: await sandboxSecrets(environment.dataDir),
    },
    {
      print: text => (io.json() ? undefined : io.out(`${text}\n`)),
      ended: text => logger.error({}, text),
    },
  );
}

function announce(io: Io, run: FirstRun, facts: { environment: Environment; seconds: number; held: boolean }): void {
  const { environment, seconds, held } = facts;
  const file = firstRunFile(environment.dataDir);
  if (io.json()) {
    io.out(`${JSON.stringify({ url: run.url, console: run.console, firstRun: file, seconds, held })}\n`);
    return;
  }
  const near = relative(io.cwd, file);
  io.out(
    welcome(run, { file: near.startsWith('..') ? file : `./${near}`, seconds, held, sandbox: environment.sandbox }),
  );
}

/** A faulty environment alone would hide the faults of the systems file: then both are read, to name all at once. */
function readEnvironmentOrAllFaults(io: Io): Environment {
  try {
    return readEnvironment(io.env, io.cwd);
  } catch (fault) {
    if (fault instanceof ConfigurationFault && io.env.LIENTHONG_CONFIG) readConfiguration(io.env, io.cwd);
    throw fault;
  }
}

function sandboxPorts(environment: Environment): { variable: string; host: string; port: number }[] {
  return Object.entries(environment.sandboxPorts).map(([role, port]) => ({
    variable: `SANDBOX_${role.toUpperCase()}_PORT`,
    host: '127.0.0.1',
    port,
  }));
}
