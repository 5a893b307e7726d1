/** Addresses of Redis: a server, or Sentinels and the name of a master. */
import { test } from 'tap';
import { readRedisAddress } from '../../src/config/redis-address.ts';

test('a server', t => {
  for (const url of ['redis://127.0.0.1:6379', 'rediss://user:secret@redis.example:6380/2'])
    t.same(readRedisAddress(url), { kind: 'server', url });
  t.end();
});

test('Sentinels', t => {
  t.same(readRedisAddress('redis+sentinel://10.0.0.1:26379,[::1]:26380,third/chinh'), {
    kind: 'sentinel',
    sentinels: [
      { host: '10.0.0.1', port: 26_379 },
      { host: '::1', port: 26_380 },
      { host: 'third', port: 26_379 },
    ],
    name: 'chinh',
    username: undefined,
    password: undefined,
    database: 0,
    encrypted: false,
  });
  t.match(readRedisAddress('rediss+sentinel://cong:m%40t%2Fkh%E1%BA%A9u@a:1/chinh/3'), {
    username: 'cong',
    password: 'm@t/khẩu',
    database: 3,
    encrypted: true,
  });
  t.match(readRedisAddress('redis+sentinel://:secret@a:1/chinh'), { username: undefined, password: 'secret' });
  t.end();
});

test('what is no address', t => {
  for (const text of [
    'http://127.0.0.1',
    'redis',
    'redis+sentinel://a:1',
    'redis+sentinel:///chinh',
    'redis+sentinel://a:1,/chinh',
    'redis+sentinel://a:0/chinh',
    'redis+sentinel://a:65536/chinh',
    'redis+sentinel://a:1/chinh/x',
    'redis+sentinel://:%zz@a:1/chinh',
  ])
    t.equal(readRedisAddress(text), undefined, text);
  t.end();
});
