/** What the connector makes of the simulated portal's messages is valid against the public schemas of the events. */
import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { test } from 'tap';
import { create } from '../../../connectors/portal/create.ts';
import { readProcedure } from '../../../connectors/portal/parse-procedure.ts';
import type { JsonObject } from '../../../src/domain/words.ts';
import catalogue from '../../../src/sandbox/portal/samples/catalogue.json' with { type: 'json' };
import samples from '../../../src/sandbox/portal/samples/texts.json' with { type: 'json' };
import { contextOf, example, requestOf } from './tools.ts';

const FOLDER = new URL('../../../schemas/events/', import.meta.url);
function schemas(): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  for (const file of readdirSync(FOLDER)) {
    if (file.endsWith('.schema.json')) ajv.addSchema(JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as object);
  }
  return ajv;
}

const ajv = schemas();
const faultsOf = (type: string, data: JsonObject): unknown => {
  const validate = ajv.getSchema(`urn:lienthong:schema:events:${type}`);
  if (validate === undefined) throw new Error(`no schema for ${type}`);
  return validate(data) ? [] : validate.errors;
};

for (const name of ['dossier-filed', 'result-ready', 'steps', 'result-returned']) {
  test(`example ${name} gives valid events`, async t => {
    const { events } = await create(contextOf()).parse(requestOf(example(name)));
    t.ok(events.length > 0);
    for (const event of events) t.same(faultsOf(event.type, event.data), []);
  });
}
test('every sample text gives a valid procedure', async t => {
  const [fetched] = example('procedure-text').result as JsonObject[];
  for (const text of [...(samples.texts as JsonObject[]), fetched ?? {}]) {
    const { type, data } = readProcedure(text, String(text.MATTHC), 'portal');
    t.same(faultsOf(type, data), []);
  }
});
test('the sample texts belong to the catalogue: same code, same field', async t => {
  const fields: Record<string, string> = catalogue.fields;
  const listed = new Map(catalogue.procedures.map(([code, , field]) => [code, field]));
  for (const text of samples.texts) {
    const code = listed.get(text.MATTHC) ?? '';
    t.same(text.LINHVUCTHUCHIEN, [{ MALINHVUC: code, TENLINHVUC: fields[code] }]);
  }
});
