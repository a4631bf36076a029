// A real SMTP server in process that does as told: the provider of the e-mail channel's tests. For tests only.

import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';
import type { ProviderBehaviour, ReceivedRequest, ScriptedProvider } from '../conformance.js';

export interface ScriptedSmtp extends ScriptedProvider {
  readonly smtpUrl: string;
  /** The last message as it came over the wire. */
  lastRaw(): string;
  /** Answers the named command with this reply from now on. */
  reply(command: 'MAIL' | 'RCPT' | 'DATA', code: number): void;
  /** Forgets what was received and answers as at first. */
  reset(): void;
  connectionsOpened(): number;
  /** Drops every open connection, as a server does after its idle timeout. */
  dropConnections(): void;
}

export async function startScriptedSmtp(options: SMTPServerOptions = {}): Promise<ScriptedSmtp> {
  const received: ReceivedRequest[] = [];
  const replies = new Map<string, number>();
  let behaviour: ProviderBehaviour = 'accept';
  let connections = 0;
  let last = '';

  const failing = (command: string, session: SMTPServerSession): Error | undefined => {
    const code = replies.get(command);
    return code === undefined ? undefined : replyError(code, session);
  };

  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    authOptional: true,
    onConnect: (_session, done) => {
      connections += 1;
      done();
    },
    onMailFrom: (_address, session, done) => done(failing('MAIL', session)),
    onRcptTo: (_address, session, done) => done(failing('RCPT', session)),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        last = Buffer.concat(chunks).toString('utf8');
        const error = failing('DATA', session);
        const accepted = behaviour === 'accept' && error === undefined;
        received.push({ key: header(last, 'Message-ID'), bytes: last.replace(/^Date: .*\r\n/m, ''), accepted });
        if (error !== undefined) return done(error);
        if (behaviour === 'accept') return done(null, 'queued');
        if (behaviour === 'refuse') return done(replyError(451, session));
        if (behaviour === 'reject') return done(replyError(554, session));
        if (behaviour === 'takeThenDropReply') dropConnection(server, session.id);
        return undefined;
      });
    },
    ...options,
    logger: false,
  });
  // A client that resets its connection is the point of some tests.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address: AddressInfo | string | null = server.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  return {
    received,
    smtpUrl: `smtp://127.0.0.1:${port}`,
    lastRaw: () => last,
    behave: (next) => {
      behaviour = next;
    },
    reply: (command, code) => void replies.set(command, code),
    reset: () => {
      received.length = 0;
      replies.clear();
      behaviour = 'accept';
    },
    connectionsOpened: () => connections,
    dropConnections: () => {
      for (const connection of server.connections) dropConnection(server, connection.id);
    },
    stop: async () => {
      if (!server.server.listening) return;
      const closed = new Promise<void>((resolve) => {
        server.close(resolve);
      });
      for (const connection of server.connections) dropConnection(server, connection.id);
      await closed;
    },
  };
}

function dropConnection(server: SMTPServer, id: string): void {
  for (const connection of server.connections) if (connection.id === id) connection._socket.destroy();
}

function replyError(responseCode: number, session: SMTPServerSession): Error {
  const recipient = session.envelope.rcptTo[0]?.address ?? 'nobody';
  return Object.assign(new Error(`no mail for ${recipient} here`), { responseCode });
}

function header(raw: string, name: string): string {
  return new RegExp(`^${name}: (.*)\r$`, 'im').exec(raw)?.[1] ?? '';
}
