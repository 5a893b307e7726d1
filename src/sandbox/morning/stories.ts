/**
 * The stories of the sample morning, one for each pain that this release answers. Units and procedures are those of Đồng Nai in
 * force since 2025-07-01 (Nghị quyết 1662/NQ-UBTVQH15); people and papers are made up.
 */
import { createHash } from 'node:crypto';
import type { Json, JsonObject } from '../../domain/words.ts';
import { missingRight } from './missing-right.ts';
import { outage } from './outage.ts';
import { dossierIn, NotInTime, type Stage } from './stage.ts';

export interface Story {
  /** Seconds after the start of the morning. */
  at: number;
  play(stage: Stage): Promise<void>;
}

const PATIENCE_MS = 45_000;
const atPortal = (code: string, ...statuses: string[]) =>
  dossierIn(code, statuses, {
    vi: `ở Cổng dịch vụ công${statuses.length > 0 ? ` với trạng thái ${statuses.join(', ')}` : ''}`,
    en: `at the portal${statuses.length > 0 ? ` with status ${statuses.join(', ')}` : ''}`,
  });
const atCommune = (code: string, ...statuses: string[]) =>
  dossierIn(code, statuses, {
    vi: `ở hệ thống cấp xã${statuses.length > 0 ? ` với trạng thái ${statuses.join(', ')}` : ''}`,
    en: `in the commune system${statuses.length > 0 ? ` with status ${statuses.join(', ')}` : ''}`,
  });

/** Online filing goes down to the commune and comes back 2 → 4 → 9 → 10. */
async function birth(stage: Stage): Promise<void> {
  const { code } = await stage.act('portal', { do: 'submit-dossier', unitCode: '26041', procedureCode: '1.001193' });
  await stage.record('commune', atCommune(code), PATIENCE_MS);
  stage.say(
    {
      vi: `Khai sinh nộp trực tuyến đã đến phường Trấn Biên: ${code}`,
      en: 'An online birth registration has reached Trấn Biên ward',
    },
    code,
  );
  const steps = [
    ['receive', '2'],
    ['change-status', '4'],
    ['issue-result', '9'],
    ['return-result', '10'],
  ] as const;
  for (const [act, status] of steps) {
    await stage.act('commune', { do: act, code, status });
    await stage.record('portal', atPortal(code, status), PATIENCE_MS);
  }
  stage.say(
    {
      vi: `Khai sinh ${code}: Cổng dịch vụ công đã thấy 2 → 4 → 9 → 10, đúng như phường làm`,
      en: 'Birth registration: the portal saw 2 → 4 → 9 → 10, as the ward did it',
    },
    code,
  );
}

/** A procedure in specialised terms arrives in the commune's words, the official text beside it. */
async function republished(stage: Stage): Promise<void> {
  const code = '1.012783';
  const since = new Date(Date.now() - 1_000).toISOString();
  await stage.act('portal', { do: 'publish-procedure', procedureCode: code });
  const { data } = await stage.record(
    'commune',
    {
      entity: 'procedure',
      code,
      what: { vi: `cấp xã chưa nhận được thủ tục ${code}`, en: `the commune has not got procedure ${code}` },
      fits: record => new Date(record.updatedAt).toISOString() >= since,
    },
    PATIENCE_MS,
  );
  const count = (value: Json | undefined): number => (Array.isArray(value) ? value.length : 0);
  stage.say(
    {
      vi: `Tỉnh công bố lại thủ tục ${code}; cấp xã thấy "${String(data.tenThuTuc)}" (tên chính thức: "${String(data.tenChinhThuc)}"), ${count(data.giayTo)} giấy tờ phải nộp`,
      en: `Procedure ${code} republished: the commune has the plain title beside the official one, ${count(data.giayTo)} papers to hand in`,
    },
    code,
  );
}

/** Sao y: numbered by the commune, done within the minute, the portal has it under the same code. */
async function counter(stage: Stage): Promise<void> {
  const { code } = await stage.act('commune', { do: 'submit-dossier', unitCode: '26485', procedureCode: '2.000815' });
  await stage.record('portal', atPortal(code, '2'), PATIENCE_MS);
  await stage.act('commune', { do: 'issue-result', code });
  await stage.record('portal', atPortal(code, '9'), PATIENCE_MS);
  await stage.act('commune', { do: 'return-result', code });
  await stage.record('portal', atPortal(code, '10'), PATIENCE_MS);
  stage.say(
    {
      vi: `Sao y tại quầy xã Nhơn Trạch: xã cấp số ${code}, Cổng dịch vụ công có đúng số ấy, 2 → 9 → 10`,
      en: 'A certified copy at the counter of Nhơn Trạch: numbered by the commune, the portal has the same number, 2 → 9 → 10',
    },
    code,
  );
}

