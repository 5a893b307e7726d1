/**
 * Rights and posts of the simulated document system: what its administrator gives and takes, and who is there on the first day. The
 * gateway is told of each; of the first day in lists.
 */
import type { Json, JsonObject } from '../../domain/words.ts';
import type { Act, Box } from '../box.ts';
import { SINCE, sampleAddress, TWO_POSTS, UNITS_WITH_RIGHTS } from '../first-day.ts';
import { KEPT, stamp } from './mailbox.ts';

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const object = (value: unknown): JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : {};

const DEFAULT_UNIT = '26041';
/** Reports in one list. */
const LIST = 100;
const DAY_MS = 86_400_000;

/** Acts about people, with the dialect's word for each. */
export const RIGHT_WORDS: ReadonlyMap<string, string> = new Map([
  ['grant-right', 'quyen.cap'],
  ['revoke-right', 'quyen.thu'],
  ['assign-post', 'vi-tri.giao'],
  ['end-post', 'vi-tri.thoi'],
]);

/** `grant-right`, `revoke-right`, `assign-post`, `end-post` `{officer?, unitCode?, right?, post?, field?, from?, to?}`: pushed. */
export function report(box: Box, act: Act, word: string): JsonObject {
  const body = change(box, act, word);
  if (!act.silent) box.tell({ contentType: 'application/json', body: JSON.stringify(body) });
  return { entity: 'right', code: keyOf(body), ...body };
}

/** Does it here and answers the report of it. */
function change(box: Box, act: Act, word: string): JsonObject {
  const unitCode = act.unitCode ?? DEFAULT_UNIT;
  const given = typeof act.officer === 'string' ? { id: act.officer } : object(act.officer);
  const right = word.startsWith('quyen.') ? (text(act.right) ?? 'approve') : text(act.right);
  const at = stamp(box, act.at);
  const email = text(given.email);
  const optional: [string, Json | undefined][] = [
    ['viTri', text(act.seat)],
    ['quyen', right],
    ['linhVuc', text(act.field)],
    ['kyThay', text(act.signAs)],
    ['denNgay', text(act.to)?.replaceAll('-', '/')],
  ];
  const body: JsonObject = {
    suKien: word,
    id: `qv-${box.store.next('qv')}`,
    canBo: {
      ma: text(given.id) ?? `CB-MAU-${unitCode}`,
      hoTen: text(given.name) ?? 'Nguyễn Văn Mẫu',
      ...(email === undefined ? {} : { thuDienTu: email }),
    },
    donVi: unitCode,
    chucDanh: text(act.post) ?? 'chu-tich',
    ...Object.fromEntries(optional.filter(([, value]) => value !== undefined)),
    tuNgay: text(act.from)?.slice(0, 10).replaceAll('-', '/') ?? at.slice(0, 10),
    vanBan: object(act.document).so
      ? object(act.document)
      : { so: `${box.store.next('so-quyet-dinh-mau')}/QĐ-MAU`, ngay: at.slice(0, 10), nguoiKy: 'Trần Thị Mẫu' },
    thoiDiem: at,
  };
  const key = keyOf(body);
  if (word === 'quyen.cap' || word === 'vi-tri.giao') box.store.put(KEPT.rights, key, { key, ...body, updatedAt: at });
  else box.store.delete(KEPT.rights, key);
  return body;
}

const keyOf = ({ donVi, chucDanh, canBo, quyen }: JsonObject): string =>
  [donVi, chucDanh, object(canBo).ma, quyen ?? 'vi-tri'].map(String).join('/');

/** The people of the first day: a chairman who may approve, sign and give an opinion, a văn thư who numbers; and somebody with two posts. */
export function beginDocuments(box: Box): void {
  const document = { so: '01/QĐ-MAU', ngay: SINCE.replaceAll('-', '/'), nguoiKy: 'Trần Thị Mẫu' };
  const give = (unitCode: string, post: string, right: string, officer: JsonObject): JsonObject =>
    change(
      box,
      { do: 'grant-right', count: 1, silent: true, unitCode, post, right, officer, from: SINCE, document },
      'quyen.cap',
    );
  const reports = UNITS_WITH_RIGHTS.flatMap(unit => {
    const chairman = { id: `CB-MAU-${unit}`, email: sampleAddress(`chu-tich.${unit}`) };
    const clerk = { id: `VT-MAU-${unit}`, name: 'Văn thư mẫu' };
    return [
      ...['approve', 'sign', 'opinion'].map(right => give(unit, 'chu-tich', right, chairman)),
      give(unit, 'van-thu', 'seal', clerk),
    ];
  });
  const { name, email, post, units, secondEndsInDays } = TWO_POSTS;
  const lastDay = new Date(box.now().getTime() + secondEndsInDays * DAY_MS).toISOString().slice(0, 10);
  units.forEach((unitCode, place) => {
    const act: Act = {
      do: 'assign-post',
      count: 1,
      silent: true,
      unitCode,
      post,
      officer: { id: `CB-MAU-2N-${place + 1}`, name, email },
      from: SINCE,
      document,
      ...(place === 0 ? {} : { to: lastDay }),
    };
    reports.push(change(box, act, 'vi-tri.giao'));
  });
  for (let start = 0; start < reports.length; start += LIST) {
    box.tell({ contentType: 'application/json', body: JSON.stringify(reports.slice(start, start + LIST)) });
  }
}
