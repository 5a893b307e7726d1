// Making and changing elements. Text is always set as text: nothing that a system sent is ever read as HTML.

/** An element; attributes that are null or false are left out, functions become listeners. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.flat().filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

/** An icon of the page's own set; the words beside it say the same. */
export function icon(name) {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(space, 'use');
  use.setAttribute('href', `#i-${name}`);
  svg.append(use);
  return svg;
}

/** Puts `make()` into `element` only when `facts` differ from the last time: what did not change is not touched. */
export function refill(element, facts, make) {
  const mark = JSON.stringify(facts);
  if (element.mark === mark) return;
  element.mark = mark;
  element.replaceChildren(...[make()].flat().filter(child => child !== null && child !== undefined && child !== false));
}

/** Keeps one child per item under its key, in the order of the items; `fill(child, item)` brings a child up to date. */
export function keyed(parent, items, keyOf, make, fill) {
  const known = new Map([...parent.children].map(child => [child.dataset.key, child]));
  let place = parent.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    let child = known.get(key);
    known.delete(key);
    if (!child) {
      child = make(item);
      child.dataset.key = key;
    }
    fill(child, item);
    if (child === place) place = place.nextElementSibling;
    else parent.insertBefore(child, place);
  }
  for (const child of known.values()) child.remove();
}
