/**
 * What the frame must know of the dialects to simulate faults: which calls change something, and how each says no.
 * A system that knows better says so itself (`alters`, `rejection` of SandboxSystem).
 */
import type { Role } from '../../domain/words.ts';

/** A call as far as a fault looks at it. */
export interface Call {
  method: string;
  /** Path with query. */
  url: string;
  body: string;
}

/** Sign-in and acknowledgement: they have no effect on a dossier or document. */
const PLUMBING = /(?:auth|token|login|dang-nhap|\/ack)(?:[/?]|$)/i;
/** Services of the portal that only read; its look-ups are POST like all else. */
const PORTAL_READS = /"service"\s*:\s*"(?:TraCuu|Lay)/;

/** Would this call change what the system holds? */
export function wouldAlter(call: Call): boolean {
  if (call.method === 'GET' || call.method === 'HEAD' || call.method === 'OPTIONS') return false;
  return !PLUMBING.test(call.url) && !PORTAL_READS.test(call.body);
}

/** The refusal of a content, in the words of the role's dialect (portal.md, commune.md, edxml.md). */
export function usualRejection(role: Role): { status: number; contentType: string; body: string } {
  const notice = 'Nội dung không được chấp nhận (lỗi mô phỏng)';
  const bodies: Record<Role, object> = {
    portal: { error_code: '-1', message: notice },
    commune: { maLoi: 'NOI_DUNG_KHONG_HOP_LE', thongBao: notice, truong: [] },
    documents: { code: 'rejected', message: notice },
  };
  return { status: 422, contentType: 'application/json; charset=utf-8', body: JSON.stringify(bodies[role]) };
}
