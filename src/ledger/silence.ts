/**
 * Connections that fall silent without an end, as behind a failed machine or a firewall that forgot them. One that gave no answer
 * in time is closed by its pool; those that idle beside it were most likely lost with it, and would each cost another wait.
 */
import type pg from 'pg';

/** No answer came in time (the text is pg's, which gives it no code). */
export function isSilence(error: unknown): error is Error {
  return error instanceof Error && error.message === 'Query read timeout';
}

/** When a connection of `pool` falls silent, the idle ones are broken off too, so that the next caller meets a new one. */
export function dropSilent(pool: pg.Pool): void {
  const idle = new Set<pg.PoolClient>();
  pool.on('acquire', client => idle.delete(client));
  pool.on('remove', client => idle.delete(client));
  pool.on('release', (error, client) => {
    if (isSilence(error)) for (const other of idle) other.connection.stream.destroy(error);
    else if (!error) idle.add(client);
  });
}
