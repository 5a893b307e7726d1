/**
 * What the portal posts to us → canonical events. Only what must be fetched first (a published procedure's text) calls back.
 */
import type { Fault } from '../../src/domain/errors.ts';
import { InputFault } from '../../src/domain/errors.ts';
import type { GatewayEvent, Json, JsonObject } from '../../src/domain/words.ts';
import type { InboundRequest, Parsed, SystemFacts } from '../connector.ts';
import type { CheckMessage } from './check.ts';
import { invalid } from './check.ts';
import { fromLocalTime, SERVICES, vietnamTime } from './dialect.ts';
import type { Draft } from './draft-dossier.ts';
import { changed, missing, submitted } from './draft-dossier.ts';
import { notice, step } from './draft-step.ts';
import { readDossier } from './parse-dossier.ts';
import { readProcedure } from './parse-procedure.ts';
import { objectsIn, textIn } from './read.ts';

/** What parsing needs from its connector. */
export interface ParseTools {
  system: SystemFacts;
  check: CheckMessage;
  /** The full text of a procedure (LayThuTuc); undefined when the portal does not know it. */
  procedureText(code: string): Promise<JsonObject | undefined>;
}

/**
 * Parses one message. Throws InputFault with pointers into the message (422), `missing-event-id` (400),
 * or what `procedureText` throws when the portal cannot be asked.
 */
export async function parseMessage(request: InboundRequest, tools: ParseTools): Promise<Parsed> {
  const message = tools.check(request.json);
  const faults: Fault[] = [];
  const drafts = await draftsOf(message, tools, faults);
  if (faults.length > 0) throw invalid(faults);
  return {
    events: envelopes(drafts, request, tools.system.id),
    answer: {
      // 202 as everywhere in the gateway: stored, not yet delivered. The body is the dialect's own acknowledgement.
      status: 202,
      contentType: 'application/json; charset=utf-8',
      body: JSON.stringify({ error_code: 0, message: 'Đã ghi nhận' }),
    },
  };
}

async function draftsOf(message: JsonObject, tools: ParseTools, faults: Fault[]): Promise<Draft[]> {
  const service = textIn(message, 'service');
  const items = objectsIn(message, 'data');
  const unit = textIn(message, 'madonvi');
  if (service === SERVICES.dossier) {
    const filed = message.isUpdating === 'False';
    return items.flatMap((item, index) => {
      const pointer = `/data/${index}`;
      const read = readDossier(item, pointer, tools.system.id, tools.system.statusList, faults);
      const at = { ...read, unitCode: read.unitCode ?? unit };
      if (at.unitCode === undefined) faults.push(missing(`${pointer}/DonViXuLy`));
      return filed ? [submitted(at, tools.system)] : changed(at, item, pointer, tools.system, faults);
    });
  }
  if (service === SERVICES.step) {
    const counts = new Map<string, number>();
    return items.map((item, index) => step(item, `/data/${index}`, unit, counts, tools.system, faults));
  }
  if (service === SERVICES.notice)
    return items.map((item, index) => notice(item, `/data/${index}`, unit, tools.system, faults));
  return [await procedureNotice(message, tools)];
}

/** The notice names only code and state; the text says the rest, also whether the procedure is still in force. */
async function procedureNotice(message: JsonObject, tools: ParseTools): Promise<Draft> {
  const code = textIn(message, 'MaTTHC') ?? '';
  const text = await tools.procedureText(code);
  if (text === undefined) {
    throw invalid([
      {
        pointer: '/MaTTHC',
        code: 'unknown-procedure',
        detail: {
          vi: `Cổng dịch vụ công không trả nội dung của thủ tục ${code}.`,
          en: `The portal does not answer the text of procedure ${code}.`,
        },
      },
    ]);
  }
  return { ...readProcedure(text, code, tools.system.id), changedAt: fromLocalTime(textIn(text, 'NGAYCAPNHAT') ?? '') };
}

/** Puts drafts into CloudEvents: the message's id for a single event, with an ordinal for several. */
function envelopes(drafts: Draft[], request: InboundRequest, source: string): GatewayEvent[] {
  return drafts.map((draft, index) => {
    const base =
      request.messageId ?? (draft.changedAt === undefined ? undefined : `${draft.subject}@${draft.changedAt}`);
    if (base === undefined) {
      throw new InputFault('missing-event-id', 400, {
        vi: 'Bản tin không có webhook-id và không có thời điểm thay đổi, nên không phân biệt được với bản tin gửi lại.',
        en: 'The message has neither a webhook-id nor a time of change, so a repeat could not be told from news.',
      });
    }
    const ordinal = drafts.length === 1 ? '' : `.${index + 1}`;
    return envelope(draft, `${base}${ordinal}`, source, request.receivedAt);
  });
}

/** One CloudEvent; the time of receipt stands in where the dialect named none. */
export function envelope(draft: Draft, id: string, source: string, receivedAt: Date): GatewayEvent {
  const time = draft.changedAt ?? vietnamTime(receivedAt);
  const data: Record<string, Json> =
    draft.type === 'dossier.status-changed' || draft.type === 'dossier.updated'
      ? { ...draft.data, at: time }
      : draft.data;
  return {
    specversion: '1.0',
    id,
    source,
    type: draft.type,
    subject: draft.subject,
    time,
    ...(draft.changedAt === undefined ? { timeassumed: true } : {}),
    datacontenttype: 'application/json',
    data,
  };
}
