// Calls of the gateway's API from the page. Errors are the API's own problem documents (RFC 9457).
import { currentLanguage } from './words.js';

const PATIENCE_MS = 8_000;

/** The gateway did not answer at all. */
export class Unreachable extends Error {}

/** The gateway refused; `problem` is what it said. */
export class Refused extends Error {
  constructor(problem, status) {
    super(problem.detail ?? `HTTP ${status}`);
    this.problem = problem;
    this.status = status;
  }
}

async function call(path, init = {}) {
  let answer;
  let body;
  try {
    // From the origin, since the address of the page may carry a name and password, which fetch does not take.
    answer = await fetch(new URL(path, location.origin), {
      ...init,
      headers: { accept: 'application/json', 'accept-language': currentLanguage(), ...init.headers },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    body = await answer.json();
  } catch (cause) {
    if (answer && !answer.ok) throw new Refused({}, answer.status);
    throw new Unreachable(path, { cause });
  }
  if (!answer.ok) throw new Refused(body, answer.status);
  return body;
}

/** GET; parameters that are empty are left out. */
export function get(path, parameters = {}) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== '' && value != null));
  return call(query.size === 0 ? path : `${path}?${query}`);
}

export const post = (path, body) =>
  call(path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
