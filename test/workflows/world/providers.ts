/** What the tests of providers share: how they answer, a webhook of one's own, the ids of what arrived, and time passing. */
import type { ServerResponse } from 'node:http';
import { someone } from './people.js';
import type { World } from './world.js';

export const sent = { outcome: 'sent', reason: 'sent' };

export const accept = (response: ServerResponse) => response.writeHead(204).end();

export const answerWith =
  (status: number, headers = {}) =>
  (response: ServerResponse) =>
    response.writeHead(status, headers).end('no');

/** Lets so much time pass, and everything that falls due in it happen. */
export async function passTime(world: World, ms: number): Promise<void> {
  await world.advanceTo((await world.now()) + ms);
  await world.settle();
}

/** A webhook to a path of its own, and what reached it. */
export function hook(world: World, more: Record<string, unknown> = {}) {
  const path = `/${someone('hook')}`;
  const message = { channel: 'webhook', url: `http://${world.http.host}${path}`, body: { hello: 'you' }, ...more };
  return { message, requests: () => world.http.requests.filter(({ url }) => url === path) };
}

/** The Message-IDs of the campaign's e-mails, in the order they came. */
export function messageIds(world: World, campaign: string): readonly string[] {
  return world.smtp.received.filter(({ bytes }) => bytes.includes(`Message of ${campaign}\r\n`)).map(({ key }) => key);
}
