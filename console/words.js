// Every word of this page, Vietnamese first: one catalogue, so that an officer can read it through in one go.

const TEXTS = {
  skip: ['Đến danh sách lượt gửi', 'Skip to the list'],
  band: ['DỮ LIỆU MẪU', 'SAMPLE DATA'],
  bandMore: [' — người, hồ sơ, chữ ký đều là giả định', ' — people, dossiers and signatures are made up'],
  search: ['Tìm theo mã', 'Search by code'],
  searchHint: ['Mã hồ sơ, văn bản, thủ tục, lượt gửi', 'Code of a dossier, document, procedure, sync'],
  otherLanguage: ['English', 'Tiếng Việt'],
  house: ['Toàn cảnh', 'The house'],
  gateway: ['Cổng liên thông', 'The gateway'],
  causes: ['Cần người xử lý', 'What needs a person'],
  warned: ['Đã gửi kèm cảnh báo trong 24 giờ: {0}', 'Delivered with a warning in 24 hours: {0}'],
  units: ['Các xã, phường', 'Units'],
  unitsSum: ['chính thức {0} · vận hành thử {1} · chưa tham gia {2} · đủ điều kiện {3}', 'official {0} · trial {1} · off {2} · ready {3}'],
  enforced: ['danh sách đã xác nhận: thiếu thì giữ lại', 'lists confirmed: what lacks is held'],
  observed: ['danh sách chưa xác nhận: thiếu thì chỉ cảnh báo', 'lists not confirmed: what lacks is warned of'],
  ready: ['Không thiếu gì.', 'Nothing is lacking.'],
  call: ['Liên hệ: {0}', 'Call: {0}'],
  couldHold: ['Chức danh có thể được giao: {0}', 'Posts that could hold it: {0}'],
  warnings: ['Gửi kèm cảnh báo', 'Delivered with a warning'],
  decide: ['Quyết định', 'Decide'],
  anyway: ['Vẫn gửi', 'Deliver all the same'],
  asTrial: ['Gửi như vận hành thử', 'Deliver as a trial'],
  refuseIt: ['Từ chối', 'Refuse'],
  returnIt: ['Trả lại', 'Return'],
  otherSeat: ['Vị trí công tác khác của đơn vị', 'Another seat of the unit'],
  bySeat: ['Gửi theo vị trí này', 'Send by this seat'],
  forAll: ['Xem trước: gửi mọi lượt cùng lý do', 'Preview: deliver all of the same reason'],
  forAllSure: ['Bấm lần nữa: gửi {0} lượt', 'Press again: deliver {0}'],
  escalations: ['Chờ quá hạn, đã báo lên cấp trên', 'Waited too long and went up'],
  escalationsSum: ['{0} việc · chưa ai xem {1}', '{0} open · nobody has looked at {1}'],
  silent: ['chưa ai xem', 'nobody has looked'],
  seenBy: ['{0} đã xem lúc {1}', 'seen by {0} at {1}'],
  noted: ['{0} đã nhận lúc {1}', 'acknowledged by {0} at {1}'],
  province: ['Toàn tỉnh', 'Province'],
  waitsFor: ['{0} lượt gửi của {1} hồ sơ', '{0} syncs of {1} dossiers'],
  climbs: ['báo cấp trên lúc {0}', 'goes up at {0}'],
  details: ['Xem', 'Show'],
  dueFirst: ['Đến hạn sớm nhất', 'Due soonest'],
  callThem: ['Gọi', 'Call'],
  toldWhom: ['Đã báo', 'Told'],
  toldSent: ['đã gửi', 'sent'],
  toldFailed: ['không gửi được', 'not sent'],
  toldWaiting: ['sắp gửi', 'to be sent'],
  acknowledge: ['Báo đã nhận', 'Acknowledge'],
  acknowledgeHint: ['Đang làm gì với việc này', 'What is being done about it'],
  noCauses: ['Không có lượt gửi nào đang chờ người xử lý.', 'No sync waits for a person.'],
  latest: ['Các lượt gửi gần đây', 'Latest syncs'],
  more: ['Xem thêm', 'Show more'],
  small: [
    'Đây là trang đầu tiên và còn nhỏ: xem toàn cảnh, tìm theo mã, xem và xử lý từng lượt gửi. Báo cáo, đối soát và nhập danh sách chưa có ở đây.',
    'This is a first page and a small one: the house, search by code, one sync at a time. Reports, reconciliation and entering lists are not here yet.',
  ],
  api: ['Mọi thứ khác: tài liệu API', 'Everything else: the API reference'],
  connecting: ['Đang kết nối…', 'Connecting…'],
  connected: ['Cập nhật lúc {0}', 'Updated at {0}'],
  lost: [
    'Mất kết nối với cổng liên thông từ {0}; đang thử lại',
    'No connection to the gateway since {0}; trying again',
  ],
  refused: ['Từ {0}: {1}', 'Since {0}: {1}'],
  total: ['đang chờ {0} · giữ lại {1} · không gửi được {2}', 'waiting {0} · held {1} · not sent {2}'],
  waiting: ['đang chờ', 'waiting'],
  held: ['giữ lại', 'held'],
  notSent: ['không gửi được', 'not sent'],
  lastAnswer: ['Trả lời gần nhất', 'Last answer'],
  never: ['chưa có', 'none yet'],
  lag: ['lượt đến hạn chờ lâu nhất {0}', 'longest due wait {0}'],
  until: ['đến {0}', 'until {0}'],
  failing: ['bên nhận đang lỗi', 'the target is failing'],
  probe: ['thăm dò lúc {0}', 'probe at {0}'],
  filtered: ['Nguyên nhân: {0}', 'Cause: {0}'],
  clear: ['Bỏ lọc', 'Clear'],
  fresh: ['{0} lượt mới — bấm để hiện', '{0} new — press to show'],
  emptyAll: ['Chưa có lượt gửi nào.', 'No syncs yet.'],
  emptySearch: ['Không có lượt gửi nào ứng với “{0}” trong 31 ngày qua.', 'No sync fits “{0}” in the last 31 days.'],
  emptyCause: ['Không còn lượt gửi nào vì nguyên nhân này.', 'No sync is left with this cause.'],
  oldest: ['lâu nhất từ {0}', 'oldest since {0}'],
  show: ['Xem {0} lượt', 'Show {0}'],
  noSubject: ['(không có mã)', '(no code)'],
  trial: ['vận hành thử', 'trial'],
  close: ['Đóng', 'Close'],
  loading: ['Đang tải…', 'Loading…'],
  unit: ['Đơn vị', 'Unit'],
  procedure: ['Thủ tục', 'Procedure'],
  accepted: ['Nhận lúc', 'Accepted'],
  changed: ['Thay đổi lúc', 'Changed'],
  syncId: ['Mã lượt gửi', 'Sync'],
  copied: ['Nội dung đã che thông tin cá nhân.', 'Personal data is masked.'],
  why: ['Vì sao chưa gửi', 'Why it does not move'],
  whyGoing: ['Không vướng gì: lượt gửi này đang đi theo thứ tự.', 'Nothing is wrong: it is on its way.'],
  at: ['Ở trường {0}, giá trị {1}', 'At {0}, value {1}'],
  since: ['từ {0}', 'since {0}'],
  behind: ['Đứng sau lượt gửi này của cùng hồ sơ:', 'Stands behind this sync of the same dossier:'],
  waitBehind: ['Phía sau còn {0} lượt phải chờ.', '{0} more wait behind it.'],
  note: ['Ghi chú: {0}', 'Note: {0}'],
  act: ['Xử lý', 'What you can do'],
  reason: ['Lý do (ghi vào nhật ký)', 'Reason (goes into the audit)'],
  reasonHint: ['Ít nhất 3 ký tự', 'At least 3 characters'],
  choose: ['Chọn', 'Choose'],
  code: ['Mã', 'Code'],
  answer: ['Trả lời', 'Answer'],
  remember: ['Áp dụng cho', 'Holds for'],
  replay: ['Gửi lại', 'Replay'],
  stale: ['Vẫn gửi lại, dù bên nhận đã có bản mới hơn', 'Replay all the same, although the target has something newer'],
  cancel: ['Bỏ lượt gửi này', 'Drop this sync'],
  cancelSure: ['Bấm lần nữa để bỏ (hồ sơ không bị ảnh hưởng)', 'Press again to drop it (the dossier is not touched)'],
  done: ['Đã ghi. {0} lượt được gửi tiếp.', 'Done. {0} go on.'],
  readOnly: ['Tài khoản này chỉ được xem.', 'This account may only look.'],
  timeline: ['Diễn biến', 'Timeline'],
  attempts: ['Các lần gửi', 'Attempts'],
  noAttempts: ['Chưa gửi lần nào.', 'Not sent yet.'],
  attempt: ['Lần {0}', 'Attempt {0}'],
  series: ['đợt {0}', 'series {0}'],
  lane: ['Các lượt của cùng hồ sơ (theo thứ tự)', 'Syncs of the same dossier (in order)'],
  alone: ['Không có lượt nào khác đến bên nhận này.', 'No other sync to this target.'],
  here: ['lượt này', 'this one'],
  translation: ['Quy đổi', 'Translation'],
  field: ['Trường', 'Field'],
  paneIn: ['Bản nhận', 'As received'],
  paneOut: ['Bản gửi đi', 'As sent on'],
  entry: ['Mục trong danh mục', 'Vocabulary entry'],
  nothing: ['—', '—'],
  noPlainName: ['chưa có tên dễ hiểu, giữ nguyên bản chính thức', 'no plain name yet, the official one stays'],
  noMatch: ['chưa có mục khớp, dùng mục thay thế', 'no entry matches, another stands in'],
  noChange: ['Không có giá trị nào phải quy đổi.', 'No value had to be translated.'],
  terms: ['Từ ngữ được giải thích cho cán bộ ({0})', 'Words explained to the staff ({0})'],
  proposal: ['đề xuất', 'proposal'],
  differs: [
    'Ghi chép của cổng khác bản tỉnh công bố ở: {0}. Bản của tỉnh được giữ nguyên.',
    "Our record differs from the province's text in: {0}. The province's text stays.",
  ],
  entrySources: ['Nguồn của từng phần ({0})', 'Where each part comes from ({0})'],
  likely: ['giống {0} %', '{0} % alike'],
  whole: ['Xem trọn hai bản', 'Both versions in full'],
  asSent: ['Tính lại khớp mã băm với bản đã gửi.', 'Computed again: the hash equals what was sent.'],
  notAsSent: [
    'Khác với bản đã gửi: danh mục, bộ quy đổi hoặc câu trả lời đã thay đổi từ lúc đó.',
    'Differs from what was sent: vocabulary, translator or answers have changed since.',
  ],
  notYetSent: [
    'Chưa gửi; đây là bản sẽ gửi theo danh mục hiện hành.',
    'Not sent yet; as it would go out with the current vocabulary.',
  ],
  blockedAt: ['Quy đổi dừng ở đây', 'Translation stops here'],
  certainty: ['độ chắc chắn: {0}', 'certainty: {0}'],
  ago: ['{0} trước', '{0} ago'],
};

