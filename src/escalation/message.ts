/**
 * The words of a message about what waits too long: ready Vietnamese text for a group chat or an e-mail, one message for everything
 * that one look has to tell one recipient. Pure.
 */
import { CAUSES } from '../domain/causes.ts';
import { LEVEL_NAMES, levelOf } from '../domain/levels.ts';
import { localTime } from '../facts/local-time.ts';
import { maskPersonal } from '../http/log.ts';
import type { MessageBody, MessageEntry, Step } from '../ledger/escalation-outbox.ts';
import type { Risen } from '../ledger/escalations.ts';
import type { About } from './about.ts';

/** One step as it is told. `about` is missing where it is told in one line. */
export interface Told {
  step: Step;
  risen: Risen;
  about?: About | undefined;
}
export interface MessageContext {
  unitName(code: string): string;
  /** Where people reach the gateway; links start at the root without it. */
  publicUrl?: string | undefined;
  /** Everything is sample data: said on top. */
  sample: boolean;
}

/** Told with everything needed to decide, while there is room; the rest in one line each. */
export const TOLD_WHOLE = 5;
/** Most characters: a proposal, since a group chat takes no text of any length. What is left out is counted. */
const LONGEST = 4_000;
const SUBJECT = 150;
const NAME = 120;
const CALLS = 3;

const OPENING: Readonly<Record<Step, string>> = {
  opened: 'Chờ quá hạn',
  raised: 'Vẫn chờ, báo lên cấp trên',
  closed: 'Không còn chờ',
};

/** Orders what is told: the highest rung, then the most syncs. */
export const highestFirst = (one: { risen: Risen }, other: { risen: Risen }): number =>
  other.risen.level - one.risen.level || other.risen.count - one.risen.count;

/** The message of several steps, in the order given. */
export function messageOf(sorted: readonly Told[], context: MessageContext): MessageBody {
  const [first] = sorted;
  const mark = context.sample ? '[DỮ LIỆU MẪU] ' : '';
  const subject =
    first === undefined || sorted.length > 1
      ? `${mark}[Liên Thông] ${sorted.length} việc cần xem`
      : `${mark}[Liên Thông] ${OPENING[first.step]}: ${titleOf(first, context)}`;
  const text = fitted(sorted, context);
  return { subject: subject.slice(0, SUBJECT), text, escalations: sorted.map(entryOf) };
}

/** The highest whole, the next in a line each, the rest as a number. */
function fitted(sorted: readonly Told[], context: MessageContext): string {
  let text = context.sample ? 'DỮ LIỆU MẪU: không phải hồ sơ thật, không gửi cho ai.\n\n' : '';
  // of many, half of the room is for those in a line
  const roomInFull = sorted.length > TOLD_WHOLE ? LONGEST / 2 : LONGEST;
  let told = 0;
  let inFull = true;
  for (const one of sorted) {
    const full = paragraph(one, context);
    inFull &&= told < TOLD_WHOLE && text.length + full.length <= roomInFull;
    const part = inFull ? `${full}\n\n` : `- ${lineOf(one, context)}\n`;
    if (text.length + part.length > LONGEST) break;
    text += part;
    told += 1;
  }
  const more = sorted.length - told;
  return (more === 0 ? text : `${text}\nVà ${whole(more)} việc khác: ${link('/console/', context)}`).trim();
}

const lineOf = (one: Told, context: MessageContext): string =>
  `${OPENING[one.step]}: ${titleOf(one, context)}${one.step === 'closed' ? '' : ` (${amount(one.risen)})`}`;

/** A matter in one line, with the right, code … that is missing. */
function titleOf({ risen }: Told, { unitName }: MessageContext): string {
  const { cause, unit, target, key } = risen;
  const { kind, title } = CAUSES[cause] ?? CAUSES['gateway-fault'];
  const nowhere = kind === 'retry' ? `Hệ thống ${target}` : 'Toàn tỉnh hoặc chưa rõ xã, phường';
  const what = key === '' ? '' : ` (${maskPersonal(key.replaceAll('|', ' '))})`;
  return `${unit === null ? nowhere : unitName(unit)}: ${title.vi}${what}`;
}

