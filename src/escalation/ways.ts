/**
 * The ways out: a group chat's webhook, e-mail, and the sandbox's file. What a way throws says whether trying again can help, and
 * carries nothing of address, sign-in or content, so that it may be stored and logged as it is.
 */
import { appendFile } from 'node:fs/promises';
import type { EscalationConfig, MailServer, Recipient } from '../config/escalation.ts';
import { TransportFault } from '../domain/errors.ts';
import { decodeWebhookSecret, signMessage } from '../http/signature.ts';
import type { MessageBody, TakenMessage } from '../ledger/escalation-outbox.ts';
import { createHttpClient } from '../wire/client.ts';

/** A message did not get through. */
export class NotSent extends Error {
  readonly again: boolean;
  constructor(text: string, again: boolean) {
    super(text);
    this.name = 'NotSent';
    this.again = again;
  }
}

const CALL_MS = 10_000;
const MOST_ANSWER = 64 * 1024;
/** The receiver will not take this message, however often it comes; a wrong sign-in or address may be mended meanwhile. */
const REFUSED: ReadonlySet<number> = new Set([400, 410, 413, 415, 422]);

/** Sends one message on its recipient's way; rejects with NotSent. `now` is the ledger's time. */
export async function sendOn(
  { way }: Recipient,
  message: TakenMessage,
  config: Pick<EscalationConfig, 'mailServer'>,
  now: number,
): Promise<void> {
  switch (way.kind) {
    case 'webhook':
      return postWebhook(way.url, way.secret, message, now);
    case 'mail':
      if (config.mailServer === undefined) throw new NotSent('no mail server is configured', false);
      return sendMail(config.mailServer, way.to, message, now);
    case 'file':
      return writeSample(way.path, message.body, now);
  }
}

async function postWebhook(address: string, secret: string, { id, body }: TakenMessage, now: number): Promise<void> {
  const url = new URL(address);
  const client = createHttpClient({ baseUrl: url.origin, timeoutMs: CALL_MS, maxBytes: MOST_ANSWER, concurrency: 1 });
  const sent = JSON.stringify(body);
  const signature = signMessage({ id, at: new Date(now), body: sent, key: decodeWebhookSecret(secret) });
  try {
    const { status } = await client({
      method: 'POST',
      path: `${url.pathname}${url.search}`,
      headers: { 'content-type': 'application/json; charset=utf-8', ...signature },
      body: sent,
    });
    if (status < 200 || status > 299) {
      throw new NotSent(`HTTP ${status}`, !REFUSED.has(status));
    }
  } catch (fault) {
    if (fault instanceof TransportFault) throw new NotSent(fault.kind, true);
    throw fault;
  } finally {
    client.close();
  }
}

async function sendMail(server: MailServer, to: readonly string[], message: TakenMessage, now: number): Promise<void> {
  const { host, port, security, from, username, password } = server;
  // only where somebody is told by e-mail
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    auth: username === undefined ? undefined : { user: username, pass: password ?? '' },
    connectionTimeout: CALL_MS,
    greetingTimeout: CALL_MS,
    socketTimeout: CALL_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
    tls: { minVersion: 'TLSv1.2' },
  });
  const { subject, text } = message.body;
  try {
    const letter = { from, to: [...to], subject, text, messageId: `<${message.id}@lienthong>`, date: new Date(now) };
    const { rejected } = await transport.sendMail(letter);
    if (rejected.length > 0) throw new NotSent(`SMTP refused ${rejected.length} of ${to.length} addresses`, false);
  } catch (fault) {
    if (fault instanceof NotSent) throw fault;
    const { code, responseCode } = fault as { code?: unknown; responseCode?: unknown };
    const said = typeof responseCode === 'number' ? responseCode : undefined;
    throw new NotSent(`SMTP ${said ?? (typeof code === 'string' ? code : 'failed')}`, said === undefined || said < 500);
  } finally {
    transport.close();
  }
}

async function writeSample(path: string, { subject, text }: MessageBody, now: number): Promise<void> {
  const line = '='.repeat(72);
  try {
    await appendFile(path, `${line}\n${new Date(now).toISOString()} ${subject}\n${line}\n${text}\n\n`);
  } catch (fault) {
    throw new NotSent(`file: ${(fault as NodeJS.ErrnoException).code ?? 'failed'}`, true);
  }
}