const MAPS = {
  part: {
    level: ['Cấp giải quyết', 'Who decides'],
    explanation: ['Là gì', 'What it is'],
    desk: ['Quầy', 'Desk'],
    steps: ['Ba bước', 'Three steps'],
    checklist: ['Giấy tờ cần có', 'Papers to bring'],
    timeLimitText: ['Thời hạn', 'Time limit'],
    timeLimits: ['Thời hạn', 'Time limit'],
    feeText: ['Phí, lệ phí', 'Fee'],
    fees: ['Phí, lệ phí', 'Fee'],
    results: ['Kết quả', 'Result'],
    legalBasis: ['Căn cứ pháp lý', 'Legal basis'],
  },
  mode: {
    official: ['vận hành chính thức', 'official'],
    trial: ['vận hành thử', 'trial'],
    off: ['chưa tham gia', 'off'],
  },
  tick: {
    seat: ['Vị trí công tác', 'Seat'],
    legal: ['Căn cứ', 'Legal'],
    account: ['Tài khoản', 'Account'],
    certificate: ['Chứng thư', 'Certificate'],
  },
  remember: {
    no: ['chỉ lượt gửi này', 'this sync only'],
    dossier: ['cả hồ sơ này về sau', 'later events of this dossier too'],
    place: ['mọi hồ sơ của ấp, khu phố này', 'every dossier of this hamlet'],
    all: ['mọi hồ sơ có mã này, đến khi có người thứ hai duyệt', 'every dossier with this code, until a second person reviews it'],
  },
  system: {
    portal: ['Cổng dịch vụ công', 'Public-service portal'],
    commune: ['Hệ thống xã, phường', 'Commune system'],
    documents: ['Quản lý văn bản', 'Document system'],
  },
  edge: {
    ok: ['thông suốt', 'flowing'],
    slow: ['chậm', 'slow'],
    paused: ['tạm dừng', 'paused'],
    held: ['giữ từ lúc khởi động', 'held since the start'],
    stopped: ['tạm ngừng gửi', 'cut off'],
    lost: ['mất kết nối', 'no connection'],
  },
  state: {
    waiting: ['chờ bên nhận', 'waiting for the target'],
    behind: ['chờ lượt trước', 'waiting for the one before'],
    queued: ['sắp gửi', 'queued'],
    delivering: ['đang gửi', 'delivering'],
    retrying: ['sẽ gửi lại', 'will be sent again'],
    retryingAt: ['sẽ gửi lại lúc {0}', 'sent again at {0}'],
    open: ['chưa gửi', 'not yet sent'],
    delivered: ['đã gửi', 'delivered'],
    parked: ['giữ lại, chưa gửi', 'held'],
    failed: ['không gửi được', 'not sent'],
    cancelled: ['đã bỏ lượt gửi', 'dropped'],
    superseded: ['đã có bản mới hơn', 'superseded'],
  },
  type: {
    'procedure.published': ['Công bố thủ tục', 'Procedure published'],
    'procedure.withdrawn': ['Bãi bỏ thủ tục', 'Procedure withdrawn'],
    'dossier.submitted': ['Nộp hồ sơ', 'Dossier filed'],
    'dossier.updated': ['Sửa hồ sơ', 'Dossier changed'],
    'dossier.status-changed': ['Đổi trạng thái', 'Status changed'],
    'dossier.step-changed': ['Bước xử lý', 'Processing step'],
    'dossier.result-issued': ['Có kết quả', 'Result issued'],
    'document.sent': ['Gửi văn bản', 'Document sent'],
    'document.updated': ['Cập nhật văn bản', 'Document updated'],
    'document.recalled': ['Thu hồi văn bản', 'Document recalled'],
    'document.replaced': ['Thay thế văn bản', 'Document replaced'],
    'document.status-changed': ['Trạng thái văn bản', 'Document status'],
    'approval.requested': ['Trình ký', 'Approval requested'],
    'approval.given': ['Ký, phê duyệt', 'Approval given'],
    'opinion.requested': ['Xin ý kiến', 'Opinion requested'],
    'opinion.given': ['Cho ý kiến', 'Opinion given'],
  },
  happened: {
    accepted: ['Nhận từ {0}', 'Accepted from {0}'],
    parked: ['Giữ lại, chưa gửi', 'Held'],
    failed: ['Không gửi được', 'Not sent'],
    'attempt.failed': ['Gửi chưa được', 'Attempt failed'],
    'attempt.delivered': ['Đã gửi', 'Delivered'],
    'attempt.found': ['Tra cứu thấy bên nhận đã có', 'Found at the target by look-up'],
    'attempt.unknown': ['Không rõ bên nhận đã nhận hay chưa', 'Not known whether the target took it'],
    'attempt.newer-there': ['Bên nhận đã có bản mới hơn', 'The target holds something newer'],
    'sync.replay': ['{0} cho gửi lại', 'Replayed by {0}'],
    'sync.cancel': ['{0} bỏ lượt gửi', 'Dropped by {0}'],
    'sync.resolve': ['{0} trả lời', 'Answered by {0}'],
    'sync.free': ['{0} cho đi tiếp', 'Let go on by {0}'],
  },
  outcome: {
    failed: ['chưa được', 'failed'],
    delivered: ['đã gửi', 'delivered'],
    found: ['bên nhận đã có', 'found there'],
    unknown: ['không rõ kết quả', 'outcome unknown'],
    'newer-there': ['bên nhận có bản mới hơn', 'newer there'],
  },
  grade: {
    equivalent: ['tương đương', 'equivalent'],
    broader: ['không hẳn, xem bản gốc (rộng hơn)', 'not quite (broader), see the original'],
    narrower: ['không hẳn, xem bản gốc (hẹp hơn)', 'not quite (narrower), see the original'],
    related: ['không hẳn, xem bản gốc (liên quan)', 'not quite (related), see the original'],
  },
  certainty: {
    confirmed: ['đã xác nhận', 'confirmed'],
    high: ['cao', 'high'],
    'medium-high': ['khá cao', 'medium-high'],
    medium: ['trung bình', 'medium'],
    low: ['thấp', 'low'],
    proposal: ['đề xuất của dự án', "the project's proposal"],
  },
};

