/**
 * Why a group could not be stored, as its senders hear it: 503 where the ledger is away, 409 and 422 where they can mend it.
 */
import { GatewayError, InputFault } from '../domain/errors.ts';
import type { Prepared } from './decide.ts';

/** A value that got past the checks and that the ledger cannot hold (an instant out of range, a NUL). */
export function unstorable(cause: unknown): InputFault {
  return new InputFault(
    'unstorable-value',
    422,
    {
      vi: 'Có giá trị không lưu được (thời điểm ngoài khoảng cho phép, ký tự không hợp lệ). Không có phần nào được lưu.',
      en: 'A value cannot be stored (an instant out of range, a character that is not allowed). Nothing was stored.',
    },
    { cause },
  );
}

/** Nothing can be taken now; says when to come again. */
export function unavailable(cause: unknown): GatewayError {
  return new GatewayError(
    'ledger-unavailable',
    503,
    {
      vi: 'Chưa xác nhận lưu được vì sổ cái tạm thời không sẵn sàng. Hãy gửi lại sau ít giây; gửi lại không bị tính hai lần.',
      en: 'The ledger is not available, so nothing is confirmed as stored. Send it again in a few seconds; it is not counted twice.',
    },
    { cause, headers: { 'retry-after': '2' } },
  );
}

/** The ledger's disk is full, or so nearly that what is left must stay for deliveries and upkeep. */
export function noRoom(cause?: unknown): GatewayError {
  return new GatewayError(
    'no-room',
    503,
    {
      vi: 'Ổ đĩa của sổ cái sắp đầy nên chưa nhận thêm; chưa có phần nào được lưu. Hãy gửi lại sau; gửi lại không bị tính hai lần. Người vận hành cần giải phóng chỗ trên ổ đĩa.',
      en: "The ledger's disk is nearly full, so nothing more is taken and nothing was stored. Send it again later; it is not counted twice. An operator has to make room on the disk.",
    },
    { cause, headers: { 'retry-after': '15' } },
  );
}

/** 409: the id stands for other content; names both hashes. `single` = pointers without index. */
export function conflict(prepared: Prepared, pointer: string, stored: Buffer): InputFault {
  return new InputFault(
    'id-reused',
    409,
    {
      vi: 'Mã sự kiện này đã được dùng cho một nội dung khác. Hãy cấp mã mới cho sự kiện mới.',
      en: 'This event id already stands for other content. Give a new event a new id.',
    },
    {
      faults: [
        {
          pointer,
          code: 'id-reused',
          detail: { vi: 'Mã đã dùng cho nội dung khác', en: 'The id stands for other content' },
        },
      ],
      extra: {
        id: prepared.event.id,
        source: prepared.event.source,
        storedHash: stored.toString('hex'),
        receivedHash: prepared.hash.toString('hex'),
      },
    },
  );
}
