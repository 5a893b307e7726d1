/**
 * `lienthong mappings export|import`: mapping entries as a sheet for reviewers without an editor, and the reviewed sheet back.
 * Import shows the difference and writes only with `--write`, after all checks have passed.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { MappingFile } from '../translation/read-yaml.ts';
import type { SheetChange, SheetFaultAt } from '../translation/sheet.ts';
import type { SheetKind } from '../translation/sheet-columns.ts';
import { CommandFailed, type Io, printResult } from './io.ts';
import { mappingsFolder } from './mappings-folder.ts';

interface ExportOptions {
  kind: SheetKind;
  format?: 'csv' | 'xlsx';
  separator: string;
  mappings?: string;
}
interface ImportOptions {
  write?: boolean;
  mappings?: string;
}

/** Largest sheet that is read; all procedures make about 2 MB. */
const MOST_BYTES = 32 * 1024 * 1024;

/** Adds `mappings export` and `mappings import`. */
export function addMappingsSheet(mappings: Command, io: Io): void {
  mappings
    .command('export')
    .description('xuất ra bảng tính để rà soát · export a sheet for reviewers')
    .argument('<file>', 'tệp .csv hoặc .xlsx')
    .addOption(
      new Option('--kind <kind>', 'thủ tục hay thuật ngữ · what')
        .choices(['procedures', 'terms'])
        .default('procedures'),
    )
    .addOption(new Option('--format <format>', 'mặc định theo đuôi tệp · by the ending').choices(['csv', 'xlsx']))
    .addOption(new Option('--separator <sign>', 'dấu ngăn cột của CSV · of CSV').choices([',', ';']).default(','))
    .option('--mappings <folder>', 'thư mục danh mục · folder of mappings')
    .action((file: string, options: ExportOptions) => exportSheet(io, resolve(io.cwd, file), options));
  mappings
    .command('import')
    .description('đọc bảng tính đã rà soát: nêu khác biệt, chỉ ghi khi có --write · read a reviewed sheet')
    .argument('<file>', 'tệp .csv hoặc .xlsx')
    .option('--write', 'ghi vào các tệp danh mục · write the changes')
    .option('--mappings <folder>', 'thư mục danh mục · folder of mappings')
    .action((file: string, options: ImportOptions) => importSheet(io, resolve(io.cwd, file), options));
}

async function exportSheet(io: Io, file: string, options: ExportOptions): Promise<void> {
  const { toRows } = await import('../translation/sheet.ts');
  const { COLUMNS, VERSION_TITLE } = await import('../translation/sheet-columns.ts');
  const { files } = await readFiles(mappingsFolder(io, options.mappings));
  const rows = toRows(options.kind, files);
  const format = options.format ?? (extname(file).toLowerCase() === '.xlsx' ? 'xlsx' : 'csv');
  if (format === 'xlsx') {
    const { writeXlsx } = await import('../sheets/xlsx.ts');
    const columns = [
      ...COLUMNS[options.kind].map(({ width, rule }) => ({ width, fixed: rule === 'fixed' })),
      { width: VERSION_TITLE.length, fixed: true },
    ];
    await save(file, await writeXlsx(rows, options.kind === 'terms' ? 'Thuật ngữ' : 'Thủ tục', columns));
  } else {
    const { writeCsv } = await import('../sheets/csv.ts');
    await save(file, writeCsv(rows, options.separator));
  }
  const count = rows.length - 1;
  printResult(
    io,
    { file, format, kind: options.kind, rows: count },
    () => `Đã xuất ${count} mục ra ${file}. Mã, lĩnh vực, tên chính thức và căn cứ chỉ để đọc. (${count} entries.)`,
  );
}

async function importSheet(io: Io, file: string, options: ImportOptions): Promise<void> {
  const folder = mappingsFolder(io, options.mappings);
  const { readRows } = await import('../translation/sheet.ts');
  const { files, texts } = await readFiles(folder);
  const { changes, faults } = readRows(await readSheetFile(file), files);
  if (faults.length > 0) throw refused(io, faults);
  const edited = await editedTexts(changes, texts);
  await refuseWorse(io, folder, edited, changes);
  if (options.write === true) {
    // all new files first, so that a full disk leaves every old one in place
    for (const [name, text] of edited) await save(join(folder, `${name}.new`), text);
    for (const name of edited.keys()) await rename(join(folder, `${name}.new`), join(folder, name));
  }
  const answer = {
    written: options.write === true && changes.length > 0,
    changes: changes.map(({ row, key, file: place, column, from, to }) => ({
      row,
      key,
      file: place,
      column,
      from,
      to,
    })),
    files: [...edited.keys()],
  };
  printResult(io, answer, () => differenceText(changes, answer.written));
}

async function save(file: string, content: string | Buffer): Promise<void> {
  try {
    await writeFile(file, content);
  } catch (cause) {
    throw new CommandFailed(`Không ghi được ${file}. (The file cannot be written.)`, { cause });
  }
}