const KEPT = 'lienthong.language';
let language = 'vi';

/** The language of the address, else the one kept by this browser, else Vietnamese. */
export function chooseLanguage() {
  const asked = new URLSearchParams(location.search).get('lang');
  let kept = null;
  try {
    kept = localStorage.getItem(KEPT);
  } catch {
    // A browser that keeps nothing still shows the page.
  }
  useLanguage([asked, kept].find(one => one === 'vi' || one === 'en') ?? 'vi');
}

export function useLanguage(wanted) {
  language = wanted;
  document.documentElement.lang = wanted;
  try {
    localStorage.setItem(KEPT, wanted);
  } catch {
    // As above.
  }
}

export const currentLanguage = () => language;
const pick = pair => pair[language === 'vi' ? 0 : 1];
const fill = (text, values) => text.replace(/\{(\d)\}/g, (_, index) => String(values[index] ?? ''));

/** A text of the page. */
export const say = (name, ...values) => fill(pick(TEXTS[name]), values);
/** A word of one of the lists; what is not in it is shown as it is. */
export const word = (list, name, ...values) => (MAPS[list][name] ? fill(pick(MAPS[list][name]), values) : String(name));
/** The API's own bilingual texts. */
export const said = text => (text ? (text[language] ?? text.vi) : '');
/** A system as people call it; its id beside where it is not that of its role. */
export const systemName = id => word('system', id);

/** A JSON pointer as people read it. */
export const fieldName = pointer => pointer.replace(/^\/data\//, '').replaceAll('/', ' › ');

const ZONE = 'Asia/Ho_Chi_Minh';
const day = at => at.toLocaleDateString('en-CA', { timeZone: ZONE });

/** A time of the province; with the date where it is not today. */
export function time(text) {
  if (!text) return '';
  const at = new Date(text);
  const clock = at.toLocaleTimeString('vi-VN', { timeZone: ZONE, hour12: false });
  if (day(at) === day(new Date())) return clock;
  return `${clock} ${at.toLocaleDateString('vi-VN', { timeZone: ZONE, day: '2-digit', month: '2-digit', year: 'numeric' })}`;
}

/** A length of time in its largest whole unit. */
export function length(seconds) {
  const units = [
    [86400, ['ngày', 'd']],
    [3600, ['giờ', 'h']],
    [60, ['phút', 'min']],
    [1, ['giây', 's']],
  ];
  const [size, names] = units.find(([size]) => seconds >= size) ?? units[3];
  return `${Math.max(0, Math.floor(seconds / size))} ${pick(names)}`;
}

export const number = value => Number(value ?? 0).toLocaleString('vi-VN');
