/** What the portal tells us becomes canonical events; what is wrong with it is named by pointer. */
import { test } from 'tap';
import { create } from '../../../connectors/portal/create.ts';
import { InputFault } from '../../../src/domain/errors.ts';
import type { GatewayEvent, Json, JsonObject } from '../../../src/domain/words.ts';
import { contextOf, example, requestOf } from './tools.ts';

const parse = async (json: Json, id: string | undefined = 'msg_1'): Promise<GatewayEvent[]> =>
  (await create(contextOf()).parse(requestOf(json, id))).events;
const refusal = async (json: Json, id?: string): Promise<InputFault> => {
  try {
    await create(contextOf()).parse({ ...requestOf(json), ...(id === undefined ? {} : { messageId: id }) });
  } catch (error) {
    if (error instanceof InputFault) return error;
    throw error;
  }
  throw new Error('it was taken');
};

test('a dossier filed online is dossier.submitted, complete', async t => {
  const parsed = await create(contextOf()).parse(requestOf(example('dossier-filed')));
  t.equal(parsed.events.length, 1);
  const [event] = parsed.events;
  t.match(event, {
    id: 'msg_1',
    source: 'portal',
    type: 'dossier.submitted',
    subject: 'H19.TT.26041-261124-0001',
    time: '2026-11-24T08:30:15+07:00',
  });
  t.notOk(event?.timeassumed);
  t.same(event?.data, {
    dossierCode: 'H19.TT.26041-261124-0001',
    procedureCode: '1.001193',
    unitCode: '26041',
    status: '1',
    statusList: 'national',
    codes: [{ system: 'portal', code: 'H19.TT.26041-261124-0001', kind: 'national' }],
    channel: 'online',
    applicant: {
      kind: 'citizen',
      name: 'Trần Văn Mẫu',
      identityNumber: '001099000456',
      phone: '0900000456',
      email: 'mau@example.com',
    },
    summary: 'Đăng ký khai sinh cho con (mẫu)',
    submittedAt: '2026-11-24T08:30:15+07:00',
    returnMethod: 'post',
    filedAt: 'national',
    digitised: true,
    accountVerified: true,
    files: [
      {
        id: 'tep-1',
        name: 'giay-chung-sinh.pdf',
        url: 'http://portal.test/tep/tep-1.pdf',
        component: 'MAU-GCS',
        more: { portal: { DuocSoHoa: '1' } },
      },
    ],
    more: {
      portal: {
        MaTTHC: '1.001193.000.00.00.H19',
        TenTTHC: 'Thủ tục đăng ký khai sinh',
        MaLinhVuc: 'LV04',
        TenLinhVuc: 'Hộ tịch',
        MaDoiTuong: 'tk-mau-01',
        DuocThanhToanTrucTuyen: '3',
        TruongMoi: 'giữ nguyên',
      },
    },
  });
  t.same(JSON.parse(parsed.answer?.body ?? ''), { error_code: 0, message: 'Đã ghi nhận' });
});

test('a result where the province handles is a status and a result, each with an id of its own', async t => {
  const [status, result, ...others] = await parse(example('result-ready'));
  t.same(others, []);
  t.match(status, { id: 'msg_1.1', type: 'dossier.status-changed', time: '2026-11-24T09:01:05+07:00' });
  t.match(status?.data, { unitCode: '26413', status: '9', statusList: 'national', at: '2026-11-24T09:01:05+07:00' });
  t.match(result, { id: 'msg_1.2', type: 'dossier.result-issued' });
  t.same(result?.data.result, {
    number: '15/GCN-MAU',
    signedAt: '2026-11-24T09:00:00+07:00',
    signer: { name: 'Lê Văn Mẫu' },
    files: [{ id: 'kq-3', name: 'Giấy chứng nhận (mẫu).pdf', url: 'http://portal.test/tep/kq-3.pdf' }],
  });
});

