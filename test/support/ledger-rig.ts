/**
 * A ledger with three systems for tests of what people do: events go in through the real accept queue, and "delivery" is the
 * real claim and record statements with outcomes of the test's choosing.
 */
import { randomUUID } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import type { Connector, Description } from '../../connectors/connector.ts';
import type { SystemConfig } from '../../src/config/system.ts';
import { createTarget, type Target } from '../../src/delivery/target.ts';
import type { CauseCode } from '../../src/domain/causes.ts';
import type { GatewayEvent, JsonObject } from '../../src/domain/words.ts';
import { createAcceptQueue } from '../../src/intake/accept-queue.ts';
import { prepare } from '../../src/intake/decide.ts';
import type { Accepted } from '../../src/intake/store-group.ts';
import { type ClaimedSync, claimLanes } from '../../src/ledger/claim.ts';
import { type Database, openDatabase } from '../../src/ledger/database.ts';
import { declareTargets } from '../../src/ledger/gate.ts';
import { recordOutcomes, type SyncOutcome } from '../../src/ledger/record.ts';
import { ledgerReleases, type Releases } from '../../src/ledger/releases.ts';
import type { DeskContext } from '../../src/routing/at-the-desk.ts';
import { vocabulary } from '../translation/fixture.ts';
import { testDatabase } from './database.ts';
import { NO_DESK } from './no-desk.ts';

export const TRAN_BIEN = '26041';

const system = (id: 'portal' | 'commune' | 'documents', statusList: string): SystemConfig => ({
  id,
  role: id,
  connector: id,
  baseUrl: 'http://127.0.0.1:1',
  statusList,
  secrets: {},
  webhookSecrets: [],
  timeoutMs: 1_000,
  settleMs: 2_000,
  honoursKeys: id === 'commune',
  looksUp: true,
  concurrency: 8,
  retry: { baseMs: 100, capMs: 1_000, maxAgeMs: 60_000 },
  breaker: { failures: 5, failureRate: 0.5, windowMs: 30_000, minimumCalls: 20, openMs: 1_000, maxOpenMs: 10_000 },
  settings: {},
});
export const systems = [system('portal', 'national'), system('commune', 'xa-3b'), system('documents', 'edxml')];

const description: Description = {
  dialect: 'test',
  profiles: [],
  typesIn: [],
  typesOut: [],
  looksUp: false,
  honoursKeys: false,
  listCalls: {},
  polls: false,
};
const unused = async (): Promise<never> => {
  throw new Error('not used in this test');
};
/** Formats to the event's own data; everything else is unused. */
const connector: Connector = {
  describe: () => description,
  parse: unused,
  poll: unused,
  acknowledge: unused,
  format: ({ event }) => ({
    operation: 'PUT',
    payload: event.data,
    ref: { kind: 'dossier', code: String(event.data.dossierCode ?? event.data.documentId), expect: {} },
  }),
  deliver: unused,
  lookUp: unused,
  fetch: unused,
  list: unused,
  signIn: unused,
};

/** The three systems as targets; a process of its own makes its own. */
export const rigTargets = (): Target[] => systems.map(config => createTarget(config, connector));

export interface Rig {
  database: Database;
  url: string;
  targets: Target[];
  releases: Releases;
  release: number;
  accept(...events: GatewayEvent[]): Promise<Accepted[]>;
  /** Claims the due lanes of a home and leaves them leased. */
  claim(target: string, home?: string, slots?: number): Promise<{ token: string; syncs: ClaimedSync[] }>;
  /** Claims the due lanes of a home and records every sync as `outcome` says; answers the ids. */
  deliver(target: string, outcome?: 'delivered' | CauseCode, home?: string): Promise<string[]>;
  row(sync: string): Promise<Record<string, unknown>>;
  lane(sync: string): Promise<{ head: number; tail: number; due: Date | null; blocked_by: string | null }>;
}

