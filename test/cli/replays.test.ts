/** `lienthong replays`, `release --system` and their refusals, against a real API with a real runner. */
import { test } from 'tap';
import { startReplayRunner } from '../../src/sets/replay-runner.ts';
import { submitted } from '../support/ledger-rig.ts';
import { terminal } from '../support/terminal.ts';

test('a replay is rehearsed, started, watched to its end and listed', async t => {
  const { run, ...rig } = await terminal(t);
  t.match(await run('replays', 'list'), { status: 0, out: /Chưa có đợt gửi lại nào/ });
  for (const code of ['H-1', 'H-2']) await rig.accept(submitted(code));
  for (let left = 2; left > 0; ) left -= (await rig.deliver('commune', 'target-rejected')).length;
  const preview = await run('replays', 'start', '--state', 'failed', '--dry-run');
  t.match(preview, { status: 0, out: /2 lượt sẽ gửi lại/ });
  const rehearsal = /--rehearsal ([0-9a-f-]{36})/.exec(preview.out)?.[1] as string;
  t.match(await run('replays', 'start', '--rehearsal', rehearsal), { status: 2, err: /lý do/i });
  t.match(
    await run('replays', 'start', '--reason', 'tất cả'),
    { status: 1, err: /expect/ },
    'never everything by mistake',
  );
  const runner = startReplayRunner(
    {
      database: rig.database,
      targets: rig.targets,
      vocabulary: rig.keeper.current,
      releases: rig.releases,
      statusListOf: () => 'national',
      wake: () => {},
      onError: fault => t.fail('no fault', { fault }),
    },
    20,
  );
  t.teardown(() => runner.stop());
  const started = await run(
    'replays',
    'start',
    '--rehearsal',
    rehearsal,
    '--reason',
    'đã sửa',
    '--rate',
    '400',
    '--wait',
  );
  t.match(started, { status: 0, out: /xong \(done\): 2\/2 đã gửi lại/ });
  t.match(await run('replays', 'show', rehearsal), { status: 0, out: /2 sắp gửi \(queued\)|2 open/ });
  const json = await run('replays', 'show', rehearsal, '--json');
  t.match(JSON.parse(json.out), {
    state: 'done',
    counted: 2,
    done: 2,
    items: [{ result: 'done' }, { result: 'done' }],
  });
  t.match(await run('replays', 'list'), { status: 0, out: new RegExp(rehearsal) });
  t.match(await run('replays', 'cancel', rehearsal, '--reason', 'thôi'), { status: 1, err: /đã kết thúc/ });
});

test('a replay is paused, goes on and is stopped', async t => {
  const { run, ...rig } = await terminal(t);
  await rig.accept(submitted('H-1'));
  await rig.deliver('commune');
  const started = await run('replays', 'start', '--target', 'commune', '--reason', 'gửi lại', '--json');
  const { id } = JSON.parse(started.out);
  t.match(await run('replays', 'pause', id), { status: 0, out: /tạm dừng/ });
  t.match(await run('replays', 'resume', id), { status: 0, out: /sắp làm/ });
  t.match(await run('replays', 'cancel', id), { status: 0, out: /đã dừng.*còn 1/ });
  const shown = await run('replays', 'show', id, '--wait');
  t.match(shown, { status: 1, out: /đã dừng/, err: /Not all of it was done/ });
});

test('one system is released slowly', async t => {
  const { run, ...rig } = await terminal(t);
  await rig.database.people.query('UPDATE targets SET held = true');
  t.equal((await run('release', '--rate', '5')).status, 2);
  t.match(await run('release', '--system', 'commune', '--rate', '5'), { status: 0, out: /từ 5 lượt mỗi giây/ });
  t.match(await run('systems', 'list'), { status: 0, out: /commune\s+gửi dần, 5\/giây/ });
  t.match(await run('release', '--system', 'commune'), { status: 0, out: /không bị giữ/ });
  t.match(await run('release', '--reason', 'đã xem'), { status: 0, out: /documents, portal/ });
});
