// SG-03, SG-15: days by the workspace's clock, and by the person's own where a campaign sends in local time.

import { dateOfLocal } from '../../../domain/timing/calendarDate.js';
import { toLocalMs } from '../../../domain/timing/localTime.js';
import { DEFAULT_WORKSPACE } from '../../../domain/workspace.js';
import { type Recording, someone, startRecording } from '../../setup/recording.js';

/** Twenty-five hours apart: it is never the same day in both. */
const WORKSPACE_ZONE = 'Pacific/Kiritimati';
const PERSON_ZONE = 'Pacific/Pago_Pago';

let r: Recording;
beforeAll(async () => {
  r = await startRecording({ workspace: { ...DEFAULT_WORKSPACE, timeZone: WORKSPACE_ZONE } });
  // Never 29 February.
  while (bornToday(WORKSPACE_ZONE).endsWith('02-29') || bornToday(PERSON_ZONE).endsWith('02-29'))
    r.api.clock.now += 86_400_000;
});
afterAll(() => r.api.close());

function bornToday(zone: string): string {
  const { month, day } = dateOfLocal(toLocalMs(r.api.clock.now, zone));
  return `1988-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

async function bornOn(dob: string): Promise<string> {
  const user = someone();
  await r.track({ attributes: [{ external_id: user, dob, time_zone: PERSON_ZONE }] });
  return user;
}

test('SG-03: a check is by the workspace’s clock, of a person and of everybody', async () => {
  const [here, there] = [await bornOn(bornToday(WORKSPACE_ZONE)), await bornOn(bornToday(PERSON_ZONE))];
  const audience = { birthday: 'today' };
  const passes = async (user: string) =>
    (await r.send('post', '/v1/audiences/check', { audience, external_id: user })).body.pass;
  expect([await passes(here), await passes(there)]).toEqual([true, false]);
  const { body } = await r.send('post', '/v1/audiences/preview', { audience });
  const users = body.people.map(({ user }: { readonly user: string }) => user);
  expect([users.includes(here), users.includes(there)]).toEqual([true, false]);
});

test('SG-03: a campaign that sends at a time of day on the person’s own clock takes their day', async () => {
  const audience = { birthday: 'today' };
  const trigger = { customEvent: 'birthday?' };
  const atOnce = await r.launch({ audience, trigger });
  const local = await r.launch({ audience, trigger, delay: { inDays: 1, at: '09:00' } });
  const byWorkspace = await r.launch({ audience, trigger, delay: { inDays: 1, at: '09:00', zone: 'workspace' } });
  const entered = async (user: string) => {
    await r.event(user, 'birthday?');
    const all = await Promise.all([atOnce, local, byWorkspace].map((campaign) => r.pairings(campaign, user)));
    return all.map((pairings) => pairings.length);
  };
  expect(await entered(await bornOn(bornToday(WORKSPACE_ZONE)))).toEqual([1, 0, 1]);
  expect(await entered(await bornOn(bornToday(PERSON_ZONE)))).toEqual([0, 1, 0]);
});

test('UT-09: a day of birth that is no date is told, and the one before stays', async () => {
  const user = await bornOn('1990-12-24');
  const { warnings } = await r.track({ attributes: [{ external_id: user, dob: '24.12.1990' }] });
  expect(warnings).toEqual([
    {
      input_array: 'attributes',
      index: 0,
      field: 'dob',
      message: 'is not a date such as 1990-12-24: the day of birth stays as it was',
    },
  ]);
  expect((await r.send('get', `/v1/users/${user}`)).body.attributes.dob).toBe('1990-12-24');
});
