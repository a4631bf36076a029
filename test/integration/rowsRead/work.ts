// What a worker does with a seeded database: attempts, drains and sweeps.
import type { Client } from '@temporalio/client';
import type { SendResult } from '../../../channels/channel.js';
import { ambiguous, misconfigured, refused, rejected } from '../../../channels/sendResult.js';
import { storableText } from '../../../domain/schema/storableText.js';
import { DEFAULT_WORKSPACE } from '../../../domain/workspace.js';
import { Admission } from '../../../outbox/admission.js';
import { drainInTurnOnce, drainOnce } from '../../../outbox/drain.js';
import {
  sweepCounts,
  sweepEditedHolds,
  sweepOldGenerations,
  sweepOverdue,
  sweepStorage,
} from '../../../outbox/sweeps.js';
import type { Pool } from '../../../storage/pool.js';
import { campaignPeople } from '../../../storage/queries/counts/campaignCounts.js';
import { addEngagement } from '../../../storage/queries/messages/addEngagement.js';
import { deleteOutboxRows, outboxDepth, postponeOutboxRow } from '../../../storage/queries/outbox/outboxRows.js';
import { dropIdleRows } from '../../../storage/queries/outbox/pairingRows.js';
import { countOwnFailure, parkFailing } from '../../../storage/queries/pairings/ownFailures.js';
import { selectTakenUp } from '../../../storage/queries/pairings/selectTakenUp.js';
import { parkPairing } from '../../../storage/queries/pairings/updatePairing.js';
import { createCampaignIndexCache } from '../../../stream/campaignIndex.js';
import { finishPeople } from '../../../stream/people/finishPeople.js';
import { followAddresses } from '../../../stream/people/followAddresses.js';
import { HOUR, type Recording } from '../../setup/recording.js';
import { ACCEPTED, type Sending } from '../../setup/sending.js';
import type { Path } from './requests.js';
import type { Seeded } from './seed.js';

/** Temporal is another process: what it is told is not the database's business. */
const TAKES_ALL = { workflow: { start: nothing, signalWithStart: nothing } } as unknown as Client;

function nothing(): Promise<void> {
  return Promise.resolve();
}

/** `own`: what the test itself asks of the database, which is not measured. */
export function work(r: Recording, sending: Sending, { campaigns }: Seeded, own: Pool): readonly Path[] {
  const { pool } = r.api.database;
  const clock = () => Promise.resolve(r.api.clock.now);
  const deps = { pool, clock, stream: { workspace: DEFAULT_WORKSPACE, campaigns: createCampaignIndexCache() } };
  const takenUp = (ids: readonly number[]) => selectTakenUp(pool, ids);
  const drain = {
    ...deps,
    client: TAKES_ALL,
    taskQueue: 'rappel',
    admission: new Admission({ takenUp, most: 1_000 }),
    workspace: DEFAULT_WORKSPACE,
    publicUrl: 'http://localhost',
    isKeyed: () => true,
    onGone: nothing,
    done: [],
  };
  const [key = ''] = campaigns;
  /** Somebody of the first campaign, which nothing has ended. */
  const pairing = async (state = 'waiting') => {
    const { rows } = await own.query(
      `select p.id from pairings p join campaigns c on c.id = p.campaign_id
       where c.key = $1 and p.state = $2 order by p.id desc limit 1`,
      [key, state],
    );
    return rows[0].id as number;
  };
  const attempt = async (answer: SendResult = ACCEPTED, id?: number) => {
    const due = id ?? (await pairing());
    await own.query('update pairings set due_at = $2, wake_at = $2 where id = $1', [due, r.iso()]);
    sending.provider.answer = answer;
    await sending.attempt(key, '', due);
  };
  return [
    ['attempt before it is due', async () => sending.attempt(key, '', await pairing())],
    ['attempt', () => attempt()],
    ['attempt that is put off', () => attempt(refused('451', 'later'))],
    ['attempt that is given up', () => attempt(rejected('550', 'nobody'))],
    ['attempt in doubt', () => attempt(ambiguous('timeout', 'no answer'))],
    [
      'attempt to find out',
      async () => {
        const id = await pairing('sending');
        r.api.clock.now += HOUR;
        await attempt(ACCEPTED, id);
      },
    ],
    ['attempt with wrong settings', () => attempt(misconfigured('535', 'wrong password'))],
    [
      'attempt of a channel that is mended',
      () => {
        r.api.clock.now += HOUR;
        return attempt();
      },
    ],
    ['own failure', async () => countOwnFailure(pool, await pairing(), { code: '22012', plannedBefore: null })],
    ['own failures', async () => parkFailing(pool, await pairing(), storableText('division by zero'))],
    ['park', async () => parkPairing(pool, await pairing(), storableText('a filter is unknown'))],
    ['retry', async () => r.send('post', `/v1/parked/${await pairing('parked')}/retry`)],
    ['discard', async () => r.send('post', `/v1/parked/${await pairing('parked')}/discard`)],
    ['outbox', () => drainOnce(drain)],
    [
      'campaigns in turn',
      () => drainInTurnOnce({ ...drain, due: { busy: [] }, from: 0, lookAgainIn: () => undefined }),
    ],
    [
      'outbox rows that are done',
      () =>
        deleteOutboxRows(
          pool,
          Array.from({ length: 50 }, (_, n) => ({ id: n + 1, attempts: 1 })),
        ),
    ],
    ['idle rows', () => dropIdleRows(pool, 2_000)],
    ['outbox row that fails', () => postponeOutboxRow(pool, { id: 1, delayMs: 0, error: storableText('x') })],
    ['engagement', () => addEngagement(pool, 1, r.api.clock.now)],
    ['metrics', () => Promise.all([campaignPeople(pool), outboxDepth(pool)])],
    ['taken up', async () => takenUp([await pairing()])],
    ['overdue', () => sweepOverdue(deps)],
    ['old generations', () => sweepOldGenerations(deps)],
    ['edited holds', () => sweepEditedHolds(deps)],
    ['unfinished', () => finishPeople(deps)],
    ['addresses', () => followAddresses(deps)],
    ['counts', () => sweepCounts(deps)],
    ['storage', () => sweepStorage(deps)],
  ];
}
