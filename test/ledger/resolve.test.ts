/** Answering a parked sync: a new revision, the lane goes on, and with "dossier" the answer counts for what comes later. */
import { test } from 'tap';
import { judgeWaiting } from '../../src/delivery/judging.ts';
import { answersOf, type Choice } from '../../src/entities/answer.ts';
import type { Payload } from '../../src/entities/payload.ts';
import { NO_FACTS } from '../../src/facts/known-facts.ts';
import { type ClaimedSync, sealedOf } from '../../src/ledger/claim.ts';
import { resolveSync } from '../../src/ledger/resolve.ts';
import { open } from '../../src/ledger/seal.ts';
import { ledgerRig, type Rig, submitted, systems, updated } from '../support/ledger-rig.ts';
import { NO_DESK } from '../support/no-desk.ts';
import { vocabulary } from '../translation/fixture.ts';

/** Xuân Tâm, split between Xuân Hòa and Xuân Lộc. */
const SPLIT = '26449';
const SUCCESSOR = '26446';
const actor = { who: 'admin', reason: 'theo địa chỉ ghi trong hồ sơ' };

const resolve = (
  rig: Rig,
  id: string,
  choice: Choice,
  remember: 'no' | 'dossier' = 'no',
  dryRun = false,
  facts = NO_FACTS,
) =>
  resolveSync(
    rig.database,
    id,
    {
      remember,
      settles: {
        ...(choice.unitCode === undefined ? {} : { unit: choice.unitCode }),
        ...(choice.procedureCode === undefined ? {} : { procedure: choice.procedureCode }),
      },
      answer: (question, payload) =>
        answersOf(question, choice, payload.event, {
          vocabulary,
          sourceStatusList: 'national',
          now: new Date().toISOString(),
          by: actor.who,
          reason: actor.reason,
        }),
      judge: sync => judgeWaiting(sync, { ...NO_DESK, facts, vocabulary }, { systems, statusListOf: () => 'national' }),
      factsVersion: facts.version,
    },
    actor,
    dryRun,
  );

const first = async (rig: Rig, code: string): Promise<string> => {
  const [accepted] = await rig.accept(submitted(code, { unitCode: SPLIT }));
  return accepted?.syncs[0]?.id as string;
};

test('the chosen successor goes into a new revision and the sync goes on', async t => {
  const rig = await ledgerRig(t);
  const id = await first(rig, 'H-1');
  t.match(await rig.row(id), { state: 'parked', cause: 'ambiguous-unit', revision: 1 });
  await rig.deliver('commune', 'delivered', '0');
  t.match(await rig.lane(id), { blocked_by: id, due: null });
  const resolved = await resolve(rig, id, { unitCode: SUCCESSOR });
  t.match(resolved, {
    freed: [{ id, target: 'commune', revision: 2 }],
    answers: [{ pointer: '/data/unitCode', from: SPLIT, to: SUCCESSOR }],
    remembered: false,
  });
  t.match(await rig.row(id), { state: 'open', cause: null, revision: 2, unit: SUCCESSOR });
  t.equal((await rig.lane(id)).blocked_by, null);
  const { syncs } = await rig.claim('commune', '0');
  const payload = open(sealedOf(syncs[0] as ClaimedSync)) as unknown as Payload;
  t.match(payload.answers, [{ to: SUCCESSOR, by: 'admin' }]);
  t.equal(payload.event.data.unitCode, SPLIT, 'what came is kept as it came');
});

test('only what exists and fits is an answer', async t => {
  const rig = await ledgerRig(t);
  const id = await first(rig, 'H-2');
  await t.rejects(resolve(rig, id, { unitCode: '99999' }), { code: 'invalid-answer', status: 422 }, 'no such unit');
  await t.rejects(resolve(rig, id, { unitCode: '26041' }), { code: 'invalid-answer' }, 'no successor of this one');
  await t.rejects(resolve(rig, id, { procedureCode: '1.001193' }), { code: 'wrong-answer' });
  t.match(await rig.row(id), { state: 'parked', revision: 1 });
  const open = (await rig.accept(submitted('H-3')))[0]?.syncs[0]?.id as string;
  await t.rejects(resolve(rig, open, { unitCode: SUCCESSOR }), { code: 'not-parked', status: 409 });
});

test('remembered for the dossier it frees its other syncs and answers later events', async t => {
  const rig = await ledgerRig(t);
  const id = await first(rig, 'H-4');
  const second = (await rig.accept(updated('H-4', { unitCode: SPLIT, summary: 'hai' })))[0]?.syncs[0]?.id as string;
  const stranger = await first(rig, 'H-5');
  t.match(await rig.row(second), { state: 'parked' });
  const resolved = await resolve(rig, id, { unitCode: SUCCESSOR }, 'dossier');
  t.same(
    resolved.freed.map(freed => freed.id),
    [id, second],
  );
  t.match(await rig.row(stranger), { state: 'parked' }, 'another dossier still waits');
  const later = (await rig.accept(updated('H-4', { unitCode: SPLIT, summary: 'ba' })))[0]?.syncs[0];
  t.equal(later?.state, 'queued', 'an accept with the entity in its cache sees the answer');
  const sent = await rig.deliver('commune', 'delivered', '0');
  t.same(
    sent.filter(one => one !== stranger),
    [id, second, later?.id],
  );
});

test('a preview changes nothing', async t => {
  const rig = await ledgerRig(t);
  const id = await first(rig, 'H-6');
  t.match(await resolve(rig, id, { unitCode: SUCCESSOR }, 'dossier', true), { freed: [{ id }] });
  t.match(await rig.row(id), { state: 'parked', revision: 1 });
  t.equal((await rig.database.people.query('SELECT 1 FROM payloads WHERE revision > 1')).rowCount, 0);
});

test('an unknown procedure is answered by one of the catalogue', async t => {
  const rig = await ledgerRig(t);
  const [accepted] = await rig.accept(submitted('H-7', { procedureCode: '9.999999' }));
  const id = accepted?.syncs[0]?.id as string;
  t.match(await rig.row(id), { cause: 'unknown-procedure' });
  await t.rejects(resolve(rig, id, { procedureCode: '8.888888' }), { code: 'invalid-answer' });
  t.match(await resolve(rig, id, { procedureCode: '1.001193' }), { answers: [{ to: '1.001193' }] });
});

test('what the target says after an answer is no news: it was told so', async t => {
  const rig = await ledgerRig(t);
  for (const [code, remember] of [
    ['H-11', 'no'],
    ['H-12', 'dossier'],
  ] as const) {
    const [accepted] = await rig.accept(submitted(code, { procedureCode: '9.999999' }));
    await resolve(rig, accepted?.syncs[0]?.id as string, { procedureCode: '1.001193' }, remember);
    await rig.deliver('commune');
    const filed = submitted(code, { procedureCode: '1.001193' });
    const [again] = await rig.accept({
      ...filed,
      id: `${code}-back`,
      source: 'commune',
      data: { ...filed.data, statusList: 'national' },
    });
    t.match(again, { echoOf: accepted?.eventId, syncs: [] }, remember);
  }
});

test('two people at once: one answers, the other is told', async t => {
  const rig = await ledgerRig(t);
  const id = await first(rig, 'H-8');
  const results = await Promise.allSettled([
    resolve(rig, id, { unitCode: SUCCESSOR }),
    resolve(rig, id, { unitCode: '26359' }),
  ]);
  t.same(results.map(result => result.status).sort(), ['fulfilled', 'rejected']);
  t.match(await rig.row(id), { state: 'open', revision: 2 });
});
