/**
 * The portal goes down for twenty seconds while twelve units work on. Afterwards everything is counted, not claimed: what the
 * gateway says it had to send against what the portal really received and holds.
 */
import type { JsonObject } from '../../domain/words.ts';
import type { Received } from '../frame/received.ts';
import { dossierIn, NotInTime, type Stage } from './stage.ts';

const UNITS = '26041 26485 26380 26413 26248 26173 26209 26119 25222 26359 26446 26017'.split(' ');
const DOWN_SECONDS = 20;
const PATIENCE_MS = 60_000;

/** What was found of the dossiers of the outage. */
export interface Count {
  /** Syncs that the gateway had to deliver to the portal. */
  expected: number;
  lost: number;
  doubled: number;
  /** Syncs that took effect before an earlier one of the same dossier. */
  disordered: number;
}

/**
 * Counts one dossier: `syncs` as the gateway accepted them, oldest first; `effects` the ids of the syncs that took effect at the
 * target, in the order of taking effect.
 */
export function countDossier(syncs: readonly string[], effects: readonly string[]): Count {
  const place = new Map(syncs.map((id, index) => [id, index]));
  const firsts = [...new Set(effects.filter(id => place.has(id)))];
  let highest = -1;
  let disordered = 0;
  for (const id of firsts) {
    const index = place.get(id) ?? -1;
    if (index < highest) disordered += 1;
    highest = Math.max(highest, index);
  }
  const known = effects.filter(id => place.has(id)).length;
  return { expected: syncs.length, lost: syncs.length - firsts.length, doubled: known - firsts.length, disordered };
}

/** Ids of the syncs a call took effect for; none when the portal refused it or its answer was lost before the effect. */
export function effectsOf(call: Received): string[] {
  const header = call.headers['x-lienthong-sync'];
  if (header === undefined || !/"service"\s*:\s*"(?:DongBo|CapNhat)/.test(call.body)) return [];
  const lost = call.fault === 'answer-lost';
  if (!lost && (call.status !== 200 || !/"error_code"\s*:\s*"?0+"?\s*[,}]/.test(call.answer ?? ''))) return [];
  return header.split(',').map(id => id.trim());
}

/** The story. */
export async function outage(stage: Stage): Promise<void> {
  await stage.fault('portal', { mode: 'down', seconds: DOWN_SECONDS });
  stage.say({
    vi: `Cổng dịch vụ công mất kết nối ${DOWN_SECONDS} giây; 12 xã, phường vẫn làm việc`,
    en: `The portal goes down for ${DOWN_SECONDS} seconds; 12 communes and wards work on`,
  });
  const from = await lastReceived(stage);
  const codes: string[] = [];
  for (const unitCode of UNITS) {
    const { code } = await stage.act('commune', { do: 'submit-dossier', unitCode, procedureCode: '2.000815' });
    await stage.act('commune', { do: 'change-status', code, status: '4' });
    await stage.act('commune', { do: 'issue-result', code });
    codes.push(code);
  }
  const until = Date.now() + DOWN_SECONDS * 1_000 + PATIENCE_MS;
  for (const code of codes) {
    const wanted = dossierIn(code, ['9'], { vi: 'ở Cổng với trạng thái 9', en: 'at the portal with status 9' });
    await stage.record('portal', wanted, Math.max(1_000, until - Date.now())).catch(error => {
      // A missing one is counted below.
      if (!(error instanceof NotInTime)) throw error;
    });
  }
  const total = await count(stage, codes, from);
  const whole = total.lost + total.doubled + total.disordered === 0;
  stage.say(
    {
      vi: `Cổng dịch vụ công đã trở lại: ${total.expected} lượt gửi của ${codes.length} hồ sơ, ${total.lost} mất, ${total.doubled} trùng, ${total.disordered} sai thứ tự${whole ? '' : ' (xem từng hồ sơ trong bảng điều hành)'}`,
      en: `The portal is back: ${total.expected} syncs of ${codes.length} dossiers, ${total.lost} lost, ${total.doubled} doubled, ${total.disordered} out of order`,
    },
    codes[0],
  );
}

/** Counts all of them: the gateway's syncs against the portal's own log. */
async function count(stage: Stage, codes: readonly string[], from: number): Promise<Count> {
  const effects = (await receivedSince(stage, from)).flatMap(effectsOf);
  const total: Count = { expected: 0, lost: 0, doubled: 0, disordered: 0 };
  for (const code of codes) {
    const page = await stage.gateway(`/v1/syncs?${new URLSearchParams({ q: code, target: 'portal', limit: '200' })}`);
    const syncs = (Array.isArray(page.items) ? (page.items as JsonObject[]) : [])
      // One that gave way to a newer one was rightly not sent.
      .filter(({ state }) => state !== 'superseded' && state !== 'cancelled')
      // Ids are UUIDv7: their order is the order of acceptance.
      .map(({ id }) => String(id))
      .sort();
    const one = countDossier(syncs, effects);
    // Three messages were told; what the gateway has no sync of is lost as well.
    const untold = Math.max(0, MESSAGES - syncCount(page));
    total.expected += one.expected + untold;
    total.lost += one.lost + untold;
    total.doubled += one.doubled;
    total.disordered += one.disordered;
  }
  return total;
}

/** Messages that the commune told of each dossier: filed, in hand, result. */
const MESSAGES = 3;
const syncCount = (page: JsonObject): number => (Array.isArray(page.items) ? page.items.length : 0);

async function lastReceived(stage: Stage): Promise<number> {
  const calls = await receivedSince(stage, 0);
  return calls.at(-1)?.seq ?? 0;
}

/** Everything the portal received after number `after`. */
async function receivedSince(stage: Stage, after: number): Promise<Received[]> {
  const calls: Received[] = [];
  for (let cursor: string | null = String(after); cursor !== null; ) {
    const page = (await stage.look('portal', `received?limit=2000&cursor=${cursor}`)) as unknown as {
      items: Received[];
      next: string | null;
    };
    calls.push(...page.items);
    cursor = page.next;
  }
  return calls;
}
