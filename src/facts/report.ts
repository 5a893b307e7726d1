/**
 * A report about a right or a post (`right.*`, `post.*`) as the gateway understands it: unit in force, post, seat, period. What cannot
 * be understood is a doubt, with its reason. Pure.
 */
import { deskOf, PROVINCE } from '../domain/province.ts';
import type { GatewayEvent, Json, JsonObject } from '../domain/words.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';
import type { Officer, Paper, SignAs } from './fact.ts';
import {
  backwards,
  type FactDoubt,
  seatElsewhere,
  splitUnit,
  unknownUnit,
  unknownWord,
  wrongLevel,
} from './fact-doubts.ts';
import { labelOf } from './labels.ts';
import { beginningOf, endOf } from './local-time.ts';
import { officerId } from './persons.ts';

export interface Report {
  officer: Pick<Officer, 'id' | 'name' | 'email'>;
  /** Unit by its present code; null = the province. */
  unit: string | null;
  post: string;
  seat: string;
  department?: string;
  from: number;
  to: number | null;
  /** Empty where the report is about a post alone. */
  right: string;
  field?: string;
  signAs?: SignAs;
  system: string;
  document?: Paper;
}

const textOf = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined);
const objectOf = (value: Json | undefined): JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};

/** Reads the data of an event whose schema was checked. */
export function reportOf(given: GatewayEvent, vocabulary: Vocabulary): { report: Report } | { doubt: FactDoubt } {
  const { data } = given;
  const post = String(data.post);
  const place = vocabulary.fact('post', post);
  if (place === undefined) return { doubt: unknownWord('post', post) };
  const from = beginningOf(String(data.from));
  const said = textOf(data.to);
  const to = said === undefined ? null : endOf(said);
  // what ends at an instant may be reported as from that instant to that instant
  const ends = given.type === 'post.ended' || given.type === 'right.revoked';
  if (from === undefined || to === undefined || (to !== null && (ends ? to < from : to <= from))) {
    return { doubt: backwards(data.from ?? null, data.to ?? null) };
  }
  const code = String(data.unitCode);
  const at = new Date(Math.max(Date.parse(given.time), from)).toISOString();
  const unit = unitOf(code, at, vocabulary);
  if ('doubt' in unit) return unit;
  if (place.data.level !== (unit.code === null ? 'province' : 'commune')) {
    return { doubt: wrongLevel(labelOf('post', post, vocabulary), code) };
  }
  const seat = seatOf(textOf(data.seat), unit.code ?? PROVINCE, post, at, vocabulary);
  if ('doubt' in seat) return seat;
  const right = textOf(data.right) ?? '';
  if (given.type.startsWith('right.') && vocabulary.fact('right', right) === undefined) {
    return { doubt: unknownWord('right', right) };
  }
  const officer = objectOf(data.officer);
  const email = textOf(officer.email);
  const field = textOf(data.field);
  const signAs = textOf(data.signAs) as SignAs | undefined;
  const document = paperOf(data);
  return {
    report: {
      officer: {
        id: officerId(given.source, String(officer.id)),
        name: String(officer.name),
        ...(email === undefined ? {} : { email }),
      },
      unit: unit.code,
      post,
      ...seat,
      from,
      to,
      right,
      ...(field === undefined ? {} : { field }),
      ...(signAs === undefined ? {} : { signAs }),
      system: textOf(data.system) ?? given.source,
      ...(document === undefined ? {} : { document }),
    },
  };
}

function unitOf(code: string, at: string, vocabulary: Vocabulary): { code: string | null } | { doubt: FactDoubt } {
  const unit = vocabulary.resolveUnit(code, at);
  if (unit.ok) return { code: deskOf(unit.code) };
  return {
    doubt:
      unit.cause === 'ambiguous-unit'
        ? splitUnit(
            code,
            unit.candidates.map(({ code: id, name }) => ({ code: id, name })),
          )
        : unknownUnit(code),
  };
}

/** The seat's id with the unit's present code: `26041/van-hoa-xa-hoi/chuyen-vien#2`. It must be of that unit and of that post. */
function seatOf(
  given: string | undefined,
  unit: string,
  post: string,
  at: string,
  vocabulary: Vocabulary,
): { seat: string; department?: string } | { doubt: FactDoubt } {
  if (given === undefined) return { seat: `${unit}/${post}` };
  const [place = '', ...rest] = given.split('/');
  const [office = ''] = (rest.at(-1) ?? '').split('#');
  const department = rest.length > 1 ? rest[0] : undefined;
  const there = unitOf(place, at, vocabulary);
  const same = 'code' in there && there.code === deskOf(unit);
  if (!same || office !== post || rest.length > 2) return { doubt: seatElsewhere(given, unit) };
  if (department !== undefined && vocabulary.fact('department', department) === undefined) {
    return { doubt: unknownWord('department', department) };
  }
  return { seat: [unit, ...rest].join('/'), ...(department === undefined ? {} : { department }) };
}

function paperOf(data: JsonObject): Paper | undefined {
  const given = objectOf(data.document);
  const number = textOf(given.number);
  if (number === undefined) return undefined;
  const signer = textOf(given.signer);
  return { number, date: textOf(given.date) ?? '', ...(signer === undefined ? {} : { signer }) };
}
