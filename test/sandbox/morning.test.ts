/** The morning tells what happened, and honestly what did not; the counter of the outage can find loss, doubling and disorder. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { type Test, test } from 'tap';
import { createFrame } from '../../src/sandbox/frame/frame.ts';
import type { Received } from '../../src/sandbox/frame/received.ts';
import { countDossier, effectsOf } from '../../src/sandbox/morning/outage.ts';
import { playMorning } from '../../src/sandbox/morning/play.ts';
import { dossierIn } from '../../src/sandbox/morning/stage.ts';
import { STORIES, type Story } from '../../src/sandbox/morning/stories.ts';
import catalogue from '../../src/sandbox/portal/samples/catalogue.json' with { type: 'json' };
import { SECRET, smallSystem } from './frame-system.ts';

test('counts loss, doubling and disorder', t => {
  t.same(countDossier(['a', 'b', 'c'], ['a', 'b', 'c']), { expected: 3, lost: 0, doubled: 0, disordered: 0 });
  t.match(countDossier(['a', 'b', 'c'], ['a', 'c']), { lost: 1, doubled: 0, disordered: 0 });
  t.match(countDossier(['a', 'b', 'c'], ['a', 'b', 'b', 'c', 'b']), { lost: 0, doubled: 2, disordered: 0 });
  t.match(countDossier(['a', 'b', 'c'], ['b', 'a', 'c']), { lost: 0, doubled: 0, disordered: 1 });
  t.match(countDossier(['a'], ['x', 'a', 'y']), { lost: 0, doubled: 0, disordered: 0 });
  t.end();
});

test('a count is clean exactly when the effects are the syncs in their order', t => {
  const ids = ['a', 'b', 'c', 'd'];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...ids), { maxLength: 7 }), effects => {
      const { lost, doubled, disordered } = countDossier(ids, effects);
      return (lost + doubled + disordered === 0) === (effects.join() === ids.join());
    }),
  );
  t.end();
});

test('a call took effect when the portal said so, or when only its answer was lost', t => {
  const call = (more: Partial<Received>): Received => ({
    seq: 1,
    at: '',
    method: 'POST',
    url: '/adapter/integration',
    headers: { 'x-lienthong-sync': 's1, s2' },
    body: '{"service":"CapNhatTienDoHoSoMC"}',
    bytes: 1,
    status: 200,
    answer: '{"error_code":"00","message":""}',
    ...more,
  });
  t.same(effectsOf(call({})), ['s1', 's2']);
  t.same(effectsOf(call({ answer: '{"error_code":0,"message":""}' })), ['s1', 's2']);
  t.same(effectsOf(call({ answer: '{"error_code":"3","message":"Hồ sơ đã tồn tại"}' })), []);
  t.same(effectsOf(call({ status: null, fault: 'answer-lost' })), ['s1', 's2']);
  t.same(effectsOf(call({ status: 429 })), []);
  t.same(effectsOf(call({ body: '{"service":"TraCuuHoSo"}' })), []);
  t.same(effectsOf(call({ headers: {} })), []);
  t.end();
});

/** A system and a gateway of a few lines. */
async function world(t: Test) {
  const frame = createFrame(smallSystem, {
    dataDir: t.testdir({}),
    port: 0,
    gatewayUrl: 'http://127.0.0.1:9',
    inboundPath: '/',
    webhookSecret: SECRET,
    secrets: {},
  });
  const url = await frame.listen();
  const asked: string[] = [];
  const gateway = createServer((request, response) => {
    asked.push(`${request.headers.authorization} ${request.url}`);
    response.end(JSON.stringify({ items: [{ id: '1', state: 'parked', cause: 'ambiguous-unit' }], next: null }));
  });
  gateway.listen(0, '127.0.0.1');
  await once(gateway, 'listening');
  t.teardown(async () => {
    await frame.close();
    gateway.close();
    gateway.closeAllConnections();
  });
  const lines: string[] = [];
  const play = (stories: Story[], more: { signal?: AbortSignal; afterwardsEveryMs?: number } = {}) =>
    playMorning({
      systems: { portal: url, commune: url, documents: url },
      gatewayUrl: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`,
      apiToken: 'token',
      print: text => lines.push(text),
      stories,
      afterwardsEveryMs: 0,
      ...more,
    });
  return { play, lines, asked, url };
}

test('a story acts, waits, and prints both languages with a link', async t => {
  const { play, lines } = await world(t);
  await play([
    {
      at: 0,
      play: async stage => {
        const { code } = await stage.act('commune', { do: 'submit-dossier', silent: true });
        const found = await stage.record('commune', dossierIn(code, [], { vi: 'ở xã', en: 'there' }), 1_000);
        stage.say({ vi: `Đã thấy ${found.code}`, en: 'Seen' }, code);
      },
    },
  ]);
  t.match(lines[0], /DỮ LIỆU MẪU/);
  t.match(lines[1], /Đã thấy H19-1\n +Seen\n +http:\/\/127\.0\.0\.1:\d+\/console\/\?q=H19-1$/);
});

test('what did not happen in time is said, with the reason the gateway gives, and stops no other story', async t => {
  const { play, lines, asked } = await world(t);
  await play([
    {
      at: 0,
      play: async stage => {
        await stage.record('portal', dossierIn('H19-404', ['9'], { vi: 'ở Cổng', en: 'at the portal' }), 0);
      },
    },
    {
      at: 0,
      play: async stage => {
        await stage.act('commune', { do: 'fly' });
      },
    },
    { at: 0, play: async stage => stage.say({ vi: 'Câu chuyện khác', en: 'Another' }) },
  ]);
  const text = lines.join('\n');
  t.match(text, /Chưa xong: chưa thấy hồ sơ H19-404 ở Cổng \(cổng liên thông: parked, ambiguous-unit\)/);
  t.match(text, /dừng giữa chừng: .*400/);
  t.match(text, /Câu chuyện khác/);
  t.same(asked, ['Bearer token /v1/syncs?q=H19-404&limit=200']);
});

test('after the stories dossiers follow until the morning is ended', async t => {
  const { play, url } = await world(t);
  const ending = new AbortController();
  const played = play([], { signal: ending.signal, afterwardsEveryMs: 5 });
  const held = async () =>
    ((await (await fetch(`${url}/_sandbox/records`)).json()) as { items: unknown[] }).items.length;
  while ((await held()) < 3);
  ending.abort();
  await played;
  t.pass('it ends without an error');
});

test('the stories begin at their times and use procedures of the catalogue', t => {
  t.same(
    STORIES.map(({ at }) => at),
    [3, 6, 9, 12, 15, 20, 25, 35],
  );
  const listed = new Set(catalogue.procedures.map(([code]) => code));
  for (const code of ['1.001193', '1.012783', '2.000815', '1.013225', '1.012812']) t.ok(listed.has(code), code);
  t.end();
});
