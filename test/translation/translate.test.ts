/** One event into its target's words: what changes, what is traced, what parks, and what is never touched. */
import fc from 'fast-check';
import { test } from 'tap';
import type { Json } from '../../src/domain/words.ts';
import { normalise } from '../../src/translation/normalise.ts';
import { translateEvent } from '../../src/translation/translate.ts';
import { event, vocabulary } from './fixture.ts';

const COMMUNE = { role: 'commune', statusList: 'xa-3b' } as const;
const PORTAL = { role: 'portal', statusList: 'national' } as const;
const DOCUMENTS = { role: 'documents', statusList: 'edxml' } as const;

test('portal → commune: successor unit, procedure in force, local status, plain title, each traced', async t => {
  const filed = event('dossier.submitted', {
    dossierCode: 'H19.34-250701-0001',
    procedureCode: '1.001193.000.00.00.H19',
    unitCode: '25996',
    receivingUnit: '26041',
    returnUnit: { code: '25996', name: 'Phường Tân Phong' },
    status: '1',
    applicant: { kind: 'citizen', name: 'Nguyễn Văn A' },
    unknownField: { kept: [1, 2, 3] },
  });
  const { event: out, trace, parks, national } = translateEvent(filed, COMMUNE, 'national', vocabulary);
  t.same(parks, []);
  t.same(national, { status: '1' });
  t.same(out.data, {
    ...filed.data,
    procedureCode: '1.001193',
    unitCode: '26188',
    returnUnit: { code: '26188', name: 'Phường Tân Phong' },
    status: 'cho-tiep-nhan',
    statusList: 'xa-3b',
    procedureName: 'Đăng ký khai sinh',
    plainTitle: 'Làm giấy khai sinh cho con',
  });
  t.same(
    trace.map(({ pointer, from, to, entry }) => [pointer, from, to, entry]),
    [
      ['/data/unitCode', '25996', '26188', 'former-unit:25996'],
      ['/data/returnUnit/code', '25996', '26188', 'former-unit:25996'],
      ['/data/procedureCode', '1.001193.000.00.00.H19', '1.001193', 'procedure:1.001193'],
      ['/data/procedureName', null, 'Đăng ký khai sinh', 'procedure:1.001193'],
      ['/data/plainTitle', null, 'Làm giấy khai sinh cho con', 'procedure:1.001193'],
      ['/data/status', '1', 'cho-tiep-nhan', 'status:xa-3b/cho-tiep-nhan'],
    ],
  );
  t.ok(trace.every(entry => entry.source !== '' && entry.certainty !== undefined && entry.grade !== undefined));
});

test('names that the event carries are not replaced, and other targets get none', async t => {
  const named = event('dossier.submitted', {
    procedureCode: '1.001193',
    procedureName: 'Tên riêng',
    plainTitle: 'Nhãn riêng',
  });
  t.match(translateEvent(named, COMMUNE, 'national', vocabulary).event.data, {
    procedureName: 'Tên riêng',
    plainTitle: 'Nhãn riêng',
  });
  const bare = event('dossier.submitted', { procedureCode: '1.001193' });
  t.same(translateEvent(bare, PORTAL, 'national', vocabulary).event.data, { procedureCode: '1.001193' });
});

test('a published procedure gets its plain title but is never parked for being new', async t => {
  const known = event('procedure.published', {
    procedure: { code: '1.001193', name: 'Đăng ký khai sinh', field: 'Hộ tịch', level: 'xã' },
  });
  t.match(translateEvent(known, COMMUNE, 'national', vocabulary).event.data, {
    plainTitle: 'Làm giấy khai sinh cho con',
  });
  const fresh = event('procedure.published', {
    procedure: { code: '1.999999', name: 'Mới', field: 'Hộ tịch', level: 'xã' },
  });
  t.same(translateEvent(fresh, COMMUNE, 'national', vocabulary).parks, []);
});

