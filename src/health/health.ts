/**
 * Is the process alive, can it take events, and how is everything it depends on: for balancers, supervisors and people.
 * `/health` follows the shape of draft-inadarei-api-health-check (application/health+json); no secrets, no addresses.
 */
import { readdir } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import type { Turns } from '../delivery/turns.ts';
import type { Database } from '../ledger/database.ts';
import { readGates, type SystemGate } from '../ledger/read-systems.ts';
import type { Room } from '../ledger/room.ts';

export interface HealthContext {
  database: Database;
  turns: Pick<Turns, 'depth'>;
  roles: ReadonlySet<string>;
  startedAt: Date;
  /** Whether the ledger has room for more; taken for granted where nothing is given. */
  room?: Room;
}

type Status = 'pass' | 'warn' | 'fail';
interface Check {
  componentType: 'datastore' | 'component' | 'system';
  status: Status;
  time: string;
  observedValue?: number | string;
  observedUnit?: string;
  output?: string;
}

/** How long an answer is used again, and how long a dependency may take. */
const FRESH_MS = 1_000;
const PATIENCE_MS = 2_500;
const NO_ROOM = 'the disk of the ledger is nearly full: no events are taken';
/** Lag of a target from which people should look. */
const SLOW_SECONDS = 300;

async function within<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      work,
      new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(new Error('no answer in time')), PATIENCE_MS);
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
}

function shortly<T>(work: () => Promise<T>): () => Promise<T> {
  let at = Number.NEGATIVE_INFINITY;
  let held: Promise<T> | undefined;
  return () => {
    if (held === undefined || performance.now() - at > FRESH_MS) {
      at = performance.now();
      held = work();
    }
    return held;
  };
}

/** Names of the migrations that this version brings. */
async function ownMigrations(): Promise<string[]> {
  const files = await readdir(new URL('../ledger/migrations/', import.meta.url));
  return files.filter(file => file.endsWith('.sql')).map(file => file.slice(0, -4));
}

async function ledgerCheck(database: Database, wanted: readonly string[]): Promise<Check> {
  const time = new Date().toISOString();
  const started = performance.now();
  try {
    // a connection that gives no answer in this time is closed, so that the next look is made over another
    const ask = {
      text: 'SELECT name FROM ledger_migrations WHERE name = ANY($1)',
      values: [wanted],
      query_timeout: PATIENCE_MS,
    };
    const { rows } = await within(database.people.query<{ name: string }>(ask));
    const missing = wanted.filter(name => !rows.some(row => row.name === name));
    if (missing.length > 0) {
      const output = `migrations are missing: ${missing.join(', ')}`;
      return { componentType: 'datastore', status: 'fail', time, output };
    }
    const ms = Math.round((performance.now() - started) * 10) / 10;
    return { componentType: 'datastore', status: 'pass', time, observedValue: ms, observedUnit: 'ms' };
  } catch {
    // the reason may name hosts and accounts: it is in the log, not here
    return { componentType: 'datastore', status: 'fail', time, output: 'the ledger does not answer' };
  }
}

async function turnsCheck(turns: Pick<Turns, 'depth'>): Promise<Check> {
  const time = new Date().toISOString();
  try {
    const depths = await within(turns.depth());
    const waiting = Object.values(depths).reduce((sum, depth) => sum + depth, 0);
    return { componentType: 'component', status: 'pass', time, observedValue: waiting, observedUnit: 'turns' };
  } catch {
    // without the queue the relay still wakes what is due once it is back: late, not lost
    return { componentType: 'component', status: 'warn', time, output: 'the turn queue does not answer' };
  }
}

function systemCheck(gate: SystemGate): Check {
  const slow = gate.lagSeconds > SLOW_SECONDS;
  const status = gate.breaker !== 'closed' || gate.shutBy !== null || slow ? 'warn' : 'pass';
  const why = gate.lastCause === null ? '' : ` (${gate.lastCause})`;
  const output =
    gate.breaker !== 'closed' ? `breaker ${gate.breaker}${why}` : (gate.shutBy ?? (slow ? 'slow' : undefined));
  return {
    componentType: 'system',
    status,
    time: gate.lastSuccessAt ?? new Date().toISOString(),
    observedValue: gate.lastSuccessAt ?? 'no success yet',
    observedUnit: 'last success',
    ...(output === undefined ? {} : { output }),
  };
}

/** Undefined where no disk can be seen and PostgreSQL did not say that its own is full. */
function diskCheck(room: Room | undefined): Check | undefined {
  const free = room?.free();
  const full = room?.full() === true;
  if (free === undefined && !full) return undefined;
  return {
    componentType: 'datastore',
    status: full ? 'fail' : 'pass',
    time: new Date().toISOString(),
    ...(free === undefined ? {} : { observedValue: Math.floor(free / 2 ** 20), observedUnit: 'MiB free' }),
    ...(full ? { output: NO_ROOM } : {}),
  };
}

/** Adds `/health/live`, `/health/ready` and `/health`; none asks for a sign-in. */
export async function registerHealth(app: FastifyInstance, context: HealthContext): Promise<void> {
  const wanted = await ownMigrations();
  const ledger = shortly(() => ledgerCheck(context.database, wanted));
  const turns = shortly(() => turnsCheck(context.turns));
  const gates = shortly(() => within(readGates(context.database)));

  const open = { schema: { tags: ['health'], security: [] } };
  app.get(
    '/health/live',
    { schema: { ...open.schema, summary: 'Tiến trình còn chạy · The process is alive' } },
    async (_request, reply) => reply.type('application/health+json').send({ status: 'pass' }),
  );
  app.get(
    '/health/ready',
    { schema: { ...open.schema, summary: 'Sẵn sàng nhận sự kiện · Able to take events' } },
    async (_request, reply) => {
      const answers = await ledger();
      const check = answers.status === 'pass' ? (diskCheck(context.room) ?? answers) : answers;
      return reply
        .status(check.status === 'pass' ? 200 : 503)
        .type('application/health+json')
        .send({ status: check.status, ...(check.output === undefined ? {} : { output: check.output }) });
    },
  );
  app.get(
    '/health',
    { schema: { ...open.schema, summary: 'Sức khỏe từng phần · Health by dependency and system' } },
    async (_request, reply) => {
      const checks: Record<string, Check[]> = { ledger: [await ledger()], 'turn-queue': [await turns()] };
      const disk = diskCheck(context.room);
      if (disk) checks.disk = [disk];
      if (checks.ledger?.[0]?.status === 'pass') {
        const known = await gates().catch(() => []);
        for (const gate of known) checks[`system:${gate.target}`] = [systemCheck(gate)];
      }
      const all = Object.values(checks).flat();
      const worst: Status = all.some(check => check.status === 'fail')
        ? 'fail'
        : all.some(check => check.status === 'warn')
          ? 'warn'
          : 'pass';
      return reply
        .status(worst === 'fail' ? 503 : 200)
        .type('application/health+json')
        .send({
          status: worst,
          serviceId: 'lienthong',
          description: 'Liên Thông',
          roles: [...context.roles],
          startedAt: context.startedAt.toISOString(),
          checks,
        });
    },
  );
}
