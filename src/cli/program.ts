/** The command line as a whole: the commands, `--json`, and what each ending means (0 done, 1 failed, 2 wrong use). */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { ConfigurationFault } from '../domain/errors.ts';
import { DirectoryInUse } from '../embedded/lock.ts';
import { addAudit } from './audit.ts';
import { addBackup } from './backup.ts';
import { addDoctor } from './doctor.ts';
import { addEscalations } from './escalations.ts';
import { addFacts } from './facts.ts';
import { CommandFailed, type Io } from './io.ts';
import { addMappings } from './mappings.ts';
import { addMigrate } from './migrate.ts';
import { addRelease } from './release.ts';
import { addReplays } from './replays.ts';
import { addRestore } from './restore.ts';
import { addSandbox } from './sandbox.ts';
import { addStart } from './start.ts';
import { addSyncs } from './syncs.ts';
import { addSystems } from './systems.ts';
import { addUnits } from './units.ts';

/** Every command of `lienthong`, in the order of its help. */
const commands: readonly ((program: Command, io: Io) => void)[] = [
  addStart,
  addMigrate,
  addDoctor,
  addSyncs,
  addReplays,
  addEscalations,
  addSystems,
  addUnits,
  addFacts,
  addMappings,
  addRelease,
  addAudit,
  addBackup,
  addRestore,
  addSandbox,
];

/** Runs one command line (without program names) and returns its exit status. */
export async function runCommandLine(args: readonly string[], outer: Omit<Io, 'json'>): Promise<number> {
  const program = new Command('lienthong');
  const io: Io = { ...outer, json: () => program.opts<{ json?: boolean }>().json === true };
  program
    .description(
      'Liên Thông — trục liên thông giữa cổng dịch vụ công, hệ thống xã/phường và quản lý văn bản\nIntegration gateway',
    )
    .version(version())
    .option('--json', 'kết quả dạng JSON · print results as JSON')
    .helpCommand(false)
    .showHelpAfterError('(lienthong --help)')
    .exitOverride()
    .configureOutput({ writeOut: outer.out, writeErr: outer.err });
  for (const add of commands) add(program, io);
  try {
    await program.parseAsync(liftJson(args), { from: 'user' });
    return 0;
  } catch (fault) {
    return sayFault(fault, io);
  }
}

/** `--json` may stand anywhere on the line, also after the command. */
function liftJson(args: readonly string[]): string[] {
  const end = args.indexOf('--');
  const own = end === -1 ? args : args.slice(0, end);
  const rest = end === -1 ? [] : args.slice(end);
  return own.includes('--json') ? ['--json', ...own.filter(arg => arg !== '--json'), ...rest] : [...args];
}

function sayFault(fault: unknown, io: Io): number {
  // Commander has said what is wrong, or printed the help that was asked for.
  if (fault instanceof CommanderError) return fault.exitCode === 0 ? 0 : 2;
  if (fault instanceof ConfigurationFault) {
    if (io.json()) io.out(`${JSON.stringify({ error: 'configuration', faults: fault.faults })}\n`);
    io.err('Cấu hình chưa đúng (configuration faults):\n');
    for (const { place, text } of fault.faults) io.err(`  ${place}: ${text}\n`);
    return 2;
  }
  const known = fault instanceof CommandFailed || fault instanceof DirectoryInUse;
  const text = fault instanceof Error ? fault.message : String(fault);
  const printed = fault instanceof CommandFailed && fault.resultPrinted;
  if (io.json() && !printed) io.out(`${JSON.stringify({ error: 'failed', detail: text })}\n`);
  io.err(`${known || !(fault instanceof Error) ? text : (fault.stack ?? text)}\n`);
  if (fault instanceof Error && fault.cause !== undefined) io.err(`  ← ${String(fault.cause)}\n`);
  return 1;
}

function version(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}
