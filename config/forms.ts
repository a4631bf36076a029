// The forms that settings have beside numbers, words and URLs.
import { accessSync, constants, statSync } from 'node:fs';
import { isIP } from 'node:net';

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?)*$/i;

/** An IP address, or what can be the name of a host: without scheme, port and path. */
export function isHost(value: string): boolean {
  return isIP(value) !== 0 || HOST_NAME.test(value);
}

/** `host:port`; an IPv6 address in brackets. */
export function isHostAndPort(value: string): boolean {
  const [, host = '', port = ''] = /^(.+):(\d{1,5})$/.exec(value) ?? [];
  const isBracketed = host.startsWith('[') && host.endsWith(']');
  const isKnown = isBracketed ? isIP(host.slice(1, -1)) === 6 : isHost(host) && isIP(host) !== 6;
  return isKnown && Number(port) >= 1 && Number(port) <= 65_535;
}

/** An IP address or a CIDR range of them. A range of all there are (`/0`) is none: it would believe anybody. */
export function isAddressOrRange(value: string): boolean {
  const [, address = '', , length] = /^([\da-f.:]+)(\/(\d{1,3}))?$/i.exec(value) ?? [];
  const bits = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0;
  return bits > 0 && (length === undefined || (Number(length) >= 1 && Number(length) <= bits));
}

export function isReadableFile(value: string): boolean {
  try {
    accessSync(value, constants.R_OK);
    return statSync(value).isFile();
  } catch {
    return false;
  }
}
