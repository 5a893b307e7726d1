/** Corruptions of the ledger at the end: I4, I5, I6, I8 and I12. */
import { type Corruption, inState, one, remove } from './corruption.ts';
import type { History, Look } from './history.ts';

const lookedBehind = (history: History): Look[] => history.looks.filter(({ behind }) => behind !== null);

export const OF_LEDGER: readonly Corruption[] = [
  one('a good sync fails', 'I4 held though its content is good', inState('delivered'), (sync, history) => {
    history.heldLanes = {};
    Object.assign(sync, { state: 'failed', cause: 'gateway-fault', problem: true });
  }),
  one('a good sync is given up', 'I4 superseded by nothing', inState('delivered'), (sync, history) => {
    history.heldLanes = {};
    sync.state = 'superseded';
  }),
  one('a sync is dropped by nobody', 'I4 given up though nobody asked', inState('delivered'), sync => {
    sync.state = 'cancelled';
  }),
  one('an old status is delivered', 'I4 old and not superseded', inState('superseded'), sync => {
    sync.state = 'delivered';
  }),
  one('held for another reason', 'I4 held though its content is good', inState('parked'), sync => {
    sync.cause = 'no-authority';
  }),
  one(
    'put aside by nobody',
    'I4 held though its content is good',
    history => history.acts.filter(({ act, end }) => act === 'sync.park' && end === 'ok'),
    (act, history) => remove(history.acts, act),
  ),
  one(
    'held without saying why',
    'I4 shown as held without cause or remedy',
    history => history.looks,
    look => (look.cause = null),
  ),
  one(
    'held without saying what to do',
    'I4 shown as held without cause or remedy',
    history => history.looks,
    look => (look.remedy = false),
  ),
  one('waiting without saying for whom', 'I4 shown as waiting for nobody', lookedBehind, ({ behind }) =>
    Object.assign(behind ?? {}, { blockedBy: null }),
  ),
  one('waiting for another lane', 'I4 shown as waiting for nobody', lookedBehind, ({ behind, sync }, history) => {
    const lane = history.ledger.syncs.find(({ id }) => id === sync)?.lane;
    const other = history.ledger.syncs.find(stored => stored.lane !== lane && stored.pos === 1);
    return Object.assign(behind ?? {}, { blockedBy: other?.id });
  }),
  one('waiting and shown as queued', 'I4 shown as waiting for nobody', lookedBehind, ({ behind }) =>
    Object.assign(behind ?? {}, { state: 'queued' }),
  ),
  one('a sync is forgotten', 'I4 open and waiting for nothing', inState('delivered'), sync => (sync.state = 'open')),
  one(
    'a lease is left',
    'I4 a lease left',
    history => history.ledger.lanes,
    lane => (lane.leased = true),
  ),
  one(
    'a lane is due for ever',
    'I4 due and nobody works on it',
    history => history.ledger.lanes,
    lane => (lane.due = true),
  ),
  one(
    'a claim is left',
    'I4 claims left',
    history => [history.ledger],
    ledger => (ledger.claims = 1),
  ),
  one(
    'it never settles',
    'I4 not settled in time',
    history => [history.ledger],
    ledger => (ledger.settled = false),
  ),
  one('parked without a cause', 'I4 held without a cause', inState('parked'), sync => (sync.cause = null)),
  one('parked without being listed', 'I4 held without a cause', inState('parked'), sync => (sync.problem = false)),
  one(
    'a head that stays behind',
    'I4 stands at a sync that is done',
    history => history.ledger.lanes.filter(lane => lane.head > 1),
    lane => (lane.head -= 1),
  ),
  one('a target is left out', 'I5 not one sync a target', inState('delivered'), (sync, history) =>
    remove(history.ledger.syncs, sync),
  ),
  one('a sync of no event', 'I5 a sync without its event', inState('open'), sync => (sync.eventId = 'event-none')),
  one('two syncs in one place', 'I5 two syncs in one place', inState('open'), (sync, history) =>
    history.ledger.syncs.push({ ...sync, id: 'sync-twin' }),
  ),
  one(
    'a wrong count',
    'I5 the interface counts otherwise',
    history => history.ledger.told,
    told => (told.parked += 1),
  ),
  one(
    'a call for ever in the air',
    'I5 said to be in the air',
    history => history.ledger.told,
    told => (told.inTheAir = 1),
  ),
  one(
    'the chain is broken',
    'I6 the audit chain is broken',
    history => [history.ledger.audit],
    audit => (audit.ok = false),
  ),
  one(
    'an act without an entry',
    'I6 an act without its one entry',
    history => history.acts.filter(act => act.end === 'ok'),
    (act, history) => {
      history.ledger.audit.entries = history.ledger.audit.entries.filter(entry => entry.note !== act.note);
    },
  ),
  one(
    'an entry twice',
    'I6 an act without its one entry',
    history => history.ledger.audit.entries,
    (entry, history) => history.ledger.audit.entries.push({ ...entry }),
  ),
  one(
    'an entry without an act',
    'I6 an entry without an act',
    history => history.ledger.audit.entries,
    (entry, history) => history.ledger.audit.entries.push({ ...entry, note: 'nobody' }),
  ),
  one(
    'an entry about another',
    'I6 an entry that says otherwise',
    history => history.ledger.audit.entries,
    entry => (entry.subject = 'system:other'),
  ),
  one(
    'an attempt without an end',
    'I8 an attempt without end or outcome',
    history => history.ledger.attempts,
    attempt => (attempt.outcome = ''),
  ),
  one(
    'an attempt twice',
    'I8 an attempt recorded twice',
    history => history.ledger.attempts,
    (attempt, history) => history.ledger.attempts.push({ ...attempt }),
  ),
  one(
    'more attempts listed than counted',
    'I8 more attempts listed than counted',
    ({ ledger }) =>
      ledger.attempts.filter(({ sync, series }) => ledger.syncs.some(own => own.id === sync && own.series === series)),
    attempt => (attempt.no = 99),
  ),
  one(
    'delivered without an attempt',
    'I8 delivered without an attempt',
    inState('delivered'),
    sync => (sync.attempts = 0),
  ),
  one(
    'a number in a log',
    'I12 a number in clear',
    history => [history.leaks],
    leaks => leaks.push('api-1.log'),
  ),
];
