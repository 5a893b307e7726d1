/**
 * The process's configuration from its environment and the systems file: read once at start, checked whole, frozen.
 * Every fault is named with its place, all at once; no value that may be secret is repeated.
 */
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { ConfigurationFault } from '../domain/errors.ts';
import { LEVELS } from '../domain/levels.ts';
import type { Role } from '../domain/words.ts';
import { sandboxEscalation } from './escalation.ts';
import { readRedisAddress } from './redis-address.ts';
import type { Configuration } from './system.ts';
import { type PlacedFault, readSystemsFile } from './systems-file.ts';

const allRoles = ['api', 'worker', 'scheduler'] as const;
const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];
const knownNames = new Set([
  'LIENTHONG_ANCHOR',
  'LIENTHONG_CONFIG',
  'LIENTHONG_DATA_DIR',
  'LIENTHONG_DISK_RESERVE_MB',
  'LIENTHONG_ROLES',
  'LIENTHONG_SECRET_KEY',
]);

/** What the environment alone says; `databaseUrl` undefined = embedded PostgreSQL in `dataDir`. */
export interface Environment {
  databaseUrl: string | undefined;
  redisUrl: string | undefined;
  dataDir: string;
  roles: ReadonlySet<'api' | 'worker' | 'scheduler'>;
  host: string;
  port: number;
  logLevel: string;
  /** Room on the disk of embedded PostgreSQL below which no more events are taken. */
  diskReserveBytes: number;
  /** Where the ledger's highest position is noted outside of the database. */
  anchorFile: string;
  /** The systems file; the built-in sandbox's unless LIENTHONG_CONFIG names another. */
  systemsFile: string;
  sandbox: boolean;
  /** Ports of the sandbox systems. */
  sandboxPorts: Readonly<Record<Role, number>>;
  /** Key ring for sealed payloads; undefined in the sandbox. */
  secretKey: string | undefined;
  rootDir: string;
  /** What is allowed but should be known, such as a host that others can reach. */
  notes: string[];
}

/** A whole configuration but for the database, which may still have to be started. */
export type Settings = Omit<Configuration, 'databaseUrl'> & { databaseUrl: string | undefined };

/** The project's root folder. */
export const projectRoot = resolve(import.meta.dirname, '../..');

/** Reads the environment alone. Throws ConfigurationFault with every fault. Relative paths start at `cwd`. */
export function readEnvironment(env: NodeJS.ProcessEnv, cwd = process.cwd()): Environment {
  const { environment, faults } = checkEnvironment(env, cwd);
  if (faults.length > 0) throw new ConfigurationFault(faults);
  return environment;
}

/**
 * Reads environment and systems file. Throws ConfigurationFault with every fault of both.
 * In the sandbox the files of secrets must be there already: firstRun() makes them.
 */
export function readConfiguration(env: NodeJS.ProcessEnv, cwd = process.cwd()): Settings {
  const { environment, faults } = checkEnvironment(env, cwd);
  const file = readSystemsFile({
    path: environment.systemsFile,
    env,
    dataDir: environment.dataDir,
    rootDir: environment.rootDir,
    ...(environment.sandbox ? { baseUrls: sandboxUrls(environment.sandboxPorts) } : {}),
  });
  faults.push(...file.faults);
  if (faults.length > 0) throw new ConfigurationFault(faults);
  return Object.freeze({
    databaseUrl: environment.databaseUrl,
    redisUrl: environment.redisUrl,
    dataDir: environment.dataDir,
    roles: environment.roles,
    host: environment.host,
    port: environment.port,
    logLevel: environment.logLevel,
    diskReserveBytes: environment.diskReserveBytes,
    anchorFile: environment.anchorFile,
    sandbox: environment.sandbox,
    systems: file.systems,
    escalation: environment.sandbox
      ? sandboxEscalation(
          join(environment.dataDir, 'escalations-sample.log'),
          LEVELS,
          `http://${environment.host}:${environment.port}`,
        )
      : file.escalation,
    mappingsDir: join(environment.rootDir, 'mappings'),
  });
}

/** The configuration with its database known. */
export function withDatabase(settings: Settings, databaseUrl: string): Configuration {
  return Object.freeze({ ...settings, databaseUrl });
}

/** Base addresses of the sandbox systems. */
export function sandboxUrls(ports: Readonly<Record<Role, number>>): Record<Role, string> {
  return {
    portal: `http://127.0.0.1:${ports.portal}`,
    commune: `http://127.0.0.1:${ports.commune}`,
    documents: `http://127.0.0.1:${ports.documents}`,
  };
}

/** Where people and systems of this machine reach the gateway. */
export function gatewayUrl(environment: Pick<Environment, 'host' | 'port'>): string {
  const everywhere = environment.host === '0.0.0.0' || environment.host === '::';
  const host = everywhere ? '127.0.0.1' : environment.host;
  return `http://${isIP(host) === 6 ? `[${host}]` : host}:${environment.port}`;
}

