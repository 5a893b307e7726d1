/**
 * What a unit still lacks before it can take part: seats, rights, lists, words, lines; in the order in which it is best mended, each
 * with whom to call. Pure; what the ledger shows is passed in.
 */
import type { Bilingual, Json, JsonObject, Role } from '../domain/words.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';
import { authorityAt } from './authority.ts';
import { contactsFor } from './contacts.ts';
import { type Fact, holds, type UnitList } from './fact.ts';
import type { KnownFacts } from './known-facts.ts';
import { missingIn, seatsAt, ticksOfSeat } from './rights.ts';

export interface ReadinessInput {
  unit: string;
  /** Ms of the epoch. */
  now: number;
  facts: KnownFacts;
  vocabulary: Vocabulary;
  /** Every list counts as complete (the sandbox). */
  enforced: boolean;
  systems: readonly { id: string; role: Role }[];
  /** When each system was last heard of, and last told, for the unit. */
  seen: readonly { system: string; lastFrom: string | null; lastTo: string | null }[];
  /** Parked and failed syncs by cause, failed attempts of the last day, warnings of the last seven days by cause. */
  standing: Readonly<Record<string, number>>;
  failedToday: number;
  warned: Readonly<Record<string, number>>;
  /** Procedures that have a commune entry, of those that came for the unit; undefined = nothing came. */
  words?: { covered: number; of: number };
  /** Procedures that communes decide whose authority rests on a written basis, of all of them. */
  authority: { written: number; of: number };
}
export interface Lack {
  what: 'connection' | 'seats' | 'rights' | 'list' | 'vocabulary' | 'failures';
  text: Bilingual;
  call: Json;
}

/** What requests ask for (events.md: `act` of approval.requested, and opinion.requested). */
const ACTS: readonly string[] = ['initial', 'approve', 'sign', 'seal', 'opinion'];

/** Procedures that communes decide, and of how many it is written by which paper: the same for all units. */
export function writtenAuthority(facts: KnownFacts, vocabulary: Vocabulary, at: number): ReadinessInput['authority'] {
  const decided = vocabulary.content.procedures.filter(({ code }) => vocabulary.handlerOf(code) === 'commune');
  const written = decided.filter(({ code }) =>
    authorityAt({ procedure: code, act: 'decide', at, unit: null }, facts, vocabulary).some(
      ({ explicit, basis }) => explicit && basis !== undefined,
    ),
  );
  return { written: written.length, of: decided.length };
}

/** Is the unit's list only observed, or enforced since somebody confirmed it? */
export function listState(
  what: UnitList['what'],
  { unit, facts, now, enforced }: Pick<ReadinessInput, 'unit' | 'facts' | 'now' | 'enforced'>,
): JsonObject {
  const confirmed = facts.of('unit-list', unit).findLast(fact => fact.body.what === what && holds(fact, now));
  if (confirmed === undefined) return { state: enforced ? 'enforce' : 'observe', confirmedBy: null, since: null };
  const since = new Date(confirmed.from).toISOString();
  return { state: 'enforce', confirmedBy: confirmed.body.confirmedBy, since };
}

/** The unit's line of the board. */
export function readinessOf(input: ReadinessInput): JsonObject {
  const { unit, now, facts, vocabulary, systems, seen } = input;
  const seats = seatsAt(unit, now, facts);
  const sits = new Set(
    facts
      .of('holding', unit)
      .filter(fact => holds(fact, now))
      .map(fact => fact.body.seat),
  );
  const filled = seats.filter(({ key }) => sits.has(key)).length;
  const documents = systems.find(({ role }) => role === 'documents')?.id ?? 'documents';
  const asked = ACTS.filter(right => vocabulary.fact('right', right) !== undefined);
  const lacking = asked.filter(right => !somebodyMay(right, seats, documents, input));
  const lists = { rights: listState('rights', input), authority: listState('authority', input) };
  const connections = systems.map(({ id, role }) => {
    const { lastFrom = null, lastTo = null } = seen.find(({ system }) => system === id) ?? {};
    return { system: id, role, lastFrom, lastTo };
  });
  const lacks = lacksOf(input, { connections, seats: seats.length, filled, lacking, lists });
  return {
    connections,
    seats: { filled, of: seats.length },
    rights: { ready: asked.length - lacking.length, of: asked.length, lacking },
    authority: { ...input.authority },
    vocabulary: input.words === undefined ? null : { ...input.words },
    failures: { today: input.failedToday, standing: { ...input.standing } },
    warnings: { ...input.warned },
    lists,
    ready: lacks.length === 0,
    lacks: lacks as unknown as Json[],
  };
}

