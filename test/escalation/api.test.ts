/** `/v1/escalations`: what went up, whom it was told, whether anybody has looked. */
import t from 'tap';
import { lookOnce } from '../../src/escalation/round.ts';
import { sendDue } from '../../src/escalation/send.ts';
import { at } from '../facts/support.ts';
import { submitted, TRAN_BIEN } from '../support/ledger-rig.ts';
import { peopleRig } from '../support/people-rig.ts';
import { chat, chatServer, contextOver } from './support.ts';

const HOUR = 3_600_000;

t.test('from silence to acknowledged, and the audit knows who', async t => {
  const rig = await peopleRig(t);
  const { url } = await chatServer(t);
  const clock = { now: at('2026-11-20T17:00') };
  const context = contextOver(rig.database, clock, { recipients: [chat('nhom', url, { levels: ['officer'] })] });
  await rig.accept(submitted('H19-1', { dueAt: '2026-11-30T17:00:00+07:00' }));
  await rig.deliver('commune', 'target-rejected');
  await rig.database.people.query('UPDATE problems SET since = $1', [new Date(at('2026-11-20T15:00'))]);
  await lookOnce(context);
  await sendDue(context);
  // looks and answers of people are noted by the ledger's own clock
  await rig.database.people.query('UPDATE escalations SET raised_at = now()');

  const listed = (await rig.get(`/v1/escalations?unit=${TRAN_BIEN}&level=officer&cause=target-rejected`)).json();
  t.match(listed, {
    next: null,
    items: [
      {
        state: 'open',
        cause: 'target-rejected',
        unit: TRAN_BIEN,
        unitName: 'Phường Trấn Biên',
        target: 'commune',
        level: 'officer',
        count: 1,
        dossiers: 1,
        since: new Date(at('2026-11-20T15:00')).toISOString(),
        nextAt: new Date(at('2026-11-23T15:00')).toISOString(),
        told: [{ recipient: 'nhom', step: 'opened', level: 'officer', state: 'sent', attempts: 1 }],
        seen: null,
        acknowledged: null,
        silent: true,
      },
    ],
  });
  t.same((await rig.get('/v1/escalations?level=province')).json().items, []);
  t.same((await rig.get('/v1/escalations?state=closed')).json().items, []);

  const { id } = listed.items[0];
  t.match((await rig.get(`/v1/escalations/${id}`)).json(), {
    soonest: [{ code: 'H19-1', dueAt: '2026-11-30T17:00:00+07:00' }],
    procedures: [{ code: '1.001193', count: 1 }],
    seen: { by: 'admin' },
    silent: false,
  });
  const acknowledged = await rig.post(`/v1/escalations/${id}/acknowledge`, { reason: 'Đang gọi đơn vị vận hành' });
  t.match(acknowledged.json(), { acknowledged: { by: 'admin', reason: 'Đang gọi đơn vị vận hành' }, silent: false });
  const audit = (await rig.get('/v1/audit')).json();
  t.match(audit.items[0], { who: 'admin', act: 'escalation.acknowledge', subject: `escalation:${id}` });

  // the next rung begins in silence again, and hears nothing where nobody is configured for it
  clock.now = at('2026-11-23T15:00');
  await lookOnce(context);
  await rig.database.people.query("UPDATE escalations SET raised_at = now() + interval '1 second'");
  const higher = (await rig.get('/v1/escalations')).json().items[0];
  t.match(higher, { level: 'leader', silent: true });
  t.equal(higher.told.length, 1);

  await rig.database.people.query('DELETE FROM problems');
  await lookOnce(context);
  clock.now += HOUR;
  await lookOnce(context);
  t.match((await rig.get('/v1/escalations?state=closed')).json().items, [
    { id, state: 'closed', count: 0, silent: false },
  ]);
  t.equal((await rig.post(`/v1/escalations/${id}/acknowledge`, { reason: 'muộn rồi' })).statusCode, 409);
});

t.test('what is not there is 404, and a reason is needed', async t => {
  const rig = await peopleRig(t);
  const nobody = '/v1/escalations/019ab000-0000-7000-8000-000000000000';
  t.equal((await rig.get(nobody)).statusCode, 404);
  t.equal((await rig.post(`${nobody}/acknowledge`, { reason: 'thử xem' })).statusCode, 404);
  t.equal((await rig.post(`${nobody}/acknowledge`, {})).statusCode, 400);
  t.equal((await rig.get('/v1/escalations?level=king')).statusCode, 400);
});
