/** A way to a database that a test can spoil: cut, shut, frozen, lost without a word (test/crash/harness/line.ts). */
import { Line } from '../crash/harness/line.ts';

/** Opens a line to the database of `url`; closed after the test. The answered `url` leads through it. */
export async function lineTo(
  test: { teardown(work: () => void): unknown },
  url: string,
): Promise<{ url: string; line: Line }> {
  const line = await Line.open(Number(new URL(url).port));
  test.teardown(() => line.close());
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String(line.port);
  return { url: through.href, line };
}
