/** Statuses: local to national and back, and the ones that must never come into being (domain rules of the event catalogue). */
import fc from 'fast-check';
import { test } from 'tap';
import { vocabulary } from './fixture.ts';

const { statuses, statusLists } = vocabulary.content;
const NATIONAL = Array.from({ length: 10 }, (_, index) => String(index + 1));
const dossierLists = statusLists.filter(list => list.about === 'dossier').map(list => list.list);
const { toNational, fromNational } = vocabulary;

/** code, national, kept, and what was before where it matters. */
const XA_3B: [code: string, national: string, kept: boolean, before?: string][] = [
  ['cho-tiep-nhan', '1', false],
  ['da-tiep-nhan', '2', false],
  ['tu-choi-tiep-nhan', '3', false],
  ['cho-bo-sung', '5', false],
  ['da-bo-sung-cho-kiem-tra', '4', true],
  ['xin-rut-cho-duyet', '5', true, '5'],
  ['da-rut', '7', false],
  ['cho-phan-cong', '2', true],
  ['dang-tham-dinh', '4', false],
  ['cho-y-kien-co-quan-khac', '4', true],
  ['tam-dung-tinh-han', '4', true],
  ['cho-thong-bao-thue', '4', true],
  ['cho-nop-tien', '6', false],
  ['dung-giai-quyet', '8', false],
  ['trinh-ky', '4', true],
  ['tra-buoc-truoc', '4', true],
  ['da-ky-cho-ban-giao', '4', true],
  ['cho-tra-ket-qua', '9', false],
  ['dang-gui-buu-chinh', '9', true],
  ['da-tra-ket-qua', '10', false],
];

test('the commune list reads and writes as the contract says', async t => {
  t.equal(statuses.filter(status => status.list === 'xa-3b').length, XA_3B.length);
  for (const [code, national, kept, before] of XA_3B) {
    const answer = toNational('xa-3b', code, undefined, before);
    t.match(answer, { ok: true, status: national, entry: { id: `status:xa-3b/${code}` } }, code);
    t.equal(answer.ok ? answer.subStatus : undefined, kept ? code : undefined, `${code} kept: ${kept}`);
    t.match(fromNational('xa-3b', national, kept ? code : undefined), { ok: true, code }, `${code} comes back`);
  }
});

test('a wish to withdraw keeps the status before, and without one a person decides', async t => {
  t.match(toNational('xa-3b', 'xin-rut-cho-duyet', undefined, '4'), { ok: true, status: '4' });
  t.same(toNational('xa-3b', 'xin-rut-cho-duyet'), { ok: false, cause: 'unmapped-status' });
  // Once it is closed, the wish is no longer what to write.
  t.match(fromNational('xa-3b', '7', 'xin-rut-cho-duyet'), { ok: true, code: 'da-rut' });
});

test('the national list passes 1 to 10 and nothing else', async t => {
  for (const status of NATIONAL) t.match(toNational('national', status), { ok: true, status });
  for (const wrong of ['0', '11', '01', '', 'x', ' 4']) {
    t.same(toNational('national', wrong), { ok: false, cause: 'unmapped-status' }, JSON.stringify(wrong));
  }
  t.match(toNational('national', '4', 'trinh-ky'), { ok: true, status: '4', subStatus: 'trinh-ky' });
});

test('an unknown list or code is unmapped, also the list of documents', async t => {
  t.same(toNational('no-such-list', '4'), { ok: false, cause: 'unmapped-status' });
  t.same(toNational('xa-3b', '4'), { ok: false, cause: 'unmapped-status' });
  t.same(toNational('edxml', '05'), { ok: false, cause: 'unmapped-status' });
  t.same(fromNational('edxml', '4'), { ok: false, cause: 'unmapped-status' });
  t.same(fromNational('xa-3b', '11'), { ok: false, cause: 'unmapped-status' });
});

test('every status of every list has an answer, and it is the mapped one', async t => {
  t.equal(statuses.filter(s => !['national', 'edxml', 'xa-3b'].includes(s.list)).length, 135);
  for (const status of statuses.filter(each => dossierLists.includes(each.list))) {
    const fine = status.level === 'sub-status';
    const answer = toNational(status.list, fine ? '-' : status.code, fine ? status.code : undefined, '2');
    const expected =
      { before: '2', none: undefined }[status.national] ?? status.nationalAfterReception ?? status.national;
    if (status.national === 'none')
      t.same(answer, { ok: false, cause: 'unmapped-status' }, `${status.list}/${status.code}`);
    else t.match(answer, { ok: true, status: expected }, `${status.list}/${status.code}`);
  }
});

test('a sub-status is looked up before the status', async t => {
  t.match(toNational('opencps', 'processing', 'releasing_0'), { ok: true, status: '9', subStatus: 'releasing_0' });
  t.match(toNational('opencps', 'processing', 'no-such'), { ok: true, status: '4', subStatus: 'processing' });
});

test('refused is 3 before reception and 8 after it, and unknown when nobody knows', async t => {
  t.match(toNational('opencps', 'denied', undefined, '1'), { ok: true, status: '3' });
  t.match(toNational('opencps', 'denied', undefined, '5'), { ok: true, status: '8' });
  t.same(toNational('opencps', 'denied'), { ok: false, cause: 'unmapped-status' });
});

