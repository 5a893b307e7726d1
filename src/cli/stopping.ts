/**
 * SIGTERM and Ctrl-C, once: the first asks for an orderly stop, a second Ctrl-C ends the process at once.
 * A launcher that is gone (its IPC channel closes) asks too: what it started must not run on unseen.
 */

/**
 * Resolves with the name of the first signal; from then on a further SIGINT calls `force`.
 * A second SIGTERM is not taken as impatience: supervisors repeat it.
 */
export async function untilAskedToStop(force: () => void): Promise<NodeJS.Signals> {
  return new Promise(resolve => {
    let asked = false;
    const hear = (signal: NodeJS.Signals): void => {
      if (asked && signal === 'SIGINT') force();
      asked = true;
      resolve(signal);
    };
    process.once('disconnect', () => hear('SIGHUP'));
    // Listening for it would keep the process after its work is done.
    process.channel?.unref();
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, hear);
  });
}
