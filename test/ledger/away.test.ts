/** What counts as a ledger that is away, and what must not be told as one. */
import { test } from 'tap';
import { isAway } from '../../src/ledger/away.ts';

const fault = (message: string, more: object = {}): Error => Object.assign(new Error(message), more);

test('lost, refused, silent, shutting down or locked is away', async t => {
  for (const [message, more] of [
    ['refused', { code: 'ECONNREFUSED' }],
    ['reset', { code: 'ECONNRESET', syscall: 'read' }],
    ['no socket file', { code: 'ENOENT', syscall: 'connect' }],
    ['Connection terminated unexpectedly', {}],
    ['Query read timeout', {}],
    ['shutting down', { code: '57P01' }],
    ['canceled', { code: '57014' }],
    ['lock not given', { code: '55P03' }],
    ['disk full', { code: '53100' }],
  ] as const)
    t.equal(isAway(fault(message, more)), true, message);
});

test('a missing file, a bad value, or a bug is not', async t => {
  for (const [message, more] of [
    ['no such file', { code: 'ENOENT', syscall: 'open' }],
    ['a folder', { code: 'EISDIR', syscall: 'read' }],
    ['bad value', { code: '22003' }],
    ['twice', { code: '23505' }],
    ['x is not a function', {}],
  ] as const)
    t.equal(isAway(fault(message, more)), false, message);
  t.equal(isAway(undefined), false);
});
