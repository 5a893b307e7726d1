/** Is the ledger away, or the fault somewhere else? One rule for intake, delivery and people. */
import { ConfigurationFault } from '../domain/errors.ts';
import { sqlState } from './database.ts';

/** Of the network only: a file that is missing is a fault of ours and must not be told as the ledger's. */
const NETWORK = /^E(?:CONN|HOST|NET|PIPE|TIMEDOUT|NOTFOUND|AI_)/;

/** True when the ledger is away or cannot now: connection lost, refused or silent, resources, shutting down, locks not given. */
export function isAway(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined && /^(08|25P03|53|55P03|57|58)/.test(state)) return true;
  const { code, syscall } = (error ?? {}) as { code?: unknown; syscall?: unknown };
  const message = error instanceof Error ? error.message : '';
  return (
    NETWORK.test(String(code)) ||
    syscall === 'connect' ||
    /connection terminated|timeout expired|timeout exceeded|read timeout|not queryable/i.test(message)
  );
}

/** What PostgreSQL refuses for good, by the class or code of its answer. */
const REFUSALS: readonly [RegExp, string][] = [
  [
    /^28/,
    'PostgreSQL không nhận tài khoản hoặc mật khẩu này; hãy sửa DATABASE_URL hoặc pg_hba.conf · PostgreSQL refuses this account or password; correct DATABASE_URL or pg_hba.conf',
  ],
  [
    /^3D000/,
    'không có cơ sở dữ liệu này; hãy tạo (createdb) hoặc sửa DATABASE_URL · there is no such database; create it (createdb) or correct DATABASE_URL',
  ],
  [
    /^42501/,
    'tài khoản không có quyền tạo bảng; hãy cho làm chủ cơ sở dữ liệu · the account may not create tables; make it the owner of the database',
  ],
];

/** A refusal that no waiting mends, as a fault of DATABASE_URL; undefined for other errors. */
export function refusal(error: unknown): ConfigurationFault | undefined {
  const state = sqlState(error);
  if (state === undefined) return undefined;
  const text = REFUSALS.find(([states]) => states.test(state))?.[1];
  return text === undefined ? undefined : new ConfigurationFault([{ place: 'DATABASE_URL', text }]);
}
