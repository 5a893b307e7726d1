/**
 * Bounded traffic for crash tests and the count of its effects. Every dossier carries a counter that grows by one with each event;
 * the receiving system appends it to the dossier's steps. That one list shows loss, doubling and order at once.
 *
 * A post has three endings (not two): `ok` was answered 202 and must take effect; `refused` was answered otherwise and must not;
 * `unknown` lost its connection and may have been stored or not, but never twice.
 */
import { randomUUID } from 'node:crypto';
import type { Test } from 'tap';
import type { GatewayEvent, JsonObject, Role } from '../../src/domain/words.ts';
import { call, until, type World } from '../system/support.ts';
import { compare, get, NOTHING, postEvents, records, settled, states } from '../system/witness.ts';

/** One dossier's story. */
export interface Lane {
  code: string;
  source: 'portal' | 'commune';
  target: 'portal' | 'commune';
  ok: number[];
  refused: number[];
  unknown: number[];
}

export interface Traffic {
  lanes: Lane[];
  /** Events answered 202 so far. */
  accepted(): number;
  /** Resolves when every lane has sent its last event. */
  done: Promise<void>;
}

/**
 * `dossiers` lanes, each posting a filing and then `steps` steps one after the other: half of them decided by the commune (steps go
 * to the portal), half by the province (steps go to the commune). `batch` steps go in one post.
 */
export function startTraffic(
  world: World,
  { dossiers, steps, batch = 1 }: { dossiers: number; steps: number; batch?: number },
): Traffic {
  const run = randomUUID().slice(0, 8);
  const lanes = Array.from({ length: dossiers }, (_, index): Lane => {
    const source = index % 2 === 0 ? 'commune' : 'portal';
    const target = source === 'commune' ? 'portal' : 'commune';
    return { code: `THU-${run}-${index}`, source, target, ok: [], refused: [], unknown: [] };
  });
  const done = Promise.all(lanes.map((lane, index) => runLane(world, lane, index, steps, batch))).then(() => undefined);
  return { lanes, accepted: () => lanes.reduce((sum, lane) => sum + lane.ok.length, 0), done };
}

const UNITS = ['26041', '26485', '26380', '26413', '26248', '26017'] as const;

async function runLane(world: World, lane: Lane, index: number, steps: number, batch: number): Promise<void> {
  const unit = UNITS[index % UNITS.length] as string;
  const event = (id: string, type: string, data: GatewayEvent['data']): GatewayEvent => ({
    specversion: '1.0',
    id: `${lane.code}/${id}`,
    source: lane.source,
    type,
    subject: lane.code,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    data: { dossierCode: lane.code, unitCode: unit, ...data },
  });
  const at = new Date().toISOString();
  const filed = event('0', 'dossier.submitted', {
    procedureCode: lane.source === 'commune' ? '2.000815' : '1.012783',
    status: lane.source === 'commune' ? 'da-tiep-nhan' : '1',
    codes: [{ system: lane.source, code: lane.code, kind: 'national' }],
    applicant: { kind: 'citizen', name: 'Nguyễn Văn Mẫu', identityNumber: '075099000001' },
    channel: 'counter',
    submittedAt: at,
    receivedAt: at,
    digitised: true,
    accountVerified: true,
    paidOnline: false,
    filedAt: lane.source === 'commune' ? 'local' : 'national',
  });
  // Without its dossier no step can arrive: the filing is repeated until it is known to be there. The same id: it is stored once.
  await until(`${lane.code} is filed`, async () => (await postEvents(world, filed)).status === 202);
  for (let no = 1; no <= steps; no += batch) {
    const numbers = Array.from({ length: Math.min(batch, steps - no + 1) }, (_, more) => no + more);
    const events = numbers.map(number =>
      event(String(number), 'dossier.step-changed', {
        step: { no: number, content: `${number}`, actor: { name: 'Lê Thị Hoa' }, startedAt: new Date().toISOString() },
        status: lane.source === 'commune' ? 'dang-tham-dinh' : '4',
      }),
    );
    await postEvents(world, batch === 1 ? (events[0] as GatewayEvent) : events).then(
      ({ status }) => (status === 202 ? lane.ok : lane.refused).push(...numbers),
      () => lane.unknown.push(...numbers),
    );
    if (lane.unknown.includes(no) || lane.refused.includes(no)) {
      await until('the gateway takes events again', async () => {
        return (await call(`${world.gatewayUrl}/health/ready`)).status === 200;
      });
    }
  }
}

/** What took effect of a lane, in order. */
async function effectsOf(world: World, lane: Lane): Promise<number[]> {
  const held = await records(world, lane.target as Role, 'step', lane.code);
  return held.map(({ data }) => Number(data.NoiDungXuLy ?? data.noiDung));
}

/** What is wrong with the effects of the lanes: all lists must be empty. */
async function faultsOf(
  world: World,
  lanes: readonly Lane[],
): Promise<Record<'lost' | 'doubled' | 'disordered' | 'refusedButThere', string[]>> {
  const found = {
    lost: [] as string[],
    doubled: [] as string[],
    disordered: [] as string[],
    refusedButThere: [] as string[],
  };
  for (const lane of lanes) {
    const effects = await effectsOf(world, lane);
    const name = (no: number): string => `${lane.code}#${no} at ${lane.target}`;
    const there = new Set(effects);
    found.lost.push(...lane.ok.filter(no => !there.has(no)).map(name));
    found.refusedButThere.push(...lane.refused.filter(no => there.has(no)).map(name));
    found.doubled.push(...effects.filter((no, index) => effects.indexOf(no) !== index).map(name));
    const firsts = [...there];
    found.disordered.push(...firsts.filter((no, index) => index > 0 && no < (firsts[index - 1] as number)).map(name));
  }
  return found;
}

/** What `faultsOf` finds when all is well. */
const FLAWLESS = { lost: [], doubled: [], disordered: [], refusedButThere: [] };

/**
 * Waits for the end of the traffic and holds every promise against what the receiving systems hold. With `logsWhole: false` (the
 * receivers were killed themselves) their logs of calls are not asked, only what they hold.
 */
export async function judge(t: Test, world: World, traffic: Traffic, { logsWhole = true } = {}): Promise<void> {
  await traffic.done;
  const list = await settled(world);
  t.same(await faultsOf(world, traffic.lanes), FLAWLESS);
  if (logsWhole) t.same(await compare(world, list), NOTHING);
  const targets = new Map(traffic.lanes.map(lane => [lane.code, lane.target as string]));
  t.same(
    list.filter(({ subject, target }) => target !== (targets.get(subject ?? '') ?? target)).map(sync => sync.id),
    [],
    'no echo was sent on',
  );
  t.same(Object.keys(states(list)), ['delivered'], 'every sync is delivered');
  t.ok(list.length >= traffic.accepted(), 'no accepted event is without its sync');
  const systems = (await get(world, '/v1/systems')).items as JsonObject[];
  t.same(
    systems.map(({ inTheAir, depth }) => [inTheAir, (depth as JsonObject).open]),
    [
      [0, 0],
      [0, 0],
      [0, 0],
    ],
    'no lease and no open sync is left',
  );
  const unknown = traffic.lanes.reduce((sum, lane) => sum + lane.unknown.length, 0);
  t.comment(`${traffic.accepted()} accepted, ${unknown} unknown`);
}
