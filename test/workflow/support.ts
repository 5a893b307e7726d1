/** Dossiers reported step by step to an API whose clock stands at a time of the test's choosing. */
import type { GatewayEvent, JsonObject } from '../../src/domain/words.ts';
import { NO_DESK } from '../support/no-desk.ts';
import { type PeopleRig, peopleRig } from '../support/people-rig.ts';
import { vocabulary } from '../translation/fixture.ts';

export const UNIT = '26041';
export const at = (local: string): string => `${local}:00+07:00`;
/** Ten working days, decided by the commune. */
export const TEN_DAYS = vocabulary.content.procedures.find(
  ({ timeLimit, levelAfter }) => levelAfter === 'xã' && timeLimit?.unit === 'workingDays' && timeLimit.value === 10,
)?.code as string;

let serial = 0;
export function event(type: string, code: string, time: string, data: JsonObject, source = 'commune'): GatewayEvent {
  serial += 1;
  const common = { dossierCode: code, unitCode: UNIT, procedureCode: TEN_DAYS };
  return { specversion: '1.0', id: `w-${serial}`, source, type, subject: code, time, data: { ...common, ...data } };
}
export const filed = (code: string, local: string, data: JsonObject = {}): GatewayEvent =>
  event('dossier.submitted', code, at(local), {
    status: '2',
    statusList: 'national',
    applicant: { kind: 'citizen', name: 'Nguyễn Thị Bé', phone: '0912345678' },
    submittedAt: at(local),
    ...data,
  });
export const status = (code: string, local: string, national: string, data: JsonObject = {}): GatewayEvent =>
  event('dossier.status-changed', code, at(local), {
    status: national,
    statusList: 'national',
    at: at(local),
    ...data,
  });
export const step = (code: string, from: string, to: string, content: string, data: JsonObject = {}): GatewayEvent =>
  event('dossier.step-changed', code, at(to), {
    step: { no: 2, content, actor: { name: 'Trần Văn Cán' }, startedAt: at(from), endedAt: at(to), ...data },
  });

/** An API whose clock stands at a time of the test's choosing. */
export async function rigAt(
  t: Parameters<typeof peopleRig>[0],
  local: string,
): Promise<PeopleRig & { now(time: string): void }> {
  let now = Date.parse(at(local));
  const rig = await peopleRig(t, { desk: () => ({ ...NO_DESK, vocabulary, now }) });
  return { ...rig, now: time => (now = Date.parse(at(time))) };
}
