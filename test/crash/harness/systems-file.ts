/** The systems file of a run. Times are short, so that recovery is seen within a run; the lease keeps its 15 s. */
import type { Means } from './history.ts';

/** A portal that sends, and the communes that receive, each with its means against doubling. */
export function systemsFile(targets: readonly { target: string; means: Means }[], ports: readonly number[]): string {
  const common = [
    'timeoutMs: 5000',
    'settleMs: 500',
    'concurrency: 32',
    'retry: { baseMs: 200, capMs: 1500, maxAgeMs: 259200000 }',
    'breaker: { failures: 5, openMs: 500, maxOpenMs: 1500 }',
  ];
  const entry = (lines: readonly string[]): string => `  - ${[...lines, ...common].join('\n    ')}\n`;
  const portal = entry([
    'id: portal',
    'role: portal',
    'connector: portal',
    'profile: dvcqg',
    'baseUrl: http://127.0.0.1:9',
    'statusList: national',
    'honoursKeys: false',
    'secrets: { username: { env: CRASH_PASSWORD }, password: { env: CRASH_PASSWORD } }',
    'webhookSecrets: [{ env: CRASH_SECRET }]',
  ]);
  const communes = targets.map(({ target, means }, index) =>
    entry([
      `id: ${target}`,
      'role: commune',
      'connector: commune',
      `baseUrl: http://127.0.0.1:${ports[index]}`,
      'statusList: xa-3b',
      `honoursKeys: ${means === 'keys'}`,
      `looksUp: ${means !== 'neither'}`,
      'secrets: { clientId: { env: CRASH_PASSWORD }, clientSecret: { env: CRASH_PASSWORD } }',
      'webhookSecrets: [{ env: CRASH_SECRET }]',
    ]),
  );
  return `systems:\n${portal}${communes.join('')}`;
}
