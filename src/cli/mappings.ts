/** `lienthong mappings …`: the commands for those who keep the vocabulary, each in a file of its own (mappings-*.ts). */
import type { Command } from 'commander';
import type { Io } from './io.ts';
import { addMappingsCheck } from './mappings-check.ts';
import { addMappingsCoverage } from './mappings-coverage.ts';
import { addMappingsDesk } from './mappings-desk.ts';
import { addMappingsDiff } from './mappings-diff.ts';
import { addMappingsPreview } from './mappings-preview.ts';
import { addMappingsRelease } from './mappings-release.ts';
import { addMappingsSheet } from './mappings-sheet.ts';

/** Adds `mappings check` and the commands that have files of their own. */
export function addMappings(program: Command, io: Io): void {
  const mappings = program.command('mappings').description('danh mục và bảng quy đổi · vocabulary');
  addMappingsCheck(mappings, io);
  addMappingsDesk(mappings, io);
  addMappingsCoverage(mappings, io);
  addMappingsPreview(mappings, io);
  addMappingsSheet(mappings, io);
  addMappingsDiff(mappings, io);
  addMappingsRelease(mappings, io);
}
