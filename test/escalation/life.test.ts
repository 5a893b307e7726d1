/** The whole life of escalations on a real ledger, by a clock of the test's own. */
import t from 'tap';
import type { EscalationConfig } from '../../src/config/escalation.ts';
import { lookOnce } from '../../src/escalation/round.ts';
import { openDatabase } from '../../src/ledger/database.ts';
import { listEscalations } from '../../src/ledger/read-escalations.ts';
import { at } from '../facts/support.ts';
import { submitted, TRAN_BIEN } from '../support/ledger-rig.ts';
import { chat, contextOver, type EscalationRig, escalationRig } from './support.ts';

const ALL: EscalationConfig = { recipients: [chat('moi-nguoi', 'http://127.0.0.1:1/')] };
const look = async (rig: EscalationRig, local: string) => {
  rig.clock.now = at(local);
  return lookOnce(rig.context);
};
const NOTHING = { opened: 0, raised: 0, closed: 0, messages: 0 };
/** As if whoever sends had sent everything. */
const sent = (rig: EscalationRig) =>
  rig.database.people.query("UPDATE escalation_messages SET state = 'sent', attempts = 1 WHERE state = 'waiting'");
const mend = (rig: EscalationRig, ...ids: string[]) =>
  rig.database.people.query('DELETE FROM problems WHERE sync = ANY($1::uuid[])', [ids]);

t.test('opens, climbs limit by limit, and closes once the cause is mended', async t => {
  const rig = await escalationRig(t, ALL);
  const id = await rig.rejected('H19-1', '2026-11-20T15:00', { dueAt: '2026-11-30T17:00:00+07:00' });
  t.same(await look(rig, '2026-11-20T16:59'), NOTHING);
  t.match(await look(rig, '2026-11-20T17:00'), { opened: 1, messages: 1 });
  await sent(rig);
  t.same(await look(rig, '2026-11-20T17:01'), NOTHING);
  t.same(await look(rig, '2026-11-22T12:00'), NOTHING, 'Sunday');
  t.same(await look(rig, '2026-11-23T14:59'), NOTHING);
  t.match(await look(rig, '2026-11-23T15:00'), { raised: 1, messages: 1 });
  await sent(rig);
  t.same(await look(rig, '2026-11-24T15:00'), NOTHING, 'a day off');
  t.match(await look(rig, '2026-11-25T15:00'), { raised: 1, messages: 1 });
  await sent(rig);
  t.match(await look(rig, '2026-11-27T15:00'), { raised: 1, messages: 1 });
  await sent(rig);
  t.same(await look(rig, '2027-01-04T10:00'), NOTHING, 'there is nobody above');
  const { items } = await listEscalations(rig.database, { state: 'open', limit: 10 });
  t.match(items, [{ cause: 'target-rejected', unit: TRAN_BIEN, target: 'commune', level: 4, count: 1, next_at: null }]);
  await mend(rig, id);
  t.same(await look(rig, '2027-01-04T11:00'), NOTHING, 'it may come back in a moment');
  t.match(await look(rig, '2027-01-04T11:10'), { closed: 1, messages: 1 });
  const messages = await rig.messages();
  t.equal(messages.length, 5);
  const text = messages[0]?.text ?? '';
  for (const part of [
    'Phường Trấn Biên',
    'Bên nhận từ chối nội dung',
    'Báo cáo đến: Cán bộ phụ trách',
    '1 lượt gửi của 1 hồ sơ',
    'lâu nhất từ 20/11/2026 15:00',
    '[1.001193]',
    'H19-1 (30/11/2026 17:00)',
    'Cách giải quyết:',
    '/console/?cause=target-rejected',
    'báo cấp trên tiếp theo lúc 23/11/2026 15:00',
  ])
    t.ok(text.includes(part), part);
  for (const personal of ['075199001234', '0912345678', 'be@example.com', 'Nguyễn Thị Bé'])
    t.notOk(text.includes(personal), personal);
});

t.test('whoever is told next hears whether anybody below has answered', async t => {
  const rig = await escalationRig(t, ALL);
  await rig.rejected('H19-1', '2026-11-20T07:30');
  await look(rig, '2026-11-20T11:00');
  await sent(rig);
  t.match(await look(rig, '2026-11-20T17:00'), { raised: 1 });
  await sent(rig);
  t.match((await rig.messages()).at(-1)?.text, /Cấp dưới: chưa ai mở xem, chưa ai báo đã nhận/);
  const noted = (column: string, by: string, local: string) =>
    rig.database.people.query(`UPDATE escalations SET ${column}_at = $1, ${column}_by = $2`, [new Date(at(local)), by]);
  await noted('seen', 'lan', '2026-11-23T08:00');
  t.match(await look(rig, '2026-11-23T17:00'), { raised: 1 });
  await sent(rig);
  t.match((await rig.messages()).at(-1)?.text, 'Cấp dưới: lan đã mở xem lúc 23/11/2026 08:00, chưa báo đã nhận');
  await noted('acknowledged', 'minh', '2026-11-25T08:00');
  t.match(await look(rig, '2026-11-27T16:00'), { raised: 1 });
  t.match((await rig.messages()).at(-1)?.text, 'Cấp dưới: minh đã báo đã nhận lúc 25/11/2026 08:00');
});

