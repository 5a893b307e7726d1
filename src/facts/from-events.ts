/**
 * Facts that an event carries: who was given which right, who sits where, since when, by which paper. They take effect in the commit
 * that accepts the event. What cannot be read as a fact (no such post, a period that ends before it begins) is a doubt, and becomes a
 * question; what was known already changes nothing. Pure.
 */
import type { GatewayEvent } from '../domain/words.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';
import { type FactBodies, type FactChange, type FactKind, holds, type NewFact, type Right } from './fact.ts';
import { type FactDoubt, seatTaken, stillOverlaps } from './fact-doubts.ts';
import type { KnownFacts } from './known-facts.ts';
import { samePerson } from './persons.ts';
import { type Report, reportOf } from './report.ts';

export interface FactsContext {
  facts: KnownFacts;
  vocabulary: Vocabulary;
  newId(): string;
}
/** What an event does to the facts, and what a person should look at. Where it cannot be read, it changes nothing. */
export interface CarriedFacts {
  change: FactChange;
  doubts: FactDoubt[];
}
type Make = <K extends FactKind>(
  kind: K,
  key: string,
  body: FactBodies[K],
  from: number,
  to: number | null,
) => NewFact<K>;
type End = { id: string; at: number };

const NOTHING: FactChange = { put: [] };

/** Reads an internal event (`right.*`, `post.*`) whose schema was checked; `event` is the ledger's id of it. */
export function factsOf(given: GatewayEvent, event: string, context: FactsContext): CarriedFacts {
  const read = reportOf(given, context.vocabulary);
  if ('doubt' in read) return { change: NOTHING, doubts: [read.doubt] };
  const { report } = read;
  const { facts } = context;
  const make: Make = (kind, key, body, from, to) => ({
    id: context.newId(),
    kind,
    key,
    unit: report.unit,
    body,
    from,
    to,
    origin: 'event',
    event,
    madeBy: given.source,
    reason: null,
  });
  switch (given.type) {
    case 'post.ended':
      return { change: { put: [], end: holdingsEnded(report, facts) }, doubts: [] };
    case 'right.revoked':
      return { change: { put: [], end: rightsEnded(report, facts) }, doubts: [] };
    case 'post.assigned':
      return assigned(report, facts, make);
    default:
      return granted(report, facts, make);
  }
}

/** Officer and seat, where they are new or more is known of them. */
function introduced({ officer, seat, post, department, from }: Report, facts: KnownFacts, make: Make): FactChange {
  const put: NewFact[] = [];
  const end: End[] = [];
  const known = facts.under('officer', officer.id).at(-1);
  const { email } = officer;
  if (known === undefined || (email !== undefined && known.body.email !== email)) {
    const begins = known === undefined ? from : Math.max(from, known.from);
    put.push(make('officer', officer.id, { ...known?.body, ...officer }, begins, null));
    if (known !== undefined) end.push({ id: known.id, at: begins });
  }
  if (facts.under('seat', seat).length === 0) {
    put.push(make('seat', seat, { seat, post, ...(department === undefined ? {} : { department }) }, from, null));
  }
  return { put, end };
}

/** An officer takes a seat. A later word about the same seat counts from its beginning on; one about a time that was told is asked about. */
function assigned(report: Report, facts: KnownFacts, make: Make): CarriedFacts {
  const { officer, seat, from, to, document } = report;
  const first = introduced(report, facts, make);
  const key = `${officer.id}@${seat}`;
  const end = [...(first.end ?? [])];
  for (const known of facts.under('holding', key)) {
    if (known.from === from && known.to === to) return { change: first, doubts: [] };
    if (known.to !== null && known.to <= from) continue;
    if (to !== null && known.from >= to) continue;
    if (known.from > from) return { change: NOTHING, doubts: [stillOverlaps(report, known)] };
    end.push({ id: known.id, at: from });
  }
  const body = { officer: officer.id, seat, ...(document === undefined ? {} : { document }) };
  const change: FactChange = { put: [...first.put, make('holding', key, body, from, to)], end };
  return { change, doubts: takenBy(report, facts) };
}

/** A right is given to an officer in a seat: the tick of the account, with a paper also the one by law. */
function granted(report: Report, facts: KnownFacts, make: Make): CarriedFacts {
  const { officer, seat, from, to, right, field, system, signAs, document } = report;
  const { put, end = [] } = introduced(report, facts, make);
  const made: NewFact[] = [...put];
  const doubts: FactDoubt[] = [];
  const holding = `${officer.id}@${seat}`;
  if (!facts.under('holding', holding).some(fact => holds(fact, from))) {
    made.push(make('holding', holding, { officer: officer.id, seat }, from, to));
    doubts.push(...takenBy(report, facts));
  }
  const tick: Omit<Right, 'layer'> = {
    seat,
    right,
    ...(field === undefined ? {} : { field }),
    ...(signAs === undefined ? {} : { signAs }),
    ...(document === undefined ? {} : { document }),
  };
  const account: Right = { ...tick, layer: 'account', system };
  const ticks: Right[] = document === undefined ? [account] : [account, { ...tick, layer: 'legal' }];
  for (const body of ticks) {
    const key = rightKey(body);
    const known = facts
      .under('right', key)
      .some(fact => fact.from <= from && (fact.to === null || (to !== null && fact.to >= to)));
    if (!known) made.push(make('right', key, body, from, to));
  }
  return { change: { put: made, end }, doubts };
}

/** Others who sit on the seat at that time: it is taken as told, and asked about. */
function takenBy({ officer, seat, unit, from, to }: Report, facts: KnownFacts): FactDoubt[] {
  const others = facts
    .of('holding', unit)
    .filter(
      ({ body, from: begins, to: ends }) =>
        body.seat === seat &&
        (ends === null || ends > from) &&
        (to === null || begins < to) &&
        body.officer !== officer.id,
    )
    .map(({ body }) => body.officer)
    .filter(other => !samePerson(other, officer, facts));
  return others.length === 0 ? [] : [seatTaken(seat, officer.id, [...new Set(others)])];
}

/** Account ticks of the seat that end; those by law go on until a paper ends them. */
function rightsEnded({ unit, seat, right, system, field, from }: Report, facts: KnownFacts): End[] {
  return facts
    .of('right', unit)
    .filter(
      ({ body, to }) =>
        body.seat === seat &&
        body.right === right &&
        body.layer === 'account' &&
        (body.system ?? system) === system &&
        (field === undefined || body.field === field) &&
        (to === null || to > from),
    )
    .map(fact => ({ id: fact.id, at: Math.max(from, fact.from) }));
}

function holdingsEnded({ officer, seat, from, to }: Report, facts: KnownFacts): End[] {
  const at = to ?? from;
  return facts
    .under('holding', `${officer.id}@${seat}`)
    .filter(fact => fact.to === null || fact.to > at)
    .map(fact => ({ id: fact.id, at: Math.max(at, fact.from) }));
}

/** The key of a right: one tick of a seat, in one system, for one field. */
export const rightKey = ({ seat, right, layer, system, field }: Right): string =>
  [seat, right, layer, system ?? '', field ?? ''].join('|');
