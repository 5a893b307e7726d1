/** The ways out: signed webhooks in order, tried again under one id and not for ever; the sandbox's file; nothing where nobody is configured. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import t from 'tap';
import { sandboxEscalation } from '../../src/config/escalation.ts';
import { LEVELS } from '../../src/domain/levels.ts';
import { lookOnce } from '../../src/escalation/round.ts';
import { sendDue } from '../../src/escalation/send.ts';
import { openDatabase } from '../../src/ledger/database.ts';
import { takeMessages } from '../../src/ledger/escalation-outbox.ts';
import { at } from '../facts/support.ts';
import { testFolder } from '../support/folder.ts';
import { chat, chatServer, contextOver, escalationRig, SECRET } from './support.ts';

const MINUTE = 60_000;

t.test('a webhook is signed as Standard Webhooks and has a ready text', async t => {
  const { url, heard } = await chatServer(t);
  const rig = await escalationRig(t, { recipients: [chat('nhom', url)] });
  await rig.rejected('H19-1', '2026-11-20T07:30');
  rig.clock.now = Date.now();
  await lookOnce(rig.context);
  t.match(await sendDue(rig.context), [{ recipient: 'nhom', state: 'sent' }]);
  const [call] = heard;
  t.equal(heard.length, 1);
  const sent = new Webhook(SECRET).verify(call?.body ?? '', call?.headers ?? {}) as Record<string, unknown>;
  t.match(sent, { text: /Phường Trấn Biên/, escalations: [{ step: 'opened', cause: 'target-rejected', count: 1 }] });
  t.throws(() => new Webhook(SECRET).verify(`${call?.body} `, call?.headers ?? {}));
  t.same(await sendDue(rig.context), [], 'once');
});

t.test('a failing receiver is tried again later under the same id, then given up', async t => {
  const { url, heard } = await chatServer(t, [500, 429, 200]);
  const rig = await escalationRig(t, { recipients: [chat('nhom', url)] });
  await rig.rejected('H19-1', '2026-11-20T07:30');
  rig.clock.now = at('2026-11-20T11:00');
  await lookOnce(rig.context);
  t.match(await sendDue(rig.context), [{ state: 'retry', fault: 'HTTP 500' }]);
  t.same(await sendDue(rig.context), [], 'not yet');
  rig.clock.now += 30_000;
  t.match(await sendDue(rig.context), [{ state: 'retry', fault: 'HTTP 429' }]);
  rig.clock.now += MINUTE;
  t.match(await sendDue(rig.context), [{ state: 'sent' }]);
  t.equal(new Set(heard.map(({ headers }) => headers['webhook-id'])).size, 1);
  t.equal(heard.length, 3);

  const silent = await chatServer(t, Array(50).fill(503));
  const other = await escalationRig(t, { recipients: [chat('nhom', silent.url)] });
  await other.rejected('H19-1', '2026-11-20T07:30');
  other.clock.now = at('2026-11-20T11:00');
  await lookOnce(other.context);
  for (let n = 0; n < 20; n += 1) {
    await sendDue(other.context);
    other.clock.now += 60 * MINUTE;
  }
  t.equal(silent.heard.length, 10);
  t.match(await other.messages(), [{ state: 'failed', attempts: 10 }]);
});

t.test('what the receiver refuses for good is not sent again, and the next message comes through', async t => {
  const { url, heard } = await chatServer(t, [400]);
  const rig = await escalationRig(t, { recipients: [chat('nhom', url)] });
  await rig.rejected('H19-1', '2026-11-20T07:30');
  for (const [local, outcome] of [
    ['2026-11-20T11:00', { state: 'failed', fault: 'HTTP 400' }],
    ['2026-11-20T17:00', { state: 'sent' }],
  ] as const) {
    rig.clock.now = at(local);
    await lookOnce(rig.context);
    t.match(await sendDue(rig.context), [outcome]);
  }
  t.same(
    heard.map(({ body }) => JSON.parse(body).escalations[0].step),
    ['opened', 'raised'],
    'in their order',
  );
});

t.test('a later message waits until the one before it is through', async t => {
  const { url, heard } = await chatServer(t, [500]);
  const rig = await escalationRig(t, { recipients: [chat('nhom', url)] });
  await rig.rejected('H19-1', '2026-11-20T07:30');
  rig.clock.now = at('2026-11-20T16:59:50');
  await lookOnce(rig.context);
  t.match(await sendDue(rig.context), [{ state: 'retry' }]);
  rig.clock.now = at('2026-11-20T17:00');
  t.match(await lookOnce(rig.context), { raised: 1, messages: 1 });
  t.same(await sendDue(rig.context), []);
  rig.clock.now += MINUTE;
  t.equal((await sendDue(rig.context)).length, 2);
  t.same(
    heard.map(({ body }) => JSON.parse(body).escalations[0].step),
    ['opened', 'opened', 'raised'],
  );
});

t.test('a fault of ours is told and does not hold what comes behind it', async t => {
  const { url, heard } = await chatServer(t);
  const odd = { ...chat('nhom', url), way: { kind: 'webhook' as const, url: 'không phải địa chỉ', secret: SECRET } };
  const rig = await escalationRig(t, { recipients: [odd, chat('nhom-hai', url)] });
  await rig.rejected('H19-1', '2026-11-20T07:30');
  rig.clock.now = at('2026-11-20T11:00');
  await lookOnce(rig.context);
  await t.rejects(sendDue(rig.context), TypeError);
  t.equal(heard.length, 1, 'the other one has heard');
  const { rows } = await rig.database.people.query(
    'SELECT recipient, state, fault FROM escalation_messages ORDER BY 1',
  );
  t.match(rows, [
    { recipient: 'nhom', state: 'failed', fault: 'gateway-fault' },
    { recipient: 'nhom-hai', state: 'sent', fault: null },
  ]);
});

t.test('a receiver that is away says nothing of its address', async t => {
  const rig = await escalationRig(t, { recipients: [chat('nhom', 'http://127.0.0.1:1/nhom?key=bi-mat')] });
  await rig.rejected('H19-1', '2026-11-20T07:30');
  rig.clock.now = at('2026-11-20T11:00');
  await lookOnce(rig.context);
  t.same(
    (await sendDue(rig.context)).map(({ state, fault }) => [state, fault]),
    [['retry', 'unavailable']],
  );
});

t.test('two schedulers send a message once; one that died leaves it to the other under the same id', async t => {
  const { url, heard } = await chatServer(t);
  const config = { recipients: [chat('nhom', url), chat('nhom-hai', url)] };
  const rig = await escalationRig(t, config);
  const other = openDatabase(rig.url, () => {});
  t.teardown(() => other.end());
  const context = contextOver(other, rig.clock, config);
  await rig.rejected('H19-1', '2026-11-20T07:30');
  rig.clock.now = at('2026-11-20T11:00');
  await lookOnce(rig.context);
  await Promise.all([rig.context, context, rig.context, context].map(sendDue));
  t.equal(heard.length, 2);

  rig.clock.now = at('2026-11-20T17:00');
  await lookOnce(rig.context);
  const dead = await takeMessages(other, rig.clock.now, MINUTE, 10);
  t.equal(dead.length, 2);
  t.same(await sendDue(rig.context), [], 'still its own');
  rig.clock.now += MINUTE;
  t.equal((await sendDue(rig.context)).length, 2);
  t.same(
    heard
      .slice(2)
      .map(({ headers }) => headers['webhook-id'])
      .sort(),
    dead.map(({ id }) => id).sort(),
  );
});

t.test(
  'where nobody is configured nothing is sent; a recipient that was taken out of the file is given up',
  async t => {
    const rig = await escalationRig(t);
    await rig.rejected('H19-1', '2026-11-20T07:30');
    rig.clock.now = at('2026-11-20T11:00');
    t.match(await lookOnce(rig.context), { opened: 1, messages: 0 });
    const before = { ...rig.context, config: { recipients: [chat('cu', 'http://127.0.0.1:1/')] } };
    rig.clock.now = at('2026-11-20T17:00');
    await lookOnce(before);
    t.match(await sendDue(rig.context), [{ recipient: 'cu', state: 'failed' }]);
  },
);

t.test('the sandbox writes to a file, marked as sample data', async t => {
  const path = join(await testFolder(t), 'escalations-sample.log');
  const rig = await escalationRig(t, sandboxEscalation(path, LEVELS, 'http://127.0.0.1:8080'));
  await rig.rejected('H19-1', '2026-11-20T07:30');
  rig.clock.now = at('2026-11-20T11:00');
  const context = { ...rig.context, sandbox: true };
  await lookOnce(context);
  t.match(await sendDue(context), [{ state: 'sent' }]);
  t.match(await readFile(path, 'utf8'), /\[DỮ LIỆU MẪU\] \[Liên Thông\] Chờ quá hạn[\s\S]*không gửi cho ai/);
});
