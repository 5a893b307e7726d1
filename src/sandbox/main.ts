/**
 * The three sandbox systems of one process: started together, stopped together. Used by `npm start` and `lienthong sandbox`.
 */
import { join } from 'node:path';
import { ConfigurationFault } from '../domain/errors.ts';
import type { Role } from '../domain/words.ts';
import type { SandboxSystem } from './box.ts';
import { communeSandbox } from './commune/system.ts';
import { documentsSandbox } from './documents/system.ts';
import { createFrame, type Frame, type FrameLogger } from './frame/frame.ts';
import { portalSandbox } from './portal/system.ts';

/** What signs and opens one system: the key of what it tells the gateway, and its own sign-in. */
export interface SandboxCredentials {
  /** `whsec_…` */
  webhookSecret: string;
  /** By the names the systems file uses: `username`, `password` (portal); `clientId`, `clientSecret` (commune); `systemId`, `secret` (documents). */
  secrets: Readonly<Record<string, string>>;
}
export interface SandboxOptions {
  /** Each system keeps its data in a folder of its own below it. */
  dataDir: string;
  /** 0 takes a free one. */
  ports: Readonly<Record<Role, number>>;
  gatewayUrl: string;
  credentials: Readonly<Record<Role, SandboxCredentials>>;
  logger?: FrameLogger;
}
export interface Sandbox {
  /** Base addresses, `http://127.0.0.1:8181`. */
  urls: Record<Role, string>;
  close(): Promise<void>;
}

const SYSTEMS: readonly SandboxSystem[] = [portalSandbox, communeSandbox, documentsSandbox];

/**
 * Starts all three. Throws ConfigurationFault naming port and variable where a port is taken; none runs then.
 */
export async function runSandbox(options: SandboxOptions): Promise<Sandbox> {
  const started: Frame[] = [];
  const urls: Record<Role, string> = { portal: '', commune: '', documents: '' };
  const close = async (): Promise<void> => {
    await Promise.all(started.map(frame => frame.close()));
  };
  try {
    for (const system of SYSTEMS) {
      const { webhookSecret, secrets } = options.credentials[system.role];
      const frame = createFrame(system, {
        dataDir: join(options.dataDir, system.role),
        port: options.ports[system.role],
        gatewayUrl: options.gatewayUrl,
        // The id of a sandbox system is its role (design 2).
        inboundPath: `/v1/inbound/${system.role}`,
        webhookSecret,
        secrets,
        firstDay: true,
        ...(options.logger === undefined ? {} : { logger: options.logger }),
      });
      urls[system.role] = await frame.listen().catch(error => {
        throw portFault(error, system.role, options.ports[system.role]);
      });
      started.push(frame);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { urls, close };
}

/** Starts all three and stops them cleanly on SIGTERM or SIGINT; resolves when they have stopped. */
export async function runSandboxUntilStopped(
  options: SandboxOptions,
  onReady: (sandbox: Sandbox) => void,
): Promise<void> {
  const sandbox = await runSandbox(options);
  onReady(sandbox);
  await new Promise<void>(resolve => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });
  await sandbox.close();
}

/** A taken or forbidden port as a person can mend it; any other error as it is. */
function portFault(error: unknown, role: Role, port: number): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code !== 'EADDRINUSE' && code !== 'EACCES') return error;
  const variable = `SANDBOX_${role.toUpperCase()}_PORT`;
  const why = code === 'EADDRINUSE' ? 'đang được chương trình khác sử dụng' : 'không được phép sử dụng';
  const reason = code === 'EADDRINUSE' ? 'is taken by another program' : 'may not be used';
  return new ConfigurationFault([
    {
      place: variable,
      text: `Cổng ${port} ${why}; dừng chương trình đó hoặc đặt ${variable} thành cổng khác. (Port ${port} ${reason}; stop that program or set ${variable}.)`,
    },
  ]);
}
