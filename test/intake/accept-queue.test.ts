/** One commit for many requests: each is taken whole or not at all, and none pays for another. */
import { test } from 'tap';
import { uuidv7 } from 'uuidv7';
import { GatewayError, InputFault } from '../../src/domain/errors.ts';
import { createAcceptQueue } from '../../src/intake/accept-queue.ts';
import { type Prepared, prepare } from '../../src/intake/decide.ts';
import type { Accepted } from '../../src/intake/store-group.ts';
import { eventually } from '../support/eventually.ts';
import { ledgerRig, type Rig, submitted, systems, TRAN_BIEN, updated } from '../support/ledger-rig.ts';
import { lineTo } from '../support/line-to.ts';
import { NO_DESK } from '../support/no-desk.ts';
import { anotherProcess, waitersForLock } from '../support/processes.ts';
import { vocabulary } from '../translation/fixture.ts';

const count = async (rig: Rig, table: string): Promise<number> =>
  Number((await rig.database.people.query(`SELECT count(*) AS n FROM ${table}`)).rows[0]?.n);
/** A change smuggled in behind the checks. */
const smuggled = (prepared: Prepared, change: Partial<Prepared['event']>): Prepared => ({
  ...prepared,
  event: { ...prepared.event, ...change },
});
const fault = async (work: Promise<unknown>): Promise<GatewayError> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('was taken');
};
/** Makes the next insert of an event fail once with a SQLSTATE (a sequence remembers, whatever is rolled back). */
const failOnce = (rig: Rig, state: string): Promise<unknown> =>
  rig.database.people.query(`
    CREATE SEQUENCE fails;
    CREATE FUNCTION fail_once() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN IF nextval('fails') = 1 THEN RAISE EXCEPTION USING ERRCODE = '${state}'; END IF; RETURN NEW; END $$;
    CREATE TRIGGER fail_once BEFORE INSERT ON events FOR EACH STATEMENT EXECUTE FUNCTION fail_once()`);

test('an answer comes after the commit, and the homes are woken', async t => {
  const rig = await ledgerRig(t);
  const process = anotherProcess(t, rig.url);
  const [accepted] = await process.accept(submitted('H19-1'));
  const { rows } = await rig.database.people.query('SELECT id, source_id FROM events');
  t.same(rows, [{ id: accepted?.eventId, source_id: accepted?.id }], 'another connection sees it');
  t.match(accepted, { duplicate: false, syncs: [{ target: 'commune', state: 'queued' }] });
  t.same(process.woken, [{ target: 'commune', home: TRAN_BIEN }]);
});

test('while a commit waits nothing is answered, and what arrives meanwhile goes into the next one', async t => {
  const rig = await ledgerRig(t);
  await rig.accept(submitted('H19-0'));
  const holder = await rig.database.hot.connect();
  await holder.query('BEGIN');
  await holder.query('SELECT 1 FROM entities FOR UPDATE');
  const answers: Accepted[][] = [];
  const asks = [rig.accept(updated('H19-0', { summary: 'held' })).then(answer => answers.push(answer))];
  await waitersForLock(rig.database);
  for (let n = 1; n <= 30; n++) asks.push(rig.accept(submitted(`H19-${n}`)).then(answer => answers.push(answer)));
  t.equal(answers.length, 0);
  await holder.query('COMMIT');
  holder.release();
  await Promise.all(asks);
  const { rows } = await rig.database.people.query(
    'SELECT count(DISTINCT xmin::text)::int AS commits, count(*)::int AS events FROM events',
  );
  t.same(rows, [{ commits: 3, events: 32 }]);
});

test('a batch is taken whole or not at all', async t => {
  const rig = await ledgerRig(t);
  const first = submitted('H19-1');
  await rig.accept(first);
  const reused = { ...first, data: { ...first.data, summary: 'other' } };
  const error = await fault(rig.accept(submitted('H19-2'), submitted('H19-3'), reused));
  t.match(error, { status: 409, faults: [{ pointer: '/2/id' }] });
  t.equal(await count(rig, 'events'), 1);
  t.equal(await count(rig, 'syncs'), 1);
});

