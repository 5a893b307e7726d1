/** The schemas as an editor shows them: every field described in Vietnamese, every word of a choice explained, the field page whole. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { test } from 'tap';
import { MAPPINGS } from '../translation/fixture.ts';

const ROOT = join(import.meta.dirname, '../..');
const DIR = join(ROOT, 'schemas/mappings');

interface Schema {
  $ref?: string;
  title?: string;
  description?: string;
  enum?: unknown[];
  const?: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  $defs?: Record<string, Schema>;
}
const schemas = new Map(
  readdirSync(DIR).map((name): [string, Schema] => [name, JSON.parse(readFileSync(join(DIR, name), 'utf8')) as Schema]),
);
const common = schemas.get('common.schema.json')?.$defs ?? {};

/** What `$ref` points at; all of them point into the common schema. */
function target(schema: Schema): Schema {
  const name = /^common\.schema\.json#\/\$defs\/(\w+)$/.exec(schema.$ref ?? '')?.[1];
  if (schema.$ref === undefined) return schema;
  const found = name === undefined ? undefined : common[name];
  if (found === undefined) throw new Error(`${schema.$ref} leads nowhere`);
  return found;
}
const described = (schema: Schema): string | undefined => schema.description ?? target(schema).description;

/** Every property below a schema, with its path as people write it: `details.papers[].name`. */
function fieldsOf(schema: Schema, path = ''): { path: string; field: Schema; required: boolean }[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const own = path === '' ? name : `${path}.${name}`;
    const inner = target(field).items ?? target(field);
    const below = name === 'entries' && path === '' ? '' : target(field).items === undefined ? own : `${own}[]`;
    return [{ path: own, field, required: schema.required?.includes(name) === true }, ...fieldsOf(inner, below)];
  });
}

const VIETNAMESE = /[àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ]/i;

test('every schema has a title, and every field a Vietnamese description', t => {
  for (const [name, schema] of schemas) {
    t.match(schema.title ?? '', VIETNAMESE, name);
    for (const { path, field } of fieldsOf(schema)) t.match(described(field) ?? '', VIETNAMESE, `${name} ${path}`);
  }
  for (const [name, schema] of Object.entries(common)) t.match(schema.description ?? '', VIETNAMESE, name);
  t.end();
});

test('every English word of a choice is explained where it is chosen', t => {
  for (const [name, schema] of schemas) {
    for (const { path, field } of fieldsOf(schema)) {
      const words = (target(field).enum ?? []).filter(word => typeof word === 'string' && /^[a-z-]+$/i.test(word));
      const told = `${field.description} ${target(field).description}`;
      for (const word of words) t.ok(told.includes(String(word)), `${name} ${path}: ${String(word)}`);
    }
  }
  t.end();
});

test('every file names the schema of its own kind, where an editor finds it', t => {
  const files = readdirSync(MAPPINGS, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.yaml'));
  for (const name of files) {
    const text = readFileSync(join(MAPPINGS, name), 'utf8');
    const given = /^# yaml-language-server: \$schema=(\S+)$/m.exec(text)?.[1] ?? '';
    const kind = /^kind: (\S+)$/m.exec(text)?.[1];
    t.equal(resolve(dirname(join(MAPPINGS, name)), given), join(DIR, `${kind}.schema.json`), name);
  }
  t.end();
});

test('docs/mappings-fields.md has every kind and every field with its description', t => {
  const page = readFileSync(join(ROOT, 'docs/mappings-fields.md'), 'utf8');
  for (const [name, schema] of schemas) {
    if (name === 'common.schema.json') continue;
    const kind = name.replace('.schema.json', '');
    const start = page.indexOf(`\n## ${schema.title} — \`kind: ${kind}\`\n`);
    t.ok(start >= 0, `${kind} has a section`);
    const end = page.indexOf('\n## ', start + 1);
    const section = page.slice(start, end < 0 ? undefined : end);
    for (const { path, field, required } of fieldsOf(schema)) {
      if (path === 'entries') continue;
      const row = `| \`${path}\`${required ? ' •' : ''} | ${described(field)?.replaceAll('|', '\\|')} |`;
      t.ok(section.includes(`\n${row}\n`), `${kind}: ${row}`);
    }
  }
  t.end();
});
