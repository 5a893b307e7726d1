/** Official texts of events pass untouched through translation, whatever is in them; only codes and statuses may change. */
import fc from 'fast-check';
import { test } from 'tap';
import type { GatewayEvent, Json, JsonObject } from '../../src/domain/words.ts';
import { translateEvent } from '../../src/translation/translate.ts';
import { event, vocabulary } from './fixture.ts';

const TEXTS: [name: string, text: string][] = [
  ['NFD', 'Đăng ký khai sinh ở phường Trấn Biên'.normalize('NFD')],
  ['zero-width characters', 'Đăng\u200b ký\u200d khai\ufeff sinh'],
  ['bidirectional characters', 'Đăng ký \u202ekhai sinh\u202c \u2066x\u2069'],
  ['HTML', '<b onclick="x()">Đăng ký</b> & <script>alert(1)</script>'],
  ['control characters and half a pair', 'a\u0000b\u0007c\ud800d'],
  ['white space', '  Đăng\u00a0ký\t\r\n khai   sinh '],
  ['1 MB', 'Thủ tục hành chính về quyền sử dụng đất. '.repeat(26_000)],
  ['nothing', ''],
];
/** Official texts of an event: where they stand, and the event that carries them. */
const CARRIERS: [type: string, data: (text: string) => JsonObject][] = [
  [
    'dossier.submitted',
    text => ({
      procedureCode: '1.001193',
      procedureName: text,
      unitCode: '26041',
      status: '1',
      statusList: 'national',
      summary: text,
      applicant: { name: text, address: text },
      components: [{ name: text, note: text }],
    }),
  ],
  ['dossier.status-changed', text => ({ status: '5', statusList: 'national', note: text, reason: text })],
  ['dossier.step-changed', text => ({ step: { name: text, note: text }, status: '4', statusList: 'national' })],
  ['document.sent', text => ({ abstract: text, title: text, from: { name: text }, to: [{ name: text }] })],
  [
    'procedure.published',
    text => ({
      procedure: {
        code: '1.001193',
        name: text,
        field: text,
        level: 'xã',
        cases: [{ name: text, steps: [text, text] }],
        components: [{ name: text }],
        fees: [{ text }],
        legalBasis: [text],
      },
    }),
  ],
];

/** Every text of `value` by JSON pointer. */
function textsOf(value: Json | undefined, at = '', found = new Map<string, string>()): Map<string, string> {
  if (typeof value === 'string') found.set(at, value);
  else if (value !== null && typeof value === 'object') {
    for (const [key, inner] of Object.entries(value)) textsOf(inner, `${at}/${key}`, found);
  }
  return found;
}

/** The pointers of texts that translation changed but may not: all except codes and statuses. */
function altered(given: GatewayEvent): string[] {
  const wrong: string[] = [];
  for (const target of [
    { role: 'commune', statusList: 'xa-3b' },
    { role: 'portal', statusList: 'national' },
    { role: 'documents', statusList: 'edxml' },
  ] as const) {
    const before = textsOf(given.data);
    const copy = structuredClone(given);
    const after = textsOf(translateEvent(given, target, 'national', vocabulary).event.data);
    for (const [pointer, text] of before) {
      if (/\/(status|statusList|subStatus)$/.test(pointer)) continue;
      if (after.get(pointer) !== text) wrong.push(`${target.role}${pointer}`);
    }
    if (JSON.stringify(copy) !== JSON.stringify(given)) wrong.push(`${target.role}: the event itself`);
  }
  return wrong;
}

for (const [name, text] of TEXTS) {
  test(`official texts of events with ${name} pass untouched`, async t => {
    for (const [type, data] of CARRIERS) t.same(altered(event(type, data(text))), [], type);
  });
}

test('whatever an official text holds, it passes untouched', async t => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom(...TEXTS.map(([, each]) => each)).filter(each => each.length < 1_000),
  );
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(
        fc.constantFrom(...CARRIERS),
        text,
        ([type, data], each) => altered(event(type, data(each))).length === 0,
      ),
      { numRuns: 300 },
    ),
  );
});
