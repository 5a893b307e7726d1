/** The first sign-in: made once, kept, for the owner only, the same for processes that start together. */
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'tap';
import { firstRun, firstRunFile, sandboxSecrets } from '../../src/cli/first-run.ts';
import { testFolder } from '../support/folder.ts';

const url = 'http://127.0.0.1:20080';

test('writes the documented shape, readable by its owner alone', async t => {
  const dataDir = await testFolder(t);
  const run = await firstRun(dataDir, url);
  t.same(JSON.parse(await readFile(firstRunFile(dataDir), 'utf8')), run);
  t.same(Object.keys(run), ['url', 'console', 'admin', 'apiToken', 'systems']);
  t.equal(run.console, `${url}/console/`);
  t.same(Object.keys(run.systems), ['portal', 'commune', 'documents']);
  t.match(run.systems.portal, { url: 'http://127.0.0.1:8181', webhookSecret: /^whsec_[A-Za-z0-9+/]{43}=$/ });
  t.equal((await stat(firstRunFile(dataDir))).mode & 0o777, 0o600);
  for (const file of await readdir(join(dataDir, 'secrets'))) {
    t.equal((await stat(join(dataDir, 'secrets', file))).mode & 0o777, 0o600, file);
  }
});

test('stays the same at later starts; addresses follow the configuration', async t => {
  const dataDir = await testFolder(t);
  const first = await firstRun(dataDir, url);
  t.same(await firstRun(dataDir, url), first);
  const moved = await firstRun(dataDir, 'http://127.0.0.1:20081');
  t.same({ ...moved, url, console: first.console }, first);
  t.match(JSON.parse(await readFile(firstRunFile(dataDir), 'utf8')), { url: 'http://127.0.0.1:20081' });
});

test('processes that start together agree', async t => {
  const dataDir = await testFolder(t);
  const runs = await Promise.all(Array.from({ length: 8 }, () => firstRun(dataDir, url)));
  for (const run of runs) t.same(run, runs[0]);
  t.same(await readdir(dataDir), ['first-run.json', 'secrets'], 'no drafts are left');
});

test('different folders have different secrets', async t => {
  const [one, other] = await Promise.all([firstRun(await testFolder(t), url), firstRun(await testFolder(t), url)]);
  t.not(one.admin.password, other.admin.password);
  t.not(one.apiToken, other.apiToken);
  t.not(one.systems.commune?.webhookSecret, other.systems.commune?.webhookSecret);
});

test('with real systems no secrets are made for simulators', async t => {
  const dataDir = await testFolder(t);
  t.same((await firstRun(dataDir, url, null)).systems, {});
  t.same(await readdir(dataDir), ['first-run.json']);
});

test('a damaged file is said to be so, never overwritten', async t => {
  const dataDir = await testFolder(t);
  await writeFile(firstRunFile(dataDir), '{"admin":');
  await t.rejects(firstRun(dataDir, url), /is damaged; delete it/);
  t.equal(await readFile(firstRunFile(dataDir), 'utf8'), '{"admin":');
});

test('sign-ins bear the names that the systems file uses', async t => {
  const secrets = await sandboxSecrets(await testFolder(t));
  t.same(Object.keys(secrets.portal.secrets), ['username', 'password']);
  t.same(Object.keys(secrets.commune.secrets), ['clientId', 'clientSecret']);
  t.same(Object.keys(secrets.documents.secrets), ['systemId', 'secret']);
});
