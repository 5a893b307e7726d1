/** Part of `npm run check`: reads everything in mappings/ and ends with 1 when something is wrong; needs no database. */
import { join } from 'node:path';
import { inspectMappings } from '../src/translation/load.ts';

const { faults, warnings, files } = await inspectMappings(join(import.meta.dirname, '../mappings'));
for (const { file, line, text } of faults) console.log(`${file}:${line}: ${text}`);
console.log(`${files} files, ${faults.length} faults, ${warnings.length} warnings`);
process.exitCode = faults.length > 0 || files === 0 ? 1 : 0;
