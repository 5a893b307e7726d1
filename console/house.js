// The picture of the house: the gateway as the roof, each system below it, and how it flows between them.
import { h, icon, keyed, refill } from './dom.js';
import { length, number, said, say, systemName, time, word } from './words.js';

/** From this wait of a due lane on an edge is called slow, in seconds (as /health does). */
const SLOW_SECONDS = 300;
const AWAY = ['target-unavailable', 'target-timeout', 'target-authentication', 'target-protocol'];

/** How it flows to a system, in one word of the list `edge`. */
export function edgeOf(system) {
  if (system.held) return 'held';
  if (system.paused) return 'paused';
  if (system.breaker !== 'closed') return 'stopped';
  const failedLast = system.lastFailureAt && (!system.lastSuccessAt || system.lastFailureAt > system.lastSuccessAt);
  if (failedLast && system.depth.open > 0 && AWAY.includes(system.lastCause)) return 'lost';
  if (system.shutBy === 'not-before' || system.lagSeconds > SLOW_SECONDS) return 'slow';
  return 'ok';
}

const ICONS = { ok: 'ok', slow: 'slow', paused: 'paused', held: 'paused', stopped: 'stopped', lost: 'lost' };

function remark(system, edge) {
  if (edge === 'paused') {
    const until = system.pausedUntil ? say('until', time(system.pausedUntil)) : '';
    return [until, system.note].filter(Boolean).join(' · ');
  }
  if (edge === 'stopped') {
    return [say('failing'), system.probeAt ? say('probe', time(system.probeAt)) : ''].filter(Boolean).join(' · ');
  }
  if (edge === 'slow' && system.lagSeconds > SLOW_SECONDS) return say('lag', length(system.lagSeconds));
  return '';
}

function count(label, value, kind) {
  return h('div', { class: value > 0 ? `count ${kind}` : 'count' }, h('dt', {}, label), h('dd', {}, number(value)));
}

/** Draws or updates the picture. */
export function showHouse(systems) {
  const sum = kind => systems.reduce((total, system) => total + system.depth[kind], 0);
  const total = document.getElementById('total');
  total.textContent = say('total', number(sum('open')), number(sum('parked')), number(sum('failed')));
  keyed(
    document.getElementById('systems'),
    systems,
    system => system.id,
    () => h('li'),
    (item, system) => {
      const edge = edgeOf(system);
      const role = systemName(system.role);
      const { open, parked, failed } = system.depth;
      const facts = [
        document.documentElement.lang,
        edge,
        remark(system, edge),
        open,
        parked,
        failed,
        system.lastSuccessAt,
      ];
      refill(item, facts, () => [
        h(
          'div',
          { class: `edge ${edge}` },
          h('span', { class: 'chip' }, icon(ICONS[edge]), word('edge', edge)),
          h('span', { class: 'remark' }, remark(system, edge)),
        ),
        h(
          'div',
          { class: 'system' },
          h('h3', {}, role, system.id === system.role ? null : h('code', {}, system.id)),
          h(
            'dl',
            { class: 'counts' },
            count(say('waiting'), open, 'busy'),
            count(say('held'), parked, 'warn'),
            count(say('notSent'), failed, 'bad'),
          ),
          h(
            'p',
            { class: 'last' },
            `${say('lastAnswer')}: `,
            system.lastSuccessAt
              ? h('time', { datetime: system.lastSuccessAt }, time(system.lastSuccessAt))
              : say('never'),
          ),
        ),
      ]);
    },
  );
}

/** Says how much went with a warning in the last day; nothing waits for it. */
export function showWarned(warned) {
  const line = document.getElementById('warned');
  line.hidden = warned.length === 0;
  const parts = warned.map(one => `${said(one.title)}: ${number(one.count)}`).join(' · ');
  const text = say('warned', parts);
  if (line.textContent !== text) line.textContent = text;
}

/** Draws or updates the causes; `onShow(cause)` is asked for when someone wants the syncs behind one. */
export function showCauses(causes, onShow) {
  const list = document.getElementById('causes');
  if (causes.length === 0) {
    keyed(
      list,
      [{}],
      () => 'none',
      () => h('li', { class: 'none' }),
      item => {
        refill(item, [document.documentElement.lang], () => [icon('ok'), say('noCauses')]);
      },
    );
    return;
  }
  keyed(
    list,
    causes,
    cause => cause.cause,
    () => h('li'),
    (item, cause) => {
      item.className = cause.failed > 0 ? 'bad' : 'warn';
      refill(item, [document.documentElement.lang, cause.count, cause.oldest], () => [
        icon('held'),
        h(
          'div',
          {},
          h('h3', {}, said(cause.title)),
          h('p', {}, said(cause.remedy)),
          h(
            'p',
            { class: 'facts' },
            cause.targets.map(({ target, count }) => `→ ${systemName(target)}: ${number(count)}`).join(' · '),
            ` · ${say('oldest', time(cause.oldest))}`,
          ),
        ),
        h('button', { type: 'button', click: () => onShow(cause) }, say('show', number(cause.count))),
      ]);
    },
  );
}
