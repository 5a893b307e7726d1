/** `lienthong escalations` against a real API: what went up as a table, one of it, and taking note. */
import { test } from 'tap';
import { lookOnce } from '../../src/escalation/round.ts';
import { contextOver } from '../escalation/support.ts';
import { at } from '../facts/support.ts';
import { submitted } from '../support/ledger-rig.ts';
import { terminal } from '../support/terminal.ts';

test('from silence to acknowledged at a terminal', async t => {
  const rig = await terminal(t);
  const run = (...args: string[]) => rig.run('escalations', ...args);
  t.match(await run('list'), { status: 0, out: /Không có việc nào chờ quá hạn/ });
  await rig.accept(submitted('H19-1', { dueAt: '2026-11-30T17:00:00+07:00' }));
  await rig.deliver('commune', 'target-rejected');
  await rig.database.people.query('UPDATE problems SET since = $1', [new Date(at('2026-11-20T15:00'))]);
  await lookOnce(contextOver(rig.database, { now: at('2026-11-20T17:00') }));
  // looks and answers of people are noted by the ledger's own clock
  await rig.database.people.query("UPDATE escalations SET raised_at = now() - interval '1 second'");
  const listed = await run('list', '--level', 'officer');
  t.match(listed, {
    status: 0,
    out: /Cán bộ phụ trách +Phường Trấn Biên \(26041\) +Bên nhận từ chối nội dung.*chưa ai xem/,
  });
  const [id = ''] = /[0-9a-f-]{36}/.exec(listed.out) ?? [];
  const shown = await run('show', id);
  t.match(shown.out, /Đến hạn trước \(due\) +H19-1/);
  t.match(shown.out, /chưa báo ai/);
  t.match(shown.out, /admin đã xem/);
  t.equal((await run('ack', id)).status, 2, 'a reason is needed');
  t.match(await run('ack', id, '--reason', 'đang gọi bên nhận'), { status: 0, out: /admin đã nhận/ });
  t.match(await run('list', '--json'), { status: 0, out: /"reason": ?"đang gọi bên nhận"/ });
  t.match(await run('show', '019ab000-0000-7000-8000-000000000000'), { status: 1, err: /Không có báo cáo cấp trên/ });
  t.equal((await run('list', '--level', 'king')).status, 2);
});
