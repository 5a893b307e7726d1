/** The words of a message: never longer than a chat takes, nothing left out in silence, no numbers of people. */
import fc from 'fast-check';
import t from 'tap';
import type { About } from '../../src/escalation/about.ts';
import { messageOf, type Told } from '../../src/escalation/message.ts';
import type { Risen } from '../../src/ledger/escalations.ts';
import { at } from '../facts/support.ts';

const CONTEXT = { unitName: (code: string) => `Phường ${code}`, sample: false };
const risen = (more: Partial<Risen> = {}): Risen => ({
  id: '019ab000-0000-7000-8000-000000000000',
  cause: 'missing-right',
  unit: '26041',
  target: 'documents',
  key: 'ky-so|chu-tich',
  level: 2,
  since: at('2026-11-20T07:30'),
  nextAt: at('2026-11-25T15:00'),
  noticed: null,
  count: 3,
  dossiers: 2,
  trial: 0,
  ...more,
});
const about = (length: number): About => ({
  unitName: 'Phường 26041',
  procedures: Array.from({ length }, (_, n) => ({
    code: `1.00${n}`,
    official: 'Tên rất dài '.repeat(30),
    plain: null,
    count: 1,
  })),
  soonest: [{ code: 'H19-1', dueAt: '2026-11-30T17:00:00+07:00' }],
  detail: null,
  contacts: [],
  sampled: 3,
});

t.test('everything is told: in full, in a line, or as a number; and it fits', async t => {
  const count = (text: string, what: RegExp): number => (text.match(what) ?? []).length;
  const seen = { full: new Set<number>(), cut: false };
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 120 }), fc.integer({ min: 0, max: 5 }), (many, procedures) => {
      const told = Array.from(
        { length: many },
        (): Told => ({ step: 'opened', risen: risen(), about: about(procedures) }),
      );
      const { text, escalations } = messageOf(told, CONTEXT);
      const full = count(text, /^Chờ quá hạn/gm);
      const more = Number(/^Và (\d+) việc khác/m.exec(text)?.[1] ?? 0);
      seen.full.add(full);
      seen.cut ||= more > 0;
      return (
        text.length <= 4_100 && full + count(text, /^- Chờ quá hạn/gm) + more === many && escalations.length === many
      );
    }),
    {
      numRuns: 100,
      examples: [
        [120, 5],
        [5, 0],
      ],
    },
  );
  const long = messageOf(
    Array.from({ length: 120 }, (): Told => ({ step: 'opened', risen: risen(), about: about(5) })),
    CONTEXT,
  );
  t.ok(count(long.text, /^- Chờ quá hạn/gm) > 5, 'what has no room in full has a line');
  t.ok(seen.cut && seen.full.has(5) && seen.full.has(1), 'long ones were cut, short ones were not');
});

t.test('what is missing is said, numbers of people are not', async t => {
  const { subject, text } = messageOf([{ step: 'raised', risen: risen({ key: '0912345678|075199001234' }) }], CONTEXT);
  t.equal(subject.startsWith('[Liên Thông] Vẫn chờ, báo lên cấp trên: Phường 26041'), true);
  t.notMatch(subject + text, /0912345678|075199001234/);
  t.match(text, '3 lượt gửi của 2 hồ sơ');
  t.match(messageOf([{ step: 'opened', risen: risen() }], CONTEXT).text, '(ky-so chu-tich)');
  const closed = messageOf([{ step: 'closed', risen: risen({ count: 0 }) }], CONTEXT).text;
  t.match(closed, 'Không còn lượt gửi nào chờ');
  t.notMatch(closed, /0 lượt gửi|Cách giải quyết/);
});
