// What a person may do with one sync: answer what it is held for, send it again, drop it. Each needs a reason.
import { post, Refused, Unreachable } from './api.js';
import { decisionPart, takesDecision } from './desk.js';
import { h } from './dom.js';
import { number, said, say, word } from './words.js';

/** Which answer each cause takes (the API says so too when another is given). */
const ANSWERS = {
  'unknown-unit': 'unitCode',
  'ambiguous-unit': 'unitCode',
  'unknown-procedure': 'procedureCode',
  'unmapped-status': 'statusCode',
  'no-authority': 'procedureCode',
};
/** What an answer may hold for beside this sync and its dossier: a split unit's for the hamlet, a code's for everyone. */
const WIDER = { 'ambiguous-unit': ['place'], 'no-authority': [] };
const REPLAYABLE = ['delivered', 'failed', 'parked', 'cancelled', 'superseded'];
const DROPPABLE = ['parked', 'failed', 'waiting', 'queued', 'retrying', 'delivering'];

/** What can be done with a sync; the form is made anew only when this changes, so that no half-written reason is lost. */
export const offerOf = sync => ({
  canReplay: REPLAYABLE.includes(sync.state),
  canDrop: DROPPABLE.includes(sync.state),
  wanted: sync.state === 'parked' ? ANSWERS[sync.cause] : undefined,
  decides: takesDecision(sync),
});

/** The form of a sync, or nothing where nothing can be done; `onActed(text)` is told what was done. */
export function actForm(sync, person, onActed) {
  const { canReplay, canDrop, wanted, decides } = offerOf(sync);
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

  /** Runs `work(reason)` with the buttons off; what it answers in words is told as done. */
  const ask = async (work, more) => {
    if (reason.value.trim().length < 3) {
      reason.reportValidity();
      reason.focus();
      return tell(say('reasonHint'), true);
    }
    const buttons = form.querySelectorAll('button');
    for (const button of buttons) button.disabled = true;
    try {
      const told = await work(reason.value);
      tell('', false);
      if (told === undefined) return;
      reason.value = '';
      onActed(told);
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

  const act = (verb, body, more) =>
    ask(async why => {
      const done = await post(`/v1/syncs/${sync.id}/${verb}`, { ...body, reason: why });
      return say('done', number(done.freed?.length ?? 0));
    }, more);

  form.append(h('h3', {}, say('act')), h('label', { for: 'reason' }, say('reason')), reason);
  if (wanted !== undefined) form.append(answerPart(sync, wanted, act));
  if (decides) form.append(decisionPart(sync, act, ask));
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

/** One button per candidate; a field for the code where there are none. */
function answerPart(sync, member, act) {
  const scopes = ['no', 'dossier', ...(WIDER[sync.cause] ?? ['all'])];
  const remember = h(
    'select',
    { id: 'remember' },
    scopes.map(value =>
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
