/**
 * The 55 units of the trial of June 2025, with the real vocabulary, a real ledger and a clock that the test holds: off from the 20th,
 * on trial from the 24th, official from 1 July, with dossiers under way. Most of their codes stood for other territories until then.
 */
import t from 'tap';
import { startJudging } from '../../src/delivery/judging.ts';
import type { GatewayEvent, JsonObject } from '../../src/domain/words.ts';
import type { Payload } from '../../src/entities/payload.ts';
import type { Mode, OpenDossiers } from '../../src/facts/fact.ts';
import { rulesOf } from '../../src/facts/kinds.ts';
import { type KnownFacts, NO_FACTS } from '../../src/facts/known-facts.ts';
import type { Accepted } from '../../src/intake/store-group.ts';
import { changeFacts, readFacts } from '../../src/ledger/facts.ts';
import { open } from '../../src/ledger/seal.ts';
import { loadVocabulary } from '../../src/translation/load.ts';
import { eventually } from '../support/eventually.ts';
import { ledgerRig, systems as plain } from '../support/ledger-rig.ts';
import { asNew, at, fact } from './support.ts';

const { vocabulary } = await loadVocabulary('mappings', {});
const UNITS = vocabulary.content.units.filter(unit => unit.formerProvince === 'Đồng Nai');
const CHOICES: OpenDossiers[] = ['stay', 'close', 'carry'];
const choiceOf = (code: string): OpenDossiers =>
  CHOICES[UNITS.findIndex(unit => unit.code === code) % 3] as OpenDossiers;
const OFFICIAL = '2025-06-30T17:00:00.000Z';
const systems = plain.map(system => ({ ...system, trialBaseUrl: 'http://127.0.0.1:2' }));

const mode = (unit: string, to: Mode, from: string) => {
  const body = { mode: to, openDossiers: choiceOf(unit) };
  return { ...asNew(fact('unit-mode', unit, body, from)), key: rulesOf('unit-mode').keyOf(body, unit) };
};

let serial = 0;
const event = (source: string, type: string, time: string, data: JsonObject): GatewayEvent => ({
  specversion: '1.0',
  id: `r-${++serial}`,
  source,
  type,
  time: new Date(at(time)).toISOString(),
  subject: String(data.dossierCode),
  data,
});
const filed = (unitCode: string, day: string, name: string) =>
  event('portal', 'dossier.submitted', `${day}T09:00:00`, {
    dossierCode: `H19.${unitCode}.${name}`,
    procedureCode: '1.001193',
    unitCode,
    status: '1',
    summary: 'Đăng ký khai sinh',
    applicant: { kind: 'citizen', name: 'Người Mẫu' },
  });
const moved = (unitCode: string, day: string, name: string, status: string) =>
  event('commune', 'dossier.status-changed', `${day}T10:00:00`, {
    dossierCode: `H19.${unitCode}.${name}`,
    unitCode,
    status,
    statusList: 'national',
    at: new Date(at(`${day}T10:00:00`)).toISOString(),
  });

async function rollout(test: Parameters<typeof ledgerRig>[0]) {
  const world: { facts: KnownFacts; now: number } = { facts: NO_FACTS, now: at('2025-06-20T08:00:00') };
  const desk = () => ({ ...world, enforced: false, vocabulary });
  const rig = await ledgerRig(test, desk, systems);
  const errors: unknown[] = [];
  const judging = startJudging({
    database: rig.database,
    systems,
    statusListOf: () => 'national',
    desk,
    wake: () => {},
    onError: error => errors.push(error),
    // moving the clock kicks it
    tickMs: 1_000,
  });
  test.teardown(() => judging.stop());
  const rows = async (ids: readonly string[]) => {
    const { rows: found } = await rig.database.people.query<{
      id: string;
      event: string;
      unit: string;
      target: string;
      type: string;
      mode: string;
      state: string;
      cause: string | null;
      key_id: number;
      body: Buffer;
      note: JsonObject | null;
    }>(
      `SELECT s.id, s.event, s.unit, s.target, s.type, s.mode, s.state, s.cause, p.key_id, p.body, e.note FROM syncs s JOIN events e ON e.id = s.event
       JOIN payloads p ON p.event = s.event AND p.revision = s.revision WHERE s.id = ANY($1::uuid[]) ORDER BY s.id`,
      [ids],
    );
    return found.map(({ key_id, body, ...row }) => ({
      ...row,
      payload: open({ keyId: key_id, body }) as unknown as Payload,
    }));
  };
  return {
    ...rig,
    errors,
    rows,
    at: (time: string) => {
      world.now = at(time);
      judging.changed();
    },
    say: async (facts: ReturnType<typeof mode>[]) => {
      await changeFacts(rig.database.people as never, { put: facts });
      world.facts = await readFacts(rig.database.people, world.facts);
      judging.changed();
    },
    /** Every sync of these events, with its payload. */
    syncsOf: async (accepted: readonly Accepted[]) => rows(accepted.flatMap(one => one.syncs.map(sync => sync.id))),
    /** What was noted beside each event. */
    notes: async () => {
      const { rows: found } = await rig.database.people.query<{ id: string; note: JsonObject | null }>(
        'SELECT id, note FROM events',
      );
      return new Map(found.map(({ id, note }) => [id, note]));
    },
  };
}

