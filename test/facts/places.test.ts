/** Which successor of a split unit an address belongs to: hamlets and streets as people write them, whole words, no guess. */
import fc from 'fast-check';
import t from 'tap';
import { placesIn } from '../../src/facts/addresses.ts';
import type { Fact, PlaceRule } from '../../src/facts/fact.ts';
import { hamletIn, placeOf, placeRuleFaults } from '../../src/facts/places.ts';
import { vocabulary } from '../translation/fixture.ts';
import { asNew, at, fact, known } from './support.ts';

const XUAN_TAM = '26449';
const DONG = '26359';
const HOA = '26446';
const rule = (by: PlaceRule['by'], names: string[], to: string, from = '2025-07-01', until: string | null = null) =>
  fact('place-rule', null, { old: XUAN_TAM, by, names, to }, from, until, XUAN_TAM) as Fact<'place-rule'>;
const asked = (address: string) => ({
  old: XUAN_TAM,
  address,
  unitNames: ['Xuân Tâm'],
  at: at('2026-03-01'),
  now: at('2026-11-24'),
});
const answer = (address: string, ...rules: Fact<'place-rule'>[]): string | undefined => {
  const verdict = placeOf(asked(address), known(...rules));
  return verdict === undefined ? undefined : 'to' in verdict ? verdict.to : 'contradiction';
};

t.test('hamlets and streets are read as people write them', async t => {
  const rows: [string, string[], string[]][] = [
    ['Tổ 5, ấp Tân Hữu, xã Xuân Tâm, huyện Xuân Lộc, Đồng Nai', ['Tân Hữu'], []],
    ['tổ 5 ấp Tân Hữu xã Xuân Tâm', ['Tân Hữu'], []],
    ['Ấp 3 Xuân Tâm', ['3'], []],
    ['KP.3, P. Xuân Hòa', ['3'], []],
    ['kp3', ['3'], []],
    ['khu phố 03, thị trấn Gia Ray', ['03'], []],
    ['12 Hùng Vương, khu phố 2', ['2'], ['Hùng Vương']],
    ['Số 12/3 đường Hùng Vương, thôn Đoài', ['Đoài'], ['Hùng Vương']],
    ['số nhà 7 tổ 5 ấp Tam Hiệp', ['Tam Hiệp'], []],
    ['đường Ấp Chợ, xã Xuân Tâm', [], ['Ấp Chợ']],
    ['đường liên ấp 1-2, xã Xuân Tâm', [], ['liên ấp 1-2']],
    ['đường 3 ấp 4', ['4'], ['3']],
    ['Quốc lộ 1, ấp Suối Cát', ['Suối Cát'], ['1']],
    ['đường quốc lộ 1', [], ['1']],
    ['thành phố Biên Hòa, tỉnh Đồng Nai', [], []],
    ['xã Xuân Tâm', [], []],
    ['', [], []],
  ];
  for (const [address, hamlets, streets] of rows) {
    const names = (by: string) =>
      placesIn(address, ['Xuân Tâm'])
        .filter(place => place.by === by)
        .map(place => place.name);
    t.same(names('hamlet'), hamlets, `hamlets of: ${address}`);
    t.same(names('street'), streets, `streets of: ${address}`);
  }
});

t.test('a rule answers for its place, and for no other', async t => {
  const rules = [rule('hamlet', ['Ấp Tân Hữu', '3'], DONG), rule('street', ['Hùng Vương'], HOA)];
  t.equal(answer('ấp Tân Hữu, xã Xuân Tâm', ...rules), DONG);
  t.equal(answer('ẤP TÂN HỮU', ...rules), DONG, 'case');
  t.equal(answer('ấp Tân Hữu'.normalize('NFD'), ...rules), DONG, 'Unicode form');
  t.equal(answer('thôn 3, Xuân Tâm', ...rules), DONG);
  t.equal(answer('số 3 đường Lê Lợi', ...rules), undefined, 'a house number is no hamlet');
  t.equal(answer('ấp Tân Hữu Đông', ...rules), undefined, 'a longer name is another place');
  t.equal(answer('ấp Tân', ...rules), undefined);
  t.equal(answer('ấp 33', ...rules), undefined);
  t.equal(answer('đường Tân Hữu', ...rules), undefined, 'a street is no hamlet');
  t.equal(answer('12 Hùng Vương', ...rules), HOA);
  t.equal(answer('ấp Hùng Vương', ...rules), undefined);
  t.equal(answer('ấp Thọ Hoà', rule('hamlet', ['Thọ Hòa'], DONG)), DONG, 'place of the tone mark');
  t.equal(answer('QL1, ấp 9', rule('street', ['quốc lộ 1'], HOA)), HOA);
  t.equal(answer('đường 1', rule('street', ['quốc lộ 1'], HOA)), undefined);
  t.equal(answer('cạnh chợ Xuân Đà, xã Xuân Tâm', rule('list', ['chợ Xuân Đà'], HOA)), HOA, 'a list: words anywhere');
  t.equal(answer('cạnh chợ Xuân Đàm', rule('list', ['chợ Xuân Đà'], HOA)), undefined, 'whole words only');
});

