/** `lienthong replays`: send many syncs again as one job, watch it, stop it; all through the API. */

import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Answer, type ApiClient, apiClient } from './api-client.ts';
import { CommandFailed, type Io, printResult } from './io.ts';
import { SYNC_FILTERS } from './sync-filters.ts';
import { facts, stateText, table, timeText } from './table.ts';

interface StartOptions {
  rehearsal?: string;
  vocabulary?: string;
  reason?: string;
  rate?: number;
  expect?: number;
  confirmStale?: boolean;
  dryRun?: boolean;
  wait?: boolean;
  [filter: string]: string | number | boolean | undefined;
}

/** Between two looks at a replay that is waited for, ms. */
const LOOK_MS = 500;

const FILTERS: typeof SYNC_FILTERS = [
  ...SYNC_FILTERS,
  ['--from <time>', 'từ lúc (RFC 3339), mặc định 31 ngày trước · from'],
  ['--to <time>', 'đến lúc · to'],
];
const NAMES = FILTERS.map(([flag]) => /^--(\w+)/.exec(flag)?.[1] as string);

const number = (text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError('cần một số (a number)');
  return value;
};

/** Adds `replays start|list|show|pause|resume|cancel`. */
export function addReplays(program: Command, io: Io): void {
  const replays = program.command('replays').description('gửi lại nhiều lượt · replays of many syncs');
  const start = replays.command('start').description('gửi lại theo điều kiện lọc · replay what a filter chooses');
  for (const [flag, text] of FILTERS) start.option(flag, text);
  start
    .option('--rehearsal <id>', 'đúng các lượt của lần xem trước này · exactly the set of this rehearsal')
    .addOption(new Option('--vocabulary <which>', 'theo danh mục nào · which release').choices(['current', 'original']))
    .option('--reason <text>', 'lý do, ghi vào nhật ký · why; goes into the audit')
    .option('--rate <n>', 'số lượt mỗi giây · syncs a second', number)
    .option('--expect <n>', 'số lượt bạn đã thấy · how many you saw', number)
    .option('--confirm-stale', 'vẫn gửi dù bên nhận đã có bản mới hơn · also over something younger')
    .option('--dry-run', 'chỉ xem trước kết quả · preview only')
    .option('--wait', 'chờ đến khi xong · wait until it has ended')
    .action(async (options: StartOptions) => {
      const client = await apiClient(io);
      const answer = await client.post('/v1/replays', bodyOf(options));
      if (options.dryRun === true) return printResult(io, answer, () => rehearsalText(answer));
      const id = String(answer.id);
      if (options.wait === true) return watch(client, id, io);
      printResult(io, answer, () => `Gửi lại ${answer.counted} lượt (replay started): ${id}`);
    });
  replays
    .command('list')
    .description('các đợt gửi lại, mới nhất trước · newest first')
    .action(async () => {
      const answer = await (await apiClient(io)).get('/v1/replays');
      printResult(io, answer, () => listText(answer));
    });
  replays
    .command('show')
    .description('số liệu, tiến độ · counts and progress')
    .argument('<id>', 'mã đợt gửi lại · replay id')
    .option('--wait', 'theo dõi đến khi xong · watch until it has ended')
    .action(async (id: string, options: { wait?: boolean }) => {
      const client = await apiClient(io);
      if (options.wait === true) return watch(client, id, io);
      const answer = await client.get(pathOf(id));
      printResult(io, answer, () => replayText(answer));
    });
  for (const [name, text] of [
    ['pause', 'tạm dừng · pause'],
    ['resume', 'làm tiếp · go on'],
    ['cancel', 'dừng hẳn, lượt chưa gửi lại để nguyên · stop; what is left stays as it is'],
  ] as const) {
    replays
      .command(name)
      .description(text)
      .argument('<id>', 'mã đợt gửi lại · replay id')
      .option('--reason <text>', 'lý do · why')
      .action(async (id: string, { reason }: { reason?: string }) => {
        const client = await apiClient(io);
        const body = reason === undefined ? {} : { reason };
        const answer =
          name === 'cancel' ? await client.delete(pathOf(id), body) : await client.post(`${pathOf(id)}/${name}`, body);
        printResult(io, answer, () => progressText(answer));
      });
  }
}

const pathOf = (id: string): string => `/v1/replays/${encodeURIComponent(id)}`;

function bodyOf(options: StartOptions): Record<string, unknown> {
  const { rehearsal, vocabulary, reason, rate, expect, confirmStale, dryRun } = options;
  const filter = Object.fromEntries(
    NAMES.filter(name => options[name] !== undefined).map(name => [name, options[name]]),
  );
  const more = { vocabulary, reason, rate, expect, confirmStale, dryRun };
  return {
    ...(rehearsal === undefined || Object.keys(filter).length > 0 ? { filter } : {}),
    ...(rehearsal === undefined ? {} : { rehearsal }),
    ...Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined)),
  };
}

