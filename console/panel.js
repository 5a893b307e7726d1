// One sync beside the list: why it does not move, what can be done, what happened, and what was translated.
import { actForm, offerOf } from './acts.js';
import { get, Refused } from './api.js';
import { deskFacts, warningList } from './desk.js';
import { h, icon, refill } from './dom.js';
import { stateChip } from './list.js';
import { translationOf } from './translation.js';
import { fieldName, said, say, systemName, time, word } from './words.js';

const SETTLED = ['delivered', 'cancelled', 'superseded'];

const section = (title, ...children) => h('section', {}, h('h3', {}, title), ...children);
const fact = (label, value) => (value ? h('div', {}, h('dt', {}, label), h('dd', {}, value)) : null);
const shownValue = value => (typeof value === 'string' ? value : JSON.stringify(value));

/** The links of a chain: the sync before, the gate, until the act that mends it. */
function chain(blocked, onOpen) {
  if (!blocked) return null;
  if (blocked.kind === 'gate') {
    return h(
      'li',
      {},
      h('p', {}, said(blocked.remedy)),
      blocked.until ? h('p', { class: 'facts' }, say('until', time(blocked.until))) : null,
      blocked.note ? h('p', { class: 'facts' }, say('note', blocked.note)) : null,
    );
  }
  return [
    h(
      'li',
      {},
      h('p', {}, say('behind')),
      h('button', { type: 'button', class: 'link', click: () => onOpen(blocked.id) }, blocked.id),
      ' ',
      stateChip(blocked),
      blocked.remedy ? h('p', {}, said(blocked.remedy)) : null,
    ),
    chain(blocked.blockedBy, onOpen),
  ].flat();
}

function why(sync, causes, onOpen) {
  if (SETTLED.includes(sync.state)) return null;
  const { reason } = sync;
  const title = causes.find(cause => cause.cause === sync.cause)?.title;
  const links = [
    sync.cause
      ? h(
          'li',
          {},
          h('p', {}, h('strong', {}, title ? said(title) : sync.cause), title ? h('code', {}, sync.cause) : null),
          h('p', {}, said(sync.remedy)),
          reason?.pointer
            ? h('p', { class: 'facts' }, say('at', fieldName(reason.pointer), shownValue(reason.value)))
            : null,
          reason?.text ? h('p', { class: 'facts' }, said(reason.text)) : null,
          typeof reason?.detail === 'string' ? h('p', { class: 'facts' }, reason.detail) : null,
          deskFacts(reason),
          reason ? h('p', { class: 'facts' }, say('since', time(reason.since))) : null,
        )
      : null,
    chain(sync.blockedBy, onOpen),
  ]
    .flat()
    .filter(Boolean);
  return section(say('why'), links.length > 0 ? h('ol', { class: 'why' }, links) : h('p', {}, say('whyGoing')));
}

function attempts(sync) {
  const { attemptList } = sync;
  const several = attemptList.some(attempt => attempt.series > 1);
  return section(
    say('attempts'),
    attemptList.length === 0
      ? h('p', { class: 'facts' }, say('noAttempts'))
      : h(
          'ol',
          { class: 'attempts' },
          attemptList.map(attempt =>
            h(
              'li',
              {},
              h('span', {}, say('attempt', attempt.no), several ? ` (${say('series', attempt.series)})` : ''),
              h('time', { datetime: attempt.endedAt }, time(attempt.endedAt)),
              h(
                'span',
                {},
                word('outcome', attempt.outcome),
                attempt.status ? ` · HTTP ${attempt.status}` : '',
                attempt.cause ? ` · ${attempt.cause}` : '',
              ),
              attempt.detail ? h('p', { class: 'facts' }, attempt.detail) : null,
            ),
          ),
        ),
  );
}

function timeline(sync) {
  return section(
    say('timeline'),
    h(
      'ol',
      { class: 'timeline' },
      // A sync held at once was held in the commit that accepted it: acceptance is told first.
      sync.timeline
        .toSorted((one, other) => Number(other.what === 'accepted') - Number(one.what === 'accepted'))
        .map(entry =>
          h(
            'li',
            {},
            h('time', { datetime: entry.at }, time(entry.at)),
            h(
              'span',
              {},
              word('happened', entry.what, entry.what === 'accepted' ? systemName(entry.by) : (entry.by ?? '')),
              entry.detail?.reason ? `: “${entry.detail.reason}”` : '',
              entry.detail?.cause ? h('code', {}, entry.detail.cause) : null,
            ),
          ),
        ),
    ),
  );
}

function lane(sync, onOpen) {
  const { neighbours, behind } = sync.lane;
  if (neighbours.length === 0) return section(say('lane'), h('p', { class: 'facts' }, say('alone')));
  const link = near =>
    h(
      'li',
      {},
      h('time', { datetime: near.createdAt }, time(near.createdAt)),
      h('button', { type: 'button', class: 'link', click: () => onOpen(near.id) }, word('type', near.type)),
      stateChip(near),
    );
  const side = position => neighbours.filter(near => near.position === position).map(link);
  const own = h(
    'li',
    { class: 'own' },
    h('time', { datetime: sync.createdAt }, time(sync.createdAt)),
    h('span', {}, word('type', sync.type), ` (${say('here')})`),
    stateChip(sync),
  );
  return section(
    say('lane'),
    h('ol', { class: 'lane' }, side('before'), own, side('after')),
    behind > 0 && !SETTLED.includes(sync.state) ? h('p', { class: 'facts' }, say('waitBehind', behind)) : null,
  );
}

