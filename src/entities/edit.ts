/**
 * A person's edit of an event's data: a merge patch (RFC 7396) over what is stored, carried into the merged dossier beside it.
 * Only what is named changes, so whoever edits need not send back what they were shown masked. Pure.
 */
import { isDeepStrictEqual } from 'node:util';
import { EVENT_TYPES } from '../domain/event-types.ts';
import type { Json, JsonObject } from '../domain/words.ts';
import type { Payload } from './payload.ts';
import { mergeEvent, type Normal } from './state.ts';

const isObject = (value: Json | undefined): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** `data` with the members of `patch` in place: null takes a member out, objects go member by member, lists go whole. */
export function mergePatch(data: JsonObject, patch: JsonObject): JsonObject {
  const merged: JsonObject = { ...data };
  for (const [member, value] of Object.entries(patch)) {
    if (value === null) delete merged[member];
    else {
      const known = merged[member];
      merged[member] = isObject(value) ? mergePatch(isObject(known) ? known : {}, value) : value;
    }
  }
  return merged;
}

/** The payload with its event's data edited. */
export function withEdit(payload: Payload, patch: JsonObject): Payload {
  return { ...payload, event: { ...payload.event, data: mergePatch(payload.event.data, patch) } };
}

/**
 * An edited payload whose merged dossier says the edit too, as if the source had said so itself; `normal` is what the
 * vocabulary makes of the edited event. What the dossier has from other events stays.
 */
export function withEditedEntity(before: Payload, edited: Payload, normal: Normal): Payload {
  const type = EVENT_TYPES.get(edited.event.type);
  if (edited.entity === undefined || type === undefined) return edited;
  const { data } = edited.event;
  const changed: JsonObject = {};
  for (const member of Object.keys(data)) {
    if (!isDeepStrictEqual(data[member], before.event.data[member])) changed[member] = data[member] as Json;
  }
  const fields = withoutGone(edited.entity, before.event.data, data);
  const state = { codes: [], fields, held: {} };
  mergeEvent(state, { ...edited.event, data: changed }, type, normal);
  return { ...edited, entity: state.fields };
}

/** `fields` without what `before` had and `after` has not, where it still says the same. */
function withoutGone(fields: JsonObject, before: JsonObject, after: JsonObject): JsonObject {
  const kept: JsonObject = { ...fields };
  for (const [member, was] of Object.entries(before)) {
    const now = after[member];
    const held = kept[member];
    if (now === undefined) {
      if (isDeepStrictEqual(held, was)) delete kept[member];
    } else if (isObject(held) && isObject(was) && isObject(now)) kept[member] = withoutGone(held, was, now);
  }
  return kept;
}
