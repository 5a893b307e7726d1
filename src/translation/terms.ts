/**
 * Which phrases are marked and what is said of them: terms with their other spellings, abbreviations, words that everybody
 * knows, and traps (phrases that contain a term and mean something else). Compiled from the facts of a release.
 */
import type { JsonObject } from '../domain/words.ts';
import type { FactRecord } from './content.ts';
import { visible } from './syllables.ts';
import { compileMatcher, phraseTokens, type TermMatcher } from './term-matcher.ts';

/** What a mark says. */
export interface Term {
  /** Id of the entry in mappings/terms, `T064`. */
  id: string;
  label: string;
  explanation: string;
}
/** One meaning of a phrase. */
export interface Meaning {
  /** Undefined where nothing is to be marked: a trap, or a word that every officer knows. */
  term: Term | undefined;
  /** As the entry spells it. */
  form: string;
  /** Procedure fields in which alone it may be read so; undefined where everywhere. */
  fields: readonly string[] | undefined;
  abbreviation: boolean;
  /** In lower case it would be another word. */
  capitalsOnly: boolean;
}
/** Everything a phrase may mean, the surest first. */
export type Phrase = readonly Meaning[];

/** Forms of one entry in order of how sure they are; the order decides where two entries share a spelling. */
const OFFICIAL = 0;
const OTHER = 1;
const ABBREVIATION = 2;
const MISSPELT = 3;
const TRAP = 4;

const IN_BRACKETS = /\s*\(([^)]*)\)/g;
/** A form of so few syllables is an everyday word elsewhere, `thửa`, `duyệt`, `một phần`. */
const SHORT = 2;
/** Capitals of so few letters are taken as written: `CA` is no `ca`. */
const FEW_CAPITALS = 3;

/** The automaton over the terms and abbreviations among `facts`. */
export function compileTerms(facts: readonly FactRecord[]): TermMatcher<Phrase> {
  const book: Book = new Map();
  const abbreviations = facts.filter(fact => fact.kind === 'abbreviation');
  const risky = new Set(abbreviations.filter(isRisky).map(fact => keyOf(textOf(fact.data, 'abbreviation'))));
  for (const fact of facts) if (fact.kind === 'term') addTerm(book, fact, risky);
  for (const fact of abbreviations) addAbbreviation(book, fact);
  for (const meanings of book.values()) meanings.sort((left, right) => left.rank - right.rank);
  return compileMatcher<Phrase>(book);
}

/** The spelling that is compared, as a key of the automaton. */
export function keyOf(form: string): string {
  return phraseTokens(form).join(' ');
}

interface Ranked extends Meaning {
  rank: number;
}

/** Meanings by phrase while they are gathered. */
type Book = Map<string, Ranked[]>;

function addMeaning(book: Book, rank: number, form: string, term: Term | undefined, fields?: readonly string[]): void {
  const key = keyOf(form);
  if (key === '') return;
  const meanings = book.get(key) ?? [];
  book.set(key, meanings);
  const abbreviation = isAbbreviation(form);
  const capitalsOnly = abbreviation && form === form.toUpperCase() && lettersOf(form) <= FEW_CAPITALS;
  meanings.push({ rank, term, form: form.normalize('NFC'), fields, abbreviation, capitalsOnly });
}

/** The term that a phrase stands for everywhere, to join abbreviations to it; undefined where there is none. */
function sureMeaning(book: Book, form: string): Meaning | undefined {
  return book.get(keyOf(form))?.find(({ rank, fields }) => rank <= OTHER && fields === undefined);
}

