/**
 * People act while workers deliver and systems post: whatever the interleaving, no sync is forgotten. After a drain nothing is
 * open, a lane is either done or stopped at a parked or failed head, and the audit chain is whole.
 */
import fc from 'fast-check';
import { test } from 'tap';
import { GatewayError } from '../../src/domain/errors.ts';
import { verifyAudit } from '../../src/ledger/audit.ts';
import { cancelSync } from '../../src/ledger/cancel.ts';
import { replaySync } from '../../src/ledger/replay.ts';
import { ledgerRig, type Rig, record, submitted, TRAN_BIEN, updated } from '../support/ledger-rig.ts';

const actor = { who: 'admin', reason: 'thử đua' };
type Step = ['accept' | 'cancel' | 'replay' | 'deliver' | 'fail' | 'retry', number];

const steps = fc.array(
  fc.tuple(fc.constantFrom('accept', 'cancel', 'replay', 'deliver', 'fail', 'retry'), fc.nat(50)),
  { minLength: 10, maxLength: 30 },
) as fc.Arbitrary<Step[]>;

async function work(rig: Rig, outcome: 'delivered' | 'target-rejected' | 'retry'): Promise<number> {
  const { token, syncs } = await rig.claim('commune', TRAN_BIEN);
  const lanes = Map.groupBy(syncs, sync => sync.lane);
  for (const lane of lanes.values()) {
    const open = lane.findIndex(sync => sync.state === 'open');
    const stop = lane.findIndex(sync => sync.state === 'parked' || sync.state === 'failed');
    // as lane-run does: closed syncs are passed, a parked or failed one stops the lane
    const part = stop > 0 ? lane.slice(0, stop) : lane;
    const first = open >= 0 && (stop < 0 || open < stop) ? part.slice(open) : part;
    await record(rig, token, outcome === 'delivered' || open < 0 ? part : first, open < 0 ? 'delivered' : outcome);
  }
  return lanes.size;
}

const act = async (doing: Promise<unknown>): Promise<void> => {
  await doing.catch(error => {
    // a refusal is an answer; anything else is a bug
    if (!(error instanceof GatewayError)) throw error;
  });
};

test('no sync is forgotten, whoever acts when', async t => {
  const rig = await ledgerRig(t);
  let serial = 0;
  await fc.assert(
    fc.asyncProperty(steps, async script => {
      serial += 1;
      const code = `H-${serial}`;
      const ids: string[] = [];
      const accept = async (text: string): Promise<void> => {
        const event = ids.length === 0 ? submitted(code) : updated(code, { summary: text });
        const [accepted] = await rig.accept(event);
        for (const sync of accepted?.syncs ?? []) ids.push(sync.id);
      };
      await accept('đầu');
      const one = ([kind, pick]: Step): Promise<unknown> => {
        const id = ids[pick % ids.length] as string;
        if (kind === 'accept') return accept(`lần ${serial} ${pick} ${ids.length}`);
        if (kind === 'cancel') return act(cancelSync(rig.database, id, actor, false));
        if (kind === 'replay') {
          return act(replaySync(rig.database, id, { confirmStale: true, otherBytes: pick % 2 === 0 }, actor, false));
        }
        return work(rig, kind === 'deliver' ? 'delivered' : kind === 'fail' ? 'target-rejected' : 'retry');
      };
      for (let at = 0; at < script.length; at += 4) await Promise.all(script.slice(at, at + 4).map(one));
      await rig.database.people.query('UPDATE lanes SET due = now() WHERE due > now()');
      for (let rounds = 0; rounds < 50 && (await work(rig, 'delivered')) > 0; rounds++);
      // every run looks at its own lane, so that a failure can be shrunk
      const { rows } = await rig.database.people.query<{
        state: string;
        pos: number;
        head: number;
        tail: number;
        due: Date | null;
      }>(
        `SELECT s.state, s.pos, l.head, l.tail, l.due FROM syncs s JOIN lanes l USING (lane)
         WHERE l.entity = (SELECT entity FROM aliases WHERE key = $1) ORDER BY s.pos`,
        [`dossier:${code}`],
      );
      const head = rows.find(row => row.pos === row.head);
      const stopped = head !== undefined && (head.state === 'parked' || head.state === 'failed');
      const left = rows.filter(row => row.state === 'open' && (!stopped || row.pos < row.head));
      const unfinished = !stopped && rows.some(row => row.head <= row.tail);
      if (left.length > 0 || unfinished) throw new Error(`forgotten: ${JSON.stringify(rows)}`);
    }),
    { numRuns: 25 },
  );
  t.match(await verifyAudit(rig.database), { ok: true });
});
