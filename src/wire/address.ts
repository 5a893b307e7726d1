/**
 * Which addresses the gateway may call: those of the systems file, and nothing they might be bent to.
 * Guards against server-side request forgery (OWASP ASVS 5.0.0 V13.2.4, V13.2.5): the host is checked when the client is made,
 * what its name resolves to again at every connection, so that a name that changes its mind (DNS rebinding) gains nothing.
 */
import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { BlockList, isIP, isIPv6, type LookupFunction } from 'node:net';
import { ConfigurationFault } from '../domain/errors.ts';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Never a system: this network, link-local (with the clouds' metadata service) and multicast. Private networks are ordinary here. */
const NEVER = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 3],
] as const)
  NEVER.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of [
  ['::', 128],
  ['fe80::', 10],
  ['ff00::', 8],
  // Other ways to write an IPv4 address (the mapped one, ::ffff:0:0/96, is matched by the lists of IPv4 themselves).
  ['64:ff9b::', 96],
  ['2002::', 16],
] as const)
  NEVER.addSubnet(net, bits, 'ipv6');

const has = (list: BlockList, address: string): boolean => list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');

/** Is this host this machine? A name counts only as `localhost`. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || (isIP(host) !== 0 && has(LOOPBACK, host));
}

/** A base address that was checked. */
export interface BaseAddress {
  secure: boolean;
  /** Without the brackets of IPv6. */
  host: string;
  port: number;
  /** Without a slash at the end. */
  path: string;
  loopback: boolean;
}

/**
 * Reads a base address. Plain http is for this machine, or where `allowPlainHttp` says so (closed networks of a province).
 * Throws ConfigurationFault with the place `baseUrl`; the text holds no credentials.
 */
export function readBaseAddress(baseUrl: string, allowPlainHttp: boolean): BaseAddress {
  const refuse = (text: string): ConfigurationFault => new ConfigurationFault([{ place: 'baseUrl', text }]);
  if (!URL.canParse(baseUrl)) throw refuse('Địa chỉ không hợp lệ. (The address cannot be read.)');
  const url = new URL(baseUrl);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const secure = url.protocol === 'https:';
  const loopback = isLoopback(host);
  if (!secure && url.protocol !== 'http:') throw refuse('Chỉ dùng https hoặc http. (Only https or http.)');
  if (url.username !== '' || url.password !== '')
    throw refuse(
      'Địa chỉ không được chứa tài khoản; khai báo trong mục bí mật. (No user in an address; name it as a secret.)',
    );
  if (url.search !== '' || url.hash !== '')
    throw refuse('Địa chỉ gốc không có phần sau "?" hoặc "#". (A base address has no "?" or "#".)');
  if (!secure && !loopback && !allowPlainHttp)
    throw refuse('Cần https; http chỉ dùng cho chính máy này. (https is needed; http is for this machine only.)');
  if (isIP(host) !== 0 && has(NEVER, host))
    throw refuse('Địa chỉ này không thể là của một hệ thống. (This address cannot be a system.)');
  return {
    secure,
    host,
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    path: url.pathname.replace(/\/+$/, ''),
    loopback,
  };
}

/** Code of the error with which a name that leads to a forbidden address fails to connect. */
export const FORBIDDEN_ADDRESS = 'EFORBIDDENADDRESS';

/** Name look-up of a connection: refuses the whole name when any of its addresses is forbidden. */
export function guardedLookup(loopback: boolean, resolve: typeof lookup = lookup): LookupFunction {
  const allowed = (address: string): boolean => has(LOOPBACK, address) === loopback && !has(NEVER, address);
  return (name, options, callback) => {
    const whole: LookupOptions & { all: true } = { ...options, all: true };
    resolve(name, whole, (error, found: LookupAddress[]) => {
      if (error !== null) return callback(error, '', 0);
      if (found.length === 0 || !found.every(({ address }) => allowed(address))) {
        return callback(Object.assign(new Error('address not allowed'), { code: FORBIDDEN_ADDRESS }), '', 0);
      }
      if (options.all === true) return callback(null, found);
      const first = found[0] as LookupAddress;
      return callback(null, first.address, first.family);
    });
  };
}