/** Has a seat of the unit every tick for it? Only those that have an account's tick are looked at whole: without it none has all. */
function somebodyMay(
  right: string,
  seats: readonly Fact<'seat'>[],
  system: string,
  { unit, now, facts, vocabulary }: ReadinessInput,
): boolean {
  const withAccount = new Set(
    facts
      .of('right', unit)
      .filter(fact => fact.body.right === right && fact.body.layer === 'account' && holds(fact, now))
      .map(fact => fact.body.seat),
  );
  return seats.some(seat => {
    if (!withAccount.has(seat.key)) return false;
    return missingIn(ticksOfSeat(seat, { unit, right, system, at: now }, facts, vocabulary)).length === 0;
  });
}

interface Found {
  connections: { system: string; role: Role; lastFrom: string | null; lastTo: string | null }[];
  seats: number;
  filled: number;
  lacking: readonly string[];
  lists: { rights: JsonObject; authority: JsonObject };
}

function lacksOf(input: ReadinessInput, found: Found): Lack[] {
  const { unit, now, facts, vocabulary, enforced, systems } = input;
  const lacks: Lack[] = [];
  const add = (what: Lack['what'], about: string, vi: string, en: string, system = systems[0]): void => {
    const wanted = { about, unit, system: system ?? { id: '', role: undefined }, now };
    const [call] = contactsFor(wanted, facts, vocabulary, enforced);
    lacks.push({ what, text: { vi, en }, call: call === undefined ? null : { ...call } });
  };
  for (const { system, role, lastFrom, lastTo } of found.connections) {
    if (lastFrom !== null || lastTo !== null) continue;
    add('connection', 'system', `Gần đây chưa thấy lượt nào với ${system}.`, `Nothing seen lately with ${system}.`, {
      id: system,
      role,
    });
  }
  if (found.seats === 0) add('seats', 'staff', 'Chưa có vị trí công tác nào.', 'No seat was entered.');
  else if (found.filled < found.seats) {
    const open = found.seats - found.filled;
    add('seats', 'staff', `${open} vị trí chưa có người.`, `${open} seats are vacant.`);
  }
  if (found.lacking.length > 0) {
    const names = found.lacking.map(right => String(vocabulary.fact('right', right)?.data.label ?? right)).join(', ');
    const documents = systems.find(({ role }) => role === 'documents');
    add('rights', 'rights', `Chưa ai được: ${names}.`, `Nobody may: ${found.lacking.join(', ')}.`, documents);
  }
  if (found.lists.rights.state === 'observe') {
    add('list', 'rights', 'Chưa xác nhận đủ danh sách quyền.', 'The list of rights is not confirmed.');
  }
  if (found.lists.authority.state === 'observe') {
    add('list', 'authority', 'Chưa xác nhận đủ danh sách thẩm quyền.', 'The list of authority is not confirmed.');
  }
  const { words } = input;
  if (words !== undefined && words.covered < words.of) {
    const bare = words.of - words.covered;
    add(
      'vocabulary',
      'vocabulary',
      `${bare} thủ tục đã nhận chưa có tên dễ hiểu.`,
      `${bare} procedures lack a plain title.`,
    );
  }
  const standing = Object.values(input.standing).reduce((sum, count) => sum + count, 0);
  if (standing > 0) {
    add('failures', 'rollout', `${standing} lượt đang giữ lại hoặc không gửi được.`, `${standing} syncs stand still.`);
  }
  return lacks;
}
