/** `lienthong mappings check`: judges the mapping files without a gateway, for editors and before a release. */
import type { Command } from 'commander';
import type { MappingsReport } from '../translation/check.ts';
import { CommandFailed, type Io } from './io.ts';
import { mappingsFolder } from './mappings-folder.ts';

/** Adds `mappings check`. */
export function addMappingsCheck(mappings: Command, io: Io): void {
  mappings
    .command('check')
    .description('kiểm tra mọi tệp · check every file')
    .argument('[folder]', 'thư mục danh mục · folder of mappings')
    .action(async (folder: string | undefined) => {
      const { checkMappings } = await import('../translation/check.ts');
      const { WARNING_GROUPS } = await import('../translation/findings.ts');
      const report = await checkMappings(mappingsFolder(io, folder));
      io.out(io.json() ? `${JSON.stringify(report)}\n` : reportText(report, WARNING_GROUPS));
      if (report.faults.length > 0) {
        throw new CommandFailed(`Danh mục có ${report.faults.length} lỗi. (${report.faults.length} faults.)`, {
          resultPrinted: true,
        });
      }
      if (!io.json()) io.out('Danh mục dùng được. (The vocabulary is sound.)\n');
    });
}

/** Warnings by matter, then faults, then how much there is. */
function reportText({ faults, warnings, counts }: MappingsReport, groups: Readonly<Record<string, string>>): string {
  const line = (fault: { file: string; line: number; text: string }): string =>
    `  ${fault.file}:${fault.line}: ${fault.text}\n`;
  let text = '';
  for (const [group, title] of Object.entries(groups)) {
    const told = warnings.filter(warning => warning.group === group);
    if (told.length > 0) text += `Cần xem lại · ${title} (${told.length}):\n${told.map(line).join('')}\n`;
  }
  if (faults.length > 0) text += `Lỗi (faults):\n${faults.map(line).join('')}`;
  const total = Object.entries(counts).map(([kind, count]) => `${kind} ${count}`);
  return `${text}${total.join(' · ')}\n`;
}
