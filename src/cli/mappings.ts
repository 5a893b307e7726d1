/** `lienthong mappings check`: judges the mapping files without a gateway, for editors and before a release. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { CommandFailed, type Io } from './io.ts';

/** Where the project's own mappings stand. */
const OWN = new URL('../../mappings/', import.meta.url).pathname;

/** Adds `mappings check`. */
export function addMappings(program: Command, io: Io): void {
  const mappings = program.command('mappings').description('danh mục và bảng quy đổi · vocabulary');
  mappings
    .command('check')
    .description('kiểm tra mọi tệp · check every file')
    .argument('[folder]', 'thư mục danh mục · folder of mappings')
    .action(async (folder: string | undefined) => {
      const { checkMappings } = await import('../translation/check.ts');
      const report = await checkMappings(folder === undefined ? OWN : resolve(io.cwd, folder));
      const line = (fault: { file: string; line: number; text: string }) =>
        `  ${fault.file}:${fault.line}: ${fault.text}`;
      if (io.json()) io.out(`${JSON.stringify(report)}\n`);
      else {
        if (report.warnings.length > 0) io.out(`Cần xem lại (warnings):\n${report.warnings.map(line).join('\n')}\n`);
        if (report.faults.length > 0) io.out(`Lỗi (faults):\n${report.faults.map(line).join('\n')}\n`);
        io.out(
          `${Object.entries(report.counts)
            .map(([kind, count]) => `${kind} ${count}`)
            .join(' · ')}\n`,
        );
      }
      if (report.faults.length > 0) {
        throw new CommandFailed(`Danh mục có ${report.faults.length} lỗi. (${report.faults.length} faults.)`, {
          resultPrinted: true,
        });
      }
      if (!io.json()) io.out('Danh mục dùng được. (The vocabulary is sound.)\n');
    });
}
