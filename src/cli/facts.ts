/**
 * `lienthong facts export|import`: what is known about desks as a spreadsheet, and a spreadsheet entered. Import checks every row,
 * shows what would go on with `--dry-run`, and enters all of it or nothing; all through the API.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { Argument, type Command } from 'commander';
import { FACT_KINDS, type FactKind } from '../facts/fact.ts';
import { type Answer, apiClient } from './api-client.ts';
import { CommandFailed, type Io, printResult } from './io.ts';
import { facts, timeText } from './table.ts';

interface ImportOptions {
  reason: string;
  dryRun?: boolean;
}

const MOST_BYTES = 8 * 1024 * 1024;
const kind = (): Argument => new Argument('<kind>', 'loại mục · kind of facts').choices(FACT_KINDS);

/** Adds `facts export|import`. */
export function addFacts(program: Command, io: Io): void {
  const command = program
    .command('facts')
    .description('đơn vị, vị trí, quyền, ủy quyền, thẩm quyền, đầu mối · facts about desks');
  command
    .command('export')
    .description('xuất ra bảng tính · export a spreadsheet')
    .addArgument(kind())
    .argument('<file>', 'tệp .csv hoặc .xlsx')
    .option('--unit <code>', 'chỉ của xã, phường này; 75 = tỉnh · only of this unit')
    .option('--at <day>', 'chỉ mục có hiệu lực ngày này · only what holds then')
    .action(async (which: FactKind, file: string, options: { unit?: string; at?: string }) => {
      const answer = await (await apiClient(io)).get('/v1/facts/export', { kind: which, ...options });
      const table = answer.table as string[][];
      const path = resolve(io.cwd, file);
      await save(path, await bytesOf(table, path));
      const rows = table.length - 1;
      printResult(io, { file: path, kind: which, rows }, () => `Đã xuất ${rows} mục ra ${path}. (${rows} rows.)`);
    });
  command
    .command('import')
    .description('nhập bảng tính: kiểm tra từng dòng, nhập hết hoặc không nhập gì · enter a spreadsheet')
    .addArgument(kind())
    .argument('<file>', 'tệp .csv hoặc .xlsx')
    .requiredOption('--reason <text>', 'lý do, ghi vào nhật ký · why; goes into the audit')
    .option('--dry-run', 'chỉ xem trước kết quả · preview only')
    .action(async (which: FactKind, file: string, options: ImportOptions) => {
      const table = await tableOf(resolve(io.cwd, file));
      const answer = await (await apiClient(io)).post('/v1/facts/import', { kind: which, table, ...options });
      printResult(io, answer, () => importedText(answer, which));
    });
}

async function bytesOf(table: string[][], path: string): Promise<string | Buffer> {
  if (extname(path).toLowerCase() !== '.xlsx') return (await import('../sheets/csv.ts')).writeCsv(table);
  const { writeXlsx } = await import('../sheets/xlsx.ts');
  const columns = (table[0] ?? []).map(head => ({ width: Math.max(14, head.length), fixed: false }));
  return writeXlsx(table, 'Danh sách', columns);
}

async function save(path: string, content: string | Buffer): Promise<void> {
  try {
    await writeFile(path, content);
  } catch (cause) {
    throw new CommandFailed(`Không ghi được ${path}. (The file cannot be written.)`, { cause });
  }
}

async function tableOf(path: string): Promise<string[][]> {
  const { SheetFault } = await import('../sheets/sheet-fault.ts');
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new CommandFailed(`Không đọc được ${path}. (The file cannot be read.)`, { cause });
  }
  if (bytes.length > MOST_BYTES) throw new CommandFailed(`${path} lớn hơn 8 MB. (Too large.)`);
  try {
    if (bytes.subarray(0, 2).toString('latin1') === 'PK') {
      return await (await import('../sheets/xlsx.ts')).readXlsx(bytes);
    }
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return (await import('../sheets/csv.ts')).readCsv(text);
  } catch (error) {
    if (error instanceof SheetFault) throw new CommandFailed(`${error.text.vi}\n(${error.text.en})`, { cause: error });
    if (!(error instanceof TypeError)) throw error;
    // a spreadsheet that saved CSV in another code page has broken the Vietnamese letters already
    throw new CommandFailed(
      `${path} không phải UTF-8; khi lưu, hãy chọn “CSV UTF-8”, hoặc dùng XLSX. (Save as CSV UTF-8 or XLSX.)`,
      { cause: error },
    );
  }
}

function importedText(answer: Answer, which: string): string {
  const rows = answer.rows as { new: number; unchanged: number; ended: number };
  const counts = answer.counts as { goes?: number; done?: number } | undefined;
  const warnings = (answer.warnings ?? []) as { row: number; text: { vi: string } }[];
  const preview = answer.dryRun === true;
  return [
    preview ? 'Xem trước, chưa nhập gì. (Preview only.)' : 'Đã nhập. (Entered.)',
    facts([
      ['Mục mới (new)', rows.new],
      ['Đã có y như vậy (unchanged)', rows.unchanged],
      ['Mục cũ kết thúc (ended)', rows.ended],
      [preview ? 'Lượt sẽ đi tiếp (would go on)' : 'Lượt đi tiếp (go on)', counts?.goes ?? counts?.done ?? 0],
      ['Hạn xem trước (expires)', preview && answer.expiresAt !== undefined ? timeText(answer.expiresAt) : undefined],
    ]),
    ...warnings.map(({ row, text }) => `  dòng ${row} (row): ${text.vi}`),
    ...(preview && typeof answer.rehearsal === 'string'
      ? [
          '',
          `Nhập: chạy lại không có --dry-run (run again without --dry-run): lienthong facts import ${which} … --reason "…"`,
        ]
      : []),
  ].join('\n');
}
