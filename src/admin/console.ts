/**
 * The administrators' page: plain files of the folder console/, served behind the same sign-in as the API they ask. Only the
 * names listed here are ever read, so no address leads to another file.
 */
import { readFile } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import type { PeopleContext } from './context.ts';
import { notFound } from './request.ts';

const FOLDER = new URL('../../console/', import.meta.url);
const HTML = 'text/html; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';
const FILES: ReadonlyMap<string, string> = new Map([
  ['index.html', HTML],
  ['console.css', 'text/css; charset=utf-8'],
  ['icon.svg', 'image/svg+xml'],
  ...[
    'console',
    'acts',
    'api',
    'desk',
    'dom',
    'entry',
    'escalations',
    'house',
    'list',
    'panel',
    'translation',
    'units',
    'words',
  ].map((name): [string, string] => [`${name}.js`, SCRIPT]),
]);

/** Nothing from elsewhere, no inline script, no inline style, in no frame. */
const POLICY =
  "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'";

/** Adds `/console/` and its files, and what the page must know of its reader (`/console/facts.json`). */
export function registerConsole(app: FastifyInstance, context: PeopleContext): void {
  const sandbox = context.sandbox;

  app.get('/console', { schema: { hide: true } }, async (request, reply) => {
    const query = request.url.indexOf('?');
    return reply.redirect(`/console/${query < 0 ? '' : request.url.slice(query)}`);
  });

  app.get('/console/facts.json', { schema: { hide: true } }, async request => ({
    sandbox,
    person: { username: request.person?.username ?? '', scopes: request.person?.scopes ?? [] },
  }));

  app.get<{ Params: { '*': string } }>('/console/*', { schema: { hide: true } }, async (request, reply) => {
    const name = request.params['*'] === '' ? 'index.html' : request.params['*'];
    const type = FILES.get(name);
    if (type === undefined) throw notFound('Không có địa chỉ này.', 'There is nothing at this address.');
    return reply
      .type(type)
      .header('content-security-policy', POLICY)
      .send(await readFile(new URL(name, FOLDER)));
  });
}
