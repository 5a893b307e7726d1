/** What is known of an entity: later values win, numbers add up, files are remembered by name only. */
import { test } from 'tap';
import { EVENT_TYPES, type EventType } from '../../src/domain/event-types.ts';
import type { GatewayEvent, JsonObject } from '../../src/domain/words.ts';
import { type EntityState, emptyState, mergeEvent, type Normal, requestId } from '../../src/entities/state.ts';

const merge = (state: EntityState, type: string, data: JsonObject, normal: Normal = {}, source = 'portal') => {
  const event: GatewayEvent = { specversion: '1.0', id: 'e', source, type, time: '2026-11-24T08:00:00+07:00', data };
  mergeEvent(state, event, EVENT_TYPES.get(type) as EventType, normal);
  return state;
};

test('later values win, members of the applicant one by one', async t => {
  const state = emptyState();
  merge(state, 'dossier.submitted', { dossierCode: 'A', summary: 'cũ', applicant: { name: 'Bé', phone: '09' } });
  merge(state, 'dossier.updated', { dossierCode: 'A', summary: 'mới', applicant: { phone: '08' } });
  t.match(state.fields, { summary: 'mới', applicant: { name: 'Bé', phone: '08' } });
});

test('what only one dialect knows is kept under its system', async t => {
  const state = emptyState();
  merge(state, 'dossier.submitted', { dossierCode: 'A', more: { portal: { a: 1, b: 1 } } });
  merge(state, 'dossier.updated', { dossierCode: 'A', more: { portal: { b: 2 }, commune: { c: 3 } } });
  t.same(state.fields.more, { portal: { a: 1, b: 2 }, commune: { c: 3 } });
});

test('what is said of the message is not remembered of the dossier', async t => {
  const state = emptyState();
  merge(state, 'dossier.status-changed', {
    dossierCode: 'A',
    status: '4',
    at: 'x',
    reason: 'y',
    actor: {},
    changed: [],
  });
  for (const key of ['at', 'reason', 'actor', 'changed']) t.equal(state.fields[key], undefined, key);
});

test('files are remembered by name and hash, never by content', async t => {
  const state = emptyState();
  const file = { name: 'a.pdf', sha256: 'f', content: 'AAAA' };
  merge(state, 'dossier.submitted', { dossierCode: 'A', files: [file] });
  merge(state, 'dossier.result-issued', { dossierCode: 'A', result: { number: '1', files: [file] } });
  t.notMatch(JSON.stringify(state), /AAAA/);
  t.match(state.fields, {
    files: [{ name: 'a.pdf', sha256: 'f' }],
    result: { number: '1', files: [{ name: 'a.pdf' }] },
  });
});

test('numbers add up, each once', async t => {
  const state = emptyState();
  const codes = [{ system: 'commune', code: 'X', kind: 'local' }, { code: 'Y' }, 'bad', null];
  merge(state, 'dossier.submitted', { dossierCode: 'A', codes });
  merge(state, 'dossier.updated', { dossierCode: 'X', codes });
  t.same(state.codes, [
    { system: 'commune', code: 'X', kind: 'local' },
    { system: 'portal', code: 'Y', kind: 'local' },
    { system: 'portal', code: 'A', kind: 'national' },
  ]);
});

test('the dossier speaks canonical terms; a sub-status goes with its status', async t => {
  const state = emptyState();
  merge(
    state,
    'dossier.submitted',
    { dossierCode: 'A', unitCode: 'old', status: 'x' },
    { unit: '26041', national: '4', subStatus: 'chờ' },
  );
  t.match(state, {
    national: '4',
    subStatus: 'chờ',
    fields: { unitCode: '26041', status: '4', statusList: 'national' },
  });
  merge(
    state,
    'dossier.status-changed',
    { dossierCode: 'A', status: '5', at: '2026-11-24T09:00:00+07:00' },
    { national: '5' },
  );
  t.equal(state.subStatus, undefined);
  t.equal(state.statusAt, '2026-11-24T09:00:00+07:00');
});

test('who asked and who sent is remembered, and changes no field', async t => {
  const state = emptyState();
  merge(state, 'dossier.submitted', { dossierCode: 'A', summary: 's' });
  const before = { ...state.fields };
  merge(state, 'approval.requested', { requestId: 'r1', about: { dossierCode: 'A' } }, {}, 'commune');
  merge(state, 'document.sent', { documentId: 'd', about: { dossierCode: 'A' } }, {}, 'documents');
  merge(state, 'approval.given', { inReplyTo: 'r1', decision: 'approved' }, {}, 'documents');
  t.same(state.fields, before);
  t.match(state, { asked: { r1: 'commune' }, sentBy: 'documents' });
});

test('a request is named by its id or by what it replies to', async t => {
  const of = (data: JsonObject) => requestId({ specversion: '1.0', id: 'e', source: 's', type: 't', time: '', data });
  t.equal(of({ requestId: 'a', inReplyTo: 'b' }), 'a');
  t.equal(of({ inReplyTo: 'b' }), 'b');
  t.equal(of({ requestId: 7 }), undefined);
});
