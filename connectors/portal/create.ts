/**
 * The connector of the portal: puts parsing, formatting and calls of the `dvcqg` profile together behind the interface.
 */
import { GatewayError } from '../../src/domain/errors.ts';
import type { GatewayEvent, JsonObject } from '../../src/domain/words.ts';
import type { Connector, CreateConnector } from '../connector.ts';
import { messageChecker } from './check.ts';
import { CallFault, portalClient } from './client.ts';
import { deliverAll, lookUpDelivery } from './deliver.ts';
import { fromLocalTime, localTime, portalSettings, SERVICES, STEPS_A_CALL } from './dialect.ts';
import type { Draft } from './draft-dossier.ts';
import { submitted } from './draft-dossier.ts';
import { stepDraft } from './draft-step.ts';
import { digest, formatEvent, TYPES_OUT } from './format.ts';
import { envelope, parseMessage } from './parse.ts';
import { readDossier } from './parse-dossier.ts';
import { readProcedure } from './parse-procedure.ts';
import { objectsIn, textIn } from './read.ts';

/** Makes the connector of one portal. Sign-in name and password are the secrets `username` and `password`. */
export const create: CreateConnector = (context): Connector => {
  const { system } = context;
  const settings = portalSettings(system);
  const client = portalClient(context, settings);
  const check = messageChecker();
  const fieldCodes = new Map<string, Promise<string | undefined>>();

  const procedureText = async (code: string): Promise<JsonObject | undefined> =>
    (await client.share(SERVICES.procedure, { MaTTHC: code }))[0];

  const askFieldCode = async (code: string): Promise<string | undefined> => {
    const text = await procedureText(code);
    return text === undefined ? undefined : textIn(objectsIn(text, 'LINHVUCTHUCHIEN')[0] ?? {}, 'MALINHVUC');
  };
  /** Asked once a procedure, however many dossiers of it go out at the same time; what was not found is asked again. */
  const fieldCode = (code: string): Promise<string | undefined> => {
    const known = fieldCodes.get(code);
    if (known !== undefined) return known;
    const asked = askFieldCode(code);
    fieldCodes.set(code, asked);
    const forget = (found?: string): void => {
      if (found === undefined) fieldCodes.delete(code);
    };
    asked.then(forget, () => forget());
    return asked;
  };

  return {
    describe: () => ({
      dialect: 'dvcqg',
      profiles: ['dvcqg'],
      typesIn: [...TYPES_OUT, 'procedure.published', 'procedure.withdrawn'],
      typesOut: [...TYPES_OUT],
      looksUp: true,
      honoursKeys: false,
      listCalls: { [SERVICES.dossier]: 1, [SERVICES.step]: STEPS_A_CALL },
      polls: false,
    }),

    parse: request =>
      parseMessage(request, {
        system,
        check,
        procedureText: async code => {
          try {
            return await procedureText(code);
          } catch (error) {
            throw error instanceof CallFault ? askAgainLater(error) : error;
          }
        },
      }),

    // The portal tells by itself; there is nothing to pull and so nothing to acknowledge.
    poll: async cursor => ({ items: [], cursor, more: false }),
    acknowledge: async () => undefined,

    format: input => formatEvent(input, { system, settings }),
    deliver: deliveries => deliverAll(deliveries, { client, fieldCode }),
    lookUp: delivery => lookUpDelivery(delivery, client),

    fetch: async ref => {
      if (ref.kind === 'document') return [];
      if (ref.kind === 'procedure') {
        const text = await procedureText(ref.code);
        if (text === undefined) return [];
        const draft = {
          ...readProcedure(text, ref.code, system.id),
          changedAt: fromLocalTime(textIn(text, 'NGAYCAPNHAT') ?? ''),
        };
        return [envelope(draft, `${ref.code}@${digest(text).slice(7, 23)}`, system.id, context.now())];
      }
      const held = objectsIn(await client.call(SERVICES.lookUp, { MaHoSo: ref.code }), 'result')[0];
      return held === undefined ? [] : dossierEvents(held, system, context.now());
    },

    list: async (window, cursor) => {
      const page = cursor === null ? 0 : Number(cursor);
      const answer = await client.call(SERVICES.lookUp, {
        TuNgay: localTime(window.from),
        DenNgay: localTime(window.to),
        Trang: page,
      });
      const items = objectsIn(answer, 'result').map(held => ({
        code: textIn(held, 'MaHoSo') ?? '',
        status: textIn(held, 'TrangThaiHoSo') ?? '',
        changedAt: fromLocalTime(textIn(held, 'NgayCapNhat') ?? '') ?? window.to.toISOString(),
      }));
      return { items, cursor: answer.ConNua === true ? String(page + 1) : null };
    },

    signIn: async () => {
      await client.signIn();
    },
  };
};

/** A message that cannot be completed now is not wrong: its sender keeps it and tries again. */
function askAgainLater(error: CallFault): GatewayError {
  return new GatewayError(
    'source-unavailable',
    503,
    {
      vi: 'Chưa lấy được nội dung thủ tục từ Cổng dịch vụ công; bản tin chưa được lưu, hãy gửi lại sau.',
      en: 'The text of the procedure could not be fetched from the portal; nothing was stored, send it again later.',
    },
    { cause: error, headers: { 'retry-after': '5' } },
  );
}

/** A dossier as it stands there: that it was filed, its status now, its steps and its result. Ids carry the time of change. */
function dossierEvents(held: JsonObject, system: Parameters<CreateConnector>[0]['system'], now: Date): GatewayEvent[] {
  const read = readDossier(held, '', system.id, system.statusList, []);
  const base = { subject: read.code, changedAt: read.changedAt };
  const drafts: Draft[] = [submitted(read, system)];
  const steps = objectsIn(held, 'DanhSachTienDo');
  for (const [index, step] of steps.entries())
    drafts.push(stepDraft(step, read.code, read.unitCode, index + 1, system));
  if (read.result !== undefined && read.status === '9') {
    drafts.push({
      ...base,
      type: 'dossier.result-issued',
      data: { dossierCode: read.code, unitCode: read.unitCode ?? '', result: read.result },
    });
  }
  const version = read.changedAt ?? digest(held).slice(7, 23);
  return drafts.map((draft, index) => {
    const id = drafts.length === 1 ? `${read.code}@${version}` : `${read.code}@${version}.${index + 1}`;
    return envelope(draft, id, system.id, now);
  });
}
