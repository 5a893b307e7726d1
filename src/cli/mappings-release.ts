/**
 * `lienthong mappings history|rehearse|propose|proposals|approve|decline|rollback`: another vocabulary comes into force, or goes
 * back, while the gateway runs; all through its API.
 */
import { type Command, InvalidArgumentError } from 'commander';
import { type Answer, apiClient } from './api-client.ts';
import { type Io, printResult } from './io.ts';
import { facts, table, timeText } from './table.ts';

const ACTS: Readonly<Record<string, string>> = {
  start: 'theo bản cài đặt (start)',
  activate: 'được duyệt (activate)',
  rollback: 'quay lại (rollback)',
  learnt: 'học từ lựa chọn (learnt)',
};
const STATES: Readonly<Record<string, string>> = {
  open: 'chờ duyệt (open)',
  approved: 'đã duyệt (approved)',
  declined: 'không duyệt (declined)',
  withdrawn: 'đã rút (withdrawn)',
};

interface Rehearsal {
  from: string;
  to: string;
  tried: number;
  changed: number;
  parked: number;
  freed: number;
  behind: number;
  byUnit: { unit: string | null; name: string | null; changed: number; parked: number; freed: number }[];
  byField: { field: string | null; changed: number; parked: number; freed: number }[];
  byPlace: { pointer: string; count: number }[];
}

const number = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('cần một số nguyên dương (a whole number)');
  return value;
};
const short = (hash: unknown): string => (typeof hash === 'string' ? hash.slice(0, 12) : '–');

/** Adds the commands. */
export function addMappingsRelease(mappings: Command, io: Io): void {
  mappings
    .command('history')
    .description('danh mục đang dùng và các lần đổi · the vocabulary in force, and every change')
    .action(async () => {
      const answer = await (await apiClient(io)).get('/v1/vocabulary');
      printResult(io, answer, () => historyText(answer));
    });

  mappings
    .command('rehearse')
    .description('chạy thử trên sự kiện thật gần đây, không gửi gì · try a release on recent real events')
    .argument('[release]', 'mã phiên bản, hoặc files: tệp trên máy chủ · a release, or files', 'files')
    .option('--limit <n>', 'số lượt gửi gần nhất, mặc định 1000 · recent syncs', number)
    .action(async (release: string, options: { limit?: number }) => {
      const path = `/v1/vocabulary/releases/${encodeURIComponent(release)}/rehearse`;
      const answer = await (await apiClient(io)).post(path, { ...options });
      printResult(io, answer, () => rehearsalText(answer as unknown as Rehearsal));
    });

  mappings
    .command('propose')
    .description('đề xuất đưa tệp trên máy chủ vào dùng · propose the files on the gateway')
    .requiredOption('--reason <text>', 'lý do · why')
    .option('--limit <n>', 'số lượt gửi chạy thử · syncs to try', number)
    .option('--dry-run', 'chỉ xem trước · preview only')
    .action(async (options: { reason: string; limit?: number; dryRun?: boolean }) => {
      const answer = await (await apiClient(io)).post('/v1/vocabulary/proposals', { source: 'files', ...options });
      printResult(io, answer, () =>
        [
          (answer.diff as { text: { vi: string } }).text.vi,
          '',
          rehearsalText(answer.rehearsal as Rehearsal),
          '',
          answer.dryRun === true
            ? 'Xem trước: chưa đề xuất gì. (Preview only.)'
            : `Đã đề xuất ${answer.id}. Người khác duyệt bằng: lienthong mappings approve ${answer.id} --reason … (A second person approves.)`,
        ].join('\n'),
      );
    });

  mappings
    .command('proposals')
    .description('các đề xuất · proposals')
    .action(async () => {
      const answer = await (await apiClient(io)).get('/v1/vocabulary/proposals');
      printResult(io, answer, () =>
        table(
          [
            'Đề xuất (id)',
            'Phiên bản (release)',
            'Tình trạng (state)',
            'Người đề xuất (by)',
            'Lúc (at)',
            'Lý do (reason)',
          ],
          (answer.items as Answer[]).map(item => [
            item.id,
            short(item.release),
            STATES[String(item.state)] ?? item.state,
            item.proposedBy,
            timeText(item.proposedAt),
            item.reason,
          ]),
          'Không có đề xuất nào. (None.)',
        ),
      );
    });

  decision(mappings, 'approve', 'duyệt đề xuất của người khác · approve the proposal of another person').action(
    async (id: string, options: { reason: string }) => {
      const answer = await (await apiClient(io)).post(`/v1/vocabulary/proposals/${encodeURIComponent(id)}/approve`, {
        ...options,
      });
      printResult(io, answer, () => inForceText(answer));
    },
  );
  decision(mappings, 'decline', 'không duyệt, hoặc rút đề xuất của mình · decline, or withdraw your own').action(
    async (id: string, options: { reason: string }) => {
      const answer = await (await apiClient(io)).post(`/v1/vocabulary/proposals/${encodeURIComponent(id)}/decline`, {
        ...options,
      });
      printResult(io, answer, () => `Đề xuất ${id}: ${STATES[String(answer.state)] ?? answer.state}`);
    },
  );

  mappings
    .command('rollback')
    .description('quay lại phiên bản trước, hoặc phiên bản đã từng dùng · go back to the release before, or another')
    .argument('[release]', 'mã phiên bản · release')
    .requiredOption('--reason <text>', 'lý do · why')
    .option('--dry-run', 'chỉ xem trước · preview only')
    .action(async (release: string | undefined, options: { reason: string; dryRun?: boolean }) => {
      const body = { ...options, ...(release === undefined ? {} : { to: release }) };
      const answer = await (await apiClient(io)).post('/v1/vocabulary/rollback', body);
      printResult(io, answer, () =>
        answer.dryRun === true ? rehearsalText(answer.rehearsal as Rehearsal) : inForceText(answer),
      );
    });
}

