/**
 * The target systems go away while work goes on: their process stops, their lines are down, they answer garbage or ask to slow
 * down. Syncs are retried, the breaker opens, and afterwards each has arrived once, in order, and none is lost.
 */
import tap, { type Test, test } from 'tap';
import type { JsonObject, Role } from '../../src/domain/words.ts';
import type { Faults } from '../../src/sandbox/box.ts';
import { judge, startTraffic } from '../crash/traffic.ts';
import { createWorld, startBoth, startSandbox, until, type World } from './support.ts';
import { act, fault, get, records, requestToSign, syncs, untilRecord } from './witness.ts';

tap.setTimeout(120_000);

const ROLES = ['portal', 'commune', 'documents'] as const;

/** A dossier in hand at the commune, which may ask for a signature: that is what the document system receives. */
async function dossierInHand(world: World): Promise<string> {
  const { code } = await act(world, 'commune', { do: 'submit-dossier', unitCode: '26380', procedureCode: '2.000815' });
  await untilRecord(world, 'portal', 'dossier', String(code));
  return String(code);
}

async function systemsOf(world: World): Promise<Map<string, JsonObject>> {
  const { items } = await get(world, '/v1/systems');
  return new Map((items as JsonObject[]).map(system => [String(system.id), system]));
}

/** Waits until the gateway says of each of the systems that it failed since `since` (epoch ms), and how. */
async function untilFelt(world: World, since: number): Promise<void> {
  // A message that met garbage is looked up afterwards; when that fails too, the system counts as unavailable.
  const away = /^target-(?:unavailable|protocol|authentication)$/;
  await until('every system is felt to be away', async () => {
    const systems = await systemsOf(world);
    return ROLES.every(role => {
      const { lastFailureAt, lastCause } = systems.get(role) ?? {};
      return Date.parse(String(lastFailureAt)) >= since && away.test(String(lastCause));
    });
  });
}

/** Waits until the breakers of portal and commune, which have traffic, are open. */
async function untilCutOff(world: World): Promise<void> {
  await until('the breakers are open', async () => {
    const systems = await systemsOf(world);
    return ['portal', 'commune'].every(role => systems.get(role)?.breaker === 'open');
  });
}

/** Work for all three systems while `away` lasts; then everything must have arrived. */
async function workOn(
  t: Test,
  world: World,
  outage: { away(): Promise<void>; felt(since: number): Promise<void>; back(): Promise<void>; logsWhole?: boolean },
): Promise<void> {
  const code = await dossierInHand(world);
  const since = Date.now();
  await outage.away();
  const traffic = startTraffic(world, { dossiers: 8, steps: 12 });
  const asked = await requestToSign(world, code);
  await traffic.done;
  t.equal(traffic.accepted(), 8 * 12, 'everything is accepted meanwhile');
  await outage.felt(since);
  await outage.back();
  await judge(t, world, traffic, outage);
  const requests = await records(world, 'documents', 'approval', asked);
  t.equal(requests.length, 1, 'the request to sign arrived once');
  const [document] = await records(world, 'documents', 'document', String(requests[0]?.data.documentId));
  t.equal(document?.data.copies, 1);
}

test('the target systems go away and come back', { timeout: 115_000 }, async t => {
  const world = await createWorld(t);
  const { gateway, sandbox } = await startBoth(world);
  let systems = sandbox;
  const faults = async (wish: Partial<Faults>, roles: readonly Role[] = ROLES): Promise<void> => {
    for (const role of roles) await fault(world, role, wish);
  };

  await t.test('their process stops and starts again', inner =>
    workOn(inner, world, {
      away: async () => {
        inner.equal(await systems.stop(), 0);
      },
      felt: async () => {
        await untilCutOff(world);
        const waiting = await syncs(world, { state: 'open', target: 'portal' });
        inner.ok(
          waiting.some(({ blockedBy }) => JSON.stringify(blockedBy ?? {}).includes('"breaker"')),
          'a waiting sync names the breaker',
        );
      },
      back: async () => {
        systems = await startSandbox(world);
      },
    }),
  );

  await t.test('their lines are down', inner =>
    workOn(inner, world, {
      away: () => faults({ mode: 'down' }),
      felt: async since => {
        await untilFelt(world, since);
        await untilCutOff(world);
      },
      back: () => faults({ mode: 'none' }),
    }),
  );

  await t.test('they answer garbage', inner =>
    workOn(inner, world, {
      away: () => faults({ mode: 'garbage' }),
      felt: since => untilFelt(world, since),
      back: () => faults({ mode: 'none' }),
    }),
  );

  await t.test('they ask to slow down', inner =>
    workOn(inner, world, {
      away: () => faults({ mode: 'throttle', rate: 2 }),
      felt: async () => {
        await until('the Retry-After is obeyed', async () => {
          const { notBefore } = (await systemsOf(world)).get('portal') ?? {};
          return typeof notBefore === 'string';
        });
      },
      back: () => faults({ mode: 'none' }),
    }),
  );
  t.equal(await gateway.stop(), 0);
});
