/** The TCP sockets on which a set of processes listens, as Linux tells them. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface Listening {
  readonly address: string;
  readonly port: number;
}

const LISTEN = '0A';

export function listeningOf(pids: readonly number[]): readonly Listening[] {
  const inodes = new Set(pids.flatMap(socketsOf));
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .flatMap((line) => {
        const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
        if (state !== LISTEN || !inodes.has(inode)) return [];
        const [address = '', port = ''] = local.split(':');
        return [{ address: readable(address), port: Number.parseInt(port, 16) }];
      }),
  );
}

function socketsOf(pid: number): readonly string[] {
  return names(`/proc/${pid}/fd`).flatMap((fd) => {
    const inode = /^socket:\[(\d+)\]$/.exec(target(`/proc/${pid}/fd/${fd}`))?.[1];
    return inode === undefined ? [] : [inode];
  });
}

/** Four bytes, least significant first; of sixteen, the last four where they hold an IPv4 address. */
function readable(hex: string): string {
  if (hex.length === 8) return dotted(hex);
  if (hex.startsWith('0000000000000000FFFF0000')) return dotted(hex.slice(24));
  return hex === '00000000000000000000000001000000' ? '::1' : hex === '0'.repeat(32) ? '::' : hex;
}

function dotted(hex: string): string {
  return (hex.match(/../g) ?? [])
    .reverse()
    .map((byte) => Number.parseInt(byte, 16))
    .join('.');
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function target(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return '';
  }
}
