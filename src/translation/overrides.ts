/**
 * What one ward calls by another name than the common vocabulary: its desks, its offices and posts, a title of its own.
 * For each part the narrowest rule counts (a procedure before a field before all); the common words stay in the entry beside it.
 */
import { type EntryRef, entryRef, type UnitOverrideRecord } from './content.ts';
import { localDay } from './local-day.ts';

/** The parts that a ward may word for itself. */
export const OVERRIDE_PARTS = ['plainTitle', 'desk', 'deskSteps', 'titles'] as const;
export type OverridePart = (typeof OVERRIDE_PARTS)[number];

export interface Override {
  record: UnitOverrideRecord;
  /** `override:26011/1.001193`, `override:26011/Hộ tịch` or `override:26011`. */
  entry: EntryRef;
}

export interface Overrides {
  /** The rule that words `part` of a procedure in `unit` on the day of `at`; undefined where the common words count. */
  of(unit: string, part: OverridePart, procedure: string, field: string, at: string): Override | undefined;
  /** All rules about a procedure that are in force at `at` or come later, by unit, the narrowest first. */
  about(procedure: string, field: string, at: string): readonly Override[];
}

const FOREVER = '9999-12-31';

/** Builds the look-up; rules of the same width must not overlap in time (check-overrides.ts). */
export function compileOverrides(records: readonly UnitOverrideRecord[]): Overrides {
  const all = records.map(record => ({ record, entry: entryRef(overrideId(record), record, 'equivalent') }));
  all.sort((left, right) => width(left.record) - width(right.record));
  const byUnit = Map.groupBy(all, each => each.record.unit);
  return {
    of(unit, part, procedure, field, at) {
      const day = localDay(at);
      return byUnit
        .get(unit)
        ?.find(
          ({ record }) =>
            record[part] !== undefined &&
            concerns(record, procedure, field) &&
            record.validFrom <= day &&
            day <= end(record),
        );
    },
    about(procedure, field, at) {
      const day = localDay(at);
      const met = all.filter(({ record }) => concerns(record, procedure, field) && day <= end(record));
      return met.sort((left, right) =>
        left.record.unit < right.record.unit ? -1 : left.record.unit > right.record.unit ? 1 : 0,
      );
    },
  };
}

/** How a trace names the rule. */
export function overrideId({ unit, procedure, field }: UnitOverrideRecord): string {
  const about = procedure ?? field;
  return about === undefined ? `override:${unit}` : `override:${unit}/${about}`;
}

function concerns(record: UnitOverrideRecord, procedure: string, field: string): boolean {
  if (record.procedure !== undefined) return record.procedure === procedure;
  return record.field === undefined || record.field === field;
}

const end = (record: UnitOverrideRecord): string => record.validTo ?? FOREVER;
const width = (record: UnitOverrideRecord): number =>
  record.procedure !== undefined ? 0 : record.field !== undefined ? 1 : 2;