test('a change that does not say what it is about reports status, information and due date apart', async t => {
  const message = {
    service: 'DongBoHoSoMC',
    isUpdating: 'True',
    data: [
      {
        MaHoSo: 'H1',
        TrangThaiHoSo: '4',
        DonViXuLy: '26041',
        ChuHoSo: 'Mẫu',
        NgayHenTra: '20261125170000',
        SoDienThoai: '0900000001',
      },
    ],
  };
  const events = await parse(message);
  t.same(
    events.map(event => [event.id, event.type, event.timeassumed]),
    [
      ['msg_1.1', 'dossier.status-changed', true],
      ['msg_1.2', 'dossier.updated', true],
      ['msg_1.3', 'dossier.updated', true],
    ],
  );
  t.same(events[1]?.data.changed, ['/applicant']);
  t.match(events[2]?.data, { changed: ['/dueAt'], dueAt: '2026-11-25T17:00:00+07:00' });
  t.match(events[1]?.data, { applicant: { name: 'Mẫu', phone: '0900000001' } });
  t.equal(events[0]?.time, '2026-11-24T09:30:00+07:00');
});

test('the unit of a message stands in for one the dossier lacks; without any it is refused', async t => {
  const item = { MaHoSo: 'H1', TrangThaiHoSo: '4', LoaiCapNhat: 'TrangThai' };
  const [event] = await parse({ service: 'DongBoHoSoMC', madonvi: '26485', isUpdating: 'True', data: [item] });
  t.equal(event?.data.unitCode, '26485');
  const fault = await refusal({ service: 'DongBoHoSoMC', isUpdating: 'True', data: [item] });
  t.match(fault.faults, [{ pointer: '/data/0/DonViXuLy', code: 'required' }]);
});

test('the unit is a code, a code with its name, or else the unit the message is for', async t => {
  for (const [desk, unit, kept] of [
    ['26041', '26041', undefined],
    ['H19.32', 'H19.32', undefined],
    ['26041 - Phường Trấn Biên', '26041', '26041 - Phường Trấn Biên'],
    ['UBND phường Trấn Biên', '26485', 'UBND phường Trấn Biên'],
  ] as const) {
    const item = { MaHoSo: 'H1', MaTTHC: '1.001193', ChuHoSo: 'Mẫu', TrangThaiHoSo: '1', DonViXuLy: desk };
    const [event] = await parse({ service: 'DongBoHoSoMC', madonvi: '26485', isUpdating: 'False', data: [item] });
    t.equal(event?.data.unitCode, unit);
    t.same((event?.data.more as JsonObject | undefined)?.portal, kept === undefined ? undefined : { DonViXuLy: kept });
  }
});

test('an update of the applicant without a name is refused, since a canonical applicant has one', async t => {
  const item = {
    MaHoSo: 'H1',
    TrangThaiHoSo: '4',
    DonViXuLy: '26041',
    SoDienThoai: '0900000001',
    LoaiCapNhat: 'ThongTin',
  };
  t.match((await refusal({ service: 'DongBoHoSoMC', isUpdating: 'True', data: [item] })).faults, [
    { pointer: '/data/0/ChuHoSo' },
  ]);
});

test('steps keep their order and their words', async t => {
  const events = await parse(example('steps'));
  t.same(
    events.map(event => event.id),
    ['msg_1.1', 'msg_1.2'],
  );
  t.same(events[0]?.data, {
    dossierCode: 'H19.TT.26413-261120-0003',
    unitCode: '26413',
    step: {
      no: 1,
      content: 'Thẩm tra điều kiện cấp đổi',
      actor: { name: 'Phạm Thị Mẫu' },
      post: 'Viên chức thẩm định',
      department: 'Chi nhánh Văn phòng đăng ký đất đai',
      startedAt: '2026-11-23T08:00:00+07:00',
      endedAt: '2026-11-23T15:30:00+07:00',
      dueAt: '2026-11-25T17:00:00+07:00',
      status: '4',
    },
    statusList: 'national',
  });
  t.match(events[1]?.data.step, { no: 2, status: '4', startedAt: '2026-11-24T08:00:00+07:00' });
});

test('the return of a result is status 10; other notices are not supported yet', async t => {
  const [event] = await parse(example('result-returned'));
  t.match(event, { type: 'dossier.status-changed', time: '2026-11-24T16:15:00+07:00' });
  t.match(event?.data, { status: '10', unitCode: '26041', reason: 'Đã trả kết quả qua bưu chính' });
  for (const kind of ['BoSung', 'ThanhToan', 'RutHoSo']) {
    const fault = await refusal({
      service: 'ThongBaoHoSo',
      madonvi: '26041',
      data: [{ MaHoSo: 'H1', Loai: kind, ThoiDiem: '20261124161500' }],
    });
    t.match(fault, { code: 'not-supported-yet', status: 422, faults: [{ pointer: '/data/0/Loai' }] });
  }
});

