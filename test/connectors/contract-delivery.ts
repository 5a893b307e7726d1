/**
 * What a connector must make of a target's behaviour (connectors/connector.ts): the cause, and above all whether the message may
 * have taken effect. The target is nock, the client is the gateway's own.
 */
import nock from 'nock';
import type { Test } from 'tap';
import type { Connector, Delivery, HttpCall, HttpClient, Message, Outcome } from '../../connectors/connector.ts';
import type { CauseCode } from '../../src/domain/causes.ts';
import { FormatFault } from '../../src/domain/errors.ts';
import { createHttpClient } from '../../src/wire/client.ts';
import { BASE_URL, contextOf, fits, offline, type Rule, type Subject, sampleInputs } from './contract.ts';

/** Numbers of people that the target repeats in its refusal: they may not stand in a detail (design: identity and telephone). */
const PERSONAL = /075099000123|0900000123/;
/** For a target that never answers; for the others long enough for the slowest machine. */
const TIMEOUT_MS = { silent: 60, answering: 10_000 };

/** How the target behaves towards a write. */
interface Behaviour {
  name: string;
  reply(answering: nock.Interceptor): nock.Scope;
  causes: CauseCode[];
  /** May it have taken effect? Undefined where the status leaves that to the dialect. */
  unknown?: boolean;
  retryAfterMs?: number;
}
const broken = (code: string): Error => Object.assign(new Error(code), { code });
const SAYS = 'Không nhận: Trần Văn Mẫu, số định danh 075099000123, điện thoại 0900000123';
const refusal = { error_code: '13', message: SAYS, maLoi: 'DU_LIEU_SAI', thongBao: SAYS, truong: [], code: 'invalid' };

const SILENT = 'no answer';
const BEHAVIOURS: readonly Behaviour[] = [
  { name: '500', reply: call => call.reply(500, refusal), causes: ['target-unavailable'], unknown: true },
  { name: '503', reply: call => call.reply(503, 'x'), causes: ['target-unavailable'] },
  {
    name: '429 with Retry-After',
    reply: call => call.reply(429, 'x', { 'retry-after': '7' }),
    causes: ['target-throttled'],
    unknown: false,
    retryAfterMs: 7_000,
  },
  { name: '401', reply: call => call.reply(401, 'x'), causes: ['target-authentication'], unknown: false },
  { name: '400', reply: call => call.reply(400, refusal), causes: ['target-rejected'], unknown: false },
  { name: 'garbage', reply: call => call.reply(200, '\u0000<{"'), causes: ['target-protocol'], unknown: true },
  {
    name: 'a reset connection',
    reply: call => call.replyWithError(broken('ECONNRESET')),
    causes: ['target-unavailable'],
    unknown: true,
  },
  {
    name: 'a refused connection',
    reply: call => call.replyWithError(broken('ECONNREFUSED')),
    causes: ['target-unavailable'],
    unknown: false,
  },
  { name: SILENT, reply: call => call.delay(60_000).reply(200, {}), causes: ['target-timeout'], unknown: true },
];

/** Behaviours whose wrong reading doubles or loses an effect. */
const ESSENTIAL = new Set(['500', 'a reset connection']);

/** For what never gets as far as a write. */
const DOWN: Behaviour = { name: 'down', reply: call => call.reply(500, 'x'), causes: [] };

/** The messages the sample events become, one of each operation. */
function messagesOf(connector: Connector, subject: Subject): Message[] {
  const byOperation = new Map<string, Message>();
  for (const input of sampleInputs(subject)) {
    try {
      const message = connector.format(input);
      if (!byOperation.has(message.operation)) byOperation.set(message.operation, message);
    } catch (error) {
      if (!(error instanceof FormatFault)) throw error;
    }
  }
  return [...byOperation.values()];
}

/** Sets the target up; counts the sign-ins it saw. */
function target({ sample }: Subject, behaviour: Behaviour, signIn: Rule = sample.signIn) {
  const seen = { signIns: 0 };
  const scope = nock(BASE_URL).persist();
  const read = (rule: Rule, count: () => void): void => {
    scope
      .intercept(
        uri => new RegExp(rule.path).test(uri),
        rule.method,
        body => rule.body === undefined || new RegExp(rule.body).test(JSON.stringify(body)),
      )
      .reply(() => {
        count();
        return [rule.status ?? 200, rule.answer as nock.Body, { 'content-type': 'application/json' }];
      });
  };
  read(signIn, () => {
    seen.signIns += 1;
  });
  for (const rule of sample.reads) read(rule, () => undefined);
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
    // What is read or signs in is matched above; nock takes the first interceptor that fits.
    behaviour.reply(scope.intercept(/.*/, method));
  }
  return seen;
}

