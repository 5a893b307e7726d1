/** Recorded edXML → canonical events, and back again without loss. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { test } from 'tap';
import { create } from '../../../connectors/documents/create.ts';
import { InputFault } from '../../../src/domain/errors.ts';
import type { GatewayEvent, JsonObject } from '../../../src/domain/words.ts';
import { contextFor, example, formatInput, noHttp, pushed } from './support.ts';

const connector = create(contextFor(noHttp, { agencies: { '000.00.32.H19': '26485' } }));
const parseOne = async (body: Buffer | string): Promise<GatewayEvent> => {
  const { events } = await connector.parse(pushed(body));
  return events[0] as GatewayEvent;
};
/** Code and place of what is refused. */
const faultOf = async (body: string): Promise<string> => {
  const error: unknown = await connector.parse(pushed(body)).catch((reason: unknown) => reason);
  const [fault] = error instanceof InputFault ? error.faults : [];
  return fault && /^\d+:\d+$/.test(fault.pointer) ? fault.code : String(error);
};
const xmlOf = (event: GatewayEvent): string =>
  (connector.format(formatInput(event)).payload as JsonObject).xml as string;

test('takes the smallest message that real clients send', async t => {
  const event = await parseOne(example('minimal'));
  t.equal(event.type, 'document.sent');
  t.equal(event.subject, 'test-doc');
  t.equal(event.timeassumed, true, 'it names no time');
  t.same(event.data, {
    documentId: 'test-doc',
    from: { agencyCode: 'H19.MAU.26041', unitCode: '26041' },
    to: [{ agencyCode: 'H19.MAU.26380', unitCode: '26380' }],
    subject: 'Công văn thử kết nối',
  });
});

test('reads a whole document: every value stays text', async t => {
  const event = await parseOne(example('document'));
  t.equal(event.time, '2025-07-02T08:15:30+07:00');
  t.match(event.data, {
    number: '0075',
    notation: 'UBND-KSTT',
    issuedAt: '2025-07-02',
    dueAt: '2025-07-10',
    subject: 'V/v triển khai thủ tục & quy trình ễ tại xã,  phường',
    content: 'Đề nghị báo cáo số định danh 075012345678 <mẫu>.\nDòng thứ hai.',
    documentType: 'Công văn',
    priority: '1',
    steeringType: '2',
    signer: { competence: 'TM.', position: 'Chủ tịch', name: 'Trần Thị Mẫu' },
    about: { dossierCode: 'H19.26041-250702-0001' },
    appendixes: ['Phụ lục I'],
    unknown: [
      { path: 'MessageHeader/KhoMoRong/MaMoi', value: '001' },
      { path: 'MessageHeader/KhoMoRong/MaCu', value: '002' },
    ],
  });
  const units = (event.data.to as JsonObject[]).map(item => item.unitCode);
  t.same(units, ['26041', '26485'], 'proven units only');
  t.notOk('unitCode' in (event.data.from as JsonObject), 'the province is no commune');
});

test('unpacks an attachment whose local header has no sizes, and hashes the file itself', async t => {
  const event = await parseOne(example('document'));
  const [file] = event.data.files as JsonObject[];
  const bytes = Buffer.from(file?.content as string, 'base64');
  t.equal(bytes.toString('utf8'), 'Nội dung công văn mẫu số 0075.\n');
  t.match(file, { id: 'cid:6f0c3c1e-2d7b-4f0e-9a61-1f6d0a4be001', name: 'công văn 0075.txt', mediaType: 'text/plain' });
  t.equal(file?.sha256, createHash('sha256').update(bytes).digest('hex'));
  t.equal(file?.size, bytes.length);
});

test('goes by namespace, never by prefix', async t => {
  const event = await parseOne(example('other-prefix'));
  t.match(event.data, { from: { agencyCode: '000.00.00.H19' }, to: [{ agencyCode: '26119', unitCode: '26119' }] });
  const foreign = example('minimal').toString().replaceAll('QCVN_102_2016', 'QCVN_X');
  t.equal(await faultOf(foreign), 'edxml-root');
});

test('names the earlier document in a recall and an update, the new one in a replacement', async t => {
  const recall = await parseOne(example('recall'));
  t.equal(recall.type, 'document.recalled');
  t.match(recall.data, { documentId: 'H19,2025/07/02,0075/UBND-KSTT', reason: 'Ban hành nhầm' });
  const update = await parseOne(example('update'));
  t.equal(update.type, 'document.updated');
  t.match(update.data.change, { receivers: [{ type: '1', agencyCode: 'H19.MAU.26380' }] });
  const replace = await parseOne(example('replace'));
  t.equal(replace.type, 'document.replaced');
  t.match(replace.data, {
    documentId: 'H19,2025/07/03,0080/UBND-KSTT',
    replaces: [{ documentId: 'H19,2025/07/02,0075/UBND-KSTT' }],
  });
});

test('reads a status under either of its names', async t => {
  for (const name of ['status', 'status-short-name']) {
    const event = await parseOne(example(name));
    t.equal(event.type, 'document.status-changed');
    t.match(event.data, {
      documentId: 'H19,2025/07/02,0075/UBND-KSTT',
      agencyCode: 'H19.MAU.26041',
      status: '02',
      statusList: 'edxml',
      reason: 'Không thuộc thẩm quyền',
      at: '2025-07-02T14:05:00+07:00',
    });
  }
});

