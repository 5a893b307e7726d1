// `npm start`: installs what is missing and starts everything.
import { join } from 'node:path';
import { become, environmentWith, findRuntime, heapLimits, installMissing, root } from './runtime.mjs';

installMissing();
const runtime = findRuntime();
become(
  runtime,
  [...heapLimits, join(root, 'src/cli/main.ts'), 'start', ...process.argv.slice(2)],
  environmentWith(runtime),
);