const pair = (message: Message): Delivery[] =>
  ['s1', 's2'].map(syncId => ({
    syncId,
    message,
    headers: { 'idempotency-key': syncId, 'x-lienthong-sync': syncId },
    foreignId: 'contract-1',
  }));

/** Runs all of it for one connector and profile. */
export async function checkDelivery(t: Test, subject: Subject, profile: string | undefined): Promise<void> {
  nock.disableNetConnect();
  const patient = createHttpClient({ baseUrl: BASE_URL, timeoutMs: TIMEOUT_MS.answering });
  const hasty = createHttpClient({ baseUrl: BASE_URL, timeoutMs: TIMEOUT_MS.silent });
  let http = patient;
  t.teardown(() => {
    patient.close();
    hasty.close();
    nock.abortPendingRequests();
    nock.cleanAll();
    nock.restore();
  });
  if (!nock.isActive()) nock.activate();
  let writes: HttpCall[] = [];
  const { signIn, reads } = subject.sample;
  const watched: HttpClient = call => {
    const asked = { method: call.method, path: call.path, body: String(call.body ?? '') };
    if (![signIn, ...reads].some(rule => fits(rule, asked))) writes.push(call);
    return http(call);
  };
  const make = (): Connector => subject.create(contextOf(subject, profile, watched));
  const clear = (): void => {
    writes = [];
    nock.abortPendingRequests();
    nock.cleanAll();
  };

  for (const [index, message] of messagesOf(offline(subject, profile), subject).entries()) {
    // Operations share their way out: all behaviours for some of them, the two that lose effects for each.
    for (const behaviour of index < 3 ? BEHAVIOURS : BEHAVIOURS.filter(({ name }) => ESSENTIAL.has(name))) {
      const seen = target(subject, behaviour);
      http = behaviour.name === SILENT ? hasty : patient;
      const outcomes = await make().deliver(pair(message));
      checkOutcomes(t, `${message.operation}, ${behaviour.name}`, outcomes, behaviour);
      t.ok(writes.length > 0, `${message.operation}: the write was tried`);
      const keys = new Set(writes.map(({ headers }) => headers?.['x-lienthong-sync']));
      t.ok(keys.has('s1') || keys.has('s1, s2'), `${message.operation}: the sync's headers went out`);
      if (behaviour.name === '401') t.ok(seen.signIns >= 2, 'a refused session leads to a new sign-in');
      clear();
    }
    http = patient;
    target(subject, DOWN, { ...subject.sample.signIn, status: 401, answer: {} });
    const refused = await make().deliver(pair(message));
    checkOutcomes(t, `${message.operation}, sign-in refused`, refused, {
      causes: ['target-authentication'],
      unknown: false,
    });
    clear();
  }
  target(subject, DOWN);
  await t.resolves(make().signIn(), 'signs in');
  clear();
  target(subject, DOWN, { ...subject.sample.signIn, status: 401, answer: {} });
  await t.rejects(make().signIn(), 'a refused sign-in is told');
  clear();
}

function checkOutcomes(
  t: Test,
  what: string,
  outcomes: Outcome[],
  expected: Pick<Behaviour, 'causes' | 'unknown' | 'retryAfterMs'>,
): void {
  t.same(
    outcomes.map(({ syncId }) => syncId),
    ['s1', 's2'],
    `${what}: one outcome each, in order`,
  );
  for (const outcome of outcomes) {
    if (outcome.result !== 'failed') {
      t.fail(`${what}: cannot be delivered`);
      continue;
    }
    t.ok(expected.causes.includes(outcome.cause), `${what}: ${outcome.cause}`);
    if (expected.unknown !== undefined)
      t.equal(outcome.unknown, expected.unknown, `${what}: may it have taken effect?`);
    if (expected.retryAfterMs !== undefined)
      t.equal(outcome.retryAfterMs, expected.retryAfterMs, `${what}: Retry-After`);
    t.ok(outcome.detail.length <= 500, `${what}: the detail is short`);
    t.notMatch(outcome.detail, PERSONAL, `${what}: no personal data`);
  }
}
