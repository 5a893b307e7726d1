/** Pulling: stored before it is acknowledged, refused before it is acknowledged as failed, once in effect whatever dies. */
import { type Test, test } from 'tap';
import type { Connector, PollResult, Pulled } from '../../connectors/connector.ts';
import type { SystemConfig } from '../../src/config/system.ts';
import type { GatewayEvent } from '../../src/domain/words.ts';
import { createEventChecker } from '../../src/http/event-checks.ts';
import { startPoller } from '../../src/intake/poller.ts';
import { retryRefused } from '../../src/intake/retry-refused.ts';
import { eventually, latch } from '../support/eventually.ts';
import { ledgerRig, type Rig, submitted, systems } from '../support/ledger-rig.ts';
import { anotherProcess, type Process } from '../support/processes.ts';

const checker = createEventChecker();
const systemOf = (id: string) => systems.find(system => system.id === id);
const portal = systemOf('portal') as SystemConfig;
const pulled = (ref: string, events: GatewayEvent[], more: Partial<Pulled> = {}): Pulled => ({
  ref,
  raw: Buffer.from(`<${ref}/>`),
  events,
  ...more,
});

/** A system that holds messages until they are acknowledged. */
class Mailbox {
  held: Pulled[] = [];
  readonly acknowledged: string[] = [];
  readonly cursors: (string | null)[] = [];
  page = 50;
  /** Called before an acknowledgement counts. */
  before: (ref: string) => void | Promise<void> = () => {};
  readonly connector = {
    describe: () => ({ polls: true }),
    poll: async (cursor: string | null): Promise<PollResult> => {
      this.cursors.push(cursor);
      return {
        items: this.held.slice(0, this.page),
        cursor: `c${this.cursors.length}`,
        more: this.held.length > this.page,
      };
    },
    acknowledge: async (ref: string, result: string) => {
      await this.before(ref);
      this.acknowledged.push(`${ref} ${result}`);
      this.held = this.held.filter(item => item.ref !== ref);
    },
  } as unknown as Connector;
}
const poller = (t: Test, process: Process, mailbox: Mailbox) => {
  const made = startPoller([{ system: portal, connector: mailbox.connector }], {
    database: process.database,
    queue: process.queue,
    checker,
    systemOf,
    schedule: { every: () => undefined },
    onAccepted: () => {},
    onError: error => t.fail(String(error)),
  });
  t.teardown(() => made.stop());
  return made;
};
const stored = async (rig: Rig): Promise<string[]> =>
  (await rig.database.people.query('SELECT source_id FROM events ORDER BY id')).rows.map(row => row.source_id);
const refused = async (rig: Rig) =>
  (await rig.database.people.query('SELECT id, ref, fault, state, raw FROM refused ORDER BY ref')).rows;

test('a message is in the ledger when it is acknowledged, page by page', async t => {
  const rig = await ledgerRig(t);
  const mailbox = new Mailbox();
  mailbox.page = 2;
  const events = ['A', 'B', 'C'].map(code => submitted(code));
  mailbox.held = events.map((event, n) => pulled(`m${n}`, [event]));
  const seen: number[] = [];
  mailbox.before = async () => {
    seen.push((await stored(rig)).length);
  };
  t.equal(await poller(t, anotherProcess(t, rig.url), mailbox).pollNow('portal'), 3);
  t.same(seen, [1, 2, 3], 'each commit before its acknowledgement');
  t.same(mailbox.acknowledged, ['m0 done', 'm1 done', 'm2 done']);
  t.same(
    await stored(rig),
    events.map(event => event.id),
  );
  t.same((await rig.database.people.query('SELECT cursor FROM cursors')).rows, [{ cursor: 'c2' }]);
  await poller(t, anotherProcess(t, rig.url), mailbox).pollNow('portal');
  t.same(mailbox.cursors, [null, 'c1', 'c2'], 'goes on where it was');
});

test('what cannot be read is kept with its bytes, then acknowledged as failed, and holds nobody up', async t => {
  const rig = await ledgerRig(t);
  const mailbox = new Mailbox();
  const bad = { ...submitted('B'), data: {} };
  const odd = { ...submitted('C'), subject: 'a\u0000b' };
  const good = submitted('D');
  mailbox.held = [
    pulled('m1', [], { fault: { code: 'no-from', message: 'From is missing' } }),
    pulled('m2', [bad]),
    pulled('m3', [odd]),
    pulled('m4', [good]),
  ];
  const kept: number[] = [];
  mailbox.before = async () => {
    kept.push((await refused(rig)).length);
  };
  await poller(t, anotherProcess(t, rig.url), mailbox).pollNow('portal');
  t.same(mailbox.acknowledged, ['m1 fail', 'm2 fail', 'm3 fail', 'm4 done']);
  t.same(kept, [1, 2, 3, 3], 'kept before it was acknowledged');
  t.match(await refused(rig), [
    { ref: 'm1', state: 'open', fault: { code: 'no-from' }, raw: Buffer.from('<m1/>') },
    { ref: 'm2', state: 'open', fault: { code: 'invalid-event', faults: Array } },
    { ref: 'm3', state: 'open', fault: { code: 'unstorable-value' } },
  ]);
  t.same(await stored(rig), [good.id]);
});

