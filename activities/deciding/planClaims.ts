import { EvaluationError } from '../../domain/decision/evaluation.js';
import type { Verdict } from '../../domain/decision/verdict.js';
import type { ClaimRequest, NewClaim, SkippedMessage } from '../../storage/queries/messages/claimMessages.js';
import type { AttemptInput } from '../../workflows/contracts.js';
import { leaseEnd } from '../calls.js';
import type { DecidingDeps } from '../deps.js';
import type { Composed } from './deciding.js';

interface Planned {
  readonly composed: Composed;
  readonly verdict: Extract<Verdict, { kind: 'send' }>;
  readonly input: AttemptInput;
  readonly now: number;
}

/** What each channel of a `send` verdict becomes: a claim, or an end without a send. */
export function planClaims(
  deps: DecidingDeps,
  { composed, verdict, input, now }: Planned,
): Pick<ClaimRequest, 'claims' | 'skipped'> {
  const claims: NewClaim[] = [];
  const skipped: SkippedMessage[] = [];
  for (const [channel, message] of composed.messages) {
    const unreachable = verdict.unreachable[channel];
    const base = { channel, sendKey: message.sendKey };
    if (unreachable !== undefined) {
      skipped.push({ ...base, state: 'unreachable', code: unreachable, detail: null });
      continue;
    }
    switch (message.kind) {
      case 'request': {
        const leaseUntil = leaseEnd(deps.channels[channel], input, now);
        claims.push({ ...base, keyed: message.keyed, request: message.request, leaseUntil });
        break;
      }
      case 'aborted':
        skipped.push({ ...base, state: 'aborted', code: 'liquid_abort_message', detail: message.detail });
        break;
      case 'invalid':
        skipped.push({ ...base, state: 'failed', code: 'invalid_message', detail: message.detail });
        break;
      case 'failed':
        throw new EvaluationError('template_failed', `${channel} template: ${message.detail}`);
    }
  }
  return { claims, skipped };
}
