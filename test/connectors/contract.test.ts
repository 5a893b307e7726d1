/**
 * The contract of connectors, run over every folder in connectors/ (or TEST_CONNECTOR alone) and each of its profiles.
 */
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { type Test, test } from 'tap';
import type { Connector } from '../../connectors/connector.ts';
import { FormatFault, InputFault } from '../../src/domain/errors.ts';
import { EVENT_TYPES } from '../../src/domain/event-types.ts';
import type { GatewayEvent, Json, JsonObject } from '../../src/domain/words.ts';
import { readEventSchemas } from '../../src/http/event-schemas.ts';
import {
  findPairs,
  findSubjects,
  frozen,
  inbound,
  offline,
  profilesOf,
  type Subject,
  sampleInputs,
} from './contract.ts';
import { checkDelivery } from './contract-delivery.ts';
import { mutatedBytes, mutatedJson } from './mutations.ts';

const ajv = new Ajv2020({ strict: false, allErrors: true });
(addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
ajv.addFormat('date-or-time', true);
ajv.addFormat('base64', true);
const { common, byType } = readEventSchemas();
ajv.addSchema(common);
const checks = new Map([...byType].map(([type, schema]) => [type, ajv.compile(schema)]));

/** Faults of an event's envelope (CloudEvents 1.0), in words. */
function envelopeFaults(event: GatewayEvent, subject: Subject, typesIn: readonly string[]): string[] {
  const faults: string[] = [];
  if (event.specversion !== '1.0') faults.push('specversion');
  if (typeof event.id !== 'string' || event.id === '') faults.push('id');
  if (event.source !== subject.name) faults.push(`source ${event.source}`);
  if (!typesIn.includes(event.type)) faults.push(`type ${event.type} is not among typesIn`);
  if (!/^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:\d\d)$/.test(event.time) || Number.isNaN(Date.parse(event.time)))
    faults.push(`time ${event.time}`);
  if (event.data === null || typeof event.data !== 'object' || Array.isArray(event.data)) faults.push('data');
  return faults;
}

const parseOrRefuse = async (connector: Connector, request: Parameters<Connector['parse']>[0]) => {
  try {
    return (await connector.parse(request)).events;
  } catch (error) {
    if (error instanceof InputFault) return error;
    throw error;
  }
};

function checkDescription(t: Test, subject: Subject, connector: Connector): void {
  const said = connector.describe();
  const { role } = subject.sample;
  t.same(connector.describe(), said, 'it says the same each time');
  t.equal(new Set(said.typesIn).size, said.typesIn.length, 'no type twice');
  for (const type of said.typesIn) t.ok(EVENT_TYPES.get(type)?.reportedBy.includes(role), `${role} may report ${type}`);
  for (const type of said.typesOut) {
    const facts = EVENT_TYPES.get(type);
    t.ok(facts !== undefined && facts.internal !== true, `${type} is a type that goes to a system`);
  }
  for (const [operation, most] of Object.entries(said.listCalls))
    t.ok(Number.isInteger(most) && most >= 1, `${operation} takes ${most} a call`);
}

async function checkParsing(t: Test, subject: Subject, connector: Connector): Promise<void> {
  const { typesIn } = connector.describe();
  const seen = new Set<string>();
  for (const { name, request, events } of subject.examples) {
    const parsed = await parseOrRefuse(connector, request);
    if (parsed instanceof InputFault) {
      t.ok(parsed.text.vi !== '' && parsed.text.en !== '' && parsed.status < 500, `${name}: refused (${parsed.code})`);
      continue;
    }
    t.same(await parseOrRefuse(connector, request), parsed, `${name}: the same message gives the same events`);
    if (events !== undefined) t.same(parsed, events, `${name}: the recorded events`);
    for (const event of parsed) {
      seen.add(event.type);
      t.same(envelopeFaults(event, subject, typesIn), [], `${name}: envelope`);
      const check = checks.get(event.type);
      t.ok(check?.(event.data), `${name}: ${event.type} ${ajv.errorsText(check?.errors ?? [])}`);
    }
  }
  t.ok(seen.size > 0, 'at least one recorded example becomes an event');
  const without = typesIn.filter(type => !seen.has(type));
  if (without.length > 0) t.comment(`no recorded example of ${without.join(', ')}`);
}

