/** A terminal at a running gateway: `lienthong …` as the administrator types it, against a real API. */
import { runCommandLine } from '../../src/cli/program.ts';
import { ADMIN, peopleRig } from './people-rig.ts';

/** The people's API on a port, and `run`, which answers a command's status and what it wrote. */
export async function terminal(test: Parameters<typeof peopleRig>[0], cwd = process.cwd()) {
  const rig = await peopleRig(test);
  const url = await rig.app.listen({ host: '127.0.0.1', port: 0 });
  const run = async (...args: string[]) => {
    const said = { out: '', err: '' };
    const status = await runCommandLine(args, {
      env: { LIENTHONG_URL: url, LIENTHONG_TOKEN: ADMIN.apiToken },
      cwd,
      out: text => {
        said.out += text;
      },
      err: text => {
        said.err += text;
      },
    });
    return { status, ...said };
  };
  return { ...rig, cwd, run };
}
