// What the tests of recording do and ask: campaigns and people through the API, what was decided from the tables.
import request from 'supertest';
import { createApp } from '../../api/app.js';
import type { ApiDeps } from '../../api/deps.js';
import { DEFAULT_WORKSPACE } from '../../domain/workspace.js';
import { createCampaignIndexCache } from '../../stream/campaignIndex.js';
import type { StreamDeps } from '../../stream/streamDeps.js';
import { startTestApi, type TestApi } from './api.js';

type Body = Readonly<Record<string, unknown>>;

export interface PairingRow {
  readonly id: number;
  readonly occurrence_key: string;
  readonly state: string;
  readonly outcome: string | null;
  readonly reason: string | null;
  readonly evidence: Body;
  readonly trigger_time: number;
  readonly trigger_seq: number;
  readonly due_at: number;
  readonly chain_depth: number;
  readonly trigger_name: string;
  readonly trigger_properties: Body;
}

export interface Recording {
  readonly api: TestApi;
  /** The value of the header `authorization`. */
  readonly bearer: string;
  send(method: 'get' | 'post' | 'put' | 'delete', path: string, body?: Body): request.Test;
  /** Creates and launches a campaign that sends an e-mail unless the definition says otherwise; returns its key. */
  launch(definition: Body): Promise<string>;
  /** One request; items without a time happen now. Fails unless it is answered by 201. */
  track(body: { attributes?: Body[]; events?: Body[]; purchases?: Body[] }): Promise<Body>;
  /** One custom event now, or so many ms from now. */
  event(user: string, name: string, more?: Body, offsetMs?: number): Promise<void>;
  purchase(user: string, more?: Body, offsetMs?: number): Promise<void>;
  /** ISO text of the clock's now plus so many ms. */
  iso(offsetMs?: number): string;
  /** Trigger first recorded first. */
  pairings(campaign: string, user: string): Promise<readonly PairingRow[]>;
  rejections(campaign: string, user: string): Promise<readonly { reason: string; evidence: Body; event_seq: number }[]>;
  events(user: string): Promise<readonly { kind: string; name: string; time: number; properties: Body; seq: number }[]>;
  count(sql: string, values?: readonly unknown[]): Promise<number>;
}

export const SECOND = 1_000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

let serial = 0;

/** A fresh external id, so that tests sharing a database never meet. */
export function someone(): string {
  serial += 1;
  return `person-${serial}`;
}

/** With several `processes`, requests go to each in turn: between them nothing is shared but the database. */
export async function startRecording(
  stream: Partial<StreamDeps> = {},
  processes = 1,
  deps: Partial<ApiDeps> = {},
): Promise<Recording> {
  const defaults = { workspace: DEFAULT_WORKSPACE, campaigns: createCampaignIndexCache() };
  const api = await startTestApi({ ...deps, stream: { ...defaults, ...stream } });
  const key = await api.bearer();
  const apps = Array.from({ length: processes }, (_, n) => (n === 0 ? api.app : createApp(api.deps)));
  let calls = 0;
  const { pool } = api.database;
  const iso = (offsetMs = 0) => new Date(api.clock.now + offsetMs).toISOString();
  const send: Recording['send'] = (method, path, body) => {
    calls += 1;
    const call = request(apps[calls % processes] ?? api.app)
      [method](path)
      .set('authorization', key);
    return body === undefined ? call : call.send(body);
  };
  const must = async (path: string, body: Body, status: number): Promise<Body> => {
    const answer = await send('post', path, body);
    if (answer.status !== status)
      throw new Error(`POST ${path} answered ${answer.status}: ${answer.text} ${api.logLines.at(-1) ?? ''}`);
    return answer.body as Body;
  };
  const timed = (items: Body[] | undefined) => items?.map((item) => ({ time: iso(), ...item }));
  const track: Recording['track'] = ({ attributes, events, purchases }) =>
    must('/users/track', { attributes, events: timed(events), purchases: timed(purchases) }, 201);
  const rows = async <T extends object>(sql: string, values: readonly unknown[]): Promise<readonly T[]> =>
    (await pool.query<T>(sql, [...values])).rows;
  const OF =
    'join campaigns c on c.id = x.campaign_id join users u on u.id = x.user_id where c.key = $1 and u.external_id = $2';
  return {
    api,
    bearer: key,
    send,
    iso,
    track,
    launch: async (definition) => {
      serial += 1;
      const name = `campaign-${serial}`;
      const messages = [{ channel: 'email', subject: 'Hello', text: 'Hello' }];
      await must('/v1/campaigns', { key: name, name: `Campaign ${serial}`, messages, ...definition }, 201);
      await must(`/v1/campaigns/${name}/launch`, {}, 200);
      return name;
    },
    event: async (user, name, more = {}, offsetMs = 0) => {
      await track({ events: [{ external_id: user, name, time: iso(offsetMs), ...more }] });
    },
    purchase: async (user, more = {}, offsetMs = 0) => {
      const item = { external_id: user, product_id: 'sku', currency: 'EUR', price: 5, time: iso(offsetMs), ...more };
      await track({ purchases: [item] });
    },
    pairings: (campaign, user) => rows(`select x.* from pairings x ${OF} order by x.trigger_seq`, [campaign, user]),
    rejections: (campaign, user) => rows(`select x.* from rejections x ${OF} order by x.event_seq`, [campaign, user]),
    events: (user) =>
      rows('select e.* from events e join users u on u.id = e.user_id where u.external_id = $1 order by e.seq', [user]),
    count: async (sql, values = []) =>
      (await rows<{ n: number }>(`select count(*) as n from ${sql}`, values))[0]?.n ?? 0,
  };
}
