/** Is PostgreSQL there, new enough, and does it keep what it has committed? The gateway's promises rest on these settings. */
import { Client } from 'pg';
import type { Settings } from '../../config/environment.ts';
import { runningEmbedded } from '../../embedded/postgres.ts';
import { readDurability } from '../../ledger/durability.ts';
import type { Finding } from '../finding.ts';

const check = 'database';

/** Findings on the database; an embedded one that is not running is no fault, it comes up with the gateway. */
export async function checkDatabase(settings: Pick<Settings, 'databaseUrl' | 'dataDir'>): Promise<Finding[]> {
  const url = settings.databaseUrl ?? (await runningEmbedded(settings.dataDir));
  if (url === undefined) return [{ check, state: 'green', detail: 'embedded PostgreSQL, starts with the gateway' }];
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await ask(client, settings.databaseUrl === undefined);
  } catch (fault) {
    const detail = `cannot be used: ${fault instanceof Error ? fault.message || fault.name : String(fault)}`;
    return [{ check, state: 'red', detail, remedy: 'check DATABASE_URL, the server and its pg_hba.conf' }];
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function ask(client: Client, embedded: boolean): Promise<Finding[]> {
  const { rows } = await client.query<Record<string, string>>(
    `SELECT current_setting('server_version_num') AS version, pg_is_in_recovery()::text AS standby,
            (SELECT rolsuper::text FROM pg_roles WHERE rolname = current_user) AS superuser`,
  );
  const row = rows[0] ?? {};
  const major = Math.floor(Number(row.version) / 10_000);
  const findings: Finding[] = [
    {
      check,
      state: major >= 14 ? 'green' : 'red',
      detail: `PostgreSQL ${major}${embedded ? ', embedded' : ''}`,
      ...(major >= 14 ? {} : { remedy: 'PostgreSQL 14 or newer is needed' }),
    },
  ];
  for (const { name, value, safe } of await readDurability(client)) {
    findings.push({
      check: `${check} ${name}`,
      state: safe ? 'green' : 'red',
      detail: `${name} = ${value}`,
      ...(safe ? {} : { remedy: `set ${name} = on: without it an accepted event can be lost` }),
    });
  }
  if (row.standby === 'true') {
    findings.push({ check, state: 'red', detail: 'is a standby', remedy: 'DATABASE_URL must name the primary' });
  }
  if (row.superuser === 'true' && !embedded) {
    findings.push({
      check,
      state: 'yellow',
      detail: 'the role is a superuser',
      remedy: 'give the gateway a role of its own',
    });
  }
  return findings;
}