t.test('what could not be sent yet is told together, and what is over before it was told is not told', async t => {
  const rig = await escalationRig(t, ALL);
  const first = await rig.rejected('H19-1', '2026-11-20T07:30');
  t.match(await look(rig, '2026-11-20T11:00'), { opened: 1, messages: 1 });
  await rig.rejected('H19-2', '2026-11-20T08:00');
  await rig.database.people.query("UPDATE problems SET unit = '26068' WHERE sync <> $1", [first]);
  t.match(await look(rig, '2026-11-20T17:00'), { opened: 1, raised: 1, messages: 1 });
  const [only, ...more] = await rig.messages();
  t.same(more, [], 'one message for both looks');
  t.match(only?.subject, '2 việc cần xem');
  t.match(only?.text, /^Chờ quá hạn: Phường Trấn Biên.*\nBáo cáo đến: Lãnh đạo/m, 'as it stands now');
  const { items } = await listEscalations(rig.database, { state: 'open', limit: 10 });
  t.same(
    items.map(({ told }) => told.length),
    [1, 1],
  );
  await mend(rig, first);
  await look(rig, '2026-11-20T17:10');
  t.match(await look(rig, '2026-11-20T17:20'), { closed: 1, messages: 1 });
  t.notMatch((await rig.messages()).map(({ text }) => text).join(), /Trấn Biên/);
});

t.test('whoever has been told hears of the end, once', async t => {
  const rig = await escalationRig(t, ALL);
  const id = await rig.rejected('H19-1', '2026-11-20T07:30');
  await look(rig, '2026-11-20T11:00');
  await sent(rig);
  await mend(rig, id);
  await look(rig, '2026-11-20T13:00');
  t.match(await look(rig, '2026-11-20T13:10'), { closed: 1, messages: 1 });
  t.same(await look(rig, '2026-11-20T13:30'), NOTHING);
  const last = (await rig.messages()).at(-1);
  t.match(last, { state: 'waiting' });
  t.match(last?.text, /Không còn chờ: Phường Trấn Biên/);
  await rig.rejected('H19-2', '2026-11-23T08:00');
  t.match(await look(rig, '2026-11-23T10:00'), { opened: 1 }, 'the same cause again is another escalation');
});

t.test('what is sent again and fails again in a moment is no new matter', async t => {
  const rig = await escalationRig(t, ALL);
  const id = await rig.rejected('H19-1', '2026-11-20T07:30');
  t.match(await look(rig, '2026-11-20T11:00'), { opened: 1 });
  await mend(rig, id);
  await look(rig, '2026-11-20T11:01');
  await rig.database.people.query(
    'INSERT INTO problems (sync, cause, unit, target, since) SELECT id, cause, unit, target, $2 FROM syncs WHERE id = $1',
    [id, new Date(at('2026-11-20T11:02'))],
  );
  t.same(await look(rig, '2026-11-20T11:30'), NOTHING);
  const { items } = await listEscalations(rig.database, { state: 'open', limit: 10 });
  t.match(items, [{ level: 1, since: new Date(at('2026-11-20T11:02')) }]);
});

