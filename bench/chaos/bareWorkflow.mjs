// The least that Temporal can be asked to do for one message: wait until it is due, and one activity that does nothing
// but say so. What a recovery costs it, any design costs.
import { proxyActivities, sleep } from '@temporalio/workflow';

const { noted } = proxyActivities({ startToCloseTimeout: '60 seconds', heartbeatTimeout: '15 seconds' });

export async function bare({ n, dueAt }) {
  const wait = dueAt - Date.now();
  if (wait > 0) await sleep(wait);
  await noted(n);
}
