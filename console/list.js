// The list of syncs. While the pointer or the keyboard is in it, rows change in place and nothing moves; new ones are counted.
import { h, icon, keyed, refill } from './dom.js';
import { number, say, systemName, time, word } from './words.js';

const KINDS = {
  delivered: ['good', 'ok'],
  parked: ['warn', 'held'],
  failed: ['bad', 'lost'],
  retrying: ['warn', 'slow'],
  delivering: ['busy', 'go'],
  queued: ['busy', 'go'],
  waiting: ['busy', 'wait'],
  open: ['busy', 'wait'],
  cancelled: ['dim', 'stopped'],
  superseded: ['dim', 'stopped'],
};

/** The state of a sync in words. */
export function stateWords(sync) {
  if (sync.state === 'waiting' && sync.blockedBy?.kind === 'sync') return word('state', 'behind');
  if (sync.state === 'retrying' && sync.dueAt) return word('state', 'retryingAt', time(sync.dueAt));
  return word('state', sync.state);
}

/** The state of a sync as icon and words. */
export function stateChip(sync) {
  const [kind, picture] = KINDS[sync.state] ?? KINDS.open;
  return h('span', { class: `state ${kind}` }, icon(picture), stateWords(sync));
}

/** The list; `onOpen(id)` is called when someone chooses a row. */
export function createList(onOpen) {
  const list = document.getElementById('list');
  const fresh = document.getElementById('fresh');
  let shown = [];
  let latest = [];
  let inside = false;
  let selected = null;

  const fillRow = (row, sync) => {
    const facts = [document.documentElement.lang, sync.state, sync.blockedBy?.kind, sync.dueAt, sync.updatedAt];
    refill(row, facts, () =>
      h(
        'button',
        { type: 'button', class: 'row', click: () => onOpen(sync.id) },
        h('span', { class: 'when' }, time(sync.createdAt)),
        h('span', { class: 'what' }, word('type', sync.type), sync.mode === 'trial' ? h('em', {}, say('trial')) : null),
        h('span', { class: 'code' }, sync.subject ?? say('noSubject')),
        h('span', { class: 'way' }, `${systemName(sync.source)} → ${systemName(sync.target)}`),
        stateChip(sync),
      ),
    );
    const button = row.firstElementChild;
    if (sync.id === selected) button.setAttribute('aria-current', 'true');
    else button.removeAttribute('aria-current');
  };
  const draw = () =>
    keyed(
      list,
      shown,
      sync => sync.id,
      () => h('li'),
      fillRow,
    );
  const takeAll = () => {
    shown = latest;
    fresh.hidden = true;
    draw();
  };

  list.addEventListener('pointerenter', event => {
    inside = event.pointerType === 'mouse';
  });
  list.addEventListener('pointerleave', () => {
    inside = false;
  });
  fresh.addEventListener('click', takeAll);

  return {
    /** True while rows must not move. */
    busy: () => inside || list.querySelector(':focus-visible') !== null,
    /** Takes what the gateway answered; `whole` puts it in place whatever the pointer does (another question was asked). */
    show(syncs, whole) {
      latest = syncs;
      if (whole || !this.busy() || shown.length === 0) return takeAll();
      const now = new Map(syncs.map(sync => [sync.id, sync]));
      shown = shown.map(sync => now.get(sync.id) ?? sync);
      const held = new Set(shown.map(sync => sync.id));
      const more = syncs.filter(sync => !held.has(sync.id)).length;
      fresh.hidden = more === 0;
      fresh.textContent = say('fresh', number(more));
      draw();
    },
    /** Marks the sync that stands open beside the list. */
    select(id) {
      selected = id;
      draw();
    },
    redraw: draw,
    /** Puts the keyboard back on a row. */
    focus(id) {
      list.querySelector(`li[data-key="${CSS.escape(id)}"] button`)?.focus();
    },
  };
}
