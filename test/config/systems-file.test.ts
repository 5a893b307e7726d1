/** The systems file: every fault with line, column and pointer; secrets from elsewhere only. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { projectRoot } from '../../src/config/environment.ts';
import { readSystemsFile } from '../../src/config/systems-file.ts';
import { testFolder } from '../support/folder.ts';

async function read(t: Test, text: string, env: NodeJS.ProcessEnv = {}) {
  const dataDir = await testFolder(t);
  const path = join(dataDir, 'systems.yaml');
  await writeFile(path, text);
  await writeFile(join(dataDir, 'secret'), 'from a file\n');
  const { systems, faults } = readSystemsFile({ path, env, dataDir, rootDir: projectRoot });
  return { systems, faults: faults.map(({ place, text: said }) => `${place.replace(path, 'systems.yaml')}: ${said}`) };
}

const least = `systems:
  - id: portal
    role: portal
    connector: portal
    baseUrl: https://portal.example.gov.vn/api/
    statusList: national
`;

test('fills in the documented defaults', async t => {
  const { systems, faults } = await read(t, least);
  t.same(faults, []);
  t.match(systems[0], {
    baseUrl: 'https://portal.example.gov.vn/api',
    timeoutMs: 10_000,
    settleMs: 120_000,
    honoursKeys: false,
    looksUp: true,
    concurrency: 64,
    retry: { baseMs: 500, capMs: 60_000, maxAgeMs: 259_200_000 },
    breaker: { failures: 5, failureRate: 0.5, windowMs: 30_000, minimumCalls: 20, openMs: 1_000, maxOpenMs: 30_000 },
    secrets: {},
    webhookSecrets: [],
    settings: {},
  });
});

test('reads secrets from environment and file', async t => {
  const text = `${least}    secrets:\n      username: { env: PORTAL_USER }\n      password: { file: secret }\n`;
  const { systems } = await read(t, text, { PORTAL_USER: 'gateway' });
  t.same(systems[0]?.secrets, { username: 'gateway', password: 'from a file' });
});

test('names the place of every fault of form, all at once', async t => {
  const text = `systems:
  - id: Portal
    role: gate
    connector: portal
    baseUrl: ftp://somewhere
    statusList: national
    timeout: 5
    secrets:
      password: hunter2
  - role: commune
`;
  const { faults } = await read(t, text);
  t.match(faults.sort(), [
    /^systems\.yaml:10:5 \/systems\/1: thiếu baseUrl \(lacks baseUrl\)$/,
    /^systems\.yaml:10:5 \/systems\/1: thiếu connector \(lacks connector\)$/,
    /^systems\.yaml:10:5 \/systems\/1: thiếu id \(lacks id\)$/,
    /^systems\.yaml:10:5 \/systems\/1: thiếu statusList \(lacks statusList\)$/,
    /^systems\.yaml:2:9 \/systems\/0\/id: không đúng mẫu \(must match pattern/,
    /^systems\.yaml:3:11 \/systems\/0\/role: phải là .* \(must be one of portal, commune, documents\)$/,
    /^systems\.yaml:5:14 \/systems\/0\/baseUrl: không đúng mẫu \(must match pattern/,
    /^systems\.yaml:7:5 \/systems\/0\/timeout: không có mục này \(is not known here\)$/,
    /^systems\.yaml:9:17 \/systems\/0\/secrets\/password: bí mật .* \(a secret is named by/,
  ]);
  t.notMatch(faults.join(), /hunter2/, 'an inline secret is not repeated');
});

test('names what the form cannot say: doubled ids, missing connectors, schedules, secrets', async t => {
  const text = `systems:
  - &first
    id: portal
    role: portal
    connector: portal
    baseUrl: http://127.0.0.1:1
    statusList: national
    poll: '* * * * *'
    secrets: { username: { env: NOT_SET }, password: { file: not-there } }
    webhookSecrets: [{ env: WEAK }]
  - id: portal
    role: commune
    connector: telegraph
    baseUrl: http://127.0.0.1:2
    statusList: xa-3b
    poll: 61 * * * * *
    retry: { baseMs: 5000, capMs: 50 }
`;
  const { systems, faults } = await read(t, text, { WEAK: 'whsec_abc' });
  t.same(systems, [], 'nothing half read');
  t.match(faults, [
    /:8:11 \/systems\/0\/poll: lịch .*six fields/,
    /:10:22 \/systems\/0\/webhookSecrets\/0: phải là .*must be whsec_/,
    /:9:26 \/systems\/0\/secrets\/username: .*NOT_SET is not set/,
    /:9:54 \/systems\/0\/secrets\/password: .*ENOENT/,
    /:11:9 \/systems\/1\/id: mã portal .*portal is taken/,
    /:13:16 \/systems\/1\/connector: không có .*there is no connectors\/telegraph/,
    /:16:11 \/systems\/1\/poll: lịch .*is no schedule/,
    /:17:12 \/systems\/1\/retry: capMs phải .*capMs is less/,
  ]);
});

test('retry and breaker: every bound in both languages, and what contradicts itself', async t => {
  const { faults } = await read(
    t,
    `${least}    retry: { baseMs: 1, capMs: 0, maxAgeMs: soon }
    breaker: { failures: 0, failureRate: 1.5, windowMs: 10, minimumCalls: 1, openMs: 5, maxOpenMs: 5, rate: 1 }
`,
  );
  const pairs = faults.map(fault => fault.replace(/^\S+ /, '')).sort();
  t.match(pairs, [
    /breaker\/failureRate: không được quá 1 \(must be <= 1\)$/,
    /breaker\/failures: phải từ 1 trở lên \(must be >= 1\)$/,
    /breaker\/maxOpenMs: phải từ 10 trở lên/,
    /breaker\/minimumCalls: phải từ 2 trở lên/,
    /breaker\/openMs: phải từ 10 trở lên/,
    /breaker\/rate: không có mục này \(is not known here\)$/,
    /breaker\/windowMs: phải từ 1000 trở lên/,
    /retry\/baseMs: phải từ 10 trở lên \(must be >= 10\)$/,
    /retry\/capMs: phải từ 10 trở lên/,
    /retry\/maxAgeMs: phải là kiểu integer \(must be integer\)$/,
  ]);
  const crossed = await read(
    t,
    `${least}    retry: { baseMs: 50, capMs: 20, maxAgeMs: 1000 }\n    breaker: { openMs: 90, maxOpenMs: 80 }\n`,
  );
  t.match(crossed.faults, [
    /retry: capMs phải lớn hơn.*raise it/,
    /retry: maxAgeMs ngắn hơn settleMs.*less than settleMs/,
    /breaker: maxOpenMs phải lớn hơn.*raise it/,
  ]);
});

test('a file that is no YAML, or none at all, is a fault with its place', async t => {
  t.match((await read(t, 'systems:\n  - id: a\n   b: [')).faults, [/^systems\.yaml:\d+:\d+: /]);
  t.match((await read(t, 'systems: []\nsystems: []\n')).faults, [/^systems\.yaml:2:1: Map keys must be unique/]);
  const { faults } = readSystemsFile({ path: '/not/there.yaml', env: {}, dataDir: '/', rootDir: projectRoot });
  t.match(faults, [{ place: 'LIENTHONG_CONFIG', text: /ENOENT/ }]);
});

test('an alias bomb is refused', async t => {
  const lines = ['a: &a [x, x, x, x, x, x, x, x, x]'];
  for (const [at, name] of [...'bcdefgh'].entries())
    lines.push(`${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[at]}`)}]`);
  t.match((await read(t, lines.join('\n'))).faults, [/alias/i]);
});
