/**
 * Other engines on a like job in the same run: a harness of its own, not part of this project, in the folder that `--peers`
 * names (`node run.mjs PEER --only throughput` prints one JSON line). Without the folder they are left out.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** One peer's line as the harness prints it; throws when it fails. */
export async function runPeer(folder: string, peer: string): Promise<unknown> {
  const child = spawn(process.execPath, ['run.mjs', peer, '--only', 'throughput'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
  });
  const [code] = await once(child, 'close');
  const line = text.split('\n').findLast(candidate => candidate.startsWith('{'));
  if (code !== 0 || line === undefined) throw new Error(`${peer} ended with ${code} and no figures`);
  return JSON.parse(line);
}