async function checkMutations(subject: Subject, connector: Connector): Promise<void> {
  const { typesIn } = connector.describe();
  const runs = Math.max(40, Math.ceil(600 / Math.max(1, subject.examples.length)));
  for (const { name, request } of subject.examples) {
    const requests =
      request.json === undefined
        ? mutatedBytes(request.body).map(body => inbound(body))
        : mutatedJson(request.json).map((json: Json) => inbound(Buffer.from(JSON.stringify(json)), json));
    await fc.assert(
      fc.asyncProperty(requests, async mutated => {
        const parsed = await parseOrRefuse(connector, mutated);
        if (parsed instanceof InputFault) return;
        const faults = parsed.flatMap(event => envelopeFaults(event, subject, typesIn));
        if (faults.length > 0) throw new Error(`${name}: ${faults.join('; ')}`);
      }),
      { numRuns: runs },
    );
  }
}

/** The message, or the fault that names the field; anything else is a bug of the connector. */
function formatOrPark(connector: Connector, input: Parameters<Connector['format']>[0]) {
  try {
    return connector.format(input);
  } catch (error) {
    if (error instanceof FormatFault) return error;
    throw error;
  }
}

async function checkFormatting(t: Test, subject: Subject, connector: Connector): Promise<void> {
  const { typesOut } = connector.describe();
  let messages = 0;
  for (const input of sampleInputs(subject)) {
    const { type } = input.event;
    const made = formatOrPark(connector, frozen(input));
    if (made instanceof FormatFault) {
      t.ok(made.pointer.startsWith('/') && made.text.vi !== '', `${type}: parks, naming ${made.pointer}`);
      continue;
    }
    messages += 1;
    t.ok(typesOut.includes(type), `${type} is among typesOut`);
    t.same(formatOrPark(connector, input), made, `${type}: the same again`);
    t.same(JSON.parse(JSON.stringify(made)), made, `${type}: the message is plain JSON`);
    t.ok(made.operation !== '' && made.ref.code !== '', `${type}: it can be looked up by its reference`);
  }
  t.ok(messages > 0, 'at least one sample event becomes a message');
  for (const { name, event, message } of findPairs(subject.name)) {
    const [like] = sampleInputs(subject);
    if (like !== undefined) t.same(connector.format({ ...like, event }), message, `${name}: the recorded message`);
  }
}

async function checkFormatMutations(subject: Subject, connector: Connector): Promise<void> {
  const { typesOut } = connector.describe();
  for (const input of sampleInputs(subject).filter(({ event }) => typesOut.includes(event.type))) {
    await fc.assert(
      fc.asyncProperty(mutatedJson(input.event.data), async data => {
        const made = formatOrPark(connector, { ...input, event: { ...input.event, data: data as JsonObject } });
        if (!(made instanceof FormatFault)) JSON.stringify(made);
      }),
      { numRuns: 80 },
    );
  }
}

for (const subject of await findSubjects(process.env.TEST_CONNECTOR)) {
  for (const profile of profilesOf(subject)) {
    const name = profile === undefined ? subject.name : `${subject.name} (${profile})`;
    const connector = offline(subject, profile);
    test(`${name} describes itself consistently`, async t => checkDescription(t, subject, connector));
    test(`${name} parses its recorded examples`, t => checkParsing(t, subject, connector));
    test(`${name} refuses what is cut or changed, and never breaks`, () => checkMutations(subject, connector));
    test(`${name} formats every type it writes, or names what is missing`, t => checkFormatting(t, subject, connector));
    test(`${name} names what is missing in any event`, () => checkFormatMutations(subject, connector));
    test(`${name} says truly what became of a delivery`, t => checkDelivery(t, subject, profile));
  }
}
