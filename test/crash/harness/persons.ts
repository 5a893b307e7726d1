/** A person at work during a run: now and then pauses a system and lets it go on again. Each act bears a note of its own. */
import { setTimeout as pause } from 'node:timers/promises';
import type { PersonsAct } from './history.ts';
import type { Chance } from './random.ts';
import type { World } from './world.ts';

const CALL_MS = 8_000;

/** Acts until `spanMs` is over; a pause is always followed by a resume that was answered. */
export async function personsAt(world: World, chance: Chance, spanMs: number): Promise<PersonsAct[]> {
  const acts: PersonsAct[] = [];
  const end = Date.now() + spanMs - 3_000;
  const act = async (target: string, name: 'pause' | 'resume'): Promise<PersonsAct['end']> => {
    const note = `act ${acts.length + 1}`;
    const port = world.apiPorts[acts.length % world.apiPorts.length];
    const done = await post(`http://127.0.0.1:${port}/v1/systems/${target}/${name}`, world.token, { note });
    acts.push({ act: `system.${name}`, subject: `system:${target}`, note, end: done });
    return done;
  };
  await pause(chance.between(1_000, 3_000));
  while (Date.now() < end) {
    const { target } = chance.pick(world.witnesses);
    await act(target, 'pause');
    await pause(chance.between(300, 1_500));
    while ((await act(target, 'resume')) !== 'ok') await pause(500);
    await pause(chance.between(2_000, 5_000));
  }
  return acts;
}

async function post(url: string, token: string, body: object): Promise<PersonsAct['end']> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(CALL_MS),
    });
    await answer.text();
    // a server's fault may hide a commit whose answer was lost
    return answer.ok ? 'ok' : answer.status >= 500 ? 'unknown' : 'refused';
  } catch {
    return 'unknown';
  }
}
