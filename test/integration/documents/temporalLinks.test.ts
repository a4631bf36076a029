// Where answers link to the Temporal UI: the run of a meeting, and the list of those who wait in a campaign.
import { temporalLinks } from '../../../api/temporalLinks.js';
import { type Explaining, someEvent, startExplaining } from '../../setup/explaining.js';
import { someone } from '../../setup/recording.js';

let r: Explaining;
beforeAll(async () => {
  r = await startExplaining();
});
afterAll(() => r.api.close());

test('explain, outcomes and the campaign link to the run and to the list of those who wait', async () => {
  const [event, stop] = [someEvent(), someEvent()];
  const campaign = await r.launch({
    trigger: { customEvent: event },
    delay: { after: '1 hour' },
    exceptions: [{ customEvent: stop }],
  });
  const user = someone();
  r.api.clock.now += 1_000;
  await r.event(user, event);
  const { body: person } = await r.send('get', `/v1/users/${user}`);
  const list =
    'http://localhost:8233/namespaces/default/workflows?query=' +
    encodeURIComponent(`WorkflowId STARTS_WITH "campaign/${campaign}/" AND ExecutionStatus = "Running"`);
  const runs = `http://localhost:8233/namespaces/default/workflows/${encodeURIComponent(`campaign/${campaign}/${person.id}/e:`)}`;
  const waiting = await r.explain(campaign, user);
  expect(waiting).toMatchObject({
    runUrl: expect.stringContaining(runs),
    waitingUrl: list,
    history: [{ kind: 'pairing', runUrl: expect.stringContaining(runs) }],
  });
  expect((await r.send('get', `/v1/campaigns/${campaign}`)).body).toMatchObject({ waitingUrl: list });
  const { campaigns } = (await r.send('get', '/v1/campaigns')).body;
  expect(campaigns).toContainEqual(expect.objectContaining({ key: campaign, waitingUrl: list }));

  r.api.clock.now += 1_000;
  await r.event(user, stop);
  const { outcomes } = (await r.send('get', '/v1/outcomes')).body;
  expect(outcomes).toContainEqual(
    expect.objectContaining({ campaign, reason: 'exception', runUrl: expect.stringContaining(runs), waitingUrl: list }),
  );
});

test('there are no links where no Temporal UI is known', () => {
  const links = temporalLinks({ uiUrl: null, namespace: 'default' });
  expect(links.temporalUiUrl).toBeNull();
  expect(links.waitingUrl('cart')).toBeNull();
  expect(links.workflowUrl({ campaign: 'cart', userId: 1, occurrenceKey: 'e:1' })).toBeNull();
});
