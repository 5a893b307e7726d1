/** Term marks as people see them: never on a text whose personal data is hidden, since its offsets would lie. */
import { test } from 'tap';
import { maskMarks, maskMessage } from '../../src/admin/mask.ts';
import type { JsonObject, Mark } from '../../src/domain/words.ts';
import { submitted } from '../support/ledger-rig.ts';
import { peopleRig } from '../support/people-rig.ts';

const mark = (pointer: string): Mark => ({
  pointer,
  offset: 0,
  length: 9,
  term: 'T008',
  label: 'kiểm tra chuyên môn',
  explanation: 'x',
});
const OPEN = 'thẩm định hồ sơ';
const PERSONAL = 'thẩm định hồ sơ của người mang số 075199001234';

test('marks of a masked text are left out, of the event and of the message', async t => {
  const event = { data: { summary: OPEN, note: PERSONAL, applicant: { address: OPEN }, steps: [OPEN, PERSONAL] } };
  const pointers = ['summary', 'note', 'applicant/address', 'applicant', 'steps/0', 'steps/1', 'nowhere/0'];
  const seen = maskMarks(
    pointers.map(path => mark(`/data/${path}`)),
    event,
  );
  t.same(
    seen.map(each => each.pointer),
    ['/data/summary', '/data/steps/0'],
  );
  const chuThich = ['/trichYeu', '/lyDo', '/diaChi', '', '/buoc/noiDung'].map(truong => ({
    truong,
    viTri: 0,
    doDai: 9,
  }));
  const payload = { trichYeu: OPEN, lyDo: PERSONAL, diaChi: OPEN, buoc: { noiDung: OPEN } };
  const message = maskMessage({ ...payload, chuThich: [...chuThich, 7, null] }) as JsonObject;
  t.same(message.chuThich, [chuThich[0], chuThich[4]]);
  t.notMatch(JSON.stringify(message), /075199001234/);
  t.same(maskMessage({ chuThich: 'x' }), { chuThich: 'x' });
  t.same(maskMessage([PERSONAL]), [PERSONAL.replace('075199001234', '***234')]);
});

test('a translation shows its marks', async t => {
  const rig = await peopleRig(t);
  const told = submitted('H-1', { summary: OPEN, note: PERSONAL });
  const shown = (await rig.post('/v1/translate', { event: told, target: 'commune' })).json();
  t.match(shown.event.data, { summary: OPEN, note: /\*\*\*234/ });
  const marks = shown.marks.filter((each: Mark) => each.pointer !== '/data/procedureName');
  t.match(marks, [{ pointer: '/data/summary', offset: 0, length: OPEN.length, term: 'T008', label: String }]);
  t.same(shown.event.data.marks, shown.marks);
  const other = (await rig.post('/v1/translate', { event: { ...told, source: 'commune' }, target: 'portal' })).json();
  t.same(other.marks, []);
});
