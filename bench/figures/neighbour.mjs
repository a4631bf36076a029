// What a campaign that is in trouble costs one that has nothing to do with it: e-mails due at once, alone and while another
// campaign's receiver hangs, another's template breaks its time, or the outbox is full of what asks for nothing.
import { setTimeout as wait } from 'node:timers/promises';
import { median, round } from '../stack/numbers.mjs';

const NEIGHBOUR = 'bench_neighbour';
const SLOW = `${'{% for i in (1..100) %}'.repeat(5)}x${'{% endfor %}'.repeat(5)}`;
const ONE_EVERY_MS = 400;

/** Each makes its load, and returns how to end it. */
const LOADS = {
  async hanging({ installation: { receiverUrl, receiver, ...installation }, sizes }) {
    const messages = [{ channel: 'webhook', url: `${receiverUrl}/hang/{{\${user_id}}}`, body: {} }];
    await crowd(installation, { name: 'hanging', count: sizes.hanging, messages });
    return async () => {
      await installation.stopCampaign('bench-hanging');
      await receiver.call('answerHanging');
    };
  },
  async slowTemplate({ installation, sizes }) {
    const messages = [{ channel: 'email', subject: 'Slow', text: SLOW }];
    await crowd(installation, { name: 'slow', count: sizes.slow, messages });
    return () => installation.stopCampaign('bench-slow');
  },
  async idleOutbox({ installation, sizes }) {
    await fillOutbox(installation, sizes.idle);
    return async () => undefined;
  },
};

export async function measureNeighbour({ installation, sizes, say }) {
  const messages = [{ channel: 'email', subject: 'Hello', text: 'Hello' }];
  await installation.launch({
    key: 'bench-neighbour',
    name: 'Neighbour',
    trigger: { customEvent: NEIGHBOUR },
    messages,
  });
  await run(installation, { name: 'warm', seconds: sizes.seconds / 4 });
  const alone = await run(installation, { name: 'alone', seconds: sizes.seconds / 2 });
  const details = { alone };
  for (const [name, load] of Object.entries(LOADS)) {
    const end = await load({ installation, sizes });
    details[name] = await run(installation, { name, seconds: sizes.seconds });
    say(`beside ${name}: ${round(median(details[name]))} ms, ${round(Math.max(...details[name]))} at most`);
    await end();
  }
  const beside = Object.keys(LOADS).map((name) => details[name]);
  return {
    figures: {
      neighbour_ratio: round(Math.max(...beside.map(median)) / median(alone), 2),
      neighbour_ms_max: round(Math.max(...beside.flat())),
      neighbour_alone_ms_p50: round(median(alone)),
      ...Object.fromEntries(
        Object.keys(LOADS).map((name) => [`neighbour_${name}_ms_p50`, round(median(details[name]))]),
      ),
    },
    details,
  };
}

/** One e-mail every 400 ms for so long, whatever the one before it does: how long each took, ms. */
async function run({ poster, receiver }, { name, seconds }) {
  const people = Array.from(
    { length: Math.ceil((seconds * 1_000) / ONE_EVERY_MS) },
    (_, i) => `${name}-${i}@people.example`,
  );
  await poster.call('people', { names: people });
  const startedAt = performance.now();
  const sent = [];
  for (const [index, person] of people.entries()) {
    await wait(Math.max(0, startedAt + index * ONE_EVERY_MS - performance.now()));
    sent.push(poster.call('one', { name: person, event: NEIGHBOUR }));
  }
  const times = [];
  for (const [index, each] of sent.entries()) {
    const { at } = await each;
    times.push((await receiver.call('waitForPerson', people[index])) - at);
  }
  return times;
}

async function crowd({ poster, launch }, { name, count, messages }) {
  const event = `bench_${name}`;
  await launch({ key: `bench-${name}`, name, trigger: { customEvent: event }, messages });
  const names = Array.from({ length: count }, (_, i) => `${name}-crowd-${i}`);
  await poster.call('people', { names });
  await poster.call('trigger', { names, event });
}

/** Wake-ups of pairings of another campaign that have ended, as one that is stopped may leave them. */
async function fillOutbox({ query }, count) {
  const [{ columns }] = await query(
    `select string_agg(quote_ident(attname), ', ') as columns from pg_attribute
     where attrelid = 'pairings'::regclass and attnum > 0 and not attisdropped
       and attname not in ('id', 'occurrence_key') and attgenerated = ''`,
  );
  await query(
    `with ended as (
       select p.id from pairings p join campaigns c on c.id = p.campaign_id
       where p.state = 'done' and c.key = 'bench-hanging' limit 1
     ),
     copies as (
       insert into pairings (occurrence_key, ${columns})
       select 'copy ' || n, ${columns} from pairings, generate_series(1, $1::int) as n where id = (select id from ended)
       returning id, campaign_id
     )
     insert into outbox (target, kind, target_id, campaign_id) select 'pairing', 'wake', id, campaign_id from copies`,
    [count],
  );
}
