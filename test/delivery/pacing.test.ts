/**
 * When homes are woken: at once while all is calm, together under load, and not one by one again at each second's turn.
 */
import { mock } from 'node:test';
import t from 'tap';
import { createPacer } from '../../src/delivery/pacing.ts';

const homes = (from: number, count: number): { target: string; home: string }[] =>
  Array.from({ length: count }, (_, index) => ({ target: 'commune', home: String(from + index) }));

t.test('calm, loaded, and calm again only after a whole second of calm', async t => {
  mock.timers.enable({ apis: ['setInterval'] });
  t.teardown(() => mock.timers.reset());
  const woken: { homes: readonly string[]; calm: boolean }[] = [];
  const pacer = createPacer((_target, list, calm) => woken.push({ homes: list, calm }));
  t.teardown(() => pacer.stop());
  const next = (): { homes: readonly string[]; calm: boolean }[] => woken.splice(0);

  for (const home of homes(0, 49)) pacer.wake([home]);
  t.equal(next().filter(({ calm }) => calm).length, 49, 'each at once, as a turn of its own');
  pacer.wake(homes(49, 1));
  t.match(next(), [{ homes: ['49'], calm: false }], 'the last one at once; from now on it is loaded');
  pacer.wake(homes(100, 30));
  t.same(next(), [], 'loaded: nothing at once');
  mock.timers.tick(150);
  t.match(next(), [{ homes: { length: 30 }, calm: false }], 'but all together soon');

  mock.timers.tick(850);
  pacer.wake(homes(200, 30));
  t.same(next(), [], 'the second after a busy one is not calm');
  mock.timers.tick(150);
  t.match(next(), [{ homes: { length: 30 }, calm: false }]);

  mock.timers.tick(850);
  pacer.wake(homes(300, 1));
  t.same(next(), [{ homes: ['300'], calm: true }], 'a second with few wakes: calm');
});

t.test('a home that has more does not wait for its time', async t => {
  mock.timers.enable({ apis: ['setInterval'] });
  t.teardown(() => mock.timers.reset());
  const woken: string[] = [];
  const pacer = createPacer((_target, list) => woken.push(...list));
  t.teardown(() => pacer.stop());
  pacer.wake(homes(0, 60));
  woken.length = 0;
  pacer.wake(homes(0, 2));
  pacer.again({ target: 'commune', home: '1' });
  mock.timers.tick(150);
  t.same(woken, ['1'], 'the one that asked again; the other was woken just now');
});
