/**
 * Checks of what the clocks are counted by: each entry of the workflow says what its kind needs, nothing is said twice, what it names
 * exists, and working hours end after they begin. Without them a slip of an editor would only make clocks fall silent.
 */
import type { FactRecord, VocabularyContent } from './content.ts';
import type { Findings } from './findings.ts';

const NEEDS: Readonly<Record<string, readonly string[]>> = {
  'workflow-status': ['status', 'does'],
  'workflow-step': ['step', 'name'],
  'workflow-pause': ['reason', 'clockStops'],
  'workflow-rule': ['value'],
  'workflow-cutoff': ['cutoffTime', 'procedures'],
};
/** The rules there are, and the most that makes sense: a share of the time, working hours. */
const RULES: Readonly<Record<string, number>> = {
  'sap-tre': 1,
  'gio-tra-loi-truc-tuyen': 1_000,
  'gio-luot-qua': 1_000,
};

/** Refuses entries that would be passed over in silence. */
export function checkWorkflow(content: VocabularyContent, findings: Findings): void {
  const statuses = new Set(content.statuses.map(({ list, code }) => `${list}/${code}`));
  const { procedures, procedureAliases } = content;
  const codes = new Set([
    ...procedures.map(({ code }) => code),
    ...procedureAliases.flatMap(({ from, to }) => [from, to]),
  ]);
  const first = new Map<string, object>();
  for (const fact of content.facts) {
    const { kind, id, data } = fact;
    const say = (text: string): void => findings.fault(fact, `${kind}/${id}: ${text}`);
    if (kind === 'working-hours') checkHours(fact, say);
    const needs = NEEDS[kind];
    if (needs === undefined) continue;
    for (const name of needs) if (data[name] === undefined) say(`thiếu ${name}`);
    for (const said of sayings(fact)) {
      const before = first.get(said);
      if (before === undefined) first.set(said, fact);
      else say(`${said.slice(said.indexOf(' ') + 1)} đã có ở ${findings.where(before)}`);
    }
    for (const status of listOf(data.subStatuses)) if (!statuses.has(status)) say(`không có trạng thái ${status}`);
    for (const code of listOf(data.procedures)) if (!codes.has(code)) say(`không có thủ tục ${code}`);
    if (data.does === 'move' && data.step === undefined) say('does: move cần step');
    if (kind === 'workflow-rule') {
      const most = RULES[id];
      if (most === undefined) say(`không có quy tắc này; có ${Object.keys(RULES).join(', ')}`);
      else if (typeof data.value === 'number' && (data.value <= 0 || data.value > most)) {
        say(`value phải lớn hơn 0 và không quá ${most}`);
      }
    }
  }
}

const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** What only one entry may say, each as `kind thing`. */
function sayings({ kind, data }: FactRecord): string[] {
  const lower = (value: unknown): string[] => listOf(value).map(text => text.normalize('NFC').toLowerCase());
  return [
    ...(data.status === undefined ? [] : [`${kind} ${String(data.status)}`]),
    ...(data.reason === undefined ? [] : [`${kind} ${String(data.reason)}`]),
    ...lower(data.codes).map(code => `${kind}-code ${code}`),
    ...lower(data.words).map(words => `${kind}-words ${words}`),
    ...listOf(data.subStatuses).map(status => `${kind} ${status}`),
    ...listOf(data.procedures).map(code => `${kind} ${code}`),
  ];
}

/** `HH:MM-HH:MM` compare as texts. */
function checkHours({ data }: FactRecord, say: (text: string) => void): void {
  const times = [data.morning, data.afternoon].flatMap(span => (typeof span === 'string' ? span.split('-') : []));
  const inOrder = times.every((time, index) => index === 0 || (times[index - 1] as string) < time);
  if (!inOrder) say('giờ làm việc phải theo thứ tự: sáng bắt đầu, sáng kết thúc, chiều bắt đầu, chiều kết thúc');
}
