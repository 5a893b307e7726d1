/** docs/mappings.md holds what it says: its commands exist, its examples pass their schemas, its links lead somewhere. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { runCommandLine } from '../../src/cli/program.ts';
import { inspectMappings } from '../../src/translation/load.ts';
import { folder } from '../translation/fixture.ts';

const DOCS = join(import.meta.dirname, '../../docs');
const page = readFileSync(join(DOCS, 'mappings.md'), 'utf8');

test('every command that the page names is one', async t => {
  let help = '';
  const out = (text: string): void => {
    help += text;
  };
  t.equal(await runCommandLine(['mappings', '--help'], { env: {}, cwd: '/', out, err: () => {} }), 0);
  const commands = new Set([...help.matchAll(/^ {2}([a-z-]+)[ \n]/gm)].map(match => match[1]));
  const named = new Set([...page.matchAll(/`(?:npx lienthong )?mappings ([a-z-]+)/g)].map(match => match[1]));
  t.ok(named.size > 12);
  for (const name of named) t.ok(commands.has(name), `mappings ${name}`);
});

test('its examples are mapping files without a fault', async t => {
  const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(match => match[1] ?? '');
  t.equal(examples.length, 2);
  const units =
    'kind: units\nsources: {s: nguồn}\nentries:\n  - {code: "26041", name: Trấn Biên, type: phường, validFrom: 2025-07-01, source: s, certainty: high}\n';
  const procedures =
    'kind: procedures\nfield: Hộ tịch\nsources: {s: nguồn}\nentries:\n  - {code: "1.001193", name: Đăng ký khai sinh, nameOfficial: true, levelAfter: xã, source: s, certainty: high}\n';
  const [terms = '', override = ''] = examples;
  const dir = folder(t, { 'u.yaml': units, 'p.yaml': procedures, 't.yaml': terms, 'o.yaml': override });
  t.same((await inspectMappings(dir)).faults, []);
});

test('its links lead to pages and headings', t => {
  for (const [, target = ''] of page.matchAll(/\]\(([^)]+)\)/g)) {
    const [path = '', heading] = target.split('#');
    if (path !== '') t.ok(existsSync(join(DOCS, path)), target);
    if (heading === undefined) continue;
    const slugs = [...page.matchAll(/^#+ (.+)$/gm)].map(match =>
      (match[1] ?? '')
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s-]/gu, '')
        .replaceAll(' ', '-'),
    );
    t.ok(slugs.includes(heading), target);
  }
  t.end();
});