t.test('the 55 units are those of old Đồng Nai, 50 with the code of another territory', async t => {
  t.equal(UNITS.length, 55);
  t.equal(UNITS.filter(unit => unit.unchanged !== true).length, 50);
});

t.test('from off through trial to official, with dossiers under way', async t => {
  const rig = await rollout(t);
  await rig.say(
    UNITS.flatMap(({ code }) => [
      mode(code, 'off', '2025-06-20'),
      mode(code, 'trial', '2025-06-24'),
      mode(code, 'official', '2025-07-01'),
    ]),
  );
  const forAll = (make: (unit: string) => GatewayEvent) => rig.accept(...UNITS.map(({ code }) => make(code)));

  // 20 June: off; everything is taken and held, with the day on which it goes
  rig.at('2025-06-20T10:00:00');
  const early = await forAll(unit => filed(unit, '2025-06-20', 'A'));
  const held = await rig.syncsOf(early);
  t.equal(held.length, 55);
  t.ok(held.every(sync => sync.state === 'parked' && sync.cause === 'unit-off'));
  const { rows: problems } = await rig.database.people.query<{ detail: JsonObject }>('SELECT detail FROM problems');
  t.ok(problems.every(({ detail }) => detail.from === '2025-06-23T17:00:00.000Z'));
  t.same(
    held.map(sync => sync.unit),
    UNITS.map(({ code }) => code),
    'and it is known whose it is',
  );

  // 23 June, 23:59:59: still held; a second later it goes, marked, read as of the official day
  rig.at('2025-06-23T23:59:59');
  const [late] = await rig.accept(filed('26041', '2025-06-23', 'late'));
  t.equal(late?.syncs[0]?.state, 'parked');
  rig.at('2025-06-24T00:00:00');
  await eventually(async () => (await rig.syncsOf([...early, late as Accepted])).every(sync => sync.state === 'open'));
  t.ok((await rig.syncsOf(early)).every(sync => sync.mode === 'trial' && sync.payload.asOf === OFFICIAL));

  // 25 June: on trial at once, marked, as of the official day, although 50 codes are others' on that day
  rig.at('2025-06-25T09:00:00');
  const tried = await rig.syncsOf(await forAll(unit => filed(unit, '2025-06-25', 'B')));
  t.ok(tried.every(sync => sync.state === 'open' && sync.mode === 'trial' && sync.payload.asOf === OFFICIAL));
  const inTrial = await rig.syncsOf(await forAll(unit => moved(unit, '2025-06-26', 'B', '2')));
  t.equal(inTrial.length, 55);
  t.ok(inTrial.every(sync => sync.target === 'portal' && sync.mode === 'trial' && sync.payload.asOf === OFFICIAL));

  // 1 July, the set minute: new dossiers are official; those of the trial become what was chosen
  rig.at('2025-07-01T00:00:00');
  const fresh = await rig.syncsOf(await forAll(unit => filed(unit, '2025-07-01', 'C')));
  t.ok(fresh.every(sync => sync.state === 'open' && sync.mode === 'official' && sync.payload.asOf === undefined));
  for (const name of ['A', 'B']) {
    const status = name === 'A' ? '2' : '4';
    const accepted = await forAll(unit => moved(unit, '2025-07-02', name, status));
    const all = Map.groupBy(await rig.syncsOf(accepted), sync => sync.event);
    const notes = await rig.notes();
    for (const [index, one] of accepted.entries()) {
      const unit = UNITS[index]?.code as string;
      const told = (all.get(one.eventId) ?? []).map(({ type, mode: how, state }) => [type, how, state]);
      const wanted = {
        stay: [['dossier.status-changed', 'trial', 'open']],
        close: [],
        carry: [
          ['dossier.submitted', 'official', 'open'],
          ['dossier.status-changed', 'official', 'open'],
        ],
      }[choiceOf(unit)];
      if (!t.same(told, wanted, `${unit} ${name} ${choiceOf(unit)}`)) return;
      if (choiceOf(unit) === 'close') t.match(notes.get(one.eventId), { closed: ['portal'] });
    }
  }
  t.same(rig.errors, []);
});