/** The panel; `onClose()` and `onOpen(id)` are the page's. */
export function createPanel({ onClose, onOpen, onActed }) {
  const panel = document.getElementById('panel');
  const parts = Object.fromEntries(
    ['head', 'outcome', 'why', 'warnings', 'acts', 'timeline', 'attempts', 'lane', 'translation'].map(name => [
      name,
      h('div', { class: `part ${name}` }),
    ]),
  );
  panel.append(...Object.values(parts));
  let id = null;
  let translated = null;

  const draw = (sync, causes, person) => {
    const lang = document.documentElement.lang;
    // What a person is about to press stays where it is: above it nothing changes meanwhile.
    const still = parts.acts.mark && parts.acts.matches(':hover, :focus-within') && parts.acts.sync === sync.id;
    if (!still) drawAbove(sync, causes, lang);
    parts.acts.sync = sync.id;
    refill(parts.acts, [lang, sync.id, offerOf(sync), person], () =>
      actForm(sync, person, text => {
        refill(parts.outcome, [text, sync.id, sync.updatedAt], () =>
          h('p', { class: 'told', role: 'status' }, icon('ok'), text),
        );
        onActed();
      }),
    );
    refill(parts.timeline, [lang, sync.timeline], () => timeline(sync));
    refill(parts.attempts, [lang, sync.attemptList], () => attempts(sync));
    refill(parts.lane, [lang, sync.lane, sync.state], () => lane(sync, onOpen));
  };

  const drawAbove = (sync, causes, lang) => {
    refill(parts.head, [lang, sync.id, sync.state, sync.updatedAt, sync.dueAt, sync.blockedBy?.kind], () => [
      h(
        'div',
        { class: 'title' },
        h('h2', { id: 'panel-title' }, word('type', sync.type), ' ', h('span', { class: 'code' }, sync.subject ?? '')),
        h('button', { type: 'button', class: 'quiet', click: onClose }, say('close'), h('kbd', {}, 'Esc')),
      ),
      h('p', {}, stateChip(sync), ` ${systemName(sync.source)} → ${systemName(sync.target)}`),
      h(
        'dl',
        { class: 'facts' },
        fact(say('unit'), sync.unit),
        fact(say('procedure'), sync.procedure),
        fact(say('accepted'), time(sync.createdAt)),
        fact(say('changed'), time(sync.updatedAt)),
        fact(say('syncId'), sync.id),
      ),
    ]);
    refill(parts.warnings, [lang, sync.warnings], () =>
      sync.warnings?.length > 0 ? section(say('warnings'), warningList(sync.warnings)) : [],
    );
    refill(parts.why, [lang, sync.state, sync.cause, sync.reason, sync.blockedBy, causes.length], () =>
      why(sync, causes, onOpen),
    );
  };

  const translate = async sync => {
    const mark = `${sync.id} ${sync.updatedAt}`;
    if (translated?.mark !== mark) {
      try {
        translated = { mark, answer: await get(`/v1/syncs/${sync.id}/translation`) };
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        translated = { mark, refusal: error.message };
      }
    }
    if (id !== sync.id) return;
    const { answer, refusal } = translated;
    refill(parts.translation, [document.documentElement.lang, translated.mark, refusal], () =>
      section(say('translation'), refusal ? h('p', { class: 'facts' }, refusal) : translationOf(answer)),
    );
  };

  return {
    id: () => id,
    open(wanted) {
      if (wanted === id) return;
      id = wanted;
      for (const part of Object.values(parts)) refill(part, ['empty', wanted], () => []);
      refill(parts.head, ['loading', wanted], () => h('h2', { id: 'panel-title' }, say('loading')));
      panel.hidden = wanted === null;
      document.body.classList.toggle('with-panel', wanted !== null);
      panel.scrollTop = 0;
      if (wanted !== null) panel.focus({ preventScroll: true });
    },
    /** Brings the panel up to date. Throws what the API call throws, but for a sync that is not there. */
    async refresh(causes, person) {
      if (id === null) return;
      const wanted = id;
      let sync;
      try {
        sync = await get(`/v1/syncs/${encodeURIComponent(wanted)}`);
      } catch (error) {
        if (!(error instanceof Refused) || error.status >= 500 || error.status === 401 || id !== wanted) throw error;
        refill(parts.head, ['refused', error.message], () => [
          h('h2', { id: 'panel-title' }, icon('lost'), error.message),
          h('button', { type: 'button', class: 'quiet', click: onClose }, say('close')),
        ]);
        return;
      }
      if (id !== wanted) return;
      draw(sync, causes, person);
      await translate(sync);
    },
  };
}
