/**
 * The nested lists of a dossier: submitted files, fees, the supplement round, result papers.
 */
import { FormatFault } from '../../src/domain/errors.ts';
import type { Json, JsonObject } from '../../src/domain/words.ts';
import type { FormatInput } from '../connector.ts';
import type { CodeList, PortalSettings } from './dialect.ts';
import { LISTS } from './dialect.ts';
import { localOr, merged, missing } from './format-dossier.ts';
import { isObject, objectIn, objectsIn, present, textIn } from './read.ts';
import { writeResultNote } from './result-note.ts';

/**
 * Where the portal fetches a file: its own address, else the gateway's by hash, else (where the system allows it) the
 * bytes themselves as a `data:` URI. Throws FormatFault: the dialect passes files by address only.
 */
function addressOf(file: JsonObject, pointer: string, settings: PortalSettings): string {
  const url = textIn(file, 'url');
  if (url !== undefined) return url;
  const sha256 = textIn(file, 'sha256');
  if (sha256 !== undefined && settings.fileAddress !== undefined)
    return settings.fileAddress.replace('{sha256}', sha256);
  const content = textIn(file, 'content');
  if (content !== undefined && settings.inlineFiles) {
    return `data:${textIn(file, 'mediaType') ?? 'application/octet-stream'};base64,${content}`;
  }
  throw new FormatFault(`${pointer}/url`, {
    vi: 'Tệp chưa có địa chỉ để Cổng dịch vụ công tải về.',
    en: 'The file has no address from which the portal could fetch it.',
  });
}

/** Members that only this portal knows, as it gave them. */
function own(entry: JsonObject, systemId: string): JsonObject {
  return objectIn(objectIn(entry, 'more') ?? {}, systemId) ?? {};
}

/** `files[]` → TaiLieuNop. */
export function formatFiles(files: Json[], settings: PortalSettings, systemId: string): JsonObject[] {
  return files.filter(isObject).map((file, index) => ({
    ...own(file, systemId),
    ...present({
      TepDinhKemId: textIn(file, 'id'),
      TenTepDinhKem: nameOf(file, `/data/files/${index}`),
      IsDeleted: file.deleted === true,
      MaThanhPhanHoSo: textIn(file, 'component'),
      DuongDanTaiTepTin: addressOf(file, `/data/files/${index}`, settings),
    }),
  }));
}

function nameOf(file: JsonObject, pointer: string): string {
  const name = textIn(file, 'name');
  if (name === undefined) throw missing(`${pointer}/name`, 'tên tệp', 'the name of the file');
  return name;
}

/** `fees[]` → DanhSachLePhi. A fee is ordinary and taken at reception unless it says otherwise: what the lists call normal. */
export function formatFees(
  fees: Json[],
  code: (value: { list: CodeList; canonical: string; pointer: string }) => string,
  systemId: string,
): JsonObject[] {
  return fees.filter(isObject).map((fee, index) => {
    const pointer = `/data/fees/${index}`;
    const name = textIn(fee, 'name');
    const amount = textIn(fee, 'amount');
    if (name === undefined) throw missing(`${pointer}/name`, 'tên khoản thu', 'the name of the fee');
    if (amount === undefined) throw missing(`${pointer}/amount`, 'số tiền', 'the amount');
    return {
      ...own(fee, systemId),
      ...present({
        TenPhiLePhi: name,
        MaPhiLePhi: textIn(fee, 'code'),
        HinhThucThu: code({
          list: LISTS.feeTaken,
          canonical: textIn(fee, 'takenAt') ?? 'on-reception',
          pointer: `${pointer}/takenAt`,
        }),
        Gia: amount,
        LoaiPhiLePhi: code({
          list: LISTS.feeKind,
          canonical: textIn(fee, 'kind') ?? 'ordinary',
          pointer: `${pointer}/kind`,
        }),
      }),
    };
  });
}

/**
 * The request of a supplement (status 5) → one round of DanhSachHoSoBoSung. Who asks and the due date so far are required
 * there; a request that lacks one of them goes as a note instead, so that the citizen still reads what to bring.
 */
export function formatSupplement(input: FormatInput): JsonObject {
  const { data } = input.event;
  const supplement = objectIn(data, 'supplement') ?? {};
  const papers = Array.isArray(supplement.papers) ? supplement.papers.map(paperName).filter(name => name !== '') : [];
  const content = textIn(supplement, 'content') ?? textIn(data, 'reason') ?? papers.join('; ');
  if (content === '')
    throw missing('/data/supplement/content', 'nội dung yêu cầu bổ sung', 'what is to be supplemented');
  const asker = textIn(objectIn(data, 'actor') ?? {}, 'name') ?? textIn(supplement, 'requestedBy');
  const due = textIn(merged(input), 'dueAt');
  if (asker === undefined || due === undefined) {
    if (content.length <= 500) return { GhiChu: content };
    const [pointer, vi, en] =
      asker === undefined
        ? (['/data/actor/name', 'người yêu cầu bổ sung', 'who asks'] as const)
        : (['/data/dueAt', 'ngày hẹn trả', 'the due date'] as const);
    throw missing(pointer, vi, en);
  }
  return {
    DanhSachHoSoBoSung: [
      present({
        HoSoBoSungId: typeof supplement.round === 'number' ? supplement.round : 1,
        NguoiYeuCauBoSung: asker,
        NoiDungBoSung: content,
        NgayBoSung: localOr(textIn(data, 'at') ?? input.event.time, '/data/at'),
        TrangThaiBoSung: false,
        DanhSachGiayToBoSung: papers.length === 0 ? undefined : papers.map(name => ({ TenGiayTo: name })),
        NgayHenTraTruoc: localOr(due, '/data/dueAt'),
      }),
    ],
  };
}

function paperName(paper: Json): string {
  if (typeof paper === 'string') return paper;
  return isObject(paper) ? (textIn(paper, 'name') ?? '') : '';
}

/** `result` → DanhSachGiayToKetQua and the note with number, date and signer. Throws FormatFault for what is missing. */
export function formatResult(input: FormatInput, settings: PortalSettings): JsonObject {
  const result = objectIn(input.event.data, 'result') ?? {};
  const files = objectsIn(result, 'files');
  if (files.length === 0) throw missing('/data/result/files', 'tệp kết quả', 'the file of the result');
  const number = textIn(result, 'number');
  if (number === undefined) throw missing('/data/result/number', 'số, ký hiệu kết quả', 'the number of the result');
  const note = writeResultNote(result);
  if (note === undefined)
    throw missing('/data/result/signer', 'ngày ký và người ký kết quả', 'date and signer of the result');
  return {
    ThongTinTra: note,
    DanhSachGiayToKetQua: files.map((file, index) =>
      present({
        TenGiayTo: nameOf(file, `/data/result/files/${index}`),
        MaThanhPhanHoSo: textIn(file, 'component'),
        GiayToId: textIn(file, 'id'),
        DuongDanTepTinKetQua: addressOf(file, `/data/result/files/${index}`, settings),
        MaGiayToKetQua: number,
      }),
    ),
  };
}
