/**
 * How statuses and provincial steps fold into the three steps (1 receive, 2 handle and appraise, 3 approve, sign and return), as the
 * vocabulary says it (mappings/workflow): compiled once a release. Pure.
 */
import type { Certainty } from '../domain/words.ts';
import type { FactRecord } from '../translation/content.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';

export type StepNumber = 1 | 2 | 3;
/** What a national status does to the clocks. */
export interface StatusEffect {
  does: 'move' | 'pause' | 'settle' | 'close';
  step?: StepNumber;
}
/** A provincial step as the mapping knows it. */
export interface KnownStep {
  id: string;
  name: string;
  step: StepNumber;
  /** It only hands the dossier to somebody else. */
  passesOn: boolean;
  certainty: Certainty;
}
/** A time of day after which a filing counts as of the next working day, ms after midnight. */
export interface Cutoff {
  text: string;
  ms: number;
}

export interface WorkflowMapping {
  /** The national status of a local one (`xa-3b/trinh-ky`), as it is mapped now. */
  nationalOf(status: string, before: string | undefined): string | undefined;
  effectOf(national: string): StatusEffect | undefined;
  /** The step that a local status names (`xa-3b/trinh-ky`). */
  stepOfStatus(status: string): StepNumber | undefined;
  /** The systems that speak this list number their steps 1 to 3. */
  countsThree(list: string): boolean;
  /** A provincial step by its code, else by the words of its content. */
  knownStep(code: string | undefined, content: string | undefined): KnownStep | undefined;
  stepById(id: string): KnownStep | undefined;
  /** Whether the time limit stops for a reason, or in a sub-status (`xa-3b/…`); undefined where nothing is said. */
  clockStops(reason: string | undefined, status: string | undefined): boolean | undefined;
  cutoffOf(procedure: string | null): Cutoff | undefined;
  /** Share of the time after which a dossier is nearly late. */
  nearlyLate: number;
  /** Working hours in which an online filing is to be answered. */
  answerHours: number;
  /** A stay of no more working hours, in which nothing was done, only passed the dossier on. */
  shortHours: number;
}

const COMPILED = new WeakMap<Vocabulary, WorkflowMapping>();

/** The mapping of a vocabulary, compiled once. */
export function workflowOf(vocabulary: Vocabulary): WorkflowMapping {
  let mapping = COMPILED.get(vocabulary);
  if (mapping === undefined) {
    mapping = compile(vocabulary);
    COMPILED.set(vocabulary, mapping);
  }
  return mapping;
}

const textOf = (fact: FactRecord, name: string): string | undefined => {
  const value = fact.data[name];
  return typeof value === 'string' ? value : undefined;
};
const textsOf = (fact: FactRecord, name: string): string[] => {
  const value = fact.data[name];
  return Array.isArray(value) ? value.map(String) : [];
};
const stepOf = (value: unknown): StepNumber | undefined =>
  value === 1 || value === 2 || value === 3 ? value : undefined;
const plain = (text: string): string => text.normalize('NFC').toLowerCase();

function compile(vocabulary: Vocabulary): WorkflowMapping {
  const effects = new Map<string, StatusEffect>();
  for (const fact of vocabulary.facts('workflow-status')) {
    const does = textOf(fact, 'does') as StatusEffect['does'] | undefined;
    const step = stepOf(fact.data.step);
    if (does !== undefined) effects.set(textOf(fact, 'status') ?? '', step === undefined ? { does } : { does, step });
  }
  const statuses = new Map<string, StepNumber>();
  const threes = new Set<string>();
  for (const { list, code, step } of vocabulary.content.statuses) {
    const number = stepOf(step);
    if (number === undefined) continue;
    statuses.set(`${list}/${code}`, number);
    threes.add(list);
  }
  const steps = new Map<string, KnownStep>();
  const byCode = new Map<string, KnownStep>();
  const byWords: [string, KnownStep][] = [];
  for (const fact of vocabulary.facts('workflow-step')) {
    const step = stepOf(fact.data.step);
    if (step === undefined) continue;
    const passesOn = fact.data.passesOn === true;
    const known = { id: fact.id, name: textOf(fact, 'name') ?? fact.id, step, passesOn, certainty: fact.certainty };
    steps.set(fact.id, known);
    for (const code of textsOf(fact, 'codes')) byCode.set(plain(code), known);
    for (const words of textsOf(fact, 'words')) byWords.push([plain(words), known]);
  }
  // the longer phrase says more: "chuyển kết quả" before "chuyển"
  byWords.sort(([a], [b]) => b.length - a.length || (a < b ? -1 : 1));
  const pauses = new Map<string, boolean>();
  for (const fact of vocabulary.facts('workflow-pause')) {
    const stops = fact.data.clockStops === true;
    pauses.set(textOf(fact, 'reason') ?? '', stops);
    for (const status of textsOf(fact, 'subStatuses')) pauses.set(status, stops);
  }
  const cutoffs = new Map<string, Cutoff>();
  for (const fact of vocabulary.facts('workflow-cutoff')) {
    const text = textOf(fact, 'cutoffTime') ?? '';
    const [hours = 0, minutes = 0] = text.split(':').map(Number);
    const cutoff = { text, ms: (hours * 60 + minutes) * 60_000 };
    for (const procedure of textsOf(fact, 'procedures')) cutoffs.set(procedure, cutoff);
  }
  const rule = (id: string, otherwise: number): number => {
    const value = vocabulary.fact('workflow-rule', id)?.data.value;
    return typeof value === 'number' ? value : otherwise;
  };
  return Object.freeze<WorkflowMapping>({
    nationalOf(status, before) {
      const slash = status.indexOf('/');
      const answer = vocabulary.toNational(status.slice(0, slash), status.slice(slash + 1), undefined, before);
      return answer.ok ? answer.status : undefined;
    },
    effectOf: national => effects.get(national),
    countsThree: list => threes.has(list),
    stepOfStatus: status => statuses.get(status),
    knownStep(code, content) {
      const found = code === undefined ? undefined : byCode.get(plain(code));
      if (found !== undefined || content === undefined) return found;
      const text = plain(content);
      return byWords.find(([words]) => text.includes(words))?.[1];
    },
    stepById: id => steps.get(id),
    clockStops: (reason, status) =>
      (reason === undefined ? undefined : pauses.get(reason)) ??
      (status === undefined ? undefined : pauses.get(status)),
    cutoffOf: procedure => (procedure === null ? undefined : cutoffs.get(procedure)),
    nearlyLate: rule('sap-tre', 0.8),
    answerHours: rule('gio-tra-loi-truc-tuyen', 8),
    shortHours: rule('gio-luot-qua', 2),
  });
}
