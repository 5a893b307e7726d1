/**
 * The answers of the target systems get lost after the effect. The commune system knows the keys; the portal and the document
 * system do not, they are looked up: each event takes effect once all the same.
 */
import tap, { test } from 'tap';
import { judge, startTraffic } from '../crash/traffic.ts';
import { createWorld, startBoth, until } from './support.ts';
import { act, fault, received, records, requestToSign, syncs, untilRecord } from './witness.ts';

tap.setTimeout(120_000);

test('answers lost after the effect', { timeout: 115_000 }, async t => {
  const world = await createWorld(t);
  const { gateway } = await startBoth(world);
  const roles = ['portal', 'commune', 'documents'] as const;

  await t.test('one in three, on all systems', async inner => {
    for (const role of roles) await fault(world, role, { mode: 'lost-answer', rate: 0.33 });
    const traffic = startTraffic(world, { dossiers: 16, steps: 6 });
    await traffic.done;
    await until('answers were lost at both', async () => {
      const lost = await Promise.all(
        (['portal', 'commune'] as const).map(async role =>
          (await received(world, role)).filter(call => call.fault === 'answer-lost'),
        ),
      );
      return lost.every(calls => calls.length >= 5);
    });
    for (const role of roles) await fault(world, role, { mode: 'none' });
    await judge(inner, world, traffic);
  });

  await t.test('every answer, until the effect is found', async inner => {
    const codes: string[] = [];
    for (let no = 0; no < 5; no += 1) {
      const filed = await act(world, 'commune', {
        do: 'submit-dossier',
        unitCode: '26380',
        procedureCode: '2.000815',
      });
      codes.push(String(filed.code));
      await untilRecord(world, 'portal', 'dossier', String(filed.code));
    }
    await fault(world, 'documents', { mode: 'lost-answer', rate: 1 });
    const asked = await Promise.all(codes.map(code => requestToSign(world, code)));
    for (const requestId of asked) {
      const request = await untilRecord(world, 'documents', 'approval', requestId);
      // Delivered while every answer is lost: it can only have been found there.
      await until('the effect is found', async () => {
        const [sync] = await syncs(world, { subject: String(request.code), target: 'documents' });
        return sync?.state === 'delivered';
      });
      const [document] = await records(world, 'documents', 'document', String(request.data.documentId));
      inner.equal(document?.data.copies, 1, `${requestId} arrived once`);
    }
    await fault(world, 'documents', { mode: 'none' });
  });
  t.equal(await gateway.stop(), 0);
});
