/**
 * `/v1/reports/workflow`: how many working hours each step takes, by procedure and unit, and the steps that only pass things on; as
 * JSON, or as a table for a spreadsheet.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { JsonObject } from '../domain/words.ts';
import { readSettled } from '../ledger/workflow.ts';
import { writeCsv } from '../sheets/csv.ts';
import { writeXlsx } from '../sheets/xlsx.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';
import { clocksOf } from '../workflow/clocks.ts';
import { fold } from '../workflow/fold.ts';
import { workflowOf } from '../workflow/mapping.ts';
import { openReport, type PassingRow, type StepRow } from '../workflow/report.ts';
import type { PeopleContext } from './context.ts';
import { answer, query, WINDOW, WORD, windowOf } from './request.ts';

/** Most settled dossiers that are counted, the newest; the answer says where there were more. */
const MOST = 100_000;
/** Dossiers that are counted before others get a turn. */
const AT_ONCE = 50;
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

interface Asked {
  from?: string;
  to?: string;
  unit?: string;
  procedure?: string;
  field?: string;
  format: 'json' | 'csv' | 'xlsx';
}

/** Adds `/v1/reports/workflow`. */
export function registerWorkflowReport(app: FastifyInstance, context: PeopleContext): void {
  app.get<{ Querystring: Asked }>(
    '/v1/reports/workflow',
    {
      schema: {
        summary:
          'Thời gian từng bước, và những bước chỉ chuyển hồ sơ · Hours by step, and steps that only pass things on',
        description:
          'Official dossiers settled in the window. Hours are working hours in which the clock ran; `p90Hours` is the nearest-rank 90 % quantile. ' +
          'A dossier of which only statuses were reported has no third step: approval shows in its second. ' +
          '`underWayBefore`: dossiers left out, because nobody knows when they were received. ' +
          '`truncated`: only the newest were counted; ask for less time, a unit or a procedure.',
        tags: ['workflow'],
        querystring: query({
          ...WINDOW,
          unit: WORD,
          procedure: WORD,
          field: { ...WORD, description: 'Lĩnh vực của thủ tục · Field of procedures' },
          format: { type: 'string', enum: ['json', 'csv', 'xlsx'], default: 'json' },
        }),
        response: answer('Steps, and steps that only pass things on'),
      },
    },
    async (request, reply) => {
      const { unit, format } = request.query;
      const { from, to = new Date(context.desk().now) } = windowOf(request.query);
      const { vocabulary } = context.vocabulary();
      const procedures = proceduresOf(request.query, vocabulary);
      const report = openReport(vocabulary);
      const counts = { read: 0, dossiers: 0, underWayBefore: 0 };
      const batches = readSettled(context.database, {
        from,
        to,
        most: MOST,
        ...(unit === undefined ? {} : { unit }),
        ...(procedures === undefined ? {} : { procedures }),
      });
      for await (const rows of batches) {
        for (const row of rows) {
          counts.read += 1;
          if (counts.read % AT_ONCE === 0) await breathe();
          const folded = fold(row.moves, workflowOf(vocabulary));
          if (!folded.whole) {
            counts.underWayBefore += 1;
            continue;
          }
          const { due, lateness } = clocksOf(folded, row, vocabulary, to.getTime());
          const late = due === null ? null : lateness === 'late';
          report.add({ unit: row.unit, procedure: row.procedure, folded, late });
          counts.dossiers += 1;
        }
      }
      const steps = report.steps();
      const passing = report.passing();
      const truncated = counts.read >= MOST;
      if (format === 'json') {
        return {
          from: from.toISOString(),
          to: to.toISOString(),
          dossiers: counts.dossiers,
          underWayBefore: counts.underWayBefore,
          truncated,
          steps: steps.map(row => ({ ...row, ...namesOf(row.procedure, row.unit, vocabulary) })),
          passingOn: passing.map(row => ({ ...row, ...namesOf(row.procedure, null, vocabulary) })),
        };
      }
      const table = tableOf(steps, passing, vocabulary, truncated);
      const name = `thoi-gian-xu-ly-${from.toISOString().slice(0, 10)}`;
      reply.header('content-disposition', `attachment; filename="${name}.${format}"`);
      if (format === 'csv') return reply.type('text/csv; charset=utf-8').send(writeCsv(table));
      const columns = WIDTHS.map(width => ({ width, fixed: false }));
      return reply.type(XLSX).send(await writeXlsx(table, 'Thời gian xử lý', columns));
    },
  );
}

