/** `mappings check` refuses entries of the workflow, working hours and escalation that would be passed over in silence. */
import { test } from 'tap';
import { inspectMappings } from '../../src/translation/load.ts';
import { folder } from '../translation/fixture.ts';

const file = (kind: string, ...entries: string[]): string =>
  `kind: ${kind}\nentries:\n${entries.map(entry => `  - {${entry}, source: Một nguồn, certainty: proposal}\n`).join('')}`;

const REFUSED: [name: string, kind: string, entries: string[], says: RegExp][] = [
  ['a status that does nothing', 'workflow', ['what: workflow-status, id: a, status: "4"'], /thiếu does/],
  ['a move to nowhere', 'workflow', ['what: workflow-status, id: a, status: "4", does: move'], /cần step/],
  [
    'a status that does two things',
    'workflow',
    [
      'what: workflow-status, id: a, status: "5", does: pause',
      'what: workflow-status, id: b, status: "5", does: close',
    ],
    /workflow-status\/b: 5 đã có ở a\.yaml:3/,
  ],
  [
    'words of two steps',
    'workflow',
    [
      'what: workflow-step, id: a, name: A, step: 1, words: [tiếp nhận]',
      'what: workflow-step, id: b, name: B, step: 2, words: [Tiếp nhận]',
    ],
    /workflow-step\/b: tiếp nhận đã có/,
  ],
  [
    'a sub-status that no list has',
    'workflow',
    ['what: workflow-pause, id: a, reason: payment, clockStops: true, subStatuses: [xa-3b/la]'],
    /không có trạng thái xa-3b\/la/,
  ],
  [
    'a last hour for a procedure that is not there',
    'workflow',
    ['what: workflow-cutoff, id: a, cutoffTime: "15:00", procedures: ["9.999999"]'],
    /không có thủ tục 9\.999999/,
  ],
  ['a share above the whole', 'workflow', ['what: workflow-rule, id: sap-tre, value: 5'], /không quá 1/],
  ['a rule that nobody reads', 'workflow', ['what: workflow-rule, id: la, value: 5'], /không có quy tắc này/],
  [
    'hours that end before they begin',
    'working-hours',
    ['id: a, unit: "26041", morning: "11:30-07:30", afternoon: "13:30-17:00", validFrom: 2025-07-01'],
    /theo thứ tự/,
  ],
  [
    'an afternoon before the morning',
    'working-hours',
    ['id: a, unit: "26041", morning: "13:30-17:00", afternoon: "07:30-11:30", validFrom: 2025-07-01'],
    /theo thứ tự/,
  ],
  [
    'a cause that there is none of',
    'escalation-limits',
    ['id: a, hours: {officer: 1}, causes: [la]'],
    /nguyên nhân la/,
  ],
  [
    'a limit below the one beneath',
    'escalation-limits',
    ['id: a, hours: {officer: 5, leader: 1}'],
    /ngắn hơn cấp dưới/,
  ],
  [
    'two limits for the same',
    'escalation-limits',
    ['id: a, hours: {officer: 1}', 'id: b, hours: {officer: 2}'],
    /trùng với a\.yaml:3/,
  ],
];
for (const [name, kind, entries, says] of REFUSED) {
  test(`refuses ${name}`, async t => {
    const { faults } = await inspectMappings(folder(t, { 'a.yaml': file(kind, ...entries) }));
    t.match(faults.map(({ text }) => text).join('\n'), says);
  });
}

test('the project’s own are taken', async t => {
  t.same((await inspectMappings('mappings')).faults, []);
});
