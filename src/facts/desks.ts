/**
 * One person and all desks: an officer may hold two posts at once, in two units and under an id of their own in each system. Seats
 * with unit and period, what may be done at each, tick by tick, and which one ends soon. Pure.
 */
import type { Vocabulary } from '../translation/vocabulary.ts';
import { type Fact, holds } from './fact.ts';
import type { KnownFacts } from './known-facts.ts';
import { type Tick, type Ticks, ticksOfSeat } from './rights.ts';

/** A right at a desk. */
export interface DeskRight extends Pick<Ticks, 'legal' | 'certificate' | 'signAs'> {
  right: string;
  /** By system. */
  accounts: Record<string, Tick>;
  sources: { legal?: string; certificate?: string; accounts: Record<string, string> };
}
export interface Desk {
  holding: Fact<'holding'>;
  seat: string;
  post: string | undefined;
  department: string | undefined;
  when: 'past' | 'now' | 'to-come';
  /** Days until the post ends, where that is near. */
  endsInDays?: number;
  rights: DeskRight[];
}

const DAY_MS = 86_400_000;

/** Desks of the officers of these ids as of `at` (ms), the present ones first; a post that ends within `soonDays` is marked. */
export function desksOf(
  ids: readonly string[],
  at: number,
  { systems, soonDays }: { systems: readonly string[]; soonDays: number },
  facts: KnownFacts,
  vocabulary: Vocabulary,
): Desk[] {
  const order = { now: 0, 'to-come': 1, past: 2 };
  const all = facts
    .all('holding')
    .filter(({ body, from, to }) => ids.includes(body.officer) && (to === null || to > from))
    .map((holding): Desk => {
      const seat = facts.under('seat', holding.body.seat).at(-1);
      const when = holds(holding, at) ? 'now' : holding.from > at ? 'to-come' : 'past';
      const days = daysLeft(holding, at);
      return {
        holding,
        seat: holding.body.seat,
        post: seat?.body.post,
        department: seat?.body.department,
        when,
        ...(when === 'now' && days !== undefined && days <= soonDays ? { endsInDays: days } : {}),
        rights:
          when === 'past' || seat === undefined
            ? []
            : rightsAt(seat, Math.max(at, holding.from), systems, facts, vocabulary),
      };
    })
    // the longest first: a seat that two systems report, each under its own id of the person, is one desk
    .sort(
      (a, b) =>
        order[a.when] - order[b.when] ||
        (a.seat < b.seat ? -1 : a.seat > b.seat ? 1 : (b.holding.to ?? Infinity) - (a.holding.to ?? Infinity)),
    );
  return all.filter(
    ({ seat, when }, place) => when === 'past' || all[place - 1]?.seat !== seat || all[place - 1]?.when !== when,
  );
}

/** Holdings that end within `days` of `at`, the next to end first. */
export function endingSoon(
  at: number,
  days: number,
  facts: KnownFacts,
): { holding: Fact<'holding'>; endsInDays: number }[] {
  return facts
    .all('holding')
    .filter(holding => holds(holding, at))
    .flatMap(holding => {
      const endsInDays = daysLeft(holding, at);
      return endsInDays === undefined || endsInDays > days ? [] : [{ holding, endsInDays }];
    })
    .sort((a, b) => a.endsInDays - b.endsInDays);
}

const daysLeft = ({ to }: Fact, at: number): number | undefined =>
  to === null || to <= at ? undefined : Math.floor((to - at) / DAY_MS);

function rightsAt(
  seat: Fact<'seat'>,
  at: number,
  systems: readonly string[],
  facts: KnownFacts,
  vocabulary: Vocabulary,
): DeskRight[] {
  return vocabulary.facts('right').flatMap(({ id: right }): DeskRight[] => {
    const bySystem = systems.map((system): [string, Ticks] => [
      system,
      ticksOfSeat(seat, { unit: seat.unit, right, system, at }, facts, vocabulary),
    ]);
    const first = bySystem[0]?.[1];
    if (first === undefined || !bySystem.some(([, one]) => one.legal === 'yes' || one.account === 'yes')) return [];
    const { legal, certificate, signAs, sources } = first;
    return [
      {
        right,
        legal,
        certificate,
        ...(signAs === undefined ? {} : { signAs }),
        accounts: Object.fromEntries(bySystem.map(([system, one]) => [system, one.account])),
        sources: {
          ...(sources.legal === undefined ? {} : { legal: sources.legal }),
          ...(sources.certificate === undefined ? {} : { certificate: sources.certificate }),
          accounts: Object.fromEntries(
            bySystem.flatMap(([system, one]) =>
              one.sources.account === undefined ? [] : [[system, one.sources.account]],
            ),
          ),
        },
      },
    ];
  });
}
