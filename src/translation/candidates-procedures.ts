/**
 * Likely procedures for an unknown code: a slip of the hand, a like name, a series that was renumbered; what was replaced by the
 * day of the event is offered as what replaced it.
 */
import { dayText, type Hints, percent, Reasons } from './candidates.ts';
import type { Candidate, ProcedureAliasRecord, ProcedureRecord } from './content.ts';
import { fold, letterPairs, overlap, slips } from './likeness.ts';
import { localDay } from './local-day.ts';

/** Codes this near in number were given out together. */
const NEAR = 20;
/** Answers that a finder keeps. */
const REMEMBERED = 200;

interface Named {
  record: ProcedureRecord;
  /** Letter pairs of the official name and of the plain title. */
  names: ReadonlySet<string>[];
  number: number;
}

/** Finds likely procedures; compiled when first asked, since most releases are never asked. */
export function procedureFinder(
  records: readonly ProcedureRecord[],
  aliases: readonly ProcedureAliasRecord[],
): (code: string, hints: Hints) => Candidate[] {
  let compiled: Named[] | undefined;
  const byCode = new Map(records.map(record => [record.code, record]));
  const replacedBy = new Map(aliases.map(alias => [alias.from, alias]));
  const nameOf = (alias: ProcedureAliasRecord): string =>
    (byCode.get(alias.to) ?? byCode.get(alias.from))?.name ?? alias.to;

  const find = (given: string, day: string, name: string | undefined): Candidate[] => {
    compiled ??= records.map(record => ({
      record,
      names: [record.name, record.plainTitle ?? ''].map(text => letterPairs(fold(text))),
      number: numberOf(record.code),
    }));
    const reasons = new Reasons();
    /** A code that was replaced by that day is offered as the one that replaced it. */
    const add = (record: ProcedureRecord, weight: number, vi: string, en: string): void => {
      const alias = replacedBy.get(record.code);
      if (alias === undefined || alias.validFrom > day) {
        reasons.add(record.code, record.name, weight, vi, en);
        return;
      }
      const since = dayText(alias.validFrom);
      reasons.add(
        alias.to,
        nameOf(alias),
        weight,
        `${vi}; mã ${record.code} đã được thay bằng mã này từ ${since}`,
        `${en}; ${record.code} was replaced by this one on ${since}`,
      );
      reasons.cite(alias.to, alias.source);
      if (!SURE.has(alias.certainty)) {
        reasons.against(alias.to, 0.95, 'việc thay mã này còn chờ duyệt lại', 'that replacement still needs a review');
      }
    };
    const wanted = name === undefined ? undefined : letterPairs(fold(name).replace(/^thu tuc /, ''));
    const number = numberOf(given);
    for (const { record, names } of compiled) {
      const slip = slips(given, record.code, 2);
      if (slip === 1) add(record, 0.78, `mã chỉ lệch 1 chữ số với ${record.code}`, `one digit off ${record.code}`);
      else if (slip === 2) add(record, 0.45, `mã lệch 2 chữ số với ${record.code}`, `two digits off ${record.code}`);
      const alike = wanted === undefined ? 0 : Math.max(...names.map(pairs => overlap(wanted, pairs)));
      if (alike >= 0.5) {
        add(record, 0.95 * alike, `tên giống ${percent(alike)}`, `the name is ${percent(alike)} alike`);
      }
    }
    renumbered(number, aliases, day, (alias, weight, vi, en) => {
      reasons.add(alias.to, nameOf(alias), weight, vi, en);
      reasons.cite(alias.to, alias.source);
    });
    const field = fieldAround(number, compiled);
    for (const { record } of compiled) {
      if (!reasons.has(record.code)) continue;
      if (record.field === field) {
        reasons.add(
          record.code,
          record.name,
          0.1,
          `các mã liền kề cũng thuộc lĩnh vực ${field}`,
          `codes beside it belong to the same field (${field})`,
        );
      }
      if (record.doubt !== undefined) {
        reasons.against(
          record.code,
          0.7,
          `mã này có thể không còn dùng: ${record.doubt}`,
          'this code may be out of use',
        );
      }
    }
    return reasons.best();
  };

  // one unknown code often comes with every dossier of a desk
  const found = new Map<string, Candidate[]>();
  return (given, { at, name }) => {
    const day = localDay(at);
    const key = JSON.stringify([given, day, name]);
    const known = found.get(key);
    if (known !== undefined) return known;
    const candidates = find(given, day, name);
    if (found.size >= REMEMBERED) found.delete(found.keys().next().value as string);
    found.set(key, candidates);
    return candidates;
  };
}

/** Certainties that need no second look. */
const SURE: ReadonlySet<string> = new Set(['confirmed', 'high', 'medium-high', 'medium']);

/** `1.012755` → 1012755; NaN for other shapes. */
function numberOf(code: string): number {
  return /^[0-9]\.[0-9]{6}$/.test(code) ? Number(code.replace('.', '')) : Number.NaN;
}

/** A gap in a series of codes that were all replaced: what lay between its neighbours very likely went the same way. */
function renumbered(
  number: number,
  aliases: readonly ProcedureAliasRecord[],
  day: string,
  add: (alias: ProcedureAliasRecord, weight: number, vi: string, en: string) => void,
): void {
  const near = aliases
    .filter(alias => alias.validFrom <= day && Math.abs(numberOf(alias.from) - number) <= NEAR)
    .toSorted((left, right) => (left.from < right.from ? -1 : 1));
  for (const [, family] of Map.groupBy(near, alias => alias.to)) {
    const codes = family.map(alias => alias.from);
    const around = codes.some(code => numberOf(code) < number) && codes.some(code => numberOf(code) > number);
    const listed = codes.slice(0, 3).join(', ');
    add(
      family[0]!,
      around ? 0.5 : 0.3,
      `các mã cùng dãy (${listed}) đã được thay bằng mã này`,
      `codes of the same series (${listed}) were replaced by this one`,
    );
  }
}

/** The field that all codes near this number share. */
function fieldAround(number: number, records: readonly Named[]): string | undefined {
  const fields = new Set(records.filter(each => Math.abs(each.number - number) <= NEAR).map(each => each.record.field));
  return fields.size === 1 ? [...fields][0] : undefined;
}
