/**
 * A backup is taken while the gateway runs, work goes on and is delivered, the machine is lost, the older copy is put back: the
 * gateway starts held by itself, looks up what may have been sent since, and nothing takes effect twice.
 */
import { join } from 'node:path';
import tap, { test } from 'tap';
import type { GatewayEvent, JsonObject } from '../../src/domain/words.ts';
import { startTraffic } from '../crash/traffic.ts';
import { createWorld, launch, postgresPid, startBoth, startGateway, until, type World } from './support.ts';
import {
  compare,
  effects,
  get,
  NOTHING,
  post,
  postEvents,
  requestToSign,
  type Sync,
  states,
  syncs,
} from './witness.ts';

tap.setTimeout(150_000);
const ROLES = ['portal', 'commune', 'documents'] as const;

/** Runs a command to its end; answers what it printed. */
async function command(world: World, ...args: string[]): Promise<{ status: number | null; said: JsonObject }> {
  const started = launch(world, ['--json', ...args]);
  const status = await started.ended;
  return { status, said: JSON.parse(started.lines[0] ?? JSON.stringify({ log: started.log() })) as JsonObject };
}

async function everySystem(world: World, act: 'pause' | 'resume'): Promise<void> {
  for (const role of ROLES) await post(world, `/v1/systems/${role}/${act}`, { note: 'bảo trì' });
}

/** Waits until nothing is open; answers all syncs. */
const calm = (world: World): Promise<Sync[]> =>
  until('nothing is open', async () => {
    const { items } = await get(world, '/v1/syncs?state=open&limit=1');
    return (items as JsonObject[]).length === 0 && syncs(world);
  });

/** Two changes of a dossier's status: after the second the target no longer shows the first. */
async function changeTwice(world: World, code: string): Promise<void> {
  for (const [no, status] of ['cho-bo-sung', 'dang-tham-dinh'].entries()) {
    const now = new Date().toISOString();
    const event: GatewayEvent = {
      specversion: '1.0',
      id: `${code}/s${no}`,
      source: 'commune',
      type: 'dossier.status-changed',
      subject: code,
      time: now,
      data: { dossierCode: code, unitCode: '26041', status, at: now },
    };
    const { status: answered, body } = await postEvents(world, event);
    if (answered !== 202) throw new Error(JSON.stringify(body));
  }
}

test('an older copy is put back', { timeout: 145_000 }, async t => {
  const world = await createWorld(t);
  const { gateway } = await startBoth(world);
  const backup = join(world.dataDir, 'copies/first');
  await startTraffic(world, { dossiers: 2, steps: 2 }).done;
  await calm(world);

  await everySystem(world, 'pause');
  const waiting = startTraffic(world, { dossiers: 4, steps: 3 });
  await waiting.done;
  const code = waiting.lanes[0]?.code as string;
  await changeTwice(world, code);
  await requestToSign(world, code);
  t.match(await command(world, 'backup', '--to', backup), { status: 0, said: { backup, position: { epoch: 1 } } });
  t.match(await command(world, 'backup', '--to', backup), { status: 1 }, 'a backup is never written over');
  t.match(await command(world, 'restore', '--from', backup), { status: 1 }, 'no restore under a running gateway');
  await everySystem(world, 'resume');
  const sent = await calm(world);
  t.same(await compare(world, sent), NOTHING);
  const counted = async (): Promise<number[]> =>
    (await Promise.all(ROLES.map(role => effects(world, role)))).map(list => list.length);
  const before = await counted();

  await gateway.kill();
  process.kill((await postgresPid(world.dataDir)) as number, 'SIGKILL');
  const restored = await command(world, 'restore', '--from', backup);
  t.match(restored, { status: 0, said: { restored: true, putAside: /data\.before-/ } });
  const again = await startGateway(world);
  t.match(JSON.parse(again.lines[0] as string), { held: true }, 'it starts held by itself');
  const open = (await syncs(world)).filter(sync => sync.state === 'waiting');
  t.equal(open.length, 4 * 4 + 3, 'the copy believes that these were not delivered');
  await everySystem(world, 'resume');
  t.match(await get(world, '/v1/systems'), { items: [{ held: true }, { held: true }, { held: true }] });
  t.match(await post(world, '/v1/release', { reason: 'đã xem' }), { status: 200 });

  const found = await calm(world);
  // the first of the two changes is found overtaken: the target shows the second
  t.same(states(found), { delivered: sent.length - 1, superseded: 1 });
  const known = found.map(sync => ({ ...sync, state: 'delivered' }));
  t.same(await compare(world, known), NOTHING);
  t.same(await counted(), before, 'nothing took effect twice');
  t.match(await get(world, '/v1/audit?act=ledger.restored'), {
    items: [{ who: 'gateway', after: { doubtful: 19, held: 3 } }],
  });
  t.match(await get(world, '/v1/audit/verify'), { ok: true });
  t.equal(await again.stop(), 0);
  const last = await startGateway(world);
  t.match(JSON.parse(last.lines[0] as string), { held: false }, 'the next start is an ordinary one');
});
