/**
 * Delegations: a post lets another act for it, for a time, by a paper. Ends by itself, and with the delegation that it rests on. What
 * makes one unsound (to oneself, backwards, a chain that the first giver did not allow, the same twice) is told before it is saved. Pure.
 */
import type { Bilingual } from '../domain/words.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';
import { type Delegation, type Fact, holds, type NewFact, overlap } from './fact.ts';
import type { KnownFacts } from './known-facts.ts';
import { labelOf } from './labels.ts';
import { dayOf } from './local-time.ts';

/** For what a delegation is asked. */
export interface DelegatedFor {
  unit: string | null;
  right: string;
  field?: string | undefined;
  procedure?: string | null | undefined;
  at: number;
}

const covers = (
  { body }: Fact<'delegation'>,
  { right, field, procedure }: Omit<DelegatedFor, 'unit' | 'at'>,
): boolean =>
  body.rights.includes(right) &&
  (body.fields === undefined || (field !== undefined && body.fields.includes(field))) &&
  (body.procedures === undefined ||
    (procedure !== undefined && procedure !== null && body.procedures.includes(procedure)));

/** The delegation by which this post has the right at that time; undefined where there is none. */
export function delegatedTo(post: string, wanted: DelegatedFor, facts: KnownFacts): Fact<'delegation'> | undefined {
  return inForce(post, wanted, facts, new Set());
}

function inForce(
  post: string,
  wanted: DelegatedFor,
  facts: KnownFacts,
  seen: ReadonlySet<string>,
): Fact<'delegation'> | undefined {
  const all = facts.of('delegation', wanted.unit);
  return all.find(fact => {
    if (fact.body.toPost !== post || !holds(fact, wanted.at) || !covers(fact, wanted) || seen.has(fact.id))
      return false;
    // what the giver was only given himself ends when that ends
    const given = all.some(
      other => other.body.toPost === fact.body.fromPost && other.body.mayDelegate === true && covers(other, wanted),
    );
    return !given || inForce(fact.body.fromPost, wanted, facts, new Set([...seen, fact.id])) !== undefined;
  });
}

/** A fault or a doubt about a delegation. */
export interface DelegationFault {
  code: 'to-oneself' | 'backwards-period' | 'chain' | 'overlap' | 'gap';
  /** A `gap` is worth a word, the others refuse it. */
  refuses: boolean;
  text: Bilingual;
  /** The other delegation that it concerns. */
  other?: string;
}

const shares = (a: readonly string[] | undefined, b: readonly string[] | undefined): boolean =>
  a === undefined || b === undefined || a.some(one => b.includes(one));
const sameMatter = (a: Delegation, b: Delegation): boolean =>
  shares(a.rights, b.rights) && shares(a.fields, b.fields) && shares(a.procedures, b.procedures);

/** What speaks against a delegation, given those of its unit. */
export function delegationFaults(
  given: NewFact<'delegation'>,
  facts: KnownFacts,
  vocabulary: Vocabulary,
): DelegationFault[] {
  const { body } = given;
  if (body.fromPost === body.toPost) return [TO_ONESELF];
  if (given.to !== null && given.to <= given.from) {
    return [
      {
        code: 'backwards-period',
        refuses: true,
        text: { vi: 'Thời hạn kết thúc trước khi bắt đầu.', en: 'The period ends before it begins.' },
      },
    ];
  }
  const others = facts
    .of('delegation', given.unit)
    .filter(other => other.id !== given.id && sameMatter(body, other.body));
  const atOnce = others.filter(other => overlap(given, other));
  const gap = gapBefore(given, others);
  return [
    ...atOnce
      .filter(({ body: { fromPost } }) => fromPost === body.fromPost)
      .map(other => atOneTime(given, other, vocabulary)),
    ...chainFaults(given, atOnce, vocabulary),
    ...(gap === undefined ? [] : [gap]),
  ];
}

