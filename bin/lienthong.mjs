#!/usr/bin/env node
// `npx lienthong <command>`: the command line under the project's own Node.js.
import { join } from 'node:path';
import { become, environmentWith, findRuntime, heapLimits, installMissing, root } from './runtime.mjs';

installMissing();
const runtime = findRuntime();
const limits = process.argv.slice(2).includes('start') ? heapLimits : [];
become(runtime, [...limits, join(root, 'src/cli/main.ts'), ...process.argv.slice(2)], environmentWith(runtime));