test('no list turns a wait, a pause, a wish or a signature elsewhere into an end', async t => {
  const never: [list: string, code: string, wrong: string][] = [
    ['opencps', 'cancelling', '7'],
    ['mcdb', '7', '7'],
    ['tandan', 'dung-xu-ly', '8'],
    ['mplis', '4', '8'],
    ['mcdb', '14', '6'],
    ['mplis', '5', '6'],
    ['vpdk-dn', 'cg:PENDING_HANDOVER', '9'],
    ['vpdk-dn', 'dd:SIGNED', '9'],
    ['tn-nkc', 'CAP_PHEP', '9'],
    ['tn-nkc', 'DA_XOA', '8'],
    ['dvclt', '7', '7'],
    ['dvclt', '5', '10'],
  ];
  for (const [list, code, wrong] of never) {
    const answer = toNational(list, code, undefined, '4');
    t.not(answer.ok ? answer.status : undefined, wrong, `${list}/${code} is not ${wrong}`);
  }
});

test('5, 6 and 8 never become 9, whatever list they are written in and read from again', async t => {
  for (const list of dossierLists) {
    for (const national of ['5', '6', '8']) {
      const written = fromNational(list, national);
      if (!written.ok) continue;
      t.match(toNational(list, written.code, undefined, national), { status: national }, `${list} ${national}`);
    }
  }
});

test('national → local → national is the same number, for any list and any sub-status', async t => {
  const anySub = fc.option(fc.constantFrom(...statuses.map(status => status.code)), { nil: undefined });
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(
        fc.constantFrom(...dossierLists),
        fc.constantFrom(...NATIONAL),
        anySub,
        (list, national, subStatus) => {
          const local = fromNational(list, national, subStatus);
          if (!local.ok) return true;
          const back = toNational(list, local.code, undefined, national);
          return back.ok && back.status === national;
        },
      ),
      { numRuns: 2000 },
    ),
  );
});

/** Every status of every list about dossiers, with every number that the dossier may have had before. */
const EVERY = statuses
  .filter(status => dossierLists.includes(status.list))
  .flatMap(status => NATIONAL.map(before => ({ status, before })));

test('local → national → local is the original for every status of every list', async t => {
  const lost = EVERY.filter(({ status, before }) => {
    const { list, code, level } = status;
    const national =
      level === 'status' ? toNational(list, code, undefined, before) : toNational(list, '', code, before);
    // What only a person can read has no number; a wish is over once the dossier is closed.
    if (!national.ok)
      return (
        status.national !== 'none' &&
        status.national !== 'before' &&
        before !== status.national &&
        status.nationalAfterReception === undefined
      );
    if (status.national === 'before' && ['3', '7', '8', '10'].includes(before)) return false;
    const local = fromNational(list, national.status, national.subStatus);
    return !(local.ok && (level === 'status' ? local.code === code : local.subStatus === code));
  });
  t.same(
    lost.map(({ status, before }) => `${status.list}/${status.code} after ${before}`),
    [],
  );
  t.equal(EVERY.length, 1650);
});

test('national → local → national is the same number for every number a list can say, beside any kept code', async t => {
  const wrong: string[] = [];
  for (const list of dossierLists) {
    const codes = statuses.filter(status => status.list === list).map(status => status.code);
    for (const national of NATIONAL) {
      for (const kept of [undefined, ...codes]) {
        const local = fromNational(list, national, kept);
        if (!local.ok) continue;
        const back = toNational(list, local.code, local.subStatus, national);
        if (!back.ok || back.status !== national) wrong.push(`${list} ${national} beside ${kept}`);
      }
    }
  }
  t.same(wrong, []);
});

test('a chain of lists never turns 5, 6 or 8 into 9', async t => {
  const chain = fc.array(fc.constantFrom(...dossierLists), { minLength: 1, maxLength: 6 });
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(chain, fc.constantFrom('5', '6', '8'), (lists, start) => {
        let national: string = start;
        let kept: string | undefined;
        for (const list of lists) {
          const local = fromNational(list, national, kept);
          if (!local.ok) continue;
          const back = toNational(list, local.code, local.subStatus, national);
          if (!back.ok) return false;
          national = back.status;
          kept = back.subStatus ?? kept;
        }
        return national === start;
      }),
      { numRuns: 2000 },
    ),
  );
});

test('a kept sub-status comes back beside the status to write, while it says the same number', async t => {
  t.match(fromNational('opencps', '9', 'releasing_0'), { ok: true, subStatus: 'releasing_0' });
  t.equal('subStatus' in fromNational('opencps', '4', 'releasing_0'), false);
});

test('a kept code of another meaning is not written: the number decides', async t => {
  // 4 is "has a result" in iGate and "waits for signature" elsewhere.
  t.match(fromNational('igate2', '4', '4'), { ok: true, code: '2' });
  t.match(fromNational('xa-3b', '9', 'trinh-ky'), { ok: true, code: 'cho-tra-ket-qua' });
});

test('document statuses are known by name only', async t => {
  t.equal(vocabulary.statusListAbout('edxml'), 'document');
  t.equal(vocabulary.statusListAbout('no-such-list'), undefined);
  t.ok(vocabulary.hasStatus('edxml', '13'));
  t.notOk(vocabulary.hasStatus('edxml', '14'));
  t.equal(vocabulary.statusName('edxml', '06'), 'Hoàn thành');
  t.equal(vocabulary.statusName('national', '5'), 'Yêu cầu bổ sung giấy tờ');
});
