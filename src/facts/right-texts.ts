/** What people are told of a right that is missing, in the words of mappings/people: which tick, at which post, who gives it. Pure. */
import type { Bilingual, JsonObject, Role } from '../domain/words.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';
import type { Question } from './judge.ts';
import { labelOf } from './labels.ts';
import type { Ticks } from './rights.ts';

const TICKS: Readonly<Record<string, Bilingual>> = {
  legal: { vi: 'căn cứ (quyết định, ủy quyền)', en: 'a legal basis (decision, delegation)' },
  account: { vi: 'quyền của tài khoản trong hệ thống', en: "the account's right in the system" },
  certificate: { vi: 'chứng thư số còn hạn', en: 'a valid signing certificate' },
  officer: { vi: 'người đang giữ vị trí', en: 'somebody who holds the post' },
};

/** Missing ticks by name. */
export const ticksNamed = (missing: readonly string[], language: 'vi' | 'en'): string =>
  missing.map(name => TICKS[name]?.[language] ?? name).join(', ');

/** Posts whose holders are appointed by the province and the people's council. */
const LEADERS: ReadonlySet<string> = new Set(['chu-tich', 'pho-chu-tich']);

/** Who gives a tick, as an entry of mappings/people; of a vacant seat only where it is a leader's. */
function giverId(tick: string, post: string | undefined, role: Role): string | undefined {
  switch (tick) {
    case 'account':
      return role === 'commune' ? 'tai-khoan-cap-xa' : 'tai-khoan-van-ban';
    case 'certificate':
      return 'chung-thu-so';
    case 'legal':
      return 'phan-cong-linh-vuc';
    default:
      return post !== undefined && LEADERS.has(post) ? 'vi-tri-lanh-dao' : undefined;
  }
}

/** Who gives each of the ticks that are missing; nobody where no source says so. */
export function giversOf(
  missing: readonly string[],
  post: string | undefined,
  role: Role,
  vocabulary: Vocabulary,
): JsonObject[] {
  return missing.flatMap(tick => {
    const giver = vocabulary.fact('giver', giverId(tick, post, role) ?? '');
    return giver === undefined
      ? []
      : [{ missing: tick, id: giver.id, what: giver.data.label ?? giver.id, givenBy: giver.data.givenBy ?? null }];
  });
}

const unitName = ({ unit, vocabulary }: Question): string | undefined =>
  unit === null ? undefined : (vocabulary.unitName(unit) ?? unit);

/** Nobody in the unit (or on the post that was asked) may do it yet. */
export function nobodyMay(
  question: Question,
  found: {
    right: string;
    post: string | undefined;
    missing: readonly string[];
    best: Ticks | undefined;
    givers: readonly JsonObject[];
  },
): Bilingual {
  const { target, vocabulary } = question;
  const { right, post, missing, best, givers } = found;
  const asked = post === undefined ? undefined : labelOf('post', post, vocabulary);
  const nearest = best === undefined ? '' : labelOf('post', best.post, vocabulary);
  const from = givers.map(({ what, givenBy }) => `${String(what)} – ${String(givenBy)}`).join('; ');
  return {
    vi: `Ở ${unitName(question) ?? 'tỉnh'} chưa ai ${asked === undefined ? '' : `giữ chức danh ${asked} `}được ${labelOf('right', right, vocabulary)} trên ${target.id}: ${nearest === '' ? '' : `${nearest} là gần đủ nhất, còn `}thiếu ${ticksNamed(missing, 'vi')}.${from === '' ? '' : ` Nơi cấp: ${from}.`}`,
    en: `At ${unitName(question) ?? 'the province'} nobody ${asked === undefined ? '' : `of the post ${asked} `}may ${right} on ${target.id} yet: ${nearest === '' ? '' : `${nearest} is nearest, `}missing ${ticksNamed(missing, 'en')}.${from === '' ? '' : ` Given by: ${from}.`}`,
  };
}

/** The post that is asked is none of the list, so nobody can tell whose matter it is. */
export const unknownPost = (question: Question, post: string, right: string): Bilingual => ({
  vi: `Danh mục không có chức danh “${post}” mà ${question.source.id} đề nghị ${labelOf('right', right, question.vocabulary)} ở ${unitName(question) ?? 'tỉnh'}.`,
  en: `There is no post "${post}", which ${question.source.id} asks to ${right} at ${unitName(question) ?? 'the province'}.`,
});
