/** What a message is put off for that the campaign did not ask for, in the words of the Temporal UI and of explain. */
export const HELD_FOR = {
  channel_suspended: 'its channel is suspended',
  receiver_silent: 'its receiver does not answer',
  receiver_slow: 'its receiver is slow',
  receivers_slow: 'several receivers are slow',
  secret_missing: 'a secret that its message names cannot be read',
} as const;

export type HeldFor = keyof typeof HELD_FOR;
