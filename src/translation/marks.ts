/**
 * Marks the specialised terms in the texts of an event, so that a commune officer reads the plain word beside the official
 * one. The texts themselves are never touched; a term is marked once a text, at its first place.
 */
import type { GatewayEvent, Json, Mark } from '../domain/words.ts';
import { isNamePart } from './names.ts';
import { READ, type Reading } from './readable-texts.ts';
import { isWordUnit } from './syllables.ts';
import type { TermMatcher } from './term-matcher.ts';
import { compileTerms, type Meaning, type Phrase } from './terms.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Shortest text that is looked at; the shortest phrase has two letters. */
const SHORTEST = 2;

/** Official names are few and come with nearly every dossier: their marks are worked out once. */
const NAME = '/data/procedureName';
const MOST_NAMES = 10_000;
const LONGEST_NAME = 500;

interface Terms {
  matcher: TermMatcher<Phrase>;
  /** Marks of official names by field and name. */
  names: Map<string, readonly Mark[]>;
}
/** What marking needs of a vocabulary, made when its first text comes and gone with the vocabulary. */
const compiled = new WeakMap<Vocabulary, Terms>();

function termsOf(vocabulary: Vocabulary): Terms {
  let terms = compiled.get(vocabulary);
  if (terms === undefined) {
    terms = {
      matcher: compileTerms([...vocabulary.facts('term'), ...vocabulary.facts('abbreviation')]),
      names: new Map(),
    };
    compiled.set(vocabulary, terms);
  }
  return terms;
}

function marksOfName(name: string, { matcher, names }: Terms, field: string | undefined): readonly Mark[] {
  const key = `${field ?? ''}\n${name}`;
  const known = names.get(key);
  if (known !== undefined) return known;
  const marks: Mark[] = [];
  markText(name, NAME, matcher, () => field, marks);
  if (names.size >= MOST_NAMES) names.clear();
  names.set(key, marks);
  return marks;
}

/** Builds what marking needs before the first event asks for it. */
export function warmMarks(vocabulary: Vocabulary): void {
  termsOf(vocabulary);
}

/**
 * The marks in the texts of `event` that are meant for reading (readable-texts.ts). `procedure` is the code in force: its
 * field decides which short forms may be read as terms.
 */
export function marksOf(event: GatewayEvent, vocabulary: Vocabulary, procedure?: string): Mark[] {
  const reading = Object.hasOwn(READ, event.type) ? READ[event.type] : undefined;
  const marks: Mark[] = [];
  if (reading === undefined) return marks;
  let field: string | undefined;
  let asked = false;
  const fieldOf = (): string | undefined => {
    if (!asked) field = fieldOfEvent(event, vocabulary, procedure);
    asked = true;
    return field;
  };
  const terms = termsOf(vocabulary);
  eachText(event.data, reading, '/data', (text, pointer) => {
    if (pointer === NAME && text.length <= LONGEST_NAME) marks.push(...marksOfName(text, terms, fieldOf()));
    else markText(text, pointer, terms.matcher, fieldOf, marks);
  });
  return marks;
}

/** The marks of a single text, as `pointer` names it. */
export function marksOfText(text: string, pointer: string, vocabulary: Vocabulary, field?: string): Mark[] {
  const marks: Mark[] = [];
  markText(text, pointer, termsOf(vocabulary).matcher, () => field, marks);
  return marks;
}

function fieldOfEvent({ data }: GatewayEvent, vocabulary: Vocabulary, procedure?: string): string | undefined {
  const published = isObject(data.procedure) ? data.procedure : {};
  const code = procedure ?? published.code;
  const known = typeof code === 'string' ? vocabulary.procedureFacts(code)?.field : undefined;
  return known ?? (typeof published.field === 'string' ? published.field : undefined);
}

function markText(
  text: string,
  pointer: string,
  matcher: TermMatcher<Phrase>,
  fieldOf: () => string | undefined,
  marks: Mark[],
): void {
  const meant = (phrase: Phrase, start: number, end: number): Meaning | undefined =>
    phrase.find(meaning => stands(meaning, text, start, end, fieldOf));
  const { found } = matcher.scan(text, (phrase, start, end) => meant(phrase, start, end) !== undefined);
  const said = new Set<string>();
  for (const { phrase, start, end } of found) {
    const meaning = meant(phrase, start, end);
    const term = meaning?.term;
    if (meaning === undefined || term === undefined || said.has(term.id)) continue;
    if (isNamePart(text, start, end, meaning.form)) continue;
    said.add(term.id);
    const { id, label, explanation } = term;
    marks.push({ pointer, offset: start, length: end - start, term: id, label, explanation });
  }
}

/** May the phrase at this place be read so? */
function stands(
  { fields, abbreviation, capitalsOnly }: Meaning,
  text: string,
  start: number,
  end: number,
  fieldOf: () => string | undefined,
): boolean {
  if (fields !== undefined && !fields.includes(fieldOf() ?? '')) return false;
  if (!abbreviation) return true;
  // `QĐ-UBND`, `BC.doc`: capitals tied to others are part of a number or a name.
  if (/[-/_&.+]/.test(text.charAt(start - 1)) && isWordUnit(text, start - 2)) return false;
  if (/[-/_&.+]/.test(text.charAt(end)) && isWordUnit(text, end + 1)) return false;
  if (!capitalsOnly) return true;
  const written = text.slice(start, end);
  return written === written.toUpperCase();
}

function eachText(
  value: Json | undefined,
  reading: Reading,
  pointer: string,
  read: (text: string, pointer: string) => void,
): void {
  if (typeof value === 'string') {
    if (reading.text && value.length >= SHORTEST) read(value, pointer);
  } else if (Array.isArray(value)) {
    const { items } = reading;
    if (items === undefined) return;
    for (const [index, item] of value.entries()) eachText(item, items, `${pointer}/${index}`, read);
  } else if (isObject(value) && reading.members !== undefined) {
    for (const [name, inner] of reading.members) {
      if (Object.hasOwn(value, name)) eachText(value[name], inner, `${pointer}/${name}`, read);
    }
  }
}

function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
