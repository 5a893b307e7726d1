// `npm start`: installs what is missing and starts everything.
import { join } from 'node:path';
import { become, environmentWith, findRuntime, installMissing, root } from './runtime.mjs';

installMissing();
const runtime = findRuntime();
become(runtime, [join(root, 'src/cli/main.ts'), 'start', ...process.argv.slice(2)], environmentWith(runtime));
