/**
 * Which vocabulary release is in force, since when, by whom and why. The last row of `vocabulary_changes` counts for all
 * processes; a change is one transaction with its audit entry, one after the other.
 */
import type pg from 'pg';
import { GatewayError } from '../domain/errors.ts';
import type { Actor } from './act.ts';
import { writeAudit } from './audit.ts';
import { type Database, run, type Statement } from './database.ts';

/** A deployment's files · a proposal approved · taken back · a person's choice that counts for all. */
export type VocabularyAct = 'start' | 'activate' | 'rollback' | 'learnt';

/** What is in force. */
export interface InForce {
  /** Number of the change, rising. */
  seq: number;
  /** Row id of the release. */
  release: number;
}
export interface VocabularyChange extends InForce {
  /** The release's hash. */
  hash: string;
  previous: string | null;
  act: VocabularyAct;
  who: string;
  approvedBy: string | null;
  reason: string | null;
  at: string;
}
export interface Activation {
  release: number;
  act: VocabularyAct;
  who: string;
  reason: string | null;
  /** The second person, where there is one. */
  approvedBy?: string;
  /** The mapping files that were last seen on disk, by the release they alone would make; as before where none are given. */
  filesHash?: string;
  /** The files it was made of; as before where none are given. */
  baseHash?: string;
}
export interface LockedVocabulary extends InForce {
  filesHash: string;
  baseHash: string;
}

const CURRENT: Statement = {
  name: 'vocabulary_current',
  text: 'SELECT seq, release FROM vocabulary_changes ORDER BY seq DESC LIMIT 1',
};

/** What is in force now; undefined before the first start. Cheap: every process asks about once a second. */
export async function currentRelease(database: Database): Promise<InForce | undefined> {
  return (await run<InForce & pg.QueryResultRow>(database.hot, CURRENT, []))[0];
}

/** What is in force and the files it was made of, under a lock that lets one change through at a time. */
export async function lockVocabulary(client: pg.ClientBase): Promise<LockedVocabulary | undefined> {
  await client.query("SELECT pg_advisory_xact_lock(hashtext('lienthong-vocabulary'))");
  // a statement of its own: its snapshot is younger than the lock
  const { rows } = await client.query<LockedVocabulary>(
    `SELECT seq, release, files_hash AS "filesHash", base_hash AS "baseHash" FROM vocabulary_changes ORDER BY seq DESC LIMIT 1`,
  );
  return rows[0];
}

/** Puts a release in force within the caller's transaction. Throws 409 `already-in-force`. */
export async function activate(client: pg.ClientBase, activation: Activation): Promise<InForce> {
  const before = await lockVocabulary(client);
  if (before?.release === activation.release) throw alreadyInForce();
  const { release, act, who, reason, approvedBy } = activation;
  const { rows } = await client.query<{ seq: number }>(
    `INSERT INTO vocabulary_changes (release, previous, act, files_hash, base_hash, who, approved_by, reason)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING seq`,
    [
      release,
      before?.release ?? null,
      act,
      activation.filesHash ?? before?.filesHash,
      activation.baseHash ?? before?.baseHash,
      who,
      approvedBy ?? null,
      reason,
    ],
  );
  const names = await client.query<{ id: number; hash: string }>(
    'SELECT id, hash FROM releases WHERE id = ANY($1::smallint[])',
    [[release, before?.release ?? release]],
  );
  const hashOf = (id: number | undefined): string | null => names.rows.find(row => row.id === id)?.hash ?? null;
  await writeAudit(client, {
    who,
    act: `vocabulary.${act}`,
    subject: 'vocabulary',
    reason,
    before: before === undefined ? null : { release: hashOf(before.release) },
    after: { release: hashOf(release), ...(approvedBy === undefined ? {} : { approvedBy }) },
  });
  return { seq: (rows[0] as { seq: number }).seq, release };
}

/** Changes, newest first. */
export async function listChanges(database: Database, limit = 200): Promise<VocabularyChange[]> {
  const { rows } = await database.people.query<Omit<VocabularyChange, 'at'> & { at: Date }>(
    `SELECT c.seq, c.release, r.hash, p.hash AS previous, c.act, c.who, c.approved_by AS "approvedBy", c.reason, c.at
     FROM vocabulary_changes c JOIN releases r ON r.id = c.release LEFT JOIN releases p ON p.id = c.previous
     ORDER BY c.seq DESC LIMIT $1`,
    [limit],
  );
  return rows.map(row => ({ ...row, at: row.at.toISOString() }));
}

/** A release by its hash or the beginning of it. Throws 404, or 409 where several begin so. */
export async function findRelease(database: Database, prefix: string): Promise<{ id: number; hash: string }> {
  const { rows } = await database.people.query<{ id: number; hash: string }>(
    'SELECT id, hash FROM releases WHERE starts_with(hash, $1) ORDER BY id DESC LIMIT 2',
    [prefix.toLowerCase()],
  );
  const [found, second] = rows;
  if (found === undefined) {
    throw new GatewayError('not-found', 404, {
      vi: 'Không có phiên bản danh mục nào mang mã này. Xem các phiên bản ở /v1/vocabulary.',
      en: 'There is no vocabulary release of this hash. /v1/vocabulary lists them.',
    });
  }
  if (second !== undefined && found.hash !== prefix) {
    throw new GatewayError('ambiguous-release', 409, {
      vi: 'Nhiều phiên bản bắt đầu bằng mã này; hãy ghi thêm vài ký tự.',
      en: 'Several releases begin so; give some more digits.',
    });
  }
  return found;
}

/**
 * Puts a release into force again: `to`, or the one before the present one. One person may, since it was approved once.
 * Throws 409 `never-in-force` for a release that only a second person may put into force, `nothing-before`, `already-in-force`.
 */
export async function rollBack(client: pg.ClientBase, to: number | undefined, actor: Actor): Promise<InForce> {
  await lockVocabulary(client);
  const { rows } = await client.query<{ release: number; previous: number | null; base_hash: string }>(
    'SELECT release, previous, base_hash FROM vocabulary_changes ORDER BY seq DESC',
  );
  const release = to ?? rows[0]?.previous ?? undefined;
  if (release === undefined) {
    throw new GatewayError('nothing-before', 409, {
      vi: 'Trước phiên bản này chưa có phiên bản nào.',
      en: 'There was no release before this one.',
    });
  }
  const then = rows.find(row => row.release === release);
  if (then === undefined) {
    throw new GatewayError('never-in-force', 409, {
      vi: 'Phiên bản này chưa từng được dùng. Hãy đề xuất để người khác duyệt.',
      en: 'This release was never in force. Propose it, so that a second person approves it.',
    });
  }
  return activate(client, {
    release,
    act: 'rollback',
    who: actor.who,
    reason: actor.reason,
    baseHash: then.base_hash,
  });
}

function alreadyInForce(): GatewayError {
  return new GatewayError('already-in-force', 409, {
    vi: 'Phiên bản danh mục này đang được dùng, không có gì để đổi.',
    en: 'This vocabulary release is in force already; there is nothing to change.',
  });
}
