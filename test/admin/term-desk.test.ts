/** The term desk over HTTP: what nobody knows is seen with candidates and counts, accepted for everyone, reviewed, taken back. */
import { test } from 'tap';
import { deskRig } from '../support/desk-rig.ts';
import { submitted, TRAN_BIEN, updated } from '../support/ledger-rig.ts';

const STRANGE = '1.0011930';
const BIRTH = '1.001193';
const DESK = '/v1/vocabulary/desk';
const accept = { kind: 'procedure', value: STRANGE, to: BIRTH, reason: 'hệ thống xã gõ thừa số 0' };

test('the whole way: unknown, at the desk, accepted for all, gone out, withdrawn, unknown again', async t => {
  const rig = await deskRig(t);
  const first = await rig.arrives(submitted('H-1', { procedureCode: STRANGE }));
  const behind = await rig.arrives(updated('H-1', { summary: 'hai' }));
  const neighbour = await rig.arrives(submitted('H-2', { procedureCode: STRANGE }));
  const other = await rig.arrives(submitted('H-3', { procedureCode: '9.888888' }));
  t.match(
    [first, behind, neighbour, other],
    [{ state: 'parked' }, { state: 'open' }, { state: 'parked' }, { state: 'parked' }],
  );
  t.match((await rig.get(`/v1/syncs/${first.id}`)).json().reason, {
    candidates: [{ code: BIRTH, score: 0.78, why: { vi: /lệch 1 chữ số/, en: /one digit off/ } }],
  });
  t.same(await rig.goOut(), [], 'nothing moves while it is unknown');

  const desk = (await rig.get(DESK)).json();
  t.match(desk, { more: 0, items: [{ value: STRANGE }, { value: '9.888888', candidates: [] }] });
  t.match(desk.items[0], {
    kind: 'procedure',
    cause: 'unknown-procedure',
    count: 2,
    oldest: String,
    units: [{ code: TRAN_BIEN, name: 'Phường Trấn Biên' }],
    sources: ['portal'],
  });
  const [candidate] = desk.items[0].candidates;
  t.match(candidate, {
    code: BIRTH,
    frees: { syncs: 2, behind: 1, checked: 2 },
    proposal: { kind: 'procedure-alias', entry: { from: STRANGE, to: BIRTH }, file: 'procedures/aliases.yaml' },
  });
  t.match(candidate.proposal.yaml, /from: "?1\.0011930"?\n.*to: "1\.001193"/s);

  const preview = await rig.post(`${DESK}/accept`, { ...accept, dryRun: true });
  t.match(preview.json(), { freedCount: 2, behind: 1, elsewhere: 0, release: null, dryRun: true });
  t.match(await rig.row(first.id), { state: 'parked' });
  t.equal((await rig.get(`${DESK}/entries`)).json().items.length, 0);
  t.same(rig.woken, []);

  const before = rig.keeper.current().vocabulary.release;
  const done = (await rig.post(`${DESK}/accept`, accept)).json();
  t.match(done, {
    entry: { state: 'proposed', madeBy: 'admin', kind: 'procedure-alias', inFiles: false },
    freed: [{ id: first.id, target: 'commune' }, { id: neighbour.id }],
    freedCount: 2,
    behind: 1,
    elsewhere: 0,
  });
  t.not(done.release, before);
  t.equal(done.release, rig.keeper.current().vocabulary.release);
  t.ok(rig.woken.some(home => home.target === 'commune' && home.home === TRAN_BIEN));

  const out = await rig.goOut();
  t.same(
    out.map(each => [each.id, each.sent?.procedureCode]).sort(),
    [
      [first.id, BIRTH],
      [behind.id, undefined],
      [neighbour.id, BIRTH],
    ].sort(),
  );
  const ofFirst = out.find(each => each.id === first.id)?.trace.find(entry => entry.pointer === '/data/procedureCode');
  t.match(ofFirst, { from: STRANGE, to: BIRTH, entry: `learnt:${done.entry.id}`, certainty: 'proposal' });
  t.match(ofFirst?.source, /^admin chọn ngày \d\d\/\d\d\/\d{4}: hệ thống xã gõ thừa số 0$/);
  t.match(await rig.row(other.id), { state: 'parked' }, 'another code still waits');
  t.match(await rig.row(first.id), { procedure: BIRTH });
  const later = await rig.arrives(submitted('H-4', { procedureCode: STRANGE }));
  t.equal(later.state, 'open', 'the next one is understood at once');
  const sameDossier = await rig.arrives(updated('H-2', { summary: 'ba' }));
  t.match(await rig.row(sameDossier.id), { procedure: BIRTH }, 'the dossier knows its procedure now');

  const withdrawn = await rig.postAsOther(`${DESK}/entries/${done.entry.id}/withdraw`, { reason: 'nhầm' });
  t.match(withdrawn.json(), { entry: { state: 'withdrawn' }, release: before });
  t.match(await rig.arrives(submitted('H-5', { procedureCode: STRANGE })), { state: 'parked' });
  t.match((await rig.get('/v1/audit/verify')).json(), { ok: true });
  t.match((await rig.get(`/v1/audit?subject=learnt:${done.entry.id}`)).json().items, [
    { act: 'vocabulary.withdraw', who: 'phap-che' },
    { act: 'sync.free', after: { freed: [first.id, neighbour.id] } },
    { act: 'vocabulary.learn', who: 'admin', reason: accept.reason },
  ]);
});

test('only a second person reviews, and then it counts as sure', async t => {
  const rig = await deskRig(t);
  await rig.arrives(submitted('H-1', { procedureCode: STRANGE }));
  const { entry } = (await rig.post(`${DESK}/accept`, { ...accept, source: 'Công văn 12/STP' })).json();
  const review = `${DESK}/entries/${entry.id}/review`;
  t.match((await rig.post(review, { reason: 'tự duyệt' })).json(), { code: 'second-person-needed', status: 409 });
  t.match((await rig.postAsOther(review, { reason: 'đúng' })).json(), {
    entry: { state: 'reviewed', reviewedBy: 'phap-che' },
  });
  t.match((await rig.postAsOther(review, { reason: 'lần nữa' })).json(), { code: 'not-proposed' });
  t.match(
    (await rig.postAsOther(review.replace(/[0-9a-f]{12}\/review/, '000000000000/review'), { reason: 'gì đó' })).json(),
    {
      code: 'not-found',
    },
  );
  const answer = rig.keeper.current().vocabulary.resolveProcedure(STRANGE, new Date().toISOString());
  t.match(answer, {
    ok: true,
    entry: {
      id: `learnt:${entry.id}`,
      certainty: 'high',
      source: /^Công văn 12\/STP; admin chọn .*; phap-che duyệt ngày /,
    },
  });
  t.match((await rig.get(`${DESK}/entries?state=reviewed`)).json().items, [{ id: entry.id, yaml: /certainty: high/ }]);
  t.match((await rig.get(`${DESK}/entries?state=proposed`)).json().items, []);
});
