/** The vocabulary changes while the gateway runs: proposed, rehearsed, approved by a second person, taken back. */
import { createHash } from 'node:crypto';
import { test } from 'tap';
import { uuidv7 } from 'uuidv7';
import { ConfigurationFault } from '../../src/domain/errors.ts';
import { vocabularyOf } from '../../src/translation/release.ts';
import type { Vocabulary } from '../../src/translation/vocabulary.ts';
import { submitted, TRAN_BIEN, updated } from '../support/ledger-rig.ts';
import { type PeopleRig, peopleRig } from '../support/people-rig.ts';
import { vocabulary } from '../translation/fixture.ts';
import { retitled } from '../translation/retitled.ts';

const TITLE = 'Làm giấy khai sinh cho trẻ';
const NEW_CODE = '9.999901';

/** As `retitled`, and one more code leads to the registration of a birth. */
function withAlias(base: Vocabulary): Vocabulary {
  const { content } = base;
  const sample = content.procedureAliases[0];
  if (sample === undefined) throw new Error('the mappings have no aliases');
  const alias = { ...sample, from: NEW_CODE, to: '1.001193', validFrom: '2025-07-01' };
  return vocabularyOf({ ...content, procedureAliases: [...content.procedureAliases, alias] });
}

/** A second administrator. */
async function second(rig: PeopleRig) {
  const token = 'lt_token-of-minh';
  await rig.database.people.query(
    "INSERT INTO users (username, password_hash, role) VALUES ('minh', 'x', 'administrator')",
  );
  await rig.database.people.query(
    "INSERT INTO api_tokens (id, hash, name, username, scopes) VALUES ($1, $2, 'test', 'minh', '{*}')",
    [uuidv7(), createHash('sha256').update(token).digest()],
  );
  return (url: string, body: object) =>
    rig.app.inject({
      method: 'POST',
      url,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      payload: JSON.stringify(body),
    });
}

const PROPOSAL = { source: 'files', reason: 'nói cho dễ hiểu' };

test('a proposal is rehearsed, needs a second person, frees what waited, and one call takes it back', async t => {
  const rig = await peopleRig(t);
  const minh = await second(rig);
  await rig.accept(submitted('H-1'));
  await rig.deliver('commune');
  const parked = (await rig.accept(submitted('H-2', { procedureCode: NEW_CODE })))[0]?.syncs[0]?.id as string;
  await rig.accept(updated('H-2', { summary: 'sau' }));
  t.match(await rig.row(parked), { state: 'parked', cause: 'unknown-procedure' });
  t.match((await rig.post('/v1/vocabulary/proposals', PROPOSAL)).json(), { code: 'already-in-force' });

  rig.files.vocabulary = withAlias(retitled(TITLE));
  const preview = (await rig.post('/v1/vocabulary/proposals', { ...PROPOSAL, dryRun: true })).json();
  t.match(preview, {
    dryRun: true,
    rehearsal: { tried: 2, changed: 1, same: 1, parked: 0, freed: 1, behind: 1 },
    diff: { added: 1, removed: 0, changed: 1 },
  });
  t.match(preview.diff.text.vi, /1\.001193 .*tên dễ hiểu .*Làm giấy khai sinh cho trẻ/);
  t.match(preview.rehearsal.byUnit, [{ unit: TRAN_BIEN, name: /Trấn Biên/, changed: 1, freed: 1 }]);
  t.match(preview.rehearsal.byPlace, [{ pointer: '/data/plainTitle', count: 1 }]);
  t.match(preview.rehearsal.examples, [{ what: 'changed', differences: [{ to: TITLE }] }]);
  t.same((await rig.get('/v1/vocabulary/proposals')).json().items, [], 'a preview stores nothing');

  const { id } = (await rig.post('/v1/vocabulary/proposals', PROPOSAL)).json();
  t.equal((await rig.get('/v1/vocabulary')).json().active.release, vocabulary.release, 'proposed is not in force');
  const alone = await rig.post(`/v1/vocabulary/proposals/${id}/approve`, { reason: 'tự duyệt' });
  t.match([alone.statusCode, alone.json().code], [409, 'second-person-needed']);
  const approved = await minh(`/v1/vocabulary/proposals/${id}/approve`, { reason: 'đã xem' });
  t.match(approved.json(), { state: 'approved', release: rig.files.vocabulary.release, freed: [parked] });
  t.match(await rig.row(parked), { state: 'open', procedure: '1.001193' });
  t.ok(rig.woken.some(home => home.home === TRAN_BIEN));
  t.match((await minh(`/v1/vocabulary/proposals/${id}/approve`, { reason: 'lần nữa' })).json(), {
    code: 'already-decided',
  });
  const { active, history } = (await rig.get('/v1/vocabulary')).json();
  t.equal(active.release, rig.files.vocabulary.release);
  t.match(history[0], { act: 'activate', who: 'admin', approvedBy: 'minh', reason: PROPOSAL.reason });

  const diff = (
    await rig.get(`/v1/vocabulary/releases/current/diff?against=${vocabulary.release.slice(0, 12)}`)
  ).json();
  t.match(diff, { added: 1, changed: 1, from: vocabulary.release, text: { vi: /1 mục mới, 0 mục bỏ, 1 mục đổi/ } });
  const back = (await rig.post('/v1/vocabulary/rollback', { reason: 'gọi chưa đúng', dryRun: true })).json();
  t.match(back, { dryRun: true, rehearsal: { to: vocabulary.release } });
  t.equal(rig.keeper.current().vocabulary.release, rig.files.vocabulary.release);
  t.match((await rig.post('/v1/vocabulary/rollback', { reason: 'gọi chưa đúng' })).json(), {
    release: vocabulary.release,
  });
  t.equal(rig.keeper.current().vocabulary.release, vocabulary.release);
  const acts = (await rig.get('/v1/audit')).json().items.map((entry: { act: string }) => entry.act);
  t.same(acts, ['vocabulary.rollback', 'sync.free', 'vocabulary.activate', 'vocabulary.approve', 'vocabulary.propose']);
  t.match((await rig.get('/v1/audit/verify')).json(), { ok: true });
});

