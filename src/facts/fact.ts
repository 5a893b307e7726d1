/**
 * Facts about desks: which unit takes part since when, who sits where, who may do what, by which paper. One shape for all: a kind, a
 * key, a period, a body, and where it came from. A fact is never changed: it is ended or withdrawn, and another takes its place.
 */
import type { Role } from '../domain/words.ts';

/** Part in the exchange: `off` waits, `trial` goes marked, `official` counts. */
export type Mode = 'off' | 'trial' | 'official';
/** What becomes of dossiers begun on trial once the unit is official. */
export type OpenDossiers = 'stay' | 'close' | 'carry';

export interface UnitMode {
  mode: Mode;
  /** Systems by id that it is limited to; all without it. */
  systems?: string[];
  /** Fields of procedures (lĩnh vực) that it is limited to; all without it. */
  fields?: string[];
  openDossiers: OpenDossiers;
  /** Number of the plan that says so. */
  plan?: string;
}
/** A unit's list is complete: from then on what is missing in it stops work instead of being warned of. */
export interface UnitList {
  what: 'rights' | 'authority';
  /** Who confirmed it, by name. */
  confirmedBy: string;
}
/** An office's place in a unit: `26041/van-hoa-xa-hoi/chuyen-vien#2`. */
export interface Seat {
  /** Its id, as everything else names it. */
  seat: string;
  post: string;
  department?: string;
}
export interface Officer {
  id: string;
  name: string;
  /** Official address: joins one person's entries of several systems; a name never does. */
  email?: string;
  /** The same person in other systems, by `system:id`; joined by e-mail or by a person. */
  sameAs?: string[];
}
/** An officer sits on a seat for a period. */
export interface Holding {
  officer: string;
  seat: string;
  document?: Paper;
  /** Recorded when the seat was handed over. */
  handover?: { to: string; note: string };
}
export type Layer = 'legal' | 'account' | 'certificate';
export type SignAs = 'TM' | 'KT' | 'TL' | 'TUQ';
/** One tick of a right: a seat may by law, its account can, its certificate is valid. */
export interface Right {
  seat: string;
  right: string;
  layer: Layer;
  /** System in which the account can; only for `account`. */
  system?: string;
  /** Field that it is limited to. */
  field?: string;
  signAs?: SignAs;
  document?: Paper;
}
export interface Paper {
  number: string;
  /** Local day, `2025-07-01`. */
  date: string;
  signer?: string;
}
/** A post lets another act for it, for a time, by a paper. */
export interface Delegation {
  kind: 'phan-cong' | 'uy-quyen' | 'thua-lenh';
  fromPost: string;
  toPost: string;
  rights: string[];
  fields?: string[];
  procedures?: string[];
  document: Paper;
  /** The receiver may hand it on; without it a chain is a fault. */
  mayDelegate?: boolean;
}
export type Act = 'receive' | 'decide' | 'sign' | 'opinion';
/** Who does what for a procedure, a field or a case; narrower counts before wider. */
export interface Authority {
  procedure?: string;
  field?: string;
  case?: string;
  act: Act;
  /** `district` only until 2025-06-30. */
  level: 'commune' | 'district' | 'province';
  /** Body or post of that level: `chu-tich`, `so-tu-phap`. */
  by?: string;
  /** Law, decree, decision; absent = a task without a legal basis. */
  basis?: string;
  /** Posts that the act may be delegated to. */
  mayDelegateTo?: string[];
  certainty: string;
  confirmedBy?: string;
  /** Local day. */
  confirmedOn?: string;
}
/** Which successor of a split unit a place belongs to. */
export interface PlaceRule {
  /** The old unit's code. */
  old: string;
  by: 'hamlet' | 'street' | 'list';
  names: string[];
  to: string;
}
/** Whom to call. */
export interface Contact {
  /** What the person can mend: rights of a system, a unit's staff list, a system's line … */
  about: string;
  system?: string;
  role?: Role;
  name: string;
  post?: string;
  phone?: string;
  email?: string;
  hours?: string;
}

export interface FactBodies {
  'unit-mode': UnitMode;
  'unit-list': UnitList;
  seat: Seat;
  officer: Officer;
  holding: Holding;
  right: Right;
  delegation: Delegation;
  authority: Authority;
  'place-rule': PlaceRule;
  contact: Contact;
}
export type FactKind = keyof FactBodies;
export const FACT_KINDS: readonly FactKind[] = [
  'unit-mode',
  'unit-list',
  'seat',
  'officer',
  'holding',
  'right',
  'delegation',
  'authority',
  'place-rule',
  'contact',
];

/** A fact as it stands. Times are ms of the epoch. */
export interface Fact<K extends FactKind = FactKind> {
  id: string;
  kind: K;
  /** What it is about, unique in its kind and at one time but for the same period twice. */
  key: string;
  /** The unit that it belongs to; null = the province. */
  unit: string | null;
  body: FactBodies[K];
  from: number;
  /** First instant at which it no longer holds; null = open. */
  to: number | null;
  origin: 'event' | 'person' | 'sandbox';
  /** The event that brought it. */
  event: string | null;
  madeBy: string;
  reason: string | null;
  madeAt: number;
  /** Number of the change that made or last ended it; grows over all facts. */
  version: number;
}
/** A fact that is to be stored. */
export type NewFact<K extends FactKind = FactKind> = Omit<Fact<K>, 'version' | 'madeAt'>;

/** What one change does to the facts. */
export interface FactChange {
  put: readonly NewFact[];
  /** Facts that end, by id, and when (ms). */
  end?: readonly { id: string; at: number }[];
  /** Facts that were entered in error, by id. */
  withdraw?: readonly string[];
}

/** Would it leave everything as it is? */
export const changesNothing = ({ put, end = [], withdraw = [] }: FactChange): boolean =>
  put.length + end.length + withdraw.length === 0;

/** Several changes, one after the other, as one. */
export const together = (changes: readonly FactChange[]): FactChange => ({
  put: changes.flatMap(({ put }) => put),
  end: [...new Map(changes.flatMap(({ end = [] }) => end).map(({ id, at }): [string, number] => [id, at]))].map(
    ([id, at]) => ({ id, at }),
  ),
  withdraw: changes.flatMap(({ withdraw = [] }) => withdraw),
});

/** Does the fact hold at `at` (ms)? */
export const holds = (fact: Pick<Fact, 'from' | 'to'>, at: number): boolean =>
  fact.from <= at && (fact.to === null || at < fact.to);

/** Do both hold at some instant? */
export const overlap = (a: Pick<Fact, 'from' | 'to'>, b: Pick<Fact, 'from' | 'to'>): boolean =>
  (b.to === null || a.from < b.to) && (a.to === null || b.from < a.to);

/** The next instant after `at` when one of `facts` begins or ends; undefined where none does. */
export function nextChange(facts: readonly Pick<Fact, 'from' | 'to'>[], at: number): number | undefined {
  let next: number | undefined;
  for (const { from, to } of facts) {
    for (const instant of [from, to]) {
      if (instant !== null && instant > at && (next === undefined || instant < next)) next = instant;
    }
  }
  return next;
}
