/**
 * Checks of statuses: a wait, a payment or a stop (5, 6, 8) is never told as finished (9), and nothing is lost on the way back:
 * every list is compiled and each of its statuses sent to the national portal and read again, as delivery would do it.
 */
import type { StatusListRecord, StatusRecord, VocabularyContent } from './content.ts';
import { type Findings, unique } from './findings.ts';
import { fold } from './likeness.ts';
import { AS_BEFORE, compileStatuses, NATIONAL_LIST, NO_NATIONAL, type Statuses, TERMINAL } from './statuses.ts';

/** Statuses in which a dossier waits or has stopped: none of them is ever told as finished. */
const NEVER_FINISHED: ReadonlySet<string> = new Set(['5', '6', '8']);
const FINISHED = '9';
const WAITS =
  /\b(cho bo sung|yeu cau bo sung|nop tien|cho thanh toan|nghia vu tai chinh|tam dung|dung (xu ly|giai quyet))\b/;
const NATIONAL = Array.from({ length: 10 }, (_, index) => String(index + 1));

/** Refuses what would change the meaning of a status on its way out or back. */
export function checkStatuses(content: VocabularyContent, findings: Findings): void {
  unique(content.statusLists, list => list.list, findings);
  unique(content.statuses, status => `${status.list}/${status.level}/${status.code}`, findings);
  const preferred = new Map<string, string>();
  for (const status of content.statuses) {
    checkMeaning(status, findings);
    if (!status.preferred) continue;
    const { list, code, national } = status;
    if (status.level !== 'status' || national === AS_BEFORE || national === NO_NATIONAL) {
      findings.fault(status, `${list}/${code}: preferred chỉ dùng cho trạng thái có số quốc gia`);
    }
    const key = `${list} ${national}`;
    const before = preferred.get(key);
    if (before !== undefined) findings.fault(status, `${list}: số ${national} đã có preferred là ${before}`);
    preferred.set(key, code);
  }
  const statuses = compileStatuses(content.statusLists, content.statuses);
  const records = Map.groupBy(content.statuses, status => status.list);
  for (const list of content.statusLists) {
    if (list.about === 'document') continue;
    checkGaps(list, records.get(list.list) ?? [], findings);
    for (const status of records.get(list.list) ?? []) checkWayBack(status, statuses, findings);
  }
}

function checkMeaning(status: StatusRecord, findings: Findings): void {
  const { list, code, national, nationalAfterReception } = status;
  if (list === NATIONAL_LIST && (national !== code || nationalAfterReception !== undefined)) {
    findings.fault(status, `trạng thái quốc gia ${code} phải là chính nó, không thành ${national}`);
  }
  const finished = national === FINISHED || nationalAfterReception === FINISHED;
  if (finished && (NEVER_FINISHED.has(national) || WAITS.test(fold(status.name)))) {
    findings.fault(
      status,
      `${list}/${code} "${status.name}": trạng thái chờ hoặc dừng (5, 6, 8) không bao giờ thành 9`,
    );
  }
}

/** Sends a status to the portal and reads it again, whatever the dossier's status was before. */
function checkWayBack(status: StatusRecord, statuses: Statuses, findings: Findings): void {
  const { list, code, level } = status;
  for (const before of NATIONAL) {
    // Once a dossier is closed, a status that says nothing new is no longer what to write.
    if (status.national === AS_BEFORE && TERMINAL.has(before)) continue;
    const out =
      level === 'status'
        ? statuses.toNational(list, code, undefined, before)
        : statuses.toNational(list, '', code, before);
    if (!out.ok) continue;
    const back = statuses.fromNational(list, out.status, out.subStatus);
    const same = back.ok && (level === 'status' ? back.code === code : back.subStatus === code);
    if (!same) {
      const other = back.ok ? `thành "${back.code}"` : 'không còn mã nào';
      findings.fault(
        status,
        `${list}/${code} "${status.name}" thành số ${out.status} rồi quay về ${other}: thêm keep: true để giữ trạng thái gốc bên cạnh`,
      );
      return;
    }
    const again = statuses.toNational(list, back.code, back.subStatus, out.status);
    if (!again.ok || again.status !== out.status) {
      const wrong = again.ok ? `số ${again.status}` : 'không đọc được';
      findings.fault(status, `${list}/${code} "${status.name}": số ${out.status} ghi ra rồi đọc lại thành ${wrong}`);
      return;
    }
  }
}

function checkGaps(list: StatusListRecord, statuses: readonly StatusRecord[], findings: Findings): void {
  if (list.list === NATIONAL_LIST && statuses.length !== NATIONAL.length) {
    findings.fault(list, 'danh sách national phải có đúng mười trạng thái');
  }
  const has = new Set(statuses.filter(status => status.preferred).map(status => status.national));
  const lacking = NATIONAL.filter(national => !has.has(national));
  if (lacking.length === 0 || lacking.length === NATIONAL.length) return;
  findings.warn(list, `danh sách ${list.list} không ghi được trạng thái quốc gia ${lacking.join(', ')}`, 'status-gaps');
}
