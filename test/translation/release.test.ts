/** Releases: packed bytes answer exactly as the vocabulary they came from. */
import { gzipSync } from 'node:zlib';
import { test } from 'tap';
import { packVocabulary, unpackVocabulary } from '../../src/translation/release.ts';
import { translateEvent } from '../../src/translation/translate.ts';
import { event, vocabulary } from './fixture.ts';

test('unpacked it is the same release and gives the same translations', async t => {
  const again = unpackVocabulary(packVocabulary(vocabulary));
  t.equal(again.release, vocabulary.release);
  t.same(again.content, vocabulary.content);
  const told = event('dossier.submitted', {
    unitCode: '25996',
    procedureCode: '1.012752',
    status: 'trinh-ky',
    receivingUnit: '26449',
  });
  for (const target of [
    { role: 'portal', statusList: 'national' },
    { role: 'commune', statusList: 'igate2' },
  ] as const) {
    t.same(translateEvent(told, target, 'xa-3b', again), translateEvent(told, target, 'xa-3b', vocabulary));
  }
  t.same(again.facts('day'), vocabulary.facts('day'));
});

test('the pack is small enough to keep with every release', async t => {
  t.ok(packVocabulary(vocabulary).length < 512 * 1024);
});

test('damaged bytes and unknown formats are refused', async t => {
  const packed = packVocabulary(vocabulary);
  t.throws(() => unpackVocabulary(packed.subarray(0, packed.length - 20)));
  t.throws(() => unpackVocabulary(gzipSync('{"format":2}')), /unknown format 2/);
});