function addTerm(book: Book, { id, data }: FactRecord, risky: ReadonlySet<string>): void {
  const everyday = data.everyday === true;
  const term = everyday
    ? undefined
    : { id, label: textOf(data, 'plainLabel'), explanation: textOf(data, 'explanation') };
  const fields = textsOf(data, 'procedureFields');
  const own: string[] = [];
  const add = (rank: number, form: string, bound: boolean): void => {
    own.push(keyOf(form));
    addMeaning(book, rank, form, term, bound && !everyday ? fields : undefined);
  };
  const short = new Set(textsOf(data, 'shortForms').map(keyOf));
  for (const form of withoutBrackets(textOf(data, 'term'))) {
    add(OFFICIAL, form, short.has(keyOf(form)) || risky.has(keyOf(form)));
  }
  for (const form of [...textsOf(data, 'otherForms'), ...textsOf(data, 'formerNames')]) {
    add(OTHER, form, isShort(form) || risky.has(keyOf(form)));
  }
  for (const form of textsOf(data, 'shortForms')) add(OTHER, form, true);
  for (const form of textsOf(data, 'misspellings')) add(MISSPELT, form, isShort(form));
  for (const phrase of textsOf(data, 'traps')) {
    const trap = keyOf(phrase.replaceAll(IN_BRACKETS, ''));
    // A trap without the term in it is only a neighbour: whole phrases are compared, so it is never mistaken for the term.
    if (own.some(form => form !== trap && ` ${trap} `.includes(` ${form} `))) {
      addMeaning(book, TRAP, phrase.replaceAll(IN_BRACKETS, ''), undefined);
    }
  }
}

function addAbbreviation(book: Book, fact: FactRecord): void {
  // A mark alone cannot say which of several quite different meanings it is; so nothing is said.
  if (isRisky(fact)) return;
  const { id, data } = fact;
  const expansions = textsOf(data, 'expansions');
  const first = expansions[0] ?? '';
  const sole = expansions.length === 1;
  const meant = sole
    ? withoutBrackets(first)
        .map(form => sureMeaning(book, form))
        .find(found => found !== undefined)
    : undefined;
  const reads = sole ? `Viết tắt của “${first}”.` : `Viết tắt, có thể là: ${expansions.join('; ')}.`;
  const label = textOf(data, 'plainLabel') || first;
  let term: Term | undefined = { id, label, explanation: reads };
  if (meant !== undefined) {
    term = meant.term === undefined ? undefined : { ...meant.term, explanation: `${reads} ${meant.term.explanation}` };
  }
  if (data.everyday === true) term = undefined;
  const official = textOf(data, 'abbreviation');
  addMeaning(book, ABBREVIATION, official, term);
  for (const variant of textsOf(data, 'variants')) {
    const form = variant.replaceAll(IN_BRACKETS, '');
    // Without its Đ a short one reads as something else, and half of a document's number is none.
    if (/[-/]$/.test(form) || lettersOf(form) < SHORT + 1) continue;
    if (official.includes('Đ') && !form.includes('Đ') && lettersOf(form) <= FEW_CAPITALS) continue;
    addMeaning(book, ABBREVIATION, form, term);
  }
}

/** `thủ tục hành chính (TTHC)` is written with the bracket, without it, and by the capitals in it alone. */
function withoutBrackets(form: string): string[] {
  if (!form.includes('(')) return [form];
  const inside = [...form.matchAll(IN_BRACKETS)].map(([, text]) => text ?? '').filter(isAbbreviation);
  const open = form.replaceAll(/[()]/g, '').trim();
  const forms = [form, open, form.replaceAll(IN_BRACKETS, '').trim(), ...(form.trim().endsWith(')') ? inside : [])];
  return [...new Set(forms)].filter(each => each !== '');
}

function isRisky({ data }: FactRecord): boolean {
  return data.risk === 'high' || data.risk === 'very high';
}

/** Capitals in one word, as nobody writes a word. */
function isAbbreviation(form: string): boolean {
  return /\p{Lu}[\p{Ll}.&/-]*\p{Lu}|^\p{Lu}\p{L}?\.|^V\/v/u.test(form);
}

const isShort = (form: string): boolean => !isAbbreviation(form) && phraseTokens(form).length <= SHORT;
const lettersOf = (form: string): number => form.replaceAll(/[^\p{L}]/gu, '').length;

function textOf(data: JsonObject, key: string): string {
  const value = data[key];
  return typeof value === 'string' ? visible(value) : '';
}

function textsOf(data: JsonObject, key: string): string[] {
  const value = data[key];
  return Array.isArray(value) ? value.filter(each => typeof each === 'string').map(visible) : [];
}
