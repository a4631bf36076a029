/** Where the Temporal UI shows a run, and those who wait in a campaign; null where no UI is known (TEMPORAL_UI_URL). */
import { campaignRunsPrefix, deliveryWorkflowId } from '../domain/ids.js';
import type { Links } from './deps.js';

export function temporalLinks({
  uiUrl,
  namespace,
}: {
  readonly uiUrl: string | null;
  readonly namespace: string;
}): Omit<Links, 'inboxUrl'> {
  if (uiUrl === null) return { temporalUiUrl: null, workflowUrl: () => null, waitingUrl: () => null };
  const runs = `${uiUrl}/namespaces/${encodeURIComponent(namespace)}/workflows`;
  return {
    temporalUiUrl: uiUrl,
    workflowUrl: (pairing) => `${runs}/${encodeURIComponent(deliveryWorkflowId(pairing))}`,
    waitingUrl: (key) => {
      const query = `WorkflowId STARTS_WITH "${campaignRunsPrefix(key)}" AND ExecutionStatus = "Running"`;
      return `${runs}?query=${encodeURIComponent(query)}`;
    },
  };
}