test('gives every true event an id of its own, and the same message the same one', async t => {
  const names = ['minimal', 'document', 'recall', 'update', 'replace', 'status'];
  const ids = await Promise.all(names.map(async name => (await parseOne(example(name))).id));
  t.equal(new Set(ids).size, names.length);
  t.ok(ids.every(id => /^[!-~]{1,128}$/.test(id)));
  t.equal((await parseOne(example('update'))).id, ids[3]);
  const second = example('update').toString().replace('09:00:00', '10:00:00');
  t.not((await parseOne(second)).id, ids[3], 'a second update of a document is another event');
  const hook = await connector.parse(pushed(example('update'), { messageId: 'msg_1' }));
  t.equal(hook.events[0]?.id, 'msg_1');
});

test('refuses a secret document without keeping anything of it', async t => {
  await t.rejects(connector.parse(pushed(example('secret'))), { code: 'secret-document' });
  for (const word of ['Mật', 'TUYỆT MẬT', 'độ mật: tối mật'.normalize('NFD')]) {
    const body = example('secret').toString().replace('Độ mật: Tối mật', word);
    await t.rejects(connector.parse(pushed(body)), { code: 'secret-document' }, word);
  }
  const open = example('secret').toString().replace('Độ mật: Tối mật', 'Bí mật kinh doanh');
  t.equal((await parseOne(open)).type, 'document.sent');
});

test('names what is missing or wrong with its place', async t => {
  const changes: [string, string, string, string][] = [
    ['minimal', '<edXML:DocumentId>test-doc</edXML:DocumentId>', '', 'edxml-document-id'],
    ['minimal', '<edXML:OrganId>H19.MAU.26041</edXML:OrganId>', '', 'edxml-from'],
    ['status', '<edXML:StatusCode>02</edXML:StatusCode>', '', 'edxml-status'],
    ['document', '2025/07/10', '2025/02/30', 'edxml-time'],
    ['document', '<edXML:BussinessDocType>0<', '<edXML:BussinessDocType>9<', 'edxml-business-type'],
    ['document', '<edXML:DueDate>', '<edXML:DueDate>2025/07/09</edXML:DueDate><edXML:DueDate>', 'edxml-doubled'],
    ['document', 'công văn 0075.txt</edXML', 'công\u202evăn.txt</edXML', 'attachment-name'],
  ];
  for (const [name, from, to, code] of changes) {
    const broken = example(name).toString().replace(from, to);
    t.equal(await faultOf(broken), code);
  }
});

test('loses nothing from parse to format to parse', async t => {
  for (const name of ['minimal', 'document', 'other-prefix', 'recall', 'update', 'replace', 'status']) {
    const first = await parseOne(example(name));
    const again = await parseOne(xmlOf(first));
    t.same(again.data, first.data, name);
    t.equal(again.id, first.id, `${name}: same id`);
    t.equal(xmlOf(again), xmlOf(first), `${name}: stable bytes`);
  }
});

test('brings every text through unchanged', async t => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  const unspeakable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
  const texts = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 60 })
    .filter(value => !unspeakable.test(value) && value.isWellFormed());
  const base = await parseOne(example('minimal'));
  const property = fc.asyncProperty(texts, texts, async (subject, content) => {
    const event = { ...base, data: { ...base.data, subject, content: `${content}&lt;&#65;]]>\r\n` } };
    const again = await parseOne(xmlOf(event));
    return again.data.subject === event.data.subject && again.data.content === event.data.content;
  });
  await t.resolves(fc.assert(property, { numRuns: 200 }));
});

test('reads rights and posts from their JSON form, naming every fault', async t => {
  const report: JsonObject = {
    suKien: 'quyen.cap',
    id: 'qv-1',
    canBo: { ma: 'CB-07', hoTen: 'Nguyễn Văn Mẫu' },
    donVi: '26119',
    chucDanh: 'chu-tich',
    quyen: 'approve',
    tuNgay: '2025/07/01',
    vanBan: { so: '01/QĐ-MAU', ngay: '2025/07/01', nguoiKy: 'Trần Thị Mẫu' },
    thoiDiem: '2025/07/04 07:30:00',
  };
  const push = (json: JsonObject) =>
    connector.parse({ ...pushed(JSON.stringify(json)), contentType: 'application/json', json });
  const { events } = await push(report);
  t.match(events[0], {
    type: 'right.granted',
    time: '2025-07-04T07:30:00+07:00',
    subject: '26119/chu-tich',
    data: {
      officer: { id: 'CB-07', name: 'Nguyễn Văn Mẫu' },
      unitCode: '26119',
      post: 'chu-tich',
      right: 'approve',
      from: '2025-07-01',
      document: { number: '01/QĐ-MAU', date: '2025-07-01' },
    },
  });
  const words = ['quyen.thu', 'vi-tri.giao', 'vi-tri.thoi'];
  const types = await Promise.all(words.map(async suKien => (await push({ ...report, suKien })).events[0]?.type));
  t.same(types, ['right.revoked', 'post.assigned', 'post.ended']);
  const fault = await push({ suKien: 'quyen.cap', donVi: 7 }).catch((error: unknown) => error);
  t.ok(fault instanceof InputFault);
  const pointers = fault instanceof InputFault ? fault.faults.map(item => item.pointer) : [];
  for (const at of ['/canBo/ma', '/donVi', '/chucDanh', '/quyen', '/tuNgay', '/vanBan'])
    t.ok(pointers.includes(at), at);
});
