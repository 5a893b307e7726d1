/**
 * Who is sending: a connected system by its signature (Standard Webhooks), or a person's or program's API token.
 * Which system is meant stands in the address or, for canonical events, in `source`; a wrong signature and an unknown
 * system are answered alike.
 */
import type { KeyObject } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { SystemConfig } from '../config/system.ts';
import { GatewayError } from '../domain/errors.ts';
import { decodeWebhookSecret, verifySignature } from '../http/signature.ts';

export interface SystemAuth {
  /** Checks that the raw body is signed by `system`; answers the webhook id. Throws 401. */
  verify(request: FastifyRequest, system: string | undefined, body: Buffer, now: Date): string;
  known(system: string): SystemConfig | undefined;
}

/** Prepares the keys of all systems once. */
export function createSystemAuth(systems: readonly SystemConfig[]): SystemAuth {
  const keys = new Map<string, readonly KeyObject[]>(
    systems.map(system => [system.id, system.webhookSecrets.map(secret => decodeWebhookSecret(secret))]),
  );
  const byId = new Map(systems.map(system => [system.id, system]));
  const header = (request: FastifyRequest, name: string): string | undefined => {
    const value = request.headers[name];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    known: system => byId.get(system),
    verify: (request, system, body, now) =>
      verifySignature({
        headers: {
          id: header(request, 'webhook-id'),
          timestamp: header(request, 'webhook-timestamp'),
          signature: header(request, 'webhook-signature'),
        },
        body,
        keys: (system === undefined ? undefined : keys.get(system)) ?? [],
        now,
      }).id,
  };
}

/** True where the request carries Standard Webhooks headers. */
export function isSigned(request: FastifyRequest): boolean {
  return request.headers['webhook-signature'] !== undefined || request.headers['webhook-id'] !== undefined;
}

/** An event may be reported only by the system that signed it. */
export function foreignSource(pointer: string, source: string): GatewayError {
  return new GatewayError(
    'foreign-source',
    403,
    {
      vi: 'Sự kiện mang tên một hệ thống khác với hệ thống đã ký.',
      en: 'The event names another system than the one that signed it.',
    },
    {
      faults: [
        {
          pointer: `${pointer}/source`,
          code: 'foreign-source',
          detail: { vi: `“${source}” không phải bên ký`, en: `"${source}" is not the signer` },
        },
      ],
    },
  );
}
