/**
 * `lienthong mappings coverage`: what each field and unit still lacks, weighed by what came where a gateway answers, else by the
 * catalogue of the files alone.
 */
import { type Command, InvalidArgumentError } from 'commander';
import type { Coverage, Share } from '../translation/coverage.ts';
import { apiClient } from './api-client.ts';
import { CommandFailed, type Io, printResult } from './io.ts';
import { mappingsFolder } from './mappings-folder.ts';
import { table } from './table.ts';

interface CoverageOptions {
  days: string;
  offline?: boolean;
  units?: boolean;
  mappings?: string;
}

const PARTS: Readonly<Record<string, string>> = {
  record: 'chưa có mục riêng',
  plainTitle: 'tên dễ hiểu',
  desk: 'quầy',
  steps: 'ba bước',
  papers: 'giấy tờ',
  timeLimits: 'thời hạn',
  fees: 'phí',
  results: 'kết quả',
  legalBasis: 'căn cứ',
  explanation: 'giải thích',
};

const asDays = (text: string): string => {
  if (!/^[1-9][0-9]{0,2}$/.test(text) || Number(text) > 366) throw new InvalidArgumentError('từ 1 đến 366 (1 to 366)');
  return text;
};

/** Adds `mappings coverage`. */
export function addMappingsCoverage(mappings: Command, io: Io): void {
  mappings
    .command('coverage')
    .description('danh mục đã đầy đủ đến đâu, nên bổ sung gì trước · what is translated and what would help most')
    .option('--days <n>', 'tính theo sự kiện trong ngần ấy ngày · days of events that count', asDays, '31')
    .option('--units', 'thêm bảng theo xã, phường · by unit as well')
    .option('--offline', 'chỉ theo tệp danh mục, không hỏi cổng đang chạy · from the files alone')
    .option('--mappings <folder>', 'thư mục danh mục (không hỏi cổng) · folder of mappings, from the files alone')
    .action(async (options: CoverageOptions) => {
      const live =
        options.offline === true || options.mappings !== undefined ? undefined : await ofGateway(io, options);
      const coverage = live ?? (await ofFiles(io, options));
      printResult(io, coverage, () => coverageText(coverage, options));
    });
}

/** What the running gateway says; undefined where none is known or answers. A gateway that refuses is a failure. */
async function ofGateway(io: Io, { days }: CoverageOptions): Promise<Coverage | undefined> {
  try {
    return (await (await apiClient(io)).get('/v1/vocabulary/coverage', { days })) as unknown as Coverage;
  } catch (error) {
    // only "not there" has a cause; a refusal has an answer of its own
    if (!(error instanceof CommandFailed) || error.cause === undefined) throw error;
    if (!io.json())
      io.err(
        'Không có cổng nào trả lời: tính theo tệp danh mục, chưa theo số lượt thật. (No gateway: from the files.)\n',
      );
    return undefined;
  }
}

async function ofFiles(io: Io, { mappings }: CoverageOptions): Promise<Coverage> {
  const { loadVocabulary } = await import('../translation/load.ts');
  const { coverageOf } = await import('../translation/coverage.ts');
  const { vocabulary } = await loadVocabulary(mappingsFolder(io, mappings));
  return coverageOf(vocabulary, new Date().toISOString());
}

const total = (counts: Share['events']): number => counts.full + counts.plain + counts.official + counts.missing;
const percent = (share: number): string => `${Math.round(share * 100)} %`;
const cells = ({ procedures, events, covered }: Share): unknown[] => [
  procedures.full,
  procedures.plain,
  procedures.official,
  procedures.missing,
  total(events),
  percent(covered),
];
const HEADS = [
  'Đủ (full)',
  'Tên dễ hiểu (plain)',
  'Tên chính thức (official)',
  'Chưa có (missing)',
  'Sự kiện (events)',
  'Đầy đủ (covered)',
];

function coverageText(coverage: Coverage, options: CoverageOptions): string {
  const { basis, fields, units, most, release } = coverage;
  const byEvents = basis === 'traffic';
  const basisText = byEvents
    ? `tỷ lệ theo sự kiện trong ${options.days} ngày (by events)`
    : 'tỷ lệ theo số thủ tục (by procedures; no events at hand)';
  const unitRows = byEvents ? units.filter(unit => total(unit.events) > 0) : units;
  return [
    `Phiên bản danh mục (release): ${release} · ${basisText}`,
    '',
    table(
      ['Lĩnh vực (field)', ...HEADS],
      [...fields.map(field => [field.field, ...cells(field)]), ['Tất cả (total)', ...cells(coverage.total)]],
      'Chưa có thủ tục nào. (No procedures.)',
    ),
    ...(options.units === true
      ? [
          '',
          table(
            ['Xã, phường (unit)', 'Mục riêng (overrides)', ...HEADS],
            unitRows.map(unit => [`${unit.unit} ${unit.name}`, unit.overrides, ...cells(unit)]),
            'Chưa có xã, phường nào. (No units.)',
          ),
        ]
      : []),
    '',
    'Nên bổ sung trước (would help most)',
    table(
      ['Mã (code)', 'Thủ tục (procedure)', 'Lĩnh vực (field)', 'Còn thiếu (lacks)', 'Sự kiện (events)', 'Xã (units)'],
      most.map(each => [
        each.code,
        each.name,
        each.field,
        each.lacks.map(part => PARTS[part] ?? part).join(', '),
        each.events,
        each.units,
      ]),
      'Mọi thủ tục đã có bản dùng ở xã đầy đủ. (Everything is full.)',
    ),
  ].join('\n');
}
