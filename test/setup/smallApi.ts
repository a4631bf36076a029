// An API in a process of its own with a heap of 256 MB: what would take more memory ends it, and the test with it.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createPool, type Pool } from '../../storage/pool.js';

export interface SmallApi {
  readonly pool: Pool;
  /** The status and the body as JSON, or its lines. Throws when the process has gone. */
  send(method: string, path: string, body?: object): Promise<{ readonly status: number; readonly body: unknown }>;
  /** The most memory that the process ever had, MB: its heap and what lies outside of it. */
  memoryMb(): Promise<number>;
  /** One round of a sweep; whether there may be more. */
  sweep(what: 'finish' | 'follow' | 'closeOld' | 'editedHolds'): Promise<boolean>;
  close(): Promise<void>;
}

const HEAP_MB = 256;

export async function startSmallApi(): Promise<SmallApi> {
  const child = fork(path.join(__dirname, 'smallProcess.ts'), {
    execArgv: [`--max-old-space-size=${HEAP_MB}`, '-r', path.join(__dirname, 'typescript.cjs')],
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  let complaints = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaints = `${complaints}${chunk.toString()}`.slice(-4_000);
  });
  const gone = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`the API has gone (${code ?? signal}): ${complaints}`);
  });
  gone.catch(() => undefined);
  const answer = async () => (await Promise.race([once(child, 'message'), gone]))[0];
  const { port, bearer, databaseUrl } = await answer();
  const pool = createPool({ connectionString: databaseUrl, max: 2 });
  // Seeding a person like these takes long.
  pool.on('connect', (client) => void client.query('set statement_timeout = 0'));
  const order = async (what: string) => {
    const done = answer();
    done.catch(() => undefined);
    // Where it has gone the wait for its answer says so.
    child.send(what, () => undefined);
    return (await done).done;
  };
  return {
    pool,
    send: async (method, route, body) => {
      const headers = { authorization: bearer, 'content-type': 'application/json' };
      const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
      const call = async () => {
        const response = await fetch(`http://127.0.0.1:${port}${route}`, init);
        const lines = (await response.text()).trim().split('\n');
        return { status: response.status, body: lines.length > 1 ? lines.map(read) : read(lines[0] ?? '') };
      };
      // Where the connection is lost the end of the process, which comes a moment later, says why.
      return await Promise.race([call().catch((error: unknown) => Promise.race([gone, later(error)])), gone]);
    },
    sweep: (what) => order(what),
    memoryMb: () => order('memory'),
    close: async () => {
      await pool.end();
      await order('close').catch(() => undefined);
    },
  };
}

function read(text: string): unknown {
  return text === '' ? null : JSON.parse(text);
}

async function later(error: unknown): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  throw error;
}