test('a text that names no figure of time has timeLimit null', async t => {
  const { readProcedure } = await import('../../../connectors/portal/parse-procedure.ts');
  const text = (example('procedure-text').result as JsonObject[])[0] ?? {};
  t.equal(readProcedure({ ...text, CACHTHUCTHUCHIEN: [] }, '1.012783', 'portal').data.timeLimit, null);
  t.equal(readProcedure({ ...text, TRANGTHAI: '0' }, '1.012783', 'portal').type, 'procedure.withdrawn');
});

const broken: [string, Json, string[]][] = [
  ['no object', [], ['']],
  ['an unknown service', { service: 'XoaHoSo' }, ['/service']],
  [
    'missing fields, all at once',
    { service: 'DongBoHoSoMC', isUpdating: 'False', data: [{ MaHoSo: 'H1', TrangThaiHoSo: '1' }] },
    ['/data/0/MaTTHC', '/data/0/ChuHoSo', '/data/0/DonViXuLy'],
  ],
  [
    'a time that does not exist',
    {
      service: 'DongBoHoSoMC',
      isUpdating: 'True',
      data: [{ MaHoSo: 'H1', TrangThaiHoSo: '2', DonViXuLy: '26041', NgayTiepNhan: '20260231080000' }],
    },
    ['/data/0/NgayTiepNhan'],
  ],
  [
    'an identity number as a number',
    {
      service: 'DongBoHoSoMC',
      isUpdating: 'True',
      data: [{ MaHoSo: 'H1', TrangThaiHoSo: '2', DonViXuLy: '26041', SoGiayToChuHoSo: 75099000123 }],
    },
    ['/data/0/SoGiayToChuHoSo'],
  ],
  [
    'an unknown status',
    { service: 'DongBoHoSoMC', isUpdating: 'True', data: [{ MaHoSo: 'H1', TrangThaiHoSo: '11', DonViXuLy: '26041' }] },
    ['/data/0/TrangThaiHoSo'],
  ],
  [
    'an unknown code',
    {
      service: 'DongBoHoSoMC',
      isUpdating: 'True',
      data: [{ MaHoSo: 'H1', TrangThaiHoSo: '2', DonViXuLy: '26041', KenhThucHien: '9' }],
    },
    ['/data/0/KenhThucHien'],
  ],
  [
    'a result without number and signer',
    {
      service: 'DongBoHoSoMC',
      isUpdating: 'True',
      data: [
        {
          MaHoSo: 'H1',
          TrangThaiHoSo: '9',
          DonViXuLy: '26041',
          DanhSachGiayToKetQua: [{ TenGiayTo: 'a', DuongDanTepTinKetQua: 'http://x/a' }],
        },
      ],
    },
    ['/data/0/ThongTinTra', '/data/0/ThongTinTra', '/data/0/ThongTinTra'],
  ],
];
for (const [name, message, pointers] of broken) {
  test(`refused with its place: ${name}`, async t => {
    const fault = await refusal(message);
    t.same(
      fault.faults.map(one => one.pointer),
      pointers,
    );
    t.ok(fault.status >= 400 && fault.status < 500);
    for (const one of fault.faults) t.ok(one.detail.vi !== '' && one.detail.en !== '');
  });
}

test('without a webhook-id the time of change makes the id; without that it is refused', async t => {
  const connector = create(contextOf());
  const { messageId: _dropped, ...bare } = requestOf(example('result-ready'));
  const { events } = await connector.parse(bare);
  t.equal(events[0]?.id, 'H19.TT.26413-261120-0003@2026-11-24T09:01:05+07:00.1');
  const { messageId: _too, ...timeless } = requestOf({
    service: 'DongBoHoSoMC',
    isUpdating: 'True',
    data: [{ MaHoSo: 'H1', TrangThaiHoSo: '4', DonViXuLy: '26041', LoaiCapNhat: 'TrangThai' }],
  });
  await t.rejects(connector.parse(timeless), { code: 'missing-event-id', status: 400 });
});
