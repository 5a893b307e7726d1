/** The facts in mappings/ themselves: what the law and the sources say, checked against figures known from elsewhere. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { MAPPINGS, vocabulary } from '../translation/fixture.ts';

const { units, formerUnits, procedures, facts } = vocabulary.content;

test('72 xã and 23 phường, 159 and 111 former units, 7 unchanged (Nghị quyết 1662/NQ-UBTVQH15)', async t => {
  t.equal(units.filter(unit => unit.type === 'xã').length, 72);
  t.equal(units.filter(unit => unit.type === 'phường').length, 23);
  const old = formerUnits.filter(unit => unit.type !== 'tỉnh');
  t.equal(old.filter(unit => unit.province === '75').length, 159);
  t.equal(old.filter(unit => unit.province === '70').length, 111);
  t.equal(units.filter(unit => unit.unchanged === true).length, 7);
  t.equal(old.filter(unit => unit.successors.length > 1).length, 1);
});

test('the procedures stand by field, 36 of the listed ones decided by the province', async t => {
  t.equal(new Set(procedures.map(procedure => procedure.field)).size, 28);
  t.equal(procedures.filter(procedure => procedure.levelAfter === 'tỉnh').length, 36);
  t.ok(procedures.every(procedure => /^[1-6]\.[0-9]{6}$/.test(procedure.code)));
  const limits = procedures.filter(procedure => procedure.timeLimit !== undefined);
  t.equal(limits.length, 166);
  t.ok(limits.every(procedure => (procedure.timeLimit?.source.length ?? 0) > 0));
  t.equal(procedures.filter(procedure => procedure.details !== undefined).length, 170);
  t.same(
    procedures.filter(procedure => procedure.plainTitle === undefined).map(procedure => procedure.code),
    [],
    'every one has a plain title',
  );
});

test('every entry says where it comes from and how sure that is', async t => {
  const all = [
    ...units,
    ...formerUnits,
    ...procedures,
    ...vocabulary.content.statuses,
    ...vocabulary.content.codes,
    ...facts,
  ];
  t.same(
    all.filter(entry => entry.source.length === 0 || entry.source.some(source => source.trim() === '')),
    [],
  );
});

test('every field has a desk in the commune', async t => {
  for (const field of new Set(procedures.map(procedure => procedure.field))) {
    t.type(vocabulary.encode('commune/quay', field), 'string', field);
  }
});

test('days off fall on no weekend without a reason, and swaps come in pairs', async t => {
  const days = vocabulary.facts('day');
  const weekday = (date: string): number => new Date(`${date}T00:00:00Z`).getUTCDay();
  for (const { id, data } of days) {
    if (data.day === 'work') t.equal(weekday(id), 6, `${id} is a Saturday that is worked`);
    if (data.reason === 'swap-off' || data.reason === 'makeup') t.ok(weekday(id) >= 1 && weekday(id) <= 5, id);
  }
  const count = (reason: string): number => days.filter(day => day.data.reason === reason).length;
  t.equal(count('swap-off'), count('swap-work'));
  t.ok(
    days.some(day => day.id === '2026-11-24'),
    'Ngày Văn hóa Việt Nam',
  );
});

test('files are NFC, carry their schema, and hold no tabs', async t => {
  const files = readdirSync(MAPPINGS, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.yaml'));
  t.ok(files.length > 60);
  for (const name of files) {
    const text = readFileSync(join(MAPPINGS, name), 'utf8');
    t.equal(text, text.normalize('NFC'), name);
    t.match(text, /^# yaml-language-server: \$schema=(?:\.\.\/)+schemas\/mappings\/[a-z-]+\.schema\.json\n/, name);
    t.notMatch(text, /\t/, name);
  }
});

test('every schema describes its fields in Vietnamese and closes its objects', async t => {
  const dir = join(import.meta.dirname, '../../schemas/mappings');
  const walk = (value: unknown, path: string): void => {
    if (value === null || typeof value !== 'object') return;
    if ('properties' in value && 'type' in value) t.match(value, { additionalProperties: false }, path);
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'properties' && inner !== null && typeof inner === 'object') {
        for (const [field, schema] of Object.entries(inner)) {
          t.match(JSON.stringify(schema), /^\{.*"(description|\$ref)":/, `${path}/${field} is described`);
        }
      }
      walk(inner, `${path}/${key}`);
    }
  };
  for (const name of readdirSync(dir)) walk(JSON.parse(readFileSync(join(dir, name), 'utf8')), name);
});
