/** Is the gateway's port free, or does a gateway answer there already? */
import { gatewayUrl, type Settings } from '../../config/environment.ts';
import type { Finding } from '../finding.ts';
import { whyBusy } from '../ports.ts';

/** A port taken by something that is no gateway is red: `start` would refuse. */
export async function checkGatewayPort(settings: Pick<Settings, 'host' | 'port' | 'roles'>): Promise<Finding[]> {
  if (!settings.roles.has('api')) return [];
  const check = 'port';
  const code = await whyBusy(settings.host, settings.port);
  if (code === undefined) return [{ check, state: 'green', detail: `${settings.host}:${settings.port} is free` }];
  if (code === 'EADDRINUSE' && (await answersAsGateway(gatewayUrl(settings)))) {
    return [{ check, state: 'green', detail: `a gateway is running on ${settings.host}:${settings.port}` }];
  }
  return [
    {
      check,
      state: 'red',
      detail: `${settings.host}:${settings.port} cannot be listened on (${code})`,
      remedy: 'stop what uses it, or set PORT',
    },
  ];
}

async function answersAsGateway(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/health/live`, { signal: AbortSignal.timeout(3_000), redirect: 'error' });
    return answer.ok;
  } catch {
    // Whatever it is that listens there, it does not answer as a gateway does.
    return false;
  }
}
