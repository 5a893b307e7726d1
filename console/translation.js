// What came in beside what goes out, each change with the vocabulary entry that made it. Personal data arrives masked.
import { h, icon } from './dom.js';
import { entryCard } from './entry.js';
import { fieldName, said, say, word } from './words.js';

/** The leaves of a value under their JSON pointers, in order. */
function leaves(value, at = '', found = new Map()) {
  if (value !== null && typeof value === 'object' && Object.keys(value).length > 0) {
    for (const [key, inner] of Object.entries(value)) leaves(inner, `${at}/${key}`, found);
  } else found.set(at, value);
  return found;
}

const text = value => {
  if (value === undefined || value === null) return say('nothing');
  return typeof value === 'string' ? value : JSON.stringify(value);
};

function entryOf(change) {
  // A rule for what has no match is no entry: it is said before anything else.
  const unmatched = change.entry.startsWith('policy:');
  return [
    unmatched
      ? h('span', { class: 'grade warn' }, say(change.from === change.to ? 'noPlainName' : 'noMatch'))
      : null,
    h('code', {}, change.entry),
    h('span', { class: change.grade === 'equivalent' ? 'grade' : 'grade warn' }, word('grade', change.grade)),
    h('span', { class: 'facts' }, say('certainty', word('certainty', change.certainty))),
    h('span', { class: 'facts source' }, change.source),
  ];
}

/** A value for people: texts as they are, lists as lists, objects by their parts. */
function shown(value) {
  if (value === null || typeof value !== 'object') return text(value);
  if (Array.isArray(value))
    return h(
      'ul',
      { class: 'value' },
      value.map(item => h('li', {}, shown(item))),
    );
  return h(
    'div',
    {},
    Object.entries(value).map(([key, inner]) => h('div', {}, h('span', { class: 'facts' }, `${key}: `), shown(inner))),
  );
}

const ENTRY = '/data/communeEntry';

function changes(translation) {
  const own = translation.trace.filter(change => !change.pointer.startsWith(ENTRY));
  const ofEntry = translation.trace.filter(change => change.pointer.startsWith(ENTRY));
  const names = translation.fieldNames ?? {};
  return [
    own.length > 0 ? changeTable(own, names) : null,
    entryCard(translation.event.data),
    ofEntry.length > 0
      ? h('details', {}, h('summary', {}, say('entrySources', ofEntry.length)), changeTable(ofEntry, names))
      : null,
  ];
}

function changeTable(trace, names) {
  const rows = trace.map(change =>
    h(
      'tr',
      {},
      h('th', { scope: 'row', title: change.pointer }, said(names[change.pointer]) || fieldName(change.pointer)),
      h('td', { 'data-label': say('paneIn') }, shown(change.from)),
      h('td', { 'data-label': say('paneOut'), class: 'changed' }, shown(change.to)),
      h('td', { 'data-label': say('entry'), class: 'entry' }, entryOf(change)),
    ),
  );
  return h(
    'table',
    { class: 'changes' },
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        ['field', 'paneIn', 'paneOut', 'entry'].map(name => h('th', { scope: 'col' }, say(name))),
      ),
    ),
    h('tbody', {}, rows),
  );
}

/** The text with its marked words underlined; the explanation stands below, and at the word for whoever points at it. */
function marked(value, marks) {
  if (typeof value !== 'string' || marks.length === 0) return text(value);
  const parts = [];
  let at = 0;
  for (const { offset, length, label, explanation } of marks) {
    if (offset < at) continue;
    parts.push(value.slice(at, offset));
    const note = explanation ? `${label}: ${explanation}` : label;
    parts.push(h('abbr', { class: 'term', title: note }, value.slice(offset, offset + length)));
    at = offset + length;
  }
  return [...parts, value.slice(at)];
}

/** Each explained term once: the official words, then the plain ones. */
function terms(translation) {
  const marks = translation.marks ?? [];
  if (marks.length === 0) return null;
  const after = leaves(translation.event.data);
  const byTerm = new Map(marks.map(mark => [mark.term, mark]));
  const wordsOf = ({ pointer, offset, length }) => {
    const value = after.get(pointer.replace(/^\/data/, ''));
    return typeof value === 'string' ? value.slice(offset, offset + length) : '';
  };
  return h(
    'details',
    { class: 'terms', open: true },
    h('summary', {}, say('terms', byTerm.size)),
    h(
      'dl',
      {},
      [...byTerm.values()].flatMap(mark => [
        h('dt', {}, wordsOf(mark) || mark.term),
        h('dd', {}, h('strong', {}, mark.label), mark.explanation ? ` – ${mark.explanation}` : ''),
      ]),
    ),
  );
}

function whole(translation) {
  const marksAt = Map.groupBy(translation.marks ?? [], mark => mark.pointer);
  const before = leaves(translation.before.data);
  const after = leaves(translation.event.data);
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return h(
    'details',
    {},
    h('summary', {}, say('whole')),
    h('p', { class: 'facts' }, say('copied')),
    h(
      'table',
      { class: 'whole' },
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          ['field', 'paneIn', 'paneOut'].map(name => h('th', { scope: 'col' }, say(name))),
        ),
      ),
      h(
        'tbody',
        {},
        names.map(name => {
          const changed = text(before.get(name)) !== text(after.get(name));
          return h(
            'tr',
            { class: changed ? 'changed' : null },
            h('th', { scope: 'row' }, fieldName(`/data${name}`)),
            h('td', { 'data-label': say('paneIn') }, text(before.get(name))),
            h('td', { 'data-label': say('paneOut') }, marked(after.get(name), marksAt.get(`/data${name}`) ?? [])),
          );
        }),
      ),
    ),
  );
}

/** A translation as the API answers it. */
export function translationOf(translation) {
  const { blocked } = translation;
  const sent = translation.sentHash === null ? 'notYetSent' : translation.asSent ? 'asSent' : 'notAsSent';
  return h(
    'div',
    {},
    blocked
      ? h(
          'p',
          { class: 'stopped' },
          icon('held'),
          `${say('blockedAt')}: ${fieldName(blocked.pointer)} = ${text(blocked.value)} `,
          h('code', {}, blocked.cause),
        )
      : h('p', { class: 'facts' }, say(sent)),
    translation.trace.length > 0 ? changes(translation) : h('p', {}, say('noChange')),
    terms(translation),
    whole(translation),
  );
}
