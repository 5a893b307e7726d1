/**
 * Where the province's text and our record of a procedure do not say the same, and where our own sources do not: told beside the
 * entry, with the date of the record, for a person to settle. The official text stays as it came, whatever is found here.
 */
import type { Json, JsonObject } from '../domain/words.ts';
import { type Limit, limitText, officialLimits, sameLimit } from './commune-texts.ts';
import type { ProcedureDetails, ProcedureRecord } from './content.ts';
import { sameWords } from './same-words.ts';

/** All differences between `data` of `procedure.published` and `record`, part by part. */
export function differences(data: JsonObject, record: ProcedureRecord): JsonObject[] {
  const found: JsonObject[] = [];
  const details = record.details;
  const tell = (part: string, official: Json, recorded: Json): void => {
    const asOf = details?.asOf === undefined ? {} : { asOf: details.asOf };
    const source = (part === 'name' || part === 'level' ? undefined : details?.source) ?? record.source;
    found.push({ part, official, recorded, ...asOf, source: source.join('; ') });
  };
  const procedure = objectOf(data.procedure);
  if (record.nameOfficial && differ(procedure.name, record.name)) tell('name', procedure.name ?? null, record.name);
  if ((procedure.level === 'xã' || procedure.level === 'tỉnh') && procedure.level !== record.levelAfter) {
    tell('level', procedure.level, record.levelAfter);
  }
  const limits = officialLimits(data.timeLimit);
  const recorded = recordedLimits(record);
  if (
    limits.length > 0 &&
    recorded.length > 0 &&
    !limits.every(each => recorded.some(other => sameLimit(each, other)))
  ) {
    tell('timeLimit', limits.map(limitText), recorded.map(limitText));
  }
  if (details === undefined) return found;
  const amounts = amountsOf(listOf(data.fees));
  const known = amountsOf(details.fees ?? []);
  if (amounts.length > 0 && known.length > 0 && !amounts.every(each => known.includes(each))) {
    tell('fees', amounts, known);
  }
  const results = namesOf(listOf(data.results));
  const named = details.results ?? [];
  if (results.length > 0 && named.length > 0 && !results.some(each => named.some(other => alike(each, other)))) {
    tell('results', results, named);
  }
  tellLegalBasis(data, details, tell);
  const papers = paperCount(listOf(data.components));
  const listed = details.papersTotal ?? details.papers?.length ?? 0;
  if (papers > 0 && listed > 0 && papers !== listed) tell('papers', papers, listed);
  return found;
}

/** Time limits in which our own sources contradict each other, with what each says. */
export function contradictions(record: ProcedureRecord): JsonObject[] {
  const { timeLimit, details } = record;
  const copied = details?.timeLimits ?? [];
  if (timeLimit === undefined || details === undefined || copied.length === 0) return [];
  if (copied.some(each => sameLimit(each, timeLimit))) return [];
  const asOf = details.asOf === undefined ? {} : { asOf: details.asOf };
  return [
    {
      part: 'timeLimit',
      values: [
        { text: limitText(timeLimit), source: timeLimit.source.join('; '), certainty: timeLimit.certainty },
        ...copied.map(each => ({
          text: limitText(each),
          source: details.source.join('; '),
          certainty: details.fieldCertainty?.timeLimits ?? details.certainty,
          ...asOf,
        })),
      ],
    },
  ];
}

/** Every time limit recorded of a procedure, from whichever source. */
function recordedLimits({ timeLimit, details }: ProcedureRecord): Limit[] {
  const copied = details?.timeLimits ?? [];
  if (timeLimit === undefined) return copied;
  const { value, unit, valueDifficultArea, casesSeen = [] } = timeLimit;
  const difficult = valueDifficultArea === undefined ? [] : [valueDifficultArea];
  const own = [...new Set([value, ...difficult, ...casesSeen])].map(each => ({ value: each, unit }));
  return [...own, ...copied];
}

function tellLegalBasis(
  data: JsonObject,
  details: ProcedureDetails,
  tell: (part: string, official: Json, recorded: Json) => void,
): void {
  const official = numbersOf(listOf(data.legalBasis));
  const recorded = numbersOf(details.legalBasis ?? []);
  if (official.length === 0 || recorded.length === 0) return;
  const lacks = (all: string[], one: string): boolean => !all.some(each => sameWords(each) === sameWords(one));
  const onlyOfficial = official.filter(each => lacks(recorded, each));
  const onlyRecorded = recorded.filter(each => lacks(official, each));
  if (onlyOfficial.length > 0 || onlyRecorded.length > 0) tell('legalBasis', official, recorded);
}

/** Official names mostly begin with "Thủ tục", lists leave it out. */
const PREFIX = new RegExp(`^${sameWords('thủ tục')} `);

function differ(official: Json | undefined, recorded: string): boolean {
  if (typeof official !== 'string' || official === '') return false;
  const bare = (text: string): string => sameWords(text).replace(PREFIX, '');
  return sameWords(official) !== sameWords(recorded) && bare(official) !== bare(recorded);
}

function alike(left: string, right: string): boolean {
  const [one, other] = [sameWords(left), sameWords(right)];
  return one.includes(other) || other.includes(one);
}

function amountsOf(fees: readonly Json[]): number[] {
  const amounts = fees.map(fee => objectOf(fee).amount).filter(amount => typeof amount === 'number');
  return [...new Set(amounts)].sort((left, right) => left - right);
}

function namesOf(items: readonly Json[]): string[] {
  return items
    .map(item => (typeof item === 'string' ? item : objectOf(item).name))
    .filter((name): name is string => typeof name === 'string' && name.trim() !== '');
}

function numbersOf(items: readonly Json[]): string[] {
  const numbers = items.map(item => (typeof item === 'string' ? item : objectOf(item).number));
  return [...new Set(numbers.filter((each): each is string => typeof each === 'string' && each.trim() !== ''))];
}

function paperCount(components: readonly Json[]): number {
  return components.reduce<number>((sum, each) => {
    const { papers } = objectOf(each);
    return sum + (Array.isArray(papers) ? papers.length : 1);
  }, 0);
}

function objectOf(value: Json | undefined): JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
}
const listOf = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);
