/** What a command may touch of the world: streams, environment, and the ways to end. Passed in, so that tests can watch. */

import { CommanderError } from 'commander';

/** A command that could not do what it was asked: its text is for the person at the terminal, exit status 1. */
export class CommandFailed extends Error {
  /** The result on the output says it all: after `--json` nothing more is printed there. */
  readonly resultPrinted: boolean;
  constructor(text: string, more: { cause?: unknown; resultPrinted?: boolean } = {}) {
    super(text, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'CommandFailed';
    this.resultPrinted = more.resultPrinted === true;
  }
}

export interface Io {
  env: NodeJS.ProcessEnv;
  /** Relative paths start here. */
  cwd: string;
  out(text: string): void;
  err(text: string): void;
  /** True after `--json`: one JSON value on the output and nothing else. */
  json(): boolean;
}

/** Prints a command's result: `value` as JSON after `--json`, else the text for people. */
export function printResult(io: Io, value: unknown, text: () => string): void {
  io.out(io.json() ? `${JSON.stringify(value)}\n` : `${text()}\n`);
}

/** Says that the command was used wrongly; throw what it answers: exit status 2. */
export function wrongUse(io: Io, text: string, code = 'wrong-use'): CommanderError {
  if (io.json()) io.out(`${JSON.stringify({ error: code, detail: text })}\n`);
  io.err(`${text}\n`);
  return new CommanderError(2, 'lienthong.wrongUse', text);
}
