// Events a second that are durable, recorded and decided through /users/track, against rows that are only inserted.
import { median, round } from '../stack/numbers.mjs';
import { startCpu } from '../stack/processes.mjs';

/** What the API has under way at a time (stream/recorder.ts): the floor has as many connections. */
const TRANSACTIONS = 2;
/** Of every so many events one is of the name that campaigns listen to. */
const ONE_IN = 100;
const EVENT = 'bench_ingest';

export async function measureIngest({ installation, sizes, say }) {
  const { poster, pids } = installation;
  await poster.call('people', { names: Array.from({ length: sizes.people }, (_, i) => `p${i}`) });
  const raw = installation.startChild('load/rawInserts.mjs', { database: installation.databaseUrl });
  await addCampaigns(installation, 0, 10);
  const { connections, people } = sizes;
  const post = (requests) =>
    poster.call('stream', { requests, people, event: 'nobody_listens', matching: ONE_IN, connections });
  const insert = (statements) => raw.call('insert', { statements, people, connections: TRANSACTIONS });
  await post(sizes.warmUp);
  await insert(sizes.warmUp);
  const rounds = [];
  for (let number = 1; number <= sizes.rounds; number++) {
    const floor = perSecond(await insert(sizes.statements));
    const cpuSince = startCpu({ postgres: pids.postgres, api: pids.api, load: poster.pid });
    const posted = await post(sizes.requests);
    const ours = perSecond(posted);
    rounds.push({ floor, ours, cpuUs: cpuPerEvent(cpuSince(), posted.events) });
    say(`ingest ${number}/${sizes.rounds}: ${round(ours)} events/s of ours, ${round(floor)} rows/s raw`);
  }
  await addCampaigns(installation, 10, 100);
  const matched = [];
  for (let number = 1; number <= sizes.rounds; number++) {
    const options = { requests: sizes.requests, people, event: EVENT, matching: ONE_IN, connections };
    matched.push(perSecond(await poster.call('stream', options)));
  }
  return {
    figures: {
      ingest_ratio: round(median(rounds.map(({ ours, floor }) => ours / floor)), 3),
      match_rate: round(median(matched)),
      ingest_per_second: round(median(rounds.map(({ ours }) => ours))),
      raw_per_second: round(median(rounds.map(({ floor }) => floor))),
    },
    details: { rounds, matched },
  };
}

function cpuPerEvent(used, events) {
  return Object.fromEntries(Object.entries(used).map(([name, ms]) => [name, round((ms * 1_000) / events, 1)]));
}

const perSecond = ({ events, ms }) => (events * 1_000) / ms;

/** The first listens to the event of `match_rate`, a day ahead and to people who never come; the others to other events. */
async function addCampaigns(installation, from, to) {
  for (let number = from; number < to; number++) {
    await installation.launch({
      key: `bench-ingest-${number}`,
      name: `Bench ingest ${number}`,
      trigger: { customEvent: number === 10 ? EVENT : `bench_ingest_${number}` },
      delay: { after: '1 day' },
      exceptions: [{ purchase: 'any' }],
      audience: { attribute: 'email', isBlank: false },
      messages: [{ channel: 'webhook', url: `${installation.receiverUrl}/never`, body: {}, honoursWebhookId: true }],
    });
  }
}
