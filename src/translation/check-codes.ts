/** Checks of the dialects' code lists: one code, one meaning; and the lists that a connector asks for but nobody has given yet. */
import type { VocabularyContent } from './content.ts';
import { type Findings, unique } from './findings.ts';

/** Lists that no source available to the project holds: a province fills them in. */
const AWAITED: readonly { list: string; text: string }[] = [
  {
    list: 'portal/MaLinhVuc',
    text: 'chưa có danh mục portal/MaLinhVuc (mã lĩnh vực của cổng): đến khi có, mã được hỏi từ danh mục của chính cổng lúc gửi',
  },
  {
    list: 'documents/agency',
    text: 'chưa có danh mục documents/agency (mã định danh của từng xã, phường trên trục văn bản): nhập theo quyết định của tỉnh, không suy từ mã đơn vị',
  },
];

/** Refuses doubled codes and doubled canonical values. */
export function checkCodes(content: VocabularyContent, findings: Findings): void {
  unique(content.codes, code => `${code.list}/${code.code}`, findings);
  const first = new Map<string, string>();
  for (const code of content.codes) {
    for (const value of [code.canonical, ...(code.alsoFor ?? [])]) {
      const key = `${code.list} ← ${value}`;
      const before = first.get(key);
      if (before !== undefined) findings.fault(code, `trùng giá trị chuẩn "${key}" với mã ${before}`);
      first.set(key, code.code);
    }
  }
  const lists = new Set(content.codes.map(code => code.list));
  const near = content.codes[0];
  if (near === undefined || content.procedures.length === 0) return;
  for (const { list, text } of AWAITED) if (!lists.has(list)) findings.warn(near, text, 'missing-lists');
}
