/**
 * From events that could be read to events that may be stored: known source, known type, a type that this source may
 * report, data that its schema allows. Names every fault with its pointer; nothing is stored of a request that has one.
 */

import type { SystemConfig } from '../config/system.ts';
import { type Fault, InputFault } from '../domain/errors.ts';
import { EVENT_TYPES } from '../domain/event-types.ts';
import type { GatewayEvent } from '../domain/words.ts';
import type { EventChecker } from '../http/event-checks.ts';
import { type Prepared, prepare } from './decide.ts';

const fault = (pointer: string, code: string, vi: string, en: string): Fault => ({ pointer, code, detail: { vi, en } });

/** Checks and prepares; throws InputFault (403 when only the sender is wrong, else 422). `single` = pointers without index. */
export function checkEvents(
  events: readonly GatewayEvent[],
  checker: EventChecker,
  systemOf: (id: string) => SystemConfig | undefined,
  single: boolean,
): Prepared[] {
  const faults: Fault[] = [];
  let onlySender = true;
  for (const [index, event] of events.entries()) {
    const at = single ? '' : `/${index}`;
    const system = systemOf(event.source);
    const type = EVENT_TYPES.get(event.type);
    if (!system) {
      faults.push(
        fault(
          `${at}/source`,
          'unknown-source',
          `Không có hệ thống “${event.source}”.`,
          `There is no system "${event.source}".`,
        ),
      );
      onlySender = false;
      continue;
    }
    if (!type) {
      faults.push(
        fault(
          `${at}/type`,
          'unknown-type',
          `Không có loại sự kiện “${event.type}”.`,
          `There is no event type "${event.type}".`,
        ),
      );
      onlySender = false;
      continue;
    }
    if (!type.reportedBy.includes(system.role)) {
      faults.push(
        fault(
          `${at}/type`,
          'type-not-allowed',
          `Hệ thống “${system.id}” không được báo loại sự kiện này.`,
          `The system "${system.id}" may not report this type.`,
        ),
      );
      continue;
    }
    const found = checker.check(event, { statusList: system.statusList, pointer: at });
    if (found.length > 0) onlySender = false;
    faults.push(...found);
  }
  if (faults.length > 0) {
    throw new InputFault(
      onlySender ? 'type-not-allowed' : 'invalid-event',
      onlySender ? 403 : 422,
      {
        vi: 'Sự kiện không hợp lệ; không có phần nào được lưu.',
        en: 'The event is not valid; nothing of it was stored.',
      },
      { faults: faults.slice(0, 100) },
    );
  }
  return events.map(prepare);
}
