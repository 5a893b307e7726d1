/**
 * The status list `xa-3b` as the simulated commune system shows it: code, name, one of the three steps.
 */
export const STATUSES: readonly { ma: string; ten: string; buoc: 1 | 2 | 3 }[] = [
  { ma: 'cho-tiep-nhan', ten: 'Chờ tiếp nhận', buoc: 1 },
  { ma: 'da-tiep-nhan', ten: 'Đã tiếp nhận', buoc: 1 },
  { ma: 'tu-choi-tiep-nhan', ten: 'Từ chối tiếp nhận', buoc: 1 },
  { ma: 'cho-bo-sung', ten: 'Chờ bổ sung', buoc: 1 },
  { ma: 'da-bo-sung-cho-kiem-tra', ten: 'Đã bổ sung, chờ kiểm tra', buoc: 1 },
  { ma: 'xin-rut-cho-duyet', ten: 'Xin rút, chờ duyệt', buoc: 1 },
  { ma: 'da-rut', ten: 'Đã rút', buoc: 1 },
  { ma: 'cho-phan-cong', ten: 'Chờ phân công', buoc: 2 },
  { ma: 'dang-tham-dinh', ten: 'Đang thẩm định', buoc: 2 },
  { ma: 'cho-y-kien-co-quan-khac', ten: 'Chờ ý kiến cơ quan khác', buoc: 2 },
  { ma: 'tam-dung-tinh-han', ten: 'Tạm dừng tính hạn', buoc: 2 },
  { ma: 'cho-thong-bao-thue', ten: 'Chờ thông báo thuế', buoc: 2 },
  { ma: 'cho-nop-tien', ten: 'Chờ nộp tiền', buoc: 2 },
  { ma: 'dung-giai-quyet', ten: 'Dừng giải quyết', buoc: 2 },
  { ma: 'trinh-ky', ten: 'Trình ký', buoc: 3 },
  { ma: 'tra-buoc-truoc', ten: 'Trả về bước trước', buoc: 3 },
  { ma: 'da-ky-cho-ban-giao', ten: 'Đã ký, chờ bàn giao', buoc: 3 },
  { ma: 'cho-tra-ket-qua', ten: 'Chờ trả kết quả', buoc: 3 },
  { ma: 'dang-gui-buu-chinh', ten: 'Đang gửi bưu chính', buoc: 3 },
  { ma: 'da-tra-ket-qua', ten: 'Đã trả kết quả', buoc: 3 },
];

/** The local code that an act means by a national number. */
export const OF_NATIONAL: Readonly<Record<string, string>> = {
  '1': 'cho-tiep-nhan',
  '2': 'da-tiep-nhan',
  '3': 'tu-choi-tiep-nhan',
  '4': 'dang-tham-dinh',
  '5': 'cho-bo-sung',
  '6': 'cho-nop-tien',
  '7': 'da-rut',
  '8': 'dung-giai-quyet',
  '9': 'cho-tra-ket-qua',
  '10': 'da-tra-ket-qua',
};
