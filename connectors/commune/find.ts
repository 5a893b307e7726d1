/**
 * Finds a dossier in the commune system by any of its numbers, and reads pages of its lists.
 */
import type { JsonObject } from '../../src/domain/words.ts';
import { CallFault, type Client, failureOf } from './client.ts';
import { isObject, listOf, textOf } from './values.ts';

/** Most entries the system gives on a page. */
export const PAGE = 100;

/** A page as the dialect has it: `{noiDung[], tongSo, conNua}`. Throws CallFault, TransportFault. */
export async function page(
  client: Client,
  path: string,
  query: Record<string, string>,
): Promise<{ items: JsonObject[]; more: boolean }> {
  const body = await readJson(client, `${path}?${new URLSearchParams(query)}`);
  if (!Array.isArray(body?.noiDung)) throw notAPage();
  return { items: listOf(body.noiDung).filter(isObject), more: body.conNua === true };
}

/** Pages of one list that are read at most: 20,000 entries. */
const MOST_PAGES = 200;

/** The first entry of a list that `fits`, page by page; undefined when none does. A list longer than can be read proves nothing. */
export async function findIn(
  client: Client,
  path: string,
  query: Record<string, string>,
  fits: (item: JsonObject) => boolean,
): Promise<JsonObject | undefined> {
  for (let number = 0; number < MOST_PAGES; number++) {
    const { items, more } = await page(client, path, { ...query, trang: String(number), coTrang: String(PAGE) });
    const found = items.find(fits);
    if (found !== undefined || !more) return found;
  }
  throw new CallFault({
    cause: 'target-protocol',
    detail: `a list does not end within ${MOST_PAGES} pages`,
    status: 200,
    unknown: false,
  });
}

const notAPage = (): CallFault =>
  new CallFault({
    cause: 'target-protocol',
    detail: 'a list was answered without noiDung',
    status: 200,
    unknown: false,
  });

/** One thing by its path; undefined when the system has none. Nothing is changed by reading, so nothing is unknown. */
export async function readJson(client: Client, path: string): Promise<JsonObject | undefined> {
  const answer = await client.call({ method: 'GET', path });
  if (answer.status === 404) return undefined;
  if (answer.status === 200 && answer.body !== undefined) return answer.body;
  throw new CallFault({ ...failureOf(answer), unknown: false });
}

/**
 * The dossier that goes by `code` (national number first, then as the commune's own) or by `maSo`; undefined when there is none.
 * A list that answers with others than asked for proves nothing: only an equal number counts.
 */
export async function findDossier(client: Client, code: string, maSo?: string): Promise<JsonObject | undefined> {
  const asked: [key: 'maQuocGia' | 'maSo', value: string][] = [
    ['maQuocGia', code],
    ['maSo', maSo ?? code],
  ];
  for (const [key, value] of asked) {
    const { items } = await page(client, '/api/ho-so', { [key]: value, trang: '0', coTrang: '20' });
    const found = items.find(item => item[key] === value && textOf(item.id) !== undefined);
    if (found !== undefined) return found;
  }
  return undefined;
}
