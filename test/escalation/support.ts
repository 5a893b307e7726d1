/** Escalation on a real ledger with a clock of the test's own, and a group chat that notes what it is sent. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { uuidv7 } from 'uuidv7';
import type { EscalationConfig, Recipient } from '../../src/config/escalation.ts';
import { LEVELS } from '../../src/domain/levels.ts';
import type { EscalationContext } from '../../src/escalation/context.ts';
import { NO_FACTS } from '../../src/facts/known-facts.ts';
import type { Database } from '../../src/ledger/database.ts';
import { at } from '../facts/support.ts';
import { ledgerRig, type Rig, submitted, systems } from '../support/ledger-rig.ts';
import { vocabulary } from '../translation/fixture.ts';

type Test = Parameters<typeof ledgerRig>[0];

export const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

export interface EscalationRig extends Rig {
  clock: { now: number };
  context: EscalationContext;
  /** Makes a sync fail as rejected by the target, as if at `local` time; answers its id. */
  rejected(code: string, local: string, data?: object): Promise<string>;
  /** Messages in the outbox, oldest first. */
  messages(): Promise<{ recipient: string; state: string; subject: string; text: string; attempts: number }[]>;
}

/** What escalation needs over `database`. */
export const contextOver = (
  database: Database,
  clock: { now: number },
  config: EscalationConfig = { recipients: [] },
): EscalationContext => ({
  database,
  config,
  systems,
  desk: () => ({ facts: NO_FACTS, vocabulary }),
  now: () => clock.now,
  newId: uuidv7,
  sandbox: false,
});

/** A ledger of its own whose escalations go to `recipients`. */
export async function escalationRig(test: Test, config: EscalationConfig = { recipients: [] }): Promise<EscalationRig> {
  const rig = await ledgerRig(test);
  const clock = { now: at('2026-11-20T15:00') };
  return {
    ...rig,
    clock,
    context: contextOver(rig.database, clock, config),
    async rejected(code, local, data = {}) {
      await rig.accept(submitted(code, { ...data }));
      const [id = ''] = await rig.deliver('commune', 'target-rejected');
      await rig.database.people.query('UPDATE problems SET since = $2 WHERE sync = $1', [id, new Date(at(local))]);
      return id;
    },
    async messages() {
      const { rows } = await rig.database.people.query(
        "SELECT recipient, state, body->>'subject' AS subject, body->>'text' AS text, attempts FROM escalation_messages ORDER BY id",
      );
      return rows;
    },
  };
}

/** A recipient by webhook for all levels, unless told otherwise. */
export const chat = (id: string, url: string, more: Partial<Recipient> = {}): Recipient => ({
  id,
  levels: LEVELS,
  way: { kind: 'webhook', url, secret: SECRET },
  ...more,
});

export interface Heard {
  headers: Record<string, string>;
  body: string;
}

/** A chat server; `answers` gives the status of the n-th call (from 0), 200 after its end. */
export async function chatServer(
  test: Test,
  answers: readonly number[] = [],
): Promise<{ url: string; heard: Heard[] }> {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      response.statusCode = answers[heard.length] ?? 200;
      heard.push({ headers: request.headers as Record<string, string>, body: Buffer.concat(parts).toString() });
      response.end();
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  test.teardown(
    () =>
      new Promise<void>(resolve => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/nhom?key=bi-mat`, heard };
}
