/** Where `lienthong` begins: hands the real streams and environment to the command line and ends with its status. */
import { runCommandLine } from './program.ts';

const status = await runCommandLine(process.argv.slice(2), {
  env: process.env,
  cwd: process.cwd(),
  out: text => void process.stdout.write(text),
  err: text => void process.stderr.write(text),
});
// At once: a connection that goes on trying must not keep a process whose work is done, and while Node takes an idle one down
// it no longer hears signals, so that a supervisor's second SIGTERM would end it with another status than its own.
process.exit(status);
