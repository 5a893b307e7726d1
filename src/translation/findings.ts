/**
 * What the cross-checks have to say, each with file and line: faults stop a release, warnings are for editors and come in groups,
 * so that forty contradictions of one kind read as one matter.
 */
import type { Assembled } from './assemble.ts';
import type { MappingFault } from './read-yaml.ts';

/** The groups of warnings, in the order in which they are shown. */
export const WARNING_GROUPS = {
  'time-limits': 'Thời hạn mâu thuẫn giữa các nguồn',
  'time-limit-units': 'Thời hạn chưa rõ là ngày làm việc hay ngày thường',
  'dead-codes': 'Mã thủ tục có thể không còn dùng',
  'alias-targets': 'Mã mới chưa có mục riêng',
  'same-names': 'Trùng tên, trùng cách viết',
  'status-gaps': 'Trạng thái quốc gia mà một danh sách không ghi được',
  'missing-lists': 'Danh mục mã còn thiếu',
  units: 'Đơn vị',
  other: 'Việc khác',
} as const;
export type WarningGroup = keyof typeof WARNING_GROUPS;

/** A warning with the matter it belongs to. */
export interface MappingWarning extends MappingFault {
  group: WarningGroup;
}

/** Collects what it is told, with the place of the record. */
export class Findings {
  readonly faults: MappingFault[] = [];
  readonly warnings: MappingWarning[] = [];
  readonly #assembled: Assembled;
  constructor(assembled: Assembled) {
    this.#assembled = assembled;
  }
  fault(record: object, text: string): void {
    this.faults.push({ ...this.#assembled.placeOf(record), text });
  }
  warn(record: object, text: string, group: WarningGroup = 'other'): void {
    this.warnings.push({ ...this.#assembled.placeOf(record), text, group });
  }
  /** Where a record stands, `units/units.yaml:12`, to name the other half of a clash. */
  where(record: object): string {
    const { file, line } = this.#assembled.placeOf(record);
    return `${file}:${line}`;
  }
}

/** Refuses a second record with the same key. */
export function unique<Item extends object>(
  items: readonly Item[],
  key: (item: Item) => string,
  findings: Findings,
): void {
  const first = new Map<string, Item>();
  for (const item of items) {
    const name = key(item);
    const before = first.get(name);
    if (before === undefined) first.set(name, item);
    else findings.fault(item, `trùng "${name}" với ${findings.where(before)}`);
  }
}
