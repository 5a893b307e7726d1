/**
 * The facts that are known, as routing asks for them: an immutable picture of the ledger's facts at one version, found by kind and
 * unit or key. A new picture is made from the old one and what changed since; only the shelves that are touched are made anew.
 */
import type { Fact, FactChange, FactKind } from './fact.ts';

export interface KnownFacts {
  /** Number of the youngest change in it; 0 = nothing is known. */
  readonly version: number;
  /** All facts of a kind, by beginning. */
  all<K extends FactKind>(kind: K): readonly Fact<K>[];
  /** Facts of a kind that belong to a unit (null: to the province), by beginning. */
  of<K extends FactKind>(kind: K, unit: string | null): readonly Fact<K>[];
  /** Facts of a kind under one key, by beginning. */
  under<K extends FactKind>(kind: K, key: string): readonly Fact<K>[];
  byId(id: string): Fact | undefined;
  /** The picture with these facts in it: new ones, ended ones in their new form. Withdrawn ones are taken out. */
  with(changed: readonly Fact[], withdrawn?: readonly string[], version?: number): KnownFacts;
}

/** Facts by what they are asked for: a kind, a kind of a unit, a kind under a key. */
type Shelves = ReadonlyMap<string, readonly Fact[]>;

const NONE: readonly never[] = Object.freeze([]);
const ofKind = (kind: FactKind): string => kind;
const ofUnit = (kind: FactKind, unit: string | null): string => `${kind}\nunit\n${unit ?? ''}`;
const underKey = (kind: FactKind, key: string): string => `${kind}\nkey\n${key}`;
const shelvesOf = ({ kind, unit, key }: Fact): string[] => [ofKind(kind), ofUnit(kind, unit), underKey(kind, key)];
const byBeginning = (a: Fact, b: Fact): number => a.from - b.from || a.version - b.version || (a.id < b.id ? -1 : 1);

/** A picture of `facts` at `version`. */
export function knownFacts(facts: Iterable<Fact>, version: number): KnownFacts {
  return picture(new Map(), new Map(), version).with([...facts], [], version);
}

function picture(byId: ReadonlyMap<string, Fact>, shelves: Shelves, version: number): KnownFacts {
  const on = (shelf: string): readonly Fact[] => shelves.get(shelf) ?? NONE;
  return Object.freeze<KnownFacts>({
    version,
    all: <K extends FactKind>(kind: K) => on(ofKind(kind)) as readonly Fact<K>[],
    of: <K extends FactKind>(kind: K, unit: string | null) => on(ofUnit(kind, unit)) as readonly Fact<K>[],
    under: <K extends FactKind>(kind: K, key: string) => on(underKey(kind, key)) as readonly Fact<K>[],
    byId: id => byId.get(id),
    with: (changed, withdrawn = [], at = version) => {
      const next = new Map(byId);
      const touched = new Map<string, Fact[]>();
      const gone = new Set(withdrawn);
      for (const fact of changed) gone.add(fact.id);
      for (const id of gone) {
        const before = byId.get(id);
        next.delete(id);
        for (const shelf of before === undefined ? [] : shelvesOf(before))
          if (!touched.has(shelf)) touched.set(shelf, []);
      }
      const last = new Map(changed.map(fact => [fact.id, fact]));
      for (const fact of last.values()) {
        next.set(fact.id, fact);
        for (const shelf of shelvesOf(fact)) {
          const list = touched.get(shelf);
          if (list === undefined) touched.set(shelf, [fact]);
          else list.push(fact);
        }
      }
      const made = new Map(shelves);
      for (const [shelf, added] of touched) {
        const kept = on(shelf).filter(({ id }) => !gone.has(id));
        made.set(shelf, [...kept, ...added].sort(byBeginning));
      }
      return picture(next, made, at);
    },
  });
}

/** `facts` as they are after a change that gets the number `version`. */
export function afterChange(
  facts: KnownFacts,
  { put, end = [], withdraw = [] }: FactChange,
  now: number,
  version = facts.version + 1,
): KnownFacts {
  const made = put.map((fact): Fact => ({ ...fact, version, madeAt: now }));
  const ended = end.flatMap(({ id, at }): Fact[] => {
    const fact = made.find(one => one.id === id) ?? facts.byId(id);
    return fact === undefined ? [] : [{ ...fact, to: at, version }];
  });
  return facts.with([...made, ...ended], withdraw, version);
}

/** Nothing is known: every unit takes part officially, nothing is enforced. */
export const NO_FACTS: KnownFacts = knownFacts([], 0);
