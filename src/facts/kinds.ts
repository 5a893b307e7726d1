/**
 * What is particular to each kind of fact that people enter: its collection in the API, its key, and what refuses it. One table, so that
 * one set of routes, one check and one rehearsal serve all of them.
 */
import type { Bilingual } from '../domain/words.ts';
import { authorityKey } from './authority-entries.ts';
import { delegationFaults } from './delegations.ts';
import type { Authority, Contact, Delegation, FactBodies, FactKind, NewFact, Right, UnitList } from './fact.ts';
import { rightKey } from './from-events.ts';
import {
  type CheckContext,
  type FactFault,
  mustBeConfirmed,
  mustBeField,
  mustBeKnown,
  mustBeSeat,
  mustBeSystem,
  mustBeVacant,
  mustNameItsDesk,
  unknown,
} from './kind-checks.ts';
import { KIND_MEMBERS, type KindMembers } from './kind-members.ts';
import { modeFaults, modeKey } from './modes.ts';
import { placeRuleFaults } from './places.ts';

export interface KindRules<K extends FactKind = FactKind> extends KindMembers {
  kind: K;
  /** `/v1/<collection>`. */
  collection: string;
  title: Bilingual;
  /** Does it belong to a unit, to the province, or to either? */
  belongs: 'unit' | 'either';
  /** Several may hold at once under one key; otherwise a new one ends the one before. */
  several: boolean;
  keyOf(body: FactBodies[K], unit: string | null): string;
  check(given: NewFact<K>, context: CheckContext): FactFault[];
}

const KINDS: { [K in FactKind]: KindRules<K> } = {
  'unit-mode': {
    kind: 'unit-mode',
    collection: 'unit-modes',
    title: { vi: 'Chế độ của xã, phường', en: 'Modes of units' },
    ...KIND_MEMBERS['unit-mode'],
    belongs: 'unit',
    several: false,
    keyOf: (body, unit) => modeKey(unit, body),
    check: (given, context) => [
      ...mustBeSystem(given.body.systems ?? [], '/systems', context),
      ...modeFaults(given, context.facts, context.now).map(fault => ({ pointer: '/from', ...fault })),
    ],
  },
  'unit-list': {
    kind: 'unit-list',
    collection: 'unit-lists',
    title: { vi: 'Danh sách đã xác nhận đủ', en: 'Lists confirmed as complete' },
    ...KIND_MEMBERS['unit-list'],
    belongs: 'either',
    several: false,
    keyOf: ({ what }: UnitList, unit) => `${unit ?? ''}|${what}`,
    check: () => [],
  },
  seat: {
    kind: 'seat',
    collection: 'seats',
    title: { vi: 'Vị trí công tác', en: 'Seats' },
    ...KIND_MEMBERS.seat,
    belongs: 'either',
    several: false,
    keyOf: ({ seat }) => seat,
    check: (given, context) => [
      ...mustNameItsDesk(given),
      ...mustBeKnown('post', [given.body.post], '/post', context),
      ...(given.body.department === undefined || context.vocabulary.fact('department', given.body.department)
        ? []
        : [
            unknown(
              '/department',
              'unknown-department',
              'Danh mục không có phòng này.',
              'There is no such department.',
            ),
          ]),
    ],
  },
  officer: {
    kind: 'officer',
    collection: 'officers',
    title: { vi: 'Cán bộ, công chức', en: 'Officers' },
    ...KIND_MEMBERS.officer,
    belongs: 'either',
    several: false,
    keyOf: ({ id }) => id,
    check: () => [],
  },
  holding: {
    kind: 'holding',
    collection: 'holdings',
    title: { vi: 'Ai giữ vị trí nào', en: 'Who sits where' },
    ...KIND_MEMBERS.holding,
    belongs: 'either',
    several: false,
    keyOf: ({ officer, seat }) => `${officer}@${seat}`,
    check: (given, context) => [...mustBeSeat(given.body.seat, given.unit, context), ...mustBeVacant(given, context)],
  },
  right: {
    kind: 'right',
    collection: 'rights',
    title: { vi: 'Quyền', en: 'Rights' },
    ...KIND_MEMBERS.right,
    belongs: 'either',
    several: false,
    keyOf: (body: Right) => rightKey(body),
    check: (given, context) => [
      ...mustBeKnown('right', [given.body.right], '/right', context),
      ...mustBeSeat(given.body.seat, given.unit, context),
      ...mustBeSystem([given.body.system], '/system', context),
      ...(given.body.layer === 'legal' && given.body.document === undefined
        ? [
            unknown(
              '/document',
              'required',
              'Căn cứ cần số và ngày văn bản.',
              'A legal basis needs its number and date.',
            ),
          ]
        : []),
    ],
  },
  delegation: {
    kind: 'delegation',
    collection: 'delegations',
    title: { vi: 'Phân công, ủy quyền, thừa lệnh', en: 'Delegations' },
    ...KIND_MEMBERS.delegation,
    belongs: 'either',
    several: false,
    keyOf: ({ document, fromPost, toPost }: Delegation, unit) =>
      [unit ?? '', document.number, fromPost, toPost].join('|'),
    check: (given, context) => [
      ...mustBeKnown('post', [given.body.fromPost], '/fromPost', context),
      ...mustBeKnown('post', [given.body.toPost], '/toPost', context),
      ...mustBeKnown('right', given.body.rights, '/rights', context),
      ...mustBeKnown('procedure', given.body.procedures ?? [], '/procedures', context),
      ...delegationFaults(given, context.facts, context.vocabulary).map(fault => ({ pointer: '', ...fault })),
    ],
  },
  authority: {
    kind: 'authority',
    collection: 'authority',
    title: { vi: 'Thẩm quyền', en: 'Authority' },
    ...KIND_MEMBERS.authority,
    belongs: 'either',
    several: false,
    keyOf: (body: Authority, unit) => authorityKey(body, unit),
    check: (given, context) => [
      ...mustBeKnown('procedure', [given.body.procedure], '/procedure', context),
      ...mustBeField(given.body.field, context),
      ...mustBeKnown('post', given.body.mayDelegateTo ?? [], '/mayDelegateTo', context),
      ...mustBeConfirmed(given),
      ...((given.body.procedure === undefined) === (given.body.field === undefined)
        ? [
            unknown(
              '',
              'one-of',
              'Cần đúng một trong procedure và field.',
              'Exactly one of procedure and field is needed.',
            ),
          ]
        : []),
    ],
  },
  'place-rule': {
    kind: 'place-rule',
    collection: 'place-rules',
    title: { vi: 'Địa bàn của đơn vị đã tách', en: 'Places of split units' },
    ...KIND_MEMBERS['place-rule'],
    belongs: 'either',
    several: true,
    keyOf: ({ old }) => old,
    check: placeRuleFaults,
  },
  contact: {
    kind: 'contact',
    collection: 'contacts',
    title: { vi: 'Đầu mối', en: 'Contacts' },
    ...KIND_MEMBERS.contact,
    belongs: 'either',
    several: false,
    keyOf: ({ about, system, name }: Contact, unit) => [unit ?? '', about, system ?? '', name].join('|'),
    check: (given, context) => mustBeSystem([given.body.system], '/system', context),
  },
};

/** The rules of all kinds, in the order of the documentation. */
export const ALL_KINDS: readonly KindRules[] = Object.values(KINDS) as unknown as readonly KindRules[];

/** The rules of one kind. */
export const rulesOf = <K extends FactKind>(kind: K): KindRules<K> => KINDS[kind] as unknown as KindRules<K>;
