/** Delegations: what is unsound is told before it is saved, and one ends with what it rests on. Tables and properties. */
import fc from 'fast-check';
import t from 'tap';
import { delegatedTo, delegationFaults } from '../../src/facts/delegations.ts';
import type { Delegation, Fact } from '../../src/facts/fact.ts';
import { endOf } from '../../src/facts/local-time.ts';
import { signingMark } from '../../src/facts/post-rights.ts';
import { vocabulary } from '../translation/fixture.ts';
import { asNew, at, fact, known } from './support.ts';

const UNIT = '26041';
/** From a first to a last day. */
const letter = (
  fromPost: string,
  toPost: string,
  from: string,
  to: string | null = null,
  more: Partial<Delegation> = {},
): Fact<'delegation'> => ({
  ...fact(
    'delegation',
    UNIT,
    { kind: 'uy-quyen', fromPost, toPost, rights: ['sign'], document: { number: `${from}/UQ`, date: from }, ...more },
    from,
  ),
  to: to === null ? null : (endOf(to) ?? null),
});
const faultsOf = (given: Fact<'delegation'>, ...others: Fact<'delegation'>[]): string[] =>
  delegationFaults(asNew(given), known(...others), vocabulary).map(({ code, refuses }) =>
    refuses ? code : `(${code})`,
  );
const holder = (post: string, day: string, ...all: Fact<'delegation'>[]) =>
  delegatedTo(post, { unit: UNIT, right: 'sign', at: at(day) }, known(...all));

t.test('what speaks against a delegation', async t => {
  const a = letter('chu-tich', 'pho-chu-tich', '2026-01-01', '2026-06-30');
  const handsOn = letter('chu-tich', 'pho-chu-tich', '2026-01-01', '2026-06-30', { mayDelegate: true });
  const cases: [string, string[], Fact<'delegation'>, ...Fact<'delegation'>[]][] = [
    ['nothing', [], letter('chu-tich', 'pho-chu-tich', '2026-01-01')],
    ['to oneself', ['to-oneself'], letter('chu-tich', 'chu-tich', '2026-01-01')],
    ['it ends before it begins', ['backwards-period'], letter('chu-tich', 'van-thu', '2026-02-01', '2026-01-01')],
    ['the same twice', ['overlap'], letter('chu-tich', 'pho-chu-tich', '2026-06-30', '2026-07-01'), a],
    ['to two at once', ['(overlap)'], letter('chu-tich', 'truong-phong', '2026-03-01', '2026-04-01'), a],
    ['the day after', [], letter('chu-tich', 'pho-chu-tich', '2026-07-01'), a],
    ['with a gap', ['(gap)'], letter('chu-tich', 'pho-chu-tich', '2026-07-02'), a],
    [
      'a gap that another fills',
      [],
      letter('chu-tich', 'pho-chu-tich', '2026-08-01'),
      a,
      letter('chu-tich', 'pho-chu-tich', '2026-07-01', '2026-07-31'),
    ],
    ['another matter', [], letter('chu-tich', 'pho-chu-tich', '2026-03-01', null, { rights: ['opinion'] }), a],
    [
      'other fields',
      [],
      letter('chu-tich', 'pho-chu-tich', '2026-03-01', null, { fields: ['Hộ tịch'] }),
      letter('chu-tich', 'pho-chu-tich', '2026-01-01', null, { fields: ['Đất đai'] }),
    ],
    ['handed on without leave', ['chain'], letter('pho-chu-tich', 'truong-phong', '2026-02-01', '2026-03-01'), a],
    ['handed on with leave', [], letter('pho-chu-tich', 'truong-phong', '2026-02-01', '2026-03-01'), handsOn],
    ['handed on for longer than given', ['chain'], letter('pho-chu-tich', 'truong-phong', '2026-02-01'), handsOn],
    ['handed back', ['to-oneself'], letter('pho-chu-tich', 'chu-tich', '2026-02-01', '2026-03-01'), handsOn],
    ['handed on when it had ended', [], letter('pho-chu-tich', 'truong-phong', '2026-08-01'), a],
  ];
  for (const [name, expected, given, ...others] of cases) t.same(faultsOf(given, ...others), expected, name);
});

