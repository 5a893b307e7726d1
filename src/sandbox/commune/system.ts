/**
 * The simulated commune procedure system: one-stop desk, three steps, its own numbers. A simulator after connectors/commune/README.md,
 * not a copy of any product.
 */
import type { JsonObject } from '../../domain/words.ts';
import type { Act, Box, SandboxRecord, SandboxSystem } from '../box.ts';
import {
  askSupplement,
  changeStatus,
  type DoAct,
  finishStep,
  issueResult,
  receive,
  remove,
  returnResult,
  submitDossier,
} from './act-dossier.ts';
import { assignPost, beginCommune, grantRight, requestApproval, revokeRight } from './act-office.ts';
import { resultsOf } from './dossier-writes.ts';
import { DOCUMENTS, DOSSIERS, findDossier, isObject, PROCEDURES, REQUESTS, RIGHTS, stepsOf, text } from './model.ts';
import { addRoutes } from './routes.ts';
import { TOKEN_PATH } from './sign-in.ts';

const ACTS: Readonly<Record<string, DoAct>> = {
  'submit-dossier': submitDossier,
  receive,
  'change-status': changeStatus,
  'ask-supplement': askSupplement,
  'finish-step': finishStep,
  'issue-result': issueResult,
  'return-result': returnResult,
  'request-approval': requestApproval,
  'grant-right': grantRight,
  'revoke-right': revokeRight,
  'assign-post': assignPost,
  delete: remove,
};

const codeOf = (dossier: JsonObject): string => text(dossier.maQuocGia) ?? String(dossier.maSo);
const changed = (record: JsonObject): string => text(record.capNhatLuc) ?? '';

function ofDossier(box: Box, dossier: JsonObject): SandboxRecord[] {
  const code = codeOf(dossier);
  const codes = [dossier.maQuocGia, dossier.maSo].filter(number => typeof number === 'string');
  const about = { code, codes, updatedAt: changed(dossier) };
  return [
    { entity: 'dossier', ...about, status: String(dossier.trangThai), data: dossier },
    ...stepsOf(box, dossier).map(step => ({ entity: 'step' as const, ...about, data: step })),
    ...resultsOf(dossier).map(result => ({ entity: 'result' as const, ...about, data: result })),
  ];
}

function ofRequest(box: Box, request: JsonObject): SandboxRecord {
  const dossier = findDossier(box, text(request.id) ?? '');
  const answer = isObject(request.traLoi) ? request.traLoi : undefined;
  return {
    entity: 'approval',
    code: String(request.maYeuCau),
    codes: [String(request.maYeuCau), ...(dossier === undefined ? [] : [codeOf(dossier), String(dossier.maSo)])],
    status: answer === undefined ? 'cho-tra-loi' : (text(answer.ketLuan) ?? 'da-tra-loi'),
    updatedAt: changed(request),
    data: request,
  };
}

export const communeSandbox: SandboxSystem = {
  role: 'commune',
  acts: Object.keys(ACTS),
  alters: ({ method, url }) => method !== 'GET' && method !== 'HEAD' && !url.startsWith(TOKEN_PATH),
  rejection: () => ({
    status: 422,
    contentType: 'application/json; charset=utf-8',
    body: JSON.stringify({
      maLoi: 'NOI_DUNG_KHONG_HOP_LE',
      thongBao: 'Nội dung không hợp lệ (lỗi mô phỏng).',
      truong: [],
    }),
  }),
  register: addRoutes,
  begin: beginCommune,
  act: async (box: Box, act: Act) => (Object.hasOwn(ACTS, act.do) ? ACTS[act.do]?.(box, act) : undefined),
  records: box => [
    ...box.store.list(DOSSIERS).flatMap(dossier => ofDossier(box, dossier)),
    ...box.store.list(PROCEDURES).map(entry => ({
      entity: 'procedure' as const,
      code: String(entry.ma),
      status: String(entry.trangThai),
      updatedAt: changed(entry),
      data: entry,
    })),
    ...box.store.list(DOCUMENTS).map(document => ({
      entity: 'document' as const,
      code: String(document.maVanBan),
      ...(text(document.trangThai) === undefined ? {} : { status: String(document.trangThai) }),
      updatedAt: changed(document),
      data: document,
    })),
    ...box.store.list(REQUESTS).map(request => ofRequest(box, request)),
    ...box.store.list(RIGHTS).map(right => ({
      entity: 'right' as const,
      code: String(right.code),
      updatedAt: changed(right),
      data: right,
    })),
  ],
};
