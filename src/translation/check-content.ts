/**
 * What no schema can see: doubled ids, overlapping validity, successions and aliases that lead nowhere or in a circle,
 * and the statuses that must never be produced (5, 6 and 8 never become 9). Faults stop a release; warnings are for editors.
 */
import type { Assembled } from './assemble.ts';
import type { FormerUnitRecord, UnitRecord, VocabularyContent } from './content.ts';
import { fold } from './likeness.ts';
import type { MappingFault } from './read-yaml.ts';
import { AS_BEFORE, NATIONAL_LIST, NO_NATIONAL } from './statuses.ts';

const FOREVER = '9999-12-31';

/** Collects what it is told, with the place of the record. */
class Findings {
  readonly faults: MappingFault[] = [];
  readonly warnings: MappingFault[] = [];
  readonly #assembled: Assembled;
  constructor(assembled: Assembled) {
    this.#assembled = assembled;
  }
  fault(record: object, text: string): void {
    this.faults.push({ ...this.#assembled.placeOf(record), text });
  }
  warn(record: object, text: string): void {
    this.warnings.push({ ...this.#assembled.placeOf(record), text });
  }
  /** Where a record stands, `units/units.yaml:12`, to name the other half of a clash. */
  where(record: object): string {
    const { file, line } = this.#assembled.placeOf(record);
    return `${file}:${line}`;
  }
}

/** All cross-checks over assembled content. */
export function checkContent(assembled: Assembled): { faults: MappingFault[]; warnings: MappingFault[] } {
  const findings = new Findings(assembled);
  const { content } = assembled;
  checkUnits(content, findings);
  checkProcedures(content, findings);
  checkStatuses(content, findings);
  checkCodes(content, findings);
  unique(content.facts, fact => `${fact.kind} ${fact.id}`, findings);
  checkTerms(content, findings);
  return { faults: findings.faults, warnings: findings.warnings };
}

/** Refuses a second record with the same key. */
function unique<Item extends object>(items: readonly Item[], key: (item: Item) => string, findings: Findings): void {
  const first = new Map<string, Item>();
  for (const item of items) {
    const name = key(item);
    const before = first.get(name);
    if (before === undefined) first.set(name, item);
    else findings.fault(item, `trùng "${name}" với ${findings.where(before)}`);
  }
}

function checkUnits(content: VocabularyContent, findings: Findings): void {
  for (const units of Map.groupBy(content.units, unit => unit.code).values()) {
    units.forEach((unit, index) => {
      const before = units[index - 1];
      if (before !== undefined && unit.validFrom <= (before.validTo ?? FOREVER)) {
        findings.fault(unit, `mã ${unit.code} trùng thời gian hiệu lực với ${findings.where(before)}`);
      }
      checkPeriod(unit, findings);
    });
  }
  for (const units of Map.groupBy(content.formerUnits, unit => unit.code).values()) {
    units.forEach((unit, index) => {
      const before = units[index - 1];
      if (before !== undefined && before.validTo === unit.validTo) {
        findings.fault(unit, `trùng đơn vị cũ "${unit.code}" với ${findings.where(before)}`);
      }
    });
  }
  const inForce = (code: string, day: string): boolean =>
    content.units.some(unit => unit.code === code && unit.validFrom <= day && day <= (unit.validTo ?? FOREVER));
  const led = new Set<string>();
  for (const former of content.formerUnits) {
    checkSuccessors(former, inForce, findings);
    for (const successor of former.successors) led.add(successor.code);
  }
  for (const unit of content.units) {
    if (!led.has(unit.code)) findings.warn(unit, `không đơn vị cũ nào dẫn đến ${unit.code}`);
  }
}

function checkPeriod(unit: UnitRecord, findings: Findings): void {
  if (unit.validTo !== undefined && unit.validTo < unit.validFrom) {
    findings.fault(unit, `${unit.code}: validTo trước validFrom`);
  }
  let last = unit.validFrom;
  for (const change of unit.changes ?? []) {
    if (change.from <= last)
      findings.fault(unit, `${unit.code}: các thay đổi phải theo thứ tự thời gian, sau validFrom`);
    last = change.from;
  }
}

/** A successor must be in force on the day after; so a succession can never run in a circle. */
function checkSuccessors(
  former: FormerUnitRecord,
  inForce: (code: string, day: string) => boolean,
  findings: Findings,
): void {
  const next = new Date(Date.parse(former.validTo) + 86_400_000).toISOString().slice(0, 10);
  const split = former.successors.length > 1;
  const seen = new Set<string>();
  for (const { code, part } of former.successors) {
    if (seen.has(code)) findings.fault(former, `${former.code}: đơn vị kế thừa ${code} ghi hai lần`);
    seen.add(code);
    if (!inForce(code, next)) {
      findings.fault(former, `${former.code}: đơn vị kế thừa ${code} không có hiệu lực ngày ${next}`);
    }
    if (split !== (part === 'partial')) {
      findings.fault(
        former,
        `${former.code}: part phải là ${split ? 'partial (bị tách)' : 'whole (một đơn vị kế thừa)'}`,
      );
    }
  }
}

function checkProcedures(content: VocabularyContent, findings: Findings): void {
  unique(content.procedures, procedure => procedure.code, findings);
  unique(content.procedureAliases, alias => alias.from, findings);
  const records = new Map(content.procedures.map(procedure => [procedure.code, procedure]));
  const aliases = new Map(content.procedureAliases.map(alias => [alias.from, alias]));
  for (const alias of content.procedureAliases) {
    const seen = new Set([alias.from]);
    for (let next: typeof alias | undefined = alias; next !== undefined; next = aliases.get(next.to)) {
      if (seen.has(next.to)) {
        findings.fault(alias, `mã ${alias.from} đi vòng: ${[...seen, next.to].join(' → ')}`);
        break;
      }
      seen.add(next.to);
    }
    if (records.has(alias.to)) continue;
    if (records.has(alias.from)) {
      findings.warn(alias, `mã mới ${alias.to} chưa có mục riêng, tạm dùng nội dung của ${alias.from}`);
    } else findings.fault(alias, `mã mới ${alias.to} không có mục nào, mã cũ ${alias.from} cũng không`);
  }
  const names = new Map<string, string>();
  for (const procedure of content.procedures) {
    const name = procedure.name.normalize('NFC').toLowerCase();
    const before = names.get(name);
    if (before !== undefined) findings.warn(procedure, `${procedure.code} trùng tên với ${before}`);
    names.set(name, procedure.code);
    if (procedure.doubt !== undefined) findings.warn(procedure, `${procedure.code}: ${procedure.doubt}`);
    const { timeLimit, details } = procedure;
    const seen = details?.timeLimits ?? [];
    if (timeLimit === undefined || seen.length === 0) continue;
    if (!seen.some(other => other.value === timeLimit.value && other.unit === timeLimit.unit)) {
      const others = seen.map(other => `${other.value} ${other.unit}`).join(', ');
      findings.warn(
        procedure,
        `${procedure.code}: thời hạn ${timeLimit.value} ${timeLimit.unit} khác bản chép (${others})`,
      );
    }
  }
}

/** Statuses in which a dossier waits or has stopped: none of them is ever told as finished. */
const NEVER_FINISHED: ReadonlySet<string> = new Set(['5', '6', '8']);
const WAITS = /\b(cho bo sung|yeu cau bo sung|nop tien|nghia vu tai chinh|tam dung|dung (xu ly|giai quyet))\b/;

function checkStatuses(content: VocabularyContent, findings: Findings): void {
  unique(content.statusLists, list => list.list, findings);
  unique(content.statuses, status => `${status.list}/${status.level}/${status.code}`, findings);
  const preferred = new Map<string, string>();
  for (const status of content.statuses) {
    const { list, code, national, nationalAfterReception } = status;
    if (list === NATIONAL_LIST && national !== code) {
      findings.fault(status, `trạng thái quốc gia ${code} phải là chính nó, không thành ${national}`);
    }
    const finished = national === '9' || nationalAfterReception === '9';
    if (finished && (NEVER_FINISHED.has(national) || WAITS.test(fold(status.name)))) {
      findings.fault(
        status,
        `${list}/${code} "${status.name}": trạng thái chờ hoặc dừng (5, 6, 8) không bao giờ thành 9`,
      );
    }
    if (!status.preferred) continue;
    if (status.level !== 'status' || national === AS_BEFORE || national === NO_NATIONAL) {
      findings.fault(status, `${list}/${code}: preferred chỉ dùng cho trạng thái có số quốc gia`);
    }
    const key = `${list} ${national}`;
    const before = preferred.get(key);
    if (before !== undefined) findings.fault(status, `${list}: số ${national} đã có preferred là ${before}`);
    preferred.set(key, code);
  }
  checkNationalList(content, findings);
}

function checkNationalList(content: VocabularyContent, findings: Findings): void {
  const codes = content.statuses.filter(status => status.list === NATIONAL_LIST).map(status => status.code);
  const list = content.statusLists.find(each => each.list === NATIONAL_LIST);
  if (list !== undefined && codes.length !== 10)
    findings.fault(list, 'danh sách national phải có đúng mười trạng thái');
  for (const each of content.statusLists) {
    if (each.about === 'document') continue;
    const has = new Set(content.statuses.filter(s => s.list === each.list && s.preferred).map(s => s.national));
    const lacking = Array.from({ length: 10 }, (_, index) => String(index + 1)).filter(national => !has.has(national));
    if (lacking.length > 0 && lacking.length < 10) {
      findings.warn(each, `danh sách ${each.list} không ghi được trạng thái quốc gia ${lacking.join(', ')}`);
    }
  }
}

function checkCodes(content: VocabularyContent, findings: Findings): void {
  unique(content.codes, code => `${code.list}/${code.code}`, findings);
  const values = content.codes.flatMap(code =>
    [code.canonical, ...(code.alsoFor ?? [])].map(value => ({ code, key: `${code.list} ← ${value}` })),
  );
  const first = new Map<string, string>();
  for (const { code, key } of values) {
    const before = first.get(key);
    if (before !== undefined) findings.fault(code, `trùng giá trị chuẩn "${key}" với mã ${before}`);
    first.set(key, code.code);
  }
}

function checkTerms(content: VocabularyContent, findings: Findings): void {
  const first = new Map<string, string>();
  for (const fact of content.facts) {
    if (fact.kind !== 'term') continue;
    const term = String(fact.data.term).normalize('NFC').toLowerCase();
    const before = first.get(term);
    if (before !== undefined) findings.warn(fact, `thuật ngữ "${term}" đã có ở ${before}`);
    first.set(term, fact.id);
  }
}
