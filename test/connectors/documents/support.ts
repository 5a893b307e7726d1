/** What the tests of the documents connector share: examples, a context without a network, a code book of a few words. */
import { readFileSync } from 'node:fs';
import type {
  ConnectorContext,
  FormatInput,
  HttpClient,
  InboundRequest,
  Session,
} from '../../../connectors/connector.ts';
import { TransportFault } from '../../../src/domain/errors.ts';
import type { GatewayEvent, JsonObject } from '../../../src/domain/words.ts';

export const example = (name: string): Buffer => readFileSync(new URL(`examples/${name}.xml`, import.meta.url));

export const NOW = new Date('2025-07-04T01:00:00.000Z');

/** A pushed edXML message as the gateway hands it over. */
export const pushed = (body: Buffer | string, more: Partial<InboundRequest> = {}): InboundRequest => ({
  headers: {},
  contentType: 'application/xml',
  body: Buffer.from(body),
  receivedAt: NOW,
  ...more,
});

/** Calls over fetch, as the gateway's client makes them; nock sees them. */
export function httpTo(baseUrl: string): HttpClient {
  return async call => {
    let response: Response;
    try {
      response = await fetch(`${baseUrl}${call.path}`, {
        method: call.method,
        ...(call.headers ? { headers: call.headers } : {}),
        ...(call.body === undefined ? {} : { body: call.body as string }),
      });
    } catch {
      throw new TransportFault('unavailable', true, 'connection failed');
    }
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    };
  };
}

/** A context with a session store of its own. */
export function contextFor(http: HttpClient, settings: JsonObject = {}, now = () => NOW): ConnectorContext {
  let session: Promise<Session> | undefined;
  return {
    system: { id: 'documents', role: 'documents', baseUrl: '', statusList: 'edxml', settings },
    http,
    session: {
      current: signIn => {
        session ??= signIn();
        return session;
      },
      renew: async (refused, signIn) => {
        if (session === undefined || (await session) === refused) session = signIn();
        return session;
      },
    },
    secret: name => `${name}-of-the-test`,
    now,
  };
}

export const noHttp: HttpClient = async () => {
  throw new TransportFault('unavailable', false, 'no network in this test');
};

export const formatInput = (event: GatewayEvent, entity: JsonObject = {}): FormatInput => ({
  event,
  entity,
  codes: [],
  book: {
    encode: () => undefined,
    decode: () => undefined,
    procedure: code =>
      code === '1.013225'
        ? {
            code,
            name: 'Cấp giấy phép xây dựng mới',
            plainTitle: 'Xin giấy phép xây nhà',
            field: 'xay-dung',
            level: 'xa',
          }
        : undefined,
    unitName: code => (code === '26380' ? 'Phường Long Hưng' : undefined),
  },
});

/** A canonical event around some data. */
export const eventWith = (type: string, data: JsonObject, more: Partial<GatewayEvent> = {}): GatewayEvent => ({
  specversion: '1.0',
  id: 'su-kien-1',
  source: 'commune',
  type,
  time: '2025-07-03T08:00:00+07:00',
  data,
  ...more,
});