/** All mapping files, parsed and as text; what cannot be parsed must be mended first. */
async function readFiles(folder: string): Promise<{ files: MappingFile[]; texts: Map<string, string> }> {
  const { listMappingFiles, parseMappingFile, readMappingText } = await import('../translation/read-yaml.ts');
  const files: MappingFile[] = [];
  const texts = new Map<string, string>();
  for (const name of await listMappingFiles(folder)) {
    const text = await readMappingText(folder, name);
    const parsed = typeof text === 'string' ? parseMappingFile(name, text) : [text];
    if (Array.isArray(parsed)) {
      const lines = parsed.map(fault => `  ${fault.file}:${fault.line}: ${fault.text}`).join('\n');
      throw new CommandFailed(`Danh mục chưa đọc được; hãy sửa trước. (Mend the files first.)\n${lines}`);
    }
    files.push(parsed);
    texts.set(name, await readFile(join(folder, name), 'utf8'));
  }
  return { files, texts };
}

async function readSheetFile(file: string): Promise<string[][]> {
  const { SheetFault } = await import('../sheets/sheet-fault.ts');
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    throw new CommandFailed(`Không đọc được ${file}. (The file cannot be read.)`, { cause });
  }
  if (bytes.length > MOST_BYTES) throw new CommandFailed(`${file} lớn hơn 32 MB. (Too large.)`);
  try {
    if (bytes.subarray(0, 2).toString('latin1') === 'PK') {
      const { readXlsx } = await import('../sheets/xlsx.ts');
      return await readXlsx(bytes);
    }
    const { readCsv } = await import('../sheets/csv.ts');
    return readCsv(textOf(bytes, file));
  } catch (error) {
    if (!(error instanceof SheetFault)) throw error;
    throw new CommandFailed(`${error.text.vi}\n(${error.text.en})`, { cause: error.cause });
  }
}

/** A spreadsheet that saved CSV in another code page has broken the Vietnamese letters already. */
function textOf(bytes: Buffer, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new CommandFailed(
      `${file} không phải UTF-8; khi lưu, hãy chọn “CSV UTF-8”, hoặc dùng XLSX. (Save as CSV UTF-8 or XLSX.)`,
      { cause },
    );
  }
}

async function editedTexts(
  changes: readonly SheetChange[],
  texts: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  const { editEntries, LayoutFault } = await import('../translation/edit-yaml.ts');
  const edited = new Map<string, string>();
  for (const [name, made] of Map.groupBy(changes, change => change.file)) {
    try {
      edited.set(
        name,
        editEntries(
          texts.get(name) ?? '',
          made.map(({ edit }) => edit),
        ),
      );
    } catch (error) {
      if (!(error instanceof LayoutFault)) throw error;
      throw new CommandFailed(
        `${name}:${error.line}: cách trình bày ở dòng này sẽ bị đổi khi ghi; viết lại dòng ấy như các mục khác rồi thử lại. (This line would be laid out anew; nothing was written.)`,
      );
    }
  }
  return edited;
}

/** The files as they would be must pass every check; a fault is told with the row that made it. */
async function refuseWorse(
  io: Io,
  folder: string,
  edited: ReadonlyMap<string, string>,
  changes: readonly SheetChange[],
): Promise<void> {
  const { inspectMappings } = await import('../translation/load.ts');
  const { parseMappingFile } = await import('../translation/read-yaml.ts');
  const { faults } = await inspectMappings(folder, edited);
  if (faults.length === 0) return;
  const rows = faults.map(fault => {
    const parsed = parseMappingFile(fault.file, edited.get(fault.file) ?? '');
    const above = Array.isArray(parsed)
      ? undefined
      : changes
          .filter(({ file, edit }) => file === fault.file && parsed.lineOf(['entries', edit.index]) <= fault.line)
          .sort((one, other) => other.edit.index - one.edit.index)[0];
    const text = `${fault.file}:${fault.line}: ${fault.text}`;
    return { row: above?.row ?? 0, text: { vi: text, en: text } };
  });
  throw refused(io, rows);
}

function refused(io: Io, faults: readonly SheetFaultAt[]): CommandFailed {
  const lines = faults.map(({ row, column, text }) =>
    [row > 0 ? `hàng ${row}` : 'danh mục', ...(column === undefined ? [] : [`cột “${column}”`])]
      .join(', ')
      .concat(`: ${text.vi}`),
  );
  if (io.json()) io.out(`${JSON.stringify({ written: false, faults })}\n`);
  return new CommandFailed(
    `Chưa ghi gì: ${faults.length} chỗ cần sửa. (Nothing was written, ${faults.length} faults.)\n${lines.map(line => `  ${line}`).join('\n')}`,
    { resultPrinted: true },
  );
}

function differenceText(changes: readonly SheetChange[], written: boolean): string {
  if (changes.length === 0) return 'Không có gì khác. (No difference.)';
  const block = (sign: string, text: string) =>
    text === '' ? [] : text.split('\n').map(line => `    ${sign} ${line}`);
  const lines = changes.flatMap(({ row, key, file, column, from, to }) => [
    `  hàng ${row} · ${key} · ${column} (${file})`,
    ...block('-', from),
    ...block('+', to),
  ]);
  const entries = new Set(changes.map(change => change.key)).size;
  const end = written
    ? `Đã ghi ${changes.length} thay đổi ở ${entries} mục. (Written.)`
    : `${changes.length} thay đổi ở ${entries} mục; chưa ghi, thêm --write để ghi. (Nothing was written yet.)`;
  return [...lines, end].join('\n');
}
