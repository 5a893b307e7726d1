/** Procedures: national codes, local forms, replaced codes, and what is offered when a code is unknown. */
import fc from 'fast-check';
import { test } from 'tap';
import { nationalProcedureCode } from '../../src/translation/procedures.ts';
import { vocabulary } from './fixture.ts';

const BEFORE = '2025-06-30T12:00:00+07:00';
const AFTER = '2025-07-01T00:00:00+07:00';
const LATER = '2026-12-01T00:00:00+07:00';
const { procedures, procedureAliases } = vocabulary.content;

test('every procedure of the catalogue resolves to itself, and its local forms to it', async t => {
  const replaced = new Set(procedureAliases.map(alias => alias.from));
  for (const { code } of procedures) {
    if (replaced.has(code)) continue;
    t.same(vocabulary.resolveProcedure(code, LATER), { ok: true, code, changed: false });
    for (const suffix of ['.000.00.00.H19', '.H19', '.01', '.01.H19']) {
      const answer = vocabulary.resolveProcedure(`${code}${suffix}`, LATER);
      t.match(answer, { ok: true, code, changed: true, entry: { id: `procedure:${code}` } }, `${code}${suffix}`);
    }
  }
});

test('a replaced code leads on from its day, and before it is itself', async t => {
  t.same(vocabulary.resolveProcedure('1.012752', BEFORE), { ok: true, code: '1.012752', changed: false });
  for (const old of ['1.012752', '1.012755', '1.012757', '1.012758', '1.012759', '1.012761', '1.012792']) {
    const answer = vocabulary.resolveProcedure(old, AFTER);
    t.match(answer, { ok: true, code: '1.013823', changed: true, entry: { id: `procedure-alias:${old}` } });
  }
  t.match(vocabulary.resolveProcedure('1.012760.000.00.00.H19', AFTER), { ok: true, code: '1.013825', changed: true });
  t.match(vocabulary.resolveProcedure('1.012796', '2026-08-03T23:59:59+07:00'), { ok: true, code: '1.012796' });
  t.match(vocabulary.resolveProcedure('1.012796', '2026-08-04T00:00:00+07:00'), { ok: true, code: '1.115446' });
});

test('a new code without a record carries the record of the code it replaced', async t => {
  const old = vocabulary.procedure('1.012796');
  t.match(vocabulary.procedure('1.115446'), { code: '1.115446', name: old?.name, field: old?.field });
  t.match(vocabulary.resolveProcedure('1.115446', LATER), { ok: true, code: '1.115446', changed: false });
});

test('an unknown code is never matched by likeness; at most five likely ones are offered', async t => {
  const slip = vocabulary.resolveProcedure('1.0011933', LATER);
  t.match(slip, { ok: false, cause: 'unknown-procedure', candidates: [{ code: '1.001193' }] });
  const named = vocabulary.resolveProcedure('9.999999', LATER, 'Thủ tục đăng ký khai sinh');
  t.ok(!named.ok && named.candidates[0]?.code === '1.001193' && named.candidates.length <= 5);
  t.same(vocabulary.resolveProcedure('hoàn toàn khác hẳn một mã thủ tục', LATER), {
    ok: false,
    cause: 'unknown-procedure',
    candidates: [],
  });
});

test('names are compared whatever their Unicode form', async t => {
  const asked = (name: string) => vocabulary.resolveProcedure('-', LATER, name);
  const composed = asked('Đăng ký khai sinh'.normalize('NFC'));
  t.match(composed, { ok: false, candidates: [{ code: '1.001193' }] });
  t.same(asked('Đăng ký khai sinh'.normalize('NFD')), composed);
});

test('only well-formed local forms are read', async t => {
  for (const wrong of [
    '1.001612.',
    '1.001612.H',
    '1.001612.000.00.H19',
    'x1.001612',
    '1.0016120',
    '1.001612.000.00.00',
  ]) {
    t.equal(nationalProcedureCode(wrong), undefined, wrong);
  }
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.string(), text => {
        const code = nationalProcedureCode(text);
        return code === undefined || text.startsWith(code);
      }),
    ),
  );
});

test('the province handles what the province decides, the commune everything else', async t => {
  t.equal(procedures.filter(each => vocabulary.handlerOf(each.code) === 'portal').length, 36);
  t.equal(vocabulary.handlerOf('1.013823'), 'portal');
  t.equal(vocabulary.handlerOf('1.001193'), 'commune');
  t.equal(vocabulary.handlerOf('9.999999'), 'commune');
});

test('a procedure has its official and its plain name, and level and field', async t => {
  t.match(vocabulary.procedure('1.001193'), {
    name: 'Đăng ký khai sinh',
    plainTitle: 'Làm giấy khai sinh cho con',
    field: 'Hộ tịch',
    level: 'xã',
  });
  t.equal(vocabulary.procedure('9.999999'), undefined);
});
