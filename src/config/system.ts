/**
 * One connected system as the systems file gives it: checked, secrets resolved, frozen.
 * systems-file.ts reads and checks it; schemas/systems.schema.json describes it to people and editors.
 */
import type { BreakerPolicy } from '../domain/breaker.ts';
import type { JsonObject, Role } from '../domain/words.ts';
import type { EscalationConfig } from './escalation.ts';

export interface SystemConfig {
  id: string;
  role: Role;
  /** Name of the folder in connectors/. */
  connector: string;
  profile?: string | undefined;
  baseUrl: string;
  /** Where trial traffic goes, if the system has such an address. */
  trialBaseUrl?: string | undefined;
  /** Status list of messages that name none. */
  statusList: string;
  /** Secrets by name, resolved from environment or file: `username`, `password`, `clientId`, `clientSecret`, `systemId`, `secret`. */
  secrets: Readonly<Record<string, string>>;
  /** Keys that sign what this system posts to us (`whsec_…`); several while they rotate. */
  webhookSecrets: readonly string[];
  /** Whole time of one call, connection included. */
  timeoutMs: number;
  /** How long after an unknown outcome a look-up proves anything. */
  settleMs: number;
  /** Does it deduplicate by idempotency-key? */
  honoursKeys: boolean;
  /** Does its look-up prove whether a message took effect? Only where the connector can look up at all. */
  looksUp: boolean;
  /** Calls at once, over all processes. */
  concurrency: number;
  /** Calls a second, over all processes; undefined = no limit. */
  ratePerSecond?: number | undefined;
  retry: { baseMs: number; capMs: number; maxAgeMs: number };
  /** When it is cut off, and for how long; src/domain/breaker.ts is the rule. */
  breaker: BreakerPolicy;
  /** Cron expression with seconds, Asia/Ho_Chi_Minh; undefined = not polled. */
  poll?: string | undefined;
  settings: Readonly<JsonObject>;
}

/** The whole configuration of a process. */
export interface Configuration {
  databaseUrl: string;
  redisUrl?: string | undefined;
  dataDir: string;
  roles: ReadonlySet<'api' | 'worker' | 'scheduler'>;
  host: string;
  port: number;
  logLevel: string;
  /** Room on the disk of embedded PostgreSQL below which no more events are taken. */
  diskReserveBytes: number;
  /** Where the ledger's highest position is noted outside of the database. */
  anchorFile: string;
  /** True with the built-in sandbox systems. */
  sandbox: boolean;
  systems: readonly SystemConfig[];
  /** Who is told of what waits too long. */
  escalation: EscalationConfig;
  mappingsDir: string;
}
