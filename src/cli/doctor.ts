/** `lienthong doctor`: looks at everything the gateway depends on and says what is wrong and what to do; changes nothing. */
import type { Command } from 'commander';
import { gatewayUrl, readConfiguration, readEnvironment, type Settings, sandboxUrls } from '../config/environment.ts';
import { ConfigurationFault } from '../domain/errors.ts';
import { checkDatabase } from './checks/database.ts';
import { checkDisk } from './checks/disk.ts';
import { checkMappings } from './checks/mappings.ts';
import { checkGatewayPort } from './checks/port.ts';
import { checkRedis } from './checks/redis.ts';
import { checkSystems } from './checks/systems.ts';
import type { Finding } from './finding.ts';
import { firstRun } from './first-run.ts';
import { CommandFailed, type Io, printResult } from './io.ts';

/** Adds the command. */
export function addDoctor(program: Command, io: Io): void {
  program
    .command('doctor')
    .description(
      'kiểm tra cấu hình, cơ sở dữ liệu, Redis, cổng mạng, các hệ thống, từ vựng · check what the gateway needs',
    )
    .action(async () => {
      const findings = await examine(io);
      const red = findings.filter(finding => finding.state === 'red');
      printResult(io, { ok: red.length === 0, checks: findings }, () => findings.map(show).join('\n'));
      if (red.length > 0)
        throw new CommandFailed(`${red.length} mục chưa đạt (checks are red)`, { resultPrinted: true });
    });
}

/** All findings, in the order of the way of an event; later ones are left out where the configuration cannot be read. */
export async function examine(io: Io): Promise<Finding[]> {
  let settings: Settings;
  let notes: string[];
  try {
    const environment = readEnvironment(io.env, io.cwd);
    // Without the sandbox's secrets its systems file cannot be read; making them is what the first start does anyway.
    if (environment.sandbox) {
      await firstRun(environment.dataDir, gatewayUrl(environment), sandboxUrls(environment.sandboxPorts));
    }
    settings = readConfiguration(io.env, io.cwd);
    notes = environment.notes;
  } catch (fault) {
    if (!(fault instanceof ConfigurationFault)) throw fault;
    return fault.faults.map(({ place, text }) => ({
      check: 'configuration',
      state: 'red',
      detail: `${place}: ${text}`,
    }));
  }
  const configuration: Finding = {
    check: 'configuration',
    state: notes.length > 0 ? 'yellow' : 'green',
    detail: [`${settings.systems.length} systems`, ...notes].join('; '),
  };
  const found = await Promise.all([
    checkDatabase(settings),
    checkDisk(settings),
    checkRedis(settings.redisUrl),
    checkGatewayPort(settings),
    checkMappings(settings.mappingsDir),
    checkSystems(settings.systems),
  ]);
  return [configuration, ...found.flat()];
}

function show(finding: Finding): string {
  const mark = { green: '✓', yellow: '!', red: '✗' }[finding.state];
  const remedy = finding.remedy === undefined ? '' : `\n      → ${finding.remedy}`;
  return `${mark} ${finding.check.padEnd(22)} ${finding.detail}${remedy}`;
}
