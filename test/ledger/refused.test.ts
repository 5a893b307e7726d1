/** The refused inbox: raw bytes kept until they are taken, nothing kept of secret documents. */
import { test } from 'tap';
import { openRefused, settleRefused, storeRefused } from '../../src/ledger/refused.ts';
import { ledgerRig, type Rig } from '../support/ledger-rig.ts';

const raw = Buffer.from([0x3c, 0x00, 0xff, 0xfe, 0x3e]);
const base = { system: 'documents', ref: 'm-1', raw, contentType: 'application/xml' };
const rows = async (rig: Rig) =>
  (await rig.database.people.query('SELECT id, ref, fault, state, events, raw IS NULL AS bare FROM refused')).rows;

test('what was refused keeps its bytes as they came; pulled again it is the same refusal', async t => {
  const rig = await ledgerRig(t);
  await storeRefused(rig.database, { ...base, fault: { code: 'no-from' } });
  await storeRefused(rig.database, { ...base, fault: { code: 'bad-code' } });
  const [row] = await rows(rig);
  t.match(row, { ref: 'm-1', state: 'open', fault: { code: 'bad-code' } });
  t.equal((await rows(rig)).length, 1);
  t.match(await openRefused(rig.database, row.id), {
    system: 'documents',
    ref: 'm-1',
    raw,
    contentType: 'application/xml',
  });
});

test('what was taken after all is closed and never reopened', async t => {
  const rig = await ledgerRig(t);
  await storeRefused(rig.database, { ...base, fault: { code: 'no-from' } });
  const [row] = await rows(rig);
  const event = '01890000-0000-7000-8000-000000000001';
  await settleRefused(rig.database, row.id, [event]);
  await storeRefused(rig.database, { ...base, fault: { code: 'again' } });
  t.match(await rows(rig), [{ state: 'taken', events: [event], fault: { code: 'no-from' } }]);
  t.equal(await openRefused(rig.database, row.id), undefined);
});

test('of a secret document nothing but its fault is kept, and nothing can be taken again', async t => {
  const rig = await ledgerRig(t);
  await storeRefused(rig.database, { ...base, raw: null, fault: { code: 'secret-document', sender: 'H19' } });
  const [row] = await rows(rig);
  t.match(row, { state: 'withheld', bare: true });
  t.equal(await openRefused(rig.database, row.id), undefined);
});
