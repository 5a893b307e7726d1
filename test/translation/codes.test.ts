/** Code lists: a list an endpoint, and both directions agree. */
import { test } from 'tap';
import { vocabulary } from './fixture.ts';

test('every code decodes to its canonical value and back', async t => {
  for (const { list, code, canonical, alsoFor } of vocabulary.content.codes) {
    t.equal(vocabulary.decode(list, code), canonical, `${list} ${code}`);
    for (const value of [canonical, ...(alsoFor ?? [])])
      t.equal(vocabulary.encode(list, value), code, `${list} ← ${value}`);
  }
});

test('the same field name means different things at another endpoint', async t => {
  t.equal(vocabulary.decode('portal/LoaiDoiTuong', '1'), 'citizen');
  t.equal(vocabulary.decode('portal-bo/LoaiDoiTuong', '1'), 'enterprise');
  t.equal(vocabulary.encode('portal-bo/LoaiDoiTuong', 'citizen'), '0');
});

test('channels and ways of return have the codes of each dialect', async t => {
  t.equal(vocabulary.encode('portal/KenhThucHien', 'post'), '3');
  t.equal(vocabulary.encode('portal/HinhThucTra', 'counter'), '0');
  t.equal(vocabulary.encode('commune/kenhNop', 'online'), 'truc-tuyen');
  t.equal(vocabulary.decode('edxml/Priority', '3'), 'express');
});

test('what a list lacks is undefined, never another value', async t => {
  t.equal(vocabulary.encode('portal/HinhThucTra', 'online'), undefined);
  t.equal(vocabulary.encode('portal/LoaiDoiTuong', 'anonymous'), undefined);
  t.equal(vocabulary.decode('portal/KenhThucHien', '9'), undefined);
  t.equal(vocabulary.decode('no/Such', '1'), undefined);
  t.equal(vocabulary.codeEntry('portal/LoaiDoiTuong', '1')?.grade, 'broader');
});

test('the commune list has a code for every kind of applicant', async t => {
  const kinds =
    'citizen household-business enterprise cooperative organisation state-agency foreigner overseas-vietnamese anonymous';
  for (const kind of kinds.split(' ')) t.type(vocabulary.encode('commune/doiTuong', kind), 'string', kind);
});

test('Vietnamese codes and names are found whatever their Unicode form', async t => {
  t.equal(vocabulary.decode('portal/DoiTuongThucHien', 'ĐT1'.normalize('NFD')), 'citizen');
  t.equal(vocabulary.encode('commune/quay', 'Hộ tịch'.normalize('NFD')), 'Quầy Tư pháp – Hộ tịch');
});
