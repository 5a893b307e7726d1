/** Where `lienthong` begins: hands the real streams and environment to the command line and ends with its status. */
import { runCommandLine } from './program.ts';

process.exitCode = await runCommandLine(process.argv.slice(2), {
  env: process.env,
  cwd: process.cwd(),
  out: text => void process.stdout.write(text),
  err: text => void process.stderr.write(text),
});
// A connection that goes on trying (to a Redis that is away) must not keep a process that has stopped.
setTimeout(() => process.exit(), 1_000).unref();