test('an id that stands for other content goes to the refused inbox', async t => {
  const rig = await ledgerRig(t);
  const mailbox = new Mailbox();
  const event = submitted('A');
  await rig.accept(event);
  mailbox.held = [pulled('m1', [{ ...event, subject: 'other' }])];
  await poller(t, anotherProcess(t, rig.url), mailbox).pollNow('portal');
  t.match(await refused(rig), [{ ref: 'm1', fault: { code: 'id-reused' } }]);
  t.same(mailbox.acknowledged, ['m1 fail']);
});

test('of a secret document no payload is kept', async t => {
  const rig = await ledgerRig(t);
  const mailbox = new Mailbox();
  const withhold = { code: 'secret-document', sender: 'H19.1', documentId: 'd-1' } as const;
  mailbox.held = [pulled('m1', [submitted('A')], { withhold })];
  await poller(t, anotherProcess(t, rig.url), mailbox).pollNow('portal');
  t.match(await refused(rig), [{ ref: 'm1', state: 'withheld', raw: null, fault: withhold }]);
  t.same(await stored(rig), []);
  t.same(mailbox.acknowledged, ['m1 fail']);
});

test('a process that dies between commit and acknowledgement leaves a duplicate, and it is acknowledged', async t => {
  const rig = await ledgerRig(t);
  const mailbox = new Mailbox();
  mailbox.held = [pulled('m1', [submitted('A')]), pulled('m2', [submitted('B')])];
  mailbox.before = () => {
    throw new Error('connection lost');
  };
  await t.rejects(poller(t, anotherProcess(t, rig.url), mailbox).pollNow('portal'), /connection lost/);
  t.equal((await stored(rig)).length, 1);
  t.equal((await rig.database.people.query('SELECT 1 FROM cursors')).rowCount, 0, 'the cursor did not go on');
  mailbox.before = () => {};
  t.equal(await poller(t, anotherProcess(t, rig.url), mailbox).pollNow('portal'), 2, 'the lock was let go');
  t.equal((await stored(rig)).length, 2);
  t.same(mailbox.acknowledged, ['m1 done', 'm2 done']);
});

test('two processes at once: one polls, the other lets it', async t => {
  const rig = await ledgerRig(t);
  const mailbox = new Mailbox();
  const gate = latch();
  mailbox.held = [pulled('m1', [submitted('A')])];
  mailbox.before = () => gate.reached;
  const first = poller(t, anotherProcess(t, rig.url), mailbox);
  const second = poller(t, anotherProcess(t, rig.url), mailbox);
  const polling = [first.pollNow('portal'), first.pollNow('portal')];
  await eventually(async () => (await stored(rig)).length === 1);
  // more often than a process has connections: none may be kept
  for (let n = 0; n < 12; n++) t.equal(await second.pollNow('portal'), 0);
  gate.reach();
  t.same(await Promise.all(polling), [1, 1], 'one poll, asked for twice');
  t.same(mailbox.cursors, [null]);
  t.equal(await second.pollNow('portal'), 0, 'and now there is nothing');
  t.equal(await first.pollNow('nobody'), 0);
});

test('two pollers that do not know of each other are harmless', async t => {
  const rig = await ledgerRig(t);
  const mailbox = new Mailbox();
  mailbox.held = Array.from({ length: 5 }, (_, n) => pulled(`m${n}`, [submitted(`H${n}`)]));
  const other = new Mailbox();
  other.held = mailbox.held;
  const commune = { ...(systemOf('commune') as SystemConfig) };
  const process = anotherProcess(t, rig.url);
  const second = startPoller([{ system: commune, connector: other.connector }], {
    database: process.database,
    queue: process.queue,
    checker,
    systemOf,
    schedule: { every: () => undefined },
    onAccepted: () => {},
    onError: () => {},
  });
  t.teardown(() => second.stop());
  await Promise.all([poller(t, anotherProcess(t, rig.url), mailbox).pollNow('portal'), second.pollNow('commune')]);
  t.equal((await stored(rig)).length, 5);
  t.equal((await rig.database.people.query('SELECT 1 FROM syncs')).rowCount, 5);
});

test('what was refused is taken after a mend, once', async t => {
  const rig = await ledgerRig(t);
  const mailbox = new Mailbox();
  const process = anotherProcess(t, rig.url);
  mailbox.held = [pulled('m1', [], { fault: { code: 'no-from', message: 'x' } })];
  await poller(t, process, mailbox).pollNow('portal');
  const [row] = await refused(rig);
  const event = submitted('A');
  const bodies: Buffer[] = [];
  const connectorOf = () =>
    ({
      parse: async (request: { body: Buffer }) => {
        bodies.push(request.body);
        return { events: [event] };
      },
    }) as unknown as Connector;
  const context = {
    database: rig.database,
    queue: process.queue,
    checker,
    connectorOf,
    systemOf,
    now: () => new Date(),
  };
  const accepted = await retryRefused(row.id, context);
  t.same(bodies, [Buffer.from('<m1/>')]);
  t.match(await refused(rig), [{ state: 'taken' }]);
  t.same(await stored(rig), [accepted[0]?.id]);
  await t.rejects(retryRefused(row.id, context), { code: 'not-found' });
});
