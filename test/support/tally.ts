/**
 * Reads tap's output as it comes: counts the tests of each file (the points of its first level), shows one line a file and the
 * whole block of what failed. A file that crashed, timed out or held no test counts as one failure.
 */

export interface Tally {
  passed: number;
  failed: number;
  /** Names and reasons. */
  skipped: string[];
}

/** `show` gets what a person should see. Feed it TAP 14 with one subtest a file, line by line; `end` after the last. */
export function createTally(show: (text: string) => void): { line(text: string): void; end(): Tally } {
  const tally: Tally = { passed: 0, failed: 0, skipped: [] };
  let points = 0;
  let failures = 0;
  let planned = false;
  let block: { indent: number; lines: string[] } | undefined;

  const closeBlock = (): void => {
    if (block) show(block.lines.join('\n'));
    block = undefined;
  };
  const skip = (name: string): void => {
    tally.skipped.push(name.replace(/^ - /, '').trim());
  };
  const line = (text: string): void => {
    if (block) {
      const indent = text.search(/\S/);
      if (indent > block.indent || indent === -1) {
        if (indent !== -1) block.lines.push(text);
        if (text.trim() === '...') closeBlock();
        return;
      }
      closeBlock();
    }
    if (/^1\.\.\d+/.test(text)) planned = true;
    if (text.startsWith('Bail out!')) {
      tally.failed++;
      show(text);
    }
    const point = /^( *)(not )?ok\b(?: \d+)?(.*)$/.exec(text);
    if (!point) return;
    const [, spaces = '', not, rest = ''] = point;
    const directive = /# (SKIP|TODO)\b(.*)$/i.exec(rest);
    if (not && !directive && spaces.length > 0) block = { indent: spaces.length, lines: [text] };
    if (spaces.length === 4) {
      points++;
      if (directive) skip(rest);
      else if (not) failures++;
      else tally.passed++;
    } else if (spaces.length === 0) {
      const empty = points === 0 && (!directive || directive[2]?.includes('no tests found'));
      if (empty || (not && failures === 0)) failures++;
      else if (directive) skip(rest);
      show(`${failures > 0 ? 'FAIL' : 'ok  '}${rest.replace(/^ - /, ' ')}`);
      tally.failed += failures;
      points = 0;
      failures = 0;
    }
  };
  const end = (): Tally => {
    closeBlock();
    // Cut short in the middle of a file, or before the plan: something died.
    if (points > 0 || !planned) failures = Math.max(failures, 1);
    tally.failed += failures;
    failures = 0;
    return tally;
  };
  return { line, end };
}