/** Procedures asked for; undefined = all. */
function proceduresOf({ procedure, field }: Asked, vocabulary: Vocabulary): string[] | undefined {
  if (procedure !== undefined) return [procedure];
  if (field === undefined) return undefined;
  const wanted = field.normalize('NFC').toLowerCase();
  const { procedures, procedureAliases } = vocabulary.content;
  const codes = new Set([...procedures.map(({ code }) => code), ...procedureAliases.map(({ to }) => to)]);
  return [...codes].filter(code => vocabulary.procedureFacts(code)?.field.normalize('NFC').toLowerCase() === wanted);
}

function namesOf(procedure: string | null, unit: string | null, vocabulary: Vocabulary): JsonObject {
  return {
    procedureName: procedure === null ? null : (vocabulary.procedureFacts(procedure)?.plainTitle ?? null),
    ...(unit === null ? {} : { unitName: vocabulary.unitName(unit) ?? null }),
  };
}

const HEADS = [
  'Mục',
  'Mã thủ tục',
  'Thủ tục',
  'Mã đơn vị',
  'Đơn vị',
  'Bước',
  'Số lượt',
  'Trung vị (giờ làm việc)',
  '90 % không quá (giờ làm việc)',
  'Trễ hạn',
  'Ghi chú',
];
const WIDTHS = [22, 14, 40, 10, 24, 32, 10, 16, 16, 10, 40];
const STEP_TEXTS: Readonly<Record<StepRow['step'], string>> = {
  1: '1. Tiếp nhận',
  2: '2. Thụ lý, thẩm định',
  3: '3. Phê duyệt, ký',
  return: 'Chờ trả kết quả',
  all: 'Cả quá trình giải quyết',
};
/** Decimals with a comma and a unit: text in every spreadsheet. */
const hours = (value: number): string => `${String(value).replace('.', ',')} giờ`;

function tableOf(
  steps: readonly StepRow[],
  passing: readonly PassingRow[],
  vocabulary: Vocabulary,
  truncated: boolean,
): string[][] {
  const nameOf = (code: string | null): string =>
    code === null ? '' : (vocabulary.procedureFacts(code)?.plainTitle ?? '');
  return [
    HEADS,
    ...steps.map(({ procedure, unit, step, dossiers, medianHours, p90Hours, late }) => [
      'Thời gian từng bước',
      procedure ?? '',
      nameOf(procedure),
      unit ?? '',
      unit === null ? '' : (vocabulary.unitName(unit) ?? ''),
      STEP_TEXTS[step],
      `${dossiers} hồ sơ`,
      hours(medianHours),
      hours(p90Hours),
      late === null ? '' : `${late} hồ sơ`,
      '',
    ]),
    ...passing.map(({ procedure, name, because, stays, shortWithoutAct, medianHours, p90Hours }) => [
      'Bước chỉ chuyển hồ sơ',
      procedure ?? '',
      nameOf(procedure),
      '',
      '',
      name,
      `${stays} lượt`,
      hours(medianHours),
      hours(p90Hours),
      '',
      because === 'mapping'
        ? 'Theo bảng quy đổi: bước chỉ chuyển'
        : `${shortWithoutAct} lượt ở lại ngắn mà không có việc gì được làm`,
    ]),
    ...(truncated ? [['Chưa đủ: chỉ tính những hồ sơ mới nhất', ...HEADS.slice(1).map(() => '')]] : []),
  ];
}
