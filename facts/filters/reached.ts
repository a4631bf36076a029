import { CHANNELS, type ChannelName } from '../../domain/channel/index.js';
import { standardField } from '../../domain/profile/standardFields.js';

/** `whyUnreachable` in SQL: a condition on `users u` that holds of those whom the channel reaches. */
export function reachedBy(channel: ChannelName): string {
  const { reach } = CHANNELS[channel];
  if (reach === null) return 'true';
  return `(u.${columnOf(reach.address)} is not null and u.${columnOf(reach.subscription)} is distinct from 'unsubscribed')`;
}

function columnOf(name: string): string {
  const field = standardField(name);
  if (field === undefined) throw new TypeError(`Profiles have no field ${JSON.stringify(name)}.`);
  return field.column;
}
