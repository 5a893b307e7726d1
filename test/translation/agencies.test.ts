/** Agency codes and full names lead to units only where a source says so; everything else says why it leads nowhere. */
import t from 'tap';
import { compileAgencies, levelOneOf, whyNoUnit } from '../../src/translation/agencies.ts';
import type { FactRecord } from '../../src/translation/content.ts';
import { normalise } from '../../src/translation/normalise.ts';
import { compileUnits } from '../../src/translation/units.ts';
import { event, vocabulary } from './fixture.ts';

const NOW = '2026-11-24T08:00:00+07:00';

t.test('a sourced agency code leads to its unit, an unsure or unknown one to none', async t => {
  const rows: [code: string, at: string, unit: string | undefined][] = [
    ['H19', NOW, '75'],
    ['H19', '2025-06-01T08:00:00+07:00', '75'],
    ['000.00.00.H19', NOW, '75'],
    ['H10', NOW, undefined],
    ['000.00.32.H19', NOW, undefined],
    ['H19.32', NOW, undefined],
    ['000.00.33.H19', NOW, undefined],
    ['H29', NOW, undefined],
    ['h19', NOW, undefined],
  ];
  for (const [code, at, unit] of rows) {
    const answer = vocabulary.resolveUnit(code, at);
    t.equal(answer.ok ? answer.code : undefined, unit, `${code} at ${at}`);
  }
  t.match(vocabulary.resolveUnit('H19', NOW), { changed: true, entry: { id: 'agency:H19', certainty: 'high' } });
  t.match(vocabulary.unitCandidates('H10', NOW)[0], { code: '75' }, 'what is only surmised is offered');
});

t.test('a code that leads nowhere says why', async t => {
  const why = (code: string) => vocabulary.whyNoUnit(code)?.en;
  t.match(why('H29.12'), /elsewhere \(H29\)/);
  t.match(why('000.09.23.H34'), /elsewhere \(H34\)/);
  t.match(why('H19.34'), /not recorded/);
  t.match(why('000.00.32.H19'), /No source/);
  t.equal(why('26449'), undefined);
  t.equal(levelOneOf('000.A0.01.H26'), 'H26');
  t.equal(levelOneOf('26041'), undefined);
  const { parks } = normalise(
    event('dossier.updated', { dossierCode: 'H-1', unitCode: 'H29.12' }),
    'national',
    vocabulary,
  );
  t.match(parks, [{ cause: 'unknown-unit', value: 'H29.12', text: { vi: /nơi khác/ } }]);
});

t.test('a code of an agency that was given anew leads by its day, an ended one to the successor', async t => {
  const agency = (unitCode: string, more: Record<string, string>): FactRecord => ({
    kind: 'agency',
    id: 'H19.77',
    data: { code: 'H19.77', unitCode, ...more },
    source: ['quyết định'],
    certainty: 'high',
  });
  const agencies = compileAgencies([
    agency('26449', { validTo: '2025-06-30' }),
    agency('26041', { validFrom: '2026-01-01' }),
  ]);
  const { content } = vocabulary;
  const units = compileUnits(content.units, content.formerUnits, [], agencies);
  t.match(units.resolve('H19.77', '2025-06-01'), { ok: true, code: '26449' });
  t.match(units.resolve('H19.77', '2025-08-01'), { ok: false, cause: 'ambiguous-unit' }, 'its unit was split');
  t.match(units.resolve('H19.77', '2026-02-01'), { ok: true, code: '26041' });
  t.match(whyNoUnit('H19.78', agencies), { en: /not recorded/ });
});

t.test('a full name leads to the unit that bears it, and no name that is only alike', async t => {
  const named = (name: string, at = NOW) => {
    const answer = vocabulary.unitNamed(name, at);
    return answer.ok ? answer.code : answer.cause;
  };
  t.equal(named('Phường Trấn Biên'), '26041');
  t.equal(named('UBND phường Trấn Biên, thành phố Đồng Nai'), '26041');
  t.equal(named('Uỷ ban nhân dân xã Xuân Hoà'), '26446');
  t.equal(named('ỦY BAN NHÂN DÂN XÃ XUÂN HÒA'.normalize('NFD')), '26446');
  t.equal(named('xã Xuân Tâm'), 'ambiguous-unit');
  t.equal(named('xã Xuân Tâm', '2025-06-01T08:00:00+07:00'), '26449');
  t.equal(named('Xuân Hòa'), 'unknown-unit', 'without its kind');
  t.equal(named('xã Xuân Hòa, tỉnh Nghệ An'), 'unknown-unit', 'of another province');
  t.equal(named('xã Xuân Hò'), 'unknown-unit');
  t.equal(named(''), 'unknown-unit');
});

t.test('the addressee of a document is found by code of a unit, of an agency, or by full name', async t => {
  const read = (to: object[], type = 'document.sent') =>
    normalise(event(type, { documentId: 'd', to: to as never }, NOW), 'edxml', vocabulary);
  t.equal(read([{ agencyCode: 'H19.15', unitCode: '26041' }]).addressee, '26041');
  t.equal(read([{ agencyCode: 'H19.15', unitCode: '25996' }]).addressee, '26188', 'an old code leads to its successor');
  t.equal(read([{ agencyCode: 'H19.15' }, { agencyCode: 'H19.16', name: 'UBND phường Trấn Biên' }]).addressee, '26041');
  t.equal(read([{ agencyCode: 'H19' }]).addressee, '75');
  t.match(read([{ agencyCode: 'H29.15', name: 'UBND xã Ở Đâu' }]), {
    parks: [{ cause: 'unknown-unit', pointer: '/data/to', text: { en: /elsewhere/ } }],
  });
  t.match(read([{ agencyCode: '26449' }]), { parks: [{ cause: 'ambiguous-unit', pointer: '/data/to' }] });
  t.same(read([{ agencyCode: 'H19.15' }], 'document.updated').parks, []);
});
