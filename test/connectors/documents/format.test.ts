/** Canonical events → edXML: requests that answer for themselves, stable bytes, and what cannot be said. */
import { createHash } from 'node:crypto';
import { test } from 'tap';
import { create } from '../../../connectors/documents/create.ts';
import type { EdxmlDocument } from '../../../connectors/documents/message.ts';
import { readMessage } from '../../../connectors/documents/message-read.ts';
import { emptyDocument, writeMessage } from '../../../connectors/documents/message-write.ts';
import { FormatFault } from '../../../src/domain/errors.ts';
import type { GatewayEvent, JsonObject } from '../../../src/domain/words.ts';
import { contextFor, eventWith, formatInput, noHttp, pushed } from './support.ts';

const connector = create(contextFor(noHttp));
const content = Buffer.from('%PDF-mẫu\n');
const request = eventWith('approval.requested', {
  about: { dossierCode: 'H19.26380-250702-0001' },
  unitCode: '26380',
  requestId: 'yc-01',
  act: 'approve',
  procedureCode: '1.013225',
  post: 'chu-tich',
  dueAt: '2025-07-10T17:00:00+07:00',
  files: [
    {
      id: 'f1',
      name: 'giấy phép.pdf',
      mediaType: 'application/pdf',
      sha256: createHash('sha256').update(content).digest('hex'),
      content: content.toString('base64'),
    },
  ],
});
const documentOf = (event: GatewayEvent): EdxmlDocument => {
  const { xml } = connector.format(formatInput(event)).payload as { xml: string };
  return readMessage(Buffer.from(xml)) as EdxmlDocument;
};

test('puts a request into a document that people can read and the answer can name', async t => {
  const document = documentOf(request);
  t.equal(document.documentId, 'lienthong:approve:26380:yc-01:ho-so:H19.26380-250702-0001');
  t.match(document, {
    from: { agencyCode: '26380', name: 'UBND Phường Long Hưng' },
    subject: 'Đề nghị phê duyệt: hồ sơ H19.26380-250702-0001',
    content: 'Cấp giấy phép xây dựng mới',
    dueOn: '2025/07/10',
    trace: [{ at: '2025/07/03 08:00:00' }],
  });
  t.same(document.appendixes, [
    'Mã hồ sơ: H19.26380-250702-0001',
    'Mã đề nghị: yc-01',
    'Việc đề nghị: phê duyệt',
    'Mã đơn vị: 26380',
    'Mã thủ tục: 1.013225',
    'Chức danh: chu-tich',
  ]);
  t.same(document.attachments[0]?.content, content, 'the file byte for byte');
});

test('gives the same bytes for the same input, with their hash to look up by', async t => {
  const one = connector.format(formatInput(request));
  const other = connector.format(formatInput(structuredClone(request)));
  t.same(one, other);
  const { xml } = one.payload as { xml: string };
  t.equal(one.ref.expect.sha256, createHash('sha256').update(xml).digest('hex'));
  t.match(xml, /^<\?xml version="1.0" encoding="UTF-8"\?><edXML xmlns="http:\/\/www.mic.gov.vn\/TBT\/QCVN_102_2016">/);
  t.match(xml, '<edXML:Subject>', 'readers in the field look for this prefix');
  t.match(xml, '<AttachmentEncoded><Attachment><ContentType>application/zip</ContentType>');
  t.match(xml, /<edXML:ContentTransferEncoded [^>]*>[A-Za-z0-9+/=]+<\/edXML:ContentTransferEncoded>/);
});

test('uses the agency code that the systems file gives a unit', async t => {
  const own = create(contextFor(noHttp, { agencies: { 'H19.OLD': '26380', 'H19.99': '26380' } }));
  const { xml } = own.format(formatInput(request)).payload as { xml: string };
  t.match(readMessage(Buffer.from(xml)), { from: { agencyCode: 'H19.99' }, to: [{ agencyCode: 'H19.99' }] });
  t.throws(() => create(contextFor(noHttp, { agencies: { x: 26380 } })), { name: 'ConfigurationFault' });
});

/** An answer as a document system gives it: only ResponseFor ties it to the request. */
const answer = (to: string, more: Partial<EdxmlDocument>): string =>
  writeMessage({
    ...emptyDocument('H19.MAU.26380,2025/07/04,7/GPXD'),
    from: { agencyCode: 'H19.MAU.26380' },
    to: [{ agencyCode: '26380' }],
    number: '7',
    notation: 'GPXD',
    issuedOn: '2025/07/04',
    subject: 'Giấy phép xây dựng',
    signer: { position: 'Chủ tịch UBND', name: 'Nguyễn Văn Mẫu' },
    responseFor: [{ documentId: to }],
    trace: [{ agencyCode: 'H19.MAU.26380', at: '2025/07/04 09:30:00' }],
    ...more,
  });

