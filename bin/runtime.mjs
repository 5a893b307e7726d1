// What the launchers share: install what is missing, find the project's own Node.js, and hand the process over to it.
// Plain JavaScript for any Node.js from 20 on, with nothing but Node's own modules: it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** Keeps the gateway's resident memory under 250 MiB at full load (docs/performance.md); V8 would take far more on a large machine. */
export const heapLimits = ['--max-old-space-size=192', '--max-semi-space-size=16'];

/** Older than this, the packaged runtime of some platform gives way to a newer one of the machine. */
const leastTested = [24, 11];

/** Runs `npm ci` when node_modules lacks something of the lock; says so, as it takes a while. */
export function installMissing() {
  const missing = firstMissing();
  if (missing === undefined) return;
  say(`Đang cài đặt các gói phụ thuộc… (installing dependencies: ${missing})`);
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const done = spawnSync(
    npm,
    ['ci', '--no-audit', '--no-fund', '--include=optional', '--include=dev', '--loglevel=error'],
    {
      cwd: root,
      stdio: ['ignore', 2, 2],
      env: { ...process.env, NODE_ENV: '' },
    },
  );
  if (done.status !== 0) fail(`npm ci không thành công (failed${done.error ? `: ${done.error.message}` : ''}).`);
  const still = firstMissing();
  if (still !== undefined) fail(`npm ci đã chạy nhưng vẫn thiếu ${still} (still missing after npm ci).`);
}

/** The first package of the lock that node_modules does not hold in that version; undefined when all is there. */
export function firstMissing() {
  const wanted = readPackages(join(root, 'package-lock.json'));
  const held = readPackages(join(root, 'node_modules/.package-lock.json'));
  // A production image has no development packages: then only what runs is asked for.
  const production = held !== undefined && process.env.NODE_ENV === 'production';
  if (!wanted || !held) return 'node_modules';
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '' || entry.link || (production && (entry.dev || entry.devOptional))) continue;
    const found = held[path];
    if (found ? found.version === entry.version : entry.optional && !wantedHere(path, entry)) continue;
    if (!found && (entry.peer || entry.devOptional) && entry.optional) continue;
    return `${path.replace(/^.*node_modules\//, '')}@${entry.version}`;
  }
  return undefined;
}

/** Only the packages of package.json itself are insisted on: npm may leave out what others declare optional. */
function wantedHere(path, entry) {
  const own = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).optionalDependencies ?? {};
  if (!(path.replace(/^node_modules\//, '') in own)) return false;
  const fits = (list, value) => !list || [].concat(list).includes(value);
  return fits(entry.os, process.platform) && fits(entry.cpu, process.arch) && fits(entry.libc, libc());
}

function libc() {
  return process.report?.getReport?.().header?.glibcVersionRuntime ? 'glibc' : 'musl';
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** Path of the Node.js to run with: the packaged one; the machine's own where there is none or only one too old. */
export function findRuntime() {
  const packaged = join(root, 'node_modules/.bin/node');
  const own = process.versions.node.split('.').map(Number);
  const ownFits = own[0] >= 24;
  if (existsSync(packaged)) {
    const manifest = join(dirname(dirname(realpathSync(packaged))), 'package.json');
    const [major, minor] = JSON.parse(readFileSync(manifest, 'utf8')).version.split('.').map(Number);
    const tested = major > leastTested[0] || (major === leastTested[0] && minor >= leastTested[1]);
    if (tested || !ownFits) return packaged;
  }
  if (ownFits) return process.execPath;
  return fail(
    `Chưa có Node.js 24 đóng gói cho ${process.platform}-${process.arch}; hãy cài Node.js 24 LTS. (No packaged Node.js 24 here; install Node.js 24 LTS.)`,
  );
}

/** The environment for a program run with `runtime`: its folder first on the path, so that `node` is the same one below. */
export function environmentWith(runtime, more = {}) {
  const bin = join(root, 'node_modules/.bin');
  const path = [runtime === process.execPath ? dirname(runtime) : bin, bin, process.env.PATH].join(':');
  return { ...process.env, PATH: path, ...more };
}

/**
 * Runs a program in our place: signals go through, the exit status is its own. Over the channel it notices when this process
 * is killed hard, which no signal can tell it.
 */
export function become(program, args, env) {
  const child = spawn(program, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env });
  // Ctrl-C reaches parent and child alike from the terminal; the parent only must not leave first.
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) child.kill('SIGINT');
  });
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGUSR2']) process.on(signal, () => child.kill(signal));
  child.on('error', error => fail(error.message));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

export function say(text) {
  process.stderr.write(`${text}\n`);
}

export function fail(text) {
  say(text);
  process.exit(1);
}
