/** A person's edit: the merge patch, and the merged dossier that says the edit too and keeps what others said. */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { test } from 'tap';
import { differences } from '../../src/delivery/json-differences.ts';
import type { JsonObject } from '../../src/domain/words.ts';
import { mergePatch, withEdit, withEditedEntity } from '../../src/entities/edit.ts';
import type { Payload } from '../../src/entities/payload.ts';
import { submitted } from '../support/ledger-rig.ts';

test('members are merged as RFC 7396 says', async t => {
  const cases: [JsonObject, JsonObject, JsonObject][] = [
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ];
  for (const [data, patch, expected] of cases) t.same(mergePatch(data, patch), expected, JSON.stringify(patch));
});

const names = fc.constantFrom('a', 'b', 'c');
const value = fc.letrec<{ leaf: string | number; node: JsonObject }>(tie => ({
  leaf: fc.oneof(fc.string(), fc.integer()),
  node: fc.dictionary(names, fc.oneof({ depthSize: 'small' }, tie('leaf'), tie('node'))) as fc.Arbitrary<JsonObject>,
})).node;

test('what a patch does not name stays, and the same patch twice is the patch once', async t => {
  fc.assert(
    fc.property(value, value, (data, patch) => {
      const once = mergePatch(data, patch);
      if (!isDeepStrictEqual(mergePatch(once, patch), once)) throw new Error('the second time changed more');
      for (const { pointer } of differences(data, once, '')) {
        const [, member] = pointer.split('/');
        if (!Object.hasOwn(patch, member as string)) throw new Error(`${pointer} changed unasked`);
      }
    }),
    { numRuns: 200 },
  );
  t.pass('200 patches');
});

test('the merged dossier says the edit and keeps what other events said', async t => {
  const event = submitted('H-1', { feeNote: 'sai', more: { portal: { a: 1, b: 2 } } });
  const applicant = event.data.applicant as JsonObject;
  const payload: Payload = {
    event,
    codes: [],
    entity: {
      ...event.data,
      applicant: { ...applicant, birthDate: '1990-01-01' },
      dueAt: '2026-12-01T00:00:00Z',
      statusList: 'national',
    },
  };
  const edited = withEdit(payload, {
    applicant: { name: 'Nguyễn Thị Bê', email: null },
    feeNote: null,
    more: { portal: { a: 3, b: null } },
    unitCode: '26446',
  });
  t.same(payload.event.data.feeNote, 'sai', 'what is stored stays');
  const { entity } = withEditedEntity(payload, edited, { unit: '26446', procedure: '1.001193', national: '1' });
  t.match(entity, {
    applicant: { name: 'Nguyễn Thị Bê', phone: '0912345678', birthDate: '1990-01-01' },
    dueAt: '2026-12-01T00:00:00Z',
    unitCode: '26446',
    more: { portal: { a: 3 } },
  });
  t.notOk(Object.hasOwn(entity?.applicant as JsonObject, 'email'), 'what the edit takes out is gone');
  t.notOk(Object.hasOwn(entity as JsonObject, 'feeNote'));
  t.same(entity?.more, { portal: { a: 3 } });
});