function checkEnvironment(env: NodeJS.ProcessEnv, cwd: string): { environment: Environment; faults: PlacedFault[] } {
  const faults: PlacedFault[] = [];
  const blame = (place: string, text: string) => faults.push({ place, text });
  // An empty variable counts as unset: compose files and systemd units pass them on so.
  const read = (name: string): string | undefined => env[name] || undefined;
  const port = (name: string, otherwise: number): number => {
    const text = read(name) ?? String(otherwise);
    const value = Number(text);
    if (/^\d{1,5}$/.test(text) && value >= 1 && value <= 65535) return value;
    blame(name, 'must be a port from 1 to 65535');
    return otherwise;
  };
  const address = (name: string, protocols: string[]): string | undefined => {
    const text = read(name);
    if (text === undefined) return undefined;
    if (!URL.canParse(text) || !protocols.includes(new URL(text).protocol)) {
      blame(name, `must be an address that starts with ${protocols.map(protocol => `${protocol}//`).join(' or ')}`);
    }
    return text;
  };

  for (const name of Object.keys(env)) {
    if (!name.startsWith('LIENTHONG_') || knownNames.has(name)) continue;
    blame(name, `is not known; there are ${[...knownNames].join(', ')}`);
  }
  const configFile = read('LIENTHONG_CONFIG');
  const sandbox = configFile === undefined;
  const secretKey = read('LIENTHONG_SECRET_KEY');
  if (secretKey === undefined && !sandbox) {
    blame(
      'LIENTHONG_SECRET_KEY',
      'must be set with real systems; make one with: openssl rand -base64 32 | sed s/^/1:/',
    );
  } else if (secretKey !== undefined && !isKeyRing(secretKey)) {
    blame(
      'LIENTHONG_SECRET_KEY',
      'must be <id>:<base64 of 32 bytes>, several separated by commas, the current one first',
    );
  }
  const roles = (read('LIENTHONG_ROLES') ?? allRoles.join(',')).split(',').map(role => role.trim());
  for (const role of roles) {
    if (!allRoles.some(known => known === role))
      blame('LIENTHONG_ROLES', `"${role}" is none of ${allRoles.join(', ')}`);
  }
  const logLevel = read('LOG_LEVEL') ?? 'info';
  if (!logLevels.includes(logLevel)) blame('LOG_LEVEL', `must be one of ${logLevels.join(', ')}`);
  const reserve = read('LIENTHONG_DISK_RESERVE_MB') ?? '256';
  if (!/^\d{1,7}$/.test(reserve)) blame('LIENTHONG_DISK_RESERVE_MB', 'must be a whole number of MiB');
  const redisUrl = read('REDIS_URL');
  if (redisUrl !== undefined && readRedisAddress(redisUrl) === undefined)
    blame(
      'REDIS_URL',
      'must be an address that starts with redis:// or rediss://, or redis+sentinel://host:port,host:port/name',
    );
  const host = read('HOST') ?? '127.0.0.1';
  if (isIP(host) === 0 && !/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i.test(host))
    blame('HOST', 'is no address and no host name');
  const notes: string[] = [];
  if (!isLoopback(host)) {
    notes.push(`HOST=${host} can be reached from other machines: put a proxy that ends TLS in front of it`);
  }
  const ports: Record<Role, number> = {
    portal: port('SANDBOX_PORTAL_PORT', 8181),
    commune: port('SANDBOX_COMMUNE_PORT', 8182),
    documents: port('SANDBOX_DOCUMENTS_PORT', 8183),
  };
  const ownPort = port('PORT', 8080);
  if (sandbox) blameSharedPorts({ PORT: ownPort, ...sandboxPortNames(ports) }, blame);

  const dataDir = resolve(cwd, read('LIENTHONG_DATA_DIR') ?? '.data');
  const environment: Environment = {
    databaseUrl: address('DATABASE_URL', ['postgres:', 'postgresql:']),
    redisUrl,
    dataDir,
    anchorFile: resolve(cwd, read('LIENTHONG_ANCHOR') ?? join(dataDir, 'anchor.json')),
    roles: new Set(allRoles.filter(role => roles.includes(role))),
    host,
    port: ownPort,
    logLevel,
    diskReserveBytes: Number(reserve) * 2 ** 20,
    systemsFile: configFile === undefined ? join(projectRoot, 'deploy/systems.sandbox.yaml') : resolve(cwd, configFile),
    sandbox,
    sandboxPorts: ports,
    secretKey,
    rootDir: projectRoot,
    notes,
  };
  return { environment, faults };
}

function sandboxPortNames(ports: Record<Role, number>): Record<string, number> {
  return {
    SANDBOX_PORTAL_PORT: ports.portal,
    SANDBOX_COMMUNE_PORT: ports.commune,
    SANDBOX_DOCUMENTS_PORT: ports.documents,
  };
}

function blameSharedPorts(ports: Record<string, number>, blame: (place: string, text: string) => void): void {
  const owners = new Map<number, string>();
  for (const [name, port] of Object.entries(ports)) {
    const owner = owners.get(port);
    if (owner !== undefined) blame(name, `${port} is the port of ${owner} too`);
    else owners.set(port, name);
  }
}

function isKeyRing(text: string): boolean {
  const ids = new Set<string>();
  return text.split(',').every(part => {
    const [id = '', key = ''] = part.trim().split(':');
    if (!/^[1-9]\d{0,8}$/.test(id) || ids.has(id)) return false;
    ids.add(id);
    return /^[A-Za-z0-9+/]{43}=$/.test(key) && Buffer.from(key, 'base64').length === 32;
  });
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
