/** `lienthong syncs`: look at syncs, send one again, drop it, answer what it waits for; all through the API. */

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Answer, apiClient } from './api-client.ts';
import { CommandFailed, type Io, printResult, wrongUse } from './io.ts';
import { addResolve, addResolveAll } from './resolve.ts';
import { SYNC_FILTERS } from './sync-filters.ts';
import { facts, stateText, table, timeText } from './table.ts';

interface ListOptions {
  [name: string]: string | undefined;
}
interface ActOptions {
  reason: string;
  dryRun?: boolean;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const asId = (text: string): string => {
  if (!UUID.test(text)) throw new InvalidArgumentError('cần mã lượt gửi (a sync id)');
  return text;
};
const FILTERS: typeof SYNC_FILTERS = [
  ...SYNC_FILTERS,
  ['--q <text>', 'tìm theo mã · search codes'],
  ['--from <time>', 'từ lúc (RFC 3339) · from'],
  ['--to <time>', 'đến lúc · to'],
  ['--limit <n>', 'số dòng, nhiều nhất 200 · rows'],
  ['--cursor <id>', 'trang tiếp theo · next page'],
];

/** Adds `syncs list|show|replay|cancel|resolve|resolve-all`. */
export function addSyncs(program: Command, io: Io): void {
  const syncs = program.command('syncs').description('lượt gửi · syncs');
  const list = syncs.command('list').description('liệt kê, mới nhất trước · list, newest first');
  for (const [flag, text] of FILTERS) list.option(flag, text);
  list.action(async (options: ListOptions) => {
    const answer = await (await apiClient(io)).get('/v1/syncs', options);
    printResult(io, answer, () => listText(answer));
  });

  syncs
    .command('show')
    .description('một lượt gửi, đủ ngọn ngành · one sync with all that explains it')
    .argument('<id>', 'mã lượt gửi · sync id', asId)
    .action(async (id: string) => {
      const sync = await (await apiClient(io)).get(`/v1/syncs/${id}`);
      printResult(io, sync, () => syncText(sync));
    });

  act(syncs, 'replay', 'gửi lại · send again')
    .addOption(
      new Option('--vocabulary <which>', 'theo danh mục nào · which release')
        .choices(['current', 'original'])
        .default('current'),
    )
    .option('--confirm-stale', 'vẫn gửi dù bên nhận đã có bản mới hơn · send although a younger one was delivered')
    .option(
      '--data <file>',
      'tệp JSON chỉ gồm các trường cần sửa; null để bỏ trường · JSON file of the members to change; null takes one out',
    )
    .action(async (id: string, options: ActOptions & { vocabulary: string; confirmStale?: boolean; data?: string }) => {
      const { data, ...rest } = options;
      const edit = data === undefined ? {} : { data: await readEdit(io, data) };
      return done(io, await (await apiClient(io)).post(`/v1/syncs/${id}/replay`, { ...rest, ...edit }));
    });
  act(syncs, 'cancel', 'bỏ lượt gửi này (hồ sơ không bị ảnh hưởng) · drop it').action(
    async (id: string, options: ActOptions) =>
      done(io, await (await apiClient(io)).post(`/v1/syncs/${id}/cancel`, { ...options })),
  );
  addResolve(act(syncs, 'resolve', 'trả lời điều đang chờ · answer what it is parked for'), io, done);
  addResolveAll(syncs, io);
}

function act(parent: Command, name: string, text: string): Command {
  return parent
    .command(name)
    .description(text)
    .argument('<id>', 'mã lượt gửi · sync id', asId)
    .requiredOption('--reason <text>', 'lý do, ghi vào nhật ký · why; goes into the audit')
    .option('--dry-run', 'chỉ xem trước kết quả · preview only');
}

/** The edit that a file holds; a file that is no JSON object is wrong use. */
async function readEdit(io: Io, file: string): Promise<object> {
  let text: string;
  try {
    text = await readFile(resolve(io.cwd, file), 'utf8');
  } catch (cause) {
    throw new CommandFailed(`Không đọc được tệp (cannot read): ${file}`, { cause });
  }
  const edit = parsed(text);
  if (edit !== null && typeof edit === 'object' && !Array.isArray(edit)) return edit;
  throw wrongUse(io, `Tệp phải là một đối tượng JSON (the file must hold a JSON object): ${file}`);
}

/** Undefined where it is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function done(io: Io, answer: Answer): void {
  const differences = (answer.differences ?? []) as { pointer: string; before: unknown; after: unknown }[];
  const blocked = (answer.translation as { blocked?: { cause: string; pointer: string } } | undefined)?.blocked;
  const freed = (answer.freed ?? []) as { id: string; target: string }[];
  const held = (answer.held ?? []) as { id: string; target: string; cause: string }[];
  const rule = answer.rule as { names: string[]; to: string } | undefined;
  printResult(io, answer, () =>
    [
      answer.dryRun === true ? 'Xem trước, chưa làm gì. (Preview only.)' : 'Đã thực hiện. (Done.)',
      ...(answer.inTheAir === true
        ? ['Lượt này đang trên đường: bên nhận vẫn có thể nhận được. (A call is in the air.)']
        : []),
      ...(answer.revision === undefined ? [] : [`Bản sửa thứ (revision) ${answer.revision}:`]),
      ...differences.map(
        ({ pointer, before, after }) => `  ${pointer}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`,
      ),
      ...(blocked === undefined ? [] : [`Sẽ bị giữ lại (would be parked): ${blocked.cause} ${blocked.pointer}`]),
      ...(answer.state === undefined ? [] : [`Trạng thái (state): ${stateText(answer.state)}`]),
      ...(rule === undefined ? [] : [`Quy tắc (rule): ${rule.names.join(', ')} → ${rule.to}`]),
      ...freed.map(one => `  đi tiếp (goes on): ${one.id} → ${one.target}`),
      ...held.map(one => `  còn chờ (still waits): ${one.id} → ${one.target}: ${one.cause}`),
    ].join('\n'),
  );
}

function listText(answer: Answer): string {
  const items = (answer.items ?? []) as Answer[];
  const lines = table(
    [
      'Mã (id)',
      'Trạng thái (state)',
      'Nguyên nhân (cause)',
      'Bên nhận (target)',
      'Loại (type)',
      'Hồ sơ (subject)',
      'Xã (unit)',
      'Lúc (at)',
    ],
    items.map(item => [
      item.id,
      stateText(item.state),
      item.cause,
      item.target,
      item.type,
      item.subject,
      item.unit,
      timeText(item.createdAt),
    ]),
    'Không có lượt gửi nào. (None.)',
  );
  return typeof answer.next === 'string' ? `${lines}\n… tiếp (more): --cursor ${answer.next}` : lines;
}

interface Blocked {
  id: string;
  reason?: string;
  state?: string;
  cause?: string;
  remedy?: { vi: string; en: string };
  blockedBy?: Blocked;
}

/** Why it does not move, link by link, to the act that mends it. */
function chainText({ id, reason, state, cause, remedy, blockedBy }: Blocked): string {
  const link = [id, reason ?? stateText(state), cause].filter(Boolean).join(' ');
  if (blockedBy !== undefined) return `${link} ← ${chainText(blockedBy)}`;
  return remedy === undefined ? link : `${link}: ${remedy.vi} (${remedy.en})`;
}

function syncText(sync: Answer): string {
  const remedy = sync.remedy as { vi: string; en: string } | undefined;
  const timeline = (sync.timeline ?? []) as { at: string; what: string; by?: string }[];
  const blockedBy = sync.blockedBy as Blocked | undefined;
  const warnings = (sync.warnings ?? []) as { text: { vi: string; en: string }; remedy: { vi: string } }[];
  return [
    facts([
      ['Mã (id)', sync.id],
      ['Trạng thái (state)', stateText(sync.state)],
      ['Nguyên nhân (cause)', sync.cause],
      ['Cần làm (remedy)', remedy === undefined ? undefined : `${remedy.vi} (${remedy.en})`],
      ['Chờ (blocked by)', blockedBy && chainText(blockedBy)],
      [
        'Đang chờ phía sau (behind)',
        sync.lane === undefined ? undefined : (sync.lane as { behind: number }).behind || undefined,
      ],
      ['Lý do giữ (reason)', sync.reason === undefined ? undefined : JSON.stringify(sync.reason)],
      ['Sự kiện (event)', `${sync.type} ${sync.eventId}`],
      ['Hồ sơ (subject)', sync.subject],
      ['Từ, đến (from, to)', `${sync.source} → ${sync.target}`],
      ['Xã, phường (unit)', sync.unit],
      ['Thủ tục (procedure)', sync.procedure],
      ['Số lần gửi (attempts)', `${sync.attempts} (đợt ${sync.series})`],
      ['Gửi lại lúc (due)', sync.dueAt === undefined ? undefined : timeText(sync.dueAt)],
    ]),
    ...warnings.map(({ text, remedy }) => `Lưu ý (warning)  ${text.vi} ${remedy.vi}`),
    '',
    'Diễn biến (timeline)',
    ...timeline.map(entry => `  ${timeText(entry.at)}  ${entry.what}${entry.by === undefined ? '' : ` · ${entry.by}`}`),
  ].join('\n');
}
