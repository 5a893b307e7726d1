/**
 * Checks of the no-match rules: one rule a thing, a fixed entry that exists, and none that would misdirect a dossier or tell the
 * national portal a status that nobody mapped.
 */
import type { VocabularyContent } from './content.ts';
import type { Findings } from './findings.ts';
import { type PolicyRecord, placesOf, policyOf } from './policy.ts';
import { AS_BEFORE, NATIONAL_LIST } from './statuses.ts';

/** Refuses rules that clash, lead nowhere, or let something through that must wait for a person. */
export function checkPolicies(content: VocabularyContent, findings: Findings): void {
  const first = new Map<string, object>();
  const fields = new Set(content.procedures.map(procedure => procedure.field.normalize('NFC').toLowerCase()));
  for (const fact of content.facts) {
    if (fact.kind !== 'policy') continue;
    const policy = policyOf(fact);
    const say = (text: string): void => findings.fault(fact, `policies/${policy.id}: ${text}`);
    const places = placesOf(policy);
    for (const place of places.length === 0 ? [''] : places) {
      const key = `${policy.of} ${place}`;
      const before = first.get(key);
      if (before === undefined) first.set(key, fact);
      else say(`trùng quy tắc với ${findings.where(before)}${place === '' ? '' : ` (${place})`}`);
    }
    if ((policy.use !== undefined) !== (policy.otherwise === 'fixed'))
      say('use đi cùng otherwise: fixed, và chỉ khi đó');
    const byField = policy.of === 'procedure' || policy.of === 'published';
    if (policy.fields !== undefined && !byField) say('fields chỉ dùng cho thủ tục');
    if (policy.lists !== undefined && policy.of !== 'status' && policy.of !== 'code') {
      say('lists chỉ dùng cho trạng thái và mã');
    }
    if (byField) {
      for (const field of policy.fields ?? []) {
        if (!fields.has(field.normalize('NFC').toLowerCase())) say(`không có lĩnh vực "${field}" trong danh mục`);
      }
    }
    checkAct(policy, content, say);
  }
}

function checkAct(policy: PolicyRecord, content: VocabularyContent, say: (text: string) => void): void {
  const { of: kind, otherwise, use = '', lists } = policy;
  const isText = kind === 'term' || kind === 'published';
  if (isText && otherwise !== 'pass-official') {
    say('văn bản chính thức luôn đến xã, phường nguyên văn: chỉ dùng pass-official');
  }
  if (otherwise === 'park') return;
  switch (kind) {
    case 'unit':
      say('không rõ xã, phường thì phải chờ người chọn (park), nếu không hồ sơ có thể đến nhầm nơi');
      return;
    case 'procedure':
      if (otherwise === 'fixed' && !content.procedures.some(procedure => procedure.code === use)) {
        say(`thủ tục ${use} không có trong danh mục`);
      }
      return;
    case 'status':
      checkStatusAct(policy, content, say);
      return;
    case 'code':
      if (lists === undefined) say('phải nêu lists: không có cách làm chung cho mọi danh mục mã');
      for (const list of lists ?? []) {
        if (list.startsWith('portal')) {
          say(`danh mục ${list} là của cổng quốc gia: mã không có thì phải chờ (park)`);
        } else if (/status|trangthai/i.test(list)) say(`danh mục ${list} là trạng thái: phải chờ (park)`);
        else if (otherwise === 'fixed' && !content.codes.some(code => code.list === list && code.code === use)) {
          say(`danh mục ${list} không có mã ${use}`);
        }
      }
  }
}

/** A status goes on only into named lists of other systems: as the national number, or as a code that says nothing new. */
function checkStatusAct(policy: PolicyRecord, content: VocabularyContent, say: (text: string) => void): void {
  const { otherwise, use = '', lists } = policy;
  if (lists === undefined || lists.includes(NATIONAL_LIST)) {
    say(
      'không trạng thái nào được sang cổng quốc gia khi chưa quy đổi: phải nêu lists của hệ thống khác, không có national',
    );
  }
  for (const list of lists ?? []) {
    const about = content.statusLists.find(each => each.list === list)?.about;
    if (about !== 'dossier') say(`không có danh sách trạng thái hồ sơ "${list}"`);
    else if (otherwise === 'fixed') {
      const status = content.statuses.find(each => each.list === list && each.code === use && each.level === 'status');
      if (status?.national !== AS_BEFORE) {
        say(`${list}/${use} phải là trạng thái có national: before, nếu không khi quay về sẽ đổi trạng thái của hồ sơ`);
      }
    }
  }
}
