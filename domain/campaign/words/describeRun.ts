/**
 * What the Temporal UI shows of a run beside its state, as Markdown: who, what, when due, what may stop it, and where
 * Rappel tells the rest. It is stored in Temporal, so it names the person by internal id, and events as the definition names them, without operands.
 */
import { describeEvent } from '../../event/kinds.js';
import { showInstant } from '../../explain/instants.js';
import type { Campaign, Variant } from '../campaign.js';
import { exceptionsOf } from '../entry.js';

export interface DescribedRun {
  readonly campaign: Pick<Campaign, 'key' | 'name' | 'entry' | 'recheckAudience' | 'audience' | 'variants'>;
  readonly userId: number;
  readonly variant: string;
  readonly messages: Variant['messages'];
  readonly triggeredAt: number;
  readonly dueAt: number;
  /** The zone whose clock the person lives by. */
  readonly zone: string;
  /** Where people reach Rappel, without a slash at the end. */
  readonly publicUrl: string;
}

/** Temporal refuses details beyond 20,000 bytes, and stores them with everybody who waits. */
const MAX_EXCEPTIONS_SHOWN = 5;

// Five lines are seen at once in the Temporal UI; further ones have to be scrolled to.
export function describeRun(run: DescribedRun): string {
  const { campaign, userId, variant, messages, triggeredAt, dueAt, zone, publicUrl } = run;
  const person = `[person ${userId}](${publicUrl}/people/${userId})`;
  const page = `[${plain(campaign.name)}](${publicUrl}/campaigns/${campaign.key})`;
  const channels = Object.keys(messages).join(' and ');
  const ofVariant = campaign.variants.length > 1 ? `, variant ${plain(variant)}` : '';
  const lines = [
    ['Who, what', `${person}, ${page} by ${channels}${ofVariant}`],
    ['Due', showInstant(dueAt, zone)],
    ['Unless', unlessOf(campaign)],
    ['Audience', audienceOf(campaign)],
    ['Since', `${plain(describeEvent(campaign.entry.trigger))}, ${showInstant(triggeredAt, zone)}`],
  ];
  return lines.map(([name, text]) => `- **${name}:** ${text}`).join('\n');
}

function audienceOf({ audience, recheckAudience }: DescribedRun['campaign']): string {
  if (audience === null) return 'everybody';
  return recheckAudience ? 'tested at entry, and again when due' : 'tested at entry, not again when due';
}

function unlessOf(campaign: DescribedRun['campaign']): string {
  const exceptions = exceptionsOf(campaign);
  if (exceptions.length === 0) return 'nothing stops it';
  const shown = exceptions.slice(0, MAX_EXCEPTIONS_SHOWN).map((matcher) => plain(describeEvent(matcher)));
  const more = exceptions.length - shown.length;
  return `${shown.join(' or ')}${more > 0 ? ` or one of ${more} more` : ''} comes before`;
}

/** Names are shown as they were given: nothing in them is read as Markdown or HTML. */
function plain(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]()#+!|<>&~]/g, '\\$&').replaceAll(/\s+/g, ' ');
}
