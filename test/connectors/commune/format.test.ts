/** Canonical events in the commune's words: places, names, numbers, and the way back without loss. */
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { test } from 'tap';
import { DOSSIER } from '../../../connectors/commune/dialect.ts';
import writesSchema from '../../../connectors/commune/schema/writes.schema.json' with { type: 'json' };
import { fromWire, shorten, timeIn, timeOut, toWire } from '../../../connectors/commune/values.ts';
import { type Fault, FormatFault } from '../../../src/domain/errors.ts';
import type { JsonObject } from '../../../src/domain/words.ts';
import { input, offline, STATUS, SUBMITTED } from './support.ts';

const connector = offline();
const ajv = new Ajv({ strict: false, allowUnionTypes: true });
const asWritten = ajv.compile(writesSchema);
const CODE = String(SUBMITTED.dossierCode);
const FILE = { id: 'f9', name: 'giay-phep.pdf', sha256: 'c'.repeat(64), content: 'JVBERi0=', signed: true };

const PROCEDURE: JsonObject = {
  procedure: { code: '1.001193', name: 'Thủ tục đăng ký khai sinh', field: 'Hộ tịch', level: 'xã' },
  components: [{ case: 'Nộp trực tiếp', name: 'Tờ khai', originals: 1, copies: 0, form: 'Mẫu 1' }, 'Giấy chứng sinh'],
  steps: [
    { no: 1, content: 'Nộp hồ sơ tại Trung tâm.' },
    { no: 2, content: 'Người tiếp nhận kiểm tra thành phần hồ sơ.' },
    { no: 3, content: 'Công chức thẩm tra.' },
    { no: 4, content: 'Lãnh đạo ký giấy khai sinh.' },
    { no: 5, content: 'Trung tâm giao giấy cho người dân.' },
  ],
  decision: { number: '163/QĐ-BTP', date: '2026-02-01' },
  validFrom: '2026-03-01',
  replacedBy: [],
};
const WRITES: readonly (readonly [type: string, operation: string, data: JsonObject])[] = [
  ['procedure.published', 'PUT /api/thu-tuc/{ma}', PROCEDURE],
  ['procedure.withdrawn', 'POST /api/thu-tuc/{ma}/ngung', { ...PROCEDURE, replacedBy: ['1.115001'] }],
  ['dossier.submitted', 'POST /api/ho-so', SUBMITTED],
  [
    'dossier.updated',
    'PATCH /api/ho-so/{id}',
    { dossierCode: CODE, changed: ['/applicant/phone'], applicant: SUBMITTED.applicant ?? null },
  ],
  ['dossier.status-changed', 'POST /api/ho-so/{id}/trang-thai', STATUS],
  [
    'dossier.step-changed',
    'POST /api/ho-so/{id}/buoc',
    {
      dossierCode: CODE,
      unitCode: '26041',
      step: { no: 2, content: 'Thẩm định', actor: 'Trần Văn Long', startedAt: '2026-11-24T02:00:00Z' },
    },
  ],
  [
    'dossier.result-issued',
    'POST /api/ho-so/{id}/ket-qua',
    {
      dossierCode: CODE,
      unitCode: '26041',
      outcome: 'refused',
      result: { number: '7/TB', signedAt: '2026-11-24', signer: 'Lê Minh Long', files: [FILE] },
    },
  ],
  [
    'approval.given',
    'POST /api/y-kien/{maYeuCau}',
    {
      about: { dossierCode: CODE },
      unitCode: '26380',
      inReplyTo: 'YC-1',
      decision: 'approved',
      officer: { id: 'cb', name: 'Lê Minh Long' },
      signedFiles: [FILE],
    },
  ],
  [
    'opinion.given',
    'POST /api/y-kien/{maYeuCau}',
    { about: { documentId: 'H19,2026/11/24,1/UBND' }, unitCode: '26380', inReplyTo: 'YC-2', text: 'Đồng ý.' },
  ],
  [
    'document.sent',
    'POST /api/van-ban',
    {
      documentId: 'H19,2026/11/24,1/UBND',
      from: { agencyCode: 'H19' },
      to: [{ agencyCode: 'H19.26041' }],
      subject: 'Về việc trực Tết',
      files: [FILE],
    },
  ],
  [
    'document.recalled',
    'POST /api/van-ban',
    {
      documentId: 'H19,2026/11/24,1/UBND',
      from: { agencyCode: 'H19' },
      to: [{ agencyCode: 'H19.26041' }],
      subject: 'Về việc trực Tết',
      reason: 'Gửi nhầm',
    },
  ],
  [
    'document.status-changed',
    'POST /api/van-ban/{maVanBan}/trang-thai',
    { documentId: 'H19,2026/11/24,1/UBND', agencyCode: 'H19', status: '03' },
  ],
];

