/**
 * Every fact that a sync can be parked for, and that the vocabulary can bring: once it is in force the sync goes on by itself.
 * Facts count as of the day of the event: one that begins later frees nothing older.
 */
import { type Test, test } from 'tap';
import { type Freeing, startFreeing } from '../../src/delivery/freeing.ts';
import type { GatewayEvent } from '../../src/domain/words.ts';
import { parkedSyncs } from '../../src/ledger/read-payloads.ts';
import { MAPPING_CAUSES } from '../../src/ledger/term-desk.ts';
import type { VocabularyContent } from '../../src/translation/content.ts';
import { vocabularyOf } from '../../src/translation/release.ts';
import type { Vocabulary } from '../../src/translation/vocabulary.ts';
import { eventually } from '../support/eventually.ts';
import { ledgerRig, type Rig, submitted, updated } from '../support/ledger-rig.ts';
import { NO_DESK } from '../support/no-desk.ts';
import { anotherProcess } from '../support/processes.ts';
import { vocabulary } from '../translation/fixture.ts';

const { content } = vocabulary;
const DAY_MS = 86_400_000;
/** The day of an instant in UTC+7. */
const dayOf = (at: Date): string => new Date(at.getTime() + 7 * 3_600_000).toISOString().slice(0, 10);
const sample = content.procedureAliases[0] as VocabularyContent['procedureAliases'][number];

const withAlias = (validFrom: string): Vocabulary =>
  vocabularyOf({
    ...content,
    procedureAliases: [...content.procedureAliases, { ...sample, from: '9.999901', to: '1.001193', validFrom }],
  });

const withUnit = (validFrom: string): Vocabulary =>
  vocabularyOf({
    ...content,
    unitAliases: [...(content.unitAliases ?? []), { ...sample, from: '99901', to: '26041', validFrom }],
  });

/** Frees what `full` lets through, until the test ends. */
async function inForce(t: Test, rig: Rig, full: Vocabulary): Promise<Freeing> {
  const now = { vocabulary: full, release: await rig.releases.remember(full) };
  const freeing = startFreeing({
    database: rig.database,
    targets: rig.targets,
    desk: () => ({ ...NO_DESK, vocabulary }),
    statusListOf: source => (source === 'commune' ? 'xa-3b' : 'national'),
    vocabulary: () => now,
    wake: () => {},
    onFault: (_, error) => t.fail(String(error)),
    onError: error => t.fail(String(error)),
    tickMs: 5,
  });
  t.teardown(() => freeing.stop());
  return freeing;
}
/** Resolves when everything parked was judged with the release of `full`. */
const judged = (rig: Rig, full: Vocabulary): Promise<unknown> =>
  eventually(async () => {
    const release = await rig.releases.remember(full);
    for await (const _ of parkedSyncs(rig.database, MAPPING_CAUSES, 10, release)) return false;
    return true;
  });

const facts: { cause: string; lacks: Vocabulary; full: Vocabulary; about: () => GatewayEvent[] }[] = [
  {
    cause: 'unknown-procedure',
    lacks: vocabularyOf({ ...content, procedures: content.procedures.filter(({ code }) => code !== '1.001193') }),
    full: vocabulary,
    about: () => [submitted('H-1')],
  },
  {
    cause: 'unknown-unit',
    lacks: vocabulary,
    full: withUnit('2025-07-01'),
    about: () => [submitted('H-1', { unitCode: '99901' })],
  },
  {
    cause: 'ambiguous-unit',
    lacks: vocabulary,
    full: vocabularyOf({
      ...content,
      formerUnits: content.formerUnits.map(unit =>
        unit.code === '26449' ? { ...unit, successors: unit.successors.slice(0, 1) } : unit,
      ),
    }),
    about: () => [submitted('H-1', { unitCode: '26449' })],
  },
  {
    cause: 'unmapped-status',
    lacks: vocabularyOf({ ...content, statuses: content.statuses.filter(({ code }) => code !== 'trinh-ky') }),
    full: vocabulary,
    about: () => [
      submitted('H-1'),
      {
        ...updated('H-1', { status: 'trinh-ky', statusList: 'xa-3b', unitCode: '26041' }),
        source: 'commune',
        type: 'dossier.status-changed',
      },
    ],
  },
];

for (const { cause, lacks, full, about } of facts) {
  test(`${cause}: goes on when the fact is in force`, async t => {
    const rig = await ledgerRig(t);
    const accepted = await anotherProcess(t, rig.url, lacks).accept(...about());
    const sync = accepted.at(-1)?.syncs[0]?.id as string;
    t.match(await rig.row(sync), { state: 'parked', cause });
    await inForce(t, rig, full);
    await eventually(async () => (await rig.row(sync)).state === 'open');
  });
}

test('a fact that begins on a date counts for events from that day on, and for none before', async t => {
  const rig = await ledgerRig(t);
  const event = submitted('H-1', { unitCode: '99901' });
  const day = new Date(event.time);
  const sync = (await rig.accept(event))[0]?.syncs[0]?.id as string;
  const later = withUnit(dayOf(new Date(day.getTime() + DAY_MS)));
  const freeing = await inForce(t, rig, later);
  await judged(rig, later);
  await freeing.stop();
  t.match(await rig.row(sync), { state: 'parked', cause: 'unknown-unit' });
  await inForce(t, rig, withUnit(dayOf(day)));
  await eventually(async () => (await rig.row(sync)).state === 'open');
});

test('more than one round takes are all freed', async t => {
  const rig = await ledgerRig(t);
  const other = anotherProcess(t, rig.url);
  for (let n = 0; n < 3; n++) {
    await other.accept(
      ...Array.from({ length: 70 }, (_, k) => submitted(`H-${n}-${k}`, { procedureCode: '9.999901' })),
    );
  }
  await inForce(t, rig, withAlias('2025-07-01'));
  await eventually(async () => {
    const { rows } = await rig.database.people.query("SELECT count(*)::int AS n FROM syncs WHERE state = 'parked'");
    return rows[0]?.n === 0;
  });
  const { rows } = await rig.database.people.query("SELECT count(*)::int AS n FROM syncs WHERE state = 'open'");
  t.same(rows, [{ n: 210 }]);
});