const amount = ({ count, dossiers, trial }: Risen): string =>
  `${whole(count)} lượt gửi của ${whole(dossiers)} hồ sơ, văn bản${trial === 0 ? '' : `, trong đó ${whole(trial)} lượt vận hành thử`}`;
const whole = (number: number): string => number.toLocaleString('vi-VN');
const link = (path: string, { publicUrl = '' }: MessageContext): string => `${publicUrl}${path}`;

function paragraph(told: Told, context: MessageContext): string {
  const { step, risen, about } = told;
  const { cause, target, since } = risen;
  const lines = [`${OPENING[step]}: ${titleOf(told, context)}`];
  if (step === 'closed') {
    lines.push(`Nơi nhận: ${target}. Không còn lượt gửi nào chờ vì nguyên nhân này (đã chờ từ ${localTime(since)}).`);
    return lines.join('\n');
  }
  const level = levelOf(risen.level);
  if (level !== undefined) lines.push(`Báo cáo đến: ${LEVEL_NAMES[level].vi}`);
  lines.push(`Đang chờ: ${amount(risen)}, gửi đến ${target}; lâu nhất từ ${localTime(since)}`);
  if (about !== undefined) lines.push(...aboutLines(about, risen));
  lines.push(`Cách giải quyết: ${(CAUSES[cause] ?? CAUSES['gateway-fault']).remedy.vi}`);
  if (step === 'raised') lines.push(noticeLine(risen));
  lines.push(`Xem, trả lời, báo đã nhận: ${link(`/console/?cause=${cause}`, context)}`);
  if (about !== undefined) lines.push(callLine(about));
  if (risen.nextAt !== null) lines.push(`Nếu còn chờ, báo cấp trên tiếp theo lúc ${localTime(risen.nextAt)}`);
  return lines.join('\n');
}

/** Silence on the way back is said to whoever is told next. */
function noticeLine({ noticed }: Risen): string {
  if (noticed === null) return 'Cấp dưới: chưa ai mở xem, chưa ai báo đã nhận';
  const { by, at, acknowledged } = noticed;
  return acknowledged
    ? `Cấp dưới: ${by} đã báo đã nhận lúc ${localTime(at)}`
    : `Cấp dưới: ${by} đã mở xem lúc ${localTime(at)}, chưa báo đã nhận`;
}

const short = (text: string): string => (text.length > NAME ? `${text.slice(0, NAME - 1)}…` : text);

function aboutLines({ procedures, soonest, detail, sampled }: About, { count }: Risen): string[] {
  const lines: string[] = [];
  const part = sampled < count ? ` (xem ${whole(sampled)} lượt chờ lâu nhất)` : '';
  if (procedures.length > 0) {
    const named = procedures.map(
      ({ code, official, plain, count: times }) =>
        `${short(official)}${plain === null || plain === official ? '' : ` (${short(plain)})`} [${code}] × ${whole(times)}`,
    );
    lines.push(`Thủ tục${part}: ${named.join('; ')}`);
  }
  if (soonest.length > 0) {
    lines.push(
      `Đến hạn sớm nhất${part}: ${soonest.map(({ code, dueAt }) => `${code} (${localTime(Date.parse(dueAt))})`).join('; ')}`,
    );
  }
  if (detail !== null) lines.push(`Chi tiết: ${detail.vi}`);
  return lines;
}

function callLine({ contacts }: About): string {
  if (contacts.length === 0) return 'Gọi: chưa ghi đầu mối nào cho việc này';
  return `Gọi: ${contacts
    .slice(0, CALLS)
    .map(({ name, post, phone, email, hours }) => [name, post, phone, email, hours].filter(Boolean).join(', '))
    .join('; ')}`;
}

function entryOf({ step, risen }: Told): MessageEntry {
  const { id, cause, unit, target, since, count, dossiers, level } = risen;
  return {
    id,
    step,
    level: levelOf(level) ?? '',
    cause,
    unit,
    target,
    since: new Date(since).toISOString(),
    count,
    dossiers,
  };
}
