/** The commands that go through the API, against a real one: tables, JSON, exit statuses, what a refusal says. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'tap';
import { runCommandLine } from '../../src/cli/program.ts';
import { submitted, updated } from '../support/ledger-rig.ts';
import { ADMIN, peopleRig } from '../support/people-rig.ts';

async function terminal(t: { teardown(work: () => Promise<void>): unknown }) {
  const rig = await peopleRig(t);
  const url = await rig.app.listen({ host: '127.0.0.1', port: 0 });
  const run = async (...args: string[]) => {
    let out = '';
    let err = '';
    const status = await runCommandLine(args, {
      env: { LIENTHONG_URL: url, LIENTHONG_TOKEN: ADMIN.apiToken },
      cwd: process.cwd(),
      out: text => {
        out += text;
      },
      err: text => {
        err += text;
      },
    });
    return { status, out, err };
  };
  return { ...rig, url, run };
}

test('syncs are listed, shown, replayed and cancelled', async t => {
  const { run, ...rig } = await terminal(t);
  t.match(await run('syncs', 'list'), { status: 0, out: /Không có lượt gửi nào/ });
  const [accepted] = await rig.accept(submitted('H-1'));
  const id = accepted?.syncs[0]?.id as string;
  await rig.accept(updated('H-1', { summary: 'hai' }));
  await rig.deliver('commune', 'target-rejected');
  const list = await run('syncs', 'list', '--state', 'failed');
  t.match(list, { status: 0, out: /Trạng thái \(state\)/ });
  t.match(list.out, new RegExp(`${id}.*không gửi được \\(failed\\).*target-rejected`));
  const json = await run('syncs', 'list', '--limit', '1', '--json');
  t.match(JSON.parse(json.out), { items: [{ state: 'waiting' }], next: String });
  t.match(await run('syncs', 'show', id), { status: 0, out: /Cần làm \(remedy\)/ });
  t.match(await run('syncs', 'replay', id, '--reason', 'đã sửa', '--dry-run'), { status: 0, out: /Xem trước/ });
  t.match(await run('syncs', 'replay', id, '--reason', 'đã sửa'), { status: 0, out: /sắp gửi \(queued\)/ });
  t.match(await run('syncs', 'replay', id, '--reason', 'đã sửa'), { status: 1, err: /chưa kết thúc/ });
  t.match(await run('syncs', 'cancel', id, '--reason', 'hồ sơ đã rút'), { status: 0, out: /đã bỏ \(cancelled\)/ });
});

test('a sync is replayed with what a file changes', async t => {
  const { run, ...rig } = await terminal(t);
  const id = (await rig.accept(submitted('H-1')))[0]?.syncs[0]?.id as string;
  await rig.deliver('commune', 'target-rejected');
  const dir = await mkdtemp(join(tmpdir(), 'cli-'));
  const write = async (name: string, text: string): Promise<string> => {
    await writeFile(join(dir, name), text);
    return join(dir, name);
  };
  const replay = (file: string, ...more: string[]) =>
    run('syncs', 'replay', id, '--reason', 'sửa tên', '--data', file, ...more);
  t.match(await replay(join(dir, 'none.json')), { status: 1, err: /Không đọc được tệp/ });
  t.match(await replay(await write('list.json', '[1]')), { status: 2, err: /đối tượng JSON/ });
  t.match(await replay(await write('cut.json', '{"applicant"')), { status: 2, err: /đối tượng JSON/ });
  t.match(await replay(await write('bad.json', '{"applicant": {"name": 7}}')), { status: 1, err: /applicant\/name/ });
  const held = await write('held.json', '{"unitCode": "26449"}');
  t.match((await replay(held, '--dry-run')).out, /Sẽ bị giữ lại .*ambiguous-unit/);
  const good = await write('good.json', '{"applicant": {"name": "Nguyễn Thị Bê", "identityNumber": "075199009999"}}');
  const preview = await replay(good, '--dry-run');
  t.match(preview, { status: 0, out: /Xem trước/ });
  t.match(preview.out, /\/data\/applicant\/name: "Nguyễn Thị Bé" → "Nguyễn Thị Bê"/);
  t.notMatch(preview.out, /07519900/);
  t.match(await replay(good), { status: 0, out: /revision\) 2/ });
  t.match(await rig.row(id), { revision: 2, state: 'open' });
});

test('a parked sync is resolved', async t => {
  const { run, ...rig } = await terminal(t);
  const [accepted] = await rig.accept(submitted('H-1', { unitCode: '26449' }));
  const id = accepted?.syncs[0]?.id as string;
  t.match(await run('syncs', 'resolve', id, '--unit', '26041', '--reason', 'đoán'), {
    status: 1,
    err: /đơn vị kế thừa/,
  });
  t.match(await run('syncs', 'resolve', id, '--unit', '26446', '--remember', 'dossier', '--reason', 'địa chỉ'), {
    status: 0,
  });
});

test('wrong use is told apart from failure', async t => {
  const { run } = await terminal(t);
  const id = '018f0000-0000-7000-8000-000000000000';
  t.equal((await run('syncs', 'show', 'x')).status, 2);
  t.equal((await run('syncs', 'replay', id)).status, 2, 'a reason is needed');
  t.match(await run('syncs', 'list', '--state', 'opened'), { status: 2, err: /state/ });
  t.equal((await run('syncs', 'show', id)).status, 1);
  const dir = await mkdtemp(join(tmpdir(), 'cli-'));
  const nowhere = { env: { LIENTHONG_DATA_DIR: dir }, cwd: dir, out: () => {}, err: () => {} };
  t.equal(await runCommandLine(['syncs', 'list'], nowhere), 1, 'no gateway is known');
  await writeFile(join(dir, 'first-run.json'), JSON.stringify({ url: 'http://127.0.0.1:1', apiToken: 'x' }));
  t.equal(await runCommandLine(['systems', 'list'], nowhere), 1, 'no gateway answers');
});

test('systems are paused and go on, a held start is released, the audit is verified', async t => {
  const { run } = await terminal(t);
  t.match(await run('systems', 'pause', 'commune', '--note', 'bảo trì'), {
    status: 0,
    out: /0 lượt còn đang trên đường/,
  });
  t.match((await run('systems', 'list')).out, /commune +tạm dừng \(paused\)/);
  t.match(await run('systems', 'resume', 'commune'), { status: 0 });
  t.match((await run('systems', 'list')).out, /commune +thông suốt \(open\)/);
  t.match(await run('release'), { status: 0, out: /Nothing was held/ });
  t.match(await run('release', '--rate', '5'), { status: 2, err: /--system/ });
  t.match(await run('audit', 'verify'), { status: 0, out: /nguyên vẹn, 3 mục/ });
  t.equal((await run('systems', 'pause', 'nowhere', '--note', 'bảo trì')).status, 1);
});

test('mappings are checked without a gateway', async t => {
  let out = '';
  const io = {
    env: {},
    cwd: process.cwd(),
    out: (text: string) => {
      out += text;
    },
    err: () => {},
  };
  t.equal(await runCommandLine(['mappings', 'check', '--json'], io), 0);
  t.match(JSON.parse(out), { faults: [], counts: { units: Number } });
  const dir = await mkdtemp(join(tmpdir(), 'mappings-'));
  await writeFile(join(dir, 'bad.yaml'), 'kind: nothing\n');
  out = '';
  t.equal(await runCommandLine(['mappings', 'check', dir, '--json'], io), 1);
  t.match(JSON.parse(out).faults[0], { file: 'bad.yaml' });
});
