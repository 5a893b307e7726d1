/**
 * Had whoever answered the right to? Answers that were given are never held: a signer without a recorded right is delivered and told,
 * so that the right is recorded or the signature looked into. Pure.
 */
import type { Json, JsonObject } from '../domain/words.ts';
import type { Finding, Rule } from './judge.ts';
import { labelOf } from './labels.ts';
import { officerId, personOf } from './persons.ts';
import { ticksNamed } from './right-texts.ts';
import { missingIn, shownTicks, ticksOf } from './rights.ts';

const textOf = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined);
const objectOf = (value: Json | undefined): JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};

/** Tells of a signer who had no recorded right: the answer goes all the same. */
export const signerRule: Rule = (question): Finding | undefined => {
  const { event, unit, source, field, procedure, facts, vocabulary } = question;
  if (event.type !== 'approval.given' && event.type !== 'opinion.given') return undefined;
  const { data } = event;
  const id = textOf(objectOf(data.officer).id);
  const post = textOf(data.post);
  if (id === undefined && post === undefined) return undefined;
  const said = textOf(data.at);
  const at = Date.parse(said ?? event.time);
  const signed = Array.isArray(data.signedFiles) && data.signedFiles.length > 0;
  const right = event.type === 'opinion.given' ? 'opinion' : (textOf(data.act) ?? (signed ? 'sign' : 'approve'));
  const person = id === undefined ? [] : personOf(officerId(source.id, id), facts);
  const all = ticksOf({ unit, right, system: source.id, field, procedure, at }, facts, vocabulary);
  const theirs = all.filter(
    ticks =>
      (id === undefined || ticks.officers.some(one => person.includes(one))) && (post ?? ticks.post) === ticks.post,
  );
  if (theirs.some(ticks => missingIn(ticks).length === 0)) return undefined;
  const missing = theirs[0] === undefined ? ['legal', 'account'] : missingIn(theirs[0]);
  const name = textOf(objectOf(data.officer).name) ?? id ?? labelOf('post', post ?? '', vocabulary);
  return {
    cause: 'missing-right',
    pointer: '/data/officer',
    value: data.officer ?? post ?? null,
    list: 'rights',
    certain: false,
    notYet: true,
    text: {
      vi: `${name} đã trả lời nhưng chưa có quyền ${labelOf('right', right, vocabulary)} được ghi nhận (thiếu ${ticksNamed(missing, 'vi')}); câu trả lời vẫn được gửi. Kiểm tra và ghi nhận quyền tại /v1/rights.`,
      en: `${name} has answered without a recorded right to ${right} (missing ${ticksNamed(missing, 'en')}); the answer is delivered all the same. Check, and record the right under /v1/rights.`,
    },
    detail: {
      right,
      unit,
      system: source.id,
      officer: id ?? null,
      post: post ?? null,
      missing,
      seats: theirs.slice(0, 10).map(ticks => shownTicks(ticks, vocabulary)),
    },
  };
};