/** Trình ký in the commune, signed in the document system, the signed file back byte for byte. */
async function buildingPermit(stage: Stage): Promise<void> {
  const { code } = await stage.act('portal', { do: 'submit-dossier', unitCode: '26380', procedureCode: '1.013225' });
  await stage.record('commune', atCommune(code), PATIENCE_MS);
  await stage.act('commune', { do: 'receive', code });
  const asked = await stage.act('commune', { do: 'request-approval', code, act: 'sign' });
  const requestId = String(asked.requestId);
  const awaited = {
    vi: `hệ thống văn bản chưa nhận được yêu cầu ký ${requestId}`,
    en: 'the request to sign has not arrived',
  };
  await stage.record('documents', { entity: 'approval', code: requestId, what: awaited }, PATIENCE_MS);
  stage.say(
    {
      vi: `Giấy phép xây dựng, phường Long Hưng: bản trình ký của hồ sơ ${code} đã sang hệ thống văn bản`,
      en: 'Building permit, Long Hưng ward: the draft to sign is in the document system',
    },
    code,
  );
  await stage.act('documents', { do: 'sign', requestId });
  const answered = await stage.record(
    'commune',
    {
      entity: 'approval',
      code: requestId,
      what: { vi: `xã chưa nhận được bản đã ký của ${requestId}`, en: 'the signed file has not come back' },
      fits: ({ status }) => status !== 'cho-tra-loi',
    },
    PATIENCE_MS,
  );
  const hashes = signedHashes(answered.data);
  const equal = hashes.includes(String(asked.sha256));
  await stage.act('commune', { do: 'issue-result', code });
  await stage.record('portal', atPortal(code, '9'), PATIENCE_MS);
  stage.say(
    {
      vi: `Giấy phép xây dựng ${code}: Chủ tịch đã ký (chữ ký mô phỏng), tệp trở về ${equal ? 'nguyên vẹn, mã băm khớp' : 'NHƯNG mã băm không khớp'}; Cổng dịch vụ công đã thấy 9`,
      en: `Building permit: signed (simulated signature), the file came back ${equal ? 'byte for byte, hash equal' : 'BUT its hash differs'}; the portal has 9`,
    },
    code,
  );
}

/** Hashes of the files of an answer, taken from their bytes where these are there. */
function signedHashes(request: JsonObject): string[] {
  const answer = request.traLoi as JsonObject | undefined;
  const files = Array.isArray(answer?.tepDaKy) ? (answer.tepDaKy as JsonObject[]) : [];
  return files.map(file =>
    typeof file.noiDung === 'string'
      ? createHash('sha256').update(Buffer.from(file.noiDung, 'base64')).digest('hex')
      : String(file.sha256),
  );
}

/** A split unit is left to a person, a whole one finds its successor by itself. */
async function oldCodes(stage: Stage): Promise<void> {
  const split = await stage.act('portal', { do: 'submit-dossier', unitCode: '26449', procedureCode: '1.012812' });
  const whole = await stage.act('portal', { do: 'submit-dossier', unitCode: '26011', procedureCode: '1.012812' });
  const arrived = await stage.record('commune', atCommune(whole.code), PATIENCE_MS);
  stage.say(
    {
      vi: `Mã cũ 26011 (phường Bửu Long): hồ sơ ${whole.code} tự đến đơn vị kế thừa ${String(arrived.data.donVi)} (phường Trấn Biên)`,
      en: `Old code 26011: the dossier went to its successor ${String(arrived.data.donVi)} by itself`,
    },
    whole.code,
  );
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const held = (await syncsOf(stage, split.code)).find(({ state }) => state === 'parked');
    if (held !== undefined) {
      stage.say(
        {
          vi: `Mã cũ 26449 (xã Xuân Tâm, đã tách): hồ sơ ${split.code} được giữ lại (${String(held.cause)}), chờ người chọn xã Xuân Đông hoặc xã Xuân Hòa`,
          en: `Old code 26449 (Xuân Tâm was split): held (${String(held.cause)}) until a person chooses Xuân Đông or Xuân Hòa`,
        },
        split.code,
      );
      return;
    }
    if (Date.now() > until) {
      throw new NotInTime(
        { vi: `hồ sơ ${split.code} chưa được giữ lại`, en: `dossier ${split.code} is not held yet` },
        split.code,
      );
    }
    await stage.sleep(500);
  }
}

/** Syncs that a number is found by. */
export async function syncsOf(stage: Stage, code: string): Promise<JsonObject[]> {
  const page = await stage.gateway(`/v1/syncs?${new URLSearchParams({ q: code, limit: '200' })}`);
  return Array.isArray(page.items) ? (page.items as JsonObject[]) : [];
}

/** Received at the commune, decided by the land office: 6 and 9 come from the province, 10 from the counter. */
async function decidedByProvince(stage: Stage): Promise<void> {
  const { code } = await stage.act('commune', { do: 'submit-dossier', unitCode: '26413', procedureCode: '1.012783' });
  // The portal is still down for a few seconds when this begins.
  await stage.record('portal', atPortal(code, '2'), PATIENCE_MS);
  await stage.act('portal', { do: 'change-status', code, status: '6', note: 'Có thông báo thuế, chờ nộp tiền (mẫu)' });
  await stage.record('commune', atCommune(code, 'cho-nop-tien'), PATIENCE_MS);
  await stage.act('portal', { do: 'issue-result', code });
  await stage.record('commune', atCommune(code, 'cho-tra-ket-qua'), PATIENCE_MS);
  await stage.act('commune', { do: 'return-result', code });
  await stage.record('portal', atPortal(code, '10'), PATIENCE_MS);
  stage.say(
    {
      vi: `Cấp đổi giấy chứng nhận ${code}: xã Long Phước tiếp nhận, tỉnh quyết định (6, 9), quầy của xã trả kết quả (10)`,
      en: 'Exchange of a land certificate: received at Long Phước, decided by the province (6, 9), handed out at the counter (10)',
    },
    code,
  );
}

export const STORIES: readonly Story[] = [
  { at: 3, play: birth },
  { at: 6, play: republished },
  { at: 9, play: counter },
  { at: 12, play: buildingPermit },
  { at: 15, play: missingRight },
  { at: 20, play: outage },
  { at: 25, play: oldCodes },
  { at: 35, play: decidedByProvince },
];
