// What came in beside what goes out, each change with the vocabulary entry that made it. Personal data arrives masked.
import { h, icon } from './dom.js';
import { fieldName, say, word } from './words.js';

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
  return [
    h('code', {}, change.entry),
    h('span', { class: change.grade === 'equivalent' ? 'grade' : 'grade warn' }, word('grade', change.grade)),
    h('span', { class: 'facts' }, say('certainty', word('certainty', change.certainty))),
    h('span', { class: 'facts source' }, change.source),
  ];
}

function changes(translation) {
  const rows = translation.trace.map(change =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, fieldName(change.pointer)),
      h('td', { 'data-label': say('paneIn') }, text(change.from)),
      h('td', { 'data-label': say('paneOut'), class: 'changed' }, text(change.to)),
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

function whole(translation) {
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
            h('td', { 'data-label': say('paneOut') }, text(after.get(name))),
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
    whole(translation),
  );
}
