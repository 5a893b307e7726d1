/** What the commune system tells becomes canonical events: every recorded example, and what is refused with its place. */
import fc from 'fast-check';
import { test } from 'tap';
import { InputFault } from '../../../src/domain/errors.ts';
import type { GatewayEvent, JsonObject } from '../../../src/domain/words.ts';
import { example, inbound, offline, schemaCheck } from './support.ts';

const DOSSIER = example('ho-so.json');
const PATH = `/api/ho-so/${String(DOSSIER.id)}`;
const connector = offline({ [PATH]: DOSSIER });
const parse = async (name: string): Promise<GatewayEvent> => {
  const { events } = await connector.parse(inbound(example(`${name}.json`)));
  if (events.length !== 1 || events[0] === undefined) throw new Error('one event expected');
  return events[0];
};
const CODES = [
  { system: 'commune', code: 'G22.99-20261124-0001', kind: 'national' },
  { system: 'commune', code: 'H19.26041-261124-00007', kind: 'local' },
];

const EXAMPLES: Readonly<Record<string, string>> = {
  'ho-so.moi': 'dossier.submitted',
  'ho-so.trang-thai': 'dossier.status-changed',
  'ho-so.buoc': 'dossier.step-changed',
  'ho-so.ket-qua': 'dossier.result-issued',
  'ho-so.da-tra': 'dossier.status-changed',
  'ho-so.cap-nhat': 'dossier.updated',
  'trinh-ky': 'approval.requested',
  'xin-y-kien': 'opinion.requested',
  'can-bo.quyen': 'right.granted',
  'can-bo.vi-tri': 'post.ended',
  'van-ban.trang-thai': 'document.status-changed',
};

/** What a promise was refused with. */
const refusal = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

test('every example becomes an event of its type that keeps the schema of that type', async t => {
  const misfit = schemaCheck();
  for (const [name, type] of Object.entries(EXAMPLES)) {
    const event = await parse(name);
    t.equal(event.type, type, name);
    t.equal(event.id, 'msg_1', `${name}: id is the webhook-id`);
    t.equal(event.source, 'commune');
    t.equal(event.time, '2026-11-24T09:30:00+07:00');
    t.equal(misfit(event), '');
  }
});

test('a thin notice is completed by reading the dossier, with the status of the moment it was filed', async t => {
  const { data } = await parse('ho-so.moi');
  t.match(data, {
    dossierCode: 'G22.99-20261124-0001',
    procedureCode: '1.001193',
    unitCode: '26041',
    status: 'cho-tiep-nhan',
    statusList: 'xa-3b',
    returnMethod: 'counter',
    channel: 'online',
    filedAt: 'national',
    applicant: { kind: 'citizen', name: 'Điểu Thị Mỹ Linh', more: { danToc: 'Stiêng' } },
    fees: [{ state: 'waived' }],
    more: { quaySo: '4' },
  });
  t.same(data.codes, CODES);
});

test('a status keeps its raw local code, both numbers, dates turned and unknown fields kept', async t => {
  const { data, subject } = await parse('ho-so.trang-thai');
  t.equal(subject, 'G22.99-20261124-0001');
  t.same(data.codes, CODES);
  t.match(data, {
    status: 'cho-bo-sung',
    statusList: 'xa-3b',
    at: '2026-11-24T09:29:58+07:00',
    actor: { name: 'Nguyễn Thị Thu Hà', post: 'cong-chuc-mot-cua' },
    supplement: { round: 1, answerBy: '2026-12-01' },
    pause: { reason: 'supplement', clockStops: true },
    more: { mauSac: 'vang' },
  });
});

test('a dossier without a national number goes by the local one', async t => {
  const { data } = await parse('ho-so.buoc');
  t.equal(data.dossierCode, 'H19.26041-261124-00007');
  t.same(data.codes, [CODES[1]]);
});

test('national numbers are taken only where the message says that they are national', async t => {
  const notice = example('ho-so.trang-thai.json');
  const withStatus = (duLieu: JsonObject): JsonObject => ({ ...notice, duLieu });
  const national = await connector.parse(inbound(withStatus({ trangThai: '4', danhMuc: 'quoc-gia' })));
  t.match(national.events[0]?.data, { status: '4', statusList: 'national' });
  const local = await connector.parse(inbound(withStatus({ trangThai: '4' })));
  t.match(local.events[0]?.data, { status: '4', statusList: 'xa-3b' }, 'left for the vocabulary to refuse');
  t.match(await refusal(connector.parse(inbound(withStatus({ trangThai: '11', danhMuc: 'quoc-gia' })))), {
    faults: [{ pointer: '/duLieu/trangThai', code: 'unknown-status' }],
  });
});

