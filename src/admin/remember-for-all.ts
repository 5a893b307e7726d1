/**
 * `resolve` with `remember: "all"`: the answer to one parked sync becomes an entry for everyone, and every sync that waits for
 * the same goes on, the asked one among them.
 */
import { GatewayError } from '../domain/errors.ts';
import { answersOf, type Choice } from '../entities/answer.ts';
import type { Actor } from '../ledger/act.ts';
import type { MappingCause } from '../ledger/term-desk.ts';
import type { PeopleContext } from './context.ts';
import { KIND_OF, teach } from './learning.ts';
import { maskAt } from './mask.ts';
import { parkedSync, questionOf } from './parked-sync.ts';
import { payloadOf } from './translation.ts';

/** Throws what refuses an answer to one sync, and what refuses an entry for everyone. */
export async function rememberForAll(
  context: PeopleContext,
  id: string,
  choice: Choice,
  actor: Actor,
  dryRun: boolean,
): Promise<object> {
  const detail = await parkedSync(context, id);
  const question = questionOf(detail);
  const { cause, value } = question;
  const { event } = payloadOf(detail);
  const sourceStatusList = context.statusListOf(event.source);
  const { vocabulary } = context.vocabulary();
  const { who: by, reason } = actor;
  const answers = answersOf(question, choice, event, {
    vocabulary,
    sourceStatusList,
    now: new Date().toISOString(),
    by,
    reason,
  });
  const kind = KIND_OF[cause as MappingCause];
  if (kind === undefined || typeof value !== 'string') {
    throw new GatewayError('not-learnable', 422, {
      vi: 'Điều lượt gửi này chờ không phải là một mã, không ghi nhớ cho mọi nơi được.',
      en: 'What this sync waits for is no code; it cannot be remembered for everyone.',
    });
  }
  const list = detail.problem?.detail?.list;
  const code = kind === 'status' ? `${typeof list === 'string' ? list : sourceStatusList}/${value}` : value;
  const to = choice.procedureCode ?? choice.unitCode ?? choice.statusCode ?? '';
  const taught = await teach(context, { kind, value: code, to, sync: id }, actor, dryRun);
  return {
    id,
    freed: taught.freed,
    freedCount: taught.freedCount,
    behind: taught.behind,
    elsewhere: taught.elsewhere,
    answers: answers.map(each => ({
      pointer: each.pointer,
      from: maskAt(each.pointer, each.from),
      to: maskAt(each.pointer, each.to),
    })),
    remembered: true,
    learnt: { id: taught.entry.id, state: taught.entry.state },
    release: taught.release,
    state: 'queued',
    dryRun,
  };
}
