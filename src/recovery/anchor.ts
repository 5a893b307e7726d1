/**
 * The anchor: a file outside of the database with the highest position that a gateway on this machine saw of its ledger. A kill
 * leaves the old one or the new one, never half of one.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Anchor } from '../domain/position.ts';

/** What is noted at `path`. */
export async function readAnchor(path: string): Promise<Anchor | 'missing' | 'unreadable'> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return 'missing';
    throw fault;
  }
  try {
    const anchor = JSON.parse(text) as Partial<Anchor> | null;
    const whole = Number.isSafeInteger(anchor?.epoch) && Number.isSafeInteger(anchor?.tick);
    return whole ? (anchor as Anchor) : 'unreadable';
  } catch {
    return 'unreadable';
  }
}

/** Puts `anchor` in place of what was noted; on the disk when it resolves. */
export async function writeAnchor(path: string, anchor: Anchor): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}-${randomUUID()}.new`;
  try {
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(anchor)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}
