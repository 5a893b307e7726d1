// What waited too long and went up: how far, whom it was told, whether anybody has looked. Opening one notes who has; taking note
// of it does not end it, only mending its cause does.
import { get, post, Refused, Unreachable } from './api.js';
import { h, icon, keyed, refill } from './dom.js';
import { number, said, say, systemName, time } from './words.js';

const EVERY_MS = 30_000;
const MOST = 50;

const line = (name, text) => (text ? h('p', { class: 'facts' }, `${say(name)}: ${text}`) : null);

/** Who has looked since it reached its level. */
function noticed({ silent, seen, acknowledged }) {
  if (silent) return h('span', { class: 'state bad' }, icon('held'), say('silent'));
  const by = acknowledged ?? seen;
  return by ? h('span', { class: 'remark' }, say(acknowledged ? 'noted' : 'seenBy', by.by, time(by.at))) : null;
}

function headOf(item) {
  const { level, levelName, title, key, unitName, target, count, dossiers, since, nextAt } = item;
  return [
    icon('held'),
    h(
      'div',
      {},
      h('h3', {}, `${unitName ?? say('province')}: ${said(title)}`, key ? h('code', {}, key) : null),
      h('p', {}, said(levelName), ' ', noticed(item)),
      h(
        'p',
        { class: 'facts' },
        `→ ${systemName(target)}: ${say('waitsFor', number(count), number(dossiers))} · ${say('oldest', time(since))}`,
        nextAt && level !== 'province' ? ` · ${say('climbs', time(nextAt))}` : '',
      ),
    ),
  ];
}

/** Everything needed to decide. */
function bodyOf({ remedy, procedures, soonest, detail, contacts, told }) {
  return [
    detail ? h('p', {}, said(detail)) : null,
    h('p', {}, said(remedy)),
    line('procedure', procedures.map(one => `${one.official}${one.plain ? ` (${one.plain})` : ''} × ${number(one.count)}`).join('; ')),
    line('dueFirst', soonest.map(one => `${one.code} (${time(one.dueAt)})`).join('; ')),
    line('callThem', contacts.map(one => [one.name, one.phone, one.email].filter(Boolean).join(', ')).join('; ')),
    line('toldWhom', told.map(one => `${one.recipient} (${say(one.state === 'sent' ? 'toldSent' : one.state === 'failed' ? 'toldFailed' : 'toldWaiting')})`).join('; ')),
  ];
}

/** A reason and a button; `onDone` when it is noted. */
function noteForm(id, onDone) {
  const reason = h('input', { maxlength: 2000, autocomplete: 'off', 'aria-label': say('reason'), placeholder: say('acknowledgeHint') });
  const message = h('p', { class: 'message', role: 'status' });
  const note = async event => {
    event.preventDefault();
    try {
      await post(`/v1/escalations/${id}/acknowledge`, { reason: reason.value.trim() });
      onDone();
    } catch (error) {
      if (!(error instanceof Refused) && !(error instanceof Unreachable)) throw error;
      message.textContent = error instanceof Refused ? error.message : say('lost', new Date().toLocaleTimeString('vi-VN'));
    }
  };
  return h('form', { class: 'acts', submit: note }, reason, h('div', { class: 'buttons' }, h('button', { type: 'submit' }, say('acknowledge'))), message);
}

/** The board in `<details id="escalations-board">`; `personOf()` says who sits before it. */
export function createEscalations(personOf) {
  const board = document.getElementById('escalations-board');
  const list = document.getElementById('escalations');
  const sum = document.getElementById('escalations-sum');
  let timer;
  const open = async (item, id) => {
    const { more } = item.parts;
    more.hidden = !more.hidden;
    if (more.hidden) return;
    try {
      const whole = await get(`/v1/escalations/${id}`);
      const mayNote = personOf().scopes.includes('operate') && whole.state === 'open' && !whole.acknowledged;
      more.replaceChildren(...bodyOf(whole).filter(Boolean), ...(mayNote ? [noteForm(id, ask)] : []));
    } catch (error) {
      if (!(error instanceof Refused) && !(error instanceof Unreachable)) throw error;
      more.textContent = error instanceof Refused ? error.message : say('lost', new Date().toLocaleTimeString('vi-VN'));
    }
  };
  const make = ({ id }) => {
    const item = h('li', { class: 'warn' });
    const head = h('div', { class: 'head' });
    const more = h('div', { class: 'body', hidden: true });
    const button = h('button', { type: 'button', click: () => open(item, id) });
    item.parts = { head, more, button };
    item.append(head, button, more);
    return item;
  };
  const fill = (item, one) => {
    const { head, more, button } = item.parts;
    item.className = one.silent ? 'bad' : 'warn';
    button.textContent = say('details');
    refill(head, [document.documentElement.lang, one], () => headOf(one));
    if (one.acknowledged) more.querySelector('form')?.remove();
  };
  async function ask() {
    clearTimeout(timer);
    try {
      const { items, next } = await get('/v1/escalations', { limit: MOST });
      board.hidden = items.length === 0;
      sum.textContent = say('escalationsSum', `${number(items.length)}${next ? '+' : ''}`, number(items.filter(one => one.silent).length));
      keyed(list, items, one => one.id, make, fill);
    } catch (error) {
      // the page says above that the connection is lost
      if (!(error instanceof Refused) && !(error instanceof Unreachable)) throw error;
      sum.textContent = error instanceof Refused ? error.message : '';
    }
    timer = setTimeout(ask, EVERY_MS);
  }
  return { redraw: ask };
}
