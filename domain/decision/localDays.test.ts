// SG-03: what gates tell filters of whose clock holds.
import { sendsInLocalTime } from '../campaign/entry.js';
import { campaignOf } from './examples.js';

test.each<[string, object, boolean]>([
  ['at once', {}, false],
  ['after a length of time', { delay: { after: '1 day' } }, false],
  ['at a time of day on the person’s own clock', { delay: { inDays: 1, at: '09:00' } }, true],
  ['on a weekday on the person’s own clock', { delay: { nextWeekday: 'monday', at: '09:00' } }, true],
  ['at a time of day on the workspace’s clock', { delay: { inDays: 1, at: '09:00', zone: 'workspace' } }, false],
  ['at a time of day of a zone', { delay: { inDays: 1, at: '09:00', zone: 'Europe/Paris' } }, false],
])('SG-03: a campaign that sends %s', (_, definition, isLocal) => {
  expect(sendsInLocalTime(campaignOf({ ...definition }))).toBe(isLocal);
});
