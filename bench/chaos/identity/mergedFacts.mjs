// What the checker of merged people compares: the tables, the journal of the receivers, and who each pair has become. Read once,
// after it is quiet.
import { PAIRINGS, WRONG_COUNTS } from '../check/facts.mjs';
import { readJournal } from '../journal.mjs';
import { asking, CLAIMS } from './witness.mjs';

const EVENTS = `
  select properties->>'eid' as eid, (properties->>'message')::bigint as message, user_id, kind, name, seq from events
  where kind in ('custom', 'session', 'purchase', 'received')
`;
const MESSAGES = `
  select m.id, m.pairing_id, m.user_id, m.send_key, m.state, c.key as campaign
  from messages m join campaigns c on c.id = m.campaign_id
`;
const DECIDED = `
  select c.key as campaign, p.trigger_seq as seq from pairings p join campaigns c on c.id = p.campaign_id
  union all
  select c.key, r.event_seq from rejections r join campaigns c on c.id = r.campaign_id
`;
const RECEIPTS = `select c.key as campaign, r.user_id, r.count from receipts r join campaigns c on c.id = r.campaign_id`;
const ENGAGEMENTS = `
  select c.key as campaign, g.user_id, sum(g.count) as count from engagements g join campaigns c on c.id = g.campaign_id group by 1, 2
`;
const NAMES = `
  select 'id' as kind, external_id as name, id from users where external_id is not null
  union all select 'id', external_id, user_id from former_external_ids
  union all select 'alias', name, user_id from user_aliases where label = 'device'
  union all select 'email', lower(email), id from users where email is not null
`;

export async function readMergedFacts(stack, { openRuns }) {
  return await asking(stack, async (rows) => {
    const names = new Map((await rows(NAMES)).map(({ kind, name, id }) => [`${kind} ${name}`, id]));
    return {
      events: await rows(EVENTS),
      pairings: await rows(PAIRINGS),
      messages: await rows(MESSAGES),
      decided: await rows(DECIDED),
      receipts: await rows(RECEIPTS),
      engagements: await rows(ENGAGEMENTS),
      attributes: new Map(
        (await rows('select id, attributes from users')).map(({ id, attributes }) => [id, attributes]),
      ),
      claims: await rows(CLAIMS),
      wrongCounts: await rows(WRONG_COUNTS),
      outboxRows: (await rows('select count(*) as n from outbox'))[0].n,
      delivered: readJournal(stack.provider.file).filter(({ kind }) => kind === 'delivered'),
      openRuns,
      /** Who the one and the other of a pair are now; undefined: nobody has the name. */
      ones: ({ form, one }) => names.get(KEYS[form]?.(one) ?? `id ${one}`),
      others: ({ other }) => names.get(`id ${other}`),
    };
  });
}

const KEYS = {
  alias: (one) => `alias ${one}`,
  identified: (one) => `alias ${one}`,
  address: (one) => `email ${one}@people.example`,
};

/** Our numbers, by external id. */
export async function readNumbers(stack) {
  const people = await asking(stack, (rows) => rows('select external_id, id from users where external_id is not null'));
  return new Map(people.map(({ external_id, id }) => [external_id, id]));
}
