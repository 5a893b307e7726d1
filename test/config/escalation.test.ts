/** The part `escalation` of the systems file: secrets from elsewhere, faults with their place, nobody without it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { projectRoot } from '../../src/config/environment.ts';
import { readSystemsFile } from '../../src/config/systems-file.ts';
import { testFolder } from '../support/folder.ts';

const KEY = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const SYSTEM = `systems:
  - { id: portal, role: portal, connector: portal, baseUrl: "https://cong.example", statusList: national }
`;

async function read(test: Parameters<typeof testFolder>[0], text: string, env: NodeJS.ProcessEnv = {}) {
  const dataDir = await testFolder(test);
  const path = join(dataDir, 'systems.yaml');
  await writeFile(path, SYSTEM + text);
  const { escalation, faults } = readSystemsFile({ path, env, dataDir, rootDir: projectRoot });
  return { escalation, faults: faults.map(({ place, text: said }) => `${place.replace(path, '')} ${said}`) };
}

const FULL = `escalation:
  publicUrl: https://lt.example/
  mailServer: { host: mail.example, from: lt@example.gov.vn, username: { env: MAIL_USER }, password: { env: MAIL_PASS } }
  recipients:
    - { id: nhom-tinh, levels: [department, province], webhook: { url: { env: CHAT_URL }, secret: { env: CHAT_KEY } } }
    - { id: tran-bien, levels: [officer, leader], units: ["26041"], mail: { to: [a@example.gov.vn] } }
`;
const ENV = { MAIL_USER: 'lt', MAIL_PASS: 'p', CHAT_URL: 'https://chat.example/in?key=1', CHAT_KEY: KEY };

t.test('recipients with their ways, secrets resolved', async t => {
  const { escalation, faults } = await read(t, FULL, ENV);
  t.same(faults, []);
  t.same(escalation, {
    publicUrl: 'https://lt.example',
    mailServer: {
      host: 'mail.example',
      port: 587,
      security: 'starttls',
      from: 'lt@example.gov.vn',
      username: 'lt',
      password: 'p',
    },
    recipients: [
      {
        id: 'nhom-tinh',
        levels: ['department', 'province'],
        units: undefined,
        way: { kind: 'webhook', url: 'https://chat.example/in?key=1', secret: KEY },
      },
      {
        id: 'tran-bien',
        levels: ['officer', 'leader'],
        units: ['26041'],
        way: { kind: 'mail', to: ['a@example.gov.vn'] },
      },
    ],
  });
});

t.test('without it nobody is told', async t => {
  t.same((await read(t, '')).escalation, { recipients: [] });
});

t.test('every fault with its place, and no secret in it', async t => {
  const one = await read(t, FULL, {
    ...ENV,
    CHAT_URL: 'http://chat.example/bi-mat',
    CHAT_KEY: 'whsec_ngắn',
    MAIL_PASS: '',
  });
  t.equal(one.faults.length, 3);
  t.match(one.faults.join('\n'), /:\d+:\d+ .*must be https/);
  t.match(one.faults.join('\n'), /at least 24 bytes/);
  t.match(one.faults.join('\n'), /MAIL_PASS is not set/);
  t.notMatch(one.faults.join('\n'), /bi-mat|ngắn/);
  const plain = await read(t, FULL.replace('host: mail.example', 'host: mail.example, security: none'), ENV);
  t.match(plain.faults.join('\n'), /none is for this machine only/);
  const noServer = await read(t, FULL.replace(/ {2}mailServer.*\n/, ''), ENV);
  t.match(noServer.faults.join('\n'), /mailServer is needed/);
  const twice = await read(t, FULL.replace('id: tran-bien', 'id: nhom-tinh'), ENV);
  t.match(twice.faults.join('\n'), /nhom-tinh is taken/);
  const neither = await read(t, FULL.replace(/, mail: .*\}/, ' }'), ENV);
  t.match(neither.faults.join('\n'), /exactly one of webhook and mail/);
  const inline = await read(t, FULL.replace('{ env: CHAT_KEY }', 'whsec_x'), ENV);
  t.match(inline.faults.join('\n'), /never written here/);
});
