/** The runner: carries a replay to its end whatever dies on the way, each row once, in the old order, with exact numbers. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import t, { test } from 'tap';
import { readReplay } from '../../src/ledger/read-replays.ts';
import { type ReplayOrder, startReplay } from '../../src/ledger/replays.ts';
import { type RunnerContext, startReplayRunner } from '../../src/sets/replay-runner.ts';
import { eventually } from '../support/eventually.ts';
import { ledgerRig, type Rig, submitted, updated } from '../support/ledger-rig.ts';
import { vocabulary } from '../translation/fixture.ts';

// processes are started and killed
t.setTimeout(150_000);

const actor = { who: 'admin', reason: 'bên nhận đã khôi phục' };
const order = (rate: number): ReplayOrder => ({
  filter: { from: new Date(0) },
  everything: false,
  vocabulary: 'current',
  confirmStale: false,
  rate,
});
const contextOf = (rig: Rig, woken: string[], faults: unknown[] = []): RunnerContext => ({
  database: rig.database,
  targets: rig.targets,
  vocabulary: () => ({ vocabulary, release: rig.release }),
  releases: rig.releases,
  statusListOf: () => 'national',
  wake: homes => woken.push(...homes.map(home => home.target)),
  onError: error => faults.push(error),
});

/** Dossiers with three delivered syncs each; answers the ids lane by lane, in order. */
async function deliveredLanes(rig: Rig, lanes: number): Promise<string[][]> {
  const ids: string[][] = [];
  for (let lane = 0; lane < lanes; lane++) {
    const events = [submitted(`H-${lane}`), ...['hai', 'ba'].map(summary => updated(`H-${lane}`, { summary }))];
    const accepted = await rig.accept(...events);
    ids.push(accepted.map(one => one.syncs[0]?.id as string));
  }
  for (let left = lanes * 3; left > 0; ) left -= (await rig.deliver('commune')).length;
  return ids;
}

test('a replay is carried out and its lanes are woken; a row that cannot be planned fails alone', async t => {
  const rig = await ledgerRig(t);
  const [one, two] = (await deliveredLanes(rig, 2)) as [string[], string[]];
  await rig.database.people.query('DELETE FROM payloads WHERE event = (SELECT event FROM syncs WHERE id = $1)', [
    two[2],
  ]);
  const woken: string[] = [];
  const runner = startReplayRunner(contextOf(rig, woken), 10);
  t.teardown(() => runner.stop());
  const { id } = await startReplay(rig.database, order(500), actor);
  const replay = await eventually(async () => {
    const found = await readReplay(rig.database, id, { after: 0, limit: 200 });
    return found?.state === 'done' && found;
  });
  t.match(replay, { counted: 6, done: 5, changed: 0, failed: 1, outcome: { open: 5 } });
  t.match(
    replay.items.filter(row => row.result === 'failed'),
    [{ sync: two[2], code: 'payload-gone', state: 'delivered' }],
  );
  t.equal(woken.length, 5);
  t.same(
    (await rig.deliver('commune')).filter(sync => one.includes(sync)),
    one,
  );
});

test('runners that are killed between two rows, or in the middle of one, lose and double nothing', async t => {
  t.setTimeout(120_000);
  const rig = await ledgerRig(t);
  const lanes = await deliveredLanes(rig, 24);
  const { id, counted } = await startReplay(rig.database, order(60), actor);
  t.equal(counted, 72);
  const carriedOut = async (): Promise<number> => {
    const found = await readReplay(rig.database, id, { after: 0, limit: 1 });
    return found === undefined ? 0 : found.done + found.changed + found.failed;
  };
  const started = new Set<ChildProcess>();
  t.teardown(() => {
    for (const child of started) child.kill('SIGKILL');
  });
  let seen = 0;
  let kills = 0;
  for (const rows of [3, 11, 8]) {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'fixtures/runner-process.ts'), rig.url], {
      stdio: 'ignore',
    });
    started.add(child);
    const before = seen;
    seen = await eventually(async () => {
      const now = await carriedOut();
      return now >= before + rows && now;
    }, 30_000);
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    const [status, signal] = await gone;
    t.same([status, signal], [null, 'SIGKILL']);
    started.delete(child);
    kills += 1;
    t.ok(seen < counted, `killed for the ${kills}th time after ${seen} rows`);
  }
  const faults: unknown[] = [];
  const runner = startReplayRunner(contextOf(rig, [], faults), 10);
  t.teardown(() => runner.stop());
  const replay = await eventually(async () => {
    const found = await readReplay(rig.database, id, { after: 0, limit: 200 });
    return found?.state === 'done' && found;
  }, 30_000);
  t.same(faults, []);
  t.match(replay, { counted: 72, done: 72, changed: 0, failed: 0, left: 0, outcome: { open: 72 } });
  t.equal(replay.items.filter(row => row.result === 'done').length, 72);
  const { rows } = await rig.database.people.query<{ series: number; n: number }>(
    'SELECT series, count(*)::int AS n FROM syncs GROUP BY 1',
  );
  t.same(rows, [{ series: 2, n: 72 }], 'each went again exactly once');
  const audited = await rig.database.people.query<{ n: number; subjects: number }>(
    "SELECT count(*)::int AS n, count(DISTINCT subject)::int AS subjects FROM audit WHERE act = 'sync.replay'",
  );
  t.same(audited.rows, [{ n: 72, subjects: 72 }]);
  const sent: string[] = [];
  for (let left = 72; left > 0; left = 72 - sent.length) sent.push(...(await rig.deliver('commune')));
  for (const lane of lanes)
    t.same(
      sent.filter(sync => lane.includes(sync)),
      lane,
      'in the old order',
    );
});
