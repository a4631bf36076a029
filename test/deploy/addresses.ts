/**
 * The network of compose on one machine: a service's name is 127.0.0.1 and each of its ports a free one, wherever a command
 * or a variable says them. Files that are mounted are where they come from.
 */
import { createServer } from 'node:net';
import path from 'node:path';
import type { Service } from './composeFile.js';

/** Of each service that is spoken to, the ports its image listens on. */
const LISTENS: Readonly<Record<string, readonly number[]>> = {
  postgres: [5432],
  temporal: [7233],
  api: [3000],
  worker: [3000],
  inbox: [1025],
};

export interface Addresses {
  portOf(service: string, port: number): number;
  /** A variable of the service, as it must read here. */
  variable(service: string, name: string, value: string): string;
  /** A word of its command or health check. */
  word(service: string, word: string): string;
}

/** `given` are ports that something listens on already. */
export async function assignAddresses(
  project: string,
  services: Readonly<Record<string, Service>>,
  given: Readonly<Record<string, number>> = {},
): Promise<Addresses> {
  const ports = new Map<string, number>();
  for (const [service, listens] of Object.entries(LISTENS)) {
    for (const port of listens) ports.set(`${service}:${port}`, given[`${service}:${port}`] ?? (await freePort()));
  }
  const own = (service: string, text: string) => ports.get(`${service}:${text}`)?.toString();
  /** The port of whoever alone has it. */
  const theirs = (text: string) => [...ports].find(([address]) => address.endsWith(`:${text}`))?.[1].toString();

  const addresses = (text: string) =>
    text.replace(/\b([a-z][a-z-]*:\d+)\b/g, (whole, address: string) => {
      const port = ports.get(address);
      return port === undefined ? whole : `127.0.0.1:${port}`;
    });
  const files = (service: string, text: string) => {
    let here = text;
    for (const volume of services[service]?.volumes ?? []) {
      const [from = '', to = ''] = volume.split(':');
      if (from.startsWith('.')) here = here.replaceAll(new RegExp(`${to}(?=/|$)`, 'g'), path.join(project, from));
    }
    return here;
  };
  return {
    portOf: (service, port) => ports.get(`${service}:${port}`) ?? port,
    variable: (service, name, value) => {
      if (value === '0.0.0.0') return '127.0.0.1';
      if (/(HOST|SEEDS)$/.test(name) && services[value] !== undefined) return '127.0.0.1';
      if (/PORT$/.test(name)) return own(service, value) ?? theirs(value) ?? value;
      return files(service, addresses(value));
    },
    word: (service, word) => own(service, word) ?? files(service, addresses(word)),
  };
}

export async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
