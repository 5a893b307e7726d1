/**
 * In Đak Lua nobody may sign: the request is held and says which tick is missing and who gives it; half a minute later the document
 * system grants it, and what waited goes on by itself.
 */
import type { JsonObject } from '../../domain/words.ts';
import { dossierIn, NotInTime, type Stage } from './stage.ts';

const UNIT = '26119';
const PATIENCE_MS = 25_000;
/** From the request to the grant: time to look at what is held. */
const GRANT_AFTER_MS = 28_000;
/** How long it may take from the grant to the arrival. */
const ARRIVES_MS = 15_000;

/** The story. */
export async function missingRight(stage: Stage): Promise<void> {
  const { code } = await stage.act('portal', { do: 'submit-dossier', unitCode: UNIT, procedureCode: '1.013225' });
  await stage.record('commune', dossierIn(code, [], { vi: 'ở xã', en: 'at the commune' }), PATIENCE_MS);
  await stage.act('commune', { do: 'receive', code });
  const asked = await stage.act('commune', { do: 'request-approval', code, act: 'sign' });
  const began = Date.now();
  const held = await heldFor(stage, code);
  stage.say(
    {
      vi: `Xã Đak Lua, hồ sơ ${code}: bản trình ký được giữ lại. ${held.vi}`,
      en: `Đak Lua: the request to sign is held. ${held.en}`,
    },
    code,
  );
  await stage.sleep(Math.max(0, GRANT_AFTER_MS - (Date.now() - began)));
  await stage.act('documents', { do: 'grant-right', unitCode: UNIT, right: 'sign' });
  const granted = Date.now();
  const requestId = String(asked.requestId);
  const awaited = { vi: `hệ thống văn bản chưa nhận được ${requestId}`, en: `request ${requestId} has not arrived` };
  await stage.record('documents', { entity: 'approval', code: requestId, what: awaited }, ARRIVES_MS);
  const seconds = ((Date.now() - granted) / 1000).toFixed(1).replace('.', ',');
  stage.say(
    {
      vi: `Xã Đak Lua, hồ sơ ${code}: hệ thống văn bản vừa cấp quyền ký; bản trình ký tự đi sau ${seconds} giây, không ai phải gửi lại`,
      en: `Đak Lua: the document system has granted the right to sign; the request went by itself, nobody sent it again`,
    },
    code,
  );
}

/** Why it is held, as the gateway says it. */
async function heldFor(stage: Stage, code: string): Promise<{ vi: string; en: string }> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const page = await stage.gateway(`/v1/syncs?${new URLSearchParams({ q: code, target: 'documents', limit: '50' })}`);
    const items = Array.isArray(page.items) ? (page.items as JsonObject[]) : [];
    const parked = items.find(({ state, cause }) => state === 'parked' && cause === 'missing-right');
    if (parked !== undefined) {
      const { reason } = await stage.gateway(`/v1/syncs/${String(parked.id)}`);
      const text = (reason as JsonObject | undefined)?.text as JsonObject | undefined;
      return { vi: String(text?.vi ?? ''), en: String(text?.en ?? '') };
    }
    if (Date.now() > until) {
      throw new NotInTime(
        { vi: `bản trình ký của ${code} chưa được giữ lại`, en: 'the request is not held yet' },
        code,
      );
    }
    await stage.sleep(500);
  }
}
