/** The commune-level entries in mappings/: which procedures have a full one, and that nothing of our own making passes for a source. */
import { test } from 'tap';
import { communeEntry } from '../../src/translation/commune-entry.ts';
import { sameWords } from '../../src/translation/same-words.ts';
import { vocabulary } from '../translation/fixture.ts';

const { procedures } = vocabulary.content;
const detailed = procedures.filter(procedure => procedure.details !== undefined);

test('every procedure has a plain title, a field and a short code of its own', async t => {
  t.same(
    procedures
      .filter(({ plainTitle, field, communeCode }) => !plainTitle || !field || !communeCode)
      .map(({ code }) => code),
    [],
  );
  t.equal(new Set(procedures.map(({ communeCode }) => communeCode)).size, procedures.length);
});

test('each of the 170 has the full entry; what no source gives is a gap told in words', async t => {
  t.equal(detailed.length, 170);
  for (const { code, name, field, details } of detailed) {
    t.ok(details?.desk && details.explanation && details.deskSteps, `${code}: desk, explanation, three steps`);
    t.ok(details?.papers?.length && details.results?.length, `${code}: papers and results`);
    t.ok(details?.timeLimits?.length || details?.gaps?.timeLimit, `${code}: time limit`);
    t.ok(details?.fees?.length || details?.gaps?.fee, `${code}: fee`);
    t.ok(details?.legalBasis?.length || details?.gaps?.legalBasis, `${code}: legal basis`);
    const made = communeEntry(
      { procedure: { code, name, field, level: 'xã' } },
      '2026-05-01T08:00:00+07:00',
      vocabulary,
    );
    t.match(made?.entry, { complete: true }, code);
  }
});

test('our own words are marked as proposals, and a gap is only told where there is none', async t => {
  for (const { code, details } of detailed) {
    const marked = new Set(details?.proposals);
    for (const part of ['explanation', 'deskSteps', 'desk'] as const) {
      t.ok(details?.[part] === undefined || marked.has(part), `${code}: ${part} is a proposal`);
    }
    const { gaps } = details ?? {};
    t.equal(gaps !== undefined, marked.has('gaps'), `${code}: gaps`);
    t.notOk(gaps?.timeLimit && details?.timeLimits, `${code}: time limit`);
    t.notOk(gaps?.fee && details?.fees, `${code}: fee`);
    t.notOk(gaps?.legalBasis && details?.legalBasis, `${code}: legal basis`);
  }
});

test('each step names who does it, and no explanation is said twice or only repeats the name', async t => {
  const WHO =
    /^(Công chức|Người|Cán bộ|Lãnh đạo|Chủ tịch|Phòng|Công an|Văn phòng|Cơ quan|UBND|Trường|Sở|Bộ phận|Ban Chỉ đạo|Rà soát viên|Các bên|Hết thời gian|Ai )/;
  const seen = new Map<string, string>();
  for (const { code, name, plainTitle, details } of detailed) {
    for (const text of Object.values(details?.deskSteps ?? {})) {
      t.match(text, WHO, code);
      t.match(text, /[.]$/, code);
      t.notMatch(text, /\{|\}|undefined/, code);
    }
    const explanation = sameWords(details?.explanation ?? '');
    t.equal(seen.get(explanation), undefined, `${code}: said before`);
    seen.set(explanation, code);
    t.not(explanation, sameWords(`${name}.`), code);
    t.not(explanation, sameWords(`${plainTitle}.`), code);
  }
});
