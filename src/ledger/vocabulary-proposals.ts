/**
 * Releases that someone proposes: nobody puts their own into force. A proposal counts only against the release it was
 * rehearsed with, so that what a second person approves is what the rehearsal showed.
 */
import type pg from 'pg';
import { GatewayError } from '../domain/errors.ts';
import type { JsonObject } from '../domain/words.ts';
import type { Actor } from './act.ts';
import { writeAudit } from './audit.ts';
import type { Database } from './database.ts';
import { activate, type InForce, lockVocabulary } from './vocabulary-history.ts';

export interface Proposal {
  id: string;
  /** Hash of the proposed release. */
  release: string;
  proposedBy: string;
  reason: string;
  proposedAt: string;
  rehearsal: JsonObject;
  state: 'open' | 'approved' | 'declined' | 'withdrawn';
  decidedBy: string | null;
  decidedAt: string | null;
}

const COLUMNS = `p.id, r.hash AS release, p.proposed_by AS "proposedBy", p.reason, p.proposed_at AS "proposedAt", p.rehearsal, p.state,
  p.approved_by AS "decidedBy", p.decided_at AS "decidedAt"`;

interface ProposalRow extends Omit<Proposal, 'proposedAt' | 'decidedAt'> {
  proposedAt: Date;
  decidedAt: Date | null;
}

const viewOf = (row: ProposalRow): Proposal => ({
  ...row,
  proposedAt: row.proposedAt.toISOString(),
  decidedAt: row.decidedAt?.toISOString() ?? null,
});

/** Stores a proposal. `against` is the release in force that it was rehearsed with. */
export async function propose(
  client: pg.ClientBase,
  proposal: { id: string; release: number; hash: string; filesHash: string; against: number; rehearsal: JsonObject },
  actor: Actor,
): Promise<void> {
  await client.query(
    `INSERT INTO vocabulary_proposals (id, release, files_hash, proposed_by, reason, rehearsal, against) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      proposal.id,
      proposal.release,
      proposal.filesHash,
      actor.who,
      actor.reason,
      JSON.stringify(proposal.rehearsal),
      proposal.against,
    ],
  );
  await writeAudit(client, {
    who: actor.who,
    act: 'vocabulary.propose',
    subject: `proposal:${proposal.id}`,
    reason: actor.reason,
    before: null,
    after: { release: proposal.hash },
  });
}

interface OpenProposal {
  release: number;
  files_hash: string;
  proposed_by: string;
  reason: string;
  state: string;
  against: number;
}

/** A second person puts the proposed release into force. Throws 404, 409 `second-person-needed`, `already-decided`, `proposal-outdated`. */
export async function approve(client: pg.ClientBase, id: string, actor: Actor): Promise<InForce> {
  const inForce = await lockVocabulary(client);
  const proposal = await lockOpen(client, id);
  if (proposal.proposed_by === actor.who) throw secondPerson();
  if (proposal.against !== inForce?.release) throw outdated();
  await decide(client, id, 'approved', actor);
  return activate(client, {
    release: proposal.release,
    act: 'activate',
    who: proposal.proposed_by,
    approvedBy: actor.who,
    reason: proposal.reason,
    filesHash: proposal.files_hash,
    baseHash: proposal.files_hash,
  });
}

/** Ends a proposal without effect: declined by another person, withdrawn by who made it. Throws 404, 409 `already-decided`. */
export async function decline(client: pg.ClientBase, id: string, actor: Actor): Promise<'declined' | 'withdrawn'> {
  const proposal = await lockOpen(client, id);
  const state = proposal.proposed_by === actor.who ? 'withdrawn' : 'declined';
  await decide(client, id, state, actor);
  return state;
}

async function lockOpen(client: pg.ClientBase, id: string): Promise<OpenProposal> {
  const { rows } = await client.query<OpenProposal>('SELECT * FROM vocabulary_proposals WHERE id = $1 FOR UPDATE', [
    id,
  ]);
  const proposal = rows[0];
  if (proposal === undefined) {
    throw new GatewayError('not-found', 404, { vi: 'Không có đề xuất này.', en: 'There is no such proposal.' });
  }
  if (proposal.state !== 'open') {
    throw new GatewayError(
      'already-decided',
      409,
      { vi: 'Đề xuất này đã được quyết định.', en: 'This proposal has been decided already.' },
      { extra: { state: proposal.state } },
    );
  }
  return proposal;
}

async function decide(
  client: pg.ClientBase,
  id: string,
  state: 'approved' | 'declined' | 'withdrawn',
  actor: Actor,
): Promise<void> {
  await client.query('UPDATE vocabulary_proposals SET state = $2, approved_by = $3, decided_at = now() WHERE id = $1', [
    id,
    state,
    actor.who,
  ]);
  await writeAudit(client, {
    who: actor.who,
    act: `vocabulary.${state === 'approved' ? 'approve' : state === 'declined' ? 'decline' : 'withdraw'}`,
    subject: `proposal:${id}`,
    reason: actor.reason,
    before: { state: 'open' },
    after: { state },
  });
}

/** Proposals, newest first; at most 200. */
export async function listProposals(database: Database, state?: string): Promise<Proposal[]> {
  const { rows } = await database.people.query<ProposalRow>(
    `SELECT ${COLUMNS} FROM vocabulary_proposals p JOIN releases r ON r.id = p.release
     WHERE $1::text IS NULL OR p.state = $1 ORDER BY p.id DESC LIMIT 200`,
    [state ?? null],
  );
  return rows.map(viewOf);
}

/** Was this release, made of files, proposed and not approved? Then a restart alone must not put it into force. */
export async function heldBack(client: pg.ClientBase, filesHash: string): Promise<boolean> {
  const { rows } = await client.query<{ state: string }>(
    'SELECT state FROM vocabulary_proposals WHERE files_hash = $1 ORDER BY id DESC LIMIT 1',
    [filesHash],
  );
  return rows[0] !== undefined && rows[0].state !== 'approved';
}

function secondPerson(): GatewayError {
  return new GatewayError('second-person-needed', 409, {
    vi: 'Người đề xuất không tự duyệt được; cần một người khác duyệt.',
    en: 'Nobody approves their own proposal; a second person is needed.',
  });
}

function outdated(): GatewayError {
  return new GatewayError('proposal-outdated', 409, {
    vi: 'Danh mục đang dùng đã đổi từ khi chạy thử đề xuất này. Hãy đề xuất lại để chạy thử với danh mục hiện nay.',
    en: 'The vocabulary in force has changed since this proposal was rehearsed. Propose again, so that it is rehearsed with the present one.',
  });
}
