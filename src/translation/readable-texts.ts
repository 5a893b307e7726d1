/**
 * Which members of an event are texts meant for reading, by type: what people wrote in sentences. Names, addresses, codes,
 * identity numbers and files are not here and are never looked into. `*` stands for each item of a list.
 */

/** What is read of a value: the text itself, its members, its items. */
export interface Reading {
  text: boolean;
  members?: Map<string, Reading>;
  items?: Reading;
}

/** A paper, case or step is a bare text or an object that tells its text in one of these members. */
const TOLD = ['', '/name', '/text', '/content', '/title', '/note', '/condition'];
const told = (...paths: string[]): string[] => paths.flatMap(path => TOLD.map(member => path + member));

/** Official texts of our record, where the province's own say nothing (commune-entry.ts); its plain words need no marks. */
const ENTRY = [
  'papers/*/name',
  'papers/*/condition',
  'timeLimits/*/condition',
  'fees/*/condition',
  'fees/*/exempt',
  'results/*',
];
const PROCEDURE = [
  'procedureName',
  'procedure/name',
  'requirements',
  'applicants',
  'applicants/*',
  ...told('cases/*', 'cases/*/steps/*', 'cases/*/papers/*', 'cases/*/components/*'),
  ...told('steps', 'steps/*', 'steps/*/steps/*'),
  ...told('components/*', 'components/*/papers/*', 'components/*/components/*'),
  ...told('results/*', 'fees/*', 'fees/*/cases/*', 'timeLimit', 'timeLimit/*', 'legalBasis/*'),
];
const FEES = ['fees/*/name', 'fees/*/note', 'fees/*/condition'];
const DOSSIER = ['procedureName', 'summary', 'note', 'reason', 'parts/*/name', ...FEES];
const DOCUMENT = ['subject', 'reason', 'description'];

const PATHS: Readonly<Record<string, readonly string[]>> = {
  'procedure.published': [...PROCEDURE, ...ENTRY.map(path => `communeEntry/${path}`)],
  'procedure.withdrawn': [...PROCEDURE, 'reason'],
  'dossier.submitted': DOSSIER,
  'dossier.updated': DOSSIER,
  'dossier.status-changed': [
    ...DOSSIER,
    ...told('supplement/papers/*'),
    'supplement/content',
    'closing/reason',
    'reopen/basis',
    'reopen/reason',
  ],
  'dossier.step-changed': ['procedureName', 'step/content', 'step/note'],
  'dossier.result-issued': ['procedureName', 'result/name', 'result/note', 'reason'],
  'approval.requested': ['subject', 'content'],
  'approval.given': ['text', 'reason'],
  'opinion.requested': ['subject', 'content'],
  'opinion.given': ['text', 'reason'],
  'document.sent': DOCUMENT,
  'document.updated': DOCUMENT,
  'document.recalled': DOCUMENT,
  'document.replaced': DOCUMENT,
  'document.status-changed': DOCUMENT,
};

/** By event type; a type that is not here has no text for reading. */
export const READ: Readonly<Record<string, Reading>> = Object.fromEntries(
  Object.entries(PATHS).map(([type, paths]) => [type, readingOf(paths)]),
);

function readingOf(paths: readonly string[]): Reading {
  const root: Reading = { text: false };
  for (const path of paths) {
    let reading = root;
    for (const part of path.split('/')) reading = inside(reading, part);
    reading.text = true;
  }
  return root;
}

function inside(reading: Reading, part: string): Reading {
  if (part === '*') {
    reading.items ??= { text: false };
    return reading.items;
  }
  reading.members ??= new Map();
  const member = reading.members.get(part) ?? { text: false };
  reading.members.set(part, member);
  return member;
}
