/**
 * What the fields of an event are called for people, in the words of the one-stop desk; the canonical name stands where there
 * is no better one.
 */

const NAMES: Readonly<Record<string, string>> = {
  unitCode: 'Đơn vị',
  receivingUnit: 'Nơi tiếp nhận',
  returnUnit: 'Nơi trả kết quả',
  decidingUnit: 'Đơn vị giải quyết',
  decidingAgency: 'Cơ quan quyết định',
  receivedBy: 'Nơi nhận hồ sơ',
  decidedBy: 'Cơ quan quyết định',
  procedureCode: 'Mã thủ tục',
  procedureName: 'Tên thủ tục',
  plainTitle: 'Tên dễ hiểu',
  communeCode: 'Mã ngắn',
  communeEntry: 'Bản dùng ở xã',
  'communeEntry/code': 'Mã ngắn',
  nationalCode: 'Mã quốc gia',
  officialName: 'Tên chính thức',
  field: 'Lĩnh vực',
  titles: 'Cách gọi riêng',
  timeLimitText: 'Thời hạn, viết gọn',
  timeLimitDifficultArea: 'Thời hạn ở xã miền núi, vùng khó khăn',
  feeText: 'Phí, lệ phí, viết gọn',
  explanation: 'Giải thích',
  desk: 'Quầy',
  deskSteps: 'Ba bước',
  receive: 'Tiếp nhận',
  process: 'Giải quyết',
  return: 'Ký, trả kết quả',
  steps: 'Các bước',
  step: 'Bước xử lý',
  papers: 'Giấy tờ',
  checklist: 'Giấy tờ cần có',
  components: 'Thành phần hồ sơ',
  cases: 'Trường hợp',
  case: 'Trường hợp',
  condition: 'Trường hợp',
  timeLimit: 'Thời hạn',
  timeLimits: 'Thời hạn',
  fee: 'Phí, lệ phí',
  fees: 'Phí, lệ phí',
  amount: 'số tiền',
  exempt: 'được miễn',
  decides: 'cấp quyết định',
  commune: 'việc của xã',
  text: 'nội dung',
  no: 'bước',
  unit: 'đơn vị',
  unitName: 'tên đơn vị',
  entry: 'mục',
  value: 'số',
  results: 'Kết quả',
  result: 'Kết quả',
  legalBasis: 'Căn cứ pháp lý',
  number: 'số, ký hiệu',
  date: 'ngày',
  level: 'Cấp giải quyết',
  aliases: 'Mã khác',
  validFrom: 'hiệu lực từ',
  validTo: 'hiệu lực đến',
  original: 'bản chính',
  originals: 'bản chính',
  copies: 'bản sao',
  form: 'mẫu',
  name: 'tên',
  code: 'mã',
  status: 'Trạng thái',
  statusName: 'Tên trạng thái',
  subStatus: 'Trạng thái phụ',
  summary: 'Trích yếu',
  note: 'Ghi chú',
  reason: 'Lý do',
  grade: 'mức khớp',
  certainty: 'độ tin cậy',
  source: 'nguồn',
  proposals: 'phần là đề xuất',
  overrides: 'phần riêng của xã, phường',
  gaps: 'phần chưa có nguồn',
};

/** Words of the vocabulary that are values, for people. */
export const VALUE_NAMES: Readonly<Record<string, string>> = {
  workingDays: 'ngày làm việc',
  calendarDays: 'ngày liên tục',
  days: 'ngày',
  hours: 'giờ',
  sameDay: 'trong ngày',
  equivalent: 'tương đương',
  proposal: 'đề xuất',
  receives: 'chỉ nhận và trả',
  confirmed: 'đã xác nhận',
  high: 'cao',
  medium: 'trung bình',
  low: 'thấp',
};

const nameOf = (key: string): string | undefined => (Object.hasOwn(NAMES, key) ? NAMES[key] : undefined);

/** A field named by its JSON pointer, with the pointer beside where it lies deeper: `Tên trạng thái`, `Ghi chú (steps/0)`. */
export function fieldName(pointer: string): string {
  const path = pointer.split('/').filter(part => part !== '' && part !== 'data');
  const named = path.findLast(part => !/^[0-9]+$/.test(part)) ?? pointer;
  // a code is called by what it is the code of
  const own = named === 'code' && path.length > 1 ? (path.at(-2) ?? named) : named;
  const whole = path.join('/');
  const label = nameOf(whole) ?? nameOf(own) ?? own;
  return path.length > 1 ? `${label} (${whole})` : label;
}