test('a result, its handing out, a request and a right read as they should', async t => {
  t.match((await parse('ho-so.ket-qua')).data, {
    outcome: 'granted',
    status: 'cho-tra-ket-qua',
    statusList: 'xa-3b',
    result: { number: '12/2026/KQ-UBND', signedAt: '2026-11-24', files: [{ content: 'JVBERi0=', signed: true }] },
  });
  t.match((await parse('ho-so.da-tra')).data, { status: 'da-tra-ket-qua', statusList: 'xa-3b', method: 'counter' });
  t.match((await parse('ho-so.cap-nhat')).data, { changed: ['/applicant'], applicant: { phone: '0912345678' } });
  t.match((await parse('trinh-ky')).data, {
    about: { dossierCode: 'G22.99-20261124-0001' },
    requestId: 'YC-26380-00001',
    act: 'sign',
  });
  t.match((await parse('xin-y-kien')).data, {
    about: { documentId: 'H19.26,2026/11/24,15/UBND' },
    act: 'opinion',
    content: 'Đề nghị cho ý kiến',
  });
  t.match((await parse('can-bo.quyen')).data, {
    unitCode: '26119',
    right: 'sign',
    from: '2026-11-24',
    document: { number: '15/QĐ-UBND', date: '2026-11-20' },
  });
});

test('what this release does not carry is refused by name', async t => {
  await t.rejects(connector.parse(inbound(example('thu-phi.json'))), {
    code: 'not-supported-yet',
    status: 422,
    text: { vi: /thu-phi/, en: /thu-phi/ },
  });
  for (const suKien of ['constructor', '__proto__', 'ho-so.bay']) {
    await t.rejects(connector.parse(inbound({ ...example('ho-so.buoc.json'), suKien })), {
      code: 'unknown-event',
      status: 422,
    });
  }
});

test('faults are named with their places, never with their values', async t => {
  const bad: JsonObject = { suKien: 'ho-so.trang-thai', id: '', maSo: 'A', thoiDiem: 'hôm qua', duLieu: { lyDo: 7 } };
  const fault = await connector.parse(inbound(bad)).then(
    () => t.fail('must be refused'),
    (error: unknown) => error,
  );
  t.type(fault, InputFault);
  if (!(fault instanceof InputFault)) return;
  t.equal(fault.status, 400);
  const pointers = fault.faults.map(({ pointer }) => pointer);
  for (const pointer of ['/id', '/donVi', '/duLieu/trangThai', '/duLieu/lyDo'])
    t.ok(pointers.includes(pointer), pointer);
  t.notMatch(JSON.stringify(fault.faults), /hôm qua/);
  t.match(await refusal(connector.parse(inbound([]))), { status: 415 });
});

test('a dossier that cannot be read is no fault of the sender', async t => {
  const broken = offline({ [PATH]: [] });
  t.match(await refusal(broken.parse(inbound(example('ho-so.moi.json')))), { code: 'source-unavailable', status: 503 });
  const wrong = offline({ [PATH]: { id: 'x', maSo: 'y' } });
  await t.rejects(wrong.parse(inbound(example('ho-so.moi.json'))), { code: 'invalid-dossier' });
});

test('without a webhook-id the same message has the same id, and another time another', async t => {
  const notice = example('ho-so.buoc.json');
  const idOf = async (json: JsonObject): Promise<string | undefined> => {
    const { messageId: _none, ...request } = inbound(json);
    return (await connector.parse(request)).events[0]?.id;
  };
  t.equal(await idOf(notice), await idOf(structuredClone(notice)));
  t.not(await idOf(notice), await idOf({ ...notice, thoiDiem: '2026-11-24T09:31:00+07:00' }));
});

test('any JSON is either parsed or refused as input, never an unexpected error', async t => {
  const kinds = fc.constantFrom(...Object.keys(EXAMPLES).filter(kind => kind !== 'ho-so.moi'));
  const notice = fc.record({
    suKien: kinds,
    id: fc.oneof(fc.string(), fc.jsonValue()),
    maSo: fc.oneof(fc.string(), fc.jsonValue()),
    donVi: fc.oneof(fc.constant('26041'), fc.jsonValue()),
    thoiDiem: fc.oneof(fc.constant('2026-11-24T09:30:00+07:00'), fc.jsonValue()),
    duLieu: fc.oneof(
      fc.jsonValue(),
      fc.dictionary(fc.constantFrom('trangThai', 'buoc', 'tep', 'ketQua', 'boSung', 'x'), fc.jsonValue()),
    ),
  });
  await fc.assert(
    fc.asyncProperty(notice, async body => {
      try {
        const { events } = await connector.parse(inbound(body as JsonObject));
        return events.length === 1;
      } catch (error) {
        return error instanceof InputFault && error.status < 500 && error.faults.length > 0;
      }
    }),
    { numRuns: 300 },
  );
  t.pass('held');
});
