/** `GET /v1/agencies`, and the succession that `GET /v1/units/{code}` shows. */
import t from 'tap';
import { peopleRig } from '../support/people-rig.ts';

const SPLIT = '26449';

t.test('who is who: codes with their unit or the reason, bodies, former bodies', async t => {
  const rig = await peopleRig(t);
  const items = async (query = '') => (await rig.get(`/v1/agencies${query}`)).json().items;
  const all = await items();
  t.same([...new Set(all.map((item: { kind: string }) => item.kind))], ['code', 'body', 'former-body']);
  t.match(await items('?code=H19'), [{ code: 'H19', unit: { code: '75' }, certainty: 'high' }]);
  t.match(await items('?code=000.00.32.H19'), [{ unit: null, why: { en: /No source/ } }]);
  t.match(await items('?code=H29.1'), [{ recorded: false, unit: null, why: { en: /elsewhere/ } }]);
  t.match(await items('?kind=former-body&q=tai%20nguyen'), [
    { kind: 'former-body', id: 'FB01', nowAtCommune: /Kinh tế/ },
  ]);
  t.equal((await rig.get('/v1/agencies?kind=x')).statusCode, 400);
});

t.test('a split unit is answered with its successors and rules, a unit with its predecessors', async t => {
  const rig = await peopleRig(t);
  const rule = { old: SPLIT, by: 'hamlet', names: ['Tân Hữu'], to: '26359', reason: 'theo nghị quyết' };
  t.equal((await rig.post('/v1/place-rules', rule)).statusCode, 200);
  const split = (await rig.get(`/v1/units/${SPLIT}`)).json();
  t.match(split, {
    split: true,
    candidates: [{ code: '26359' }, { code: '26446' }],
    succession: {
      successors: [{ code: '26359', part: 'partial' }, { code: '26446' }],
      rules: [{ by: 'hamlet', names: ['Tân Hữu'], to: '26359', madeBy: 'admin' }],
    },
  });
  const unit = (await rig.get('/v1/units/26359')).json();
  t.ok(
    unit.succession.predecessors.some(
      (old: { code: string; part: string }) => old.code === SPLIT && old.part === 'partial',
    ),
  );
  t.match(unit.succession.rules, [{ old: SPLIT }]);
  t.equal((await rig.get('/v1/units/99999')).statusCode, 404);
});

t.test('a rule that cannot be is refused by name of the member', async t => {
  const rig = await peopleRig(t);
  const rule = { old: SPLIT, by: 'hamlet', names: ['Tân Hữu'], to: '26041', reason: 'theo nghị quyết' };
  const refused = await rig.post('/v1/place-rules', rule);
  t.match([refused.statusCode, refused.json()], [422, { code: 'unsound-fact', faults: [{ pointer: '/to' }] }]);
});