test('every type is written as the dialect wants it, and the same input gives the same message', t => {
  for (const [type, operation, data] of WRITES) {
    const message = connector.format(input(type, data));
    t.equal(message.operation, operation, type);
    t.ok(asWritten({ operation, payload: message.payload }), `${type} ${JSON.stringify(asWritten.errors)}`);
    t.same(connector.format(input(type, structuredClone(data))), message, `${type} is pure`);
  }
  t.same(
    [...connector.describe().typesOut].sort(),
    [...new Set([...WRITES.map(([type]) => type), 'document.updated', 'document.replaced'])].sort(),
  );
  t.end();
});

test('a published procedure shows the plain title beside the official one, a checklist and three steps', t => {
  const { payload } = connector.format(input('procedure.published', PROCEDURE));
  t.match(payload, {
    ma: '1.001193',
    tenThuTuc: 'Làm giấy khai sinh cho con',
    tenChinhThuc: 'Thủ tục đăng ký khai sinh',
    quay: 'Quầy Hộ tịch',
    hieuLucTu: '01/03/2026',
    giayTo: [{ ten: 'Tờ khai', banChinh: 1, truongHop: 'Nộp trực tiếp' }, { ten: 'Giấy chứng sinh' }],
    buoc: [
      { so: 1, noiDung: ['Nộp hồ sơ tại Trung tâm.', 'Người tiếp nhận kiểm tra thành phần hồ sơ.'] },
      { so: 2, noiDung: ['Công chức thẩm tra.'] },
      { so: 3, noiDung: ['Lãnh đạo ký giấy khai sinh.', 'Trung tâm giao giấy cho người dân.'] },
    ],
  });
  t.same((payload as JsonObject).banGoc, PROCEDURE, 'the official text is untouched');
  t.end();
});

test('a long title is shortened in the plain title only', t => {
  const long = 'Thủ tục rất dài '.repeat(40).trim();
  const published = connector.format(
    input('procedure.published', { procedure: { code: '9.000001', name: long, field: 'Đất đai', level: 'xã' } }),
  ).payload as JsonObject;
  t.equal([...String(published.tenThuTuc)].length <= 250, true);
  t.match(published.tenThuTuc, /…$/);
  t.equal(published.tenChinhThuc, long);
  const document = connector.format(
    input('document.sent', { documentId: 'd', from: { agencyCode: 'a' }, to: [], subject: long }),
  ).payload as JsonObject;
  t.equal(document.trichYeu, long);
  t.equal([...String(document.tieuDe)].length <= 250, true);
  t.end();
});

test('what the commune needs and the event lacks is named', t => {
  const bad: readonly (readonly [string, JsonObject, string])[] = [
    ['dossier.status-changed', { ...STATUS, status: '6' }, '/data/status'],
    ['dossier.submitted', { ...SUBMITTED, procedureCode: '' }, '/data/procedureCode'],
    ['dossier.submitted', { ...SUBMITTED, returnMethod: 'pigeon' }, '/data/returnMethod'],
    ['dossier.submitted', { ...SUBMITTED, dueAt: 'mai' }, '/data/dueAt'],
    [
      'dossier.updated',
      { dossierCode: CODE, changed: ['/dueAt'], dueAt: '2026-11-25T17:00:00+07:00' },
      '/data/changed',
    ],
    ['dossier.result-issued', { dossierCode: CODE, result: {} }, '/data/result/number'],
    ['approval.given', { about: { dossierCode: CODE }, decision: 'approved' }, '/data/inReplyTo'],
    ['procedure.published', { procedure: { code: '9.000002', name: 'X' } }, '/data/procedure/field'],
    ['dossier.withdrawn', {}, '/type'],
    ['toString', {}, '/type'],
  ];
  for (const [type, data, pointer] of bad) {
    try {
      connector.format(input(type, data));
      t.fail(`${type} must be refused`);
    } catch (error) {
      t.type(error, FormatFault);
      t.equal(error instanceof FormatFault && error.pointer, pointer, type);
    }
  }
  t.end();
});

