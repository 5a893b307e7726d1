/**
 * Finds many phrases in one pass over a text (Aho–Corasick over syllables): the work grows with the text alone, whatever the
 * number of phrases. Of phrases that overlap the longest stays, of equally long ones the first.
 */
import { foldToken, OPAQUE, type Tokens, tokenise } from './syllables.ts';

/** A phrase found; offsets in UTF-16 units of the text as given. */
export interface Found<Phrase> {
  start: number;
  end: number;
  phrase: Phrase;
}
export interface Scan<Phrase> {
  /** In the order of the text, never overlapping. */
  found: Found<Phrase>[];
  /** Single steps taken, so that a test can hold the promise without a clock. */
  steps: number;
}
export interface TermMatcher<Phrase> {
  /** `admit` is asked of every phrase that stands in the text; what it refuses is as if it were not there. */
  scan(text: string, admit?: (phrase: Phrase, start: number, end: number) => boolean): Scan<Phrase>;
}

/** Longest raw spelling that is looked up: no syllable has more, even decomposed and with invisible units inside. */
const LONGEST_TOKEN = 32;
/** Slices up to here are copies of their own. */
const SHORT_TOKEN = 12;
/** Raw spellings remembered at once; the syllables of the language in all their spellings fit in. */
const REMEMBERED = 8192;
const NEVER = { ids: [], starts: [], ends: [] };

/** The tokens of a phrase in the spelling that is compared. */
export function phraseTokens(phrase: string): string[] {
  const { starts, ends }: Tokens = phrase === '' ? NEVER : tokenise(phrase, () => 0);
  return starts.map((start, index) => foldToken(phrase.slice(start, ends[index])));
}

interface Hit<Phrase> extends Found<Phrase> {
  /** First token, and the one after the last. */
  from: number;
  to: number;
}

/** The automaton while it grows; states are numbers, 0 is where nothing has been read yet. */
interface States<Phrase> {
  /** `state * width + token` → state. */
  next: Map<number, number>;
  /** Where to go on when no phrase continues. */
  fail: number[];
  /** The phrase that ends here, and the nearest state down the fail chain where another ends (0: none). */
  ends: (Phrase | undefined)[];
  also: number[];
  depth: number[];
}

/** Builds the automaton; `phrases` are keyed by their tokens joined by a space (phraseTokens). */
export function compileMatcher<Phrase>(phrases: ReadonlyMap<string, Phrase>): TermMatcher<Phrase> {
  const tokenIds = new Map<string, number>();
  for (const key of phrases.keys()) {
    for (const token of key.split(' ')) if (!tokenIds.has(token)) tokenIds.set(token, tokenIds.size + 1);
  }
  const width = tokenIds.size + 1;
  const states = grow(phrases, tokenIds, width);
  const remembered = new Map<string, number>();
  const idOf = (raw: string): number => {
    const known = remembered.get(raw);
    if (known !== undefined) return known;
    if (raw.length > LONGEST_TOKEN) return OPAQUE;
    if (remembered.size >= REMEMBERED) remembered.clear();
    const id = tokenIds.get(foldToken(raw)) ?? OPAQUE;
    // A longer slice would keep the whole text it was cut from in memory.
    if (raw.length <= SHORT_TOKEN) remembered.set(raw, id);
    return id;
  };
  return {
    scan(text, admit) {
      const tokens = tokenise(text, idOf);
      const { hits, steps } = walk(states, width, tokens, admit);
      return hits.length === 0 ? { found: [], steps } : { found: longest(hits), steps: steps + hits.length };
    },
  };
}

function grow<Phrase>(
  phrases: ReadonlyMap<string, Phrase>,
  tokenIds: ReadonlyMap<string, number>,
  width: number,
): States<Phrase> {
  const states: States<Phrase> = { next: new Map(), fail: [0], ends: [undefined], also: [0], depth: [0] };
  const { next, fail, ends, also, depth } = states;
  const edges: [from: number, token: number, to: number][] = [];
  for (const [key, phrase] of phrases) {
    let state = 0;
    for (const token of key.split(' ').map(each => tokenIds.get(each)!)) {
      let to = next.get(state * width + token);
      if (to === undefined) {
        to = fail.length;
        next.set(state * width + token, to);
        edges.push([state, token, to]);
        fail.push(0);
        ends.push(undefined);
        also.push(0);
        depth.push(depth[state]! + 1);
      }
      state = to;
    }
    ends[state] = phrase;
  }
  // Shallow states first: a fail link always leads to a shallower one.
  edges.sort((left, right) => depth[left[0]]! - depth[right[0]]!);
  for (const [from, token, to] of edges) {
    if (from === 0) continue;
    let back = fail[from]!;
    while (back !== 0 && !next.has(back * width + token)) back = fail[back]!;
    const reached = next.get(back * width + token) ?? 0;
    fail[to] = reached;
    also[to] = ends[reached] === undefined ? also[reached]! : reached;
  }
  return states;
}

function walk<Phrase>(
  { next, fail, ends, also, depth }: States<Phrase>,
  width: number,
  tokens: Tokens,
  admit: ((phrase: Phrase, start: number, end: number) => boolean) | undefined,
): { hits: Hit<Phrase>[]; steps: number } {
  const hits: Hit<Phrase>[] = [];
  const { ids } = tokens;
  let state = 0;
  let steps = 0;
  for (let at = 0; at < ids.length; at++) {
    const token = ids[at]!;
    steps++;
    if (token === OPAQUE) {
      state = 0;
      continue;
    }
    let to = next.get(state * width + token);
    while (to === undefined && state !== 0) {
      steps++;
      state = fail[state]!;
      to = next.get(state * width + token);
    }
    state = to ?? 0;
    for (let ending = ends[state] === undefined ? also[state]! : state; ending !== 0; ending = also[ending]!) {
      steps++;
      const phrase = ends[ending]!;
      const from = at + 1 - depth[ending]!;
      const start = tokens.starts[from]!;
      const end = tokens.ends[at]!;
      if (admit === undefined || admit(phrase, start, end)) hits.push({ start, end, phrase, from, to: at + 1 });
    }
  }
  return { hits, steps };
}

/** Longest first, then the earlier: what overlaps something taken is dropped. Linear, since lengths are few. */
function longest<Phrase>(hits: readonly Hit<Phrase>[]): Found<Phrase>[] {
  const byLength: Hit<Phrase>[][] = [];
  for (const hit of hits) {
    const length = hit.to - hit.from;
    byLength[length] ??= [];
    byLength[length].push(hit);
  }
  const taken = new Set<number>();
  const kept: Hit<Phrase>[] = [];
  for (let length = byLength.length - 1; length > 0; length--) {
    for (const hit of byLength[length] ?? []) {
      // Nothing taken is shorter, so an overlap covers one of the two ends.
      if (taken.has(hit.from) || taken.has(hit.to - 1)) continue;
      for (let token = hit.from; token < hit.to; token++) taken.add(token);
      kept.push(hit);
    }
  }
  return kept.sort((left, right) => left.start - right.start).map(({ start, end, phrase }) => ({ start, end, phrase }));
}
