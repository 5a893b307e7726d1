/**
 * Units by full name (`Phường Trấn Biên`, `UBND xã Xuân Hòa, tỉnh Đồng Nai`) where no code is known: only the whole name counts, never
 * one that is alike, and none with another province or a district behind it.
 */
import { sameWords } from './same-words.ts';

/** A unit that bore a name. */
export interface NamedUnit {
  code: string;
  name: string;
}

const COMMITTEES = ['ủy ban nhân dân ', 'ubnd '].map(text => sameWords(text));
const HERE = new Set(['tỉnh Đồng Nai', 'thành phố Đồng Nai', 'TP. Đồng Nai', 'TP Đồng Nai', 'Đồng Nai'].map(sameWords));

/** A key that is equal for two spellings of one name; undefined where the name says that it is of elsewhere. */
export function nameKey(text: string): string | undefined {
  const [name = '', ...rest] = text.split(',').map(sameWords);
  if (rest.some(part => !HERE.has(part))) return undefined;
  const committee = COMMITTEES.find(each => name.startsWith(`${each} `));
  return committee === undefined ? name : name.slice(committee.length + 1);
}

/** Answers the codes that ever bore a full name. */
export function compileUnitNames(units: readonly NamedUnit[]): (name: string) => readonly string[] {
  const codes = new Map<string, Set<string>>();
  for (const { code, name } of units) {
    const key = sameWords(name);
    const bearers = codes.get(key) ?? new Set();
    bearers.add(code);
    codes.set(key, bearers);
  }
  return name => {
    const key = nameKey(name);
    return key === undefined ? [] : [...(codes.get(key) ?? [])];
  };
}
