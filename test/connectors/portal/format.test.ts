/** Canonical events become complete messages of the portal, or a fault that names what is missing. */
import fc from 'fast-check';
import { test } from 'tap';
import { create } from '../../../connectors/portal/create.ts';
import { fromLocalTime, localTime, toLocalTime } from '../../../connectors/portal/dialect.ts';
import { readResultNote, writeResultNote } from '../../../connectors/portal/result-note.ts';
import { FormatFault } from '../../../src/domain/errors.ts';
import type { GatewayEvent, JsonObject } from '../../../src/domain/words.ts';
import { COUNTER_DOSSIER, contextOf, eventOf, inputOf, requestOf } from './tools.ts';

type Payload = { isUpdating?: string; data: JsonObject[] };
const format = (
  event: GatewayEvent,
  entity: JsonObject = {},
  settings: JsonObject = {},
  codes: { system: string; code: string; kind: string }[] = [],
) => {
  const message = create(contextOf(settings)).format(inputOf(event, entity, codes));
  return { ...message, payload: message.payload as unknown as Payload };
};
const faultOf = (event: GatewayEvent, entity: JsonObject = {}): string => {
  try {
    format(event, entity);
  } catch (error) {
    if (error instanceof FormatFault) return error.pointer;
    throw error;
  }
  return 'none';
};

test('a counter filing goes as a new dossier with all required fields', async t => {
  const { operation, payload } = format(eventOf('dossier.submitted', COUNTER_DOSSIER));
  t.equal(operation, 'DongBoHoSoMC');
  t.equal(payload.isUpdating, 'False');
  t.same(payload.data, [
    {
      MaHoSo: 'H19.26041-261124-0007',
      MaTTHC: '1.001193',
      TenTTHC: 'Đăng ký khai sinh',
      TenLinhVuc: 'Hộ tịch',
      MaLinhVuc: 'LV04',
      KenhThucHien: '1',
      SoGiayToChuHoSo: '075099000123',
      ChuHoSo: 'Nguyễn Thị Mẫu',
      LoaiDoiTuong: '1',
      SoDienThoai: '0900000123',
      TrichYeuHoSo: 'Đăng ký khai sinh (mẫu)',
      NgayNopHoSo: '20261124080000',
      NgayTiepNhan: '20261124080510',
      NgayHenTra: '20261125170000',
      TrangThaiHoSo: '2',
      HinhThuc: '0',
      DonViXuLy: '26041',
      NoiNopHoSo: '2',
      HoSoCoThanhPhanSoHoa: '1',
      TaiKhoanDuocXacThucVoiVNeID: '0',
      DuocThanhToanTrucTuyen: '0',
      TaiLieuNop: [
        {
          TepDinhKemId: 't1',
          TenTepDinhKem: 'to-khai.pdf',
          IsDeleted: false,
          MaThanhPhanHoSo: 'MAU-TKKS',
          DuongDanTaiTepTin: 'http://commune.test/api/tep/t1',
        },
      ],
      DanhSachLePhi: [
        { TenPhiLePhi: 'Bản sao trích lục', MaPhiLePhi: 'PHI-BS', HinhThucThu: '1', Gia: '8000', LoaiPhiLePhi: '1' },
      ],
    },
  ]);
});

test('a dossier survives the way to the portal and back', async t => {
  const connector = create(contextOf());
  const { payload } = format(eventOf('dossier.submitted', COUNTER_DOSSIER));
  const parsed = await connector.parse(
    requestOf({ service: 'DongBoHoSoMC', madonvi: '26041', ...(payload as unknown as JsonObject) }),
  );
  const { statusList, codes, more, ...data } = parsed.events[0]?.data ?? {};
  t.same(data, COUNTER_DOSSIER);
  t.equal(statusList, 'national');
});

test('what only the portal knows goes back to it unchanged', async t => {
  const connector = create(contextOf());
  const filed = {
    MaHoSo: 'H1',
    MaTTHC: '9.999999',
    TenTTHC: 'Tên gốc',
    MaLinhVuc: 'LVX',
    TenLinhVuc: 'Lĩnh vực gốc',
    KenhThucHien: '2',
    ChuHoSo: 'A',
    SoGiayToChuHoSo: '075099000001',
    LoaiDoiTuong: '1',
    TrangThaiHoSo: '1',
    DonViXuLy: '26041',
    NgayNopHoSo: '20261124080000',
    MaDoiTuong: 'tk-1',
    DuocThanhToanTrucTuyen: '3',
    NoiNopHoSo: '1',
  };
  const { events } = await connector.parse(requestOf({ service: 'DongBoHoSoMC', isUpdating: 'False', data: [filed] }));
  const { payload } = format(
    eventOf('dossier.status-changed', {
      dossierCode: 'x',
      unitCode: '26041',
      status: '2',
      at: '2026-11-24T09:00:00+07:00',
    }),
    events[0]?.data ?? {},
    {},
    [{ system: 'portal', code: 'H1', kind: 'national' }],
  );
  t.match(payload.data[0], { ...filed, TrangThaiHoSo: '2', NgayTiepNhan: '20261124090000' });
});

