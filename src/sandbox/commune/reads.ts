/**
 * What can be read from the simulated commune system: lists by page, single things, and the day's count and hash.
 */
import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { JsonObject } from '../../domain/words.ts';
import type { Box } from '../box.ts';
import { etagOf } from './dossier-writes.ts';
import {
  DialectFault,
  DOCUMENTS,
  DOSSIERS,
  FILES,
  findDossier,
  OFFICERS,
  PROCEDURES,
  REQUESTS,
  RIGHTS,
  stepsOf,
  text,
} from './model.ts';
import { dossierOf, paramOf } from './request.ts';
import { OLD_CODES, UNITS } from './sample.ts';
import { STATUSES } from './statuses.ts';

const PAGE = 50;
const MOST = 200;

const queryOf = (request: FastifyRequest): Record<string, string | undefined> =>
  request.query as Record<string, string | undefined>;

/** A whole number of the query, within its bounds. */
function whole(value: string | undefined, without: number, most: number): number {
  const number = value === undefined ? without : Number(value);
  if (Number.isInteger(number) && number >= 0) return Math.min(number, most);
  throw new DialectFault(400, 'YEU_CAU_SAI', 'Trang không hợp lệ.', ['trang', 'coTrang']);
}

/** `{noiDung[], tongSo, conNua}`. */
function pageOf(all: JsonObject[], request: FastifyRequest): JsonObject {
  const { trang, coTrang } = queryOf(request);
  const size = Math.max(1, whole(coTrang, PAGE, MOST));
  const start = whole(trang, 0, Number.MAX_SAFE_INTEGER) * size;
  return { noiDung: all.slice(start, start + size), tongSo: all.length, conNua: start + size < all.length };
}

const changedWithin = (from: string | undefined, to: string | undefined) => {
  const [least, most] = [from, to].map(value => (value === undefined ? undefined : Date.parse(value)));
  if (Number.isNaN(least) || Number.isNaN(most)) {
    throw new DialectFault(400, 'YEU_CAU_SAI', 'Thời điểm không hợp lệ.', ['capNhatTu', 'capNhatDen']);
  }
  return (record: JsonObject): boolean => {
    const at = Date.parse(text(record.capNhatLuc) ?? '');
    return (least === undefined || at >= least) && (most === undefined || at < most);
  };
};

function dossiersFor(box: Box, request: FastifyRequest): JsonObject[] {
  const { maSo, maQuocGia, donVi, trangThai, capNhatTu, capNhatDen } = queryOf(request);
  const code = maQuocGia ?? maSo;
  const found = code === undefined ? undefined : findDossier(box, code);
  const all = code === undefined ? box.store.list(DOSSIERS) : found === undefined ? [] : [found];
  const within = changedWithin(capNhatTu, capNhatDen);
  return all.filter(
    dossier =>
      (maQuocGia === undefined || dossier.maQuocGia === maQuocGia) &&
      (maSo === undefined || dossier.maSo === maSo) &&
      (donVi === undefined || dossier.donVi === donVi) &&
      (trangThai === undefined || dossier.trangThai === trangThai) &&
      within(dossier),
  );
}

/** The one of that id, or all. */
function named(box: Box, collection: string, id: string | undefined): JsonObject[] {
  if (id === undefined) return box.store.list(collection);
  const found = box.store.get(collection, id);
  return found === undefined ? [] : [found];
}

/** Adds the reading calls. */
export function addReads(app: FastifyInstance, box: Box): void {
  const one = (collection: string, key: string): JsonObject => {
    const found = box.store.get(collection, key);
    if (found === undefined) throw new DialectFault(404, 'KHONG_TIM_THAY', 'Không tìm thấy.');
    return found;
  };
  app.get('/api/ho-so', async request => pageOf(dossiersFor(box, request), request));
  app.get('/api/ho-so/:id', async (request, reply) => {
    const dossier = dossierOf(box, request);
    return reply.header('etag', etagOf(dossier)).send(dossier);
  });
  app.get('/api/ho-so/:id/tien-trinh', async request => pageOf(stepsOf(box, dossierOf(box, request)), request));
  app.get('/api/thu-tuc', async request => {
    const within = changedWithin(queryOf(request).capNhatTu, undefined);
    return pageOf(box.store.list(PROCEDURES).filter(within), request);
  });
  app.get('/api/thu-tuc/:ma', async request => one(PROCEDURES, paramOf(request, 'ma')));
  app.get('/api/y-kien', async request => pageOf(named(box, REQUESTS, queryOf(request).maYeuCau), request));
  app.get('/api/van-ban', async request => pageOf(named(box, DOCUMENTS, queryOf(request).maVanBan), request));
  app.get('/api/can-bo', async request => {
    const rights = box.store.list(RIGHTS);
    const withRights = box.store
      .list(OFFICERS)
      .map(officer => ({ ...officer, quyen: rights.filter(right => right.canBoId === officer.id) }));
    return pageOf(withRights, request);
  });
  app.get('/api/don-vi', async request =>
    pageOf(
      UNITS.map(({ ma, ten }) => ({ ma, ten, ...(OLD_CODES[ma] === undefined ? {} : { maCu: OLD_CODES[ma] }) })),
      request,
    ),
  );
  app.get('/api/trang-thai', async request =>
    pageOf(
      STATUSES.map(status => ({ ...status })),
      request,
    ),
  );
  app.get('/api/tep/:id', async (request, reply) => {
    const file = one(FILES, paramOf(request, 'id'));
    return reply.type(String(file.loai)).send(Buffer.from(String(file.noiDung), 'base64'));
  });
  app.get('/api/tom-tat', async request => {
    const { donVi, ngay } = queryOf(request);
    const day = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(ngay ?? '');
    if (day === null) throw new DialectFault(400, 'YEU_CAU_SAI', 'Ngày phải theo dd/MM/yyyy.', ['ngay']);
    const wanted = `${day[3]}-${day[2]}-${day[1]}`;
    const lines = box.store
      .list(DOSSIERS)
      .filter(dossier => text(dossier.capNhatLuc)?.slice(0, 10) === wanted)
      .filter(dossier => donVi === undefined || dossier.donVi === donVi)
      .map(dossier => `${String(dossier.maSo)}|${String(dossier.trangThai)}`)
      .sort();
    return { soHoSo: lines.length, bam: createHash('sha256').update(lines.join('\n')).digest('hex') };
  });
}
