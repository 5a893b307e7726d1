/**
 * Finds the connector of each configured system: one folder in connectors/, named in the systems file, whose create.ts
 * exports `create`. Adding a system of a known kind touches only the systems file; of a new kind, only its folder too.
 */
import type { Connector, ConnectorContext, CreateConnector, SessionStore } from '../connectors/connector.ts';
import type { SystemConfig } from './config/system.ts';
import { ConfigurationFault } from './domain/errors.ts';
import { trialName } from './domain/trial-name.ts';
import { createHttpClient } from './wire/client.ts';

export interface ConnectedSystem {
  system: SystemConfig;
  connector: Connector;
  /** The same dialect at the system's trial address, with a line and a sign-in of its own; where it has one. */
  trial?: Connector;
  close(): void;
}

/** Loads the connectors of all systems; throws ConfigurationFault naming those that are not there. */
export async function connectSystems(
  systems: readonly SystemConfig[],
  sessionOf: (name: string) => SessionStore,
  now: () => Date,
): Promise<ConnectedSystem[]> {
  const faults: { place: string; text: string }[] = [];
  const connected: ConnectedSystem[] = [];
  for (const system of systems) {
    const create = await loadCreate(system.connector);
    if (!create) {
      faults.push({
        place: `systems/${system.id}/connector`,
        text: `there is no connector folder "${system.connector}"`,
      });
      continue;
    }
    const official = connectAt(system, system.baseUrl, system.id, create, sessionOf, now);
    const { trialBaseUrl } = system;
    const trial =
      trialBaseUrl === undefined || trialBaseUrl === system.baseUrl
        ? undefined
        : connectAt(system, trialBaseUrl, trialName(system.id), create, sessionOf, now);
    connected.push({
      system,
      connector: official.connector,
      ...(trial === undefined ? {} : { trial: trial.connector }),
      close: () => {
        official.close();
        trial?.close();
      },
    });
  }
  if (faults.length > 0) throw new ConfigurationFault(faults);
  return connected;
}

/** One address of a system: its own line, its own sign-in. */
function connectAt(
  system: SystemConfig,
  baseUrl: string,
  name: string,
  create: CreateConnector,
  sessionOf: (name: string) => SessionStore,
  now: () => Date,
): { connector: Connector; close(): void } {
  const { id, role, profile, statusList, settings, timeoutMs, concurrency } = system;
  const http = createHttpClient({ baseUrl, timeoutMs, concurrency });
  const context: ConnectorContext = {
    system: { id, role, profile, baseUrl, statusList, settings },
    http,
    session: sessionOf(name),
    secret: wanted => {
      const value = system.secrets[wanted];
      if (value === undefined)
        throw new ConfigurationFault([{ place: `systems/${id}/secrets/${wanted}`, text: 'is missing' }]);
      return value;
    },
    now,
  };
  return { connector: create(context), close: () => http.close() };
}

async function loadCreate(name: string): Promise<CreateConnector | undefined> {
  if (!/^[a-z][a-z0-9-]{0,40}$/.test(name)) return undefined;
  try {
    const module = (await import(`../connectors/${name}/create.ts`)) as { create?: CreateConnector };
    return module.create;
  } catch (error) {
    if (
      (error as { code?: string }).code === 'ERR_MODULE_NOT_FOUND' &&
      String(error).includes(`connectors/${name}/create.ts`)
    )
      return undefined;
    throw error;
  }
}
