// What a poisoned template left: listed for operators, parked again while it is not mended, sent once it is, or given up.
import { setTimeout as wait } from 'node:timers/promises';
import { campaigns } from '../campaigns.mjs';
import { readJournal } from '../journal.mjs';

const WITHIN_MS = 20_000;

export async function tryParked({ stack, events, signal }) {
  const problems = [];
  const expect = (isTrue, problem) => {
    if (!isTrue) problems.push(problem);
  };
  const list = async () => (await stack.api.must('GET', '/v1/parked')).parked;
  const until = async (look) => {
    for (const deadline = Date.now() + WITHIN_MS; Date.now() < deadline; await wait(200, undefined, { signal })) {
      if (await look()) return true;
    }
    return false;
  };
  const poisoned = events.filter(({ poison, mended }) => poison && !mended);
  const parked = await list();
  expect(parked.length === poisoned.length, `${parked.length} are listed as parked, ${poisoned.length} were poisoned`);
  expect(
    parked.every(({ error, campaign }) => campaign === 'hook' && error.length > 0),
    'a parked one does not say why',
  );
  const [kept, ...given] = parked;
  if (kept !== undefined && given.length > 0) {
    await stack.api.must('POST', `/v1/parked/${kept.id}/retry`);
    const again = async () => (await list()).find(({ id }) => id === kept.id)?.since > kept.since;
    expect(await until(again), 'one that was retried without being mended is not parked again');

    for (const { id } of given) {
      const discarded = await stack.api.must('POST', `/v1/parked/${id}/discard`);
      expect(discarded.outcome === 'cancelled', `a discarded one ended as ${discarded.outcome}`);
    }

    const definition = campaigns(stack).find(({ key }) => key === 'hook');
    delete definition.messages[0].body.poison;
    await stack.api.must('PUT', '/v1/campaigns/hook', definition);
    await stack.api.must('POST', `/v1/parked/${kept.id}/retry`);
    const eids = new Set(poisoned.map(({ eid }) => eid));
    const sent = () =>
      readJournal(stack.provider.file).filter(({ kind, eid }) => kind === 'delivered' && eids.has(eid));
    expect(await until(() => sent().length > 0), 'one that was mended and retried is not sent');
    await wait(500, undefined, { signal });
    expect(sent().length <= 1, 'a discarded one was sent');
    expect((await list()).length === 0, 'something is still listed as parked');
  }
  return { title: 'parked: list, retry, discard', figures: { parked: parked.length }, problems };
}
