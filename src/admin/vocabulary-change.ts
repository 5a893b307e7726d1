/**
 * What the acts on the vocabulary share: a rehearsal as people may see it, and what follows once another release is in force.
 */
import { type Rehearsal, rehearse } from '../delivery/rehearse.ts';
import { freeWaiting } from '../delivery/waiting.ts';
import { ConfigurationFault, type Fault, type GatewayError, InputFault } from '../domain/errors.ts';
import type { JsonObject } from '../domain/words.ts';
import type { Actor } from '../ledger/act.ts';
import { findRelease } from '../ledger/vocabulary-history.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';
import type { PeopleContext } from './context.ts';
import { maskAt } from './mask.ts';

/** Another release is in force: this process takes it up at once, and what waited for it goes on. */
export async function takeEffect(context: PeopleContext, actor: Actor): Promise<{ freed: string[] }> {
  await context.vocabularyKeeper.follow();
  const { freed, homes } = await freeWaiting(context.vocabulary(), context, actor, (sync, error) =>
    context.logger.error({ err: error, sync }, 'a parked sync cannot be judged'),
  );
  context.turns.wake(homes);
  return { freed };
}

/** Tries a release against the one in force; personal data is masked. */
export async function rehearseFor(
  context: PeopleContext,
  vocabulary: Vocabulary,
  limit: number | undefined,
): Promise<Rehearsal> {
  const rehearsal = await rehearse(context.vocabulary().vocabulary, vocabulary, context, limit);
  return {
    ...rehearsal,
    examples: rehearsal.examples.map(example => ({
      ...example,
      differences: example.differences.map(({ pointer, from, to }) => ({
        pointer,
        from: maskAt(pointer, from),
        to: maskAt(pointer, to),
      })),
    })),
  };
}

/** A rehearsal as it is stored and answered. */
export const asJson = (rehearsal: Rehearsal): JsonObject => JSON.parse(JSON.stringify(rehearsal)) as JsonObject;

/** The vocabulary that a word names: `current`, `files`, or a hash or its beginning. Throws 404, 409, and 422 for faulty files. */
export async function vocabularyNamed(context: PeopleContext, name: string): Promise<Vocabulary> {
  if (name === 'current') return context.vocabulary().vocabulary;
  if (name === 'files') return (await filesOnDisk(context)).vocabulary;
  const { id } = await findRelease(context.database, name);
  return context.releases.byId(id);
}

/** The mapping files as they stand now, with what was learnt. Throws 422 `faulty-vocabulary` with every fault. */
export async function filesOnDisk(context: PeopleContext): ReturnType<PeopleContext['vocabularyKeeper']['fromFiles']> {
  try {
    return await context.vocabularyKeeper.fromFiles();
  } catch (error) {
    if (error instanceof ConfigurationFault) throw faultyFiles(error.faults);
    throw error;
  }
}

/** The faults of mapping files as a refusal that names each with file and line. */
function faultyFiles(faults: readonly { place: string; text: string }[]): GatewayError {
  const detail = {
    vi: `Danh mục có ${faults.length} lỗi nên không nhận phần nào. Sửa từng chỗ được nêu rồi làm lại.`,
    en: `The mapping files have ${faults.length} faults, so nothing of them was taken. Mend each place named and try again.`,
  };
  return new InputFault('faulty-vocabulary', 422, detail, {
    faults: faults.map(
      ({ place, text }): Fault => ({ pointer: place, code: 'mapping', detail: { vi: text, en: text } }),
    ),
  });
}
