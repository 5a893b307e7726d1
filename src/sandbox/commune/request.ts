/**
 * What the calls of the simulated commune system take from a request: path, body, the dossier they are about.
 */
import type { FastifyRequest } from 'fastify';
import type { JsonObject } from '../../domain/words.ts';
import type { Box } from '../box.ts';
import { settleOwed } from './late.ts';
import { DialectFault, DOSSIERS, isObject, text } from './model.ts';

/** A place of the path. */
export const paramOf = (request: FastifyRequest, name: string): string =>
  (request.params as Record<string, string>)[name] ?? '';

/** The id a call is about: whole in the body, in the path with `~` for its slashes. */
export const idOf = (request: FastifyRequest, body: JsonObject, name: string): string =>
  text(body[name]) ?? paramOf(request, 'ma');

/** The dossier of the path, with what is owed to it done first. */
export function dossierOf(box: Box, request: FastifyRequest): JsonObject {
  const id = paramOf(request, 'id');
  settleOwed(box, id);
  const found = box.store.get(DOSSIERS, id);
  if (found === undefined) throw new DialectFault(404, 'KHONG_TIM_THAY', 'Không có hồ sơ này.');
  return found;
}

export function bodyOf(request: FastifyRequest): JsonObject {
  if (isObject(request.body)) return request.body;
  throw new DialectFault(400, 'YEU_CAU_SAI', 'Cần một đối tượng JSON.');
}
