// The page as a whole: asks the gateway every two seconds, keeps what is searched and opened in the address, and says when
// the connection is lost and since when.
import { get, Refused, Unreachable } from './api.js';
import { h } from './dom.js';
import { createEscalations } from './escalations.js';
import { showCauses, showHouse, showWarned } from './house.js';
import { createList } from './list.js';
import { createPanel } from './panel.js';
import { createUnits } from './units.js';
import { chooseLanguage, currentLanguage, said, say, time, useLanguage } from './words.js';

const EVERY_MS = 2_000;
const TYPING_MS = 250;
const PAGE = 50;
const MOST = 200;

const $ = id => document.getElementById(id);
const address = () => new URLSearchParams(location.search);
const asked = { q: address().get('q') ?? '', cause: address().get('cause') ?? '', limit: PAGE };
let person = { scopes: [] };
let causes = [];
let lostSince = null;
let connection = null;
let timer;
let round = 0;

function keepAddress() {
  const parameters = address();
  const put = (name, value) => (value ? parameters.set(name, value) : parameters.delete(name));
  put('q', asked.q);
  put('cause', asked.cause);
  put('sync', panel.id());
  history.replaceState(null, '', parameters.size > 0 ? `?${parameters}` : location.pathname);
}

function openSync(id) {
  const before = panel.id();
  panel.open(id);
  list.select(id);
  keepAddress();
  if (id === null && before !== null) list.focus(before);
  else refresh();
}

const units = createUnits();
const escalations = createEscalations(() => person);
const list = createList(openSync);
const panel = createPanel({ onClose: () => openSync(null), onOpen: openSync, onActed: () => refresh() });

/** Asks everything once more; `whole` when the question to the list changed. */
async function refresh(whole = false) {
  clearTimeout(timer);
  const mine = ++round;
  try {
    const [systems, nowCauses, syncs] = await Promise.all([
      get('/v1/systems'),
      get('/v1/causes'),
      get('/v1/syncs', { q: asked.q, cause: asked.cause, limit: asked.limit }),
    ]);
    if (mine !== round) return;
    causes = nowCauses.items;
    showHouse(systems.items);
    // A cause more or less moves what stands below it: it waits while someone is at the list.
    if (whole || !list.busy()) {
      showCauses(causes, onlyCause);
      showWarned(nowCauses.warned ?? []);
    }
    showList(syncs, whole);
    await panel.refresh(causes, person);
    lostSince = null;
    connection = ['connected', new Date().toISOString()];
  } catch (error) {
    if (mine !== round) return;
    if (!(error instanceof Unreachable) && !(error instanceof Refused)) throw error;
    lostSince ??= new Date().toISOString();
    connection = error instanceof Refused ? ['refused', lostSince, error.message] : ['lost', lostSince];
  } finally {
    if (mine === round) {
      showConnection();
      if (!document.hidden) timer = setTimeout(refresh, EVERY_MS);
    }
  }
}

function showConnection() {
  document.body.classList.toggle('lost', lostSince !== null);
  const [name, at, ...rest] = connection ?? ['connecting'];
  const text = say(name, time(at), ...rest);
  // Only what is wrong is read out by a screen reader, not every two seconds that all is well.
  const wrong = lostSince === null ? '' : text;
  $('updated').textContent = wrong ? '' : text;
  if ($('connection').textContent !== wrong) $('connection').textContent = wrong;
}

function showList({ items, next }, whole) {
  list.show(items, whole);
  $('empty').hidden = items.length > 0;
  $('empty').textContent = asked.q ? say('emptySearch', asked.q) : say(asked.cause ? 'emptyCause' : 'emptyAll');
  $('more').hidden = next === null || asked.limit >= MOST;
  const filter = $('filter');
  filter.hidden = asked.cause === '';
  if (!filter.hidden) {
    const title = causes.find(cause => cause.cause === asked.cause)?.title;
    const clear = h('button', { type: 'button', class: 'quiet', click: () => ask({ cause: '' }) }, say('clear'));
    filter.replaceChildren(say('filtered', title ? said(title) : asked.cause), ' ', clear);
  }
}

function ask(change) {
  Object.assign(asked, { limit: PAGE }, change);
  keepAddress();
  refresh(true);
}

function onlyCause(cause) {
  ask({ cause: cause.cause, q: '' });
  $('q').value = '';
  $('list').focus();
}

function sayAll() {
  for (const element of document.querySelectorAll('[data-say]')) element.textContent = say(element.dataset.say);
  for (const element of document.querySelectorAll('[data-say-placeholder]')) {
    element.placeholder = say(element.dataset.sayPlaceholder);
  }
  $('language').lang = currentLanguage() === 'vi' ? 'en' : 'vi';
  showConnection();
}

function listen() {
  let typing;
  $('q').value = asked.q;
  $('q').addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(() => ask({ q: $('q').value.trim() }), TYPING_MS);
  });
  $('search').addEventListener('submit', event => {
    event.preventDefault();
    clearTimeout(typing);
    ask({ q: $('q').value.trim() });
  });
  $('more').addEventListener('click', () => {
    asked.limit = Math.min(MOST, asked.limit + PAGE);
    refresh(true);
  });
  $('language').addEventListener('click', () => {
    useLanguage(currentLanguage() === 'vi' ? 'en' : 'vi');
    sayAll();
    list.redraw();
    units.redraw();
    escalations.redraw();
    refresh(true);
  });
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const writing = event.target instanceof Element && event.target.matches('input, textarea, select');
    if (event.key === '/' && !writing) {
      event.preventDefault();
      $('q').focus();
      $('q').select();
    }
    if (event.key === 'Escape' && panel.id() !== null) openSync(null);
  });
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) refresh();
  });
}

async function start() {
  chooseLanguage();
  sayAll();
  listen();
  for (;;) {
    try {
      const facts = await get('/console/facts.json');
      person = facts.person;
      $('band').hidden = !facts.sandbox;
      document.body.classList.toggle('sandbox', facts.sandbox);
      document.title = facts.sandbox ? 'Liên Thông — DỮ LIỆU MẪU' : 'Liên Thông';
      break;
    } catch (error) {
      lostSince ??= new Date().toISOString();
      connection = error instanceof Refused ? ['refused', lostSince, error.message] : ['lost', lostSince];
      showConnection();
      await new Promise(resolve => setTimeout(resolve, EVERY_MS));
    }
  }
  const wanted = address().get('sync');
  if (wanted) {
    panel.open(wanted);
    list.select(wanted);
  }
  escalations.redraw();
  await refresh(true);
}

start();
