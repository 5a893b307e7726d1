/** Identity of a unit is code and period: all 95 new units carry the code of a predecessor. */
import { test } from 'tap';
import { localDay } from '../../src/translation/local-day.ts';
import { compileUnits } from '../../src/translation/units.ts';
import { vocabulary } from './fixture.ts';

const { units, formerUnits } = vocabulary.content;
const communes = units.filter(unit => unit.type !== 'tỉnh');
const formerCommunes = formerUnits.filter(unit => unit.type !== 'tỉnh');
const LAST_OLD_DAY = '2025-06-30T23:59:59+07:00';
const FIRST_NEW_DAY = '2025-07-01T00:00:00+07:00';
const LATER = '2026-05-01T08:00:00+07:00';

test('there are 95 units and 270 former ones, and every unit carries a former code', async t => {
  t.equal(communes.length, 95);
  t.equal(formerCommunes.length, 270);
  const old = new Set(formerCommunes.map(unit => unit.code));
  t.same(
    communes.filter(unit => !old.has(unit.code)),
    [],
  );
});

test('every former unit is itself until its last day', async t => {
  for (const unit of formerCommunes) {
    const answer = vocabulary.resolveUnit(unit.code, LAST_OLD_DAY);
    t.match(answer, { ok: true, code: unit.code, changed: false }, unit.code);
    t.ok(answer.ok && answer.name.endsWith(unit.name), `${unit.code} still has its old name`);
  }
});

test('every former code leads to a unit in force, reused codes are the new unit, the split one is ambiguous', async t => {
  const now = new Set(communes.map(unit => unit.code));
  for (const at of [FIRST_NEW_DAY, LATER]) {
    for (const unit of formerCommunes) {
      const answer = vocabulary.resolveUnit(unit.code, at);
      if (now.has(unit.code)) {
        t.match(answer, { ok: true, code: unit.code, changed: false }, `${unit.code} is the new unit at ${at}`);
      } else if (unit.successors.length > 1) {
        t.match(answer, { ok: false, cause: 'ambiguous-unit' }, `${unit.code} was split`);
      } else {
        const [successor] = unit.successors;
        t.match(answer, { ok: true, code: successor?.code, changed: true }, `${unit.code} leads on at ${at}`);
        t.match(answer, { entry: { id: `former-unit:${unit.code}`, certainty: 'high' } });
      }
    }
  }
});

test('xã Xuân Tâm was split: both successors are offered', async t => {
  t.same(vocabulary.resolveUnit('26449', FIRST_NEW_DAY), {
    ok: false,
    cause: 'ambiguous-unit',
    candidates: [
      { code: '26359', name: 'Xã Xuân Đông' },
      { code: '26446', name: 'Xã Xuân Hòa' },
    ],
    entry: {
      id: 'former-unit:26449',
      grade: 'related',
      source: formerUnits.find(unit => unit.code === '26449')?.source.join('; '),
      certainty: 'high',
    },
  });
});

test('the same five digits are another unit on another day', async t => {
  // 25195: phường Tân Phú (thành phố Đồng Xoài) until 2025-06-30, phường Bình Phước from 2025-07-01.
  t.match(vocabulary.resolveUnit('25195', LAST_OLD_DAY), { code: '25195', name: 'Phường Tân Phú' });
  t.match(vocabulary.resolveUnit('25195', FIRST_NEW_DAY), { code: '25195', name: 'Phường Bình Phước', changed: false });
  // 25996: phường Tân Phong went into Tân Triều.
  t.match(vocabulary.resolveUnit('25996', FIRST_NEW_DAY), { code: '26188', name: 'Phường Tân Triều', changed: true });
});

test('ten xã became phường on 2026-04-30 and kept their codes', async t => {
  t.match(vocabulary.resolveUnit('26248', '2026-04-29T23:00:00+07:00'), { name: 'Xã Trảng Bom' });
  t.match(vocabulary.resolveUnit('26248', '2026-04-30T00:00:00+07:00'), { name: 'Phường Trảng Bom', changed: false });
  t.equal(communes.filter(unit => unit.changes !== undefined).length, 10);
  t.equal(vocabulary.unitName('26248'), 'Phường Trảng Bom');
  t.equal(vocabulary.unitName('26248', FIRST_NEW_DAY), 'Xã Trảng Bom');
});

test('the province is a unit too, and Bình Phước leads to it', async t => {
  t.match(vocabulary.resolveUnit('75', LAST_OLD_DAY), { ok: true, code: '75', name: 'Tỉnh Đồng Nai' });
  t.match(vocabulary.resolveUnit('75', LATER), { ok: true, code: '75', name: 'Thành phố Đồng Nai', changed: false });
  t.match(vocabulary.resolveUnit('70', FIRST_NEW_DAY), { ok: true, code: '75', changed: true });
});

test('what is no unit is unknown, never guessed', async t => {
  for (const code of ['', '99999', 'H19.34', '2604', '731', '26041 ']) {
    t.same(vocabulary.resolveUnit(code, LATER), { ok: false, cause: 'unknown-unit' }, JSON.stringify(code));
  }
  t.equal(vocabulary.unitName('99999'), undefined);
});

test('days are counted in UTC+7', async t => {
  t.equal(localDay('2025-06-30T16:59:59Z'), '2025-06-30');
  t.equal(localDay('2025-06-30T17:00:00Z'), '2025-07-01');
  t.equal(localDay('2025-06-30T19:00:00+09:00'), '2025-06-30');
  t.equal(localDay('2025-07-01'), '2025-07-01');
  t.match(vocabulary.resolveUnit('25996', '2025-06-30T16:59:59Z'), { code: '25996' });
  t.match(vocabulary.resolveUnit('25996', '2025-06-30T17:00:00Z'), { code: '26188' });
  t.throws(() => localDay('hôm nay'), RangeError);
});

test('a succession is followed over a second reform', async t => {
  const sourced = { source: ['test'], certainty: 'high' } as const;
  const former = (code: string, validTo: string, ...successors: string[]) => ({
    code,
    name: code,
    type: 'xã',
    validTo,
    successors: successors.map(each => ({ code: each, part: 'whole' as const })),
    source: ['test'],
    certainty: 'high' as const,
  });
  const twice = compileUnits(
    [
      {
        code: '00001',
        name: 'Một',
        type: 'xã',
        validFrom: '2025-07-01',
        validTo: '2029-12-31',
        ...sourced,
        source: ['t'],
      },
      { code: '00002', name: 'Hai', type: 'phường', validFrom: '2030-01-01', ...sourced, source: ['t'] },
    ],
    [
      former('00001', '2025-06-30', '00001'),
      former('00001', '2029-12-31', '00002'),
      former('00009', '2025-06-30', '00001'),
    ],
  );
  t.match(twice.resolve('00009', '2026-01-01'), { code: '00001', changed: true });
  t.match(twice.resolve('00009', '2030-01-01'), { code: '00002', changed: true });
  t.match(twice.resolve('00001', '2025-01-01'), { code: '00001', name: 'Xã 00001' });
  t.match(twice.resolve('00001', '2030-01-01'), { code: '00002', name: 'Phường Hai', changed: true });
});
