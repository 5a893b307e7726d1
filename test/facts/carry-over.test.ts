/**
 * A dossier of the trial that is carried over at the switch, through the real connector, at two simulated portals: the trial's address
 * and the official one, which has never heard of it.
 */
import { join } from 'node:path';
import t from 'tap';
import { create } from '../../connectors/portal/create.ts';
import { prepareSync } from '../../src/delivery/translate-sync.ts';
import type { GatewayEvent, JsonObject } from '../../src/domain/words.ts';
import type { Payload } from '../../src/entities/payload.ts';
import { rulesOf } from '../../src/facts/kinds.ts';
import { type KnownFacts, NO_FACTS } from '../../src/facts/known-facts.ts';
import { changeFacts, readFacts } from '../../src/ledger/facts.ts';
import { open } from '../../src/ledger/seal.ts';
import { createFrame } from '../../src/sandbox/frame/frame.ts';
import { portalSandbox } from '../../src/sandbox/portal/system.ts';
import { COUNTER_DOSSIER, contextOf } from '../connectors/portal/tools.ts';
import { testFolder } from '../support/folder.ts';
import { ledgerRig, systems as plain, TRAN_BIEN } from '../support/ledger-rig.ts';
import { vocabulary } from '../translation/fixture.ts';
import { asNew, at, fact } from './support.ts';

const CODE = 'H19.26041-250625-0001';

/** A simulated portal with the real connector before it. */
async function portalAt(name: string) {
  const frame = createFrame(portalSandbox, {
    dataDir: join(await testFolder(t), name),
    port: 0,
    gatewayUrl: 'http://127.0.0.1:9',
    inboundPath: '/v1/inbound/portal',
    webhookSecret: 'whsec_bWF1LW1hdS1tYXUtbWF1LW1hdS1tYXU=',
    secrets: { username: 'lien-thong', password: 'mat-khau-mau' },
    firstDay: false,
  });
  const url = await frame.listen();
  t.teardown(() => frame.close());
  const headers = { 'content-type': 'application/json' };
  await fetch(`${url}/_sandbox/faults`, { method: 'PUT', headers, body: '{"mode":"none","echo":false}' });
  const received = async (): Promise<JsonObject[]> => {
    const answer = (await (await fetch(`${url}/_sandbox/records?entity=dossier`)).json()) as { items: JsonObject[] };
    return answer.items;
  };
  return { connector: create(contextOf({ fieldCodes: { 'Hộ tịch': 'LV04' } }, url)), received };
}

t.test(
  'it is filed officially, whole and as it stood, then what happened follows; the trial’s record stays',
  async t => {
    const portals = { trial: await portalAt('trial'), official: await portalAt('official') };
    const systems = plain.map(system => ({ ...system, trialBaseUrl: 'http://127.0.0.1:2' }));
    const [portal] = systems;
    const world: { facts: KnownFacts; now: number } = { facts: NO_FACTS, now: at('2025-06-25T08:00:00') };
    const rig = await ledgerRig(t, () => ({ ...world, enforced: false }), systems);
    const mode = (body: { mode: 'trial' | 'official'; openDossiers: 'carry' }, from: string) => ({
      ...asNew(fact('unit-mode', TRAN_BIEN, body, from)),
      key: rulesOf('unit-mode').keyOf(body, TRAN_BIEN),
    });
    const put = [
      mode({ mode: 'trial', openDossiers: 'carry' }, '2025-06-24'),
      mode({ mode: 'official', openDossiers: 'carry' }, '2025-07-01'),
    ];
    await changeFacts(rig.database.people as never, { put });
    world.facts = await readFacts(rig.database.people, world.facts);

    /** What the counter reports goes to the portal of its mode; answers how. */
    const reports = async (type: string, time: string, data: JsonObject): Promise<string[]> => {
      world.now = at(time);
      const iso = new Date(world.now).toISOString();
      const event: GatewayEvent = {
        specversion: '1.0',
        id: `${type}@${time}`,
        source: 'commune',
        type,
        time: iso,
        data: { dossierCode: CODE, unitCode: TRAN_BIEN, statusList: 'national', at: iso, ...data },
      };
      const [accepted] = await rig.accept(event);
      const { rows } = await rig.database.people.query<{
        id: string;
        mode: 'trial' | 'official';
        key_id: number;
        body: Buffer;
      }>(
        `SELECT s.id, s.mode, p.key_id, p.body FROM syncs s JOIN payloads p ON p.event = s.event AND p.revision = s.revision
       WHERE s.event = $1 AND s.target = 'portal' ORDER BY s.id`,
        [accepted?.eventId],
      );
      const told: string[] = [];
      for (const { id, mode: how, key_id: keyId, body } of rows) {
        const { connector } = portals[how];
        const payload = open({ keyId, body }) as unknown as Payload;
        const prepared = prepareSync(payload, portal as never, connector, 'national', vocabulary);
        if (!prepared.ok) throw new Error(JSON.stringify(prepared.blocked));
        const [outcome] = await connector.deliver([
          { syncId: id, message: prepared.message, headers: {}, foreignId: undefined },
        ]);
        told.push(`${prepared.event.type} ${how} ${outcome?.result}`);
      }
      return told;
    };
    const times = { submittedAt: '2025-06-25T08:00:00+07:00', receivedAt: '2025-06-25T08:05:00+07:00' };
    const filed = { ...COUNTER_DOSSIER, dossierCode: CODE, ...times, dueAt: '2025-07-04T17:00:00+07:00' };
    t.same(await reports('dossier.submitted', '2025-06-25T08:10:00', filed), ['dossier.submitted trial delivered']);
    t.same(await portals.official.received(), []);
    t.same(await reports('dossier.status-changed', '2025-07-02T09:00:00', { status: '4' }), [
      'dossier.submitted official delivered',
      'dossier.status-changed official delivered',
    ]);
    const [held, ...more] = await portals.official.received();
    t.same(more, []);
    t.match(held, {
      code: CODE,
      status: '4',
      data: { MaTTHC: '1.001193', ChuHoSo: 'Nguyễn Thị Mẫu', TrichYeuHoSo: 'Đăng ký khai sinh (mẫu)' },
    });
    t.match(await portals.trial.received(), [{ code: CODE, status: '2' }], 'as the trial left it');
    t.same(await reports('dossier.status-changed', '2025-07-03T09:00:00', { status: '9' }), [
      'dossier.status-changed official delivered',
    ]);
  },
);
