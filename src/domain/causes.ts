/**
 * Why a sync does not move, each cause with what the reader should do next. Codes are stable and public (design: states and causes).
 */
import type { Bilingual } from './words.ts';

/** What a cause does to a sync: time heals it, a person must act, or a fact is missing. */
export type CauseKind = 'retry' | 'fail' | 'park';
interface CauseFacts {
  kind: CauseKind;
  title: Bilingual;
  remedy: Bilingual;
}

export const CAUSES = {
  'target-unavailable': {
    kind: 'retry',
    title: { vi: 'Bên nhận không kết nối được', en: 'The target cannot be reached' },
    remedy: {
      vi: 'Không cần làm gì: sẽ tự gửi lại. Nếu kéo dài, gọi đầu mối của hệ thống bên nhận.',
      en: 'Nothing to do: it is sent again by itself. If it lasts, call the contact of the target system.',
    },
  },
  'target-timeout': {
    kind: 'retry',
    title: { vi: 'Bên nhận không trả lời kịp', en: 'The target did not answer in time' },
    remedy: {
      vi: 'Sẽ tự tra cứu bên nhận rồi mới gửi lại, để không gửi trùng.',
      en: 'The target is looked up before it is sent again, so that nothing is doubled.',
    },
  },
  'target-throttled': {
    kind: 'retry',
    title: { vi: 'Bên nhận yêu cầu gửi chậm lại', en: 'The target asks to slow down' },
    remedy: {
      vi: 'Không cần làm gì: sẽ gửi lại đúng thời điểm bên nhận hẹn.',
      en: 'Nothing to do: it is sent again when the target allows.',
    },
  },
  'target-authentication': {
    kind: 'retry',
    title: { vi: 'Bên nhận từ chối đăng nhập', en: 'The target refuses the sign-in' },
    remedy: {
      vi: 'Kiểm tra tài khoản, khóa bí mật của hệ thống này trong tệp cấu hình các hệ thống, rồi gửi lại. Sau lần đăng nhập mới thứ hai bị từ chối thì không tự gửi nữa.',
      en: "Check this system's account and secret named in the systems file, then replay. After a second new sign-in was refused it is not sent by itself.",
    },
  },
  'not-known-there': {
    kind: 'retry',
    title: {
      vi: 'Bên nhận chưa có hồ sơ hoặc thủ tục này',
      en: 'The target does not know this dossier or procedure yet',
    },
    remedy: {
      vi: 'Sẽ tự gửi lại khi bên nhận đã có. Nếu kéo dài, gửi lại sự kiện tạo hồ sơ hoặc công bố thủ tục.',
      en: 'Sent again until the target has it. If it lasts, replay the event that creates the dossier or publishes the procedure.',
    },
  },
  'target-rejected': {
    kind: 'fail',
    title: { vi: 'Bên nhận từ chối nội dung', en: 'The target rejects the content' },
    remedy: {
      vi: 'Đọc câu trả lời của bên nhận, sửa dữ liệu hoặc bảng quy đổi, rồi gửi lại.',
      en: "Read the target's answer, mend the data or the mapping, then replay.",
    },
  },
  'target-conflict': {
    kind: 'fail',
    title: { vi: 'Bên nhận đang giữ nội dung khác', en: 'The target holds something else' },
    remedy: {
      vi: 'So sánh nội dung hai bên, quyết định bên nào đúng, rồi gửi lại hoặc bỏ lượt gửi này.',
      en: 'Compare both sides, decide which is right, then replay or cancel.',
    },
  },
  'target-protocol': {
    kind: 'retry',
    title: { vi: 'Không hiểu câu trả lời của bên nhận', en: "The target's answer cannot be understood" },
    remedy: {
      vi: 'Sẽ tra cứu rồi gửi lại. Nếu kéo dài, báo đầu mối của hệ thống bên nhận kèm câu trả lời đã lưu.',
      en: 'Looked up and sent again. If it lasts, tell the contact of the target system, with the stored answer.',
    },
  },
  'gateway-fault': {
    kind: 'fail',
    title: { vi: 'Lỗi của cổng liên thông', en: 'A fault of the gateway' },
    remedy: {
      vi: 'Báo nhóm kỹ thuật kèm mã lượt gửi; sau khi sửa thì gửi lại.',
      en: 'Tell the engineers, with the id of the sync; replay after the mend.',
    },
  },
  'unknown-procedure': {
    kind: 'park',
    title: { vi: 'Chưa có thủ tục này trong danh mục', en: 'This procedure is not in the catalogue' },
    remedy: { vi: 'Chọn thủ tục tương ứng cho lượt gửi này.', en: 'Choose the procedure that is meant.' },
  },
  'unmapped-term': {
    kind: 'park',
    title: { vi: 'Có mã chưa được quy đổi', en: 'A code has no mapping' },
    remedy: { vi: 'Bổ sung quy đổi vào danh mục.', en: 'Add the mapping to the vocabulary.' },
  },
  'unmapped-status': {
    kind: 'park',
    title: { vi: 'Trạng thái chưa được quy đổi', en: 'The status has no mapping' },
    remedy: { vi: 'Chọn trạng thái quốc gia tương ứng.', en: 'Choose the national status that is meant.' },
  },
  'unknown-unit': {
    kind: 'park',
    title: { vi: 'Không rõ xã, phường', en: 'The commune or ward is unknown' },
    remedy: { vi: 'Chọn xã, phường tiếp nhận.', en: 'Choose the receiving commune or ward.' },
  },
  'ambiguous-unit': {
    kind: 'park',
    title: { vi: 'Đơn vị cũ đã tách: có nhiều xã, phường kế thừa', en: 'The old unit was split between several' },
    remedy: {
      vi: 'Chọn xã, phường kế thừa theo địa chỉ của hồ sơ.',
      en: "Choose the successor by the dossier's address.",
    },
  },
  'unknown-officer': {
    kind: 'park',
    title: { vi: 'Không rõ cán bộ', en: 'The officer is unknown' },
    remedy: {
      vi: 'Chọn cán bộ hoặc vị trí công tác; hoặc quyết định: vẫn gửi, từ chối hay trả lại.',
      en: 'Choose the officer or the seat; or decide: deliver, refuse or return.',
    },
  },
  'no-authority': {
    kind: 'park',
    title: { vi: 'Không đúng thẩm quyền', en: 'No authority' },
    remedy: {
      vi: 'Chuyển đến cơ quan có thẩm quyền hoặc chọn thủ tục đúng cấp; đang giữ thì cũng có thể quyết định: vẫn gửi, từ chối hay trả lại.',
      en: 'Send it to the body that has authority, or choose the procedure of the right level; while it is held a person may also decide: deliver, refuse or return.',
    },
  },
  'no-legal-basis': {
    kind: 'park',
    title: { vi: 'Thiếu căn cứ pháp lý', en: 'No legal basis' },
    remedy: {
      vi: 'Bổ sung số, ngày văn bản làm căn cứ; đang giữ thì cũng có thể quyết định: vẫn gửi, từ chối hay trả lại.',
      en: 'Enter number and date of the legal basis; while it is held a person may also decide: deliver, refuse or return.',
    },
  },
  'missing-right': {
    kind: 'park',
    title: { vi: 'Chưa được phân quyền', en: 'A right is missing' },
    remedy: {
      vi: 'Người có thẩm quyền cấp quyền còn thiếu; đang giữ thì cũng có thể chọn vị trí khác, hoặc quyết định: vẫn gửi, từ chối hay trả lại.',
      en: 'Whoever may give it grants the missing right; while it is held a person may also choose another seat, or decide: deliver, refuse or return.',
    },
  },
  'unit-off': {
    kind: 'park',
    title: { vi: 'Đơn vị chưa vận hành', en: 'The unit is not in operation' },
    remedy: {
      vi: 'Bật vận hành cho đơn vị; đang giữ thì cũng có thể quyết định: vẫn gửi (như vận hành thử), từ chối hay trả lại.',
      en: "Switch the unit on; while it is held a person may also decide: deliver (as a trial's), refuse or return.",
    },
  },
  'invalid-for-target': {
    kind: 'park',
    title: { vi: 'Thiếu dữ liệu bắt buộc của bên nhận', en: 'Data that the target requires is missing' },
    remedy: {
      vi: 'Bổ sung trường còn thiếu ở hệ thống nguồn, hoặc sửa rồi gửi lại.',
      en: 'Complete the named field in the source system, or edit and replay.',
    },
  },
  'signature-invalid': {
    kind: 'park',
    title: { vi: 'Chữ ký số không hợp lệ', en: 'A signature is not valid' },
    remedy: { vi: 'Đề nghị ký lại tệp.', en: 'Ask for the file to be signed again.' },
  },
  'file-unavailable': {
    kind: 'park',
    title: { vi: 'Không tải được tệp', en: 'A file cannot be fetched' },
    remedy: {
      vi: 'Kiểm tra tệp ở hệ thống nguồn rồi gửi lại.',
      en: 'Check the file in the source system, then replay.',
    },
  },
  'file-changed': {
    kind: 'park',
    title: { vi: 'Tệp đã bị thay đổi', en: 'A file has changed' },
    remedy: { vi: 'Xác nhận tệp đúng ở hệ thống nguồn.', en: 'Confirm the right file in the source system.' },
  },
  'file-too-large': {
    kind: 'park',
    title: { vi: 'Tệp quá lớn', en: 'A file is too large' },
    remedy: { vi: 'Giảm dung lượng tệp hoặc gửi đường khác.', en: 'Make the file smaller, or pass it another way.' },
  },
  'both-changed': {
    kind: 'park',
    title: { vi: 'Hai bên cùng thay đổi', en: 'Both sides changed it' },
    remedy: { vi: 'Xem hai bản và chọn bản đúng.', en: 'Look at both versions and choose.' },
  },
  'outcome-unknown': {
    kind: 'park',
    title: { vi: 'Không rõ bên nhận đã nhận hay chưa', en: 'It is not known whether the target took it' },
    remedy: {
      vi: 'Hỏi bên nhận: đã có thì bỏ lượt gửi này, chưa có thì gửi lại.',
      en: 'Ask the target: if it has it, cancel; if not, replay.',
    },
  },
  'set-aside': {
    kind: 'park',
    title: { vi: 'Người vận hành giữ lại', en: 'Put aside by an operator' },
    remedy: {
      vi: 'Xem lý do; khi đã rõ thì gửi lại, không cần nữa thì bỏ lượt gửi này.',
      en: 'Read the reason; replay it when it may go, cancel it when it need not.',
    },
  },
} as const satisfies Record<string, CauseFacts>;

export type CauseCode = keyof typeof CAUSES;

/** Facts of a cause by code. */
export function causeFacts(code: CauseCode): CauseFacts {
  return CAUSES[code];
}
