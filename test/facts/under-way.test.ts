/** A right that ends while its work is under way: what was not sent is held back, what has arrived is asked about, and both mend themselves. */
import { setTimeout as pause } from 'node:timers/promises';
import { test } from 'tap';
import { uuidv7 } from 'uuidv7';
import { judgeWaiting, startJudging } from '../../src/delivery/judging.ts';
import { watchUnderWay } from '../../src/delivery/under-way.ts';
import type { GatewayEvent, JsonObject } from '../../src/domain/words.ts';
import { type KnownFacts, NO_FACTS } from '../../src/facts/known-facts.ts';
import { openFactsKeeper } from '../../src/facts-keeper.ts';
import { ledgerRig, systems, TRAN_BIEN } from '../support/ledger-rig.ts';
import { vocabulary } from '../translation/fixture.ts';
import { fact, known } from './support.ts';

const event = (type: string, data: JsonObject, source = 'documents'): GatewayEvent => ({
  specversion: '1.0',
  id: uuidv7(),
  source,
  type,
  time: new Date().toISOString(),
  datacontenttype: 'application/json',
  data: { unitCode: TRAN_BIEN, ...data },
});
const right = (type: string, more: JsonObject = {}) =>
  event(type, {
    officer: { id: 'B1', name: 'Trần Thị B' },
    post: 'chu-tich',
    right: 'sign',
    from: '2025-07-01',
    ...more,
  });
const ask = (n: number) =>
  event(
    'approval.requested',
    { about: { dossierCode: `H19-U${n}` }, requestId: `YC-${n}`, act: 'sign', files: [] },
    'commune',
  );

test('a right revoked while its work is under way', async t => {
  const held: { facts: KnownFacts } = { facts: NO_FACTS };
  const errors: unknown[] = [];
  const rig = await ledgerRig(t, () => ({ facts: held.facts, now: Date.now(), enforced: true }));
  const desk = () => ({ facts: held.facts, vocabulary, now: Date.now(), enforced: true });
  const judging = startJudging({
    database: rig.database,
    systems,
    statusListOf: source => systems.find(system => system.id === source)?.statusList ?? 'national',
    desk,
    wake: () => {},
    onError: error => errors.push(error),
    tickMs: 20,
  });
  const keeper = await openFactsKeeper({
    database: rig.database,
    pollMs: 20,
    onError: error => errors.push(error),
    onChange: facts => {
      held.facts = facts;
      judging.changed();
    },
  });
  t.teardown(async () => {
    keeper.stop();
    await judging.stop();
  });
  const stateOf = async (id: string) => (await rig.row(id)).state;
  const until = async (ready: () => Promise<boolean>): Promise<void> => {
    while (!(await ready())) await pause(10);
  };
  const questions = async (): Promise<{ detail: JsonObject; open: boolean }[]> =>
    (
      await rig.database.people.query(
        "SELECT detail, closed_at IS NULL AS open FROM questions WHERE kind = 'right-ended-under-way' ORDER BY asked_at",
      )
    ).rows;

  await rig.accept(right('right.granted'));
  held.facts = await keeper.follow();
  const [first] = await rig.accept(ask(1));
  const arrived = first?.syncs[0]?.id as string;
  t.equal(first?.syncs[0]?.state, 'queued');
  await rig.deliver('documents', 'delivered', TRAN_BIEN);
  t.equal(await stateOf(arrived), 'delivered');
  const [second] = await rig.accept(ask(2));
  const open = second?.syncs[0]?.id as string;
  t.equal(await stateOf(open), 'open');

  await rig.accept(right('right.revoked', { from: new Date(Date.now() - 1_000).toISOString() }));
  await until(async () => (await stateOf(open)) === 'parked');
  t.match(await rig.row(open), { cause: 'missing-right' }, 'what was not sent yet is held back');
  t.match(await rig.lane(open), { blocked_by: open });
  await until(async () => (await questions()).length > 0);
  t.match(await questions(), [{ open: true, detail: { requestId: 'YC-1', missing: ['account'] } }]);
  t.equal(await stateOf(arrived), 'delivered', 'what has arrived stays');

  await rig.accept(right('right.granted', { from: new Date(Date.now() - 500).toISOString() }));
  await until(async () => (await stateOf(open)) === 'open');
  await until(async () => (await questions()).every(question => !question.open));
  t.equal((await questions()).length, 1, 'asked once');
  t.same(errors, []);
});

test('a list that is complete from a day on holds back then what is still under way', async t => {
  const begins = Date.now() + 3_600_000;
  const list = fact('unit-list', TRAN_BIEN, { what: 'rights', confirmedBy: 'A' }, new Date(begins).toISOString());
  const desk = { facts: known(list), vocabulary, now: Date.now(), enforced: false };
  const rig = await ledgerRig(t, () => desk);
  const statusListOf = () => 'national';
  const watch = watchUnderWay({
    database: rig.database,
    systems,
    judge: (sync, then) => judgeWaiting(sync, then, { systems, statusListOf }),
  });
  const [asked] = await rig.accept(ask(3));
  const id = asked?.syncs[0]?.id as string;
  await watch.look(desk);
  t.match(await rig.row(id), { state: 'open' }, 'until then it is only warned of');
  await watch.look({ ...desk, now: begins + 1 });
  t.match(await rig.row(id), { state: 'parked', cause: 'missing-right' });
});
