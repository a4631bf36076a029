/** Events as verbs: what a person did, for the sentences of `explain`. */
import { describeEvent } from '../campaign/describe.js';
import { readField } from '../event/fieldChange.js';
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
      return happening(deed)?.did ?? `had ${withArticle(describeEvent(deed))}`;
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
      return happening(deed)?.never ?? `has never had ${withArticle(describeEvent(deed))}`;
  }
}

/** What happens to a profile otherwise than by a value that changes. */
function happening({ kind, name }: Deed): { readonly did: string; readonly never: string } | null {
  if (kind !== 'attributes' || name === null) return null;
  const field = readField(name);
  switch (field.kind) {
    case 'emailAdded':
      return { did: 'got an e-mail address', never: 'has never got an e-mail address' };
    case 'location':
      return { did: `entered location ${field.key}`, never: `has never entered location ${field.key}` };
    case 'attribute':
    case 'group':
      return null;
  }
}

function withArticle(words: string): string {
  return `${/^[aeiou]/i.test(words) ? 'an' : 'a'} ${words}`;
}
