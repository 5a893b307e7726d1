/**
 * Finds the connector of each configured system: one folder in connectors/, named in the systems file, whose create.ts
 * exports `create`. Adding a system of a known kind touches only the systems file; of a new kind, only its folder too.
 */
import type { Connector, ConnectorContext, CreateConnector, SessionStore } from '../connectors/connector.ts';
import type { SystemConfig } from './config/system.ts';
import { ConfigurationFault } from './domain/errors.ts';
import { createHttpClient } from './wire/client.ts';

export interface ConnectedSystem {
  system: SystemConfig;
  connector: Connector;
  close(): void;
}

/** Loads the connectors of all systems; throws ConfigurationFault naming those that are not there. */
export async function connectSystems(
  systems: readonly SystemConfig[],
  sessionOf: (system: SystemConfig) => SessionStore,
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
    const http = createHttpClient({
      baseUrl: system.baseUrl,
      timeoutMs: system.timeoutMs,
      concurrency: system.concurrency,
    });
    const context: ConnectorContext = {
      system: {
        id: system.id,
        role: system.role,
        profile: system.profile,
        baseUrl: system.baseUrl,
        statusList: system.statusList,
        settings: system.settings,
      },
      http,
      session: sessionOf(system),
      secret: name => {
        const value = system.secrets[name];
        if (value === undefined)
          throw new ConfigurationFault([{ place: `systems/${system.id}/secrets/${name}`, text: 'is missing' }]);
        return value;
      },
      now,
    };
    connected.push({ system, connector: create(context), close: () => http.close() });
  }
  if (faults.length > 0) throw new ConfigurationFault(faults);
  return connected;
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
