/**
 * How one sync is to be sent again: with which release, and whether other bytes go out than before (then under another key).
 */
import { prepareSync } from '../delivery/translate-sync.ts';
import type { Translating } from '../delivery/waiting.ts';
import { GatewayError } from '../domain/errors.ts';
import { readSync } from '../ledger/read-sync.ts';
import type { ReplayOptions } from '../ledger/replay.ts';
import type { ReplayVocabulary } from '../ledger/replays.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';

/** What planning needs of the process. */
export interface PlanContext extends Translating {
  vocabulary(): { vocabulary: Vocabulary; release: number };
  releases: { byId(id: number): Promise<Vocabulary> };
}
export type Plan = Pick<ReplayOptions, 'otherBytes' | 'fixedRelease'>;

/** Throws 404; 409 `unknown-system`; 410 `payload-gone`; 500 `gateway-fault` where translating itself fails. */
export async function replayPlan(id: string, wanted: ReplayVocabulary, context: PlanContext): Promise<Plan> {
  const detail = await readSync(context.database, id);
  if (!detail) {
    throw new GatewayError('not-found', 404, {
      vi: 'Không có lượt gửi nào mang mã này.',
      en: 'There is no sync of this id.',
    });
  }
  const { release, sentHash, target: name } = detail.stored;
  const target = context.targets.find(candidate => candidate.system.id === name);
  if (target === undefined) throw noSystem(name);
  const { payload } = detail;
  if (payload === undefined) throw payloadGone();
  // what was never translated has no release of its own: it goes with the one in force
  const original = wanted === 'original' && release !== null ? release : undefined;
  const fixed = original === undefined ? {} : { fixedRelease: original };
  if (sentHash === null) return { ...fixed, otherBytes: false };
  const vocabulary = original === undefined ? context.vocabulary().vocabulary : await context.releases.byId(original);
  const { system, connector } = target;
  try {
    const prepared = prepareSync(payload, system, connector, context.statusListOf(payload.event.source), vocabulary);
    return { ...fixed, otherBytes: !prepared.ok || prepared.hash !== sentHash };
  } catch (cause) {
    throw new GatewayError(
      'gateway-fault',
      500,
      { vi: 'Cổng liên thông lỗi khi quy đổi lượt gửi này.', en: 'The gateway failed to translate this sync.' },
      { cause },
    );
  }
}

/** 409: a target that the configuration no longer has. */
export function noSystem(name: string): GatewayError {
  return new GatewayError('unknown-system', 409, {
    vi: `Hệ thống ${name} không còn trong cấu hình.`,
    en: `The system ${name} is no longer configured.`,
  });
}

/** 410: the content is past its retention. */
export function payloadGone(): GatewayError {
  return new GatewayError('payload-gone', 410, {
    vi: 'Nội dung của sự kiện này đã hết hạn lưu.',
    en: 'The content of this event is past its retention.',
  });
}
