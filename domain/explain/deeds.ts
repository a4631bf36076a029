/** Events as verbs: what a person did, for the sentences of `explain`. */
import { describeEvent } from '../campaign/describe.js';
import type { EventKind } from '../event/streamEvent.js';

export interface Deed {
  readonly kind: EventKind;
  /** Null or empty: any. */
  readonly name: string | null;
}

/** "bought sku", "did add_to_cart". */
export function describeDeed(deed: Deed): string {
  const name = deed.name === '' ? null : deed.name;
  switch (deed.kind) {
    case 'purchase':
      return `bought ${name ?? 'something'}`;
    case 'session':
      return 'started a session';
    case 'custom':
      return `did ${name ?? 'something'}`;
    case 'received':
      return `received ${name === null ? 'a campaign' : `campaign ${name}`}`;
    default:
      return `had a ${describeEvent(deed)}`;
  }
}

/** "has never bought sku", "has never done add_to_cart". */
export function describeNever(deed: Deed): string {
  const name = deed.name === '' ? null : deed.name;
  switch (deed.kind) {
    case 'purchase':
      return `has never bought ${name ?? 'anything'}`;
    case 'session':
      return 'has never started a session';
    case 'custom':
      return `has never done ${name ?? 'anything'}`;
    default:
      return `has never had a ${describeEvent(deed)}`;
  }
}
