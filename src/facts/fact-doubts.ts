/**
 * Why a report about rights and posts is no fact, or one that a person should look at: with what was said, and what to do next. Pure.
 */
import type { Bilingual, Json, JsonObject } from '../domain/words.ts';
import type { Fact } from './fact.ts';
import { dayOf } from './local-time.ts';

export interface FactDoubt {
  kind:
    | 'unknown-post'
    | 'unknown-unit'
    | 'ambiguous-unit'
    | 'unknown-right'
    | 'unknown-department'
    | 'backwards-period'
    | 'seat-elsewhere'
    | 'wrong-level'
    | 'overlapping-period'
    | 'seat-taken';
  text: Bilingual;
  value: Json;
  /** False where it was not taken as a fact. */
  taken: boolean;
  more?: JsonObject;
}

const doubt = (kind: FactDoubt['kind'], value: Json, vi: string, en: string, more?: JsonObject): FactDoubt => ({
  kind,
  value,
  taken: false,
  text: { vi, en },
  ...(more === undefined ? {} : { more }),
});

const MEND = {
  vi: 'Chưa ghi nhận. Sửa ở hệ thống đã báo rồi để hệ thống báo lại, hoặc tự nhập tại /v1/seats, /v1/holdings, /v1/rights.',
  en: 'It is not taken. Correct it in the system that reported it and let it report again, or enter it under /v1/seats, /v1/holdings, /v1/rights.',
} as const;

/** The vocabulary has no such post, right or department. */
export function unknownWord(kind: 'post' | 'right' | 'department', id: string): FactDoubt {
  const words = { post: 'vị trí', right: 'quyền', department: 'phòng' } as const;
  return doubt(
    `unknown-${kind}`,
    id,
    `Danh mục không có ${words[kind]} ${id || '(để trống)'}. ${MEND.vi}`,
    `The vocabulary has no ${kind} ${id || '(empty)'}. ${MEND.en}`,
  );
}

/** No unit of this province carries the code on that day. */
export const unknownUnit = (code: string): FactDoubt =>
  doubt(
    'unknown-unit',
    code,
    `Ngày ấy trong tỉnh không có xã, phường mang mã ${code} (mã cũ, mã của tỉnh khác?). ${MEND.vi}`,
    `No unit of this province carries the code ${code} on that day (an old code, another province's?). ${MEND.en}`,
  );

/** A unit that was split: nobody can tell from the code where the seat is now. */
export const splitUnit = (code: string, candidates: Json): FactDoubt =>
  doubt(
    'ambiguous-unit',
    code,
    `Đơn vị mang mã ${code} đã tách; cần mã của đơn vị hiện nay. ${MEND.vi}`,
    `The unit ${code} was split; the code of today's unit is needed. ${MEND.en}`,
    { candidates },
  );

export const backwards = (from: Json, to: Json): FactDoubt =>
  doubt(
    'backwards-period',
    [from, to],
    `Thời gian ${String(from)} – ${String(to)} kết thúc trước khi bắt đầu. ${MEND.vi}`,
    `The period ${String(from)} – ${String(to)} ends before it begins. ${MEND.en}`,
  );

export const seatElsewhere = (seat: string, unit: string): FactDoubt =>
  doubt(
    'seat-elsewhere',
    seat,
    `Vị trí công tác ${seat} không thuộc đơn vị ${unit} hoặc không khớp với chức danh. ${MEND.vi}`,
    `The seat ${seat} is not of the unit ${unit}, or not of the post named. ${MEND.en}`,
  );

export const wrongLevel = (post: string, unit: string): FactDoubt =>
  doubt(
    'wrong-level',
    post,
    `Chức danh ${post} không có ở đơn vị ${unit} (khác cấp). ${MEND.vi}`,
    `There is no post ${post} in the unit ${unit}: it is of another level. ${MEND.en}`,
  );

/** The same officer on the same seat in a period that was told before, and begins later. */
export function stillOverlaps({ officer, seat }: { officer: { id: string }; seat: string }, known: Fact): FactDoubt {
  const since = dayOf(known.from);
  return doubt(
    'overlapping-period',
    [officer.id, seat],
    `${officer.id} đã được ghi giữ vị trí ${seat} từ ${since}; thời gian mới trùng lên. ${MEND.vi}`,
    `${officer.id} is recorded on ${seat} since ${since}; the new period lies over it. ${MEND.en}`,
    { fact: known.id },
  );
}

/** Somebody else sits there at that time. */
export const seatTaken = (seat: string, officer: string, others: readonly string[]): FactDoubt => ({
  ...doubt(
    'seat-taken',
    seat,
    `${officer} được ghi vào vị trí ${seat} trong khi ${others.join(', ')} vẫn giữ. Nếu là một người, hãy gộp (POST /v1/officers/{id}/join); nếu không, kết thúc người trước (POST /v1/holdings/{id}/end).`,
    `${officer} was put on ${seat} while ${others.join(', ')} still sit there. If they are one person, join them (POST /v1/officers/{id}/join); else end the one before (POST /v1/holdings/{id}/end).`,
    { others: [...others] },
  ),
  taken: true,
});
