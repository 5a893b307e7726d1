/**
 * The words of the portal's sync service (`dvcqg` profile) as they stand on the wire: settings, code lists, times, answers.
 * Names are those seen in public adapters of the National Portal's service; no official specification was found (README.md).
 */
import type { SystemFacts } from '../connector.ts';
import { objectIn, textIn } from './read.ts';

/** Services that the gateway calls or is called with. */
export const SERVICES = {
  lookUp: 'TraCuuHoSo',
  dossier: 'DongBoHoSoMC',
  step: 'CapNhatTienDoHoSoMC',
  procedure: 'LayThuTuc',
  procedures: 'LayDanhSachTTHC',
  notice: 'ThongBaoHoSo',
  procedureNotice: 'CongBoTTHC',
} as const;

/** One vendor's public client sends at most ten steps a call; more were never seen. */
export const STEPS_A_CALL = 10;

/** Settings of this connector in the systems file, with their defaults. */
export interface PortalSettings {
  authPath: string;
  integrationPath: string;
  sharePath: string;
  /** Code of the province's agency that signs in. `000.00.00.H19` is the old form seen in a public call. */
  madonvi: string;
  dstcode: string;
  /** Stands for a missing identity number, where the province allows that (traced as a dummy); off by default. */
  dummyIdentity: string | undefined;
  /** Address under which the portal may fetch a file by hash, with `{sha256}` in it. */
  fileAddress: string | undefined;
  /** May a small file travel inside its address field as a `data:` URI (RFC 2397)? Off by default. */
  inlineFiles: boolean;
  /** Leave out what was not seen in the portal's own service (SoThuTu of a step). */
  onlySeenFields: boolean;
  /** Codes of fields (MaLinhVuc) by the name of the field, where the vocabulary has none. */
  fieldCodes: Readonly<Record<string, string>>;
}

/** Reads the settings of a system; what is left out gets its default. */
export function portalSettings(system: SystemFacts): PortalSettings {
  const settings = system.settings;
  const codes = Object.entries(objectIn(settings, 'maLinhVuc') ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return {
    authPath: textIn(settings, 'authPath') ?? '/adapter/auth',
    integrationPath: textIn(settings, 'integrationPath') ?? '/adapter/integration',
    sharePath: textIn(settings, 'sharePath') ?? '/adapter/share',
    madonvi: textIn(settings, 'madonvi') ?? '000.00.00.H19',
    dstcode: textIn(settings, 'dstcode') ?? 'dvcqg',
    dummyIdentity: textIn(settings, 'dummyIdentity'),
    fileAddress: textIn(settings, 'fileAddress'),
    inlineFiles: settings.inlineFiles === true,
    onlySeenFields: settings.onlySeenFields === true,
    fieldCodes: Object.fromEntries(codes),
  };
}

/** A code list of the dialect: the code for each canonical value, and the value each code is read as. */
export interface CodeList {
  name: string;
  encode: Readonly<Record<string, string>>;
  decode: Readonly<Record<string, string>>;
}
const list = (name: string, decode: Record<string, string>, also: Record<string, string> = {}): CodeList => ({
  name,
  decode,
  encode: { ...also, ...Object.fromEntries(Object.entries(decode).map(([code, value]) => [value, code])) },
});

/**
 * The small fixed lists, as in mappings/codes/portal.yaml: parsing has no vocabulary at hand, formatting asks it first.
 * The second table of LoaiDoiTuong is our proposal: the older service knows four kinds only.
 */
export const LISTS = {
  channel: list('portal/KenhThucHien', { 1: 'counter', 2: 'online', 3: 'post' }),
  returnMethod: list('portal/HinhThucTra', { 0: 'counter', 1: 'post' }),
  applicantKind: list(
    'portal/LoaiDoiTuong',
    { 1: 'citizen', 2: 'enterprise', 3: 'state-agency', 4: 'organisation' },
    { foreigner: '1', 'overseas-vietnamese': '1', 'household-business': '1', cooperative: '4' },
  ),
  filedAt: list('portal/NoiNopHoSo', { 1: 'national', 2: 'local' }),
  feeTaken: list('portal/HinhThucThu', { 1: 'on-reception', 2: 'on-supplement', 4: 'on-return' }),
  feeKind: list('portal/LoaiPhiLePhi', { 1: 'ordinary', 2: 'appraisal', 3: 'extension' }),
} as const;

/** The ten national statuses of a dossier. */
export const NATIONAL_STATUSES: ReadonlySet<string> = new Set(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']);

/** Longest text of a field, in UTF-16 units, where a limit was seen. */
export const LIMITS: Readonly<Record<string, number>> = {
  MaTTHC: 50,
  MaLinhVuc: 50,
  TenLinhVuc: 500,
  TrichYeuHoSo: 2000,
  GhiChu: 500,
  NguoiXuLy: 50,
};

const LOCAL_TIME = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/;

/** `yyyyMMddHHmmss` in Vietnam's time (UTC+7, no summer time) → RFC 3339; undefined for what is no time. */
export function fromLocalTime(local: string): string | undefined {
  const parts = LOCAL_TIME.exec(local);
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  const time = `${year}-${month}-${day}T${hour}:${minute}:${second}+07:00`;
  const epoch = Date.parse(time);
  // Date rolls 31 February over to March; a time that does not come back as it went in does not exist.
  return !Number.isNaN(epoch) && localTime(new Date(epoch)) === local ? time : undefined;
}

/** An instant → `yyyyMMddHHmmss` in Vietnam's time. */
export function localTime(instant: Date): string {
  return new Date(instant.getTime() + 7 * 3_600_000).toISOString().slice(0, 19).replace(/[-T:]/g, '');
}

/** RFC 3339, or a date alone (midnight in Vietnam) → `yyyyMMddHHmmss`; undefined for what is no time. */
export function toLocalTime(time: string): string | undefined {
  const full = /^\d{4}-\d{2}-\d{2}$/.test(time) ? `${time}T00:00:00+07:00` : time;
  if (!/(Z|[+-]\d{2}:\d{2})$/i.test(full)) return undefined;
  const epoch = Date.parse(full);
  return Number.isNaN(epoch) ? undefined : localTime(new Date(epoch));
}

/** An instant → RFC 3339 with Vietnam's offset. */
export function vietnamTime(instant: Date): string {
  return `${new Date(instant.getTime() + 7 * 3_600_000)
    .toISOString()
    .slice(0, 23)
    .replace(/\.000$/, '')}+07:00`;
}