/** Looks until the replay has ended; a line for each change of its numbers. Fails where not all of it was done. */
async function watch(client: ApiClient, id: string, io: Io): Promise<void> {
  let said = '';
  for (;;) {
    const answer = await client.get(pathOf(id), { limit: 1 });
    const line = progressText(answer);
    if (!io.json() && line !== said) io.out(`${line}\n`);
    said = line;
    if (answer.state === 'done' || answer.state === 'cancelled') {
      if (io.json()) printResult(io, answer, () => '');
      if (answer.done === answer.counted) return;
      throw new CommandFailed(
        `Không phải lượt nào cũng gửi lại được; xem: lienthong replays show ${id} (Not all of it was done.)`,
        { resultPrinted: true },
      );
    }
    await new Promise(resolve => setTimeout(resolve, LOOK_MS));
  }
}

const STATES: Readonly<Record<string, string>> = {
  open: 'sắp làm (open)',
  running: 'đang gửi lại (running)',
  paused: 'tạm dừng (paused)',
  done: 'xong (done)',
  cancelled: 'đã dừng (cancelled)',
};
const replayState = (state: unknown): string => STATES[String(state)] ?? String(state);

function progressText(answer: Answer): string {
  const { counted, done, changed, failed, left } = answer;
  return (
    `${replayState(answer.state)}: ${done}/${counted} đã gửi lại (done), ${changed} đã thay đổi (changed), ` +
    `${failed} không được (failed), còn ${left} (left)`
  );
}

function replayText(answer: Answer): string {
  const outcome = Object.entries((answer.outcome ?? {}) as Record<string, number>);
  const waiting = (answer.waitingFor ?? []) as { target: string; reason: string; left: number }[];
  const items = (answer.items ?? []) as Answer[];
  return [
    progressText(answer),
    facts([
      ['Lý do (reason)', answer.reason],
      ['Người yêu cầu (who)', answer.who],
      ['Lúc (created)', timeText(answer.createdAt)],
      ['Lượt mỗi giây (rate)', answer.rate],
      ['Kết quả gửi (outcome)', outcome.map(([state, count]) => `${count} ${stateText(state)}`).join(', ')],
      ['Chờ (waiting for)', waiting.map(one => `${one.target} (${one.reason}): ${one.left}`).join(', ')],
    ]),
    '',
    table(
      ['#', 'Lượt gửi (sync)', 'Bên nhận (target)', 'Kết quả (result)', 'Vì sao (why)', 'Nay (now)'],
      items.map(item => [item.ord, item.sync, item.target, item.result, item.code, stateText(item.state)]),
      'Không có lượt nào. (None.)',
    ),
  ].join('\n');
}

function rehearsalText(answer: Answer): string {
  const counts = answer.counts as {
    byCause: { cause: string | null; count: number }[];
    byTarget: { target: string; count: number }[];
    stale: number;
    wouldPark: number;
    translated: number;
  };
  return [
    `Xem trước, chưa làm gì: ${answer.counted} lượt sẽ gửi lại. (Preview only.)`,
    facts([
      ['Bên nhận (by target)', counts.byTarget.map(one => `${one.target} ${one.count}`).join(', ')],
      ['Nguyên nhân (by cause)', counts.byCause.map(one => `${one.cause ?? '–'} ${one.count}`).join(', ')],
      ['Bên nhận đã có bản mới hơn (stale)', counts.stale],
      ['Sẽ bị giữ lại (would park)', `${counts.wouldPark}/${counts.translated}`],
      ['Đang gửi, để nguyên (under way)', answer.underWay],
      ['Hạn (expires)', timeText(answer.expiresAt)],
    ]),
    '',
    `Làm đúng các lượt này: lienthong replays start --rehearsal ${answer.rehearsal} --reason "…"`,
  ].join('\n');
}

function listText(answer: Answer): string {
  return table(
    [
      'Mã (id)',
      'Tình trạng (state)',
      'Số lượt (counted)',
      'Xong (done)',
      'Đã đổi (changed)',
      'Không được (failed)',
      'Ai (who)',
      'Lúc (at)',
    ],
    ((answer.items ?? []) as Answer[]).map(item => [
      item.id,
      replayState(item.state),
      item.counted,
      item.done,
      item.changed,
      item.failed,
      item.who,
      timeText(item.createdAt),
    ]),
    'Chưa có đợt gửi lại nào. (None.)',
  );
}