test('the dossier is looked up by its national number, and by the number the commune gave', t => {
  const codes = [
    { system: 'portal', code: 'G-1', kind: 'national' },
    { system: 'commune', code: 'H19-7', kind: 'local' },
    { system: 'other', code: 'X', kind: 'local' },
  ];
  const { ref } = connector.format(
    input('dossier.status-changed', { ...STATUS, dossierCode: 'H19-7', codes: [] }, { codes }),
  );
  t.same(ref, {
    kind: 'dossier',
    code: 'G-1',
    expect: { maSo: 'H19-7', trangThai: 'cho-nop-tien', thoiDiem: '2026-11-24T09:00:00+07:00' },
  });
  t.end();
});

test('who handled it is the person, else the agency, never an invented name', t => {
  const { actor: _nobody, ...nameless } = STATUS;
  const agency = { decidingAgency: { code: 'H19.18', name: 'Văn phòng đăng ký đất đai' } };
  t.match(connector.format(input('dossier.status-changed', STATUS)).payload, { nguoiXuLy: { hoTen: 'Trần Văn Long' } });
  t.match(connector.format(input('dossier.status-changed', nameless, { entity: agency })).payload, {
    nguoiXuLy: { phongBan: 'Văn phòng đăng ký đất đai' },
  });
  t.notOk('nguoiXuLy' in (connector.format(input('dossier.status-changed', nameless)).payload as JsonObject));
  t.end();
});

const sorted = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(sorted)
    : value !== null && typeof value === 'object'
      ? Object.fromEntries(
          Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, one]) => [key, sorted(one)]),
        )
      : value;

test('a dossier comes back from the dialect as it went in', t => {
  const kind = fc.constantFrom('citizen', 'enterprise', 'anonymous', 'foreigner');
  const moment = fc
    .date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
    .map(date => `${date.toISOString().slice(0, 19)}+07:00`);
  const data = fc.record(
    {
      procedureCode: fc.string(),
      unitCode: fc.string(),
      status: fc.string(),
      applicant: fc.record(
        { kind, name: fc.string(), phone: fc.string(), extra: fc.string() },
        { requiredKeys: ['kind'] },
      ),
      returnMethod: fc.constantFrom('counter', 'post', 'online'),
      channel: fc.oneof(fc.constantFrom('counter', 'online', 'post'), fc.constant('kiosk')),
      submittedAt: moment,
      dueAt: fc.oneof(
        moment,
        moment.map(text => text.slice(0, 10)),
      ),
      files: fc.array(fc.record({ id: fc.string(), name: fc.string(), size: fc.nat() }), { maxLength: 3 }),
      fees: fc.array(fc.record({ state: fc.constantFrom('due', 'paid', 'waived', 'refunded'), unit: fc.string() }), {
        maxLength: 2,
      }),
      filedAt: fc.constantFrom('national', 'local'),
      links: fc.array(fc.record({ kind: fc.string(), dossierCode: fc.string() }), { maxLength: 2 }),
      unheardOf: fc.string(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(data, given => {
      const faults: Fault[] = [];
      const back = fromWire(DOSSIER, toWire(DOSSIER, given as JsonObject, '/data'), '', faults);
      return faults.length === 0 && JSON.stringify(sorted(back)) === JSON.stringify(sorted(given as JsonObject));
    }),
  );
  t.pass('held');
  t.end();
});
test('times are turned and turned back; what is none is told', t => {
  t.equal(timeOut('2026-11-24T01:02:03Z'), '2026-11-24T08:02:03+07:00');
  t.equal(timeOut('2026-11-24T01:02:03.250Z'), '2026-11-24T08:02:03.250+07:00');
  t.equal(timeOut('2026-11-24'), '24/11/2026');
  t.equal(timeIn('24/11/2026'), '2026-11-24');
  t.equal(timeIn('31/02/2026'), undefined);
  t.equal(timeIn('2026-11-24'), undefined);
  t.equal(timeOut('24/11/2026'), undefined);
  t.end();
});

test('shortening keeps letters whole and marks what was cut', t => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), fc.integer({ min: 2, max: 250 }), (text, limit) => {
      const short = shorten(text, limit);
      return [...short].length <= limit && ([...text].length <= limit ? short === text : short.endsWith('…'));
    }),
  );
  t.pass('held');
  t.end();
});
