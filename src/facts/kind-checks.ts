/**
 * What refuses a fact that somebody wants to enter: things that it names and that nobody knows. Shared by the kinds (kinds.ts). Pure.
 */
import { PROVINCE } from '../domain/province.ts';
import type { Bilingual } from '../domain/words.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';
import { type NewFact, overlap } from './fact.ts';
import type { KnownFacts } from './known-facts.ts';
import { localTime } from './local-time.ts';
import { personOf } from './persons.ts';

/** What is wrong with a fact that somebody wants to enter. */
export interface FactFault {
  /** JSON pointer into the body. */
  pointer: string;
  code: string;
  /** False: it is told and taken. */
  refuses: boolean;
  text: Bilingual;
  /** Another fact that it concerns. */
  other?: string;
}
export interface CheckContext {
  facts: KnownFacts;
  vocabulary: Vocabulary;
  /** Ms of the epoch. */
  now: number;
  /** Systems by id. */
  systems: readonly string[];
}
/** A fault that refuses. */
export const unknown = (pointer: string, code: string, vi: string, en: string): FactFault => ({
  pointer,
  code,
  refuses: true,
  text: { vi, en },
});

/** A fault where the vocabulary has no such post, right or procedure. */
export function mustBeKnown(
  kind: 'post' | 'right' | 'procedure',
  ids: readonly (string | undefined)[],
  pointer: string,
  { vocabulary }: CheckContext,
): FactFault[] {
  const has = (id: string): boolean =>
    kind === 'procedure' ? vocabulary.procedureFacts(id) !== undefined : vocabulary.fact(kind, id) !== undefined;
  const words = { post: 'vị trí', right: 'quyền', procedure: 'thủ tục' } as const;
  return ids.flatMap(id =>
    id === undefined || has(id)
      ? []
      : [unknown(pointer, `unknown-${kind}`, `Danh mục không có ${words[kind]} ${id}.`, `There is no ${kind} ${id}.`)],
  );
}

/** A fault where no procedure is of this field. */
export function mustBeField(field: string | undefined, { vocabulary }: CheckContext): FactFault[] {
  return field === undefined || vocabulary.content.procedures.some(procedure => procedure.field === field)
    ? []
    : [unknown('/field', 'unknown-field', `Danh mục không có lĩnh vực ${field}.`, `There is no field ${field}.`)];
}

/** A word where one person enters authority: what is held back for certain waits for the second one. */
export function mustBeConfirmed({ body: { confirmedBy } }: NewFact<'authority'>): FactFault[] {
  if (confirmedBy !== undefined) return [];
  const text = {
    vi: 'Cần một người khác xác nhận (POST /v1/authority/{id}/confirm). Cho đến lúc đó mục này không giữ lại hồ sơ nào, và không gỡ việc đang giữ vì trái thẩm quyền chắc chắn.',
    en: 'Another person must confirm it (POST /v1/authority/{id}/confirm). Until then it holds nothing back and does not lift what is held for a certain contradiction.',
  };
  return [{ pointer: '', code: 'awaits-confirmation', refuses: false, text }];
}

/** A fault where a seat was never entered, or belongs to another unit: what is asked of a unit is looked for at its own seats. */
export function mustBeSeat(seat: string, unit: string | null, { facts }: CheckContext): FactFault[] {
  const known = facts.under('seat', seat);
  if (known.length === 0) {
    return [
      unknown(
        '/seat',
        'unknown-seat',
        `Chưa có vị trí công tác ${seat}. Hãy nhập vị trí ấy trước.`,
        `There is no seat ${seat}. Enter the seat first.`,
      ),
    ];
  }
  if (known.some(fact => fact.unit === unit)) return [];
  const where = known[0]?.unit ?? PROVINCE;
  return [
    unknown('/unit', 'seat-of-another-unit', `Vị trí ${seat} thuộc ${where}.`, `The seat ${seat} belongs to ${where}.`),
  ];
}

/** A word where somebody else sits there at that time: one person under two ids, or one who was not ended. */
export function mustBeVacant(given: NewFact<'holding'>, { facts }: CheckContext): FactFault[] {
  const { officer, seat } = given.body;
  const others = facts
    .of('holding', given.unit)
    .filter(({ id, body }) => id !== given.id && body.seat === seat && body.officer !== officer)
    .filter(other => overlap(given, other) && !personOf(officer, facts).includes(other.body.officer));
  return others.map(({ id, body, from }) => ({
    pointer: '/seat',
    code: 'seat-taken',
    refuses: false,
    other: id,
    text: {
      vi: `${body.officer} đã được ghi giữ vị trí ${seat} từ ${localTime(from)}. Nếu là một người, hãy gộp (POST /v1/officers/{id}/join); nếu không, kết thúc người trước (POST /v1/holdings/{id}/end).`,
      en: `${body.officer} is recorded on ${seat} since ${localTime(from)}. If they are one person, join them (POST /v1/officers/{id}/join); else end the one before (POST /v1/holdings/{id}/end).`,
    },
  }));
}

/** A fault where no such system is configured: what names it would never count. */
export function mustBeSystem(
  ids: readonly (string | undefined)[],
  pointer: string,
  { systems }: CheckContext,
): FactFault[] {
  const wrong = ids.find(id => id !== undefined && !systems.includes(id));
  return wrong === undefined
    ? []
    : [
        unknown(
          pointer,
          'unknown-system',
          `Không có hệ thống ${wrong}; đang kết nối: ${systems.join(', ')}.`,
          `There is no system ${wrong}; connected are ${systems.join(', ')}.`,
        ),
      ];
}

/** A fault where a seat's id does not begin with its unit or does not name its post. */
export function mustNameItsDesk({ body: { seat, post, department }, unit }: NewFact<'seat'>): FactFault[] {
  const begins = [unit ?? PROVINCE, ...(department === undefined ? [] : [department]), post].join('/');
  if (seat === begins || (seat.startsWith(`${begins}#`) && /^\d+$/.test(seat.slice(begins.length + 1)))) return [];
  return [
    unknown(
      '/seat',
      'seat-id',
      `Mã vị trí phải là ${begins} hoặc ${begins}#2, #3 …`,
      `The seat's id must be ${begins}, or ${begins}#2, #3 …`,
    ),
  ];
}
