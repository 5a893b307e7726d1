/**
 * Who receives, decides, signs and gives an opinion for a procedure, since when, by which paper. Narrower counts before wider: for the
 * procedure before for its field; what people entered before what the files say; the catalogue's own level last. Pure.
 */
import type { ProcedureRecord } from '../translation/content.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';
import { ACTS, type AuthorityEntry, type AuthorityFor, entriesFor } from './authority-entries.ts';
import { type Authority, nextChange } from './fact.ts';
import type { KnownFacts } from './known-facts.ts';
import { beginningOf } from './local-time.ts';

export type Level = Authority['level'];

/** What is known of an act for a procedure at a time. */
export interface AuthorityAnswer {
  level: Level;
  by?: string | undefined;
  basis?: string | undefined;
  mayDelegateTo?: readonly string[] | undefined;
  certainty: string;
  /** Entry that says so, or `procedure:<code>`. */
  entry: string;
  origin: AuthorityEntry['origin'] | 'catalogue';
  source: string;
  /** True where an entry names the act; false for the catalogue's level. */
  explicit: boolean;
  tentative: boolean;
  /** Since when it is so, ms; null = nobody says since when. */
  from: number | null;
  to: number | null;
  confirmedBy?: string | undefined;
  confirmedOn?: string | undefined;
  /** Only in this case, which no rule can tell: it allows, and forbids nothing. */
  case?: string | undefined;
  /** The entry that said it last, whose basis has ended without another in its place. */
  ended?: AuthorityEntry;
}

const CUT_OVER = beginningOf('2025-07-01') as number;
/** Weakest first. */
const CERTAINTIES = ['proposal', 'low', 'medium', 'medium-high', 'high', 'confirmed'];

const began = ({ from }: AuthorityEntry): number => from ?? Number.NEGATIVE_INFINITY;
const inForce = ({ from, to }: AuthorityEntry, at: number): boolean =>
  (from === null || from <= at) && (to === null || at < to);

/**
 * Who does it: all that the strongest entries in force say, one a level, and after them what is so in single cases; nothing where nothing
 * is known.
 */
export function authorityAt(asked: AuthorityFor, facts: KnownFacts, vocabulary: Vocabulary): AuthorityAnswer[] {
  const { procedure, act, at, settledOnly = false } = asked;
  const record = vocabulary.procedureFacts(procedure)?.record;
  const listed = act === 'decide' && record !== undefined ? catalogue(procedure, record, at) : undefined;
  const { tiers, cases } = entriesFor(asked, facts, vocabulary);
  const counts = (entry: AuthorityEntry): boolean => inForce(entry, at) && !(settledOnly && entry.tentative);
  const strongest = tiers.find(tier => tier.some(counts))?.filter(counts);
  const answers =
    strongest === undefined
      ? fallback(tiers, listed, asked)
      : [...Map.groupBy(strongest, ({ body }) => body.level).values()].map(([first]) =>
          answerOf(first as AuthorityEntry, listed),
        );
  return cases.length === 0 ? answers : [...answers, ...cases.filter(counts).map(entry => answerOf(entry, undefined))];
}

/** The catalogue's level, or what was said last; with the entry whose basis ended without another in its place. */
function fallback(
  tiers: readonly AuthorityEntry[][],
  listed: AuthorityAnswer | undefined,
  { at, settledOnly = false }: AuthorityFor,
): AuthorityAnswer[] {
  const [ended] = tiers
    .flat()
    .filter(({ to, tentative }) => to !== null && to <= at && !(settledOnly && tentative))
    .filter(({ body }) => listed === undefined || listed.level === body.level)
    .sort((a, b) => (b.to as number) - (a.to as number));
  const known = listed ?? (ended === undefined ? undefined : answerOf(ended, undefined));
  if (known === undefined) return [];
  return [ended === undefined ? known : { ...known, basis: undefined, ended }];
}

function answerOf(entry: AuthorityEntry, listed: AuthorityAnswer | undefined): AuthorityAnswer {
  const { id, origin, body, from, to, source, tentative } = entry;
  const { level, by, basis, mayDelegateTo, confirmedBy, confirmedOn } = body;
  // two that say the same level are as certain of it as the surer one
  const certainty = listed?.level === level ? surer(body.certainty, listed.certainty) : body.certainty;
  const said = { level, by, basis, mayDelegateTo, certainty, confirmedBy, confirmedOn, case: body.case };
  return { ...said, entry: id, origin, source, explicit: true, tentative, from, to };
}

const surer = (a: string, b: string): string => (CERTAINTIES.indexOf(a) >= CERTAINTIES.indexOf(b) ? a : b);

/** The levels as the catalogue names them; what both or none of them did is not told. */
const CATALOGUE_LEVELS: Readonly<Record<string, Level>> = { xã: 'commune', huyện: 'district', tỉnh: 'province' };

/** The catalogue's own level: since 2025-07-01 the one of today, before that day the one of then. */
function catalogue(code: string, record: ProcedureRecord, at: number): AuthorityAnswer | undefined {
  const { levelBefore, levelAfter, levelBeforeCertainty = 'low', certainty, source } = record;
  const since = at >= CUT_OVER;
  const level = CATALOGUE_LEVELS[since ? levelAfter : (levelBefore ?? '')];
  if (level === undefined) return undefined;
  const moved = levelBefore !== levelAfter;
  return {
    level,
    certainty: since ? certainty : levelBeforeCertainty,
    entry: `procedure:${code}`,
    origin: 'catalogue',
    source: source.join('; '),
    explicit: false,
    tentative: false,
    from: since && moved ? CUT_OVER : null,
    to: !since && moved ? CUT_OVER : null,
  };
}

/** When something about the authority for a procedure begins or ends next, ms. */
export function authorityChangesAt(
  asked: Omit<AuthorityFor, 'act'>,
  facts: KnownFacts,
  vocabulary: Vocabulary,
): number | undefined {
  const entries = ACTS.flatMap(act => {
    const { tiers, cases } = entriesFor({ ...asked, act }, facts, vocabulary);
    return [...tiers.flat(), ...cases];
  });
  return nextChange(
    entries.map(entry => ({ from: began(entry), to: entry.to })),
    asked.at,
  );
}
