/**
 * `npm run bench:translation`: how long one translation takes, how long a release takes to become current, and what it weighs.
 * Prints a table with the goal beside each figure; `--json` prints one line a figure. Medians, since machines have neighbours.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { GatewayEvent, JsonObject } from '../src/domain/words.ts';
import { loadVocabulary } from '../src/translation/load.ts';
import { warmMarks } from '../src/translation/marks.ts';
import { packVocabulary, unpackVocabulary } from '../src/translation/release.ts';
import { translateEvent } from '../src/translation/translate.ts';
import type { Vocabulary } from '../src/translation/vocabulary.ts';

const { values: options } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const COMMUNE = { role: 'commune', statusList: 'xa-3b' } as const;
const event = (type: string, data: JsonObject): GatewayEvent => ({
  specversion: '1.0',
  id: 'bench',
  source: 'portal',
  type,
  time: '2026-11-24T08:00:00+07:00',
  data,
});

const STATUS: JsonObject = {
  dossierCode: 'G22.99-20261124-0001',
  unitCode: '26041',
  procedureCode: '1.001193',
  status: '4',
  statusList: 'national',
  at: '2026-11-24T08:00:00+07:00',
  actor: { name: 'Trần Văn Long' },
};
const SUBMITTED: JsonObject = {
  ...STATUS,
  status: '1',
  applicant: { kind: 'citizen', name: 'Điểu Thị Mỹ Linh', identityNumber: '075190001234', address: 'Tổ 3, Trấn Biên' },
  summary: 'Đề nghị cấp đổi Giấy chứng nhận quyền sử dụng đất do đo đạc lại, kèm trích đo bản đồ địa chính',
  channel: 'online',
};
const SENTENCE =
  'Người nộp hồ sơ đề nghị chuyển mục đích sử dụng đất; chuyên viên thẩm định, xác minh nguồn gốc sử dụng đất, trình lãnh ' +
  'đạo UBND cấp xã phê duyệt và gửi Chi nhánh Văn phòng Đăng ký đất đai. ';

/** A procedure with `length` characters of text in twenty steps. */
function procedure(length: number): JsonObject {
  const text = SENTENCE.repeat(Math.ceil(length / 20 / SENTENCE.length)).slice(0, Math.ceil(length / 20));
  const steps = Array.from({ length: 20 }, (_, index) => ({ no: index + 1, content: text }));
  return { procedure: { code: '1.001193', name: 'Đăng ký khai sinh', field: 'Hộ tịch', level: 'xã' }, steps };
}

/** Median of many runs in microseconds, each run `times` calls. */
function microseconds(times: number, call: () => unknown, runs = 41): number {
  const measured: number[] = [];
  for (let run = -runs; run < runs; run++) {
    const start = performance.now();
    for (let time = 0; time < times; time++) call();
    // The first half only warms up.
    if (run >= 0) measured.push(((performance.now() - start) * 1000) / times);
  }
  return measured.toSorted((left, right) => left - right)[Math.floor(measured.length / 2)] ?? Number.NaN;
}

function heapMegabytes(): number {
  collect();
  collect();
  return process.memoryUsage().heapUsed / 1024 / 1024;
}

const { vocabulary } = await loadVocabulary(join(import.meta.dirname, '../mappings'));
const packed = packVocabulary(vocabulary);
const translate = (told: GatewayEvent) => () => translateEvent(told, COMMUNE, 'national', vocabulary, '1');
const release = (): Vocabulary => {
  const made = unpackVocabulary(packed);
  warmMarks(made);
  return made;
};

const figures: [what: string, value: number, unit: string, atMost: number][] = [
  ['dossier event without text', microseconds(500, translate(event('dossier.status-changed', STATUS))), 'µs', 50],
  ['typical dossier event', microseconds(500, translate(event('dossier.submitted', SUBMITTED))), 'µs', 50],
  [
    'procedure, 5,000 characters',
    microseconds(20, translate(event('procedure.published', procedure(5_000)))),
    'µs',
    1_000,
  ],
  [
    'procedure, 50,000 characters',
    microseconds(4, translate(event('procedure.published', procedure(50_000)))),
    'µs',
    10_000,
  ],
  ['release unpacked, compiled, swapped', microseconds(1, release, 5) / 1000, 'ms', 1_000],
];
const before = heapMegabytes();
const held = release();
figures.push(['heap of one release', heapMegabytes() - before, 'MB', 50]);

for (const [what, value, unit, atMost] of figures) {
  const rounded = Math.round(value * 10) / 10;
  if (options.json) console.log(JSON.stringify({ what, value: rounded, unit, atMost, vocabulary: held.name }));
  else console.log(`${what.padEnd(38)}${`${rounded} ${unit}`.padStart(14)}   at most ${atMost} ${unit}`);
}