test('commune → portal: the number travels, what it cannot say stays beside it with its list', async t => {
  const signing = event('dossier.status-changed', {
    dossierCode: 'x',
    unitCode: '26041',
    status: 'trinh-ky',
    statusName: 'Trình ký',
  });
  const { event: out, national, trace } = translateEvent(signing, PORTAL, 'xa-3b', vocabulary);
  t.match(out.data, {
    status: '4',
    statusList: 'national',
    subStatus: 'trinh-ky',
    subStatusList: 'xa-3b',
    statusName: 'Trình ký',
  });
  t.same(national, { status: '4', subStatus: 'trinh-ky' });
  t.match(trace[0], {
    pointer: '/data/status',
    from: 'trinh-ky',
    to: '4',
    entry: 'status:xa-3b/trinh-ky',
    grade: 'broader',
  });
  // And back into a system of that list.
  const back = translateEvent(out, COMMUNE, 'national', vocabulary);
  t.equal(back.event.data.status, 'trinh-ky');
  t.equal(back.event.data.statusList, 'xa-3b');
});

test('a kept code of one list is not written into another that happens to have it', async t => {
  const told = event('dossier.status-changed', {
    unitCode: '26041',
    status: '4',
    statusList: 'national',
    subStatus: '4',
    subStatusList: 'mcdb',
  });
  const out = translateEvent(told, { role: 'commune', statusList: 'igate2' }, 'national', vocabulary);
  t.equal(out.event.data.status, '2');
});

test('one local list into another goes by the national number and keeps the original', async t => {
  const told = event('dossier.status-changed', { unitCode: '26041', status: 'cg:PENDING_SIGN', statusList: 'vpdk-dn' });
  const out = translateEvent(told, COMMUNE, 'xa-3b', vocabulary);
  t.match(out.event.data, {
    status: 'dang-tham-dinh',
    statusList: 'xa-3b',
    subStatus: 'cg:PENDING_SIGN',
    subStatusList: 'vpdk-dn',
  });
  t.same(
    out.trace.filter(entry => entry.pointer === '/data/status').map(entry => entry.to),
    ['4', 'dang-tham-dinh'],
  );
});

test('documents are told the national number; their own list has no dossier statuses', async t => {
  const told = event('dossier.submitted', { unitCode: '26041', procedureCode: '1.001193', status: 'cho-nop-tien' });
  t.match(translateEvent(told, DOCUMENTS, 'xa-3b', vocabulary).event.data, { status: '6', statusList: 'national' });
});

test('a status of a document passes as it is, and an unknown one parks', async t => {
  const known = event('document.status-changed', { documentId: 'd', agencyCode: 'H19', status: '03' });
  const passed = translateEvent(known, DOCUMENTS, 'xa-3b', vocabulary);
  t.same([passed.event.data, passed.parks, passed.national], [known.data, [], {}]);
  const unknown = event('document.status-changed', { documentId: 'd', agencyCode: 'H19', status: '14' });
  t.match(translateEvent(unknown, DOCUMENTS, 'edxml', vocabulary).parks, [
    { cause: 'unmapped-status', pointer: '/data/status' },
  ]);
});

test('what cannot be read parks with its place and candidates, and is left as it came', async t => {
  const odd = event('dossier.status-changed', {
    unitCode: '26449',
    returnUnit: '99999',
    procedureCode: '1.00119',
    status: 'lạ',
  });
  const { event: out, parks, trace } = translateEvent(odd, PORTAL, 'xa-3b', vocabulary);
  t.same(out.data, odd.data);
  t.same(trace, []);
  t.match(parks, [
    {
      cause: 'ambiguous-unit',
      pointer: '/data/unitCode',
      value: '26449',
      candidates: [{ code: '26359' }, { code: '26446' }],
    },
    { cause: 'unknown-unit', pointer: '/data/returnUnit', value: '99999' },
    { cause: 'unknown-procedure', pointer: '/data/procedureCode', value: '1.00119' },
    { cause: 'unmapped-status', pointer: '/data/status', value: 'lạ' },
  ]);
  t.same(normalise(odd, 'xa-3b', vocabulary).parks, parks);
});