test('a faulty folder is refused whole, every fault with file and line', async t => {
  const rig = await peopleRig(t, {});
  Object.defineProperty(rig.files, 'vocabulary', {
    get: () => {
      throw new ConfigurationFault([
        { place: 'units/units.yaml:12', text: 'mã trùng' },
        { place: 'terms/dat-dai.yaml:3', text: 'thiếu nguồn' },
      ]);
    },
  });
  const refused = await rig.post('/v1/vocabulary/proposals', PROPOSAL);
  t.equal(refused.statusCode, 422);
  t.match(refused.json(), {
    code: 'faulty-vocabulary',
    faults: [{ pointer: 'units/units.yaml:12', detail: 'mã trùng' }, { pointer: 'terms/dat-dai.yaml:3' }],
  });
  t.equal((await rig.database.people.query('SELECT 1 FROM vocabulary_proposals')).rowCount, 0);
  t.equal((await rig.database.people.query('SELECT 1 FROM releases')).rowCount, 1);
});

test('what a second person approves is what was rehearsed', async t => {
  const rig = await peopleRig(t);
  const minh = await second(rig);
  rig.files.vocabulary = retitled('một');
  const first = (await rig.post('/v1/vocabulary/proposals', PROPOSAL)).json().id;
  rig.files.vocabulary = retitled('hai');
  const other = (await rig.post('/v1/vocabulary/proposals', PROPOSAL)).json().id;
  t.equal((await minh(`/v1/vocabulary/proposals/${other}/approve`, { reason: 'đã xem' })).statusCode, 200);
  const late = await minh(`/v1/vocabulary/proposals/${first}/approve`, { reason: 'đã xem' });
  t.match([late.statusCode, late.json().code], [409, 'proposal-outdated']);
  t.match((await rig.post(`/v1/vocabulary/proposals/${first}/decline`, { reason: 'thôi' })).json(), {
    state: 'withdrawn',
  });
  t.match((await rig.get('/v1/vocabulary/proposals?state=withdrawn')).json().items, [{ id: first }]);
});

test('a rollback names a release that was in force', async t => {
  const rig = await peopleRig(t);
  const back = (to?: string) => rig.post('/v1/vocabulary/rollback', { reason: 'quay lại', ...(to ? { to } : {}) });
  t.match((await back()).json(), { code: 'nothing-before' });
  t.match((await back('abcdef0')).json(), { code: 'not-found' });
  t.match((await back('xyz')).json(), { code: 'invalid-request' });
  const never = retitled('chưa ai duyệt');
  await rig.releases.remember(never);
  t.match((await back(never.release)).json(), { code: 'never-in-force' });
});

test('a replay with the original release sends the very bytes of before, whatever is in force', async t => {
  const rig = await peopleRig(t);
  const minh = await second(rig);
  const id = (await rig.accept(submitted('H-1')))[0]?.syncs[0]?.id as string;
  const before = (await rig.get(`/v1/syncs/${id}/translation`)).json();
  await rig.deliver('commune');
  await rig.database.people.query("UPDATE syncs SET sent_hash = decode($2, 'hex') WHERE id = $1", [id, before.hash]);
  rig.files.vocabulary = retitled(TITLE);
  const proposal = (await rig.post('/v1/vocabulary/proposals', PROPOSAL)).json().id;
  await minh(`/v1/vocabulary/proposals/${proposal}/approve`, { reason: 'đã xem' });

  const replayed = await rig.post(`/v1/syncs/${id}/replay`, { vocabulary: 'original', reason: 'bên nhận làm mất' });
  t.match(replayed.json(), { place: 'tail', vocabulary: 'original' });
  t.match(await rig.row(id), { fixed_release: rig.release });
  const [claimed] = (await rig.claim('commune')).syncs;
  t.equal(claimed?.fixed_release, rig.release, 'the claim brings it');
  t.match((await rig.get(`/v1/syncs/${id}/translation`)).json(), { hash: before.hash, asSent: true });
});