const dates: [string, JsonObject][] = [
  ['2', { NgayTiepNhan: '20261124080510' }],
  ['3', { NgayTuChoi: '20261124100000' }],
  ['9', { NgayKetThucXuLy: '20261124100000' }],
  ['10', { NgayTra: '20261124100000' }],
];
for (const [status, expected] of dates) {
  test(`status ${status} goes as an update of the whole dossier with its date`, async t => {
    const event = eventOf('dossier.status-changed', {
      dossierCode: 'H1',
      unitCode: '26041',
      status,
      at: '2026-11-24T10:00:00+07:00',
      reason: 'ghi chú',
    });
    const { payload, ref } = format(event, COUNTER_DOSSIER);
    t.equal(payload.isUpdating, 'True');
    t.match(payload.data[0], { ...expected, TrangThaiHoSo: status, GhiChu: 'ghi chú', ChuHoSo: 'Nguyễn Thị Mẫu' });
    t.equal(payload.data[0]?.TaiLieuNop, undefined);
    t.same(ref.expect.fields, { TrangThaiHoSo: status });
  });
}

test('a request for a supplement becomes a round; without who asks it goes as a note', async t => {
  const data = {
    dossierCode: 'H1',
    unitCode: '26041',
    status: '5',
    at: '2026-11-24T10:00:00+07:00',
    supplement: { round: 2, papers: ['Giấy chứng sinh'], content: 'Thiếu giấy chứng sinh' },
  };
  const named = format(eventOf('dossier.status-changed', { ...data, actor: { name: 'Lê Mẫu' } }), COUNTER_DOSSIER)
    .payload.data[0];
  t.same(named?.DanhSachHoSoBoSung, [
    {
      HoSoBoSungId: 2,
      NguoiYeuCauBoSung: 'Lê Mẫu',
      NoiDungBoSung: 'Thiếu giấy chứng sinh',
      NgayBoSung: '20261124100000',
      TrangThaiBoSung: false,
      DanhSachGiayToBoSung: [{ TenGiayTo: 'Giấy chứng sinh' }],
      NgayHenTraTruoc: '20261125170000',
    },
  ]);
  const unnamed = format(eventOf('dossier.status-changed', data), COUNTER_DOSSIER).payload.data[0];
  t.equal(unnamed?.GhiChu, 'Thiếu giấy chứng sinh');
  t.equal(unnamed?.DanhSachHoSoBoSung, undefined);
});

const RESULT = {
  number: '12/GPXD',
  signedAt: '2026-11-24T10:00:00+07:00',
  signer: { name: 'Lê Văn Mẫu' },
  files: [{ id: 'k1', name: 'kq.pdf', url: 'http://commune.test/k1' }],
};
test('a result goes with status 9 and comes back as it was', async t => {
  const { payload } = format(
    eventOf('dossier.result-issued', { dossierCode: 'H1', unitCode: '26041', result: RESULT }),
    COUNTER_DOSSIER,
  );
  t.match(payload.data[0], {
    TrangThaiHoSo: '9',
    NgayKetThucXuLy: '20261124100000',
    DanhSachGiayToKetQua: [{ GiayToId: 'k1', MaGiayToKetQua: '12/GPXD' }],
  });
  const { events } = await create(contextOf()).parse(
    requestOf({ service: 'DongBoHoSoMC', isUpdating: 'True', data: [{ ...payload.data[0], LoaiCapNhat: 'KetQua' }] }),
  );
  t.same(
    events.map(event => event.type),
    ['dossier.status-changed', 'dossier.result-issued'],
  );
  t.same(events[1]?.data.result, RESULT);
});

test('a small file without an address travels inside only where the system allows it', async t => {
  const result = {
    ...RESULT,
    files: [{ id: 'k1', name: 'kq.pdf', mediaType: 'application/pdf', content: 'UERG', sha256: 'abc' }],
  };
  const event = eventOf('dossier.result-issued', { dossierCode: 'H1', unitCode: '26041', result });
  t.equal(faultOf(event, COUNTER_DOSSIER), '/data/result/files/0/url');
  const papers = (settings: JsonObject) =>
    format(event, COUNTER_DOSSIER, settings).payload.data[0]?.DanhSachGiayToKetQua;
  t.match(papers({ inlineFiles: true }), [{ DuongDanTepTinKetQua: 'data:application/pdf;base64,UERG' }]);
  t.match(papers({ fileAddress: 'https://gw.test/v1/files/{sha256}' }), [
    { DuongDanTepTinKetQua: 'https://gw.test/v1/files/abc' },
  ]);
});

