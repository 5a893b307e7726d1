/** A replay of many syncs while the gateway is killed in the middle of it: the numbers it said, each effect once. */
import tap, { test } from 'tap';
import { createWorld, startBoth, startGateway, until } from './support.ts';
import { act, effects, fault, get, post, syncs } from './witness.ts';

tap.setTimeout(160_000);

const COUNT = 40;

test('kill -9 in the middle of a replay, twice: done + changed + failed = counted, and each arrives once', {
  timeout: 150_000,
}, async t => {
  const world = await createWorld(t);
  let { gateway } = await startBoth(world);
  await fault(world, 'commune', { mode: 'reject' });
  for (let no = 0; no < COUNT; no += 1) await act(world, 'portal', { do: 'submit-dossier', unitCode: '26041' });
  const failed = await until('all are rejected', async () => {
    const list = await syncs(world, { state: 'failed', target: 'commune' });
    return list.length === COUNT && list;
  });
  t.same(await effects(world, 'commune'), []);
  await fault(world, 'commune', { mode: 'none' });

  const filter = { state: 'failed', target: 'commune' };
  const started = await post(world, '/v1/replays', { filter, expect: COUNT, rate: 8, reason: 'bên nhận đã sửa' });
  t.match(started, { status: 202, body: { counted: COUNT } });
  const path = `/v1/replays/${String(started.body.id)}`;
  let before = 0;
  for (let kills = 0; kills < 2; kills += 1) {
    const from = before + 4;
    const { done } = await until('some rows are done', async () => {
      const replay = await get(world, path);
      return Number(replay.done) >= from && replay;
    });
    before = Number(done);
    t.ok(before < COUNT, `killed after ${before} rows`);
    await gateway.kill();
    gateway = await startGateway(world);
  }
  const replay = await until('it is done', async () => {
    const found = await get(world, `${path}?limit=200`);
    return found.state === 'done' && found;
  });
  t.match(replay, { counted: COUNT, done: COUNT, changed: 0, failed: 0, left: 0 });
  await until('all have arrived', async () => {
    const { outcome } = await get(world, path);
    return (outcome as { delivered?: number }).delivered === COUNT;
  });
  t.same((await effects(world, 'commune')).sort(), failed.map(sync => sync.id).sort(), 'each took effect once');
  const list = await syncs(world, { target: 'commune' });
  t.same(
    list.map(sync => [sync.state, sync.series]),
    failed.map(() => ['delivered', 2]),
  );
  t.match(await get(world, '/v1/audit/verify'), { ok: true });
});
