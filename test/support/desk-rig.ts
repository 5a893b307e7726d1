/**
 * The people's API with a vocabulary that changes while events come in, and a second person who may act: for what is learnt
 * from people's choices.
 */
import { createHash } from 'node:crypto';
import type { LightMyRequestResponse } from 'fastify';
import { uuidv7 } from 'uuidv7';
import { prepareSync } from '../../src/delivery/translate-sync.ts';
import type { GatewayEvent, JsonObject, TraceEntry } from '../../src/domain/words.ts';
import type { Payload } from '../../src/entities/payload.ts';
import { createAcceptQueue } from '../../src/intake/accept-queue.ts';
import { prepare } from '../../src/intake/decide.ts';
import { sealedOf } from '../../src/ledger/claim.ts';
import { open } from '../../src/ledger/seal.ts';
import { systems, TRAN_BIEN } from './ledger-rig.ts';
import { NO_DESK } from './no-desk.ts';
import { type PeopleRig, peopleRig } from './people-rig.ts';

export interface DeskRig extends PeopleRig {
  /** Accepts an event with the vocabulary in force; answers its sync to the commune. */
  arrives(event: GatewayEvent): Promise<{ id: string; state: string }>;
  /** Like `post`, by another administrator. */
  postAsOther(url: string, body: object): Promise<LightMyRequestResponse>;
  /** What delivery would send of the due lanes of a home now, with the vocabulary in force; then records it as delivered. */
  goOut(home?: string): Promise<{ id: string; sent: JsonObject | undefined; trace: TraceEntry[] }[]>;
}

const OTHER = { username: 'phap-che', token: 'lt_token-of-the-other' };

/** A desk of its own. */
export async function deskRig(test: { teardown(work: () => Promise<void>): unknown }): Promise<DeskRig> {
  const rig = await peopleRig(test);
  const { database } = rig;
  await database.people.query("INSERT INTO users (username, password_hash, role) VALUES ($1, '-', 'administrator')", [
    OTHER.username,
  ]);
  await database.people.query(
    "INSERT INTO api_tokens (id, hash, name, username, scopes) VALUES ($1, $2, 'thử', $3, '{*}')",
    [uuidv7(), createHash('sha256').update(OTHER.token).digest(), OTHER.username],
  );
  const queue = createAcceptQueue({
    database,
    context: () => ({ ...NO_DESK, vocabulary: rig.keeper.current().vocabulary, systems, newId: uuidv7 }),
    wake: () => {},
  });
  return {
    ...rig,
    async arrives(event) {
      const [accepted] = await queue.accept([prepare(event)]);
      const sync = accepted?.syncs.find(each => each.target === 'commune') ?? accepted?.syncs[0];
      if (sync === undefined) throw new Error('the event made no sync');
      const { state } = await rig.row(sync.id);
      return { id: sync.id, state: String(state) };
    },
    postAsOther: (url, body) =>
      rig.app.inject({
        method: 'POST',
        url,
        headers: { authorization: `Bearer ${OTHER.token}`, 'content-type': 'application/json' },
        payload: JSON.stringify(body),
      }),
    async goOut(home = TRAN_BIEN) {
      const target = rig.targets.find(each => each.system.id === 'commune');
      if (target === undefined) throw new Error('no commune');
      const { token, syncs } = await rig.claim('commune', home);
      const moving = [...Map.groupBy(syncs, sync => sync.lane).values()].flatMap(lane => {
        const stop = lane.findIndex(sync => sync.state === 'parked' || sync.state === 'failed');
        return (stop === -1 ? lane : lane.slice(0, stop)).filter(sync => sync.state === 'open');
      });
      const sent = moving.map(sync => {
        const payload = open(sealedOf(sync)) as unknown as Payload;
        const { vocabulary } = rig.keeper.current();
        const prepared = prepareSync(payload, target.system, target.connector, 'national', vocabulary);
        const data = prepared.ok ? (prepared.message.payload as JsonObject) : undefined;
        return { id: sync.id, sent: data, trace: prepared.trace };
      });
      // given back, so that the next claim sees the lanes again
      await database.people.query('UPDATE lanes SET lease = NULL WHERE lease = $1', [token]);
      await database.people.query('DELETE FROM claims WHERE token = $1', [token]);
      await rig.deliver('commune', 'delivered', home);
      return sent;
    },
  };
}
