/** `lienthong syncs resolve|resolve-all`: answer what one sync is held for, or what many are held for at the desk, through the API. */
import { type Command, Option } from 'commander';
import { type Answer, apiClient } from './api-client.ts';
import { type Io, printResult } from './io.ts';
import { facts, timeText } from './table.ts';

interface Choice {
  unit?: string;
  procedure?: string;
  status?: string;
  seat?: string;
  officer?: string;
  decision?: string;
}
type Common = { reason: string; dryRun?: boolean };

const decision = (): Option =>
  new Option('--decision <word>', 'vẫn gửi, từ chối, trả lại · deliver all the same, refuse, return').choices([
    'deliver',
    'refuse',
    'return',
  ]);

/** Adds the options and the action of `syncs resolve` to its command. */
export function addResolve(resolve: Command, io: Io, done: (io: Io, answer: Answer) => void): void {
  resolve
    .option('--unit <code>', 'xã, phường · unit')
    .option('--procedure <code>', 'thủ tục · procedure')
    .option('--status <code>', 'trạng thái · status')
    .option('--seat <id>', 'vị trí công tác khác · another seat')
    .option('--officer <id>', 'cán bộ · an officer, by his seat')
    .addOption(decision())
    .addOption(
      new Option('--remember <scope>', 'ghi nhớ cho hồ sơ, cho ấp, khu phố, hay mọi nơi? · for how much?')
        .choices(['no', 'dossier', 'place', 'all'])
        .default('no'),
    )
    .action(async (id: string, options: Choice & Common & { remember: string }) => {
      const { unit, procedure, status, officer, ...rest } = options;
      const choice = { unitCode: unit, procedureCode: procedure, statusCode: status, officerId: officer };
      return done(io, await (await apiClient(io)).post(`/v1/syncs/${id}/resolve`, { ...choice, ...rest }));
    });
}

/** Adds `syncs resolve-all`. */
export function addResolveAll(syncs: Command, io: Io): void {
  syncs
    .command('resolve-all')
    .description('trả lời một lần cho mọi lượt giữ lại vì cùng lý do · one answer for all held for the same reason')
    .option('--cause <code>', 'nguyên nhân · cause')
    .option('--unit <code>', 'xã, phường · unit')
    .option('--target <system>', 'bên nhận · target')
    .option('--procedure <code>', 'thủ tục · procedure')
    .option('--type <type>', 'loại sự kiện · event type')
    .option('--seat <id>', 'vị trí công tác khác · another seat')
    .option('--officer <id>', 'cán bộ · an officer, by his seat')
    .addOption(decision())
    .option('--rehearsal <id>', 'làm đúng lần xem trước này · exactly the set of this rehearsal')
    .requiredOption('--reason <text>', 'lý do, ghi vào nhật ký · why; goes into the audit')
    .option('--dry-run', 'xem trước kết quả; cần trước khi làm · preview; needed before the act')
    .action(
      async (options: Choice & Common & { cause?: string; target?: string; type?: string; rehearsal?: string }) => {
        const { cause, unit, target, procedure, type, seat, officer, decision: word, ...rest } = options;
        const filter = { cause, unit, target, procedure, type };
        const answer = { seat, officerId: officer, decision: word };
        const given = (members: object): boolean => Object.values(members).some(member => member !== undefined);
        const done = await (await apiClient(io)).post('/v1/causes/resolve', {
          ...rest,
          ...(given(filter) ? { filter } : {}),
          ...(given(answer) ? { answer } : {}),
        });
        printResult(io, done, () => manyText(done));
      },
    );
}

function manyText(answer: Answer): string {
  const counts = answer.counts as { counted: number; more?: boolean; done?: number; changed?: number; failed?: number };
  if (answer.dryRun !== true) {
    return `Đã trả lời ${counts.done}/${counts.counted} lượt (done), ${counts.changed} đã thay đổi (changed), ${counts.failed} không được (failed).`;
  }
  const units = (answer.counts as { byUnit: { unit: string | null; count: number }[] }).byUnit;
  return [
    `Xem trước, chưa làm gì: ${counts.counted}${counts.more === true ? '+' : ''} lượt. (Preview only.)`,
    facts([
      ['Xã, phường (by unit)', units.map(({ unit, count }) => `${unit ?? '75'} ${count}`).join(', ')],
      ['Hạn (expires)', timeText(answer.expiresAt)],
    ]),
    '',
    `Làm đúng các lượt này: lienthong syncs resolve-all --rehearsal ${String(answer.rehearsal)} --reason "…"`,
  ].join('\n');
}
