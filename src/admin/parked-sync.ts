/** The parked sync that somebody answers, and what it asks: read the same way for every kind of answer that is not given in one statement. */
import type { Question } from '../entities/answer.ts';
import { notParked } from '../ledger/act.ts';
import { readSync, type SyncDetail } from '../ledger/read-sync.ts';
import type { PeopleContext } from './context.ts';
import { notFound } from './request.ts';

/** Throws 404, 409 `not-parked`. */
export async function parkedSync({ database }: Pick<PeopleContext, 'database'>, id: string): Promise<SyncDetail> {
  const detail = await readSync(database, id);
  if (detail === undefined) throw notFound('Không có lượt gửi nào mang mã này.', 'There is no sync of this id.');
  if (detail.sync.state !== 'parked') throw notParked(detail.sync.state);
  return detail;
}

/** What it waits to be told. */
export function questionOf({ sync, problem }: SyncDetail): Question {
  const { pointer, value = null, candidates } = problem?.detail ?? {};
  return {
    cause: sync.cause ?? null,
    ...(typeof pointer === 'string' ? { pointer } : {}),
    value,
    candidates: Array.isArray(candidates) ? (candidates as unknown as { code: string }[]) : null,
  };
}
