/**
 * The commune-level entry of a procedure that the province publishes: what the clerk at the desk needs, in plain words, beside the
 * official text and never in its place. Every value says by a trace which record it comes from; proposals are marked as such.
 */
import type { Certainty, Json, JsonObject } from '../domain/words.ts';
import { contradictions, differences } from './commune-differences.ts';
import { type CommuneEntry, EntryDraft, GAPS, isEmpty, OFFICIAL, sourced, traceOf } from './commune-draft.ts';
import { feeText, type Limit, limitText, officialLimits } from './commune-texts.ts';
import type { DeskSteps, ProcedureDetails, ProcedureRecord } from './content.ts';
import { OVERRIDE_PARTS, type Override } from './overrides.ts';
import { nationalProcedureCode, type ProcedureFacts } from './procedures.ts';
import type { Vocabulary } from './vocabulary.ts';

/** The code list of desks by field. */
const DESKS = 'commune/quay';
/** The three steps of the simplified process, in their order. */
const STEPS: readonly (readonly [keyof DeskSteps, string])[] = [
  ['receive', 'Tiếp nhận'],
  ['process', 'Giải quyết, thẩm định'],
  ['return', 'Phê duyệt, ký và trả kết quả'],
];
/**
 * The entry for `data` of a `procedure.published`, as of `at`; undefined for a procedure without a record. Units with words of
 * their own stand in `overrides`; where the event is for one unit (`unitCode`), that unit's words are already in place.
 */
export function communeEntry(data: JsonObject, at: string, vocabulary: Vocabulary): CommuneEntry | undefined {
  const published = data.procedure;
  const given =
    published !== null && typeof published === 'object' && !Array.isArray(published) ? published.code : undefined;
  if (typeof given !== 'string') return undefined;
  const facts = vocabulary.procedureFacts(given) ?? vocabulary.procedureFacts(nationalProcedureCode(given) ?? given);
  if (facts === undefined) return undefined;
  const { record } = facts;
  const draft = new EntryDraft(facts);
  const unit = typeof data.unitCode === 'string' ? data.unitCode : undefined;
  const own = (part: (typeof OVERRIDE_PARTS)[number]): Override | undefined =>
    unit === undefined ? undefined : vocabulary.overrides.of(unit, part, record.code, record.field, at);
  if (facts.code === given) draft.entry.nationalCode = given;
  else draft.put('nationalCode', facts.code);
  draft.put('code', record.communeCode, 'proposal');
  const official = textIn(published, 'name');
  if (official === undefined) draft.put('officialName', facts.name);
  else draft.entry.officialName = official;
  draft.worded('plainTitle', record.plainTitle, certaintyOf(record, 'plainTitle'), own('plainTitle'));
  draft.put('field', facts.field);
  draft.put('level', levelOf(facts));
  // Where the record names no desk, the one of its field does.
  const desk = record.details?.desk === undefined ? vocabulary.encode(DESKS, record.field) : undefined;
  if (desk !== undefined) draft.from('desk', desk, vocabulary.codeEntry(DESKS, desk));
  draft.worded('desk', record.details?.desk, certaintyOf(record, 'desk'), own('desk'));
  const titles = own('titles');
  if (titles !== undefined) draft.worded('titles', undefined, 'proposal', titles);
  draft.put('explanation', record.details?.explanation, certaintyOf(record, 'explanation'));
  addSteps(draft, record, own('deskSteps'));
  addParts(draft, data, record.details);
  addLimits(draft, data, record);
  const fees = isEmpty(data.fees) ? draft.entry.fees : data.fees;
  if (Array.isArray(fees))
    draft.entry.feeText = fees
      .filter(isObject)
      .map(feeText)
      .filter(line => line !== '');
  draft.put('gaps', openGaps(data, record.details), 'proposal');
  const aliases = vocabulary.content.procedureAliases
    .filter(alias => alias.to === facts.code)
    .map(({ from, validFrom }) => ({ code: from, validFrom }));
  if (aliases.length > 0) draft.put('aliases', aliases);
  draft.entry.validity = validityOf(data, record);
  const told = differences(data, record);
  if (told.length > 0) draft.entry.differences = told;
  const disputed = contradictions(record);
  if (disputed.length > 0) draft.entry.contradictions = disputed;
  if (unit === undefined) addOverrides(draft, vocabulary.overrides.about(record.code, record.field, at), vocabulary);
  return draft.finish(data);
}

/** How sure we are of one part of a record: what is of our own making is a proposal whatever the record's own certainty. */
export function certaintyOf(record: ProcedureRecord, part: string): Certainty {
  const { details } = record;
  const ours = part === 'plainTitle' || part === 'communeCode';
  if (details === undefined) return ours ? 'proposal' : record.certainty;
  if (details.proposals?.includes(part) === true) return 'proposal';
  return details.fieldCertainty?.[part] ?? details.certainty;
}