test('the same event again is a duplicate that names the first one’s syncs as they stand', async t => {
  const rig = await ledgerRig(t);
  const event = submitted('H19-1');
  const [first] = await rig.accept(event);
  const [again] = await rig.accept({ ...event, data: { ...event.data } });
  t.match(again, { duplicate: true, eventId: first?.eventId, syncs: first?.syncs });
  await rig.deliver('commune');
  const [later] = await rig.accept(event);
  t.same(later?.syncs, [{ ...first?.syncs[0], state: 'delivered' }]);
  t.equal(await count(rig, 'events'), 1);
});

test('the same id for other content is refused with both hashes, and nothing of it is stored', async t => {
  const rig = await ledgerRig(t);
  const event = submitted('H19-1');
  await rig.accept(event);
  const other = { ...event, data: { ...event.data, summary: 'khác' } };
  const error = await fault(rig.accept(other));
  t.ok(error instanceof InputFault);
  t.match(error, {
    code: 'id-reused',
    status: 409,
    faults: [{ pointer: '/id', code: 'id-reused' }],
    extra: {
      id: event.id,
      storedHash: prepare(event).hash.toString('hex'),
      receivedHash: prepare(other).hash.toString('hex'),
    },
  });
  t.equal(await count(rig, 'payloads'), 1);
  t.equal(await count(rig, 'syncs'), 1);
});

test('equal ids in one group: the first counts, the same is its duplicate, another is refused', async t => {
  const rig = await ledgerRig(t);
  const event = submitted('H19-1');
  const asks = [
    rig.accept(event),
    rig.accept(event),
    fault(rig.accept({ ...event, subject: 'other' })),
    rig.accept(submitted('H19-2')),
  ] as const;
  const [first, twin, error, stranger] = await Promise.all(asks);
  t.match(twin, [{ duplicate: true, eventId: first[0]?.eventId, syncs: first[0]?.syncs }]);
  t.equal(error.status, 409);
  t.match(stranger, [{ duplicate: false }]);
  t.equal(await count(rig, 'events'), 2);
});

test('equal ids in one batch: twice the same is stored once, two contents refuse the batch', async t => {
  const rig = await ledgerRig(t);
  const event = submitted('H19-1');
  const both = await rig.accept(event, event);
  t.same(
    both.map(answer => answer.duplicate),
    [false, true],
  );
  t.same(both[0]?.syncs, both[1]?.syncs);
  const fresh = submitted('H19-2');
  const error = await fault(rig.accept(fresh, submitted('H19-3'), { ...fresh, subject: 'other' }));
  t.match(error, { status: 409, faults: [{ pointer: '/2/id' }] });
  t.equal(await count(rig, 'events'), 1);
});

test('one value that cannot be stored fails alone, with a fault and not an error', async t => {
  const rig = await ledgerRig(t);
  const { queue } = anotherProcess(t, rig.url);
  const bad: [string, Partial<Prepared['event']>][] = [
    ['a NUL', { subject: 'a\u0000b' }],
    ['an instant out of range', { time: '+275000-01-01T00:00:00Z' }],
  ];
  for (const [name, change] of bad) {
    const asks = [
      queue.accept([prepare(submitted(`${name}-1`))]),
      fault(queue.accept([prepare(submitted(`${name}-2`)), smuggled(prepare(submitted(`${name}-3`)), change)])),
      queue.accept([prepare(submitted(`${name}-4`))]),
    ] as const;
    const [before, error, after] = await Promise.all(asks);
    t.match(error, { status: 422, code: 'unstorable-value' }, name);
    t.match([before, after], [[{ duplicate: false }], [{ duplicate: false }]], name);
  }
  t.equal(await count(rig, 'events'), 4, 'nothing of the bad requests');
  t.equal(await count(rig, 'syncs'), 4);
});

test('half a character in a parked value fails alone', async t => {
  const rig = await ledgerRig(t);
  const { queue } = anotherProcess(t, rig.url);
  const prepared = prepare(submitted('H19-2'));
  const event = { ...prepared.event, data: { ...prepared.event.data, unitCode: '\ud800' } };
  const [good, error] = await Promise.all([
    queue.accept([prepare(submitted('H19-1'))]),
    fault(queue.accept([{ ...prepared, event }])),
  ]);
  t.equal(error.status, 422);
  t.match(good, [{ duplicate: false }]);
});

