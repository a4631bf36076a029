// The API with something in every list, listening: thousands of requests are asked of it, too many to open a port for each.
import { once } from 'node:events';
import request from 'supertest';
import type { Route } from '../../../api/route.js';
import { startRecording } from '../../setup/recording.js';
import { fillEveryList } from './everyList.js';

export interface ListeningApi {
  /** With a key of all scopes. */
  ask(method: Route['method'], path: string): request.Test;
  close(): Promise<void>;
}

export async function startListening(): Promise<ListeningApi> {
  const r = await startRecording();
  await fillEveryList(r);
  const server = r.api.app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('it listens on no port');
  return {
    ask: (method, path) => request(`http://127.0.0.1:${address.port}`)[method](path).set('authorization', r.bearer),
    close: async () => {
      server.close();
      await r.api.close();
    },
  };
}
