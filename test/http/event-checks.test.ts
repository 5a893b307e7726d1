import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { test } from 'tap';
import { EVENT_TYPES } from '../../src/domain/event-types.ts';
import type { GatewayEvent, Json, JsonObject } from '../../src/domain/words.ts';
import { createEventChecker } from '../../src/http/event-checks.ts';
import { eventTypeCatalogue, readEventSchemas } from '../../src/http/event-schemas.ts';
import { FORMATS } from '../../src/http/formats.ts';
import { SAMPLES, sampleEvent } from './samples.ts';

const checker = createEventChecker();
const schemas = readEventSchemas();
const FILES = new URL('../../schemas/', import.meta.url);

/** `pointer code` of each fault of an event of that type with that data. */
function faultsOf(type: string, data: Json, statusList = 'national', pointer?: string): string[] {
  const event = { ...sampleEvent(type), data } as GatewayEvent;
  const context = pointer === undefined ? { statusList } : { statusList, pointer };
  return checker.check(event, context).map(fault => `${fault.pointer} ${fault.code}`);
}
const change = (type: string, more: JsonObject): JsonObject => ({
  ...structuredClone(SAMPLES[type] as JsonObject),
  ...more,
});

test('takes a usual event of every type, and every one with unknown members', async t => {
  t.strictSame(Object.keys(SAMPLES).sort(), [...EVENT_TYPES.keys()].sort());
  for (const [type, data] of Object.entries(SAMPLES)) {
    t.strictSame(faultsOf(type, data), [], type);
    t.strictSame(faultsOf(type, { ...data, later: { anything: [1, null, 'x'] } }), [], `${type} with more`);
  }
});

test('takes an applicant without kind and with an unknown id', async t => {
  const applicant = { name: 'Nguyễn Văn A', id: '075090001234', phone: '0901234567' };
  t.strictSame(faultsOf('dossier.submitted', change('dossier.submitted', { applicant })), []);
});

test('requires a name of an applicant who is not anonymous', async t => {
  const submitted = (applicant: Json): string[] =>
    faultsOf('dossier.submitted', change('dossier.submitted', { applicant }));
  t.strictSame(submitted({ kind: 'anonymous' }), []);
  t.strictSame(submitted({ kind: 'citizen' }), ['/data/applicant/name missing']);
  t.strictSame(submitted({}), ['/data/applicant/name missing']);
  t.strictSame(submitted({ name: '' }), ['/data/applicant/name min-length']);
});

test('does not turn a number into an identity number', async t => {
  const applicant = { name: 'A', identityNumber: 75090001234, phone: 901234567 };
  t.strictSame(faultsOf('dossier.submitted', change('dossier.submitted', { applicant })), [
    '/data/applicant/identityNumber type',
    '/data/applicant/phone type',
  ]);
});

test('requires the minimum of each type and names what is missing', async t => {
  const minimum: Record<string, string[]> = {
    'dossier.submitted': ['dossierCode', 'procedureCode', 'unitCode', 'status'],
    'dossier.updated': ['dossierCode'],
    'dossier.status-changed': ['dossierCode', 'unitCode', 'status', 'at'],
    'dossier.step-changed': ['dossierCode', 'unitCode', 'step'],
    'dossier.result-issued': ['dossierCode', 'unitCode', 'result'],
    'document.sent': ['documentId', 'from', 'to', 'subject'],
    'document.status-changed': ['documentId', 'agencyCode', 'status'],
    'approval.requested': ['about', 'unitCode'],
    'approval.given': ['about', 'unitCode', 'decision'],
    'opinion.given': ['about', 'unitCode'],
    'right.granted': ['officer', 'post', 'unitCode', 'from'],
    'procedure.published': ['procedure'],
  };
  for (const [type, members] of Object.entries(minimum)) {
    const missing = faultsOf(type, {}).filter(fault => fault.endsWith(' missing'));
    for (const member of members) t.ok(missing.includes(`/data/${member} missing`), `${type} ${member}`);
  }
  t.ok(faultsOf('opinion.given', change('opinion.given', { text: undefined as unknown as Json })).length > 0);
  t.ok(faultsOf('approval.requested', change('approval.requested', { about: {} })).length > 0);
});

