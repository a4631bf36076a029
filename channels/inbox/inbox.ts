// The local inbox: a real SMTP server that delivers nothing and keeps what it catches, with a page to read it. For
// trials and demonstrations on one machine.

import { createServer, type Server } from 'node:http';
import type { Server as NetServer } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { type Clock, systemClock } from '../../telemetry/clock.js';
import { inboxListener } from './inboxHttp.js';
import { openMailStore } from './mailStore.js';

export interface InboxOptions {
  /** 0 takes a free port. */
  readonly smtpPort: number;
  readonly httpPort: number;
  readonly host?: string;
  /** Where mails are kept over restarts; null keeps them in memory only. */
  readonly directory?: string | null;
  readonly clock?: Clock;
  readonly maxMails?: number;
}

export interface Inbox {
  /** Rejects when a port is taken. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Valid once started. */
  readonly smtpUrl: string;
  readonly url: string;
}

const MAX_MAILS = 500;
const MAX_MAIL_BYTES = 2_097_152;
const MAX_TOTAL_BYTES = 67_108_864;

export function createInbox(options: InboxOptions): Inbox {
  const { host = '127.0.0.1', directory = null, clock = systemClock, maxMails = MAX_MAILS } = options;
  let running: { readonly smtp: SMTPServer; readonly http: Server } | null = null;

  const started = () => {
    if (running === null) throw new Error('The inbox is not started.');
    return running;
  };

  return {
    async start() {
      const store = await openMailStore({ directory, maxMails, maxTotalBytes: MAX_TOTAL_BYTES });
      const smtp = createSmtpServer(async (raw, to) => {
        await store.add({ raw, to, receivedAt: await clock() });
      });
      const http = createServer(inboxListener(store, isLoopback(host)));
      await listen(smtp.server, () => smtp.listen(options.smtpPort, host));
      try {
        await listen(http, () => http.listen(options.httpPort, host));
      } catch (error) {
        await closeSmtp(smtp);
        throw error;
      }
      // A client that breaks off is its own affair.
      smtp.on('error', () => undefined);
      running = { smtp, http };
    },

    async stop() {
      if (running === null) return;
      const { smtp, http } = running;
      running = null;
      const httpClosed = new Promise<void>((resolve) => {
        http.close(() => resolve());
      });
      http.closeAllConnections();
      await Promise.all([httpClosed, closeSmtp(smtp)]);
    },

    get smtpUrl() {
      return `smtp://${urlHost(host)}:${portOf(started().smtp.server)}`;
    },
    get url() {
      return `http://${urlHost(host)}:${portOf(started().http)}`;
    },
  };
}

function createSmtpServer(keep: (raw: Buffer, to: readonly string[]) => Promise<void>): SMTPServer {
  return new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    banner: 'Rappel inbox, delivers nothing',
    size: MAX_MAIL_BYTES,
    maxClients: 100,
    socketTimeout: 300_000,
    closeTimeout: 1_000,
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => {
        // Beyond the limit the rest is read and thrown away, as SMTP asks.
        if (!stream.sizeExceeded) chunks.push(chunk);
      });
      stream.on('end', () => {
        if (stream.sizeExceeded) return done(reply(552, `mails here are at most ${MAX_MAIL_BYTES} bytes`));
        const to = session.envelope.rcptTo.map(({ address }) => address);
        keep(Buffer.concat(chunks), to).then(
          () => done(null, 'kept'),
          (error: Error) => done(reply(451, `could not be kept: ${error.message}`)),
        );
      });
    },
  });
}

function listen(server: NetServer, start: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', reject);
    start();
  });
}

function closeSmtp(smtp: SMTPServer): Promise<void> {
  return new Promise((resolve) => {
    smtp.close(resolve);
  });
}

function reply(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

function portOf(server: NetServer): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The inbox is not listening.');
  return address.port;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