test('reads the answer to a request as an approval with its decision and signed files', async t => {
  const id = documentOf(request).documentId;
  const file = { contentId: 'cid:1', name: 'giấy phép.pdf', mediaType: 'application/pdf', content };
  const xml = answer(id, {
    appendixes: ['Ý kiến quyết định: đồng ý', 'Mã cán bộ: CB-1', 'Chức danh: chu-tich'],
    attachments: [file],
  });
  const { events } = await connector.parse(pushed(xml));
  t.equal(events.length, 1);
  t.match(events[0], {
    type: 'approval.given',
    subject: 'H19.26380-250702-0001',
    data: {
      about: { dossierCode: 'H19.26380-250702-0001' },
      unitCode: '26380',
      decision: 'approved',
      inReplyTo: 'yc-01',
      act: 'approve',
      officer: { id: 'CB-1', name: 'Nguyễn Văn Mẫu' },
      post: 'chu-tich',
      at: '2025-07-04T09:30:00+07:00',
      document: { number: '7', notation: 'GPXD', issuedAt: '2025-07-04' },
      signedFiles: [{ name: 'giấy phép.pdf', signed: true, sha256: (request.data.files as JsonObject[])[0]?.sha256 }],
    },
  });
});

test('makes no approval of a document that does not say what was decided', async t => {
  const xml = answer(documentOf(request).documentId, {});
  const { events } = await connector.parse(pushed(xml));
  t.match(events[0], { type: 'document.sent', data: { about: { dossierCode: 'H19.26380-250702-0001' } } });
});

test('reads an opinion as text', async t => {
  const asked = eventWith('opinion.requested', {
    about: { documentId: 'vb, số 1' },
    unitCode: '26380',
    requestId: 'yk:2',
  });
  const xml = answer(documentOf(asked).documentId, { content: 'Thống nhất.' });
  const { events } = await connector.parse(pushed(xml));
  t.match(events[0], {
    type: 'opinion.given',
    data: { about: { documentId: 'vb, số 1' }, text: 'Thống nhất.', inReplyTo: 'yk:2' },
  });
});

test('takes its own request coming back for no news', async t => {
  const { xml } = connector.format(formatInput(request)).payload as { xml: string };
  t.same((await connector.parse(pushed(xml))).events, []);
});

test('writes a status as a status message', async t => {
  const message = connector.format(
    formatInput(
      eventWith('document.status-changed', {
        documentId: 'H19,2025/07/02,0075/UBND-KSTT',
        agencyCode: 'H19.MAU.26041',
        status: '03',
        at: '2025-07-03T01:00:00Z',
      }),
    ),
  );
  t.match(message.ref, { code: 'H19,2025/07/02,0075/UBND-KSTT', expect: { statusCode: '03' } });
  const { xml } = message.payload as { xml: string };
  t.match(readMessage(Buffer.from(xml)), { kind: 'status', statusCode: '03', at: '2025/07/03 08:00:00' });
});

test('names the field that cannot be put into edXML', async t => {
  const file = (request.data.files as JsonObject[])[0] as JsonObject;
  const without = ({ content: _content, ...rest }: JsonObject): JsonObject => rest;
  const cases: [GatewayEvent, string][] = [
    [eventWith('approval.requested', { about: {}, unitCode: '26380' }), '/data/about'],
    [eventWith('approval.requested', { about: { dossierCode: 'H' } }), '/data/unitCode'],
    [eventWith('document.sent', { subject: 'x' }), '/data/documentId'],
    [eventWith('document.sent', { documentId: 'x', subject: 'a\u0001' }), '/data/subject'],
    [eventWith('document.sent', { documentId: 'x', subject: '\ud800' }), '/data/subject'],
    [eventWith('document.sent', { documentId: 'x', dueAt: 'mai' }), '/data/dueAt'],
    [{ ...request, data: { ...request.data, files: [without(file)] } }, '/data/files/0/content'],
    [{ ...request, data: { ...request.data, files: [{ ...file, sha256: '0'.repeat(64) }] } }, '/data/files/0/sha256'],
    [eventWith('dossier.updated', { dossierCode: 'H' }), '/type'],
  ];
  for (const [event, pointer] of cases) {
    const fault = (() => {
      try {
        return connector.format(formatInput(event));
      } catch (error) {
        return error;
      }
    })();
    t.ok(fault instanceof FormatFault && fault.pointer === pointer, pointer);
  }
});
