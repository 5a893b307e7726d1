/** Many calls, one sign-in: what every session store promises. */
import { test } from 'tap';
import { memorySessionStore } from '../../src/wire/session.ts';

test('many that need a session sign in once', async t => {
  let count = 0;
  const store = memorySessionStore();
  const signIn = async () => ({ token: `t${++count}` });
  const sessions = await Promise.all(Array.from({ length: 20 }, () => store.current(signIn)));
  t.same(new Set(sessions.map(({ token }) => token)), new Set(['t1']));
  const refused = sessions[0] ?? { token: '' };
  const renewed = await Promise.all(Array.from({ length: 20 }, () => store.renew(refused, signIn)));
  t.same(new Set(renewed.map(({ token }) => token)), new Set(['t2']));
  t.equal((await store.renew(refused, signIn)).token, 't2', 'who comes late with the old one gets the new one');
  t.equal((await store.current(signIn)).token, 't2');
  t.equal(count, 2);
});

test('a session near its end is renewed before it is used', async t => {
  let now = 0;
  let count = 0;
  const store = memorySessionStore(() => now);
  const signIn = async () => ({ token: `t${++count}`, expiresAt: now + 300_000 });
  t.equal((await store.current(signIn)).token, 't1');
  now = 294_000;
  t.equal((await store.current(signIn)).token, 't1');
  now = 296_000;
  t.equal((await store.current(signIn)).token, 't2');
});

test('a failed sign-in is told to all who waited, and the next one tries again', async t => {
  const store = memorySessionStore();
  const failing = async () => {
    throw new Error('down');
  };
  const both = await Promise.allSettled([store.current(failing), store.current(failing)]);
  t.same(
    both.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  t.equal((await store.current(async () => ({ token: 'ok' }))).token, 'ok');
});
