/**
 * Checks of procedures and the codes that replace them; and where sources contradict each other, which is kept as it is, with
 * its dates, and told to editors: nobody here decides which source is right.
 */
import type { ProcedureDetails, ProcedureRecord, TimeLimit, VocabularyContent } from './content.ts';
import { type Findings, unique } from './findings.ts';

/** Refuses doubled codes and aliases in a circle or to nowhere; lists what cannot be true at once. */
export function checkProcedures(content: VocabularyContent, findings: Findings): void {
  unique(content.procedures, procedure => procedure.code, findings);
  unique(content.procedureAliases, alias => alias.from, findings);
  checkAliases(content, findings);
  const names = new Map<string, string>();
  for (const procedure of content.procedures) {
    const name = procedure.name.normalize('NFC').toLowerCase();
    const before = names.get(name);
    if (before !== undefined) findings.warn(procedure, `${procedure.code} trùng tên với ${before}`, 'same-names');
    names.set(name, procedure.code);
    if (procedure.doubt !== undefined) {
      findings.warn(procedure, `${procedure.code}: ${procedure.doubt}${readOn(procedure.details)}`, 'dead-codes');
    }
    checkTimeLimit(procedure, findings);
  }
}

function checkAliases(content: VocabularyContent, findings: Findings): void {
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
      findings.warn(
        alias,
        `mã mới ${alias.to} (từ ngày ${dayText(alias.validFrom)}) chưa có mục riêng, tạm dùng nội dung của ${alias.from}`,
        'alias-targets',
      );
    } else findings.fault(alias, `mã mới ${alias.to} không có mục nào, mã cũ ${alias.from} cũng không`);
  }
}

/** Tells of a limit that none of the copied texts says; a text that only says "days" agrees with any kind of days. */
function checkTimeLimit(procedure: ProcedureRecord, findings: Findings): void {
  const { code, timeLimit, details } = procedure;
  const seen = details?.timeLimits ?? [];
  if (timeLimit === undefined || seen.length === 0) return;
  if (seen.some(other => other.value === timeLimit.value && other.unit === timeLimit.unit)) return;
  const shown = limitText(timeLimit);
  const others = [...new Set(seen.map(limitText))].join('; ');
  if (seen.some(other => other.value === timeLimit.value && inDays(other.unit) && inDays(timeLimit.unit))) {
    findings.warn(
      procedure,
      `${code}: thời hạn ${shown} [${timeLimit.source.join('; ')}]; bản chép${readOn(details)} không nói rõ ngày làm việc hay ngày thường: ${others}`,
      'time-limit-units',
    );
    return;
  }
  findings.warn(
    procedure,
    `${code}: thời hạn ${shown} [${timeLimit.source.join('; ')}] khác bản chép${readOn(details)}: ${others}`,
    'time-limits',
  );
}

function inDays(unit: TimeLimit['unit']): boolean {
  return unit === 'days' || unit === 'workingDays' || unit === 'calendarDays';
}

const UNITS: Readonly<Record<TimeLimit['unit'], string>> = {
  workingDays: 'ngày làm việc',
  calendarDays: 'ngày liên tục',
  days: 'ngày',
  hours: 'giờ',
  sameDay: 'ngay trong ngày',
};

function limitText({ value, unit }: Pick<TimeLimit, 'value' | 'unit'>): string {
  return unit === 'sameDay' ? UNITS.sameDay : `${value} ${UNITS[unit]}`;
}

/** When the text was read and by which decision it stands, as far as it is known. */
function readOn(details: ProcedureDetails | undefined): string {
  if (details === undefined) return '';
  const { asOf, decision } = details;
  const parts = [
    ...(decision === undefined ? [] : [`theo Quyết định ${decision.number}`]),
    ...(decision?.date === undefined ? [] : [`ngày ${dayText(decision.date)}`]),
    ...(asOf === undefined ? [] : [`đọc ${dayText(asOf)}`]),
  ];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

/** `2026-09-21` → `21/09/2026`; months and years alone likewise. */
function dayText(day: string): string {
  return day.split('-').reverse().join('/');
}
