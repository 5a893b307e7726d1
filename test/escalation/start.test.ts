/** Escalation in a process: what a look finds is sent at once, and a stop waits for what is in the air. */
import t from 'tap';
import type { Outcome } from '../../src/escalation/send.ts';
import { startEscalation } from '../../src/escalation/start.ts';
import { at } from '../facts/support.ts';
import { chat, chatServer, escalationRig } from './support.ts';

t.test('a look sends what it found; after a stop nothing begins', async t => {
  const { url, heard } = await chatServer(t);
  const rig = await escalationRig(t, { recipients: [chat('nhom', url)] });
  await rig.rejected('H19-1', '2026-11-20T07:30');
  rig.clock.now = at('2026-11-20T11:00');
  const jobs = new Map<string, () => Promise<unknown>>();
  const outcomes: Outcome[] = [];
  const escalation = startEscalation({
    ...rig.context,
    schedule: { every: (job, _expression, act) => jobs.set(job, act) },
    onOutcome: outcome => outcomes.push(outcome),
  });
  t.same([...jobs.keys()], ['escalations', 'escalation messages']);
  const look = jobs.get('escalations') as () => Promise<unknown>;
  void look();
  await escalation.stop();
  t.equal(heard.length, 1);
  t.match(outcomes, [{ recipient: 'nhom', state: 'sent' }]);
  rig.clock.now = at('2026-11-20T17:00');
  await look();
  t.equal(heard.length, 1);
});
