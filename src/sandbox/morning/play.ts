/**
 * The sample morning: some small stories in the first minute, each at its time whatever the day, then a dossier every few
 * seconds, so that whoever looks sees the gateway at work. Everything in it is made up and marked as such.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { createStage, NotInTime, type Stage, type StageOptions } from './stage.ts';
import { STORIES, type Story, syncsOf } from './stories.ts';

/** What the morning needs; `signal` ends it. */
export interface MorningOptions extends Omit<StageOptions, 'signal'> {
  signal?: AbortSignal;
  /** Other stories, for tests. */
  stories?: readonly Story[];
  /** Pause between the dossiers after the stories; 0 = none follow (5,000). */
  afterwardsEveryMs?: number;
}

const EVERY_MS = 5_000;

/** Plays the morning; resolves when `signal` ends it, or after the stories where nothing follows. A failed story stops no other. */
export async function playMorning(options: MorningOptions): Promise<void> {
  const signal = options.signal ?? new AbortController().signal;
  const every = options.afterwardsEveryMs ?? EVERY_MS;
  const stage = createStage({ ...options, signal }, Date.now());
  stage.say({
    vi: 'Buổi sáng mẫu bắt đầu. DỮ LIỆU MẪU: người, hồ sơ, chữ ký đều là giả định.',
    en: 'The sample morning begins. SAMPLE DATA: people, dossiers and signatures are made up.',
  });
  const telling = (options.stories ?? STORIES).map(story => tell(stage, story));
  await Promise.all(telling).catch(whenEnded(signal));
  if (every === 0 || signal.aborted) return;
  stage.say({
    vi: `Từ đây cứ ${every / 1000} giây có thêm một hồ sơ.`,
    en: `From now on a new dossier every ${every / 1000} seconds.`,
  });
  await traffic(stage, every).catch(whenEnded(signal));
}

/** The end of the morning shows as an error in whatever was waiting; any other error is one. */
const whenEnded =
  (signal: AbortSignal) =>
  (error: unknown): void => {
    if (!signal.aborted) throw error;
  };

async function tell(stage: Stage, { at, play }: Story): Promise<void> {
  await stage.sleep(at * 1000);
  try {
    await play(stage);
  } catch (error) {
    if (stage.signal.aborted) return;
    if (error instanceof NotInTime) {
      const why = await reason(stage, error.dossier);
      stage.say(
        { vi: `Chưa xong: ${error.text.vi}${why.vi}`, en: `Not done: ${error.text.en}${why.en}` },
        error.dossier,
      );
    } else {
      const detail = error instanceof Error ? error.message : String(error);
      stage.say({ vi: `Câu chuyện này dừng giữa chừng: ${detail}`, en: 'This story stopped on the way' });
    }
  }
}

/** Where the dossier's way stopped, as the gateway sees it. */
async function reason(stage: Stage, code: string): Promise<{ vi: string; en: string }> {
  try {
    const open = (await syncsOf(stage, code)).find(({ state }) => state !== 'delivered' && state !== 'superseded');
    if (open === undefined) return { vi: '', en: '' };
    const cause = open.cause === undefined ? '' : `, ${String(open.cause)}`;
    return {
      vi: ` (cổng liên thông: ${String(open.state)}${cause})`,
      en: ` (the gateway: ${String(open.state)}${cause})`,
    };
  } catch {
    stage.signal.throwIfAborted();
    return { vi: ' (không hỏi được cổng liên thông)', en: ' (the gateway could not be asked)' };
  }
}

/** A dossier by turns online and at the counter; the one before it goes a step on. */
async function traffic(stage: Stage, every: number): Promise<void> {
  const underWay: { code: string; next: number }[] = [];
  for (let turn = 0; ; turn += 1) {
    await pause(every, undefined, { signal: stage.signal });
    try {
      const online = turn % 2 === 0;
      const { code } = await stage.act(online ? 'portal' : 'commune', {
        do: 'submit-dossier',
        procedureCode: online ? '1.001193' : '2.000815',
      });
      underWay.push({ code, next: online ? 0 : 1 });
      const oldest = underWay.length > 3 ? underWay.shift() : undefined;
      const act = oldest === undefined ? undefined : STEPS[oldest.next];
      if (oldest !== undefined && act !== undefined) {
        await stage.act('commune', { do: act, code: oldest.code });
        underWay.push({ code: oldest.code, next: oldest.next + 1 });
      }
    } catch {
      // A system that is down, or a dossier still on its way: the next turn tries the next one.
      stage.signal.throwIfAborted();
    }
  }
}

const STEPS = ['receive', 'issue-result', 'return-result'] as const;
