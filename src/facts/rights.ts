/**
 * What a seat may do. A right is held by a seat, by an officer through the seat, and shown in three ticks: by law (a decision, a
 * delegation, the post itself), by account (the system lets it), by certificate (only for signing; unknown is not missing: the first
 * verified signature will tell). A seat may act where somebody sits on it and none of the three is missing. Pure.
 */
import type { JsonObject } from '../domain/words.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';
import { delegatedTo } from './delegations.ts';
import { type Fact, holds, type Layer, type Right, type SignAs } from './fact.ts';
import type { KnownFacts } from './known-facts.ts';
import { labelOf } from './labels.ts';
import { byPost, signingMark } from './post-rights.ts';

/** One tick: there, not there, or nobody knows. */
export type Tick = 'yes' | 'no' | 'unknown';
/** What a seat may do, tick by tick. */
export interface Ticks {
  seat: string;
  post: string;
  /** Officers who sit on it at that time. */
  officers: string[];
  legal: Tick;
  account: Tick;
  certificate: Tick;
  /** The mark before the signature, where it is known. */
  signAs?: SignAs;
  /** Where each tick comes from: `post`, the number of a paper, or the system that reported it. */
  sources: { legal?: string; account?: string; certificate?: string };
}
/** For which act the ticks are asked. Times are ms. */
export interface TicksFor {
  unit: string | null;
  right: string;
  /** System whose account counts. */
  system: string;
  field?: string | undefined;
  procedure?: string | null | undefined;
  at: number;
}

/** Rights that take a certificate. */
const SIGNS: ReadonlySet<string> = new Set(['sign', 'seal']);

/** The ticks of every seat of the unit that has at least one for this right, best first. */
export function ticksOf(wanted: TicksFor, facts: KnownFacts, vocabulary: Vocabulary): Ticks[] {
  return seatsAt(wanted.unit, wanted.at, facts)
    .map(seat => ticksOfSeat(seat, wanted, facts, vocabulary))
    .filter(ticks => ticks.legal === 'yes' || ticks.account === 'yes')
    .sort((a, b) => missingIn(a).length - missingIn(b).length || (a.seat < b.seat ? -1 : 1));
}

/** Seats of a unit at that time, each once. */
export function seatsAt(unit: string | null, at: number, facts: KnownFacts): Fact<'seat'>[] {
  const seats = facts.of('seat', unit).filter(fact => holds(fact, at));
  return [...new Map(seats.map(seat => [seat.key, seat])).values()];
}

/** The three ticks of one seat, with where they come from. */
export function ticksOfSeat(
  { key: seat, body: { post } }: Fact<'seat'>,
  wanted: TicksFor,
  facts: KnownFacts,
  vocabulary: Vocabulary,
): Ticks {
  const { unit, right, system, field, at } = wanted;
  const mine = facts
    .of('right', unit)
    .filter(({ body }) => body.seat === seat && body.right === right && coversField(body, field));
  const tick = (layer: Layer): Fact<'right'> | undefined =>
    mine.find(fact => fact.body.layer === layer && holds(fact, at) && (fact.body.system ?? system) === system);
  const [paper, account, certificate] = [tick('legal'), tick('account'), tick('certificate')];
  const delegation = delegatedTo(post, wanted, facts);
  const legal =
    paper?.body.document?.number ??
    delegation?.body.document.number ??
    (byPost(post, right, vocabulary) ? 'post' : undefined);
  const signAs = signingMark(
    post,
    { signAs: paper?.body.signAs ?? account?.body.signAs, delegation: delegation?.body },
    vocabulary,
  );
  const needsCertificate = SIGNS.has(right);
  const someCertificate = mine.some(fact => fact.body.layer === 'certificate');
  return {
    seat,
    post,
    officers: officersOn(seat, facts, unit, at),
    legal: legal === undefined && paper === undefined ? 'no' : 'yes',
    account: account === undefined ? 'no' : 'yes',
    certificate: !needsCertificate || certificate !== undefined ? 'yes' : someCertificate ? 'no' : 'unknown',
    ...(needsCertificate && signAs !== undefined ? { signAs } : {}),
    sources: {
      ...(legal === undefined ? {} : { legal }),
      ...(account === undefined ? {} : { account: account.madeBy }),
      ...(certificate === undefined ? {} : { certificate: certificate.madeBy }),
    },
  };
}

/** Ticks as people see them. */
export function shownTicks(
  { seat, post, officers, legal, account, certificate, signAs, sources }: Ticks,
  vocabulary: Vocabulary,
): JsonObject {
  return {
    seat,
    post,
    label: labelOf('post', post, vocabulary),
    officers: [...officers],
    legal,
    account,
    certificate,
    signAs: signAs ?? null,
    sources: { ...sources },
  };
}

/** What a seat lacks to do it: ticks by name, and `officer` where nobody sits on it. */
export function missingIn(ticks: Pick<Ticks, Layer | 'officers'>): string[] {
  const missing: string[] = (['legal', 'account', 'certificate'] as const).filter(layer => ticks[layer] === 'no');
  return ticks.officers.length === 0 ? [...missing, 'officer'] : missing;
}

const coversField = (right: Right, field: string | undefined): boolean =>
  right.field === undefined || (field !== undefined && right.field === field);

function officersOn(seat: string, facts: KnownFacts, unit: string | null, at: number): string[] {
  const holding = facts.of('holding', unit).filter(fact => fact.body.seat === seat && holds(fact, at));
  return [...new Set(holding.map(fact => fact.body.officer))];
}
