/** Who may only look: every act on desks is refused, officers' addresses are hidden; and nobody carries out what another one was shown. */
import { hash } from 'node:crypto';
import t from 'tap';
import { TRAN_BIEN } from '../support/ledger-rig.ts';
import { type PeopleRig, peopleRig } from '../support/people-rig.ts';

const reason = 'theo quyết định';
const ID = '019307a5-0000-7000-8000-000000000000';
const UNIT = `/v1/units/${TRAN_BIEN}`;

/** Calls as somebody else of this role. */
async function as(rig: PeopleRig, username: string, role: 'reader' | 'administrator') {
  const token = `lt_${username}-token`;
  const { people } = rig.database;
  await people.query('INSERT INTO users (username, password_hash, role) VALUES ($1, $2, $3)', [username, 'x', role]);
  await people.query("INSERT INTO api_tokens (id, hash, name, username, scopes) VALUES ($1, $2, 'test', $3, '{*}')", [
    crypto.randomUUID(),
    hash('sha256', token, 'buffer'),
    username,
  ]);
  return (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object) =>
    rig.app.inject({
      method,
      url,
      headers: { authorization: `Bearer ${token}` },
      ...(payload === undefined ? {} : { payload }),
    });
}

t.test('who may only look changes nothing about desks', async t => {
  const rig = await peopleRig(t);
  const call = await as(rig, 'nguoi-xem', 'reader');
  const acts: [method: 'POST' | 'PUT', url: string, body: object][] = [
    ['PUT', `${UNIT}/mode`, { mode: 'off', reason }],
    ['POST', `${UNIT}/lists`, { what: 'rights', confirmedBy: 'A', reason }],
    ['POST', '/v1/officers/cb-1/join', { with: 'cb-2', reason }],
    ['POST', `/v1/holdings/${ID}/handover`, { to: 'cb-2', note: 'x', reason }],
    ['POST', '/v1/facts/import', { kind: 'seat', table: [['x']], reason }],
    ['POST', '/v1/causes/resolve', { rehearsal: ID, reason }],
    ['POST', `/v1/syncs/${ID}/resolve`, { decision: 'deliver', remember: 'no', reason }],
    ['POST', `/v1/authority/${ID}/confirm`, { reason }],
    ['POST', '/v1/seats', { unit: TRAN_BIEN, seat: `${TRAN_BIEN}/chu-tich`, post: 'chu-tich', reason }],
    ['POST', `/v1/seats/${ID}/end`, { reason }],
    ['POST', '/v1/place-rules', { old: '26449', by: 'hamlet', names: ['Tân Hữu'], to: '26359', reason }],
  ];
  for (const [method, url, body] of acts) {
    const answer = await call(method, url, body);
    t.match([answer.statusCode, answer.json().code], [403, 'not-allowed'], `${method} ${url}`);
  }
  t.equal((await call('GET', UNIT)).statusCode, 200);
});

t.test('an officer’s address is whole for who may act only; a contact is there to be called', async t => {
  const rig = await peopleRig(t);
  const call = await as(rig, 'nguoi-xem', 'reader');
  const officer = { unit: TRAN_BIEN, id: 'cb-1', name: 'Trần Thị B', email: 'b@dongnai.invalid', reason };
  const contact = { about: 'rights', name: 'Tổ công nghệ số', phone: '0251 000 000', reason };
  t.equal((await rig.post('/v1/officers', officer)).statusCode, 200);
  t.equal((await rig.post('/v1/contacts', contact)).statusCode, 200);
  for (const url of ['/v1/officers', '/v1/officers/cb-1', '/v1/audit?act=officer.enter']) {
    t.match((await rig.get(url)).body, /b@dongnai\.invalid/, url);
    const shown = await call('GET', url);
    t.equal(shown.statusCode, 200);
    t.notMatch(shown.body, /b@dongnai/, url);
    t.match(shown.body, /\*\*\*@dongnai\.invalid/, url);
  }
  t.equal((await call('GET', '/v1/facts/export?kind=officer')).statusCode, 403);
  t.equal((await call('GET', '/v1/facts/export?kind=seat')).statusCode, 200);
  t.match((await call('GET', '/v1/contacts')).json().items, [{ phone: '0251 000 000' }]);
});

t.test('a rehearsal is carried out by who made it, since what is entered bears that name', async t => {
  const rig = await peopleRig(t);
  const call = await as(rig, 'nguoi-khac', 'administrator');
  const seat = { unit: TRAN_BIEN, seat: `${TRAN_BIEN}/chu-tich`, post: 'chu-tich', reason };
  const { rehearsal } = (await rig.post('/v1/seats', { ...seat, dryRun: true })).json();
  const other = await call('POST', '/v1/seats', { rehearsal, reason });
  t.match([other.statusCode, other.json().code], [409, 'rehearsal-of-another']);
  t.equal((await rig.post('/v1/seats', { rehearsal, reason })).statusCode, 200, 'and is not used up by it');
});
