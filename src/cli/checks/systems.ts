/** Does each connected system answer, and does it take our sign-in? */

import type { SystemConfig } from '../../config/system.ts';
import { connectSystems } from '../../connectors.ts';
import { memorySessionStore } from '../../wire/session.ts';
import type { Finding } from '../finding.ts';

/** One finding a system; all are asked at once. */
export async function checkSystems(systems: readonly SystemConfig[]): Promise<Finding[]> {
  const connected = await connectSystems(
    systems,
    () => memorySessionStore(),
    () => new Date(),
  );
  try {
    return await Promise.all(
      connected.map(async ({ system, connector }): Promise<Finding> => {
        const check = `system ${system.id}`;
        try {
          await connector.signIn();
          return { check, state: 'green', detail: `${system.baseUrl} answers and takes the sign-in` };
        } catch (fault) {
          const detail = `${system.baseUrl}: ${fault instanceof Error ? fault.message : String(fault)}`;
          return { check, state: 'red', detail, remedy: 'check baseUrl, the network and the secrets of this system' };
        }
      }),
    );
  } finally {
    for (const { close } of connected) close();
  }
}
