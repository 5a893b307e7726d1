/**
 * Term marks beside the texts they explain: `data.marks` point into the canonical event, `chuThich` into the message itself,
 * so that the commune system can show the plain word where the official one stands. Marks of texts that the message does
 * not carry word for word are left out.
 */
import type { Json, JsonObject } from '../../src/domain/words.ts';
import type { FormatInput } from '../connector.ts';
import { isObject, listOf, MARKS, textOf } from './values.ts';

/** Where a canonical text stands in the message, the first of the places that has it; what is not named keeps its name. */
const PLACES: readonly (readonly [canonical: RegExp, wire: string])[] = [
  [/^\/data\/procedureName$/, '/tenChinhThuc'],
  [/^\/data\/(?:summary|subject)$/, '/trichYeu'],
  [/^\/data\/reason$/, '/lyDo'],
  [/^\/data\/text$/, '/noiDung'],
  [/^\/data\/description$/, '/moTa'],
  [/^\/data\/supplement\/content$/, '/boSung/noiDung'],
  [/^\/data\/supplement\/papers(\/.+)$/, '/boSung/giayTo$1'],
  [/^\/data\/closing\/reason$/, '/ketThuc/lyDo'],
  [/^\/data\/reopen\/basis$/, '/moLai/canCu'],
  [/^\/data\/reopen\/reason$/, '/moLai/lyDo'],
  [/^\/data\/step\/content$/, '/buoc/noiDung'],
  [/^\/data\/step(\/.+)$/, '/buoc/them$1'],
  [/^\/data\/result\/name$/, '/ketQua/ten'],
  [/^\/data\/result(\/.+)$/, '/ketQua/them$1'],
  [/^\/data\/fees(\/\d+)\/name$/, '/phiLePhi$1/ten'],
  [/^\/data\/fees(\/\d+)(\/.+)$/, '/phiLePhi$1/them$2'],
  [/^\/data\/parts(\/.+)$/, '/thanhPhan$1'],
  [/^\/data\/communeEntry\/papers(\/\d+)\/name$/, '/capXa/giayTo$1/ten'],
  [/^\/data\/communeEntry\/papers(\/\d+)\/condition$/, '/capXa/giayTo$1/truongHop'],
  [/^\/data\/communeEntry\/timeLimits(\/\d+)\/condition$/, '/capXa/thoiHan$1/truongHop'],
  [/^\/data\/communeEntry\/fees(\/\d+)\/condition$/, '/capXa/phiLePhi$1/truongHop'],
  [/^\/data\/communeEntry\/fees(\/\d+)\/exempt$/, '/capXa/phiLePhi$1/mienCho'],
  [/^\/data\/communeEntry\/results(\/\d+)$/, '/capXa/ketQua$1'],
  [/^\/data(\/.+)$/, '/banGoc$1'],
  [/^\/data(\/.+)$/, '/them$1'],
];

/** The input without its marks, which are no field of the thing itself. */
export function withoutMarks(input: FormatInput): FormatInput {
  const { [MARKS.canonical]: marks, ...data } = input.event.data;
  return marks === undefined ? input : { ...input, event: { ...input.event, data } };
}

/** `payload` with the marks of the event whose texts it carries; unchanged where there are none. */
export function withMarks(payload: Json, data: JsonObject): Json {
  if (!isObject(payload) || data[MARKS.canonical] === undefined) return payload;
  const places = new Map<string, string | undefined>();
  const written = listOf(data[MARKS.canonical])
    .filter(isObject)
    .flatMap((mark): JsonObject[] => {
      const pointer = textOf(mark.pointer);
      if (pointer === undefined) return [];
      if (!places.has(pointer)) places.set(pointer, placeOf(pointer, payload, data));
      const place = places.get(pointer);
      if (place === undefined) return [];
      const { offset = 0, length = 0, term = '', label = '', explanation = '' } = mark;
      return [{ truong: place, viTri: offset, doDai: length, ma: term, nhan: label, giaiThich: explanation }];
    });
  return written.length === 0 ? payload : { ...payload, [MARKS.wire]: written };
}

function placeOf(pointer: string, payload: JsonObject, data: JsonObject): string | undefined {
  const text = valueAt({ data }, pointer);
  if (typeof text !== 'string') return undefined;
  for (const [canonical, wire] of PLACES) {
    if (!canonical.test(pointer)) continue;
    const place = pointer.replace(canonical, wire);
    if (valueAt(payload, place) === text) return place;
  }
  return undefined;
}

function valueAt(root: Json, pointer: string): Json | undefined {
  let value: Json | undefined = root;
  for (const part of pointer.split('/').slice(1)) {
    if (Array.isArray(value)) value = value[Number(part)];
    else if (isObject(value) && Object.hasOwn(value, part)) value = value[part];
    else return undefined;
  }
  return value;
}
