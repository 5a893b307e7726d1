// Runs one of the project's TypeScript files under its own Node.js: `node bin/run.mjs bench/run.ts …`.
import { resolve } from 'node:path';
import { become, environmentWith, fail, findRuntime, installMissing, root } from './runtime.mjs';

const [file, ...args] = process.argv.slice(2);
if (file === undefined) fail('node bin/run.mjs <file.ts> …');
installMissing();
const runtime = findRuntime();
become(runtime, [resolve(root, file), ...args], environmentWith(runtime));
