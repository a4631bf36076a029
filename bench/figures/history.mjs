// Events that one message, sent or cancelled, leaves in its run's history: exact, whatever the machine does.
import { setTimeout as wait } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';

export async function measureHistory({ installation, sizes }) {
  const { poster, receiver, receiverUrl } = installation;
  const webhook = {
    channel: 'webhook',
    url: `${receiverUrl}/{{\${user_id}}}`,
    body: {},
    honoursWebhookId: true,
  };
  const email = { channel: 'email', subject: 'Bench', text: 'Hello' };
  const figures = {};
  const connection = await Connection.connect({ address: installation.temporalAddress });
  const client = new Client({ connection });
  try {
    for (const [figure, message, name] of [
      ['history_events', webhook, (i) => `h-${i}`],
      ['history_events_email', email, (i) => `h-${i}@people.example`],
    ]) {
      const key = figure.replaceAll('_', '-');
      const delay = { after: '1 second' };
      await installation.launch({ key, name: key, trigger: { customEvent: figure }, delay, messages: [message] });
      const names = Array.from({ length: sizes.count }, (_, i) => name(i));
      await poster.call('people', { names });
      await receiver.call('reset');
      await poster.call('trigger', { names, event: figure });
      await receiver.call('waitForCount', names.length);
      figures[figure] = Math.max(...(await lengths({ installation, client, key })));
    }
    figures.history_events_cancelled = Math.max(...(await measureCancelled({ installation, client, sizes, webhook })));
  } finally {
    await connection.close();
  }
  return { figures, details: {} };
}

/** An exception ends each once its run exists. */
async function measureCancelled({ installation, client, sizes, webhook }) {
  const { poster } = installation;
  const [key, event, unless] = ['history-cancelled', 'history_cancelled', 'history_unless'];
  const delay = { after: '1 hour' };
  const exceptions = [{ customEvent: unless }];
  await installation.launch({
    key,
    name: key,
    trigger: { customEvent: event },
    delay,
    exceptions,
    messages: [webhook],
  });
  const names = Array.from({ length: sizes.count }, (_, i) => `c-${i}`);
  await poster.call('people', { names });
  await poster.call('trigger', { names, event });
  const deadline = Date.now() + 60_000;
  while ((await installation.query('select 1 from outbox limit 1')).length > 0) {
    if (Date.now() > deadline) throw new Error('the runs to be cancelled were not started within a minute');
    await wait(50);
  }
  await poster.call('trigger', { names, event: unless });
  return await lengths({ installation, client, key });
}

async function lengths({ installation, client, key }) {
  const runs = await installation.query(
    `select format('campaign/%s/%s/%s', c.key, p.user_id, p.occurrence_key) as id
     from pairings p join campaigns c on c.id = p.campaign_id where c.key = $1::text`,
    [key],
  );
  const all = [];
  for (const { id } of runs) {
    const handle = client.workflow.getHandle(id);
    await handle.result();
    all.push((await handle.fetchHistory()).events.length);
  }
  return all;
}
