// The open runs as Temporal lists them. Its list lags a little behind what happens: the caller asks again.
import { Client, Connection } from '@temporalio/client';

export async function connectToTemporal(address) {
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  return {
    async openRuns() {
      const ids = [];
      for await (const { workflowId } of client.workflow.list({
        query: `ExecutionStatus = 'Running' and WorkflowType = 'deliverCampaign'`,
      })) {
        ids.push(workflowId);
      }
      return ids;
    },
    client,
    close: () => connection.close(),
  };
}
