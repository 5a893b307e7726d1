/** The term desk at a terminal, against a real API. */
import { test } from 'tap';
import { runCommandLine } from '../../src/cli/program.ts';
import { deskRig } from '../support/desk-rig.ts';
import { submitted } from '../support/ledger-rig.ts';
import { ADMIN } from '../support/people-rig.ts';

const STRANGE = '1.0011930';

async function terminal(t: { teardown(work: () => Promise<void>): unknown }) {
  const rig = await deskRig(t);
  const url = await rig.app.listen({ host: '127.0.0.1', port: 0 });
  const run = async (...args: string[]) => {
    const text = { out: '', err: '' };
    const status = await runCommandLine(args, {
      env: { LIENTHONG_URL: url, LIENTHONG_TOKEN: ADMIN.apiToken },
      cwd: process.cwd(),
      out: more => {
        text.out += more;
      },
      err: more => {
        text.err += more;
      },
    });
    return { status, ...text };
  };
  return { ...rig, run };
}

test('desk, accept, entries, export and withdraw', async t => {
  const { run, ...rig } = await terminal(t);
  t.match(await run('mappings', 'desk'), { status: 0, out: /Không có mã nào đang chờ quy đổi/ });
  const { id } = await rig.arrives(submitted('H-1', { procedureCode: STRANGE }));
  await rig.arrives(submitted('H-2', { unitCode: '26449' }));
  const desk = await run('mappings', 'desk');
  t.match(desk.out, /Thủ tục \(procedure\) 1\.0011930: 1 lượt đang chờ.*Phường Trấn Biên/);
  t.match(desk.out, /1\.001193 +Đăng ký khai sinh +0\.78 +1\/1 +mã chỉ lệch 1 chữ số/);
  t.match(desk.out, /26449.*\n.*\n.*26359.*\n.*\n {2}Không ghi nhớ chung được: .*địa chỉ/);
  const json = JSON.parse((await run('mappings', 'desk', '--json', '--limit', '1')).out);
  t.match(json, { items: [{ candidates: Array }], more: 1 });

  const accept = ['mappings', 'accept', 'procedure', STRANGE, '1.001193', '--reason', 'gõ thừa số 0'];
  t.match(await run(...accept, '--dry-run'), { status: 0, out: /Xem trước.*\n.*go on\): 1/ });
  t.match(await rig.row(id), { state: 'parked' });
  t.match(await run(...accept), { status: 0, out: /chờ người thứ hai duyệt: [0-9a-f-]{36}/ });
  t.match(await rig.row(id), { state: 'open' });
  t.match(await run(...accept), { status: 1, err: /đã có quy đổi/ });
  t.match(await run('mappings', 'accept', 'procedure', 'x', 'y'), { status: 2 }, 'a reason is needed');
  t.match(await run('mappings', 'accept', 'term', 'x', 'y', '--reason', 'thử'), { status: 2 });

  t.match(await run('mappings', 'entries'), { status: 0, out: /chờ duyệt \(proposed\) +1\.0011930 +1\.001193 +admin/ });
  const entry = JSON.parse((await run('mappings', 'entries', '--json')).out).items[0].id;
  t.match(await run('mappings', 'export-learnt'), { status: 0, out: /^# Không có mục nào/ });
  t.match(await run('mappings', 'review', entry, '--reason', 'tự duyệt'), { status: 1, err: /cần một người khác/ });
  await rig.postAsOther(`/v1/vocabulary/desk/entries/${entry}/review`, { reason: 'đúng' });
  t.match(
    (await run('mappings', 'export-learnt')).out,
    /^# procedures\/aliases\.yaml.*\nkind: procedure-aliases\nentries:\n {2}- from: "?1\.0011930"?/,
  );
  t.match(await run('mappings', 'withdraw', entry, '--reason', 'nhầm'), { status: 0, out: /Đã thực hiện/ });
  t.match(await run('mappings', 'withdraw', 'x', '--reason', 'nhầm'), { status: 2 });
  t.match(await rig.arrives(submitted('H-3', { procedureCode: STRANGE })), { state: 'parked' });
});

test('syncs resolve may remember for everyone', async t => {
  const { run, ...rig } = await terminal(t);
  const { id } = await rig.arrives(submitted('H-1', { procedureCode: STRANGE }));
  const neighbour = await rig.arrives(submitted('H-2', { procedureCode: STRANGE }));
  const done = await run(
    'syncs',
    'resolve',
    id,
    '--procedure',
    '1.001193',
    '--remember',
    'all',
    '--reason',
    'đã hỏi xã',
  );
  t.match(done, { status: 0, out: new RegExp(`${neighbour.id} → commune`) });
});
