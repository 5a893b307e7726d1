/** What a person does about a held sync, by its cause. Pure. */
import { type Call, placeOf } from './history.ts';

export interface HeldSync {
  id: string;
  target: string;
  type: string;
  subject: string;
  cause?: string;
  updatedAt: string;
}
export interface Remedy {
  act: 'replay' | 'cancel' | 'resolve';
  body: object;
}

const REPLAY: Remedy = { act: 'replay', body: {} };
const CANCEL: Remedy = { act: 'cancel', body: {} };
const resolve = (choice: object, luck: number): Remedy => ({
  act: 'resolve',
  body: { ...choice, remember: luck < 0.7 ? 'dossier' : 'no' },
});

/** The remedy for `sync`; `calls` are those of the system that cannot be asked by the gateway, `luck` is in [0, 1). */
export function remedyOf(
  sync: HeldSync,
  units: Readonly<Record<string, string>>,
  calls: readonly Call[],
  luck: number,
): Remedy {
  switch (sync.cause) {
    case 'unknown-unit':
      return resolve({ unitCode: units[sync.subject] }, luck);
    case 'unknown-procedure':
      return resolve({ procedureCode: '1.012783' }, luck);
    case 'unmapped-status':
      // sending it again as it is helps nothing: it is held again
      if (luck < 0.2) return REPLAY;
      return luck < 0.4 ? CANCEL : resolve({ statusCode: '3' }, luck);
    case 'outcome-unknown':
      return luck < 0.6 && isThere(sync, calls) ? CANCEL : REPLAY;
    default:
      // nothing of a dossier can go without its filing
      return luck < 0.3 && sync.type !== 'dossier.submitted' ? CANCEL : REPLAY;
  }
}

/** Did the last call take effect? A filing is there once and for all. */
function isThere({ id }: HeldSync, calls: readonly Call[]): boolean {
  const own = calls.filter(call => call.sync === id);
  const filing = own.some(call => placeOf(call.id).n === 0);
  return (filing ? own : own.slice(-1)).some(call => call.effect !== null);
}