const TO_ONESELF: DelegationFault = {
  code: 'to-oneself',
  refuses: true,
  text: { vi: 'Không thể giao việc cho chính mình.', en: 'Nobody can delegate to himself.' },
};

const named = ({ body }: Pick<Fact<'delegation'>, 'body'>, vocabulary: Vocabulary): string => {
  const [from, to] = [body.fromPost, body.toPost].map(post => labelOf('post', post, vocabulary));
  return `${body.document.number} (${from} → ${to})`;
};

/** The same post gives the same to two at one time: refused to the same one twice, told where it is two. */
function atOneTime(
  { body }: NewFact<'delegation'>,
  other: Fact<'delegation'>,
  vocabulary: Vocabulary,
): DelegationFault {
  return {
    code: 'overlap',
    refuses: other.body.toPost === body.toPost,
    other: other.id,
    text: {
      vi: `Trùng thời gian với văn bản ${named(other, vocabulary)}.`,
      en: `It overlaps with ${named(other, vocabulary)}.`,
    },
  };
}

/** Handing on what one was only given: allowed where the giver said so, for no longer than he gave it, and never round in a circle. */
function chainFaults(
  given: NewFact<'delegation'>,
  atOnce: readonly Fact<'delegation'>[],
  vocabulary: Vocabulary,
): DelegationFault[] {
  const { body } = given;
  const giver = labelOf('post', body.fromPost, vocabulary);
  const faults: DelegationFault[] = [];
  for (const other of atOnce) {
    if (other.body.toPost !== body.fromPost) continue;
    const longer = other.to !== null && (given.to === null || given.to > other.to);
    if (other.body.mayDelegate === true && !longer) continue;
    faults.push({
      code: 'chain',
      refuses: true,
      other: other.id,
      text:
        other.body.mayDelegate === true
          ? {
              vi: `${giver} chỉ có quyền này đến hết ${dayOf((other.to ?? 0) - 1)} (văn bản ${other.body.document.number}); không thể giao lâu hơn.`,
              en: `${giver} has this only until ${dayOf((other.to ?? 0) - 1)} (${other.body.document.number}); it cannot be handed on for longer.`,
            }
          : {
              vi: `${giver} chỉ có quyền này nhờ văn bản ${other.body.document.number}, văn bản đó không cho giao tiếp.`,
              en: `${giver} has this only by ${other.body.document.number}, which does not allow handing it on.`,
            },
    });
  }
  return leadsBack(body.toPost, body.fromPost, atOnce) ? [...faults, TO_ONESELF] : faults;
}

/** Do delegations lead from `from` to `wanted`? */
function leadsBack(from: string, wanted: string, all: readonly Fact<'delegation'>[]): boolean {
  const reached = new Set([from]);
  for (let before = 0; before !== reached.size; ) {
    before = reached.size;
    for (const { body } of all) if (reached.has(body.fromPost)) reached.add(body.toPost);
  }
  return reached.has(wanted);
}

/** Time between the last earlier delegation of the same posts and this one, in which nobody has it. */
function gapBefore(given: NewFact<'delegation'>, others: readonly Fact<'delegation'>[]): DelegationFault | undefined {
  const earlier = others.filter(
    ({ from, body }) => from < given.from && body.fromPost === given.body.fromPost && body.toPost === given.body.toPost,
  );
  const last = earlier.toSorted((a, b) => (a.to ?? Infinity) - (b.to ?? Infinity)).at(-1);
  if (last === undefined || last.to === null || last.to >= given.from) return undefined;
  return {
    code: 'gap',
    refuses: false,
    other: last.id,
    text: {
      vi: `Từ ${dayOf(last.to)} đến ${dayOf(given.from - 1)} không có văn bản nào giao việc này (văn bản trước: ${last.body.document.number}).`,
      en: `From ${dayOf(last.to)} to ${dayOf(given.from - 1)} no paper gives this (the one before: ${last.body.document.number}).`,
    },
  };
}
