/** mappings/authority: what its check refuses, and that the files say nothing that the catalogue's sources contradict. */
import { test } from 'tap';
import type { JsonObject } from '../../src/domain/words.ts';
import { authorityAt } from '../../src/facts/authority.ts';
import { writtenEntries } from '../../src/facts/authority-entries.ts';
import { NO_FACTS } from '../../src/facts/known-facts.ts';
import type { Assembled } from '../../src/translation/assemble.ts';
import { checkAuthority } from '../../src/translation/check-authority.ts';
import type { FactRecord } from '../../src/translation/content.ts';
import { Findings } from '../../src/translation/findings.ts';
import { vocabulary } from '../translation/fixture.ts';
import { at } from './support.ts';

/** What is said of these entries beside the real posts, bodies and procedures. */
function faultsOf(...entries: JsonObject[]): string[] {
  const facts = entries.map((data, index): FactRecord => {
    const certainty = (data.certainty ?? 'medium') as FactRecord['certainty'];
    return { kind: 'authority', id: `e${index}`, data, certainty, source: ['nguồn'] };
  });
  const content = {
    ...vocabulary.content,
    facts: [...vocabulary.content.facts.filter(fact => fact.kind !== 'authority'), ...facts],
  };
  const assembled: Assembled = { content, faults: [], warnings: [], placeOf: () => ({ file: 'a.yaml', line: 1 }) };
  const findings = new Findings(assembled);
  checkAuthority(content, findings);
  return findings.faults.map(fault => fault.text);
}
const sound = { act: 'decide', level: 'commune', procedures: ['1.013225'], by: 'chu-tich', basis: 'Luật' };

test('what leads nowhere, runs backwards or says two things at once is refused', async t => {
  t.same(faultsOf(sound), []);
  const cases: [string, JsonObject[], RegExp][] = [
    ['neither procedures nor field', [{ act: 'decide', level: 'commune' }], /đúng một trong/],
    ['both', [{ ...sound, field: 'Hộ tịch' }], /đúng một trong/],
    ['unknown procedure', [{ ...sound, procedures: ['9.999999'] }], /9\.999999/],
    ['unknown field', [{ act: 'decide', level: 'commune', field: 'Không có' }], /Không có/],
    ['unknown body', [{ ...sound, by: 'so-khong-co' }], /so-khong-co/],
    ['unknown post', [{ ...sound, mayDelegateTo: ['vua'] }], /vua/],
    ['backwards', [{ ...sound, validFrom: '2026-01-01', validTo: '2025-01-01' }], /validTo/],
    ['a district today', [{ ...sound, level: 'district' }], /cấp huyện/],
    ['confirmed by nobody', [{ ...sound, certainty: 'confirmed' }], /confirmedBy/],
    ['confirmed and not sure', [{ ...sound, confirmedBy: 'Nguyễn Văn Mẫu' }], /confirmedBy/],
    ['the same twice', [sound, sound], /trùng thời gian/],
    [
      'one day in common',
      [
        { ...sound, validTo: '2026-01-01' },
        { ...sound, validFrom: '2026-01-01' },
      ],
      /trùng/,
    ],
  ];
  for (const [name, entries, fault] of cases) t.match(faultsOf(...entries).join('\n'), fault, name);
  t.same(faultsOf({ ...sound, validTo: '2025-12-31' }, { ...sound, validFrom: '2026-01-01' }), [], 'they only touch');
  t.same(faultsOf(sound, { ...sound, level: 'province' }), [], 'both levels may do it');
  t.same(faultsOf({ ...sound, by: 'UBND cấp xã' }), [], 'a body in words');
});

test('the 36 of the province are decided there, 1.011441 also by the commune, all received at the commune', async t => {
  const when = at('2025-08-01');
  const levels = (procedure: string, act: 'receive' | 'decide') =>
    authorityAt({ procedure, act, at: when, unit: null }, NO_FACTS, vocabulary)
      .map(answer => answer.level)
      .sort();
  const province = vocabulary.content.procedures.filter(procedure => procedure.levelAfter === 'tỉnh');
  t.equal(province.length, 36);
  for (const { code } of province) {
    t.same(levels(code, 'decide'), code === '1.011441' ? ['commune', 'province'] : ['province'], code);
    t.same(levels(code, 'receive'), ['commune'], code);
  }
});

test('every entry has a basis and a source, and differs from the catalogue only where that is known', async t => {
  for (const { id, body, source } of writtenEntries(vocabulary)) {
    t.ok(body.basis && source, `${id} ${body.procedure ?? ''}`);
    if (body.procedure === undefined || body.act !== 'decide') continue;
    const after = vocabulary.procedureFacts(body.procedure)?.record.levelAfter;
    const known = ['authority:dang-ky-bien-phap-bao-dam-xa', 'authority:noi-quy-lao-dong'].includes(id);
    t.equal(body.level === (after === 'tỉnh' ? 'province' : 'commune'), !known, `${id} ${body.procedure}`);
  }
});
