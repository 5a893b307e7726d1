/** The three systems start together or not at all. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'tap';
import { runSandbox, type SandboxOptions } from '../../src/sandbox/main.ts';

const webhookSecret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const options = (dataDir: string, ports: Partial<SandboxOptions['ports']> = {}): SandboxOptions => ({
  dataDir,
  ports: { portal: 0, commune: 0, documents: 0, ...ports },
  gatewayUrl: 'http://127.0.0.1:9',
  credentials: {
    portal: { webhookSecret, secrets: { username: 'u', password: 'p' } },
    commune: { webhookSecret, secrets: { clientId: 'c', clientSecret: 's' } },
    documents: { webhookSecret, secrets: { systemId: 'i', secret: 's' } },
  },
});
const notOfPeople = ({ entity }: { entity: string }): boolean => entity !== 'right';
const waiting = async (url: string): Promise<number> =>
  ((await (await fetch(`${url}/_sandbox/outbox`)).json()) as { waiting: number }).waiting;
const get = async (url: string): Promise<{ items: { code: string; entity: string }[] }> =>
  (await (await fetch(url)).json()) as { items: { code: string; entity: string }[] };

test('each system does its first act, shows it, and still has it after a restart', async t => {
  const dataDir = t.testdir({});
  const acts = { portal: 'submit-dossier', commune: 'submit-dossier', documents: 'send-document' } as const;
  const first = await runSandbox(options(dataDir));
  for (const [role, act] of Object.entries(acts)) {
    const answer = await fetch(`${first.urls[role as keyof typeof acts]}/_sandbox/act`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ do: act, count: 3 }),
    });
    t.equal(answer.status, 200, role);
    t.equal(((await answer.json()) as { done: unknown[] }).done.length, 3, role);
  }
  await first.close();
  const second = await runSandbox(options(dataDir));
  t.teardown(() => second.close());
  for (const role of ['portal', 'commune', 'documents'] as const)
    t.equal((await get(`${second.urls[role]}/_sandbox/records?limit=1000`)).items.filter(notOfPeople).length, 3, role);
});

test('on the first day all but four units have somebody who may sign, and the gateway is told of it once', async t => {
  const dataDir = t.testdir({});
  const first = await runSandbox(options(dataDir));
  const rights = await get(`${first.urls.documents}/_sandbox/records?entity=right&limit=1000`);
  const signing = rights.items.filter(({ code }) => code.endsWith('/sign')).map(({ code }) => code.slice(0, 5));
  t.equal(new Set(signing).size, 91);
  for (const unit of ['26209', '26173', '25222', '26119']) t.notOk(signing.includes(unit), unit);
  const owed = await waiting(first.urls.documents);
  t.ok(owed > 0 && owed < 10, 'told in a few lists');
  await first.close();
  const second = await runSandbox(options(dataDir));
  t.teardown(() => second.close());
  t.equal(await waiting(second.urls.documents), owed, 'a restart tells nothing anew');
});

test('a taken port is named with the variable that changes it, and nothing stays running', async t => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.teardown(() => other.close());
  const { port } = other.address() as AddressInfo;
  const dataDir = t.testdir({});
  await t.rejects(runSandbox(options(dataDir, { documents: port })), {
    name: 'ConfigurationFault',
    faults: [{ place: 'SANDBOX_DOCUMENTS_PORT', text: new RegExp(String(port)) }],
  });
  const again = await runSandbox(options(dataDir));
  await again.close();
});
