/**
 * The commune connector put together: what `connectors/commune` is to the gateway.
 */

import type { Fault } from '../../src/domain/errors.ts';
import { GatewayError, InputFault, TransportFault } from '../../src/domain/errors.ts';
import type { GatewayEvent, JsonObject } from '../../src/domain/words.ts';
import type { Connector, ConnectorContext, CreateConnector } from '../connector.ts';
import { CHECKS } from './check.ts';
import { CallFault, createClient } from './client.ts';
import { deliverOne } from './deliver.ts';
import { dossierEvents } from './dossier.ts';
import { findDossier, PAGE, page, readJson } from './find.ts';
import { formatEvent, TYPES_OUT } from './format.ts';
import { lookUpOne } from './look-up.ts';
import { parseWebhook, TYPES_IN } from './parse.ts';
import { atSeven, textOf, timeIn } from './values.ts';

/** A connector to one commune system. */
export const create: CreateConnector = (context: ConnectorContext): Connector => {
  const { system } = context;
  const client = createClient(context);

  /** A dossier as the system holds it, checked. */
  const read = async (id: string): Promise<JsonObject> => {
    const dossier = await transport(readJson(client, `/api/ho-so/${encodeURIComponent(id)}`));
    if (dossier === undefined) {
      throw new InputFault('dossier-not-found', 422, {
        vi: 'Hệ thống cấp xã báo có hồ sơ mới nhưng không tìm thấy hồ sơ đó theo id.',
        en: 'The commune system announced a new dossier, but has none of that id.',
      });
    }
    const faults = CHECKS.dossier(dossier);
    if (faults.length > 0) throw unreadable(faults);
    return dossier;
  };

  return {
    describe: () => ({
      dialect: 'commune',
      profiles: [],
      typesIn: [...TYPES_IN],
      typesOut: [...TYPES_OUT],
      looksUp: true,
      honoursKeys: true,
      listCalls: {},
      polls: false,
    }),
    parse: request => parseWebhook({ system, check: CHECKS.webhook, read: id => readForNotice(read(id)) }, request),
    poll: async cursor => ({ items: [], cursor, more: false }),
    // Nothing is ever pulled from this system, so there is nothing to acknowledge.
    acknowledge: async () => undefined,
    format: input => formatEvent(input, system),
    deliver: deliveries => Promise.all(deliveries.map(delivery => deliverOne(client, delivery))),
    lookUp: delivery => lookUpOne(client, delivery),
    fetch: async ref => {
      // Procedures are the portal's, documents the document system's: the commune reports neither.
      if (ref.kind !== 'dossier') return [];
      const id = textOf((await transport(findDossier(client, ref.code)))?.id);
      if (id === undefined) return [];
      const faults: Fault[] = [];
      const events: GatewayEvent[] = dossierEvents(system, await read(id), faults, context.now());
      if (faults.length > 0) throw unreadable(faults);
      return events;
    },
    list: async (window, cursor) => {
      const number = cursor === null ? 0 : Number(cursor);
      const { items, more } = await transport(
        page(client, '/api/ho-so', {
          capNhatTu: atSeven(window.from),
          capNhatDen: atSeven(window.to),
          trang: String(number),
          coTrang: String(PAGE),
        }),
      );
      return {
        items: items.flatMap(item => {
          const code = textOf(item.maQuocGia) ?? textOf(item.maSo);
          const changedAt = timeIn(textOf(item.capNhatLuc) ?? '');
          if (code === undefined || changedAt === undefined) return [];
          return [{ code, status: textOf(item.trangThai) ?? '', changedAt }];
        }),
        cursor: more ? String(number + 1) : null,
      };
    },
    signIn: async () => {
      await transport(client.signIn());
    },
  };
};

const unreadable = (faults: Fault[]): InputFault =>
  new InputFault(
    'invalid-dossier',
    422,
    {
      vi: 'Hồ sơ do hệ thống cấp xã trả về không đúng mẫu.',
      en: 'The dossier that the commune system answered is not as its dialect says.',
    },
    { faults },
  );

/** Outside deliveries a refusal of the system is told as a fault of the transport: trying again may help, nothing was changed. */
async function transport<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof CallFault)) throw error;
    const { cause, detail } = error.failure;
    throw new TransportFault(cause === 'target-protocol' ? 'protocol' : 'unavailable', true, `${cause}: ${detail}`);
  }
}

/** A thin notice whose dossier cannot be had just now is not wrong: its sender is to tell it again. */
async function readForNotice(work: Promise<JsonObject>): Promise<JsonObject> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof TransportFault)) throw error;
    const text = {
      vi: 'Chưa đọc được hồ sơ ở hệ thống cấp xã; hãy gửi lại tin này sau ít phút.',
      en: 'The dossier cannot be read from the commune system now; send this message again shortly.',
    };
    throw new GatewayError('source-unavailable', 503, text, { cause: error, headers: { 'retry-after': '5' } });
  }
}