function addSteps(draft: EntryDraft, record: ProcedureRecord, own: Override | undefined): void {
  const common = record.details?.deskSteps;
  if (common === undefined) return;
  const asSteps = (texts: DeskSteps): Json => STEPS.map(([key, name], at) => ({ no: at + 1, name, text: texts[key] }));
  draft.put('steps', asSteps(common), certaintyOf(record, 'deskSteps'));
  const words = own?.record.deskSteps;
  if (own === undefined || words === undefined) return;
  const from = draft.entry.steps ?? null;
  const to = asSteps({ ...common, ...words });
  draft.entry.steps = to;
  draft.trace.push({ pointer: '/data/communeEntry/steps', from, to, ...traceOf(own) });
  draft.overridden('steps', own, from);
}

/** Papers, time limits, fees, results and legal basis: from the record only where the event's own text has none. */
function addParts(draft: EntryDraft, data: JsonObject, details: ProcedureDetails | undefined): void {
  if (details === undefined) return;
  for (const [part, official] of Object.entries(OFFICIAL)) {
    if (!isEmpty(data[official])) continue;
    const value = details[part as 'papers' | 'timeLimits' | 'fees' | 'results' | 'legalBasis'];
    draft.put(part, value, details.fieldCertainty?.[part] ?? details.certainty);
  }
}

/** The limits in words; the listed figure where no copy gives one, and the longer one of difficult areas. */
function addLimits(draft: EntryDraft, data: JsonObject, record: ProcedureRecord): void {
  const { timeLimit: listed, details } = record;
  if (listed !== undefined && isEmpty(data.timeLimit)) {
    const { value, unit, valueDifficultArea, certainty, source } = listed;
    if (details?.timeLimits === undefined) draft.put('timeLimits', [{ value, unit }], certainty, source);
    if (valueDifficultArea !== undefined) {
      const condition = 'xã miền núi, vùng khó khăn';
      draft.put('timeLimitDifficultArea', { value: valueDifficultArea, unit, condition }, certainty, source);
    }
  }
  const recorded: readonly Limit[] = details?.timeLimits ?? (listed === undefined ? [] : [listed]);
  const limits = isEmpty(data.timeLimit) ? recorded : officialLimits(data.timeLimit);
  const from = isEmpty(data.timeLimit) ? draft.entry.timeLimits : data.timeLimit;
  if (limits.length > 0) draft.reworded('timeLimitText', from, limits.map(limitText));
}

function openGaps(data: JsonObject, details: ProcedureDetails | undefined): Json | undefined {
  const open = Object.entries(GAPS).flatMap(([part, gap]) => {
    const text = details?.gaps?.[gap];
    return text === undefined || !isEmpty(data[OFFICIAL[part] ?? part]) ? [] : [[part, text] as const];
  });
  return open.length === 0 ? undefined : Object.fromEntries(open);
}

/** Who decides and who only receives. */
function levelOf({ level, record }: ProcedureFacts): JsonObject {
  const agency = record.details?.agency;
  const text =
    level === 'tỉnh'
      ? `Cấp xã chỉ nhận hồ sơ và trả kết quả; ${agency ?? 'cơ quan cấp tỉnh'} giải quyết.`
      : `Cấp xã nhận và giải quyết${agency === undefined ? '' : ` (${agency})`}.`;
  return { decides: level, commune: level === 'tỉnh' ? 'receives' : 'decides', text };
}

function validityOf(data: JsonObject, record: ProcedureRecord): JsonObject {
  const { asOf, decision } = record.details ?? {};
  const given = Object.fromEntries(
    ['validFrom', 'validTo', 'replacedBy'].flatMap(name => (isEmpty(data[name]) ? [] : [[name, data[name] as Json]])),
  );
  return {
    ...given,
    ...(asOf === undefined ? {} : { recordedAsOf: asOf }),
    ...(decision === undefined ? {} : { recordedDecision: { ...decision } }),
    ...(record.doubt === undefined ? {} : { doubt: record.doubt }),
  };
}

/** What single wards say otherwise, for a catalogue that is sent once for the whole province. */
function addOverrides(draft: EntryDraft, rules: readonly Override[], vocabulary: Vocabulary): void {
  if (rules.length === 0) return;
  draft.entry.overrides = rules.map(rule => {
    const { unit, validFrom, validTo } = rule.record;
    const words = Object.fromEntries(
      OVERRIDE_PARTS.flatMap(part => (rule.record[part] === undefined ? [] : [[part, rule.record[part] as Json]])),
    );
    const name = vocabulary.unitName(unit);
    const to = {
      unit,
      ...(name === undefined ? {} : { unitName: name }),
      validFrom,
      ...(validTo === undefined ? {} : { validTo }),
      ...words,
      entry: rule.entry.id,
      ...sourced(rule),
    };
    return to;
  });
  (draft.entry.overrides as Json[]).forEach((to, at) => {
    const rule = rules[at];
    if (rule !== undefined)
      draft.trace.push({ pointer: `/data/communeEntry/overrides/${at}`, from: null, to, ...traceOf(rule) });
  });
}

function textIn(object: Json | undefined, key: string): string | undefined {
  const value = isObject(object) ? object[key] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isObject(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
