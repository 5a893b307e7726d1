/** The commands for those who keep the vocabulary: preview, coverage, and the sheet out and back. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { runCommandLine } from '../../src/cli/program.ts';
import { readCsv, writeCsv } from '../../src/sheets/csv.ts';
import { readXlsx, writeXlsx } from '../../src/sheets/xlsx.ts';
import { submitted } from '../support/ledger-rig.ts';
import { ADMIN, peopleRig } from '../support/people-rig.ts';
import { MAPPINGS } from '../translation/fixture.ts';

function desk(t: Test, env: NodeJS.ProcessEnv = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'desk-'));
  t.teardown(() => rmSync(dir, { recursive: true, force: true }));
  const run = async (...args: string[]) => {
    let out = '';
    let err = '';
    const status = await runCommandLine(['mappings', ...args], {
      env: { LIENTHONG_DATA_DIR: join(dir, 'data'), ...env },
      cwd: dir,
      out: text => {
        out += text;
      },
      err: text => {
        err += text;
      },
    });
    return { status, out, err };
  };
  return { dir, run };
}

/** A desk with two files of the mappings in `m`. */
function editors(t: Test) {
  const { dir, run } = desk(t);
  for (const name of ['terms/ho-tich.yaml', 'procedures/giam-ngheo.yaml']) {
    cpSync(join(MAPPINGS, name), join(dir, 'm', name));
  }
  const texts = () =>
    readdirSync(join(dir, 'm'), { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.yaml'))
      .map(name => `${name}\n${readFileSync(join(dir, 'm', name), 'utf8')}`);
  return { dir, run, texts, sheet: (name: string) => join(dir, name) };
}

const EVENT = {
  ...submitted('H-1', { unitCode: '25996', summary: 'Xin cải chính hộ tịch' }),
  time: '2025-07-01T14:00:00+07:00',
};

test('an event is previewed with the files alone', async t => {
  const { dir, run } = desk(t);
  writeFileSync(join(dir, 'e.json'), JSON.stringify(EVENT));
  t.match(await run('preview', 'e.json'), {
    status: 0,
    out: /\/data\/unitCode +25996 +26188 +former-unit:25996[\s\S]*\(release\): [0-9a-f]{12}/,
  });
  const beside = await run('preview', 'e.json', '--side-by-side');
  t.match(beside, { status: 0, out: /25996 +│ 26188/ });
  t.match(beside.out, /\[cải chính hộ tịch\]\(1\)/);
  const { out } = await run('preview', 'e.json', '--json');
  t.match(JSON.parse(out), {
    trace: [{ pointer: '/data/unitCode', entry: 'former-unit:25996' }],
    parks: [],
    vocabulary: /^[0-9a-f]{64}$/,
  });
  t.match(await run('preview', 'e.json', '--target', 'portal'), { status: 0 });
});

test('what is no event is told with its faults', async t => {
  const { dir, run } = desk(t);
  t.match(await run('preview', 'none.json'), { status: 1, err: /Không đọc được/ });
  writeFileSync(join(dir, 'e.json'), '{"a":');
  t.match(await run('preview', 'e.json'), { status: 1 });
  writeFileSync(join(dir, 'e.json'), JSON.stringify({ ...EVENT, data: { ...EVENT.data, status: 4 } }));
  t.match(await run('preview', 'e.json'), { status: 1, err: /\/data\/status/ });
  writeFileSync(join(dir, 'e.json'), JSON.stringify(EVENT));
  t.match(await run('preview', 'e.json', '--status-list', 'khong-co'), { status: 1, err: /khong-co/ });
  t.equal((await run('preview', 'e.json', '--target', 'mars')).status, 2);
});

test('coverage comes from the gateway where one answers, else from the files', async t => {
  const offline = desk(t);
  t.match(await offline.run('coverage'), {
    status: 0,
    out: /Hộ tịch[\s\S]*Nên bổ sung trước/,
    err: /Không có cổng nào trả lời/,
  });
  t.match(JSON.parse((await offline.run('coverage', '--offline', '--json')).out), {
    basis: 'catalogue',
    most: [{ code: String }],
  });
  const rig = await peopleRig(t);
  await rig.accept(submitted('H-1'), submitted('H-2', { procedureCode: '9.876543' }));
  const LIENTHONG_URL = await rig.app.listen({ host: '127.0.0.1', port: 0 });
  const online = desk(t, { LIENTHONG_URL, LIENTHONG_TOKEN: ADMIN.apiToken });
  const live = await online.run('coverage', '--units', '--days', '7');
  t.match(live, { status: 0, err: '', out: /tỷ lệ theo sự kiện trong 7 ngày/ });
  t.match(live.out, /26041 Phường Trấn Biên/);
  t.match(live.out, /9\.876543/);
  t.equal((await online.run('coverage', '--days', '0')).status, 2);
  const stranger = desk(t, { LIENTHONG_URL, LIENTHONG_TOKEN: 'lt_wrong' });
  t.match(await stranger.run('coverage'), { status: 1 }, 'a refusal is no absence');
});

for (const format of ['csv', 'xlsx'] as const) {
  test(`a ${format} sheet goes out and comes back unchanged, then with one edit`, async t => {
    const { run, sheet, texts } = editors(t);
    const before = texts();
    const file = sheet(`terms.${format}`);
    t.match(await run('export', file, '--kind', 'terms', '--mappings', 'm'), { status: 0, out: /Đã xuất [0-9]+ mục/ });
    t.match(await run('import', file, '--mappings', 'm', '--write'), { status: 0, out: /Không có gì khác/ });
    t.same(texts(), before);
    const bytes = readFileSync(file);
    const rows = format === 'csv' ? readCsv(bytes.toString('utf8')) : await readXlsx(bytes);
    const row = rows.findIndex(cells => cells[0] === 'T085');
    const line = rows[row] as string[];
    line[rows[0]?.indexOf('Nhãn dễ hiểu') ?? -1] = 'chuyện sinh, cưới, mất';
    writeFileSync(file, format === 'csv' ? writeCsv(rows, ';') : await writeXlsx(rows, 'a', []));
    t.match(await run('import', file, '--mappings', 'm'), {
      status: 0,
      out: new RegExp(
        `hàng ${row + 1} · T085 · Nhãn dễ hiểu[\\s\\S]*- sự kiện đời người\\n {4}\\+ chuyện sinh, cưới, mất\\n1 thay đổi ở 1 mục; chưa ghi`,
      ),
    });
    t.same(texts(), before, 'nothing is written without --write');
    t.match(await run('import', file, '--mappings', 'm', '--write'), { status: 0, out: /Đã ghi 1 thay đổi/ });
    const after = texts();
    const changed = after.flatMap((text, at) => (text === before[at] ? [] : [[before[at] ?? '', text]]));
    t.equal(changed.length, 1);
    const [old = '', now = ''] = changed[0] ?? [];
    t.equal(now, old.replace('plainLabel: sự kiện đời người', 'plainLabel: chuyện sinh, cưới, mất'));
    t.match(
      await run('import', file, '--mappings', 'm', '--write'),
      { status: 0, out: /Không có gì khác/ },
      'again changes nothing',
    );
  });
}

test('faults come with their rows, and nothing is written', async t => {
  const { run, sheet, texts } = editors(t);
  const before = texts();
  const file = sheet('p.csv');
  await run('export', file, '--mappings', 'm');
  const [heads = [], ...rows] = readCsv(readFileSync(file, 'utf8'));
  const set = (row: string[] | undefined, title: string, text: string) => {
    if (row !== undefined) row[heads.indexOf(title)] = text;
  };
  const save = () => writeFileSync(file, writeCsv([heads, ...rows]));
  set(rows[0], 'Tên chính thức', 'Tên khác');
  set(rows[1], 'Thời hạn hiển thị', 'mai');
  set(rows[2], 'Mã thủ tục', '1.00000');
  save();
  const refused = await run('import', file, '--mappings', 'm', '--write');
  t.match(refused, {
    status: 1,
    err: /hàng 2, cột “Tên chính thức”[\s\S]*hàng 3, cột “Thời hạn hiển thị”[\s\S]*hàng 4: không có mục nào/,
  });
  const { out } = await run('import', file, '--mappings', 'm', '--json');
  t.match(JSON.parse(out), { written: false, faults: [{ row: 2 }, { row: 3 }, { row: 4 }] });
  await run('export', file, '--mappings', 'm');
  const fresh = readCsv(readFileSync(file, 'utf8')).slice(1);
  rows.splice(0, rows.length, ...fresh);
  set(rows[4], 'Tên dễ hiểu', 'x'.repeat(300));
  save();
  t.match(await run('import', file, '--mappings', 'm', '--write'), {
    status: 1,
    err: /hàng 6: procedures\/.*yaml:[0-9]+: "plainTitle"/,
  });
  t.same(texts(), before);
});

test('what is no sheet is told with the next step', async t => {
  const { dir, run } = editors(t);
  writeFileSync(join(dir, 'a.csv'), Buffer.from([0xff, 0xfe, 0x41, 0x00]));
  t.match(await run('import', 'a.csv', '--mappings', 'm'), { status: 1, err: /CSV UTF-8/ });
  writeFileSync(join(dir, 'a.csv'), 'a,b\n1,"2');
  t.match(await run('import', 'a.csv', '--mappings', 'm'), { status: 1, err: /dòng 2/ });
  writeFileSync(join(dir, 'a.xlsx'), 'PK hỏng');
  t.match(await run('import', 'a.xlsx', '--mappings', 'm'), { status: 1, err: /không đọc được tệp XLSX/ });
  t.match(await run('import', 'none.csv', '--mappings', 'm'), { status: 1, err: /Không đọc được/ });
  t.match(await run('export', 'none/b.csv', '--mappings', 'm'), { status: 1, err: /Không ghi được/ });
  writeFileSync(join(dir, 'm/terms/ho-tich.yaml'), 'kind: [');
  t.match(await run('export', 'b.csv', '--mappings', 'm'), { status: 1, err: /terms\/ho-tich\.yaml:/ });
});
