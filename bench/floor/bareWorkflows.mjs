// The floor that Rappel is measured against: what any design on Temporal must at least do for a message that waits.
import { proxyActivities, sleep } from '@temporalio/workflow';

const { nothing } = proxyActivities({ startToCloseTimeout: '60 seconds' });

export async function bareDelivery({ delayMs }) {
  if (delayMs > 0) await sleep(delayMs);
  return await nothing();
}
