/** `lienthong units` against a real API: the board as a table, a mode set, a refusal and its reason. */
import { test } from 'tap';
import { terminal } from '../support/terminal.ts';

test('units are listed, and take part from a minute on', async t => {
  const { run } = await terminal(t);
  t.match(await run('units', 'list'), { status: 0, out: /26041 +Phường Trấn Biên +vận hành chính thức \(official\)/ });
  t.match(await run('units', 'mode', '26041', 'trial', '--reason', 'chạy thử', '--from', '2025-07-01'), {
    status: 0,
    out: /26041: nay vận hành thử \(trial\)/,
  });
  t.match(await run('units', 'list', '--mode', 'trial', '--json'), { status: 0, out: /"code": ?"26041"/ });
  t.match(await run('units', 'mode', '26041', 'off', '--reason', 'nhầm', '--from', '2025-06-01'), {
    status: 1,
    err: /phải bắt đầu sau lúc đó/,
  });
  t.equal((await run('units', 'mode', '26041', 'off')).status, 2, 'a reason is needed');
  const off = ['units', 'mode', '26041', 'off', '--reason', 'tạm dừng'];
  const preview = await run(...off, '--dry-run');
  t.match(preview, { status: 0, out: /Sẽ gửi tiếp 0 trong 0 lượt/ });
  const rehearsal = /--rehearsal (\S+)/.exec(preview.out)?.[1] as string;
  t.match(await run('units', 'list', '--mode', 'off', '--json'), { out: /"items": ?\[\]/ }, 'a preview does nothing');
  t.match(await run(...off, '--rehearsal', rehearsal), { status: 0, out: /26041: nay chưa tham gia \(off\)/ });
  t.match(await run('units', 'mode', '00004', 'off', '--reason', 'nhầm tỉnh'), {
    status: 1,
    err: /không có xã, phường nào mang mã 00004/,
  });
});