const decision = (mappings: Command, name: string, text: string): Command =>
  mappings
    .command(name)
    .description(text)
    .argument('<id>', 'mã đề xuất · proposal id')
    .requiredOption('--reason <text>', 'lý do · why');

function inForceText(answer: Answer): string {
  const freed = (answer.freed as string[]).length;
  return `Danh mục đang dùng: ${answer.name}. ${freed} lượt gửi bị giữ nay đi tiếp. (In force in all processes; ${freed} syncs freed.)`;
}

function historyText(answer: Answer): string {
  const active = answer.active as Answer;
  const rows = (answer.history as Answer[]).map(change => [
    timeText(change.at),
    short(change.hash),
    ACTS[String(change.act)] ?? change.act,
    change.who,
    change.approvedBy,
    change.reason,
  ]);
  return [
    facts([['Đang dùng (in force)', active.release]]),
    '',
    table(
      [
        'Lúc (at)',
        'Phiên bản (release)',
        'Vì sao đổi (act)',
        'Người (who)',
        'Người duyệt (approved by)',
        'Lý do (reason)',
      ],
      rows,
      'Chưa có lần đổi nào. (No change yet.)',
    ),
  ].join('\n');
}

/** A rehearsal for people. */
function rehearsalText(rehearsal: Rehearsal): string {
  const counts = (row: { changed: number; parked: number; freed: number }) => [row.changed, row.parked, row.freed];
  const heads = ['đổi (changed)', 'sẽ bị giữ (parked)', 'đi tiếp (freed)'];
  return [
    `Chạy thử ${rehearsal.tried} lượt gửi gần nhất, từ ${short(rehearsal.from)} sang ${short(rehearsal.to)}; không gửi gì. (Nothing was sent.)`,
    facts([
      ['Nội dung gửi đi thay đổi (changed)', rehearsal.changed],
      ['Sẽ bị giữ lại (parked)', rehearsal.parked],
      ['Đang bị giữ sẽ đi tiếp (freed)', rehearsal.freed],
      ['Chờ phía sau cũng đi (behind)', rehearsal.behind],
    ]),
    '',
    table(
      ['Xã, phường (unit)', ...heads],
      rehearsal.byUnit.slice(0, 20).map(row => [row.name ?? row.unit, ...counts(row)]),
      'Không xã, phường nào bị ảnh hưởng. (No unit is affected.)',
    ),
    '',
    table(
      ['Lĩnh vực (field)', ...heads],
      rehearsal.byField.slice(0, 20).map(row => [row.field, ...counts(row)]),
      'Không lĩnh vực nào bị ảnh hưởng. (No field is affected.)',
    ),
    ...(rehearsal.byPlace.length === 0
      ? []
      : [
          '',
          table(
            ['Chỗ thay đổi (place)', 'số lần (count)'],
            rehearsal.byPlace.slice(0, 20).map(row => [row.pointer, row.count]),
            '',
          ),
        ]),
  ].join('\n');
}
