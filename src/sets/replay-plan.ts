/**
 * How one sync is to be sent again: with which release, and whether other bytes go out than before (then under another key).
 */
import type { Target } from '../delivery/target.ts';
import { type Prepared, prepareSync } from '../delivery/translate-sync.ts';
import type { Translating } from '../delivery/waiting.ts';
import { GatewayError } from '../domain/errors.ts';
import type { Payload } from '../entities/payload.ts';
import { readSync, type SyncDetail } from '../ledger/read-sync.ts';
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
  const { detail, payload, target } = await replayable(id, context);
  const { fixed, vocabulary } = await releaseFor(detail, wanted, context);
  const { sentHash } = detail.stored;
  if (sentHash === null) return { ...fixed, otherBytes: false };
  const prepared = prepareAgain(payload, target, vocabulary, context);
  return { ...fixed, otherBytes: !prepared.ok || prepared.hash !== sentHash };
}

/** A sync with what is needed to send it again. Throws 404; 409 `unknown-system`; 410 `payload-gone`. */
export async function replayable(
  id: string,
  context: PlanContext,
): Promise<{ detail: SyncDetail; payload: Payload; target: Target }> {
  const detail = await readSync(context.database, id);
  if (!detail) {
    throw new GatewayError('not-found', 404, {
      vi: 'Không có lượt gửi nào mang mã này.',
      en: 'There is no sync of this id.',
    });
  }
  const target = context.targets.find(candidate => candidate.system.id === detail.stored.target);
  if (target === undefined) throw noSystem(detail.stored.target);
  if (detail.payload === undefined) throw payloadGone();
  return { detail, payload: detail.payload, target };
}

/** The release it goes with; what was never translated has none of its own and goes with the one in force. */
export async function releaseFor(
  detail: SyncDetail,
  wanted: ReplayVocabulary,
  context: PlanContext,
): Promise<{ fixed: Pick<Plan, 'fixedRelease'>; vocabulary: Vocabulary }> {
  const { release } = detail.stored;
  if (wanted !== 'original' || release === null) return { fixed: {}, vocabulary: context.vocabulary().vocabulary };
  return { fixed: { fixedRelease: release }, vocabulary: await context.releases.byId(release) };
}

/** A payload translated and formatted for a target. Throws 500 `gateway-fault` where that itself fails. */
export function prepareAgain(
  payload: Payload,
  { system, connector }: Target,
  vocabulary: Vocabulary,
  context: PlanContext,
): Prepared {
  try {
    return prepareSync(payload, system, connector, context.statusListOf(payload.event.source), vocabulary);
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
