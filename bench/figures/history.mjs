// Events that one sent message leaves in its run's history: exact, whatever the machine does.
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
  } finally {
    await connection.close();
  }
  return { figures, details: {} };
}

async function lengths({ installation, client, key }) {
  const runs = await installation.query(
    `select format('campaign/%s/%s/%s', p.campaign_id, p.user_id, p.occurrence_key) as id
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
