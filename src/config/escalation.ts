/**
 * Who is told of what waits too long, and how: the part `escalation` of the systems file, with its secrets resolved. Where it is
 * missing nothing is sent to anyone; what went up still stands in the console and in `GET /v1/escalations`.
 */
import type { Level } from '../domain/levels.ts';
import { readSecret, type SecretSource } from './secrets.ts';

/** A group chat's incoming address, signed as Standard Webhooks. The address is a secret of its own: whoever has it can write. */
export interface WebhookWay {
  kind: 'webhook';
  url: string;
  secret: string;
}
export interface MailWay {
  kind: 'mail';
  to: readonly string[];
}
/** Sample messages of the sandbox: into a file, to nobody. */
interface FileWay {
  kind: 'file';
  path: string;
}
export interface Recipient {
  id: string;
  levels: readonly Level[];
  /** Only these units; all, and what belongs to none, without it. */
  units?: readonly string[] | undefined;
  way: WebhookWay | MailWay | FileWay;
}
export interface MailServer {
  host: string;
  port: number;
  /** `none` only to this machine. */
  security: 'tls' | 'starttls' | 'none';
  from: string;
  username?: string | undefined;
  password?: string | undefined;
}
export interface EscalationConfig {
  /** Where people reach the console, for links. */
  publicUrl?: string | undefined;
  mailServer?: MailServer | undefined;
  recipients: readonly Recipient[];
}

/** What the systems file says, after its schema. */
export interface EscalationEntry {
  publicUrl?: string;
  mailServer?: Omit<MailServer, 'username' | 'password'> & { username?: SecretSource; password?: SecretSource };
  recipients: {
    id: string;
    levels: Level[];
    units?: string[];
    webhook?: { url: SecretSource; secret: SecretSource };
    mail?: { to: string[] };
  }[];
}

export const NOBODY: EscalationConfig = Object.freeze({ recipients: [] });

/** Tells its faults by pointer to `blame`. */
export function readEscalation(
  entry: EscalationEntry,
  from: { env: NodeJS.ProcessEnv; dataDir: string },
  blame: (pointer: string, text: string) => void,
): EscalationConfig {
  const secret = (pointer: string, source: SecretSource): string => {
    const found = readSecret(source, from);
    if ('value' in found) return found.value;
    blame(pointer, found.fault);
    return '';
  };
  const { mailServer, publicUrl } = entry;
  if (mailServer?.security === 'none' && !isThisMachine(mailServer.host)) {
    blame(
      '/escalation/mailServer/security',
      'none chỉ dùng cho máy này; dùng tls hoặc starttls (none is for this machine only; use tls or starttls)',
    );
  }
  const seen = new Set<string>();
  const recipients = entry.recipients.map((recipient, index): Recipient => {
    const at = `/escalation/recipients/${index}`;
    const { id, levels, units, webhook, mail } = recipient;
    if (seen.has(id)) blame(`${at}/id`, `mã ${id} đã dùng (${id} is taken)`);
    seen.add(id);
    if ((webhook === undefined) === (mail === undefined)) {
      blame(at, 'cần đúng một trong webhook và mail (exactly one of webhook and mail is needed)');
    }
    if (mail !== undefined && mailServer === undefined) {
      blame(`${at}/mail`, 'cần khai báo mailServer (mailServer is needed)');
    }
    if (webhook === undefined) return { id, levels, units, way: { kind: 'mail', to: mail?.to ?? [] } };
    const url = secret(`${at}/webhook/url`, webhook.url);
    const key = secret(`${at}/webhook/secret`, webhook.secret);
    if (url !== '' && !isAllowed(url)) {
      blame(
        `${at}/webhook/url`,
        'phải là địa chỉ https (hoặc http của máy này), không có tài khoản (must be https, or http of this machine, without a user)',
      );
    }
    if (key !== '' && !/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/.test(key)) {
      blame(
        `${at}/webhook/secret`,
        'phải là whsec_ và base64 của ít nhất 24 byte (must be whsec_ and base64 of at least 24 bytes)',
      );
    }
    return { id, levels, units, way: { kind: 'webhook', url, secret: key } };
  });
  const { username, password, ...server } = mailServer ?? {};
  return {
    publicUrl: publicUrl?.replace(/\/+$/, ''),
    mailServer:
      mailServer === undefined
        ? undefined
        : {
            ...(server as Omit<MailServer, 'username' | 'password'>),
            username: username === undefined ? undefined : secret('/escalation/mailServer/username', username),
            password: password === undefined ? undefined : secret('/escalation/mailServer/password', password),
          },
    recipients,
  };
}

/** The sandbox writes what would have been sent into one file, for every level. */
export function sandboxEscalation(path: string, levels: readonly Level[], publicUrl: string): EscalationConfig {
  return { publicUrl, recipients: [{ id: 'sandbox', levels, way: { kind: 'file', path } }] };
}

function isAllowed(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  if (url.username !== '' || url.password !== '' || url.hash !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isThisMachine(url.hostname));
}

const isThisMachine = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
