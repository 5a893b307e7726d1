/** The harness's own parts: a line spoils connections as told, and a seed gives one schedule. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { type Test, test } from 'tap';
import { eventually } from '../support/eventually.ts';
import { draw } from './harness/draw.ts';
import type { Need } from './harness/fault.ts';
import { FAULTS, faultsNamed, possible } from './harness/faults.ts';
import { Line } from './harness/line.ts';
import type { RunResult } from './harness/one-run.ts';
import { holdPort } from './harness/ports.ts';
import { chanceOf } from './harness/random.ts';
import { addUp, asLines } from './harness/report.ts';
import { plan } from './harness/schedule.ts';

/** What a run without Redis cannot meet. */
const QUEUES: readonly Need[] = ['redis', 'sentinel'];

/** A server that notes what came and answers it, behind a line. */
async function echo(t: Test): Promise<{ line: Line; came: string[]; call(): Promise<Caller> }> {
  const came: string[] = [];
  const server = createServer(socket => {
    socket.on('error', () => undefined);
    socket.on('data', part => {
      came.push(part.toString());
      socket.write(part);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const line = await Line.open((server.address() as AddressInfo).port);
  t.teardown(() => {
    line.close();
    server.close();
  });
  return { line, came, call: () => callerTo(line.port) };
}

interface Caller {
  socket: Socket;
  heard: string[];
  say(text: string): void;
}
async function callerTo(port: number): Promise<Caller> {
  const socket = connect(port, '127.0.0.1');
  const heard: string[] = [];
  socket.on('error', () => undefined);
  socket.on('data', part => heard.push(part.toString()));
  await new Promise<void>(resolve => socket.once('connect', resolve).once('close', () => resolve()));
  return { socket, heard, say: text => void socket.write(text) };
}
const closed = (caller: Caller): Promise<unknown> => eventually(() => caller.socket.destroyed);

test('a line', async t => {
  await t.test('lets everything pass, and breaks when it is cut', async inner => {
    const { line, call, came } = await echo(inner);
    const caller = await call();
    caller.say('one');
    await eventually(() => caller.heard.join('') === 'one');
    line.cut();
    await closed(caller);
    const next = await call();
    next.say('two');
    await eventually(() => next.heard.join('') === 'two');
    inner.same(came, ['one', 'two']);
    next.socket.destroy();
  });

  await t.test('says nothing while it is frozen, and goes on', async inner => {
    const { line, call, came } = await echo(inner);
    const caller = await call();
    line.freeze('back');
    caller.say('asked');
    await eventually(() => came.length === 1);
    await pause(50);
    inner.same(caller.heard, [], 'the answer does not come');
    line.mend();
    await eventually(() => caller.heard.join('') === 'asked');
    line.freeze('there');
    caller.say('again');
    await pause(50);
    inner.same(came, ['asked'], 'the question does not come');
    line.mend();
    await eventually(() => came.length === 2);
    caller.socket.destroy();
  });

  await t.test('cuts one connection when the bytes of a trap pass, before or after', async inner => {
    const { line, call, came } = await echo(inner);
    const [before, other] = [await call(), await call()];
    const sprung = line.trap({ way: 'there', bytes: 'COMMIT', handOn: false });
    other.say('BEGIN');
    await eventually(() => other.heard.length === 1);
    before.say('..COMMIT..');
    await Promise.all([sprung, closed(before)]);
    inner.same(came, ['BEGIN'], 'it was not handed on');
    const after = await call();
    const again = line.trap({ way: 'there', bytes: 'COMMIT', handOn: true });
    after.say('COMMIT');
    await Promise.all([again, closed(after)]);
    await eventually(() => came.length === 2);
    inner.same(after.heard, [], 'it was handed on, and the answer lost');
    other.say('still there');
    await eventually(() => other.heard.length === 2);
    other.socket.destroy();
  });

  await t.test('takes nobody while it is shut', async inner => {
    const { line, call } = await echo(inner);
    line.shut();
    const caller = await call();
    await closed(caller);
    line.mend();
    const next = await call();
    next.say('back');
    await eventually(() => next.heard.length === 1);
    inner.pass('and takes them again');
    next.socket.destroy();
  });
});

test('a schedule', async t => {
  const named = (seed: number): string[] =>
    plan(FAULTS, 30_000, chanceOf(seed)).map(({ fault, at }) => `${at} ${fault.name}`);
  t.same(named(7), named(7), 'the same seed gives the same');
  t.not(named(7).join(), named(8).join(), 'another gives another');
  for (let seed = 1; seed <= 200; seed += 1) {
    const planned = plan(FAULTS, 30_000, chanceOf(seed));
    const clash = planned.find(({ fault, at }, index) =>
      planned
        .slice(0, index)
        .some(
          before => before.at + before.fault.lasts > at && before.fault.holds.some(part => fault.holds.includes(part)),
        ),
    );
    if (clash) t.fail(`seed ${seed}: ${clash.fault.name} meets another fault of its part`);
  }
  const names = faultsNamed(['F2', 'kill-postgres']).map(fault => fault.name);
  t.ok(
    names.includes('kill-worker') && names.includes('kill-postgres') && !names.includes('kill-api'),
    'faults go by name and number',
  );
  t.notOk(
    faultsNamed(['-F10']).some(fault => fault.protocol === 'F10'),
    'and can be left out',
  );
  t.throws(() => faultsNamed(['kill-mayor']), /no fault kill-mayor/);
});

test('short runs', async t => {
  const turns = 100;
  for (const redis of [true, false]) {
    const counts = new Map<string, number>();
    for (let turn = 0; turn < turns; turn += 1) {
      const { planned, spanMs, needs } = draw({ faults: [], redis, spanMs: 0, turn }, chanceOf(turn));
      const long = planned.filter(({ fault }) => fault.lasts > 9_000);
      if (long.length > 1 || planned.some(({ at }) => at >= spanMs)) t.fail(`turn ${turn} is too much for a short run`);
      if (needs.has('redis') && needs.has('sentinel')) t.fail(`turn ${turn} wants one Redis and two`);
      for (const { fault } of planned) counts.set(fault.name, (counts.get(fault.name) ?? 0) + 1);
    }
    const { faults } = possible(FAULTS.filter(fault => redis || !fault.needs?.some(need => QUEUES.includes(need))));
    for (const { name, lasts } of faults) {
      const count = counts.get(name) ?? 0;
      const due = lasts > 9_000 ? 1 : 3;
      if (count < due) t.fail(`${name} happens ${count} times in ${turns} runs`);
    }
    t.equal(counts.size, faults.length, `all that is possible ${redis ? 'with' : 'without'} Redis happens`);
  }
});

test('a port belongs to one world until it is let go', async t => {
  const held = await Promise.all(Array.from({ length: 40 }, holdPort));
  t.equal(new Set(held.map(({ port }) => port)).size, held.length);
  for (const { release } of held) release();
});

test('what a row of runs came to', t => {
  const run = (seed: number, more: Partial<RunResult>): RunResult => ({
    seed,
    schedule: [],
    happened: [{ name: 'kill-api', protocol: 'F1', ms: 1 }],
    suffered: { api: { killed: 1, ended: 0, slept: 2 } },
    violations: [],
    trouble: [],
    acts: 0,
    accepted: 10,
    calls: 21,
    effects: 20,
    unknown: 1,
    states: { delivered: 20 },
    seconds: 15,
    settledAfterMs: 100 * seed,
    folder: undefined,
    ...more,
  });
  const violation = { invariant: 'I2', what: 'took effect more than once', who: 'x' } as const;
  const report = addUp([run(1, {}), run(2, { violations: [violation] }), run(3, { trouble: ['did not end'] })], [4]);
  t.match(report, {
    runs: 4,
    failed: 3,
    failures: [2, 3, 4],
    faults: { 'F1 kill-api': 3 },
    suffered: { api: { killed: 3, ended: 0, slept: 6 } },
    accepted: 30,
    effects: 60,
    unknown: 3,
    states: { delivered: 60 },
    recovery: { p50: 200, max: 300 },
    violations: { I2: 1 },
    trouble: 1,
  });
  t.ok(asLines(report).some(line => line.includes('4, 3 of them failed 2 3 4')));
  t.end();
});
