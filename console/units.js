// The units board: how each unit takes part, and what it lacks, first what is to be mended first. Asked only while it stands open.
import { get } from './api.js';
import { h, icon, keyed, refill } from './dom.js';
import { number, said, say, time, word } from './words.js';

const EVERY_MS = 10_000;
const KINDS = { official: ['good', 'ok'], trial: ['warn', 'slow'], off: ['dim', 'stopped'] };

const lackOf = ({ text, call }) =>
  h('li', {}, said(text), call ? h('span', { class: 'remark' }, ` ${say('call', [call.name, call.phone].filter(Boolean).join(', '))}`) : null);

function unitLine(unit) {
  const [kind, picture] = KINDS[unit.mode] ?? KINDS.official;
  const lists = Object.values(unit.lists ?? {});
  const enforced = lists.length > 0 && lists.every(list => list.state === 'enforce');
  return [
    h('h3', {}, unit.name, h('code', {}, unit.code)),
    h(
      'p',
      {},
      h('span', { class: `state ${kind}` }, icon(picture), word('mode', unit.mode)),
      unit.next?.from ? h('span', { class: 'remark' }, ` ${word('mode', unit.next.mode)} · ${time(unit.next.from)}`) : null,
      h('span', { class: 'remark' }, ` ${say(enforced ? 'enforced' : 'observed')}`),
    ),
    unit.lacks?.length > 0 ? h('ol', { class: 'lacks' }, unit.lacks.map(lackOf)) : h('p', { class: 'facts' }, say('ready')),
  ];
}

/** The board in `<details id="units-board">`. */
export function createUnits() {
  const board = document.getElementById('units-board');
  const list = document.getElementById('units');
  const sum = document.getElementById('units-sum');
  let timer;
  const show = units => {
    const of = mode => number(units.filter(unit => unit.mode === mode).length);
    sum.textContent = say('unitsSum', of('official'), of('trial'), of('off'), number(units.filter(unit => unit.ready).length));
    const order = { trial: 0, off: 1, official: 2 };
    const sorted = units.toSorted((a, b) => order[a.mode] - order[b.mode] || a.code.localeCompare(b.code));
    keyed(
      list,
      sorted,
      unit => unit.code,
      () => h('li'),
      (item, unit) => refill(item, [document.documentElement.lang, unit.mode, unit.next, unit.lacks, unit.lists], () => unitLine(unit)),
    );
  };
  const ask = async () => {
    clearTimeout(timer);
    if (!board.open) return;
    try {
      show((await get('/v1/units')).items);
    } catch (error) {
      // the page says above that the connection is lost
      sum.textContent = error.message;
    }
    timer = setTimeout(ask, EVERY_MS);
  };
  board.addEventListener('toggle', ask);
  ask();
  return { redraw: ask };
}