/** A ledger of its own, dropped after the test. */
export async function ledgerRig(
  test: { teardown(work: () => Promise<void>): unknown },
  desk: () => Partial<DeskContext> = () => ({}),
  routed: readonly SystemConfig[] = systems,
): Promise<Rig> {
  const { url, drop } = await testDatabase();
  const database = openDatabase(url, () => {});
  test.teardown(async () => {
    await database.end();
    await drop();
  });
  const releases = ledgerReleases(database);
  const release = await releases.remember(vocabulary);
  await declareTargets(database, systems, false);
  const queue = createAcceptQueue({
    database,
    context: () => ({ ...NO_DESK, vocabulary, ...desk(), systems: routed, newId: uuidv7 }),
    wake: () => {},
  });
  const claim: Rig['claim'] = async (target, home = TRAN_BIEN, slots = 8) => {
    const token = randomUUID();
    const rows = await claimLanes(database, {
      target,
      homes: [home],
      slots,
      perHome: slots,
      token,
      worker: randomUUID(),
      leaseMs: 30_000,
    });
    // a lane of which nothing was visible yet is handed back, as a turn does
    for (const row of rows) {
      if (row.id !== null) continue;
      const empty = { lane: row.lane, token, head: row.head, retryMs: null, blocked: null, release: true };
      await recordOutcomes(database, [empty], []);
    }
    return { token, syncs: rows.filter((row): row is ClaimedSync => row.id !== null) };
  };
  const rig: Rig = {
    database,
    url,
    targets: rigTargets(),
    releases,
    release,
    accept: (...events) => queue.accept(events.map(prepare)),
    claim,
    async deliver(target, outcome = 'delivered', home = TRAN_BIEN) {
      const { token, syncs } = await claim(target, home);
      for (const lane of new Set(syncs.map(sync => sync.lane))) {
        await record(
          rig,
          token,
          syncs.filter(sync => sync.lane === lane),
          outcome,
        );
      }
      return syncs.map(sync => sync.id);
    },
    async row(sync) {
      const { rows } = await database.people.query('SELECT * FROM syncs WHERE id = $1', [sync]);
      return rows[0] as Record<string, unknown>;
    },
    async lane(sync) {
      const { rows } = await database.people.query(
        'SELECT head, tail, due, blocked_by FROM lanes WHERE lane = (SELECT lane FROM syncs WHERE id = $1)',
        [sync],
      );
      return rows[0];
    },
  };
  return rig;
}

/** Records the claimed syncs of one lane: all delivered, or the first one failed, parked or to be retried. */
export async function record(
  rig: Rig,
  token: string,
  syncs: readonly ClaimedSync[],
  outcome: 'delivered' | 'retry' | CauseCode,
): Promise<void> {
  const first = syncs[0] as ClaimedSync;
  if (first.state === 'parked' || first.state === 'failed') {
    await recordOutcomes(rig.database, [step(first, token, first.pos, first.id)], []);
    return;
  }
  const outcomes = (outcome === 'delivered' ? syncs.filter(sync => sync.state === 'open') : [first]).map(sync =>
    asOutcome(sync, outcome, rig.release),
  );
  const last = syncs.at(-1) as ClaimedSync;
  const head = outcome === 'delivered' ? last.pos + 1 : first.pos;
  const blocked = outcome === 'delivered' || outcome === 'retry' ? null : first.id;
  await recordOutcomes(
    rig.database,
    [{ ...step(first, token, head, blocked), retryMs: outcome === 'retry' ? 3_600_000 : null }],
    outcomes,
  );
}

const step = (sync: ClaimedSync, token: string, head: number, blocked: string | null) => ({
  lane: sync.lane,
  token,
  head,
  retryMs: null,
  blocked,
  release: true,
});

function asOutcome(sync: ClaimedSync, outcome: 'delivered' | 'retry' | CauseCode, release: number): SyncOutcome {
  const good = outcome === 'delivered';
  return {
    id: sync.id,
    lane: sync.lane,
    state: good ? 'delivered' : outcome === 'retry' ? 'open' : 'failed',
    cause: good ? null : outcome === 'retry' ? 'target-unavailable' : outcome,
    attempted: 1,
    unknown: false,
    sent: true,
    release,
    sentHash: 'ab'.repeat(16),
    retrying: outcome === 'retry',
    detail: good ? null : 'HTTP 422 for 075199001234',
    tookMs: 0,
    attempt: good
      ? null
      : {
          series: sync.series,
          no: sync.attempts + 1,
          startedAt: performance.now(),
          endedAt: performance.now(),
          outcome: 'failed',
          status: 422,
          detail: 'HTTP 422 for 075199001234',
        },
    problem:
      good || outcome === 'retry'
        ? null
        : { unit: sync.unit, target: 'commune', detail: JSON.stringify({ detail: 'no' }) },
  };
}

let serial = 0;
/** An event of the portal about a dossier; `data` over what a submission needs. */
export function submitted(code: string, data: JsonObject = {}): GatewayEvent {
  serial += 1;
  return {
    specversion: '1.0',
    id: `e-${serial}`,
    source: 'portal',
    type: 'dossier.submitted',
    subject: code,
    time: new Date(Date.now() - 60_000).toISOString(),
    data: {
      dossierCode: code,
      procedureCode: '1.001193',
      unitCode: TRAN_BIEN,
      status: '1',
      summary: 'Đăng ký khai sinh, gọi 0912345678',
      applicant: {
        kind: 'citizen',
        name: 'Nguyễn Thị Bé',
        identityNumber: '075199001234',
        phone: '0912345678',
        email: 'be@example.com',
        address: 'Số 1, đường Cách Mạng Tháng Tám',
      },
      ...data,
    },
  };
}

/** An update of a dossier by the portal. */
export function updated(code: string, data: JsonObject): GatewayEvent {
  serial += 1;
  return {
    specversion: '1.0',
    id: `e-${serial}`,
    source: 'portal',
    type: 'dossier.updated',
    subject: code,
    time: new Date(Date.now() - 30_000).toISOString(),
    data: { dossierCode: code, ...data },
  };
}