t.test('ten thousand syncs are one escalation and one message a limit', async t => {
  const rig = await escalationRig(t, ALL);
  const first = await rig.rejected('H19-1', '2026-11-20T07:30');
  const copies = async (from: number, to: number): Promise<void> => {
    await rig.database.patient.query(
      `WITH e AS (INSERT INTO entities (kind, key, state) SELECT 'dossier', 'thu:' || n, '' FROM generate_series($2::int, $3::int) n RETURNING id),
         l AS (INSERT INTO lanes (target, entity, home, head, tail, due) SELECT 'commune', id, '26041', 1, 1, NULL FROM e RETURNING lane),
         s AS (INSERT INTO syncs (id, event, target, lane, pos, unit, procedure, type, mode, state, cause)
           SELECT gen_random_uuid(), o.event, o.target, l.lane, 1, o.unit, o.procedure, o.type, CASE WHEN l.lane % 2 = 0 THEN 'trial' ELSE 'official' END, o.state, o.cause
           FROM l, syncs o WHERE o.id = $1 RETURNING id, cause, unit, target)
       INSERT INTO problems (sync, cause, unit, target, since) SELECT id, cause, unit, target, $4 FROM s`,
      [first, from, to, new Date(at('2026-11-20T08:30'))],
    );
  };
  await copies(2, 5_000);
  t.match(await look(rig, '2026-11-20T11:00'), { opened: 1, messages: 1 });
  await sent(rig);
  await copies(5_001, 10_000);
  t.same(await look(rig, '2026-11-20T11:01'), NOTHING, 'the count grows, nobody is told');
  const { items } = await listEscalations(rig.database, { state: 'open', limit: 10 });
  t.match(items, [{ count: 10_000, dossiers: 10_000 }]);
  t.ok((items[0]?.trial ?? 0) > 4_000);
  t.match(await look(rig, '2026-11-20T17:00'), { raised: 1, messages: 1 });
  const messages = await rig.messages();
  t.equal(messages.length, 2);
  t.match(messages[0]?.text, /5\.000 lượt gửi của 5\.000 hồ sơ/);
  t.match(messages[1]?.text, /10\.000 lượt gửi.*xem 200 lượt chờ lâu nhất/s);
});

t.test('many causes at once are one message to each recipient, and only what is theirs', async t => {
  const mine = chat('tran-bien', 'http://127.0.0.1:1/', { levels: ['leader'], units: [TRAN_BIEN] });
  const others = chat('xa-khac', 'http://127.0.0.1:1/', { units: ['26068'] });
  const rig = await escalationRig(t, {
    recipients: [...ALL.recipients, mine, others],
    publicUrl: 'https://lt.example',
  });
  await rig.rejected('H19-1', '2026-11-20T07:30');
  for (let n = 2; n <= 8; n += 1) {
    const id = await rig.rejected(`H19-${n}`, '2026-11-20T07:30');
    await rig.database.people.query(
      "UPDATE problems SET cause = 'unmapped-status', detail = jsonb_build_object('list', 'xa-3b', 'value', $2::text) WHERE sync = $1",
      [id, `tt-${n}`],
    );
  }
  t.match(await look(rig, '2026-11-20T17:00'), { opened: 8, messages: 2 });
  const [all, one] = await rig.messages();
  t.match(all, { recipient: 'moi-nguoi', subject: '[Liên Thông] 8 việc cần xem' });
  const inFull = (all?.text.match(/Cách giải quyết/g) ?? []).length;
  t.ok(inFull >= 3 && inFull <= 5, `${inFull} in full, as many as there is room for`);
  t.equal((all?.text.match(/^- Chờ quá hạn/gm) ?? []).length, 8 - inFull, 'the others in a line');
  t.ok((all?.text.length ?? 0) <= 4_000);
  t.match(all?.text, 'https://lt.example/console/?cause=');
  t.match(all?.text, 'Trạng thái chưa được quy đổi (xa-3b tt-8)');
  t.match(one, { recipient: 'tran-bien' });
});

t.test('two schedulers that look at once take every step once', async t => {
  const rig = await escalationRig(t, ALL);
  const other = openDatabase(rig.url, () => {});
  t.teardown(() => other.end());
  const contexts = [rig.context, contextOver(other, rig.clock, ALL)];
  const both = async (local: string) => {
    rig.clock.now = at(local);
    const steps = await Promise.all([...contexts, ...contexts].map(lookOnce));
    return steps.reduce((sum, one) => sum + one.opened + one.raised + one.closed, 0);
  };
  const id = await rig.rejected('H19-1', '2026-11-20T07:30');
  t.equal(await both('2026-11-20T11:00'), 1);
  await sent(rig);
  t.equal(await both('2026-11-20T17:00'), 1);
  await sent(rig);
  await mend(rig, id);
  t.equal(await both('2026-11-20T17:01'), 0);
  t.equal(await both('2026-11-20T17:20'), 1);
  t.equal((await rig.messages()).length, 3);
});

t.test('what is tried again and again counts by target, at the department first', async t => {
  const rig = await escalationRig(t, ALL);
  await rig.accept(submitted('H19-1'), submitted('H19-2'));
  await rig.database.people.query(
    "UPDATE syncs SET cause = 'target-unavailable', retry_since = $1 WHERE target = 'commune'",
    [new Date(at('2026-11-20T08:00'))],
  );
  t.same(await look(rig, '2026-11-20T09:59'), NOTHING);
  t.match(await look(rig, '2026-11-20T10:00'), { opened: 1, messages: 1 });
  const { items } = await listEscalations(rig.database, { state: 'open', limit: 10 });
  t.match(items, [{ cause: 'target-unavailable', unit: null, level: 3, count: 2 }]);
  t.match((await rig.messages())[0]?.text, /Hệ thống commune: Bên nhận không kết nối được/);
});
