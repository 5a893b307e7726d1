/** Sign-ins shared by all calls of all processes: one at a time, and never the refused one again. */
import { test } from 'tap';
import type { Session } from '../../connectors/connector.ts';
import { ledgerSessionStore } from '../../src/ledger/sessions.ts';
import { latch } from '../support/eventually.ts';
import { ledgerRig } from '../support/ledger-rig.ts';
import { anotherProcess } from '../support/processes.ts';

const signing = (more: Partial<Session> = {}) => {
  const made: string[] = [];
  const signIn = async (): Promise<Session> => {
    const token = `token-${made.length + 1}`;
    made.push(token);
    return { token, ...more };
  };
  return { made, signIn };
};

test('twenty calls at once sign in once', async t => {
  const { database } = await ledgerRig(t);
  const store = ledgerSessionStore(database, 'portal', Date.now);
  const { made, signIn } = signing();
  const sessions = await Promise.all(Array.from({ length: 20 }, () => store.current(signIn)));
  t.same(new Set(sessions.map(session => session.token)), new Set(['token-1']));
  t.equal(made.length, 1);
});

test('two processes share a sign-in, and each system has its own', async t => {
  const rig = await ledgerRig(t);
  const other = anotherProcess(t, rig.url);
  const stores = [rig.database, other.database].map(database => ledgerSessionStore(database, 'portal', Date.now));
  const { made, signIn } = signing();
  const sessions = await Promise.all(stores.flatMap(store => [store.current(signIn), store.current(signIn)]));
  t.same(new Set(sessions.map(session => session.token)), new Set(['token-1']));
  t.same(made, ['token-1']);
  t.equal((await ledgerSessionStore(rig.database, 'commune', Date.now).current(signIn)).token, 'token-2');
});

test('after a refusal one signs in, over both processes, and the others use it', async t => {
  const rig = await ledgerRig(t);
  const other = anotherProcess(t, rig.url);
  const stores = [rig.database, other.database].map(database => ledgerSessionStore(database, 'portal', Date.now));
  const { made, signIn } = signing();
  const [refused] = await Promise.all(stores.map(store => store.current(signIn)));
  const renewed = await Promise.all(
    Array.from({ length: 20 }, (_, n) => (stores[n % 2] as (typeof stores)[number]).renew(refused as Session, signIn)),
  );
  t.same(new Set(renewed.map(session => session.token)), new Set(['token-2']));
  t.equal(made.length, 2);
  for (const store of stores) t.equal((await store.current(signIn)).token, 'token-2');
});

test('who was refused an older session gets the newer one without signing in', async t => {
  const { database } = await ledgerRig(t);
  const store = ledgerSessionStore(database, 'portal', Date.now);
  const { made, signIn } = signing();
  const old = await store.current(signIn);
  await store.renew(old, signIn);
  t.equal((await store.renew(old, signIn)).token, 'token-2');
  t.equal(made.length, 2);
});

test('a refusal that meets a look into the ledger does not get the refused session again', async t => {
  const rig = await ledgerRig(t);
  const { made, signIn } = signing();
  const refused = await ledgerSessionStore(rig.database, 'portal', Date.now).current(signIn);
  // a process that just started: its first look brings the stored session, which is refused by then
  const store = ledgerSessionStore(rig.database, 'portal', Date.now);
  const [looked, renewed] = await Promise.all([store.current(signIn), store.renew(refused, signIn)]);
  t.equal(looked.token, 'token-1');
  t.equal(renewed.token, 'token-2');
  t.equal(made.length, 2);
});

test('a session is not used in the last seconds before its end', async t => {
  const { database } = await ledgerRig(t);
  let now = 1_000_000;
  const store = ledgerSessionStore(database, 'portal', () => now);
  const { made, signIn } = signing();
  const lasting = async () => ({ ...(await signIn()), expiresAt: now + 60_000 });
  await store.current(lasting);
  now += 50_000;
  t.equal((await store.current(lasting)).token, 'token-1');
  now += 6_000;
  t.equal((await store.current(lasting)).token, 'token-2');
  t.equal(made.length, 2);
});

test('a sign-in that fails is told to all who waited, and the next one tries again', async t => {
  const { database } = await ledgerRig(t);
  const store = ledgerSessionStore(database, 'portal', Date.now);
  const gate = latch();
  const broken = async (): Promise<Session> => {
    await gate.reached;
    throw new Error('wrong password');
  };
  const asks = [store.current(broken), store.current(broken), store.renew({ token: 'old' }, broken)];
  gate.reach();
  for (const answer of await Promise.allSettled(asks)) t.match(answer, { status: 'rejected' });
  const { signIn } = signing();
  t.equal((await store.current(signIn)).token, 'token-1');
  t.equal((await database.people.query('SELECT 1 FROM sessions')).rowCount, 1);
});
