/**
 * What edXML has no element for but an approval needs, as lines `Tên: giá trị` in OtherInfo/Appendixes, readable to the
 * people who open the document. A proposal of this project; other appendixes stay what they are.
 */
import type { Unknown } from './message.ts';

/** Name of a line → member of the canonical data it stands for. */
export const LINES = {
  dossierCode: 'Mã hồ sơ',
  documentId: 'Mã văn bản',
  requestId: 'Mã đề nghị',
  act: 'Việc đề nghị',
  unitCode: 'Mã đơn vị',
  procedureCode: 'Mã thủ tục',
  post: 'Chức danh',
  decision: 'Ý kiến quyết định',
  officerId: 'Mã cán bộ',
  signature: 'Chữ ký số',
} as const;
export type LineName = keyof typeof LINES;

/** Words of an act, and of a decision, as people read them. */
export const ACTS: ReadonlyMap<string, string> = new Map([
  ['initial', 'ký nháy'],
  ['approve', 'phê duyệt'],
  ['sign', 'ký ban hành'],
  ['seal', 'lấy số, đóng dấu, phát hành'],
  ['opinion', 'cho ý kiến'],
]);
export const DECISIONS: ReadonlyMap<string, string> = new Map([
  ['approved', 'đồng ý'],
  ['refused', 'không đồng ý'],
  ['returned', 'trả lại'],
]);

const reverse = (map: ReadonlyMap<string, string>, label: string): string | undefined =>
  [...map].find(([, word]) => word === label)?.[0];
/** Canonical word of an act or decision by its Vietnamese one; undefined for any other. */
export const actOf = (label: string): string | undefined => reverse(ACTS, label);
export const decisionOf = (label: string): string | undefined => reverse(DECISIONS, label);

/** Lines for what has a value. */
export function writeLines(values: { readonly [K in LineName]?: string | undefined }): string[] {
  return (Object.keys(LINES) as LineName[]).flatMap(name => {
    const value = values[name];
    return value === undefined ? [] : [`${LINES[name]}: ${value}`];
  });
}

/** The lines among appendixes, and the appendixes that are none. */
export function readLines(appendixes: readonly string[]): { lines: { [K in LineName]?: string }; rest: string[] } {
  const lines: { [K in LineName]?: string } = {};
  const rest: string[] = [];
  for (const appendix of appendixes) {
    const name = (Object.keys(LINES) as LineName[]).find(key => appendix.startsWith(`${LINES[key]}: `));
    if (name === undefined || lines[name] !== undefined) rest.push(appendix);
    else lines[name] = appendix.slice(LINES[name].length + 2);
  }
  return { lines, rest };
}

/** Unknown elements as canonical data keeps them. */
export const unknownAsData = (unknown: readonly Unknown[]): { path: string; value: string }[] =>
  unknown.map(({ path, value }) => ({ path, value }));