test('knows the national statuses, by the list the event names or else the source has', async t => {
  const withStatus = (status: string, statusList: string | undefined, sourceList: string): string[] =>
    faultsOf(
      'dossier.status-changed',
      change('dossier.status-changed', { status, ...(statusList ? { statusList } : {}) }),
      sourceList,
    );
  for (let code = 1; code <= 10; code += 1) t.strictSame(withStatus(String(code), undefined, 'national'), []);
  for (const code of ['0', '11', '05', 'cho-bo-sung']) {
    t.strictSame(withStatus(code, undefined, 'national'), ['/data/status unknown-status'], code);
    t.strictSame(withStatus(code, 'national', 'xa-3b'), ['/data/status unknown-status'], code);
    t.strictSame(withStatus(code, undefined, 'xa-3b'), [], `${code} of a local list is parked, not refused`);
    t.strictSame(withStatus(code, 'xa-3b', 'national'), [], code);
  }
  t.strictSame(faultsOf('document.status-changed', SAMPLES['document.status-changed'] as JsonObject, 'national'), []);
});

test('refuses secret documents', async t => {
  for (const secrecy of ['Mật', 'Tối mật', 'tuyet-mat', '1']) {
    t.strictSame(
      faultsOf('document.sent', change('document.sent', { secrecy })),
      ['/data/secrecy secret-document'],
      secrecy,
    );
  }
  for (const secrecy of ['Thường', 'normal', '0'])
    t.strictSame(faultsOf('document.sent', change('document.sent', { secrecy })), []);
});

test('bounds files, lists and texts', async t => {
  const withFiles = (files: Json): string[] => faultsOf('dossier.submitted', change('dossier.submitted', { files }));
  const content = (bytes: number): Json => [{ id: '1', name: 'a', content: Buffer.alloc(bytes).toString('base64') }];
  t.strictSame(withFiles(content(256 * 1024)), []);
  t.strictSame(withFiles(content(256 * 1024 + 3)), ['/data/files/0/content max-length']);
  t.strictSame(withFiles([{ id: '1', name: 'a', content: 'AAA' }]), ['/data/files/0/content format']);
  t.strictSame(withFiles([{ id: '1', name: '\u202efdp.exe' }]), ['/data/files/0/name pattern']);
  t.strictSame(withFiles(Array(101).fill({ id: '1', name: 'a' })), ['/data/files max-items']);
  t.strictSame(faultsOf('dossier.updated', change('dossier.updated', { summary: 'x'.repeat(2001) })), [
    '/data/summary max-length',
  ]);
  t.strictSame(faultsOf('dossier.status-changed', change('dossier.status-changed', { at: '2025-02-30T08:00:00Z' })), [
    '/data/at format',
  ]);
});

test('names every fault once, at most a hundred, from the place in the batch', async t => {
  const data = change('dossier.submitted', { status: 5, unitCode: 26041, applicant: { name: 3 }, channel: null });
  t.strictSame(faultsOf('dossier.submitted', data, 'national', '/17').sort(), [
    '/17/data/applicant/name type',
    '/17/data/channel type',
    '/17/data/status type',
    '/17/data/unitCode type',
  ]);
  const many = faultsOf('document.sent', change('document.sent', { to: Array(900).fill({}) }));
  t.equal(many.length, 100, 'of the first hundred items');
  const more = faultsOf(
    'document.sent',
    change('document.sent', { to: Array(100).fill({}), files: Array(100).fill({}) }),
  );
  t.equal(more.length, 101);
  t.equal(more.at(-1), ' more-faults');
  const behind = [...Array(900).fill({ agencyCode: 'a' }), {}];
  t.strictSame(faultsOf('document.sent', change('document.sent', { to: behind })), ['/data/to/900/agencyCode missing']);
});

