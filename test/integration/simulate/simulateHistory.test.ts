// The simulation of a past period of a live campaign equals what really happened in it: random histories through the
// real stream, decision and storage code, then simulated from the launch on and from some instant in the middle.
import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import request from 'supertest';
import { histories, SPAN } from '../../model/histories.js';
import { MINUTE } from '../../model/oracle.js';
import { type SimulationAnswer, simulation } from '../../setup/simulating.js';
import { HORIZON, realFates } from '../model/realRun.js';
import { type Model, startModel } from '../model/startModel.js';

const PEOPLE = 40;
const CAMPAIGNS = Number(process.env.RAPPEL_SIMULATED_CAMPAIGNS ?? 12);
const SEED = Number(process.env.RAPPEL_MODEL_SEED ?? randomInt(2 ** 31));
/** Without edits and stops: a simulation has one definition, which is active throughout. Nothing is late in it. */
const unedited = histories(PEOPLE).map((history) => ({ ...history, operations: [], lag: 0 }));
const someMinute = fc.integer({ min: 1, max: SPAN / MINUTE }).map((minutes) => minutes * MINUTE);

let deps: Model;

beforeAll(async () => {
  deps = await startModel();
});
afterAll(() => deps.stop());

/** What came of every trigger recorded from then on, as `person: fate`, sends with their instant. */
async function happened(from: number): Promise<{ readonly key: string; readonly fates: readonly string[] }> {
  const { rows } = await deps.pool.query<{ key: string; fate: string }>(
    `with campaign as (select id, key from campaigns order by id desc limit 1)
     select c.key, f.fate from campaign c left join (
       select p.campaign_id, u.external_id || ': ' || case when p.outcome = 'sent'
         then 'sent ' || (select (extract(epoch from g.receipt_at) * 1000)::bigint from messages g where g.pairing_id = p.id)
         else coalesce(p.outcome, p.state) || ' ' || coalesce(p.reason, '') end as fate
       from pairings p join users u on u.id = p.user_id where p.created_at >= $1::timestamptz
       union all
       select r.campaign_id, u.external_id || ': rejected ' || r.reason
       from rejections r join users u on u.id = r.user_id where r.recorded_at >= $1::timestamptz
     ) f on f.campaign_id = c.id`,
    [new Date(from).toISOString()],
  );
  return { key: rows[0]?.key ?? '', fates: rows.flatMap(({ fate }) => fate ?? []).sort() };
}

const ENDINGS = ['rejected', 'cancelled', 'dropped', 'sent', 'parked', 'waiting'];

function simulated({ sample }: SimulationAnswer): readonly string[] {
  return sample
    .flatMap(({ user, timeline }) =>
      timeline
        .filter(({ what }) => ENDINGS.includes(what))
        .map(({ what, reason, at }) => `${user}: ${what} ${what === 'sent' ? Date.parse(at) : reason}`),
    )
    .sort();
}

/** The counts an answer must give, made from the fates. */
function counted(fates: readonly string[]) {
  const count = (what: string) => {
    const counts: Record<string, number> = {};
    for (const fate of fates) {
      const [, kind, reason = ''] = fate.split(/: | /);
      if (kind === what) counts[reason] = (counts[reason] ?? 0) + 1;
    }
    return counts;
  };
  const sent = fates.filter((fate) => fate.includes(': sent '));
  const rejections = count('rejected');
  const rejected = fates.filter((fate) => fate.includes(': rejected ')).length;
  return {
    entries: fates.length - rejected,
    rejections,
    cancellations: count('cancelled'),
    drops: count('dropped'),
    total: sent.length,
    waiting: 0,
    parked: 0,
  };
}

test(`what is simulated of ${CAMPAIGNS * PEOPLE} histories is what happened (seed ${SEED})`, async () => {
  const seen = new Set<string>();
  const asker = {
    send: (method: 'post', path: string, body: object) =>
      request(deps.app)[method](path).set('authorization', `Bearer ${deps.key}`).send(body),
  };
  const agrees = async (history: Parameters<typeof realFates>[1], offset: number) => {
    await realFates(deps, history);
    const to = history.startsAt + HORIZON + MINUTE;
    deps.time.now = to;
    for (const from of [history.launchedAt, history.startsAt + offset]) {
      const { key, fates } = await happened(from);
      const period = { from: new Date(from).toISOString(), to: new Date(to).toISOString(), sample: 50 };
      const answer = await simulation(asker, `/v1/campaigns/${key}/simulate`, period);
      const { entries, rejections, cancellations, drops, sends, waiting, parked } = answer;
      const told = { fates: simulated(answer), period, rules: history.rules };
      expect(told).toEqual({ fates, period, rules: history.rules });
      const counts = { entries, rejections, cancellations, drops, total: sends.total, waiting, parked };
      expect(counts).toEqual(counted(fates));
      for (const fate of fates) seen.add(fate.replace(/^.*?: /, '').replace(/^sent .*/, 'sent'));
    }
  };
  await fc.assert(fc.asyncProperty(unedited, someMinute, agrees), {
    numRuns: CAMPAIGNS,
    seed: SEED,
    endOnFailure: true,
  });
  // Agreement about nothing proves nothing.
  expect([...seen]).toEqual(expect.arrayContaining(['sent', 'cancelled exception', 'rejected outside_audience']));
  expect([...seen].join()).toContain('dropped ');
}, 600_000);
