// The commune-level entry of a procedure, as it stands at the desk: a card with steps and a checklist, what is a proposal marked as such.
import { h } from './dom.js';
import { say, word } from './words.js';

const listOf = value => (Array.isArray(value) ? value : []);
const nameOf = item => (typeof item === 'string' ? item : (item?.name ?? item?.text ?? item?.title ?? ''));

/** The papers to bring: the province's list where it sent one, else the recorded one. */
function papers(entry, data) {
  const cases = listOf(data.cases).flatMap(one => listOf(one.components ?? one.papers));
  const official = [...listOf(data.components), ...cases];
  return (official.length > 0 ? official : listOf(entry.checklist)).map(nameOf).filter(name => name !== '');
}

/** The card; undefined when there is no entry. */
export function entryCard(data) {
  const entry = data.communeEntry;
  if (entry === undefined || entry === null) return null;
  const proposed = new Set(listOf(entry.proposals));
  const row = (part, content) =>
    content === null || content === undefined || content.length === 0
      ? []
      : [
          h(
            'dt',
            {},
            word('part', part),
            proposed.has(part) ? h('span', { class: 'proposal' }, say('proposal')) : null,
          ),
          h('dd', {}, content),
        ];
  const lines = items => (items.length > 1 ? [h('ul', {}, items.map(item => h('li', {}, item)))] : items);
  const results = listOf(data.results).length > 0 ? listOf(data.results) : listOf(entry.results);
  const differences = listOf(entry.differences);
  return h(
    'section',
    { class: 'desk-card' },
    h('h4', {}, entry.plainTitle ?? entry.officialName, entry.code ? h('code', {}, entry.code) : null),
    h('p', { class: 'facts' }, entry.officialName),
    h(
      'dl',
      {},
      row('level', entry.level?.text ? [entry.level.text] : null),
      row('explanation', entry.explanation ? [entry.explanation] : null),
      row('desk', entry.desk ? [entry.desk] : null),
      row(
        'steps',
        listOf(entry.steps).length > 0
          ? [h('ol', {}, entry.steps.map(step => h('li', {}, h('strong', {}, step.name), ` – ${step.text}`)))]
          : null,
      ),
      row('checklist', lines(papers(entry, data))),
      row('timeLimitText', lines(listOf(entry.timeLimitText))),
      row('feeText', lines(listOf(entry.feeText))),
      row('results', lines(results.map(nameOf))),
    ),
    differences.length > 0
      ? h('p', { class: 'facts' }, say('differs', differences.map(one => word('part', one.part)).join(', ')))
      : null,
  );
}
