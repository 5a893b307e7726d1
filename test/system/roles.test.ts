/** Three processes with the turns in PostgreSQL, which needs nothing beside it. */
import tap, { test } from 'tap';
import { threeProcesses } from './three-processes.ts';

tap.setTimeout(120_000);

test('api, worker and scheduler apart, turns in PostgreSQL', { timeout: 100_000 }, t => threeProcesses(t, {}));
