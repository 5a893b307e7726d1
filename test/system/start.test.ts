/** Starting and stopping as people and supervisors do it: by the launcher, with what it starts in view. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import tap, { test } from 'tap';
import { isAlive } from '../../src/embedded/processes.ts';
import { createWorld, descendantsOf, launch, postgresPid, startBoth, startGateway, until } from './support.ts';
import { act, effects, pulledTwice, records, syncs } from './witness.ts';

tap.setTimeout(120_000);

test('SIGTERM, and kill -9 of the launcher, leave no process behind', { timeout: 100_000 }, async t => {
  const world = await createWorld(t);
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const started = launch(world, ['--json', 'start']);
    await until('it is ready', async () => started.lines[0]);
    const database = await postgresPid(world.dataDir);
    const all = [...(await descendantsOf(started.child.pid ?? 0)), database ?? 0];
    t.ok(all.length >= 4, 'gateway, simulators and PostgreSQL run');
    started.child.kill(signal);
    t.equal(await started.stop(), signal === 'SIGTERM' ? 0 : null);
    for (const pid of all) await until(`process ${pid} is gone after ${signal}`, async () => !(await isAlive(pid)));
  }
});

test('busy ports are named with their variables, and nothing starts', { timeout: 60_000 }, async t => {
  const world = await createWorld(t);
  const names = ['PORT', 'SANDBOX_COMMUNE_PORT'] as const;
  const others = names.map(name => createServer().listen(Number(world.env[name]), '127.0.0.1'));
  t.teardown(() => {
    for (const other of others) other.close();
  });
  await Promise.all(others.map(other => once(other, 'listening')));
  const started = launch(world, ['start']);
  t.equal(await started.ended, 2, 'a wrong configuration');
  for (const name of names) t.match(started.log(), new RegExp(`${name}.*${world.env[name]}`));
  t.notMatch(started.log(), /\n\s+at /, 'no stack for what a person can mend');
  t.equal(await postgresPid(world.dataDir), undefined, 'PostgreSQL was not started');
});

test('a held start delivers nothing until the release', { timeout: 100_000 }, async t => {
  const world = await createWorld(t);
  const { gateway } = await startBoth(world);
  await gateway.stop();
  const held = await startGateway(world, ['--hold']);
  t.equal(JSON.parse(held.lines[0] ?? '{}').held, true);
  const codes: string[] = [];
  for (let no = 0; no < 3; no += 1) {
    const filed = await act(world, 'portal', { do: 'submit-dossier', unitCode: '26041' });
    codes.push(String(filed.code));
  }
  const waiting = await until('all are taken', async () => {
    const list = await syncs(world);
    return list.length === codes.length ? list : undefined;
  });
  // The document system is pulled every two seconds, the relay looks twice a second: by then it has looked several times.
  await pulledTwice(world);
  t.same(
    waiting.map(({ state, blockedBy }) => [state, blockedBy?.kind, blockedBy?.reason]),
    codes.map(() => ['waiting', 'gate', 'held']),
  );
  t.same(await effects(world, 'commune'), []);

  const released = launch(world, ['--json', 'release', '--reason', 'đã xem xong']);
  t.equal(await released.ended, 0);
  t.match(JSON.parse(released.lines.join('')), { released: ['commune', 'documents', 'portal'] });
  for (const code of codes) {
    await until(`${code} arrived`, async () => (await records(world, 'commune', 'dossier', code)).length === 1);
  }
  t.equal((await effects(world, 'commune')).length, codes.length, 'each once');
});
