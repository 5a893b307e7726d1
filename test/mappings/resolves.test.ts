/**
 * All of mappings/ on three days: the last of the districts, the first of the new communes, and the first of May 2026, when the
 * province had become a city. Every procedure, unit and status resolves, or parks with a reason; nothing is silent.
 */
import { type Test, test } from 'tap';
import type { CauseCode } from '../../src/domain/causes.ts';
import { CAUSES } from '../../src/domain/causes.ts';
import { translateEvent } from '../../src/translation/translate.ts';
import { event, vocabulary } from '../translation/fixture.ts';

const DAYS = ['2025-06-30', '2025-07-01', '2026-05-01'];
const COMMUNE = { role: 'commune', statusList: 'xa-3b' } as const;
const PORTAL = { role: 'portal', statusList: 'national' } as const;
const { procedures, procedureAliases, units, formerUnits, statuses, statusLists } = vocabulary.content;
const FOREVER = '9999-12-31';

/** How many resolved, and how many parked by which cause. */
class Tally {
  readonly counts = new Map<string, number>();
  add(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }
  tell(t: Test, name: string): void {
    t.comment(`${name}: ${[...this.counts].map(([what, count]) => `${what} ${count}`).join(', ')}`);
  }
}

/** A park is a known cause with a remedy in both languages. */
function isReason(cause: CauseCode): boolean {
  const { kind, remedy } = CAUSES[cause];
  return kind === 'park' && Math.min(remedy.vi.length, remedy.en.length) > 0;
}

const isOldCode = (code: string): boolean => procedureAliases.some(alias => alias.from === code);

for (const day of DAYS) {
  const at = `${day}T10:00:00+07:00`;

  test(`every procedure on ${day}`, async t => {
    const tally = new Tally();
    const wrong: string[] = [];
    const codes = new Set([
      ...procedures.map(procedure => procedure.code),
      ...procedureAliases.flatMap(alias => [alias.from, alias.to]),
    ]);
    for (const given of codes) {
      for (const form of [given, `${given}.000.00.00.H19`, `${given}.H19`]) {
        const {
          parks,
          event: out,
          trace,
        } = translateEvent(event('dossier.submitted', { procedureCode: form }, at), COMMUNE, 'national', vocabulary);
        const park = parks[0];
        if (park !== undefined) {
          if (!isReason(park.cause)) wrong.push(`${form}: ${park.cause}`);
          tally.add(park.cause);
          continue;
        }
        const code = String(out.data.procedureCode);
        const facts = vocabulary.procedureFacts(code);
        // The seven land codes that a decision merged have no record of their own: they go on under the name they came with.
        const known = facts !== undefined && out.data.plainTitle === facts.plainTitle;
        if (!known && (facts !== undefined || !isOldCode(code))) wrong.push(`${form} → ${code}`);
        if (code !== form && !trace.some(entry => entry.pointer === '/data/procedureCode'))
          wrong.push(`${form} untraced`);
        tally.add(code === given ? 'as it is' : 'by a later code');
      }
    }
    t.same(wrong, []);
    t.equal(tally.counts.get('as it is') !== undefined, true);
    const replaced = procedureAliases.filter(alias => alias.validFrom <= day).length * 3;
    t.equal(tally.counts.get('by a later code') ?? 0, replaced, 'as many as have been replaced by then');
    tally.tell(t, `procedures on ${day}`);
  });

  test(`every unit, in force and former, on ${day}`, async t => {
    const tally = new Tally();
    const wrong: string[] = [];
    for (const given of new Set([...units, ...formerUnits].map(unit => unit.code))) {
      const { parks, event: out } = translateEvent(
        event('dossier.submitted', { unitCode: given }, at),
        PORTAL,
        'national',
        vocabulary,
      );
      const park = parks[0];
      const live = units.some(u => u.code === given && u.validFrom <= day && day <= (u.validTo ?? FOREVER));
      const old = formerUnits.find(u => u.code === given && day <= u.validTo);
      if (park === undefined) {
        const code = String(out.data.unitCode);
        const there =
          live || old !== undefined ? code === given : units.some(u => u.code === code && u.validFrom <= day);
        if (!there || vocabulary.unitName(code, at) === undefined) wrong.push(`${given} → ${code}`);
        tally.add(code === given ? 'as it is' : 'by succession');
      } else {
        if (live || old !== undefined) wrong.push(`${given} is in force and parks`);
        if (!isReason(park.cause)) wrong.push(`${given}: ${park.cause}`);
        if (park.cause === 'ambiguous-unit' && (park.candidates ?? []).length < 2) wrong.push(`${given}: no choice`);
        tally.add(park.cause);
      }
    }
    t.same(wrong, []);
    if (day === '2025-07-01') t.equal(tally.counts.get('ambiguous-unit'), 1, 'the one commune that was split');
    tally.tell(t, `units on ${day}`);
  });

  test(`every status of every list on ${day}`, async t => {
    const tally = new Tally();
    const wrong: string[] = [];
    const about = new Map(statusLists.map(list => [list.list, list.about]));
    for (const { list, code, level, national } of statuses) {
      const isDocument = about.get(list) === 'document';
      const data = isDocument
        ? { status: code }
        : { statusList: list, status: code, ...(level === 'sub-status' ? { subStatus: code } : {}) };
      const type = isDocument ? 'document.status-changed' : 'dossier.status-changed';
      const { parks, event: out } = translateEvent(event(type, data, at), PORTAL, list, vocabulary, '4');
      const park = parks[0];
      if (park !== undefined) {
        if (!isReason(park.cause) || national !== 'none') wrong.push(`${list}/${code}: ${park.cause}`);
        tally.add(park.cause);
      } else if (isDocument) {
        if (out.data.status !== code) wrong.push(`${list}/${code} changed`);
        tally.add('document, as it is');
      } else {
        if (!/^([1-9]|10)$/.test(String(out.data.status)) || out.data.statusList !== 'national')
          wrong.push(`${list}/${code}`);
        tally.add(out.data.subStatus === undefined ? 'number alone' : 'number and kept code');
      }
    }
    t.same(wrong, []);
    tally.tell(t, `statuses on ${day}`);
  });
}
