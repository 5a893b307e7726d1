// What a person may do with one sync: answer what it is held for, send it again, drop it. Each needs a reason.
import { post, Refused, Unreachable } from './api.js';
import { h } from './dom.js';
import { number, said, say, word } from './words.js';

/** Which answer each cause takes (the API says so too when another is given). */
const ANSWERS = {
  'unknown-unit': 'unitCode',
  'ambiguous-unit': 'unitCode',
  'unknown-procedure': 'procedureCode',
  'unmapped-status': 'statusCode',
};
const REPLAYABLE = ['delivered', 'failed', 'parked', 'cancelled', 'superseded'];
const DROPPABLE = ['parked', 'failed', 'waiting', 'queued', 'retrying', 'delivering'];

/** What can be done with a sync; the form is made anew only when this changes, so that no half-written reason is lost. */
export const offerOf = sync => ({
  canReplay: REPLAYABLE.includes(sync.state),
  canDrop: DROPPABLE.includes(sync.state),
  wanted: sync.state === 'parked' ? ANSWERS[sync.cause] : undefined,
});

/** The form of a sync, or nothing where nothing can be done; `onActed(text)` is told what was done. */
export function actForm(sync, person, onActed) {
  const { canReplay, canDrop, wanted } = offerOf(sync);
  if (!canReplay && !canDrop) return null;
  if (!person.scopes.includes('operate')) return h('p', { class: 'facts' }, say('readOnly'));

  const reason = h('textarea', {
    id: 'reason',
    rows: 2,
    minlength: 3,
    maxlength: 2000,
    placeholder: say('reasonHint'),
    required: true,
  });
  const message = h('p', { class: 'message', role: 'status' });
  const form = h('form', { class: 'acts', submit: event => event.preventDefault() });
  const tell = (text, bad) => {
    message.textContent = text;
    message.classList.toggle('bad', bad);
  };

  const act = async (verb, body, more) => {
    if (reason.value.trim().length < 3) {
      reason.reportValidity();
      reason.focus();
      return tell(say('reasonHint'), true);
    }
    const buttons = form.querySelectorAll('button');
    for (const button of buttons) button.disabled = true;
    try {
      const done = await post(`/v1/syncs/${sync.id}/${verb}`, { ...body, reason: reason.value });
      reason.value = '';
      tell('', false);
      onActed(say('done', number(done.freed?.length ?? 0)));
    } catch (error) {
      if (error instanceof Refused) {
        const faults = (error.problem.faults ?? []).map(fault => fault.detail).filter(text => text !== error.message);
        tell([error.message, ...faults].join(' '), true);
        more?.(error.problem);
      } else if (error instanceof Unreachable) tell(say('lost', new Date().toLocaleTimeString('vi-VN')), true);
      else throw error;
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  };

  form.append(h('h3', {}, say('act')), h('label', { for: 'reason' }, say('reason')), reason);
  if (wanted !== undefined) form.append(answerPart(sync, wanted, act));
  const buttons = h('div', { class: 'buttons' });
  if (canReplay) {
    const offerStale = problem => {
      if (problem.code !== 'younger-delivered' || form.querySelector('.stale')) return;
      const again = () => act('replay', { vocabulary: 'current', confirmStale: true });
      buttons.append(h('button', { type: 'button', class: 'stale', click: again }, say('stale')));
    };
    const replay = () => act('replay', { vocabulary: 'current' }, offerStale);
    buttons.append(h('button', { type: 'button', click: replay }, say('replay')));
  }
  if (canDrop) {
    const drop = h('button', { type: 'button', class: 'danger' }, say('cancel'));
    let sure = false;
    drop.addEventListener('click', () => {
      if (sure) return act('cancel', {});
      sure = true;
      drop.textContent = say('cancelSure');
    });
    drop.addEventListener('blur', () => {
      sure = false;
      drop.textContent = say('cancel');
    });
    buttons.append(drop);
  }
  form.append(buttons, message);
  return form;
}

/** Answers that may become a mapping for everyone. */
const LEARNT = new Set(['unitCode', 'procedureCode']);

/** One button per candidate; a field for the code where there are none. */
function answerPart(sync, member, act) {
  const remember = h(
    'select',
    { id: 'remember' },
    ['no', 'dossier', ...(LEARNT.has(member) ? ['all'] : [])].map(value =>
      h('option', { value, selected: value === 'dossier' }, word('remember', value)),
    ),
  );
  const answer = code => act('resolve', { [member]: code, remember: remember.value });
  const candidates = sync.reason?.candidates ?? [];
  const code = h('input', { id: 'answer', maxlength: 200, autocomplete: 'off' });
  const choice =
    candidates.length > 0
      ? candidates.map(one =>
          h(
            'button',
            { type: 'button', class: 'primary', click: () => answer(one.code) },
            one.name ?? one.code,
            h('code', {}, one.code),
            typeof one.score === 'number' ? h('span', { class: 'likely' }, say('likely', Math.round(one.score * 100))) : null,
            one.why ? h('span', { class: 'likely' }, said(one.why)) : null,
          ),
        )
      : [
          h('label', { for: 'answer' }, say('code')),
          code,
          h('button', { type: 'button', class: 'primary', click: () => answer(code.value.trim()) }, say('answer')),
        ];
  return h(
    'fieldset',
    {},
    h('legend', {}, say('choose')),
    h('div', { class: 'buttons' }, choice),
    h('label', { for: 'remember' }, say('remember')),
    remember,
  );
}
