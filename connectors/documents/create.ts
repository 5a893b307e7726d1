/**
 * The documents connector: edXML to and from a document system (văn bản và điều hành). Puts the parts of this folder together.
 */
import { ConfigurationFault, InputFault } from '../../src/domain/errors.ts';
import type { Connector, ConnectorContext, CreateConnector, Description, Parsed } from '../connector.ts';
import { createClient } from './client.ts';
import { BUSINESS_CODES, toDialectTime, toIsoTime, unitNamedBy } from './dialect.ts';
import { FORMATS, formatMessage } from './format.ts';
import type { AgencyOf } from './format-values.ts';
import { readMessage } from './message-read.ts';
import { eventsOf, secretOf } from './parse.ts';
import { pollOnce } from './poll.ts';
import { rightEvents } from './rights.ts';

const DESCRIPTION: Description = {
  dialect: 'edXML (QCVN 102:2016/BTTTT, Sửa đổi 1:2022)',
  profiles: [],
  typesIn: [
    ...BUSINESS_CODES.keys(),
    'document.status-changed',
    'approval.given',
    'opinion.given',
    'right.granted',
    'right.revoked',
    'post.assigned',
    'post.ended',
  ],
  typesOut: [...FORMATS],
  looksUp: true,
  honoursKeys: false,
  listCalls: {},
  polls: true,
};

/** `settings.agencies`: agency code → unit code, as the province's decision gives them. */
function agenciesOf({ system }: ConnectorContext): { unitOf(code: string): string | undefined; agencyOf: AgencyOf } {
  const units = new Map<string, string>();
  const agencies = new Map<string, string>();
  const table = system.settings.agencies ?? {};
  const faults: { place: string; text: string }[] = [];
  if (table === null || typeof table !== 'object' || Array.isArray(table)) {
    faults.push({ place: `systems.${system.id}.settings.agencies`, text: 'phải là bảng mã định danh → mã đơn vị' });
  } else {
    for (const [agency, unit] of Object.entries(table)) {
      if (typeof unit !== 'string' || !/^\d{2,5}$/.test(unit)) {
        faults.push({
          place: `systems.${system.id}.settings.agencies.${agency}`,
          text: 'phải là mã đơn vị dạng chuỗi',
        });
        continue;
      }
      units.set(agency, unit);
      // The last one listed is the code in force: old and new codes of a unit stand side by side.
      agencies.set(unit, agency);
    }
  }
  if (faults.length > 0) throw new ConfigurationFault(faults);
  return { unitOf: code => units.get(code) ?? unitNamedBy(code), agencyOf: unit => agencies.get(unit) };
}

/**
 * A connector for one document system. Settings: `agencies` (agency code → unit code). Secrets: `systemId`, `secret`.
 * @throws ConfigurationFault where `settings.agencies` is not a table of unit codes
 */
export const create: CreateConnector = (context): Connector => {
  const client = createClient(context);
  const { unitOf, agencyOf } = agenciesOf(context);
  const source = context.system.id;

  const parse: Connector['parse'] = async ({ contentType, body, json, messageId, receivedAt }): Promise<Parsed> => {
    const around = { source, receivedAt, ...(messageId === undefined ? {} : { messageId }) };
    if (json !== undefined || contentType.startsWith('application/json')) return { events: rightEvents(json, around) };
    const message = readMessage(body);
    const secret = secretOf(message);
    if (secret) {
      throw new InputFault(
        'secret-document',
        422,
        {
          vi: 'Văn bản mật không được gửi qua trục liên thông; nội dung không được lưu.',
          en: 'A secret document is out of scope of the exchange; its content was not stored.',
        },
        { extra: { ...secret } },
      );
    }
    return { events: eventsOf(message, { ...around, unitOf }) };
  };

  return {
    describe: () => DESCRIPTION,
    parse,
    poll: (cursor, limit) => pollOnce(client, { source, receivedAt: context.now(), unitOf }, cursor, limit),
    acknowledge: (ref, result, reason) => client.acknowledge(ref, result, reason),
    format: input => formatMessage(input, agencyOf),
    deliver: deliveries => Promise.all(deliveries.map(delivery => client.send(delivery))),
    lookUp: delivery => client.lookUp(delivery),
    fetch: async ({ kind, code }) => {
      if (kind !== 'document') return [];
      const held = await client.documents({ documentId: code });
      const events = [];
      for (const item of held) {
        const raw = typeof item.id === 'string' ? await client.get(item.id) : undefined;
        if (raw === undefined || typeof item.id !== 'string') continue;
        const message = readMessage(raw);
        // A secret document has no event, here as everywhere.
        if (!secretOf(message)) {
          events.push(...eventsOf(message, { source, receivedAt: context.now(), unitOf, pulled: { id: item.id } }));
        }
      }
      return events;
    },
    list: async (window, cursor) => {
      const page = cursor === null ? 0 : Number(cursor);
      const held = await client.documents({
        from: toDialectTime(window.from.toISOString()) ?? '',
        to: toDialectTime(window.to.toISOString()) ?? '',
        page: String(page),
      });
      const items = held.flatMap(({ documentId, status, changedAt }) =>
        typeof documentId === 'string' && typeof changedAt === 'string'
          ? [{ code: documentId, status: typeof status === 'string' ? status : '', changedAt: toIsoTime(changedAt) }]
          : [],
      );
      return { items, cursor: held.length === 0 ? null : String(page + 1) };
    },
    signIn: async () => {
      await client.signIn();
    },
  };
};
