/** What a name leads to is checked at every connection, so that a name which changes its mind gains nothing. */
import type { LookupAddress, lookup } from 'node:dns';
import { test } from 'tap';
import { guardedLookup } from '../../src/wire/address.ts';

const found = (addresses: string[]): typeof lookup =>
  ((_name: string, _options: object, callback: (error: null, found: LookupAddress[]) => void) =>
    callback(
      null,
      addresses.map(address => ({ address, family: address.includes(':') ? 6 : 4 })),
    )) as unknown as typeof lookup;
const outcome = (loopback: boolean, addresses: string[], all = false): Promise<unknown> =>
  new Promise(resolve =>
    guardedLookup(loopback, found(addresses))('a.vn', { all }, (error, address) => resolve(error?.code ?? address)),
  );

test('private and public addresses pass, alone or as a list', async t => {
  t.equal(await outcome(false, ['10.1.2.3']), '10.1.2.3');
  t.equal(await outcome(false, ['2001:db8::1']), '2001:db8::1');
  t.same(await outcome(false, ['10.1.2.3'], true), [{ address: '10.1.2.3', family: 4 }]);
  t.equal(await outcome(true, ['127.0.0.1']), '127.0.0.1');
});

test('forbidden addresses are refused, also when one of several, also written as IPv6', async t => {
  const bad = [
    ['127.0.0.1'],
    ['::1'],
    ['169.254.169.254'],
    ['10.0.0.1', '169.254.169.254'],
    ['::ffff:169.254.169.254'],
  ];
  bad.push(
    ['::ffff:127.0.0.1'],
    ['224.0.0.1'],
    ['255.255.255.255'],
    ['fe80::1'],
    ['64:ff9b::a9fe:a9fe'],
    ['0.0.0.0'],
    [],
  );
  for (const addresses of bad) t.equal(await outcome(false, addresses), 'EFORBIDDENADDRESS', addresses.join());
  t.equal(await outcome(true, ['10.0.0.1']), 'EFORBIDDENADDRESS', 'localhost that leads elsewhere');
});