test('a target list without a code for the number parks', async t => {
  const told = event('dossier.status-changed', { unitCode: '26041', status: '3' });
  const out = translateEvent(told, { role: 'commune', statusList: 'mplis' }, 'national', vocabulary);
  t.match(out.parks, [{ cause: 'unmapped-status', pointer: '/data/status', value: '3' }]);
  t.equal(out.event.data.status, '3');
});

test('facts are read as of the event, or of the day that is given', async t => {
  const early = event(
    'dossier.submitted',
    { unitCode: '25996', procedureCode: '1.012752' },
    '2025-06-24T09:00:00+07:00',
  );
  t.match(normalise(early, 'national', vocabulary), { unit: '25996', procedure: '1.012752' });
  const official = '2025-07-01T00:00:00+07:00';
  t.match(normalise(early, 'national', vocabulary, undefined, official), { unit: '26188', procedure: '1.013823' });
  const out = translateEvent(early, PORTAL, 'national', vocabulary, undefined, official);
  t.match(out.event.data, { unitCode: '26188', procedureCode: '1.013823' });
});

test('the status of a step is translated where it is one of the list, and passes where it is a word of its own', async t => {
  const stepped = (status: string) =>
    event('dossier.step-changed', {
      dossierCode: 'x',
      unitCode: '26041',
      step: { no: 2, content: 'Thẩm định', status },
    });
  const known = translateEvent(stepped('trinh-ky'), PORTAL, 'xa-3b', vocabulary);
  t.match(known.event.data, { statusList: 'national', step: { no: 2, status: '4' } });
  t.match(known.trace, [{ pointer: '/data/step/status', from: 'trinh-ky', to: '4' }]);
  t.same(known.national, {}, 'a step is no status of the dossier');
  const own = translateEvent(stepped('kiểm tra thực địa'), PORTAL, 'xa-3b', vocabulary);
  t.same([own.event.data, own.parks], [stepped('kiểm tra thực địa').data, []]);
  const toCommune = translateEvent({ ...stepped('6'), source: 'portal' }, COMMUNE, 'national', vocabulary);
  t.match(toCommune.event.data, { statusList: 'xa-3b', step: { status: 'cho-nop-tien' } });
});

test('the status before is what a wish to withdraw keeps', async t => {
  const wish = event('dossier.status-changed', { unitCode: '26041', status: 'xin-rut-cho-duyet' });
  t.match(normalise(wish, 'xa-3b', vocabulary, '5'), { national: '5', subStatus: 'xin-rut-cho-duyet', parks: [] });
  t.match(normalise(wish, 'xa-3b', vocabulary), { parks: [{ cause: 'unmapped-status' }] });
});

test('an agency that is no unit is left alone', async t => {
  const told = event('dossier.submitted', {
    unitCode: '26041',
    decidingAgency: { code: 'H19.12', level: 'tỉnh', name: 'Sở' },
  });
  t.same(normalise(told, 'national', vocabulary).parks, []);
});

test('translation is pure: the event is untouched and the same goes in as comes out twice', async t => {
  const codes = ['25996', '26041', '26449', '75', '99999'];
  const anyEvent = fc
    .record({
      unitCode: fc.constantFrom(...codes),
      procedureCode: fc.constantFrom('1.001193', '1.012752', '9.999999', '1.001193.H19'),
      status: fc.constantFrom('1', '4', '9', 'trinh-ky', 'xin-rut-cho-duyet', 'lạ'),
      statusList: fc.constantFrom('national', 'xa-3b', 'opencps'),
      free: fc.jsonValue() as fc.Arbitrary<Json>,
    })
    .map(data => event('dossier.status-changed', data));
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyEvent, fc.constantFrom(COMMUNE, PORTAL, DOCUMENTS), (told, target) => {
        const before = JSON.stringify(told);
        const first = JSON.stringify(translateEvent(told, target, 'xa-3b', vocabulary, '4'));
        const second = translateEvent(told, target, 'xa-3b', vocabulary, '4');
        return (
          JSON.stringify(told) === before &&
          JSON.stringify(second) === first &&
          second.event.data.free === told.data.free &&
          second.national.status === normalise(told, 'xa-3b', vocabulary, '4').national
        );
      }),
      { numRuns: 1000 },
    ),
  );
});
