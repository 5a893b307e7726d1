/** A unit's part in the exchange over time, and as of when its events are read. */
import t from 'tap';
import { readAsOf } from '../../src/facts/as-of.ts';
import type { Mode } from '../../src/facts/fact.ts';
import { NO_FACTS } from '../../src/facts/known-facts.ts';
import { modeAt } from '../../src/facts/modes.ts';
import { at, fact, known } from './support.ts';

const UNIT = '26041';
const said = (mode: Mode, from: string, more: { systems?: string[]; fields?: string[] } = {}) =>
  fact('unit-mode', UNIT, { mode, openDossiers: 'stay', ...more }, from);
const rollout = known(said('off', '2025-06-01'), said('trial', '2025-06-24'), said('official', '2025-07-01'));

t.test('off, trial, official, each from its minute', async t => {
  const cases: [string, Mode][] = [
    ['2025-05-31T23:59:59', 'off'],
    ['2025-06-20T08:00:00', 'off'],
    ['2025-06-23T23:59:59', 'off'],
    ['2025-06-24T00:00:00', 'trial'],
    ['2025-06-30T23:59:59', 'trial'],
    ['2025-07-01T00:00:00', 'official'],
    ['2026-11-24T08:00:00', 'official'],
  ];
  for (const [time, mode] of cases) t.equal(modeAt(rollout, { unit: UNIT }, at(time)).mode, mode, time);
  t.equal(modeAt(rollout, { unit: UNIT }, at('2025-06-25')).changesAt, at('2025-07-01'), 'and when it changes next');
  t.equal(modeAt(NO_FACTS, { unit: UNIT }, 0).mode, 'official', 'nothing said: nothing held back');
  t.equal(modeAt(rollout, { unit: null }, 0).mode, 'official', 'the province always takes part');
  t.equal(modeAt(rollout, { unit: '26248' }, at('2025-06-20')).mode, 'official', 'another unit is not concerned');
});

t.test('what is said for a system or a field counts before what is said for all', async t => {
  const facts = known(
    said('official', '2025-07-01'),
    said('trial', '2025-07-01', { systems: ['documents'] }),
    said('off', '2025-07-01', { systems: ['documents'], fields: ['Đất đai'] }),
  );
  const mode = (system: string, field: string): Mode =>
    modeAt(facts, { unit: UNIT, system, field }, at('2025-08-01')).mode;
  t.equal(mode('portal', 'Đất đai'), 'official');
  t.equal(mode('documents', 'Hộ tịch'), 'trial');
  t.equal(mode('documents', 'Đất đai'), 'off');
});

t.test('a trial is read as of the official date, everything else as of its own time', async t => {
  const event = (time: string, unitCode = UNIT) => ({
    specversion: '1.0' as const,
    id: 'e',
    source: 'portal',
    type: 'dossier.submitted',
    time,
    data: { unitCode },
  });
  t.equal(readAsOf(event('2025-06-25T08:00:00+07:00'), rollout), '2025-06-30T17:00:00.000Z');
  t.equal(readAsOf(event('2025-06-20T08:00:00+07:00'), rollout), '2025-06-30T17:00:00.000Z', 'so is what waits for it');
  t.equal(readAsOf(event('2025-07-01T00:00:00+07:00'), rollout), undefined);
  t.equal(readAsOf(event('2025-06-25T08:00:00+07:00', '26248'), rollout), undefined);
});
