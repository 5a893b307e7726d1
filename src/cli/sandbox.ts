/** `lienthong sandbox`: the three simulators alone, for a gateway that is started with `--sandbox external`. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { gatewayUrl, readEnvironment, sandboxUrls } from '../config/environment.ts';
import { firstRun, sandboxSecrets } from './first-run.ts';
import { type Io, printResult } from './io.ts';

/** Adds the command. */
export function addSandbox(program: Command, io: Io): void {
  program
    .command('sandbox')
    .description('chỉ chạy ba hệ thống mô phỏng · run the three simulated systems alone')
    .option('--morning', 'diễn buổi sáng mẫu · play the sample morning')
    .action(async (options: { morning?: boolean }) => {
      const { runSandboxUntilStopped } = await import('../sandbox/main.ts');
      const environment = readEnvironment(io.env, io.cwd);
      const url = gatewayUrl(environment);
      const run = await firstRun(environment.dataDir, url, sandboxUrls(environment.sandboxPorts));
      const playing = new AbortController();
      let played: Promise<void> = Promise.resolve();
      await runSandboxUntilStopped(
        {
          dataDir: join(environment.dataDir, 'sandbox'),
          ports: environment.sandboxPorts,
          gatewayUrl: url,
          credentials: await sandboxSecrets(environment.dataDir),
        },
        sandbox => {
          printResult(io, sandbox.urls, () =>
            Object.entries(sandbox.urls)
              .map(([id, address]) => `${id.padEnd(12)}${address}`)
              .join('\n'),
          );
          if (options.morning) played = morning(sandbox.urls, url, run.apiToken, playing.signal, io);
        },
      );
      playing.abort();
      await played;
    });
}

async function morning(
  systems: { portal: string; commune: string; documents: string },
  url: string,
  apiToken: string,
  signal: AbortSignal,
  io: Io,
): Promise<void> {
  const { playMorning } = await import('../sandbox/morning/play.ts');
  await playMorning({ systems, gatewayUrl: url, apiToken, print: text => io.err(`${text}\n`), signal });
}
