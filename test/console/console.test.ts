/** The console's files: behind the sign-in, with a strict policy, and no way to any other file. */
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'tap';
import { ADMIN, peopleRig } from '../support/people-rig.ts';

const FOLDER = new URL('../../console/', import.meta.url);

test('asks for a sign-in, Basic included, before any file', async t => {
  const { app, get } = await peopleRig(t);
  for (const url of ['/console', '/console/', '/console/console.js', '/console/facts.json', '/console/nothing']) {
    const answer = await app.inject({ method: 'GET', url });
    t.equal(answer.statusCode, 401, url);
    t.match(answer.headers['www-authenticate'], /^Basic /, url);
    t.notMatch(answer.body, /<html|Toàn cảnh/, url);
  }
  const password = Buffer.from(`${ADMIN.username}:${ADMIN.password}`).toString('base64');
  const signedIn = await app.inject({ url: '/console/', headers: { authorization: `Basic ${password}` } });
  t.match(signedIn, { statusCode: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
  t.match(await get('/console?q=H19'), { statusCode: 302, headers: { location: '/console/?q=H19' } });
});

test('serves every file of the folder with its type and a policy that allows nothing inline or from elsewhere', async t => {
  const { get } = await peopleRig(t);
  const types: Record<string, string> = {
    html: 'text/html',
    css: 'text/css',
    js: 'text/javascript',
    svg: 'image/svg+xml',
  };
  const names = await readdir(FOLDER);
  t.ok(names.includes('index.html'));
  for (const name of names) {
    const answer = await get(`/console/${name}`);
    t.equal(answer.statusCode, 200, name);
    t.match(answer.headers['content-type'], types[name.split('.').at(-1) as string] as string, name);
    t.equal(answer.headers['x-content-type-options'], 'nosniff');
    t.equal(answer.body, await readFile(new URL(name, FOLDER), 'utf8'), name);
    const policy = String(answer.headers['content-security-policy']);
    t.match(policy, /^default-src 'self';/);
    t.notMatch(policy, /unsafe|https?:|\*|data:/);
  }
});

test('the page keeps its own policy: nothing inline, nothing from elsewhere', async t => {
  const html = await readFile(new URL('index.html', FOLDER), 'utf8');
  t.notMatch(html, /<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)/i);
  for (const name of await readdir(FOLDER)) {
    const text = await readFile(new URL(name, FOLDER), 'utf8');
    t.notMatch(text.replaceAll('http://www.w3.org/2000/svg', ''), /https?:\/\//, name);
    if (name.endsWith('.js')) t.notMatch(text, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(/, name);
  }
});

test('every text has both languages and every text asked for exists', async t => {
  const words = await readFile(new URL('words.js', FOLDER), 'utf8');
  const texts = words.slice(words.indexOf('const TEXTS'), words.indexOf('const MAPS'));
  const known = new Set([...texts.matchAll(/^ {2}(\w+): \[/gm)].map(match => match[1]));
  t.ok(known.size > 50);
  const asked = new Set<string>();
  for (const name of await readdir(FOLDER)) {
    const text = await readFile(new URL(name, FOLDER), 'utf8');
    for (const match of text.matchAll(/\bsay\('(\w+)'|data-say(?:-placeholder)?="(\w+)"/g)) {
      asked.add((match[1] ?? match[2]) as string);
    }
  }
  t.same(
    [...asked].filter(name => !known.has(name)),
    [],
  );
});

test('no address leads to another file', async t => {
  const { get } = await peopleRig(t);
  const addresses = [
    '../package.json',
    '..%2fpackage.json',
    '%2e%2e/package.json',
    '%2e%2e%2fpackage.json',
    '..%5cpackage.json',
    './index.html%00.png',
    '/etc/passwd',
    '%2fetc%2fpasswd',
    'index.html/',
    'INDEX.HTML',
    'constructor',
    '__proto__',
  ];
  for (const address of addresses) {
    const answer = await get(`/console/${address}`);
    t.ok([400, 404].includes(answer.statusCode), `${address}: ${answer.statusCode}`);
    t.match(answer.headers['content-type'], /problem\+json/, address);
  }
});

test('says whose page it is, and whether the data are samples', async t => {
  for (const sandbox of [true, false]) {
    const { get } = await peopleRig(t, { sandbox });
    t.same((await get('/console/facts.json')).json(), {
      sandbox,
      person: { username: ADMIN.username, scopes: ['read', 'operate', 'events'] },
    });
  }
});

test('is no part of the public API description', async t => {
  const { get } = await peopleRig(t);
  t.notMatch((await get('/openapi.json')).body, /"\/console/);
});
