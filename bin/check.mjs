// `npm run check`: format and lint, types, import directions, unused code, mapping schemas. All run, then all faults stand together.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { environmentWith, findRuntime, installMissing, root } from './runtime.mjs';

installMissing();
const runtime = findRuntime();
const tool = name => join(root, 'node_modules/.bin', name);
// TypeScript 7 compiles to machine code and is called by its own name: the `typescript` of node_modules is 6, which tap needs.
const checks = [
  ['format, lint', tool('biome'), ['check', '--error-on-warnings', '.']],
  ['types', tool('tsc'), ['--noEmit', '--pretty', 'false']],
  ['import directions', tool('depcruise'), ['--config', '.dependency-cruiser.cjs', 'src', 'connectors']],
  ['unused code', tool('knip'), ['--no-progress']],
  ['mappings', runtime, ['bin/check-mappings.ts']],
];

const began = Date.now();
const results = await Promise.all(checks.map(([name, program, args]) => run(name, program, args)));
for (const { name, status, text, seconds } of results) {
  process.stdout.write(`${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds.toFixed(1)} s)\n`);
  if (status !== 0) process.stdout.write(`${text.trimEnd()}\n\n`);
}
const failed = results.filter(result => result.status !== 0).length;
process.stdout.write(
  `check: ${failed === 0 ? 'ok' : `${failed} failed`} (${((Date.now() - began) / 1000).toFixed(1)} s)\n`,
);
process.exit(failed === 0 ? 0 : 1);

function run(name, program, args) {
  const start = Date.now();
  return new Promise(resolve => {
    const child = spawn(program, args, { cwd: root, env: environmentWith(runtime, { NO_COLOR: '1' }) });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (text += chunk));
    child.on('error', error => resolve({ name, status: 1, text: error.message, seconds: 0 }));
    child.on('close', status => resolve({ name, status: status ?? 1, text, seconds: (Date.now() - start) / 1000 }));
  });
}
