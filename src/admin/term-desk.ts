/**
 * The term desk: what has no mapping now, and the acts of those who know what is meant: accept a meaning for everyone, review
 * another person's choice, take it back.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { requireScope } from '../auth/people.ts';
import { listLearnt, reviewLearnt, type StoredEntry, withdrawLearnt } from '../ledger/learnt.ts';
import { sourceOf, standsInFiles, withoutLearnt } from '../translation/learnt.ts';
import { entryYaml, fileOf } from '../translation/learnt-yaml.ts';
import type { PeopleContext } from './context.ts';
import { deskItems } from './desk-items.ts';
import { type Lesson, teach } from './learning.ts';
import { actorOf, answer, body, DRY_RUN, ID_PARAMS, page, query, REASON, WORD } from './request.ts';

interface EntryAct {
  Params: { id: string };
  Body: { reason: string; dryRun?: boolean };
}

/** Adds `/v1/vocabulary/desk` and what stands under it. */
export function registerTermDesk(app: FastifyInstance, context: PeopleContext): void {
  const mayAct = async (request: FastifyRequest): Promise<void> => {
    if (request.person) requireScope(request.person, 'operate');
  };

  app.get<{ Querystring: { limit: number } }>(
    '/v1/vocabulary/desk',
    {
      schema: {
        summary: 'Điều chưa có quy đổi, gợi ý và số lượt gửi đang chờ · What has no mapping, with candidates',
        description:
          'For each unknown value: likely meanings with score and reasons, what choosing one would free (counted on a sample, `checked`), and the entry it would make.',
        tags: ['vocabulary'],
        querystring: query({ limit: { type: 'integer', minimum: 1, maximum: 100, default: 20 } }),
        response: answer('Values without a mapping, most waiting first; `more` = further values'),
      },
    },
    async request => deskItems(context, request.query.limit),
  );

  app.post<{ Body: Omit<Lesson, 'sync'> & { reason: string; dryRun?: boolean } }>(
    '/v1/vocabulary/desk/accept',
    {
      preHandler: mayAct,
      schema: {
        summary: 'Ghi nhớ một quy đổi cho mọi nơi · Accept a meaning for everyone, as a proposal',
        description: 'The entry counts at once, marked as a proposal until a second person has reviewed it.',
        tags: ['vocabulary'],
        body: body(
          {
            kind: { type: 'string', enum: ['procedure', 'unit', 'status'] },
            value: { ...WORD, description: 'The code without a mapping; a status as `list/code`' },
            to: {
              ...WORD,
              description: 'The code that is meant; for a status a code of its list or the national number',
            },
            reason: REASON,
            source: { type: 'string', minLength: 1, maxLength: 1000, description: 'Văn bản làm căn cứ · Legal basis' },
            dryRun: DRY_RUN,
          },
          ['kind', 'value', 'to', 'reason'],
        ),
        response: answer('The learnt entry and what goes on now'),
      },
    },
    async request => {
      const { reason, dryRun = false, ...lesson } = request.body;
      const { entry, ...taught } = await teach(context, lesson, actorOf(request, reason), dryRun);
      return { entry: shown(entry, context), ...taught, dryRun };
    },
  );

  app.get<{ Querystring: { state?: StoredEntry['state'] } }>(
    '/v1/vocabulary/desk/entries',
    {
      schema: {
        summary: 'Các quy đổi do người dùng chọn · Entries that people’s choices gave',
        tags: ['vocabulary'],
        querystring: query({ state: { type: 'string', enum: ['proposed', 'reviewed', 'withdrawn'] } }),
        response: page('Learnt entries, newest first'),
      },
    },
    async request => {
      const entries = await listLearnt(context.database, request.query.state);
      return { items: entries.reverse().map(entry => shown(entry, context)), next: null };
    },
  );

  const act = (
    name: 'review' | 'withdraw',
    summary: string,
    change: typeof reviewLearnt | typeof withdrawLearnt,
  ): void => {
    app.post<EntryAct>(
      `/v1/vocabulary/desk/entries/:id/${name}`,
      {
        preHandler: mayAct,
        schema: {
          summary,
          tags: ['vocabulary'],
          params: ID_PARAMS,
          body: body({ reason: REASON, dryRun: DRY_RUN }, ['reason']),
          response: answer('The entry as it stands now, and the release in force'),
        },
      },
      async request => {
        const { reason, dryRun = false } = request.body;
        const actor = actorOf(request, reason);
        const entry = await change(context.database, request.params.id, actor, dryRun);
        if (!dryRun) await context.vocabularyKeeper.refresh({ ...actor, act: 'learnt' });
        return { entry: shown(entry, context), release: context.vocabulary().vocabulary.release, dryRun };
      },
    );
  };
  act('review', 'Duyệt quy đổi do người khác chọn · Review another person’s choice', reviewLearnt);
  act('withdraw', 'Bỏ một quy đổi đã ghi nhớ · Take a learnt entry back', withdrawLearnt);
}

/** An entry with the YAML it would be in a file, and whether a file says it already. */
function shown(entry: StoredEntry, context: PeopleContext): object {
  const { kind, entry: fact } = entry;
  const inFiles = standsInFiles(withoutLearnt(context.vocabulary().vocabulary.content), entry);
  const { source, certainty } = sourceOf(entry);
  const yaml = entryYaml({ kind, entry: fact, source, certainty });
  return { ...entry, source, certainty, file: fileOf(kind, fact), yaml, inFiles };
}
