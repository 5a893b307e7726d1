/**
 * What a person's choice may become for everyone, and what it may not: a code has to mean the same in every dossier. Whose
 * address decides (a split unit), and what closes a dossier (withdrawn, stopped, finished), a person settles each time.
 */
import { GatewayError, InputFault } from '../domain/errors.ts';
import type { LearntFact, LearntKind } from './learnt.ts';
import { nationalProcedureCode } from './procedures.ts';
import { NATIONAL_LIST } from './statuses.ts';
import type { Vocabulary } from './vocabulary.ts';

/** What a value without a mapping is about. */
export type AskedKind = 'procedure' | 'unit' | 'status';
/** A value that nobody knows. */
export interface Asked {
  kind: AskedKind;
  /** The code as it came; for a status the code within `list`. */
  value: string;
  /** True where the code leads to several units. */
  ambiguous?: boolean;
  list?: string;
  name?: string;
  /** Day of the earliest event that waits for it. */
  day: string;
}

/** Codes that may stand in a mapping: what a system gives out, no sentences. */
const CODE = /^[0-9A-Za-z][0-9A-Za-z._/-]{0,63}$/;
/** National numbers that close a dossier, or say that its result is there. */
const CLOSING: ReadonlySet<string> = new Set(['3', '7', '8', '9', '10']);

/** The entry that `to` makes for everyone. Throws 422 `not-learnable` with the reason, or `invalid-answer`. */
export function learntFactOf(
  asked: Asked,
  to: string,
  vocabulary: Vocabulary,
): { kind: LearntKind; entry: LearntFact } {
  const refusal = whyNotLearnable(asked, vocabulary);
  if (refusal !== undefined) throw refusal;
  const { kind, value, day, list, name } = asked;
  if (kind === 'procedure') {
    const answer = vocabulary.resolveProcedure(to, day);
    if (!answer.ok || vocabulary.procedureFacts(answer.code) === undefined) {
      throw wrong(
        `Danh mục không có thủ tục ${to} vào ngày ${day}.`,
        `The catalogue has no procedure ${to} on ${day}.`,
      );
    }
    return { kind: 'procedure-alias', entry: { from: learntCode(asked), to: answer.code, validFrom: day } };
  }
  if (kind === 'unit') {
    const answer = vocabulary.resolveUnit(to, day);
    if (!answer.ok || answer.code !== to || !vocabulary.content.units.some(unit => unit.code === to)) {
      throw wrong(`Ngày ${day} không có xã, phường mang mã ${to}.`, `There is no unit ${to} on ${day}.`);
    }
    return { kind: 'unit-alias', entry: { from: value, to, validFrom: day } };
  }
  const national = nationalNumber(list ?? '', to, vocabulary);
  if (CLOSING.has(national)) {
    throw notLearnable(
      `Số ${national} kết thúc hồ sơ hoặc báo đã có kết quả: không ghi nhớ theo lựa chọn của một người; hãy bổ sung vào danh mục trạng thái và để người thứ hai duyệt.`,
      `National ${national} closes a dossier or reports a result: it is not learnt from one choice; add it to the status list, where a second person approves.`,
    );
  }
  const entry: LearntFact = { from: value, to: national, list: list ?? '' };
  return { kind: 'status', entry: name === undefined ? entry : { ...entry, name } };
}

/** The code under which a choice for this value is kept: the national one in a local form. */
export function learntCode({ kind, value }: Pick<Asked, 'kind' | 'value'>): string {
  return kind === 'procedure' ? (nationalProcedureCode(value) ?? value) : value;
}

/** Why no choice for this value may count for everyone; undefined where one may. */
export function whyNotLearnable(asked: Asked, vocabulary: Vocabulary): GatewayError | undefined {
  const { kind, value, ambiguous, list } = asked;
  if (ambiguous === true) {
    return notLearnable(
      `Đơn vị ${value} đã tách cho nhiều xã, phường: phải chọn theo địa chỉ của từng hồ sơ.`,
      `Unit ${value} was split between several: each dossier's own address decides.`,
    );
  }
  if (!CODE.test(learntCode(asked))) {
    return notLearnable(
      'Giá trị này không phải là một mã; hãy trả lời cho từng hồ sơ hoặc sửa ở hệ thống nguồn.',
      'This value is no code; answer for each dossier, or mend it in the source system.',
    );
  }
  if (kind !== 'status') return undefined;
  const about = list === undefined ? undefined : vocabulary.statusListAbout(list);
  if (list === undefined || about !== 'dossier' || list === NATIONAL_LIST) {
    return notLearnable(
      `Danh sách trạng thái ${list ?? '(không rõ)'} là danh sách chính thức hoặc chưa có trong danh mục, không bổ sung theo lựa chọn được.`,
      `The status list ${list ?? '(unknown)'} is official or unknown; a choice cannot add to it.`,
    );
  }
  if (!vocabulary.hasStatus(list, value)) return undefined;
  return notLearnable(
    `Danh mục đã có trạng thái ${list}/${value}; nó phải do người xem từng hồ sơ quyết định, hoặc bên nhận không có trạng thái tương ứng.`,
    `${list}/${value} is in the vocabulary: a person decides it dossier by dossier, or the target has no status for it.`,
  );
}

/** The national number that a chosen code means. */
function nationalNumber(list: string, to: string, vocabulary: Vocabulary): string {
  if (vocabulary.hasStatus(NATIONAL_LIST, to)) return to;
  const answer = vocabulary.toNational(list, to);
  if (!answer.ok) throw wrong(`Không có trạng thái ${to}.`, `There is no status ${to}.`);
  return answer.status;
}

function notLearnable(vi: string, en: string): GatewayError {
  return new GatewayError('not-learnable', 422, { vi, en });
}

function wrong(vi: string, en: string): InputFault {
  const detail = { vi, en };
  return new InputFault('invalid-answer', 422, detail, {
    faults: [{ pointer: '/to', code: 'invalid-answer', detail }],
  });
}