t.test('rules that contradict each other answer nothing, and are named', async t => {
  const rules = [rule('hamlet', ['Tân Hữu'], DONG), rule('street', ['Hùng Vương'], HOA)];
  const verdict = placeOf(asked('12 đường Hùng Vương, ấp Tân Hữu'), known(...rules));
  t.same(
    verdict && 'contradiction' in verdict && verdict.contradiction.map(one => one.rule.id),
    rules.map(one => one.id),
  );
});

t.test('what held when it happened counts; a rule that came later speaks for the time before', async t => {
  const before = rule('hamlet', ['3'], DONG, '2025-07-01', '2026-06-01');
  const after = rule('hamlet', ['3'], HOA, '2026-06-01');
  t.equal(answer('ấp 3', before, after), DONG);
  t.equal(answer('ấp 3', after), HOA, 'entered after the event');
  t.equal(answer('ấp 3', rule('hamlet', ['3'], HOA, '2027-01-01')), undefined, 'not yet begun');
  t.equal(answer('ấp 3', rule('hamlet', ['3'], HOA, '2025-07-01', '2026-01-01')), undefined, 'ended before');
});

t.test('the one hamlet of an address is found, or none', async t => {
  t.equal(hamletIn('tổ 5, ấp Tân Hữu, Xuân Tâm'), 'Tân Hữu');
  t.equal(hamletIn('12 Hùng Vương'), undefined);
  t.equal(hamletIn('ấp 3, ấp 4'), undefined, 'two hamlets are no answer');
  t.equal(hamletIn('ấp 3, Ấp 03'), '3', 'twice the same is one');
});

t.test('a rule that cannot be is refused with the reason', async t => {
  const codes = (body: Partial<PlaceRule>, unit: string | null = null, ...others: Fact<'place-rule'>[]) =>
    placeRuleFaults(
      asNew(fact('place-rule', unit, { old: XUAN_TAM, by: 'hamlet', names: ['3'], to: DONG, ...body }, '2025-07-01')),
      { facts: known(...others), vocabulary },
    ).map(fault => `${fault.pointer} ${fault.code}`);
  t.same(codes({}), []);
  t.same(codes({ to: '26041' }), ['/to not-a-successor']);
  t.same(codes({ old: '26041' }), ['/old not-split']);
  t.same(codes({ old: '99999' }), ['/old not-split']);
  t.same(codes({ names: ['…'] }), ['/names/0 no-name']);
  t.same(codes({ by: 'list', names: ['chợ cũ', '12'] }), ['/names/1 no-name']);
  t.same(codes({}, DONG), ['/unit province-only']);
  t.same(codes({ names: ['ấp 03'] }, null, rule('hamlet', ['3'], HOA)), ['/names contradicts']);
  t.same(codes({}, null, rule('hamlet', ['3'], HOA, '2024-01-01', '2025-01-01')), [], 'that one has ended');
});

const SYLLABLE = fc.constantFrom('Tân', 'Hữu', 'Hoà', 'Thuỷ', 'Đông', 'Quý', 'Suối', 'Cát', 'Bảo', 'Mỹ');
const NAME = fc.array(SYLLABLE, { minLength: 1, maxLength: 4 }).map(words => words.join(' '));

t.test('property: spelling never matters, another name never fits, the order of the rules neither', async t => {
  fc.assert(
    fc.property(NAME, NAME, fc.constantFrom('ấp', 'thôn', 'KP', 'khu phố'), (name, other, kind) => {
      const address = `tổ 1, ${kind} ${name}, xã Xuân Tâm`;
      const ours = rule('hamlet', [name], DONG);
      const theirs = rule('hamlet', [other], HOA);
      const expected = name === other ? 'contradiction' : DONG;
      t.equal(answer(address, ours), DONG);
      t.equal(answer(address.normalize('NFD').toUpperCase(), ours), DONG);
      t.equal(answer(address, ours, theirs), expected);
      t.equal(answer(address, theirs, ours), expected);
    }),
    { numRuns: 60 },
  );
});

t.test('property: no address, however odd, throws or is found by a name that it does not hold', async t => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), address => {
      t.equal(answer(address, rule('hamlet', ['Vô Danh Xứ'], DONG), rule('list', ['Vô Danh Xứ'], HOA)), undefined);
    }),
    { numRuns: 100 },
  );
});
