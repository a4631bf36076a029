import { createServer, type RequestListener, type Server } from 'node:http';
import { ConfigError } from '../config/config.js';

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 60_000;
/** How often Node looks for what is past those: at its own 30 s, slow headers would be given up after up to 40 s. */
const LOOK_EVERY_MS = 2_000;

export interface RunningServer {
  stop(): Promise<void>;
}

interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** How long requests under way may still take at a stop. */
  readonly graceMs: number;
}

/** Resolves once it listens; rejects with a `ConfigError` where the port is taken. Idle connections do not hold its stop up. */
export async function serveHttp(
  listener: RequestListener,
  { host, port, graceMs }: ListenOptions,
): Promise<RunningServer> {
  const limits = { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS };
  const server = createServer({ ...limits, connectionsCheckingInterval: LOOK_EVERY_MS }, listener);
  await listen(server, { host, port });
  return { stop: () => close(server, graceMs) };
}

async function close(server: Server, graceMs: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close((error) => {
      clearTimeout(timer);
      if (error === undefined) resolve();
      else reject(error);
    });
    server.closeIdleConnections();
  });
}

async function listen(server: Server, { host, port }: { readonly host: string; readonly port: number }): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE';
      reject(isTaken ? new ConfigError([`Port ${port} of ${host} is in use: set PORT to another`]) : error);
    });
    server.listen(port, host, () => resolve());
  });
}