test('refuses an unknown type', async t => {
  t.strictSame(faultsOf('dossier.dreamt', {}), ['/type unknown-type']);
  t.strictSame(faultsOf('constructor', {}), ['/type unknown-type']);
});

test('says every fault in both languages, without a value of the sender', async t => {
  const data = change('dossier.submitted', {
    status: '!canary!',
    applicant: { name: 'x', kind: 'canary', email: `canary${'x'.repeat(300)}` },
  });
  const faults = checker.check({ ...sampleEvent(), data } as GatewayEvent, { statusList: 'national' });
  t.equal(faults.length, 4, JSON.stringify(faults.map(fault => fault.pointer)));
  for (const { detail } of faults) {
    t.ok(detail.vi.length > 5 && detail.en.length > 5 && detail.vi !== detail.en);
    t.notMatch(JSON.stringify(detail), /canary/);
  }
});

/** Every object within a schema, with its path. */
function* nodes(value: unknown, path = ''): Generator<[string, Record<string, unknown>]> {
  if (value === null || typeof value !== 'object') return;
  if (!Array.isArray(value)) yield [path, value as Record<string, unknown>];
  for (const [key, inner] of Object.entries(value)) yield* nodes(inner, `${path}/${key}`);
}

test('has sound schemas: strict, bounded, with patterns that cannot blow up', async t => {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictRequired: false, formats: { ...FORMATS } });
  ajv.addVocabulary(['x-version', 'x-since']);
  const envelope = JSON.parse(readFileSync(new URL('cloudevents.schema.json', FILES), 'utf8')) as JsonObject;
  ajv.addSchema(schemas.common);
  for (const [type, schema] of [
    ...schemas.byType,
    ['envelope', envelope] as const,
    ['common', schemas.common] as const,
  ]) {
    t.ok(ajv.validateSchema(schema), `${type}: ${ajv.errorsText()}`);
    if (type !== 'common') t.doesNotThrow(() => ajv.compile(schema), type);
    for (const [path, node] of nodes(schema)) {
      const types = [node.type].flat();
      if (path.endsWith('/properties') || path.endsWith('/$defs')) continue;
      if (types.includes('string') && node.enum === undefined)
        t.ok(typeof node.maxLength === 'number', `${type}${path} has maxLength`);
      if (types.includes('array')) t.ok(typeof node.maxItems === 'number', `${type}${path} has maxItems`);
      if (typeof node.pattern === 'string')
        t.notMatch(node.pattern, /[+*}][)]*[+*{]|\([^)]*[+*][^)]*\)[+*{]/, `${type}${path}`);
    }
  }
  t.ok(ajv.compile(envelope)(sampleEvent()));
});

test('shows the catalogue with schemas that stand by themselves', async t => {
  const catalogue = eventTypeCatalogue(schemas);
  t.equal(catalogue.length, EVENT_TYPES.size);
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictRequired: false, formats: { ...FORMATS } });
  ajv.addVocabulary(['x-version', 'x-since']);
  for (const entry of catalogue) {
    t.ok(ajv.compile(entry.schema)(SAMPLES[entry.type]), entry.type);
    t.ok(entry.version !== 'undefined' && entry.title !== 'undefined' && /^\d{4}-\d{2}-\d{2}$/.test(entry.since));
  }
});

test('never throws, whatever stands in data', async () => {
  const anything = fc.dictionary(
    fc.constantFrom(
      'dossierCode',
      'about',
      'files',
      'status',
      'step',
      'applicant',
      'to',
      'from',
      'procedure',
      'secrecy',
      'officer',
      'x',
    ),
    fc.jsonValue({ maxDepth: 4 }),
  );
  fc.assert(
    fc.property(fc.constantFrom(...EVENT_TYPES.keys()), anything, (type, data) => {
      checker.check({ ...sampleEvent(type), data } as GatewayEvent, { statusList: 'national' });
    }),
    { numRuns: 2_000 },
  );
});
