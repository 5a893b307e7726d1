/**
 * Code lists of the dialects, one list an endpoint: the same name means different things elsewhere
 * (LoaiDoiTuong is 1 and 2 in the older service, 0 to 2 in the newer one), so lists are never merged.
 */
import { type CodeRecord, type EntryRef, entryRef } from './content.ts';
import { codeGrade } from './grades.ts';

export interface Codes {
  encode(list: string, canonical: string): string | undefined;
  decode(list: string, code: string): string | undefined;
  entry(list: string, code: string): EntryRef | undefined;
}

interface List {
  encode: Map<string, string>;
  decode: Map<string, { canonical: string; entry: EntryRef }>;
}

/** Builds the look-up; doubled codes and values are refused by the cross-checks before. */
export function compileCodes(records: readonly CodeRecord[]): Codes {
  const lists = new Map<string, List>();
  for (const record of records) {
    const list = lists.get(record.list) ?? { encode: new Map(), decode: new Map() };
    lists.set(record.list, list);
    list.encode.set(record.canonical, record.code);
    for (const also of record.alsoFor ?? []) list.encode.set(also, record.code);
    const entry = entryRef(`code:${record.list}/${record.code}`, record, codeGrade(record));
    list.decode.set(record.code, { canonical: record.canonical, entry });
  }
  return {
    // A field's name or a Vietnamese code may arrive decomposed; the lists are NFC.
    encode: (list, canonical) => lists.get(list)?.encode.get(canonical.normalize('NFC')),
    decode: (list, code) => lists.get(list)?.decode.get(code.normalize('NFC'))?.canonical,
    entry: (list, code) => lists.get(list)?.decode.get(code)?.entry,
  };
}
