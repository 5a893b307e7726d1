/** Can the vocabulary be read whole? */
import { inspectMappings } from '../../translation/load.ts';
import type { Finding } from '../finding.ts';

/** One finding for the whole, one more for each fault. */
export async function checkMappings(dir: string): Promise<Finding[]> {
  const check = 'mappings';
  const { faults, warnings, files } = await inspectMappings(dir).catch(fault => ({
    faults: [{ file: dir, line: 1, text: String(fault) }],
    warnings: [],
    files: 0,
  }));
  if (faults.length === 0) {
    return [
      { check, state: 'green', detail: `${files} files${warnings.length > 0 ? `, ${warnings.length} warnings` : ''}` },
    ];
  }
  return faults.map(fault => ({ check, state: 'red', detail: `${fault.file}:${fault.line}: ${fault.text}` }));
}
