/**
 * Dossiers filed one after the other, for tests that watch the front door. A post has three endings: `ok` was answered 202 and must
 * be stored; `refused` must not be; `unknown` got no answer, or one that does not say, and may be either.
 */
import { randomUUID } from 'node:crypto';
import type { Test } from 'tap';
import type { GatewayEvent } from '../../src/domain/words.ts';
import { type Answer, until, type World } from '../system/support.ts';
import { api, postEvents } from '../system/witness.ts';

/** A portal's event: a dossier was filed at a ward. `padding` makes it larger. */
export function filing(code: string, padding = 0): GatewayEvent {
  const at = new Date().toISOString();
  return {
    specversion: '1.0',
    id: `${code}/filed`,
    source: 'portal',
    type: 'dossier.submitted',
    subject: code,
    time: at,
    datacontenttype: 'application/json',
    data: {
      dossierCode: code,
      unitCode: '26041',
      procedureCode: '1.012783',
      status: '1',
      applicant: { kind: 'citizen', name: 'Nguyễn Văn Mẫu' },
      channel: 'counter',
      submittedAt: at,
      receivedAt: at,
      filedAt: 'national',
      ...(padding > 0 ? { note: 'x'.repeat(padding) } : {}),
    },
  } as GatewayEvent;
}

export interface Filings {
  ok: string[];
  refused: string[];
  unknown: string[];
  /** Files one dossier; answers what the gateway said, undefined where it said nothing. */
  file(): Promise<Answer | undefined>;
  /** Files `count` dossiers in one post. */
  fileMany(count: number, padding?: number): Promise<Answer | undefined>;
  /** Names of events whose ending was not kept: ok and not stored, or refused and stored. */
  broken(): Promise<string[]>;
}

/** Files dossiers at the gateway of `world`. */
export function filings(world: World): Filings {
  const run = randomUUID().slice(0, 8);
  let count = 0;
  const made: Filings = {
    ok: [],
    refused: [],
    unknown: [],
    file: () => made.fileMany(1),
    async fileMany(many, padding = 0) {
      const events = Array.from({ length: many }, (_, no) => filing(`TH-${run}-${count + no}`, padding));
      count += many;
      const ids = events.map(({ id }) => id);
      const answer = await postEvents(world, many === 1 ? (events[0] as GatewayEvent) : events).catch(() => undefined);
      // a ledger that went away in the middle of a commit may have kept it: that 503 does not say otherwise
      const unsure = answer === undefined || answer.body.code === 'ledger-unavailable';
      (unsure ? made.unknown : answer.status === 202 ? made.ok : made.refused).push(...ids);
      return answer;
    },
    async broken() {
      const status = async (id: string): Promise<number> =>
        (await api(world, `/v1/events/${encodeURIComponent(id)}?source=portal`)).status;
      const found: string[] = [];
      for (const id of made.ok) if ((await status(id)) !== 200) found.push(`${id} was answered 202 and is not stored`);
      for (const id of made.refused) if ((await status(id)) !== 404) found.push(`${id} was refused and is stored`);
      return found;
    },
  };
  return made;
}

/** Files until the door is shut; only 202 and an honest 503 may come. */
export async function untilRefused(t: Test, made: Filings, { many = 1, padding = 0 } = {}): Promise<void> {
  const answer = await until('the door is shut', async () => {
    const said = await made.fileMany(many, padding);
    if (said !== undefined && said.status !== 202 && said.status !== 503) throw new Error(JSON.stringify(said));
    return said?.status === 503 ? said : undefined;
  });
  t.match(answer.body, { code: /^(no-room|ledger-unavailable)$/, faults: [] });
}

/** Files until the door is open. */
export async function untilTaken(made: Filings): Promise<void> {
  await until('events are taken', async () => (await made.file())?.status === 202, { patienceMs: 80_000 });
}
