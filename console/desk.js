// What is held at the desk (a unit that is off, authority, a missing right): who may mend it, and what a person may decide.
import { get, post } from './api.js';
import { h } from './dom.js';
import { number, said, say, word } from './words.js';

/** Causes that take a decision (the API says so too). */
const DECIDED = ['unit-off', 'no-authority', 'no-legal-basis', 'missing-right', 'unknown-officer'];
export const takesDecision = sync => sync.state === 'parked' && DECIDED.includes(sync.cause);

const tick = value => (value === 'yes' ? '✓' : value === 'no' ? '✗' : '?');

/** What is known of the desk: seats with their ticks, posts that could have the right, whom to call. */
export function deskFacts(reason) {
  if (!reason) return null;
  const { seats = [], couldHold = [], contacts = [] } = reason;
  const rows = seats.map(seat =>
    h(
      'tr',
      {},
      h('td', {}, h('code', {}, seat.seat)),
      ['legal', 'account', 'certificate'].map(layer => h('td', {}, tick(seat[layer]))),
    ),
  );
  const heads = ['seat', 'legal', 'account', 'certificate'].map(name => h('th', { scope: 'col' }, word('tick', name)));
  return [
    rows.length > 0 ? h('table', { class: 'ticks' }, h('thead', {}, h('tr', {}, heads)), h('tbody', {}, rows)) : null,
    couldHold.length > 0 ? h('p', { class: 'facts' }, say('couldHold', couldHold.map(one => one.label ?? one.post ?? one).join(', '))) : null,
    contacts.map(one =>
      h('p', { class: 'call' }, say('call', [one.name, one.post, one.phone, one.email].filter(Boolean).join(', '))),
    ),
  ].flat();
}

/** What went although something spoke against it. */
export const warningList = warnings =>
  h(
    'ul',
    { class: 'why' },
    warnings.map(one => h('li', {}, h('p', {}, h('strong', {}, said(one.title))), h('p', {}, said(one.text)), h('p', { class: 'facts' }, said(one.remedy)))),
  );

/** Causes for which another seat of the unit may be named. */
const SEATED = ['missing-right', 'unknown-officer'];

/** A field for another seat of the unit; those that may do it are offered as soon as they are known. */
function seatPart({ reason, procedure }, act) {
  const seats = h('datalist', { id: 'seats' });
  const field = h('input', { id: 'seat', list: 'seats', maxlength: 200, autocomplete: 'off' });
  const wanted = { unit: reason.unit ?? '75', right: reason.right, system: reason.system, ...(procedure ? { procedure } : {}) };
  get(`/v1/rights/ticks?${new URLSearchParams(wanted)}`).then(
    ({ items }) => seats.replaceChildren(...items.filter(one => one.missing.length === 0).map(one => h('option', { value: one.seat }))),
    // a seat may be typed all the same; what it lacks the answer says
    () => field.removeAttribute('list'),
  );
  const send = () => act('resolve', { seat: field.value.trim(), remember: 'no' });
  return [
    h('label', { for: 'seat' }, say('otherSeat')),
    field,
    seats,
    h('button', { type: 'button', click: send }, say('bySeat')),
  ];
}

/** Buttons to decide about this sync, and about all that is held at its unit for the same cause: first counted, then done. */
export function decisionPart(sync, act, ask) {
  const decide = (decision, name, kind) =>
    h('button', { type: 'button', class: kind, click: () => act('resolve', { decision, remember: 'no' }) }, say(name));
  const all = h('button', { type: 'button' }, say('forAll'));
  let rehearsal;
  all.addEventListener('click', () =>
    ask(async reason => {
      if (rehearsal !== undefined) {
        const done = await post('/v1/causes/resolve', { rehearsal, reason });
        rehearsal = undefined;
        all.textContent = say('forAll');
        return say('done', number(done.counts.done));
      }
      const filter = { cause: sync.cause, target: sync.target, ...(sync.unit ? { unit: sync.unit } : {}) };
      const shown = await post('/v1/causes/resolve', { filter, answer: { decision: 'deliver' }, reason, dryRun: true });
      rehearsal = shown.rehearsal;
      all.textContent = say('forAllSure', number(shown.counts.counted));
      return undefined;
    }),
  );
  const buttons = [
    decide('deliver', sync.cause === 'unit-off' ? 'asTrial' : 'anyway', 'primary'),
    decide('refuse', 'refuseIt', ''),
    decide('return', 'returnIt', ''),
    all,
  ];
  const bySeat = SEATED.includes(sync.cause) && sync.reason?.right ? seatPart(sync, act) : null;
  return h('fieldset', {}, h('legend', {}, say('decide')), h('div', { class: 'buttons' }, buttons), bySeat);
}
