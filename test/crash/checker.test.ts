/**
 * The checker bites: it finds nothing in histories that a good run could have left, and in a history with exactly one corruption it
 * names that one, for every invariant it knows.
 */
import fc from 'fast-check';
import { test } from 'tap';
import { check, told } from './harness/check.ts';
import { spoilt } from './harness/corruption.ts';
import { OF_BOUNDS } from './harness/corruptions-bounds.ts';
import { OF_EFFECTS } from './harness/corruptions-effects.ts';
import { OF_INTAKE } from './harness/corruptions-intake.ts';
import { OF_LEDGER } from './harness/corruptions-ledger.ts';
import { goodHistory } from './harness/good-history.ts';
import { chanceOf } from './harness/random.ts';

const CORRUPTIONS = [...OF_INTAKE, ...OF_EFFECTS, ...OF_LEDGER, ...OF_BOUNDS];
/** Of each corruption; by hand with more: CHECKER_RUNS=200 makes 10,000 histories. */
const RUNS = Number(process.env.CHECKER_RUNS ?? 40);
const seeds = fc.integer({ min: 1, max: 2 ** 31 - 1 });

test('a good history is left alone', async t => {
  fc.assert(
    fc.property(seeds, seed => {
      const found = check(goodHistory(chanceOf(seed)));
      if (found.length > 0) throw new Error(told(found).join('\n'));
    }),
    { numRuns: RUNS * 5 },
  );
  t.pass('nothing was found');
});

test('one corruption is named', async t => {
  for (const corruption of CORRUPTIONS) {
    let spoiltOnes = 0;
    fc.assert(
      fc.property(seeds, seed => {
        const chance = chanceOf(seed);
        const history = spoilt(goodHistory(chance), corruption, chance);
        if (history === undefined) return;
        spoiltOnes += 1;
        const found = check(history).map(({ invariant, what }) => `${invariant} ${what}`);
        if (!found.includes(corruption.finds))
          throw new Error(`${corruption.name}: found only ${found.join('; ') || 'nothing'}`);
      }),
      { numRuns: RUNS },
    );
    t.ok(spoiltOnes >= 5, `${corruption.name} (${spoiltOnes} histories)`);
  }
});

test('every invariant that the checker knows has a doctored history', async t => {
  const invariants = new Set(CORRUPTIONS.map(({ finds }) => finds.split(' ')[0]));
  t.same([...invariants].sort(), [
    'I1',
    'I10',
    'I11',
    'I12',
    'I13',
    'I14',
    'I2',
    'I3',
    'I4',
    'I5',
    'I6',
    'I7',
    'I8',
    'I9',
  ]);
});
