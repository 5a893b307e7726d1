/**
 * `lienthong mappings preview FILE`: what would become of one event, translated with mappings/ and nothing else; no gateway
 * runs, nothing is stored.
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { InputFault } from '../domain/errors.ts';
import type { GatewayEvent, Role, TraceEntry } from '../domain/words.ts';
import { visible } from '../translation/columns.ts';
import type { Translation } from '../translation/translate.ts';
import { CommandFailed, type Io, printResult } from './io.ts';
import { mappingsFolder } from './mappings-folder.ts';
import { table } from './table.ts';

interface PreviewOptions {
  target: Role;
  statusList?: string;
  sourceStatusList?: string;
  previous?: string;
  sideBySide?: boolean;
  width: string;
  mappings?: string;
}

/** The list each kind of system writes its statuses in, where none is named (the sandbox's three). */
const LISTS: Readonly<Record<Role, string>> = { portal: 'national', commune: 'xa-3b', documents: 'edxml' };

/** Adds `mappings preview`. */
export function addMappingsPreview(mappings: Command, io: Io): void {
  mappings
    .command('preview')
    .description('xem trước bản quy đổi của một sự kiện, không gửi gì · preview the translation of one event')
    .argument('<file>', 'tệp JSON chứa sự kiện (CloudEvents) · an event as JSON')
    .addOption(
      new Option('--target <role>', 'bên nhận · who receives it')
        .choices(['commune', 'portal', 'documents'])
        .default('commune'),
    )
    .option('--status-list <list>', 'danh sách trạng thái của bên nhận · status list of the target')
    .option('--source-status-list <list>', 'danh sách trạng thái khi sự kiện không nêu · of an event that names none')
    .option('--previous <number>', 'trạng thái quốc gia trước đó · national status before')
    .option('--side-by-side', 'bản chính thức bên trái, bên nhận đọc bên phải · both texts beside each other')
    .option('--width <columns>', 'bề rộng màn hình · columns of the screen', '110')
    .option('--mappings <folder>', 'thư mục danh mục · folder of mappings')
    .action((file: string, options: PreviewOptions) => preview(io, file, options));
}

async function preview(io: Io, file: string, options: PreviewOptions): Promise<void> {
  const { event, sourceList } = await readEvent(resolve(io.cwd, file), options.sourceStatusList);
  const { loadVocabulary } = await import('../translation/load.ts');
  const { translateEvent } = await import('../translation/translate.ts');
  const { vocabulary } = await loadVocabulary(mappingsFolder(io, options.mappings));
  const list = options.statusList ?? LISTS[options.target];
  for (const name of [list, sourceList]) {
    if (vocabulary.statusListAbout(name) === undefined) {
      throw new CommandFailed(`Không có danh sách trạng thái “${name}”. (There is no such status list.)`);
    }
  }
  const target = { role: options.target, statusList: list };
  const translation = translateEvent(event, target, sourceList, vocabulary, options.previous);
  const { trace, marks, parks } = translation;
  if (!io.json() && options.sideBySide === true) {
    const { sideBySide } = await import('../translation/side-by-side.ts');
    const width = Number(options.width);
    const shown = {
      before: event,
      after: translation.event,
      trace,
      marks,
      parks,
      target: options.target,
      release: vocabulary.name,
    };
    io.out(sideBySide(shown, Number.isInteger(width) && width >= 60 ? width : 110));
    return;
  }
  const answer = {
    event: translation.event,
    trace,
    marks,
    parks,
    national: translation.national,
    vocabulary: vocabulary.release,
  };
  printResult(io, answer, () => traceText(translation, vocabulary.name));
}

function traceText({ trace, marks, parks }: Translation, release: string): string {
  const value = (cell: TraceEntry['from']): string =>
    visible(typeof cell === 'string' ? cell : cell === null ? '–' : JSON.stringify(cell));
  const changes = table(
    [
      'Chỗ (pointer)',
      'Từ (from)',
      'Thành (to)',
      'Mục (entry)',
      'Mức khớp (grade)',
      'Tin cậy (certainty)',
      'Nguồn (source)',
    ],
    trace.map(({ pointer, from, to, entry, grade, certainty, source }) => [
      pointer,
      value(from),
      value(to),
      entry,
      grade,
      certainty,
      source,
    ]),
    'Không có gì phải quy đổi. (Nothing changes.)',
  );
  const terms = marks.map(({ pointer, offset, length, label }) => `  ${pointer} ${offset}+${length}: ${label}`);
  const held = parks.map(({ cause, pointer, value: at }) => `  ${cause} ${pointer}: ${value(at)}`);
  return [
    changes,
    ...(terms.length > 0 ? ['', 'Thuật ngữ được chú giải (marks)', ...terms] : []),
    ...(held.length > 0 ? ['', 'Giữ lại, chưa gửi vì (parked for)', ...held] : []),
    '',
    `Phiên bản danh mục (release): ${release}`,
  ].join('\n');
}

/** The event of the file, checked as the gateway would check it. */
async function readEvent(
  file: string,
  givenList: string | undefined,
): Promise<{ event: GatewayEvent; sourceList: string }> {
  const { readCloudEvents } = await import('../http/cloudevents.ts');
  const { createEventChecker } = await import('../http/event-checks.ts');
  let raw: Buffer;
  try {
    raw = await readFile(file);
  } catch (cause) {
    throw new CommandFailed(`Không đọc được ${file}. (The file cannot be read.)`, { cause });
  }
  try {
    const [event] = readCloudEvents({
      contentType: 'application/cloudevents+json',
      headers: {},
      raw,
      receivedAt: new Date(),
    });
    if (event === undefined) throw new Error('one event was read and none came out');
    const own = Object.hasOwn(LISTS, event.source) ? LISTS[event.source as Role] : 'national';
    const sourceList = givenList ?? own;
    const faults = createEventChecker().check(event, { statusList: sourceList, pointer: '' });
    if (faults.length > 0) {
      const text = { vi: 'Sự kiện không hợp lệ.', en: 'The event is not valid.' };
      throw new InputFault('invalid-event', 422, text, { faults });
    }
    return { event, sourceList };
  } catch (error) {
    if (!(error instanceof InputFault)) throw error;
    const lines = error.faults.map(fault => `  ${fault.pointer}: ${fault.detail.vi} (${fault.detail.en})`);
    throw new CommandFailed([`${error.text.vi} (${error.text.en})`, ...lines].join('\n'));
  }
}
