/**
 * mappings/ → vocabulary, or every fault at once with file and line. Nothing is half loaded.
 */
import { ConfigurationFault } from '../domain/errors.ts';
import { type Assembled, assemble } from './assemble.ts';
import { cacheKey, readCached, writeCached } from './cache.ts';
import { checkContent } from './check-content.ts';
import type { MappingWarning } from './findings.ts';
import {
  atMost,
  listMappingFiles,
  type MappingFault,
  type MappingFile,
  oddEntries,
  parseMappingFile,
  readMappingText,
} from './read-yaml.ts';
import { vocabularyOf } from './release.ts';
import { type MappingSchemas, pathOf, readMappingSchemas, schemaFaultText } from './schemas.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface Inspection {
  faults: MappingFault[];
  warnings: MappingWarning[];
  files: number;
  /** What was read; undefined when a file could not be parsed or broke its schema. */
  assembled?: Assembled;
}

/**
 * Reads and checks everything in `dir` without throwing for what it finds; throws only what the file system throws.
 * `replaced` (file → text) stands in for files as they would be after an edit.
 */
export async function inspectMappings(dir: string, replaced?: ReadonlyMap<string, string>): Promise<Inspection> {
  const texts = (await readTexts(dir)).map(([name, text]): Texts[number] => [name, replaced?.get(name) ?? text]);
  return inspect(dir, texts, readMappingSchemas());
}

type Texts = [name: string, text: string | MappingFault][];

async function readTexts(dir: string): Promise<Texts> {
  const names = await listMappingFiles(dir);
  const odd = (await oddEntries(dir)).map((fault): Texts[number] => [fault.file, fault]);
  const read = async (name: string): Promise<Texts[number]> => [name, await readMappingText(dir, name)];
  return [...odd, ...(await Promise.all(names.map(read)))];
}

function inspect(dir: string, texts: Texts, schemas: MappingSchemas): Inspection {
  const faults: MappingFault[] = [];
  const files: MappingFile[] = [];
  for (const [name, text] of texts) {
    const parsed = typeof text === 'string' ? parseMappingFile(name, text) : [text];
    if (Array.isArray(parsed)) {
      faults.push(...parsed);
      continue;
    }
    const broken = schemaFaults(parsed, schemas);
    if (broken.length === 0) files.push(parsed);
    faults.push(...broken);
  }
  if (texts.length === 0) faults.push({ file: '.', line: 1, text: `không có tệp danh mục nào trong ${dir}` });
  if (faults.length > 0) return { faults, warnings: [], files: texts.length };
  const assembled = assemble(files);
  const checked = checkContent(assembled);
  return {
    faults: [...assembled.faults, ...checked.faults],
    warnings: [...assembled.warnings.map(warning => ({ ...warning, group: 'other' as const })), ...checked.warnings],
    files: texts.length,
    assembled,
  };
}

export interface LoadOptions {
  /** Where checked releases are kept between starts; nothing is kept without it. */
  cacheDir?: string;
}

/** Loads the vocabulary of `dir`. Throws ConfigurationFault naming every fault as `file:line`. */
export async function loadVocabulary(dir: string, options: LoadOptions = {}): Promise<{ vocabulary: Vocabulary }> {
  const texts = await readTexts(dir);
  const schemas = readMappingSchemas();
  const whole = texts.filter((pair): pair is [string, string] => typeof pair[1] === 'string');
  const key = whole.length === texts.length ? cacheKey(whole, schemas.fingerprint) : undefined;
  const { cacheDir } = options;
  const keeps = cacheDir !== undefined && key !== undefined;
  const kept = keeps ? await readCached(cacheDir, key) : undefined;
  if (kept !== undefined) return { vocabulary: kept };
  const { faults, assembled } = inspect(dir, texts, schemas);
  if (faults.length > 0 || assembled === undefined) {
    throw new ConfigurationFault(faults.map(({ file, line, text }) => ({ place: `${file}:${line}`, text })));
  }
  const vocabulary = vocabularyOf(assembled.content);
  if (keeps) await writeCached(cacheDir, key, vocabulary);
  return { vocabulary };
}

/** Faults of one file that are looked at; one slip can make a hundred thousand. */
const MOST_ERRORS = 2_000;

function schemaFaults(file: MappingFile, schemas: MappingSchemas): MappingFault[] {
  const { data } = file;
  const kind = data !== null && typeof data === 'object' && !Array.isArray(data) ? data.kind : undefined;
  const validate = typeof kind === 'string' ? schemas.validator(kind) : undefined;
  if (validate === undefined) {
    const text = `kind phải là một trong: ${schemas.kinds.join(', ')}`;
    return [{ file: file.file, line: file.lineOf(['kind']), text }];
  }
  if (validate(data)) return [];
  const faults = (validate.errors ?? []).slice(0, MOST_ERRORS).map(error => ({
    file: file.file,
    line: file.lineOf(pathOf(error)),
    text: schemaFaultText(error),
  }));
  // `oneOf` repeats what its branches have said; one text a place is enough.
  return atMost([...new Map(faults.map(fault => [`${fault.line} ${fault.text}`, fault])).values()]);
}
