// `npm test`: installs what is missing, Redis included where this machine allows it, then runs every test.
// Arguments name test files; `--connector NAME` runs the contract suite and examples of one connector.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { become, environmentWith, fail, findRuntime, installMissing, root, say } from './runtime.mjs';

installMissing();
installRedis();
const runtime = findRuntime();
const { files, env } = choose(process.argv.slice(2));
become(runtime, [join(root, 'test/support/run.ts'), ...files], environmentWith(runtime, env));

function choose(args) {
  if (args[0] !== '--connector') return { files: args, env: {} };
  const known = readdirSync(join(root, 'connectors'), { withFileTypes: true }).filter(entry => entry.isDirectory());
  const name = args[1];
  if (!known.some(entry => entry.name === name)) {
    fail(`npm run connector -- NAME, NAME: ${known.map(entry => entry.name).join(', ')}`);
  }
  const folder = join(root, 'test/connectors');
  const tests = ['contract.test.ts', name]
    .map(entry => join(folder, entry))
    .filter(existsSync)
    .flatMap(entry => (entry.endsWith('.ts') ? [entry] : testsBelow(entry)));
  if (tests.length === 0) fail(`Không có kiểm thử cho ${name} (no tests for it below test/connectors).`);
  return { files: tests, env: { TEST_CONNECTOR: name } };
}

function testsBelow(folder) {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter(file => file.endsWith('.test.ts'))
    .map(file => join(folder, file));
}

/** Redis is tested where it is installed or can be, through apt-get as root; otherwise that half is skipped and says so. */
function installRedis() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const has = name => folders.some(folder => existsSync(join(folder, name)));
  if (has('redis-server') || has('valkey-server')) return;
  const root = process.getuid?.() === 0;
  if (
    has('apt-get') &&
    (root || (has('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0))
  ) {
    say('Đang cài đặt Redis cho kiểm thử… (installing redis-server for the tests)');
    const apt = args => {
      const line = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', '-y', '--no-install-recommends', ...args];
      const [program, ...rest] = root ? line : ['sudo', '-n', ...line];
      return spawnSync(program, rest, { stdio: ['ignore', 2, 2], timeout: 180_000 }).status === 0;
    };
    // The service itself is not wanted: the tests start their own on free ports.
    if (
      (apt(['install', 'redis-server']) || (apt(['update']) && apt(['install', 'redis-server']))) &&
      has('redis-server')
    )
      return;
  }
  say('Bỏ qua phần kiểm thử với Redis: không có redis-server. (Redis half is skipped: no redis-server.)');
}
