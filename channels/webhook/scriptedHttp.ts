// A real HTTP server in process that does as told: the receiver of the webhook channel's tests. For tests only.

import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { ProviderBehaviour, ReceivedRequest, ScriptedProvider } from '../conformance.js';

export interface ScriptedHttp extends ScriptedProvider {
  /** `127.0.0.1:port`. */
  readonly host: string;
  /** Every request as it came, the latest last. */
  readonly requests: readonly { readonly url: string; readonly headers: IncomingHttpHeaders; readonly body: string }[];
  /** Answers with this from now on, whatever `behave` says. */
  answer(respond: (response: ServerResponse) => void): void;
  connectionsOpened(): number;
}

const ATTEMPT_HEADERS = new Set(['webhook-timestamp', 'webhook-signature']);

export async function startScriptedHttp(): Promise<ScriptedHttp> {
  const received: ReceivedRequest[] = [];
  const requests: { url: string; headers: IncomingHttpHeaders; body: string }[] = [];
  let behaviour: ProviderBehaviour = 'accept';
  let respond: ((response: ServerResponse) => void) | null = null;
  let connections = 0;

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const { url = '', headers, method = '' } = request;
      requests.push({ url, headers, body });
      const stable = Object.entries(headers).filter(([name]) => !ATTEMPT_HEADERS.has(name));
      const bytes = JSON.stringify([method, url, stable, body]);
      received.push({ key: String(headers['webhook-id']), bytes, accepted: behaviour === 'accept' });
      if (respond !== null) return respond(response);
      if (behaviour === 'accept') return response.writeHead(204).end();
      if (behaviour === 'refuse') return response.writeHead(503).end(`not now: ${body}`);
      if (behaviour === 'reject') return response.writeHead(422).end(`never: ${body}`);
      if (behaviour === 'takeThenDropReply') return response.destroy();
      return undefined;
    });
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  return {
    host: `127.0.0.1:${port}`,
    received,
    requests,
    behave: (next) => {
      behaviour = next;
    },
    answer: (next) => {
      respond = next;
    },
    connectionsOpened: () => connections,
    stop: async () => {
      if (!server.listening) return;
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeAllConnections();
      await closed;
    },
  };
}
