/** What the scenarios do and ask, over HTTP: campaigns, people and what became of them. */
import { setTimeout as wait } from 'node:timers/promises';
import request from 'supertest';
import type { World } from './world.js';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

type Body = Record<string, unknown>;

let serial = 0;

/** A fresh external id, so that scenarios in one world never meet. */
export function someone(name = 'user'): string {
  serial += 1;
  return `${name}-${serial}`;
}

/** Creates and launches a campaign that sends an e-mail unless the definition says otherwise; returns its key. */
export async function launch(world: World, definition: Body): Promise<string> {
  serial += 1;
  const key = typeof definition.key === 'string' ? definition.key : `scenario-${serial}`;
  const message = { channel: 'email', subject: `Message of ${key}`, text: 'Hello' };
  await post(world, '/v1/campaigns', { key, name: `Scenario ${serial}`, messages: [message], ...definition }, 201);
  await post(world, `/v1/campaigns/${key}/launch`, {}, 200);
  return key;
}

export async function post(world: World, path: string, body: Body, status: number): Promise<Body> {
  const answer = await request(world.app).post(path).set('authorization', `Bearer ${world.key}`).send(body);
  if (answer.status !== status) throw new Error(`POST ${path} answered ${answer.status}: ${answer.text}`);
  return answer.body as Body;
}

export async function put(world: World, path: string, body: Body): Promise<Body> {
  const answer = await request(world.app).put(path).set('authorization', `Bearer ${world.key}`).send(body);
  if (answer.status !== 200) throw new Error(`PUT ${path} answered ${answer.status}: ${answer.text}`);
  return answer.body as Body;
}

export async function get(world: World, path: string): Promise<Body> {
  const answer = await request(world.app).get(path).set('authorization', `Bearer ${world.key}`);
  if (answer.status !== 200) throw new Error(`GET ${path} answered ${answer.status}: ${answer.text}`);
  return answer.body as Body;
}

/** One person with an address, known before any event of the scenario. */
export async function newcomer(world: World, attributes: Body = {}): Promise<string> {
  const id = someone();
  await track(world, { attributes: [{ external_id: id, email: `${id}@example.com`, ...attributes }] });
  return id;
}

export async function track(world: World, body: Body): Promise<Body> {
  const answer = await post(world, '/users/track', body, 201);
  if (answer.errors !== undefined) throw new Error(`track refused ${JSON.stringify(answer.errors)}`);
  return answer;
}

export async function event(world: World, user: string, name: string, more: Body = {}): Promise<void> {
  await track(world, { events: [{ external_id: user, name, time: iso(await world.now()), ...more }] });
}

export async function session(world: World, user: string): Promise<void> {
  await track(world, { events: [{ kind: 'session', external_id: user, time: iso(await world.now()) }] });
}

export async function purchase(world: World, user: string, more: Body = {}): Promise<void> {
  const time = iso(await world.now());
  const basics = { external_id: user, product_id: 'sku', currency: 'EUR', price: 10, time };
  await track(world, { purchases: [{ ...basics, ...more }] });
}

export interface Ending {
  readonly outcome: string;
  readonly reason: string;
  /** Epoch ms of the receipt; null when nothing was sent. */
  readonly receivedAt: number | null;
  readonly dueAt: number;
}

/** Every pairing of the person with the campaign, oldest trigger first. */
export async function endings(world: World, campaign: string, user: string): Promise<readonly Ending[]> {
  const { rows } = await world.database.pool.query<Ending>(
    `select p.outcome, p.reason, max(m.receipt_at) as "receivedAt", p.due_at as "dueAt"
     from pairings p
     join campaigns c on c.id = p.campaign_id
     join users u on u.id = p.user_id
     left join messages m on m.pairing_id = p.id
     where c.key = $1::text and u.external_id = $2::text
     group by p.id order by p.trigger_time, p.trigger_seq`,
    [campaign, user],
  );
  return rows;
}

/** Why triggers of the person did not enter the campaign, in order. */
export async function refusals(world: World, campaign: string, user: string): Promise<readonly string[]> {
  const { rows } = await world.database.pool.query<{ reason: string }>(
    `select r.reason from rejections r
     join campaigns c on c.id = r.campaign_id
     join users u on u.id = r.user_id
     where c.key = $1::text and u.external_id = $2::text order by r.id`,
    [campaign, user],
  );
  return rows.map(({ reason }) => reason);
}

/** What the ledger says of each channel of the person's only pairing with the campaign. */
export async function ledger(world: World, campaign: string, user: string): Promise<Readonly<Record<string, Body>>> {
  const { rows } = await world.database.pool.query<{ channel: string }>(
    `select m.channel, m.state, m.code, m.detail, m.attempt, m.refusals, m.resends
     from messages m
     join campaigns c on c.id = m.campaign_id
     join users u on u.id = m.user_id
     where c.key = $1::text and u.external_id = $2::text`,
    [campaign, user],
  );
  return Object.fromEntries(rows.map(({ channel, ...rest }) => [channel, rest]));
}

/** Receipts and "received" events of the person for the campaign: both must be one per pairing that sent. */
export async function receipts(
  world: World,
  campaign: string,
  user: string,
): Promise<{ readonly receipts: number; readonly received: number }> {
  const { rows } = await world.database.pool.query<{ receipts: number; received: number }>(
    `select coalesce(sum(r.count), 0)::int as receipts,
       (select count(*) from events e where e.user_id = u.id and e.kind = 'received'
         and e.name in (c.key, c.id::text) and (e.properties->>'first')::boolean) as received
     from users u cross join campaigns c
     left join receipts r on r.user_id = u.id and r.campaign_id = c.id
     where c.key = $1::text and u.external_id = $2::text group by u.id, c.id`,
    [campaign, user],
  );
  return rows[0] ?? { receipts: 0, received: 0 };
}

/** Polls until `look` answers true: for what happens in real time, as a request reaching a provider. */
export async function until(look: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await look())) {
    if (Date.now() > deadline) throw new Error(`never happened: ${what}`);
    await wait(10);
  }
}

/** How many e-mails of the campaign really arrived at the person's address. */
export function mailsTo(world: World, campaign: string, user: string): number {
  return world.smtp.received.filter(
    ({ accepted, bytes }) =>
      accepted && bytes.includes(`${user}@example.com`) && bytes.includes(`Subject: Message of ${campaign}\r\n`),
  ).length;
}

export function iso(instant: number): string {
  return new Date(instant).toISOString();
}

/** The next instant, at least a minute from now, at which UTC clocks show `time` (`09:00` or `09:00:01`). */
export async function nextAt(world: World, time: string): Promise<number> {
  const from = (await world.now()) + MINUTE;
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  const ofDay = hours * HOUR + minutes * MINUTE + seconds * SECOND;
  const midnight = Math.floor(from / DAY) * DAY;
  return midnight + ofDay >= from ? midnight + ofDay : midnight + DAY + ofDay;
}

/** Moves to the next time UTC clocks show `time` and returns that instant. */
export async function goTo(world: World, time: string): Promise<number> {
  const instant = await nextAt(world, time);
  await world.advanceTo(instant);
  return instant;
}