t.test('a dossier that is carried over is told whole, once to each system', async t => {
  const rig = await rollout(t);
  const unit = UNITS[2]?.code as string;
  await rig.say([mode(unit, 'trial', '2025-06-24'), mode(unit, 'official', '2025-07-01')]);
  rig.at('2025-06-25T09:00:00');
  await rig.accept(filed(unit, '2025-06-25', 'B'), moved(unit, '2025-06-26', 'B', '2'));
  rig.at('2025-07-02T10:00:00');
  const first = await rig.syncsOf(await rig.accept(moved(unit, '2025-07-02', 'B', '4')));
  const [filing] = first;
  t.match(filing?.payload.event, {
    type: 'dossier.submitted',
    data: {
      dossierCode: `H19.${unit}.B`,
      unitCode: unit,
      procedureCode: '1.001193',
      status: '2',
      statusList: 'national',
      applicant: { name: 'Người Mẫu' },
    },
  });
  t.match(first[1]?.payload.event, { type: 'dossier.status-changed', data: { status: '4' } }, 'then what happened');
  const again = await rig.syncsOf(await rig.accept(moved(unit, '2025-07-03', 'B', '9')));
  t.match(
    again.map(sync => [sync.type, sync.mode]),
    [['dossier.status-changed', 'official']],
    'from then on like any other',
  );
});

t.test('what is older than the rollout is never guessed: held where its code was another territory', async t => {
  const rig = await rollout(t);
  await rig.say(UNITS.flatMap(({ code }) => [mode(code, 'trial', '2025-06-24'), mode(code, 'official', '2025-07-01')]));
  rig.at('2025-07-02T08:00:00');
  const old = await rig.syncsOf(await rig.accept(...UNITS.map(({ code }) => filed(code, '2025-06-10', 'old'))));
  t.equal(old.length, 55);
  const same = new Set(UNITS.filter(unit => unit.unchanged === true).map(({ code }) => code));
  for (const sync of old) {
    const wanted = same.has(sync.unit) ? { state: 'open', mode: 'official' } : { state: 'parked', cause: 'unit-off' };
    t.match(sync, wanted, sync.unit);
  }
  const { rows } = await rig.database.people.query<{ detail: JsonObject }>('SELECT detail FROM problems LIMIT 1');
  t.match(rows[0]?.detail, { older: true, text: { vi: /khi đó là của địa bàn khác/ } });
});

t.test('a unit moves back to trial: new dossiers are tried, those begun officially go on officially', async t => {
  const rig = await rollout(t);
  const unit = UNITS[0]?.code as string;
  await rig.say([mode(unit, 'official', '2025-07-01'), mode(unit, 'trial', '2025-07-05')]);
  rig.at('2025-07-02T08:00:00');
  await rig.accept(filed(unit, '2025-07-02', 'real'));
  rig.at('2025-07-06T08:00:00');
  const going = await rig.syncsOf(await rig.accept(moved(unit, '2025-07-06', 'real', '2')));
  t.match(going, [{ mode: 'official', target: 'portal', state: 'open' }]);
  const fresh = await rig.syncsOf(await rig.accept(filed(unit, '2025-07-06', 'tried')));
  t.match(fresh, [{ mode: 'trial', target: 'commune', state: 'open' }]);
});
