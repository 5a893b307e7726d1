/** `lienthong facts export|import` and `syncs resolve-all` against a real API: a spreadsheet there and back, every fault with its row. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'tap';
import { writeCsv } from '../../src/sheets/csv.ts';
import { submitted, TRAN_BIEN } from '../support/ledger-rig.ts';
import { terminal } from '../support/terminal.ts';

async function tables(t: Parameters<typeof terminal>[0] & { testdir(): string }) {
  const cwd = t.testdir();
  const rig = await terminal(t, cwd);
  const write = (name: string, rows: string[][]) => writeFile(join(cwd, name), writeCsv(rows));
  return { ...rig, write };
}
const HEADS = ['unit', 'seat', 'post', 'from'];
const seat = (post: string, more = '') => [TRAN_BIEN, `${TRAN_BIEN}/${post}${more}`, post, '01/07/2025'];

test('a table is rehearsed, entered once, exported and entered again without a change', async t => {
  const { run, write, cwd, ...rig } = await tables(t);
  await write('in.csv', [HEADS, seat('chu-tich'), seat('pho-chu-tich'), seat('pho-chu-tich', '#2')]);
  const preview = await run('facts', 'import', 'seat', 'in.csv', '--reason', 'danh sách', '--dry-run');
  t.match(preview, { status: 0, out: /Mục mới \(new\)\s+3/ });
  t.same((await rig.get('/v1/seats')).json().items, []);
  t.match(await run('facts', 'import', 'seat', 'in.csv', '--reason', 'danh sách'), { status: 0, out: /Đã nhập/ });
  t.equal((await rig.get('/v1/seats?at=2026-01-01')).json().items.length, 3);
  t.match((await rig.get('/v1/audit')).json().items[0], { act: 'seat.import', after: { new: 3 }, reason: 'danh sách' });
  for (const file of ['out.csv', 'out.xlsx']) {
    t.match(await run('facts', 'export', 'seat', file, '--unit', TRAN_BIEN), { status: 0, out: /3 mục/ });
    const again = await run('facts', 'import', 'seat', file, '--reason', 'lần nữa', '--json');
    t.match(JSON.parse(again.out), { rows: { new: 0, unchanged: 3 } }, file);
  }
  t.match(await readFile(join(cwd, 'out.csv'), 'utf8'), /Chức danh \(post\)/);
  t.equal((await rig.get('/v1/seats')).json().items.length, 3);
});

test('every fault is named with its row, and nothing is entered', async t => {
  const { run, write, ...rig } = await tables(t);
  await write('bad.csv', [
    HEADS,
    seat('chu-tich'),
    seat('chu-tich'),
    [TRAN_BIEN, `${TRAN_BIEN}/vua`, 'vua', '01/07/2025'],
    ['00001', '00001/chu-tich', 'chu-tich', ''],
  ]);
  const refused = await run('facts', 'import', 'seat', 'bad.csv', '--reason', 'danh sách');
  t.match(refused, { status: 1, err: /chưa nhập dòng nào/ });
  t.match(refused.err, /Dòng 3: Trùng thời gian/);
  t.match(refused.err, /Dòng 4: Danh mục không có vị trí vua/);
  t.match(refused.err, /Dòng 5: Tỉnh không có xã, phường nào mang mã 00001/);
  await write('form.csv', [HEADS, [TRAN_BIEN, `${TRAN_BIEN}/chu-tich`, 'x'.repeat(1000), '32/13/2025']]);
  const form = await run('facts', 'import', 'seat', 'form.csv', '--reason', 'danh sách');
  t.match(form.err, /\/table\/2\/post: Dòng 2: Không được quá 100 ký tự/);
  t.match(form.err, /\/table\/2\/from: Dòng 2: Phải là ngày/);
  t.match(await run('facts', 'import', 'seat', 'no.csv', '--reason', 'danh sách'), {
    status: 1,
    err: /Không đọc được/,
  });
  t.match(await run('facts', 'import', 'chair', 'bad.csv', '--reason', 'danh sách'), { status: 2 });
  t.same((await rig.get('/v1/seats')).json().items, []);
});

test('10,000 rows are entered in one change; one more is refused', async t => {
  const { post } = await tables(t);
  const row = (at: number) => ['staff', `Người ${at}`, TRAN_BIEN];
  const table = [['about', 'name', 'unit'], ...Array.from({ length: 10_000 }, (_, at) => row(at))];
  const body = { kind: 'contact', reason: 'danh sách' };
  t.match((await post('/v1/facts/import', { ...body, table })).json(), { rows: { new: 10_000 } });
  t.equal((await post('/v1/facts/import', { ...body, table: [...table, row(10_000)] })).statusCode, 400);
});

test('a sync is answered by decision, and many at once', async t => {
  const { run, ...rig } = await tables(t);
  const off = { unit: TRAN_BIEN, mode: 'off', openDossiers: 'stay', from: '2026-01-01', reason: 'chưa vận hành' };
  await rig.post('/v1/unit-modes', off);
  rig.desk.facts = rig.known();
  const ids = (await rig.accept(submitted('H-1'), submitted('H-2'))).map(one => one.syncs[0]?.id as string);
  const why = ['--reason', 'lãnh đạo đồng ý'];
  const one = await run('syncs', 'resolve', ids[0] as string, '--decision', 'deliver', ...why);
  t.match(one, { status: 0, out: /sắp gửi \(queued\)/ });
  t.match(await run('syncs', 'show', ids[0] as string), { out: /Lưu ý \(warning\)\s+Gửi theo quyết định của admin/ });
  const many = await run('syncs', 'resolve-all', '--cause', 'unit-off', '--decision', 'refuse', '--dry-run', ...why);
  t.match(many, { status: 0, out: /1 lượt/ });
  const rehearsal = /--rehearsal ([0-9a-f-]{36})/.exec(many.out)?.[1] as string;
  t.match(await run('syncs', 'resolve-all', '--rehearsal', rehearsal, ...why), { status: 0, out: /Đã trả lời 1\/1/ });
  t.match(await rig.row(ids[1] as string), { state: 'cancelled' });
});