test('a deadlock or a serialisation failure is tried again', async t => {
  for (const state of ['40P01', '40001']) {
    const rig = await ledgerRig(t);
    await failOnce(rig, state);
    const [alone, ...both] = await Promise.all([
      rig.accept(submitted('H19-1')),
      rig.accept(submitted('H19-2')),
      rig.accept(submitted('H19-3')),
    ]);
    t.match([alone, ...both], [[{ duplicate: false }], [{ duplicate: false }], [{ duplicate: false }]], state);
    t.equal(await count(rig, 'events'), 3);
    t.equal((await rig.database.people.query('SELECT last_value::int AS n FROM fails')).rows[0]?.n > 1, true);
  }
});

test('what a failed commit would have changed of a dossier is forgotten', async t => {
  const rig = await ledgerRig(t);
  await rig.accept(submitted('H19-1'));
  await rig.database.people.query('ALTER TABLE syncs ADD CONSTRAINT refuse CHECK (pos < 2) NOT VALID');
  await t.rejects(rig.accept(updated('H19-1', { summary: 'lost' })));
  await rig.database.people.query('ALTER TABLE syncs DROP CONSTRAINT refuse');
  const [echo] = await rig.accept({ ...updated('H19-1', { summary: 'lost' }), source: 'commune' });
  t.equal(echo?.echoOf, undefined, 'the commune was never told');
  t.match(echo?.syncs, [{ target: 'portal' }]);
});

test('without its database the gateway says 503, stores nothing by half, and goes on when it is back', async t => {
  const rig = await ledgerRig(t);
  const door = await lineTo(t, rig.url);
  const { queue, accept } = anotherProcess(t, door.url);
  await accept(submitted('H19-0'));
  const holder = await rig.database.hot.connect();
  await holder.query('BEGIN');
  await holder.query('LOCK TABLE syncs IN EXCLUSIVE MODE');
  const event = submitted('H19-1');
  const asks = [fault(accept(event)), fault(accept(submitted('H19-2'))), fault(accept(submitted('H19-3')))];
  await waitersForLock(rig.database);
  door.line.shut();
  for (const error of await Promise.all(asks)) {
    t.match(error, { status: 503, code: 'ledger-unavailable', headers: { 'retry-after': '2' } });
  }
  t.equal((await fault(accept(submitted('H19-4')))).status, 503, 'refused connections too');
  await holder.query('ROLLBACK');
  holder.release();
  // whether the group that was on its way got through nobody can know; it is there whole or not at all
  await eventually(async () => {
    const { rowCount } = await rig.database.people.query(
      "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    return rowCount === 0;
  });
  const { rows } = await rig.database.people.query(
    `SELECT e.id FROM events e WHERE NOT EXISTS (SELECT FROM payloads p WHERE p.event = e.id)
       OR NOT EXISTS (SELECT FROM syncs s WHERE s.event = e.id)`,
  );
  t.same(rows, []);
  door.line.mend();
  const [again] = await accept(event);
  t.match(again, { id: event.id, syncs: [{ target: 'commune' }] }, 'sent again it is taken, once');
  t.equal(
    Number(
      (await rig.database.people.query('SELECT count(*) FROM events WHERE source_id = $1', [event.id])).rows[0]?.count,
    ),
    1,
  );
  await queue.idle();
});

test('a backlog beyond its bound is refused with 503 before it is taken', async t => {
  const rig = await ledgerRig(t);
  const queue = createAcceptQueue({
    database: rig.database,
    context: () => ({ ...NO_DESK, vocabulary, systems, newId: uuidv7 }),
    wake: () => {},
  });
  const one = prepare(submitted('H19-1'));
  const many = Array.from({ length: 20_001 }, () => one);
  t.equal((await fault(queue.accept(many))).status, 503);
  t.match(await queue.accept([one]), [{ duplicate: false }], 'what fits is taken');
});

test('an empty request is answered with nothing', async t => {
  const rig = await ledgerRig(t);
  t.same(await rig.accept(), []);
});
