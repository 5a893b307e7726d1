/**
 * What a story of the sample morning may do: let the simulated systems act, watch what they hold, and ask the gateway. It never
 * writes into a system by another way than its own users would, and it says so when something did not happen in time.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Bilingual, JsonObject, Role } from '../../domain/words.ts';
import type { SandboxRecord } from '../box.ts';

export interface StageOptions {
  /** Base addresses of the sandbox systems. */
  systems: Readonly<Record<Role, string>>;
  gatewayUrl: string;
  apiToken: string;
  /** Takes the text of one story's step, several lines. */
  print(text: string): void;
  signal: AbortSignal;
}
/** What a system did. */
export interface Done extends JsonObject {
  code: string;
}
export interface Stage {
  act(role: Role, act: JsonObject): Promise<Done>;
  fault(role: Role, fault: JsonObject): Promise<void>;
  /** The first record that fits, waiting for it up to `patienceMs`. Throws NotInTime. */
  record(role: Role, wanted: Wanted, patienceMs: number): Promise<SandboxRecord>;
  /** One page of JSON of a sandbox system's `/_sandbox` calls. */
  look(role: Role, path: string): Promise<JsonObject>;
  /** The gateway's answer to a GET. */
  gateway(path: string): Promise<JsonObject>;
  /** Prints a step; `code` makes a link to the console. */
  say(text: Bilingual, code?: string): void;
  sleep(ms: number): Promise<void>;
  signal: AbortSignal;
}
export interface Wanted {
  entity: SandboxRecord['entity'];
  code: string;
  /** What is awaited, for the honest word that it did not come. */
  what: Bilingual;
  fits?(record: SandboxRecord): boolean;
}

/** Something the story waited for did not come. */
export class NotInTime extends Error {
  readonly text: Bilingual;
  readonly dossier: string;
  constructor(text: Bilingual, dossier: string) {
    super(text.en);
    this.name = 'NotInTime';
    this.text = text;
    this.dossier = dossier;
  }
}

const POLL_MS = 250;
const CALL_MS = 10_000;

/** A stage over the systems; `started` in epoch milliseconds gives each step its time. */
export function createStage(options: StageOptions, started: number): Stage {
  const { systems, gatewayUrl, apiToken, print, signal } = options;
  const call = async (url: string, init: RequestInit = {}): Promise<JsonObject> => {
    const answer = await fetch(url, { ...init, signal: AbortSignal.any([signal, AbortSignal.timeout(CALL_MS)]) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${new URL(url).pathname}: ${answer.status} ${text.slice(0, 300)}`);
    return JSON.parse(text) as JsonObject;
  };
  const send = (method: string, url: string, body: JsonObject): Promise<JsonObject> =>
    call(url, { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });

  return {
    signal,
    act: async (role, act) => (await send('POST', `${systems[role]}/_sandbox/act`, act)) as Done,
    fault: async (role, fault) => {
      await send('PUT', `${systems[role]}/_sandbox/faults`, fault);
    },
    look: (role, path) => call(`${systems[role]}/_sandbox/${path}`),
    gateway: path => call(`${gatewayUrl}${path}`, { headers: { authorization: `Bearer ${apiToken}` } }),
    record: async (role, { entity, code, what, fits = () => true }, patienceMs) => {
      const until = Date.now() + patienceMs;
      for (;;) {
        const query = new URLSearchParams({ entity, code, limit: '1000' });
        // A system that does not answer just now is one more reason to wait.
        const page = await call(`${systems[role]}/_sandbox/records?${query}`).catch(error => {
          signal.throwIfAborted();
          if (Date.now() > until) throw error;
          return { items: [] };
        });
        const found = (page.items as unknown as SandboxRecord[]).find(fits);
        if (found !== undefined) return found;
        if (Date.now() > until) throw new NotInTime(what, code);
        await pause(POLL_MS, undefined, { signal });
      }
    },
    say: ({ vi, en }, code) => {
      const at = `${Math.round((Date.now() - started) / 1000)} s`.padStart(5);
      const link = code === undefined ? [] : [`${gatewayUrl}/console/?q=${encodeURIComponent(code)}`];
      print([`${at}  ${vi}`, ...[en, ...link].map(line => `       ${line}`)].join('\n'));
    },
    sleep: ms => pause(ms, undefined, { signal }),
  };
}

/** A wait that runs through for a system's dossier of one number in one of these statuses. */
export const dossierIn = (code: string, statuses: readonly string[], place: Bilingual): Wanted => ({
  entity: 'dossier',
  code,
  what: {
    vi: `chưa thấy hồ sơ ${code} ${place.vi}`,
    en: `dossier ${code} is not yet ${place.en}`,
  },
  fits: ({ status }) => statuses.length === 0 || statuses.includes(status ?? ''),
});
