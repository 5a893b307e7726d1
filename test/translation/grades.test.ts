/** How close each kind of entry is, from the facts, unless the entry says so itself; and that the trace carries it. */
import { test } from 'tap';
import { aliasGrade, codeGrade, successionGrade } from '../../src/translation/grades.ts';
import { compileProcedures } from '../../src/translation/procedures.ts';
import { translateEvent } from '../../src/translation/translate.ts';
import { event, vocabulary } from './fixture.ts';

const { procedureAliases, formerUnits, codes, statuses } = vocabulary.content;

test('a code that replaced several is broader, one for one is equivalent', async t => {
  const gradeOf = aliasGrade(procedureAliases);
  const grades = Object.fromEntries(procedureAliases.map(alias => [alias.from, gradeOf(alias)]));
  t.equal(grades['1.012752'], 'broader');
  t.equal(grades['1.012760'], 'equivalent');
  t.equal(Object.values(grades).filter(grade => grade === 'broader').length, 7);
});

test('a unit that went whole is equivalent, a split one is related', async t => {
  const split = formerUnits.filter(unit => successionGrade(unit) !== 'equivalent');
  t.match(split, [{ successors: [{ part: 'partial' }, { part: 'partial' }] }]);
});

test('a code for several values and a status whose number says less are broader', async t => {
  for (const code of codes) t.equal(codeGrade(code), code.alsoFor === undefined ? 'equivalent' : 'broader');
  for (const status of statuses) t.equal(status.grade, status.lost === undefined ? 'equivalent' : 'broader');
});

test('what an entry says of itself counts', async t => {
  const said = procedureAliases.map(alias => ({ ...alias, grade: 'narrower' as const }));
  const answer = compileProcedures(vocabulary.content.procedures, said).resolve('1.012752', '2025-07-01');
  t.match(answer, { ok: true, entry: { grade: 'narrower' } });
});

test('the trace shows the grade of the entry that changed a value', async t => {
  const given = event('dossier.submitted', { procedureCode: '1.012752.H19', procedureName: 'x' });
  const portal = { role: 'portal', statusList: 'national' } as const;
  t.match(translateEvent(given, portal, 'national', vocabulary).trace, [
    { pointer: '/data/procedureCode', entry: 'procedure-alias:1.012752', grade: 'broader' },
  ]);
});

test('an old code that only its alias knows says what it was read by', async t => {
  const answer = vocabulary.resolveProcedure('1.012752.H19', '2025-06-30');
  t.match(answer, { ok: true, code: '1.012752', changed: true, entry: { id: 'procedure-alias:1.012752' } });
});
