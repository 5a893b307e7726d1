/**
 * Schema validation that names every fault without being an attack: the ordinary pass stops at the first fault; only for a
 * bad value a second pass names all, on lists cut short. 50,000 bad items would otherwise become 250,000 error objects.
 */
import type { ValidateFunction } from 'ajv';
import type { Fault } from '../domain/errors.ts';
import type { Json } from '../domain/words.ts';
import type { SchemaError } from './schema-faults.ts';

/** Faults named in one answer. */
export const MOST_FAULTS = 100;
/** Items of a list that the second pass looks at. */
const MOST_ITEMS = 100;

/** The value with every list cut to its first items. */
function cutLists(value: Json, most = MOST_ITEMS): Json {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.slice(0, most).map(item => cutLists(item, most));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cutLists(item as Json, most)]));
}

/** The first 100 faults, and one that counts the rest. */
export function limitFaults(faults: Fault[], pointer = ''): Fault[] {
  if (faults.length <= MOST_FAULTS) return faults;
  const more = faults.length - MOST_FAULTS;
  const detail = { vi: `Và ${more} lỗi nữa.`, en: `And ${more} more.` };
  return [...faults.slice(0, MOST_FAULTS), { pointer, code: 'more-faults', detail }];
}

/** Both compilers of a schema; `allErrors` is off in the first and on in the second. */
export interface Compilers {
  quick(schema: object): ValidateFunction;
  thorough(schema: object): ValidateFunction;
}

/**
 * Compiles a schema when a value first comes, and for the second pass when one first fails: a process that never sees a type pays
 * nothing for it (schemas were a quarter of its start).
 * @returns errors of a value, empty when it fits. The first pass's error comes first: a list that is too long, or a fault
 * behind the cut, is known only from there.
 */
export function compileTwoPass(schema: object, compilers: Compilers): (value: unknown) => SchemaError[] {
  let quick: ValidateFunction | undefined;
  let thorough: ValidateFunction | undefined;
  return value => {
    quick ??= compilers.quick(schema);
    if (quick(value)) return [];
    const first = (quick.errors ?? []) as SchemaError[];
    thorough ??= compilers.thorough(schema);
    const all = thorough(cutLists(value as Json)) ? [] : ((thorough.errors ?? []) as SchemaError[]);
    const seen = new Set<string>();
    const faults: SchemaError[] = [];
    for (const error of [...first, ...all]) {
      const name = `${error.keyword} ${error.instancePath} ${JSON.stringify(error.params)}`;
      // `if` only says that the branch failed; the branch's own error stands beside it.
      if (error.keyword === 'if' || seen.has(name)) continue;
      seen.add(name);
      faults.push(error);
    }
    return faults;
  };
}
