/** Term marks on their way into the commune system: they point into the message, and never come back as data. */
import { test } from 'tap';
import type { Json, JsonObject } from '../../../src/domain/words.ts';
import { translateEvent } from '../../../src/translation/translate.ts';
import { vocabulary } from '../../translation/fixture.ts';
import { event, inbound, input, offline, STATUS, SUBMITTED } from './support.ts';

const connector = offline();
const CODE = String(SUBMITTED.dossierCode);
const TERM = 'Đề nghị trích đo bản đồ địa chính, thẩm định';

/** The message of an event as the gateway would send it to the commune. */
function messageOf(type: string, data: JsonObject): JsonObject {
  const told = translateEvent(event(type, data), { role: 'commune', statusList: 'xa-3b' }, 'xa-3b', vocabulary);
  return connector.format(input(type, told.event.data)).payload as JsonObject;
}
const at = (root: Json, pointer: string): Json =>
  pointer
    .split('/')
    .slice(1)
    .reduce<Json>((value, part) => (value as JsonObject)[part] ?? null, root);

const CASES: [type: string, data: JsonObject, places: string[]][] = [
  ['dossier.submitted', { ...SUBMITTED, summary: TERM, note: TERM }, ['/trichYeu', '/them/note']],
  ['dossier.updated', { dossierCode: CODE, changed: ['/summary'], summary: TERM, note: TERM }, ['/trichYeu']],
  [
    'dossier.status-changed',
    {
      ...STATUS,
      reason: TERM,
      supplement: { round: 1, papers: [TERM, { name: TERM }], content: TERM },
      closing: { reason: TERM },
      reopen: { basis: TERM, reason: TERM },
      fees: [{ code: 'x', name: TERM, amount: 1, state: 'due', note: TERM }],
    },
    [
      '/lyDo',
      '/boSung/giayTo/0',
      '/boSung/giayTo/1/name',
      '/boSung/noiDung',
      '/ketThuc/lyDo',
      '/moLai/canCu',
      '/moLai/lyDo',
      '/phiLePhi/0/ten',
      '/phiLePhi/0/them/note',
    ],
  ],
  [
    'dossier.step-changed',
    {
      dossierCode: CODE,
      unitCode: '26041',
      step: { no: 1, content: TERM, note: TERM, actor: { name: 'A' }, startedAt: '2026-11-24T02:00:00Z' },
    },
    ['/buoc/noiDung', '/buoc/them/note'],
  ],
  [
    'dossier.result-issued',
    { dossierCode: CODE, unitCode: '26041', result: { number: '7', name: TERM, signedAt: '2026-11-24', files: [] } },
    ['/ketQua/ten'],
  ],
  ['opinion.given', { inReplyTo: 'r1', about: { dossierCode: CODE }, unitCode: '26041', text: TERM }, ['/noiDung']],
  [
    'document.sent',
    { documentId: 'd1', from: { agencyCode: 'x' }, to: [], subject: TERM, reason: TERM },
    ['/trichYeu', '/lyDo'],
  ],
  [
    'document.status-changed',
    { documentId: 'd1', agencyCode: 'x', status: '02', statusList: 'edxml', description: TERM },
    ['/moTa'],
  ],
  [
    'procedure.published',
    {
      procedure: { code: '9.999999', name: TERM, field: 'Đất đai (xã)', level: 'xã' },
      steps: [{ no: 1, content: TERM }],
      components: [{ name: TERM }],
    },
    ['/banGoc/procedure/name', '/banGoc/components/0/name', '/banGoc/steps/0/content'],
  ],
  [
    'procedure.published',
    {
      procedure: { code: '9.999999', name: 'x', field: 'Đất đai (xã)', level: 'xã' },
      communeEntry: {
        papers: [{ name: TERM, condition: TERM }],
        timeLimits: [{ value: 1, unit: 'days', condition: TERM }],
        fees: [{ amount: 1, condition: TERM, exempt: TERM }],
        results: [TERM],
        explanation: TERM,
      },
    },
    [
      '/capXa/giayTo/0/ten',
      '/capXa/giayTo/0/truongHop',
      '/capXa/thoiHan/0/truongHop',
      '/capXa/phiLePhi/0/truongHop',
      '/capXa/phiLePhi/0/mienCho',
      '/capXa/ketQua/0',
    ],
  ],
];

test('every type brings its marks, each at a text of the message', async t => {
  for (const [type, data, places] of CASES) {
    const payload = messageOf(type, data);
    const marks = payload.chuThich as JsonObject[];
    t.same([...new Set(marks.map(mark => mark.truong))].sort(), [...places].sort(), type);
    for (const { truong, viTri, doDai, ma, nhan, giaiThich } of marks) {
      const text = at(payload, String(truong));
      t.equal(text, TERM, `${type} ${String(truong)}: word for word`);
      const words = String(text).slice(Number(viTri), Number(viTri) + Number(doDai));
      t.equal(words, { T057: 'trích đo bản đồ địa chính', T008: 'thẩm định' }[String(ma)]);
      t.ok(nhan !== '' && giaiThich !== '');
    }
    t.notOk(JSON.stringify({ ...payload, chuThich: null }).includes('explanation'), `${type}: nowhere else`);
  }
});

test('what is no mark of a text in the message is left out', async t => {
  const mark = { pointer: '/data/summary', offset: 0, length: 1, term: 'T1', label: 'x', explanation: 'y' };
  const strange: Json[] = [
    7,
    null,
    'x',
    {},
    { ...mark, pointer: '/data/__proto__/x' },
    { ...mark, pointer: '/data/applicant' },
  ];
  for (const marks of [strange, 'x', null, 7, {}]) {
    const payload = connector.format(input('dossier.submitted', { ...SUBMITTED, marks })).payload as JsonObject;
    t.notOk(
      'chuThich' in payload || 'marks' in ((payload.them as JsonObject | undefined) ?? {}),
      JSON.stringify(marks),
    );
  }
});

test('a system that sends its marks back says nothing new by them', async t => {
  const payload = messageOf('dossier.status-changed', { ...STATUS, reason: TERM });
  t.ok(payload.chuThich);
  const { events } = await connector.parse(
    inbound({
      suKien: 'ho-so.trang-thai',
      id: 'x',
      maSo: 'H-1',
      donVi: '26041',
      thoiDiem: '2026-11-24T09:00:00+07:00',
      duLieu: { ...payload, maQuocGia: CODE },
    }),
  );
  t.equal(events.length, 1);
  t.notOk(JSON.stringify(events).includes('giaiThich'));
});
