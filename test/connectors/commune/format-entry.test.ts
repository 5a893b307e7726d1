/** The commune-level entry on the wire: in the dialect's names, beside the official text, by its schema. */
import { test } from 'tap';
import { formatPublished } from '../../../connectors/commune/format-procedure.ts';
import type { JsonObject } from '../../../src/domain/words.ts';
import { translateEvent } from '../../../src/translation/translate.ts';
import { event, vocabulary } from '../../translation/fixture.ts';

const DATA: JsonObject = {
  procedure: { code: '1.001193', name: 'Thủ tục đăng ký khai sinh', field: 'Hộ tịch', level: 'xã' },
  steps: ['Nộp hồ sơ tại Trung tâm.', 'Công chức thẩm tra.', 'Lãnh đạo ký giấy khai sinh.'],
  timeLimit: [{ channel: 'counter', value: 3, unit: 'Ngày làm việc' }],
};

function payloadOf(data: JsonObject): JsonObject {
  const published = event('procedure.published', data, '2026-05-01T08:00:00+07:00');
  const translated = translateEvent(published, { role: 'commune', statusList: 'xa-3b' }, 'national', vocabulary).event;
  return formatPublished({ event: translated, entity: translated.data, codes: [], book: vocabulary })
    .payload as JsonObject;
}

test('plain words and three tasks stand beside the official text', async t => {
  const payload = payloadOf(DATA);
  t.match(payload, {
    tenThuTuc: 'Làm giấy khai sinh cho con',
    tenChinhThuc: 'Thủ tục đăng ký khai sinh',
    quay: 'Quầy Tư pháp – Hộ tịch',
    buoc: [
      { so: 1, noiDung: ['Nộp hồ sơ tại Trung tâm.'], viec: /^Công chức ở quầy/ },
      { so: 2, noiDung: ['Công chức thẩm tra.'], viec: /Sổ đăng ký khai sinh/ },
      { so: 3, noiDung: ['Lãnh đạo ký giấy khai sinh.'], viec: /ký Giấy khai sinh/ },
    ],
    thoiHan: DATA.timeLimit,
    capXa: {
      ma: /^HT-/,
      giaiThich: /khai sinh/,
      phanCap: { vaiTroCapXa: 'giai-quyet' },
      thoiHanGon: ['3 ngày làm việc'],
      khacBiet: [{ phan: 'thoiHan', banChinhThuc: ['3 ngày làm việc'], danhMuc: [/^trong ngày/] }],
      doTinCay: { quay: 'de-xuat', giayTo: 'cao' },
      mucKhop: 'tuong-duong',
      dayDu: true,
    },
  });
  t.same(payload.banGoc, DATA, 'the official text is untouched, and nothing plain is in it');
  const papers = payload.giayTo as JsonObject[];
  t.match(
    papers[0],
    { ten: /^Tờ khai đăng ký khai sinh/, banChinh: 1 },
    'the checklist of the record where the event has none',
  );
});

test('the event’s own papers come first', async t => {
  const payload = payloadOf({ ...DATA, components: [{ name: 'Giấy của tỉnh' }] });
  t.same(payload.giayTo, [{ ten: 'Giấy của tỉnh' }]);
  t.equal((payload.capXa as JsonObject).giayTo, undefined);
});

test('every entry of the catalogue can be written: no canonical name is left over', async t => {
  for (const { code, name, field } of vocabulary.content.procedures) {
    const { capXa } = payloadOf({ procedure: { code, name, field, level: 'xã' } }) as { capXa: JsonObject };
    t.equal(capXa.them, undefined, code);
    t.notMatch(JSON.stringify(capXa), /"them":/, code);
  }
});
