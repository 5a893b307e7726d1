/** Likely statuses for one that its list lacks: codes of the list itself, else national numbers; with caution where it closes. */
import { percent, Reasons } from './candidates.ts';
import type { Candidate, StatusRecord } from './content.ts';
import { fold, letterPairs, overlap, slips } from './likeness.ts';

const NATIONAL = 'national';
/** National numbers that end a dossier or say that it is finished: no likeness of words may suggest them strongly. */
const FINAL: ReadonlySet<string> = new Set(['3', '7', '8', '9', '10']);

/** Likely statuses for `code` of `list`: codes of the list itself, else national numbers. */
export function statusCandidates(
  statuses: readonly StatusRecord[],
  list: string,
  code: string,
  name: string | undefined,
): Candidate[] {
  const reasons = new Reasons();
  const words = letterPairs(fold(name ?? code));
  const add = (status: StatusRecord, weight: number, vi: string, en: string): void => {
    const most = FINAL.has(status.national) ? 0.6 : 1;
    reasons.add(status.code, status.name, weight * most, vi, en);
    if (most < 1 && status.list === NATIONAL) {
      reasons.against(status.code, 1, 'trạng thái kết thúc: cần xem kỹ hồ sơ', 'ends the dossier: look closely');
    }
  };
  for (const status of statuses) {
    if (status.level !== 'status' || status.code === code) continue;
    const own = status.list === list;
    if (!own && status.list !== NATIONAL) continue;
    // a bare number is read as the national one: a local list's own numbers cannot be offered beside it
    if (own && list !== NATIONAL && /^[0-9]+$/.test(status.code)) continue;
    if (own && code.length >= 3 && slips(fold(code), fold(status.code), 2) <= 2) {
      add(status, 0.6, `mã gần giống ${status.code}`, `the code is close to ${status.code}`);
    }
    const alike = Math.max(
      overlap(words, letterPairs(fold(status.name))),
      own ? overlap(words, letterPairs(fold(status.code))) : 0,
    );
    if (alike >= 0.5)
      add(status, (own ? 0.8 : 0.65) * alike, `chữ giống ${percent(alike)}`, `the words are ${percent(alike)} alike`);
  }
  for (const other of statuses) {
    if (other.list === list || other.list === NATIONAL || other.level !== 'status' || other.code !== code) continue;
    const meant = statuses.find(status => status.list === NATIONAL && status.code === other.national);
    if (meant === undefined || !/[a-z]/i.test(code)) continue;
    add(
      meant,
      0.55,
      `danh sách ${other.list} cũng có mã này, nghĩa là “${other.name}”`,
      `the list ${other.list} has this code too, as "${other.name}"`,
    );
  }
  return reasons.best();
}
