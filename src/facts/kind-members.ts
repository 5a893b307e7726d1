/**
 * The form of each kind of fact that people enter, as JSON Schemas of its members: what the API checks, and the columns of a table. What
 * its members mean together is judged in kinds.ts.
 */
import type { FactKind } from './fact.ts';

export interface KindMembers {
  /** JSON Schemas of the body's members. */
  members: Record<string, object>;
  required: string[];
}

const TEXT = (maxLength: number) => ({ type: 'string', minLength: 1, maxLength, pattern: '\\S' });
const ID = { type: 'string', minLength: 1, maxLength: 100, pattern: '^[\\p{L}0-9][\\p{L}0-9._/#@:-]*$' };
const LIST = (items: object) => ({ type: 'array', items, minItems: 1, maxItems: 200, uniqueItems: true });
const DAY = { type: 'string', format: 'date' };
const PAPER = {
  type: 'object',
  additionalProperties: false,
  properties: { number: TEXT(100), date: DAY, signer: TEXT(200) },
  required: ['number', 'date'],
};

export const KIND_MEMBERS: { [K in FactKind]: KindMembers } = {
  'unit-mode': {
    members: {
      mode: { type: 'string', enum: ['off', 'trial', 'official'] },
      systems: LIST(ID),
      fields: LIST(TEXT(200)),
      openDossiers: { type: 'string', enum: ['stay', 'close', 'carry'] },
      plan: TEXT(100),
    },
    required: ['mode', 'openDossiers'],
  },
  'unit-list': {
    members: { what: { type: 'string', enum: ['rights', 'authority'] }, confirmedBy: TEXT(200) },
    required: ['what', 'confirmedBy'],
  },
  seat: {
    members: { seat: ID, post: ID, department: ID },
    required: ['seat', 'post'],
  },
  officer: {
    members: { id: ID, name: TEXT(200), email: { type: 'string', format: 'email', maxLength: 200 }, sameAs: LIST(ID) },
    required: ['id', 'name'],
  },
  holding: {
    members: {
      officer: ID,
      seat: ID,
      document: PAPER,
      handover: {
        type: 'object',
        additionalProperties: false,
        properties: { to: ID, note: TEXT(2000) },
        required: ['to', 'note'],
      },
    },
    required: ['officer', 'seat'],
  },
  right: {
    members: {
      seat: ID,
      right: ID,
      layer: { type: 'string', enum: ['legal', 'account', 'certificate'] },
      system: ID,
      field: TEXT(200),
      signAs: { type: 'string', enum: ['TM', 'KT', 'TL', 'TUQ'] },
      document: PAPER,
    },
    required: ['seat', 'right', 'layer'],
  },
  delegation: {
    members: {
      kind: { type: 'string', enum: ['phan-cong', 'uy-quyen', 'thua-lenh'] },
      fromPost: ID,
      toPost: ID,
      rights: LIST(ID),
      fields: LIST(TEXT(200)),
      procedures: LIST(ID),
      document: PAPER,
      mayDelegate: { type: 'boolean' },
    },
    required: ['kind', 'fromPost', 'toPost', 'rights', 'document'],
  },
  authority: {
    members: {
      procedure: ID,
      field: TEXT(200),
      case: TEXT(200),
      act: { type: 'string', enum: ['receive', 'decide', 'sign', 'opinion'] },
      level: { type: 'string', enum: ['commune', 'province'] },
      by: TEXT(200),
      basis: TEXT(500),
      mayDelegateTo: LIST(ID),
      certainty: { type: 'string', enum: ['high', 'medium', 'low', 'proposal'] },
    },
    required: ['act', 'level', 'certainty'],
  },
  'place-rule': {
    members: {
      old: ID,
      by: { type: 'string', enum: ['hamlet', 'street', 'list'] },
      names: LIST(TEXT(200)),
      to: ID,
    },
    required: ['old', 'by', 'names', 'to'],
  },
  contact: {
    members: {
      about: { type: 'string', enum: ['rights', 'staff', 'system', 'authority', 'vocabulary', 'rollout'] },
      system: ID,
      role: { type: 'string', enum: ['portal', 'commune', 'documents'] },
      name: TEXT(200),
      post: TEXT(200),
      phone: { type: 'string', maxLength: 30, pattern: '^[0-9+ ().-]+$' },
      email: { type: 'string', format: 'email', maxLength: 200 },
      hours: TEXT(100),
    },
    required: ['about', 'name'],
  },
};
