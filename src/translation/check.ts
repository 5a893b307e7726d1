/**
 * What `lienthong mappings check` tells an editor: faults that stop a release, warnings about what cannot be true at once
 * (time limits that contradict, codes that may be dead, new codes without a record), and how much there is.
 */
import type { MappingWarning } from './findings.ts';
import { inspectMappings } from './load.ts';
import type { MappingFault } from './read-yaml.ts';

export interface MappingsReport {
  faults: MappingFault[];
  warnings: MappingWarning[];
  /** Records by kind (`units`, `procedures`, `term`, …), and `files`. */
  counts: Record<string, number>;
}

/** Checks everything in `dir`; throws only what the file system throws. */
export async function checkMappings(dir: string): Promise<MappingsReport> {
  const { faults, warnings, files, assembled } = await inspectMappings(dir);
  const counts: Record<string, number> = { files };
  if (assembled !== undefined) {
    const { content } = assembled;
    counts.units = content.units.length;
    counts.formerUnits = content.formerUnits.length;
    counts.procedures = content.procedures.length;
    counts.plainTitles = content.procedures.filter(procedure => procedure.plainTitle !== undefined).length;
    counts.procedureAliases = content.procedureAliases.length;
    counts.statusLists = content.statusLists.length;
    counts.statuses = content.statuses.length;
    counts.codes = content.codes.length;
    for (const fact of content.facts) counts[fact.kind] = (counts[fact.kind] ?? 0) + 1;
  }
  return { faults, warnings, counts };
}