test('a step goes with who, what, when and the status of the dossier, and comes back', async t => {
  const step = {
    no: 3,
    content: 'Thẩm định',
    actor: { name: 'Lê Mẫu' },
    post: 'Công chức',
    department: 'Phòng Kinh tế',
    startedAt: '2026-11-24T08:00:00+07:00',
    endedAt: '2026-11-24T09:00:00+07:00',
    dueAt: '2026-11-24T17:00:00+07:00',
  };
  const { operation, payload } = format(
    eventOf('dossier.step-changed', { dossierCode: 'H1', unitCode: '26041', step }),
    { status: '4' },
  );
  t.equal(operation, 'CapNhatTienDoHoSoMC');
  t.match(payload.data[0], {
    MaHoSo: 'H1',
    NguoiXuLy: 'Lê Mẫu',
    TrangThai: '4',
    ThoiDiemXuLy: '20261124090000',
    NgayBatDau: '20261124080000',
  });
  const { events } = await create(contextOf()).parse(
    requestOf({ service: 'CapNhatTienDoHoSoMC', madonvi: '26041', data: payload.data }),
  );
  t.same(events[0]?.data.step, { ...step, status: '4' });
});

const without = (...keys: string[]): JsonObject =>
  Object.fromEntries(Object.entries(COUNTER_DOSSIER).filter(([key]) => !keys.includes(key)));
const missing: [string, JsonObject][] = [
  ['/data/procedureCode', without('procedureCode')],
  ['/data/procedureCode', { ...COUNTER_DOSSIER, procedureCode: '9.000000' }],
  ['/data/unitCode', without('unitCode')],
  ['/data/channel', without('channel', 'filedAt')],
  ['/data/channel', { ...COUNTER_DOSSIER, channel: 'telex' }],
  ['/data/applicant/identityNumber', { ...COUNTER_DOSSIER, applicant: { kind: 'citizen', name: 'A' } }],
  ['/data/applicant/kind', { ...COUNTER_DOSSIER, applicant: { kind: 'anonymous' } }],
  ['/data/applicant/kind', { ...COUNTER_DOSSIER, applicant: { name: 'A', identityNumber: '123' } }],
  ['/data/receivedAt', { ...without('receivedAt', 'submittedAt'), status: '4' }],
  ['/data/dueAt', { ...COUNTER_DOSSIER, dueAt: '25/11/2026' }],
  ['/data/status', { ...COUNTER_DOSSIER, status: 'dang-tham-dinh' }],
  ['/data/summary', { ...COUNTER_DOSSIER, summary: 'x'.repeat(2001) }],
  ['/data/files/0/url', { ...COUNTER_DOSSIER, files: [{ id: '1', name: 'a' }] }],
];
for (const [pointer, data] of missing) {
  test(`what the portal requires and nobody said is named: ${pointer}`, async t => {
    t.equal(faultOf(eventOf('dossier.submitted', data)), pointer);
  });
}
test('a dummy identity number only by the setting of the system', async t => {
  const event = eventOf('dossier.submitted', { ...COUNTER_DOSSIER, applicant: { kind: 'citizen', name: 'A' } });
  t.equal(format(event, {}, { dummyIdentity: '000000000000' }).payload.data[0]?.SoGiayToChuHoSo, '000000000000');
});
test('what is not for the portal is refused', async t => {
  t.equal(faultOf(eventOf('approval.requested', { about: { dossierCode: 'H1' } })), '/type');
  t.equal(
    faultOf(
      eventOf('dossier.step-changed', {
        dossierCode: 'H1',
        step: { content: 'x', startedAt: '2026-11-24T08:00:00+07:00' },
      }),
    ),
    '/data/step/actor/name',
  );
});
test('an expectation holds no personal data', async t => {
  const event = eventOf('dossier.updated', {
    dossierCode: 'H1',
    applicant: { phone: '0900000999' },
    at: '2026-11-24T10:00:00+07:00',
  });
  const { ref, payload } = format(event, COUNTER_DOSSIER);
  t.equal(payload.data[0]?.SoDienThoai, '0900000999');
  t.notMatch(JSON.stringify(ref), /0900000999|Nguyễn/);
});

test('times go and come back to the second', async t => {
  fc.assert(
    fc.property(fc.date({ min: new Date('1990-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }), date => {
      const local = localTime(date);
      return (
        toLocalTime(fromLocalTime(local) ?? '') === local &&
        Date.parse(fromLocalTime(local) ?? '') === Math.floor(date.getTime() / 1000) * 1000
      );
    }),
  );
  for (const bad of ['20261301000000', '20260230000000', '20261124250000', '2026112408', 'x'])
    t.equal(fromLocalTime(bad), undefined);
  t.equal(toLocalTime('2026-11-24T08:00:00'), undefined);
  t.equal(toLocalTime('2026-11-24'), '20261124000000');
  t.equal(toLocalTime('2026-11-24T01:00:00Z'), '20261124080000');
});
test('number, date and signer of a result survive their one text field', async t => {
  const word = fc.string({ minLength: 1, maxLength: 20 }).filter(text => !text.includes(';'));
  fc.assert(
    fc.property(word, word, (number, name) => {
      const result = { number, signedAt: '2026-11-24T10:00:00+07:00', signer: { name } };
      t.same(readResultNote(writeResultNote(result)), result);
    }),
  );
  t.same(readResultNote('nhận tại quầy'), {});
});
