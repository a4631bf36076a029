import { CHANNEL_NAMES, messageEntry } from './index.js';

test('each channel, and no other, is an entry of a list of messages', () => {
  const channels = messageEntry.options.map(({ shape }) => shape.channel.value);
  expect(channels).toEqual([...CHANNEL_NAMES]);
});