t.test('a circle over three posts is found', async t => {
  const one = letter('chu-tich', 'pho-chu-tich', '2026-01-01', null, { mayDelegate: true });
  const two = letter('pho-chu-tich', 'truong-phong', '2026-01-01', null, { mayDelegate: true });
  t.same(faultsOf(letter('truong-phong', 'chu-tich', '2026-02-01'), one, two), ['to-oneself']);
});

t.test('a delegation ends by itself, and with the one that it rests on', async t => {
  const first = letter('chu-tich', 'pho-chu-tich', '2026-01-01', '2026-03-31', { mayDelegate: true });
  const second = letter('pho-chu-tich', 'truong-phong', '2026-01-01', '2026-12-31');
  const days: [string, string | undefined, string | undefined][] = [
    ['2025-12-31', undefined, undefined],
    ['2026-01-01', first.id, second.id],
    ['2026-03-31', first.id, second.id],
    ['2026-04-01', undefined, undefined],
  ];
  for (const [day, deputy, head] of days) {
    t.equal(holder('pho-chu-tich', day, first, second)?.id, deputy, `${day}: the deputy`);
    t.equal(holder('truong-phong', day, first, second)?.id, head, `${day}: the head of department`);
  }
});

t.test('a delegation holds exactly on its days, whatever else there is', async () => {
  const day = fc.integer({ min: 0, max: 400 });
  const text = (n: number): string => new Date(Date.UTC(2026, 0, 1) + n * 86_400_000).toISOString().slice(0, 10);
  fc.assert(
    fc.property(fc.array(fc.tuple(day, day), { maxLength: 5 }), day, (periods, asked) => {
      const all = periods.map(([a, b]) => letter('chu-tich', 'van-thu', text(Math.min(a, b)), text(Math.max(a, b))));
      const covered = all.some(one => one.from <= at(text(asked)) && at(text(asked)) < (one.to ?? Infinity));
      return (holder('van-thu', text(asked), ...all) !== undefined) === covered;
    }),
  );
});

t.test('two that overlap are told whichever comes first', async () => {
  const day = fc.integer({ min: 1, max: 28 });
  const text = (n: number): string => `2026-02-${String(n).padStart(2, '0')}`;
  fc.assert(
    fc.property(day, day, day, day, (a, b, c, d) => {
      const one = letter('chu-tich', 'van-thu', text(Math.min(a, b)), text(Math.max(a, b)));
      const two = letter('chu-tich', 'van-thu', text(Math.min(c, d)), text(Math.max(c, d)));
      return faultsOf(one, two).includes('overlap') === faultsOf(two, one).includes('overlap');
    }),
  );
});

t.test('who signs how: by the paper, by the kind of delegation, by the post', async t => {
  const mark = (post: string, kind?: Delegation['kind'], signAs?: 'TL') =>
    signingMark(
      post,
      { signAs, delegation: kind === undefined ? undefined : letter('a', post, '2026-01-01', null, { kind }).body },
      vocabulary,
    );
  t.equal(mark('chu-tich'), 'TM');
  t.equal(mark('pho-chu-tich'), 'KT');
  t.equal(mark('pho-chu-tich', 'phan-cong'), 'KT');
  t.equal(mark('truong-phong', 'uy-quyen'), 'TUQ');
  t.equal(mark('truong-phong', 'thua-lenh'), 'TL');
  t.equal(mark('truong-phong', 'uy-quyen', 'TL'), 'TL', 'the paper says so');
  t.equal(mark('giam-doc-ttpvhcc'), undefined, 'it may sign in two ways');
});
